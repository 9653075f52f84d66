/* One CVE for programs. */
#include "cli/kb_show_cve.h"
#include "report/report.h"

static void json_term(struct kb_show *show, uint32_t index)
{
    struct knowledge_term term;
    struct knowledge_match match;
    struct buf cpe;
    if (!knowledge_term(show->knowledge, index, &term) ||
        !knowledge_match(show->knowledge, term.match, &match)) {
        return;
    }
    buf_init(&cpe, 8192);
    knowledge_match_cpe(show->knowledge, &match, &cpe);
    json_open_object(&show->writer, NULL);
    json_put_str(&show->writer, "criteria", buf_view(&cpe));
    json_put_bool(&show->writer, "vulnerable", term.vulnerable);
    if (match.start_text.len > 0) {
        json_put_str(&show->writer, match.start_excluding ? "start_excluding" : "start_including",
                     match.start_text);
    }
    if (match.end_text.len > 0) {
        json_put_str(&show->writer, match.end_including ? "end_including" : "end_excluding",
                     match.end_text);
    }
    json_put_bool(&show->writer, "never", match.kind == KNOWLEDGE_MATCH_NEVER);
    json_close_object(&show->writer);
    buf_done(&cpe);
}

static void json_configuration(struct kb_show *show, uint32_t index)
{
    struct knowledge_configuration configuration;
    struct knowledge_node node;
    if (!knowledge_configuration(show->knowledge, index, &configuration)) {
        return;
    }
    json_open_object(&show->writer, NULL);
    json_put_text(&show->writer, "operator", configuration.is_and ? "AND" : "OR");
    json_put_bool(&show->writer, "negate", configuration.negate);
    json_put_text(&show->writer, "origin", knowledge_origin_name(configuration.origin));
    json_put_bool(&show->writer, "named", configuration.named);
    json_open_array(&show->writer, "nodes");
    for (uint32_t n = 0; n < configuration.node_count; n++) {
        if (!knowledge_node(show->knowledge, configuration.first_node + n, &node)) {
            continue;
        }
        json_open_object(&show->writer, NULL);
        json_put_text(&show->writer, "operator", node.is_and ? "AND" : "OR");
        json_put_bool(&show->writer, "negate", node.negate);
        json_open_array(&show->writer, "terms");
        for (uint32_t t = 0; t < node.term_count; t++) {
            json_term(show, node.first_term + t);
        }
        json_close_array(&show->writer);
        json_close_object(&show->writer);
    }
    json_close_array(&show->writer);
    json_close_object(&show->writer);
}

static void json_place(struct kb_show *show, const struct knowledge_advisory *advisory,
                       uint32_t position)
{
    struct kb_place place;
    if (!kb_find_place(show, position, &place)) {
        return;
    }
    json_open_object(&show->writer, NULL);
    json_put_str(&show->writer, "advisory", advisory->id);
    json_put_str(&show->writer, "ecosystem", place.ecosystem.name);
    json_put_str(&show->writer, "package", place.package.name);
    json_put_known(&show->writer, "introduced", place.affected.introduced_text);
    json_put_known(&show->writer, "fixed", place.affected.fixed_text);
    json_put_known(&show->writer, "last_affected", place.affected.last_text);
    json_put_known(&show->writer, "module", advisory->module);
    json_close_object(&show->writer);
}

static void json_advisories(struct kb_show *show, uint64_t id)
{
    uint32_t first, count = knowledge_advisories_naming(show->knowledge, id, &first);
    json_open_array(&show->writer, "advisories");
    for (uint32_t i = 0; i < count; i++) {
        struct knowledge_advisory advisory;
        if (!knowledge_advisory_naming(show->knowledge, first + i, &advisory)) {
            continue;
        }
        for (uint32_t p = 0; p < advisory.place_count; p++) {
            json_place(show, &advisory, advisory.first_place + p);
        }
    }
    json_close_array(&show->writer);
}

static void json_scores(struct kb_show *show, const struct knowledge_cve_text *text)
{
    json_open_array(&show->writer, "scores");
    for (uint32_t i = 0; i < text->score_count; i++) {
        const struct feed_score *score = &text->scores[i];
        json_open_object(&show->writer, NULL);
        json_put_text(&show->writer, "version", cvss_version_name(score->version));
        json_put_text(&show->writer, "source", kb_source_word(score->source));
        if (score->score >= 0) {
            json_put_fixed(&show->writer, "score", score->score, 1);
        } else {
            json_put_null(&show->writer, "score");
        }
        json_put_known(&show->writer, "vector", score->vector);
        json_close_object(&show->writer);
    }
    json_close_array(&show->writer);
}

static void json_exploited(struct kb_show *show, uint64_t id)
{
    struct knowledge_kev kev;
    struct knowledge_epss epss;
    if (knowledge_find_kev(show->knowledge, id, &kev)) {
        json_open_object(&show->writer, "kev");
        json_put_date(&show->writer, "added", kev.added);
        json_put_date(&show->writer, "due", kev.due);
        json_put_bool(&show->writer, "ransomware", kev.ransomware);
        json_put_str(&show->writer, "name", kev.name);
        json_put_str(&show->writer, "action", kev.action);
        json_close_object(&show->writer);
    } else {
        json_put_null(&show->writer, "kev");
    }
    if (knowledge_find_epss(show->knowledge, id, &epss)) {
        json_open_object(&show->writer, "epss");
        json_put_real(&show->writer, "score", epss.score, 5);
        json_put_real(&show->writer, "percentile", epss.percentile, 5);
        json_close_object(&show->writer);
    } else {
        json_put_null(&show->writer, "epss");
    }
}

void kb_show_cve_json(struct kb_show *show, const struct knowledge_cve *cve,
                      const struct knowledge_cve_text *text)
{
    char id[CVE_ID_SIZE];
    json_open_object(&show->writer, NULL);
    json_put_text(&show->writer, "id", cve_id_format(cve->id, id));
    json_put_bool(&show->writer, "rejected", cve->status == CVE_STATUS_REJECTED);
    json_put_time(&show->writer, "published", cve->published);
    json_put_time(&show->writer, "modified", cve->modified);
    json_put_text(&show->writer, "level", kb_level_word(cve->cvss_version, cve->score));
    if (cve->score >= 0) {
        json_put_fixed(&show->writer, "score", cve->score, 1);
    } else {
        json_put_null(&show->writer, "score");
    }
    json_put_known(&show->writer, "vector", cve->vector);
    json_scores(show, text);
    json_exploited(show, cve->id);
    json_put_known(&show->writer, "description", text->description);
    json_advisories(show, cve->id);
    kb_show_cve_updates(show, cve->id);
    json_open_array(&show->writer, "configurations");
    for (uint32_t c = 0; c < cve->configuration_count; c++) {
        json_configuration(show, cve->first_configuration + c);
    }
    json_close_array(&show->writer);
    json_open_array(&show->writer, "references");
    for (uint32_t i = 0; i < text->reference_count; i++) {
        json_put_str(&show->writer, NULL, text->references[i]);
    }
    json_close_array(&show->writer);
    report_json_sources(&show->writer, show->knowledge, show->day);
    json_close_object(&show->writer);
}
