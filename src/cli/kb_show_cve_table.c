/* One CVE for people. */
#include "cli/kb_show_cve.h"
#include "report/report.h"
#include "report/text.h"

enum { SHOWN_CRITERIA = 24, SHOWN_ADVISORIES = 24, INDENT = 15 };

/* "  Label        " before a line's text. */
static void put_label(struct kb_show *show, const char *label)
{
    buf_printf(&show->out, "  %-*s", INDENT - 2, label);
}

static void put_line(struct kb_show *show, const char *label, struct str text)
{
    put_label(show, label);
    text_put_wrapped(&show->out, text, show->width > INDENT + 20 ? show->width - INDENT : 60,
                     INDENT);
    buf_put_byte(&show->out, '\n');
}

/* ">= 1.0, < 2.0" behind a criterion. */
static void put_bounds(struct buf *out, const struct knowledge_match *match)
{
    if (match->start_text.len > 0) {
        buf_put_text(out, match->start_excluding ? "  > " : "  >= ");
        text_put_clean(out, match->start_text);
    }
    if (match->end_text.len > 0) {
        buf_put_text(out, match->start_text.len > 0 ? ", " : "  ");
        buf_put_text(out, match->end_including ? "<= " : "< ");
        text_put_clean(out, match->end_text);
    }
    if (match->kind == KNOWLEDGE_MATCH_NEVER) {
        buf_put_text(out, "  (matches nothing: bounds are not comparable or leave nothing)");
    }
}

static bool put_term(struct kb_show *show, uint32_t index, bool negated)
{
    struct knowledge_term term;
    struct knowledge_match match;
    if (!knowledge_term(show->knowledge, index, &term) ||
        !knowledge_match(show->knowledge, term.match, &match)) {
        return false;
    }
    buf_put_text(&show->out, negated ? "    not " : term.vulnerable ? "    " : "    on  ");
    knowledge_match_cpe(show->knowledge, &match, &show->out);
    put_bounds(&show->out, &match);
    buf_put_byte(&show->out, '\n');
    return true;
}

static void put_configuration(struct kb_show *show, uint32_t index, uint32_t *shown,
                              uint32_t *hidden)
{
    struct knowledge_configuration configuration;
    struct knowledge_node node;
    if (!knowledge_configuration(show->knowledge, index, &configuration)) {
        return;
    }
    if (configuration.origin != CVE_ORIGIN_NVD && *hidden == 0) {
        buf_printf(&show->out, "    as the %s says%s:\n",
                   knowledge_origin_name(configuration.origin),
                   configuration.named ? ", by names" : "");
    }
    for (uint32_t n = 0; n < configuration.node_count; n++) {
        if (!knowledge_node(show->knowledge, configuration.first_node + n, &node)) {
            continue;
        }
        if (n > 0 && *hidden == 0) {
            buf_printf(&show->out, "    %s\n", configuration.is_and ? "and" : "or");
        }
        for (uint32_t t = 0; t < node.term_count; t++) {
            bool show_it = show->all || *shown < SHOWN_CRITERIA;
            *(show_it ? shown : hidden) += 1;
            if (show_it) {
                put_term(show, node.first_term + t, node.negate || configuration.negate);
            }
        }
    }
}

static void put_configurations(struct kb_show *show, const struct knowledge_cve *cve)
{
    uint32_t shown = 0, hidden = 0;
    if (cve->configuration_count == 0) {
        put_line(show, "Applies to", STR("no configuration published"));
        return;
    }
    buf_put_text(&show->out, "  Applies to\n");
    for (uint32_t c = 0; c < cve->configuration_count; c++) {
        if (c > 0 && hidden == 0) {
            buf_put_text(&show->out, "    or\n");
        }
        put_configuration(show, cve->first_configuration + c, &shown, &hidden);
    }
    if (hidden > 0) {
        buf_printf(&show->out, "    ... %u more   (--all shows them)\n", hidden);
    }
}

static void put_place(struct kb_show *show, const struct knowledge_advisory *advisory,
                      const struct kb_place *place, uint32_t others)
{
    buf_put_text(&show->out, "    ");
    text_put_clean(&show->out, advisory->id);
    buf_put_text(&show->out, "  ");
    text_put_clean(&show->out, place->ecosystem.name);
    buf_put_text(&show->out, "  ");
    text_put_clean(&show->out, place->package.name);
    if (others > 0) {
        buf_printf(&show->out, " and %u more", others);
    }
    if (place->affected.fixed_text.len > 0) {
        buf_put_text(&show->out, "  fixed in ");
        text_put_clean(&show->out, place->affected.fixed_text);
    } else if (place->affected.last_text.len > 0) {
        buf_put_text(&show->out, "  affected up to ");
        text_put_clean(&show->out, place->affected.last_text);
    } else {
        buf_put_text(&show->out, "  no fix known");
    }
    buf_put_byte(&show->out, '\n');
}

/* An advisory's packages: all, or a line an ecosystem with the first (they are sorted). */
static void put_places(struct kb_show *show, const struct knowledge_advisory *advisory,
                       uint32_t *shown, uint32_t *hidden)
{
    struct kb_place first = {0}, next;
    uint32_t others = 0;
    bool open = false;
    for (uint32_t p = 0; p <= advisory->place_count; p++) {
        bool more =
            p < advisory->place_count && kb_find_place(show, advisory->first_place + p, &next);
        bool same = more && open && next.package.ecosystem == first.package.ecosystem && !show->all;
        if (same) {
            others += next.package.index != first.package.index;
            continue;
        }
        if (open) {
            bool show_it = show->all || *shown < SHOWN_ADVISORIES;
            *(show_it ? shown : hidden) += 1;
            if (show_it) {
                put_place(show, advisory, &first, others);
            }
        }
        open = more;
        others = 0;
        if (more) {
            first = next;
        }
    }
}

static void put_advisories(struct kb_show *show, const struct knowledge_cve *cve)
{
    uint32_t first, shown = 0, hidden = 0;
    uint32_t count = knowledge_advisories_naming(show->knowledge, cve->id, &first);
    if (count > 0) {
        buf_put_text(&show->out, "  Advisories\n");
    }
    for (uint32_t i = 0; i < count; i++) {
        struct knowledge_advisory advisory;
        if (knowledge_advisory_naming(show->knowledge, first + i, &advisory)) {
            put_places(show, &advisory, &shown, &hidden);
        }
    }
    if (hidden > 0) {
        buf_printf(&show->out, "    ... %u more   (--all shows them)\n", hidden);
    }
}

static void put_scores(struct kb_show *show, const struct knowledge_cve_text *text)
{
    for (uint32_t i = 0; i < text->score_count; i++) {
        const struct feed_score *score = &text->scores[i];
        put_label(show, i == 0 ? "Scores" : "");
        text_put_score(&show->out, score->score);
        buf_printf(&show->out, "  CVSS %s by %s  ", cvss_version_name(score->version),
                   kb_source_word(score->source));
        text_put_clean(&show->out, score->vector);
        buf_put_byte(&show->out, '\n');
    }
}

static void put_dates(struct kb_show *show, const struct knowledge_cve *cve)
{
    char published[DATE_SIZE], modified[DATE_SIZE], age[DATE_SIZE] = "";
    if (cve->published == TIME_NONE && cve->modified == TIME_NONE) {
        return;
    }
    put_label(show, "Published");
    buf_printf(&show->out, "%s", date_format(time_to_date(cve->published), published));
    if (cve->published != TIME_NONE && show->day >= time_to_date(cve->published)) {
        int64_t days = (int64_t)show->day - time_to_date(cve->published);
        buf_printf(&show->out, " (%s ago)", duration_format(days * 86400, age));
    }
    buf_printf(&show->out, ", modified %s\n", date_format(time_to_date(cve->modified), modified));
}

static void put_exploited(struct kb_show *show, uint64_t id)
{
    struct knowledge_kev kev;
    struct knowledge_epss epss;
    char added[DATE_SIZE], due[DATE_SIZE];
    if (knowledge_find_kev(show->knowledge, id, &kev)) {
        put_label(show, "Exploited");
        buf_printf(&show->out,
                   "known since %s, to be fixed by %s%s: ", date_format(kev.added, added),
                   date_format(kev.due, due), kev.ransomware ? ", used by ransomware" : "");
        text_put_clean(&show->out, str_trim(kev.name));
        buf_put_byte(&show->out, '\n');
    }
    if (knowledge_find_epss(show->knowledge, id, &epss)) {
        put_label(show, "EPSS");
        buf_printf(&show->out, "%.5f, above %.1f %% of all CVEs\n", epss.score,
                   epss.percentile * 100);
    }
}

void kb_show_cve_table(struct kb_show *show, const struct knowledge_cve *cve,
                       const struct knowledge_cve_text *text)
{
    char id[CVE_ID_SIZE];
    buf_printf(&show->out, "%s   %s ", cve_id_format(cve->id, id),
               cve->status == CVE_STATUS_REJECTED ? "REJECTED"
                                                  : kb_level_word(cve->cvss_version, cve->score));
    text_put_score(&show->out, cve->score);
    buf_put_text(&show->out, "\n");
    put_dates(show, cve);
    put_exploited(show, cve->id);
    put_scores(show, text);
    if (text->description.len > 0) {
        put_line(show, "Description", text->description);
    }
    put_advisories(show, cve);
    kb_show_cve_updates(show, cve->id);
    if (cve->status != CVE_STATUS_REJECTED) {
        put_configurations(show, cve);
    }
    for (uint32_t i = 0; i < text->reference_count; i++) {
        put_label(show, i == 0 ? "References" : "");
        text_put_clean(&show->out, text->references[i]);
        buf_put_byte(&show->out, '\n');
    }
}
