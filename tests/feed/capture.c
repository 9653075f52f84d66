#include "../unit.h"

#include "capture.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const status_names[] = {"other",    "analyzed", "modified",
                                           "awaiting", "deferred", "rejected"};
static const char *const source_names[] = {"nvd", "cna", "adp"};

static void put_time(struct buf *buf, const char *name, int64_t time)
{
    char text[TIME_SIZE];
    if (time != TIME_NONE) {
        buf_printf(buf, " %s=%s", name, time_format(time, text));
    }
}

static void put_date(struct buf *buf, const char *name, int32_t date)
{
    char text[DATE_SIZE];
    if (date != DATE_NONE) {
        buf_printf(buf, " %s=%s", name, date_format(date, text));
    }
}

static void put_str(struct buf *buf, const char *name, struct str text)
{
    if (text.len > 0) {
        buf_printf(buf, " %s='%.*s'", name, STR_ARG(text));
    }
}

static void put_match(struct buf *buf, const struct feed_match *match)
{
    buf_printf(buf, "%s%.*s", match->vulnerable ? "" : "on ", STR_ARG(match->criteria));
    if (match->start.len > 0 || match->end.len > 0) {
        buf_printf(buf, " %c%.*s,%.*s%c", match->start_excluding ? '(' : '[', STR_ARG(match->start),
                   STR_ARG(match->end), match->end_including ? ']' : ')');
    }
}

static void put_node(struct buf *buf, const struct feed_node *node)
{
    buf_printf(buf, "%s%s(", node->negate ? "!" : "", node->is_and ? "and" : "or");
    for (uint32_t i = 0; i < node->match_count; i++) {
        buf_put_text(buf, i > 0 ? "; " : "");
        put_match(buf, &node->matches[i]);
    }
    buf_put_byte(buf, ')');
}

static void put_configuration(struct buf *buf, const struct feed_configuration *configuration)
{
    static const char *const origins[] = {"", "override:", "cna:", "adp:"};
    buf_printf(buf, " %s%s%s%s{", origins[configuration->origin],
               configuration->named ? "named:" : "", configuration->negate ? "!" : "",
               configuration->is_and ? "and" : "or");
    for (uint32_t i = 0; i < configuration->node_count; i++) {
        buf_put_text(buf, i > 0 ? " " : "");
        put_node(buf, &configuration->nodes[i]);
    }
    buf_put_byte(buf, '}');
}

static int take_cve(void *context, const struct feed_cve *cve, struct error *err)
{
    struct capture *capture = context;
    struct buf *buf = &capture->text;
    char id[CVE_ID_SIZE];
    buf_printf(buf, "%s %s", cve_id_format(cve->id, id), status_names[cve->status]);
    put_time(buf, "published", cve->published);
    put_time(buf, "modified", cve->modified);
    put_str(buf, "text", cve->description);
    for (uint32_t i = 0; i < cve->score_count; i++) {
        const struct feed_score *score = &cve->scores[i];
        buf_printf(buf, " %d/%d/%s/%.*s", (int)score->version, score->score,
                   source_names[score->source], STR_ARG(score->vector));
    }
    for (uint32_t i = 0; i < cve->reference_count; i++) {
        buf_printf(buf, " <%.*s>", STR_ARG(cve->references[i]));
    }
    for (uint32_t i = 0; i < cve->configuration_count; i++) {
        put_configuration(buf, &cve->configurations[i]);
    }
    buf_put_byte(buf, '\n');
    return capture->refuse ? error_set(err, capture->refuse, "refused") : 0;
}

static int take_kev(void *context, const struct feed_kev *kev, struct error *err)
{
    struct capture *capture = context;
    char id[CVE_ID_SIZE];
    buf_put_text(&capture->text, cve_id_format(kev->id, id));
    put_date(&capture->text, "added", kev->added);
    put_date(&capture->text, "due", kev->due);
    put_str(&capture->text, "name", kev->name);
    put_str(&capture->text, "action", kev->action);
    buf_put_text(&capture->text, kev->ransomware ? " ransomware\n" : "\n");
    return capture->refuse ? error_set(err, capture->refuse, "refused") : 0;
}

static int take_epss(void *context, const struct feed_epss *epss, struct error *err)
{
    struct capture *capture = context;
    char id[CVE_ID_SIZE];
    buf_printf(&capture->text, "%s %.17g %.17g\n", cve_id_format(epss->id, id), epss->score,
               epss->percentile);
    return capture->refuse ? error_set(err, capture->refuse, "refused") : 0;
}

static void put_range(struct buf *buf, const struct feed_range *range)
{
    static const char *const signs[] = {[FEED_INTRODUCED] = ">=",
                                        [FEED_FIXED] = "<",
                                        [FEED_LAST_AFFECTED] = "<=",
                                        [FEED_LIMIT] = "limit "};
    for (uint32_t i = 0; i < range->event_count; i++) {
        const struct feed_event *event = &range->events[i];
        buf_printf(buf, "%s%s%.*s", i ? " " : " [", signs[event->kind], STR_ARG(event->version));
    }
    buf_put_byte(buf, ']');
}

static void put_affected(struct buf *buf, const struct feed_affected *affected)
{
    buf_printf(buf, " {%.*s %.*s", STR_ARG(affected->ecosystem), STR_ARG(affected->package));
    for (uint32_t i = 0; i < affected->range_count; i++) {
        put_range(buf, &affected->ranges[i]);
    }
    for (uint32_t i = 0; i < affected->version_count; i++) {
        buf_printf(buf, " =%.*s", STR_ARG(affected->versions[i]));
    }
    put_str(buf, "urgency", affected->urgency);
    buf_put_byte(buf, '}');
}

static int take_advisory(void *context, const struct feed_advisory *advisory, struct error *err)
{
    struct capture *capture = context;
    struct buf *buf = &capture->text;
    char id[CVE_ID_SIZE];
    buf_put_str(buf, advisory->id);
    put_time(buf, "published", advisory->published);
    put_time(buf, "modified", advisory->modified);
    put_time(buf, "withdrawn", advisory->withdrawn);
    put_str(buf, "summary", advisory->summary);
    put_str(buf, "module", advisory->module);
    for (uint32_t i = 0; i < advisory->cve_count; i++) {
        buf_printf(buf, " %s", cve_id_format(advisory->cves[i], id));
    }
    for (uint32_t i = 0; i < advisory->affected_count; i++) {
        put_affected(buf, &advisory->affected[i]);
    }
    buf_put_byte(buf, '\n');
    return capture->refuse ? error_set(err, capture->refuse, "refused") : 0;
}

static void put_flag(struct buf *buf, const char *name, enum feed_flag flag)
{
    if (flag != FEED_FLAG_ABSENT) {
        buf_printf(buf, " %s%s", flag == FEED_FLAG_TRUE ? "" : "not-", name);
    }
}

static void put_release(struct buf *buf, const struct feed_release *release)
{
    buf_printf(buf, " {%.*s", STR_ARG(release->name));
    put_str(buf, "codename", release->codename);
    put_str(buf, "label", release->label);
    put_date(buf, "released", release->released);
    put_date(buf, "lts-from", release->lts_from);
    put_date(buf, "active", release->active_until);
    put_date(buf, "supported", release->supported_until);
    put_date(buf, "extended", release->extended_until);
    put_date(buf, "discontinued", release->discontinued);
    put_flag(buf, "eoas", release->ended_active);
    put_flag(buf, "eol", release->ended);
    put_flag(buf, "eoes", release->ended_extended);
    put_str(buf, "latest", release->latest);
    put_date(buf, "latest-date", release->latest_date);
    buf_put_text(buf, release->lts ? " lts}" : "}");
}

static int take_lifecycle(void *context, const struct feed_lifecycle *lifecycle, struct error *err)
{
    static const char *const kinds[] = {"purl", "cpe", "repology"};
    struct capture *capture = context;
    struct buf *buf = &capture->text;
    buf_put_str(buf, lifecycle->name);
    put_str(buf, "label", lifecycle->label);
    put_str(buf, "category", lifecycle->category);
    put_str(buf, "link", lifecycle->link);
    for (uint32_t i = 0; i < lifecycle->alias_count; i++) {
        put_str(buf, "alias", lifecycle->aliases[i]);
    }
    for (uint32_t i = 0; i < lifecycle->identifier_count; i++) {
        put_str(buf, kinds[lifecycle->identifiers[i].kind], lifecycle->identifiers[i].id);
    }
    for (uint32_t i = 0; i < lifecycle->release_count; i++) {
        put_release(buf, &lifecycle->releases[i]);
    }
    buf_put_byte(buf, '\n');
    return capture->refuse ? error_set(err, capture->refuse, "refused") : 0;
}

static int take_bulletin(void *context, const struct feed_bulletin *bulletin, struct error *err)
{
    struct capture *capture = context;
    struct buf *buf = &capture->text;
    char id[CVE_ID_SIZE];
    buf_printf(buf, "%s KB%u", bulletin->cve ? cve_id_format(bulletin->cve, id) : "-",
               bulletin->kb);
    put_date(buf, "posted", bulletin->posted);
    put_str(buf, "product", bulletin->product);
    put_str(buf, "component", bulletin->component);
    put_str(buf, "severity", bulletin->severity);
    for (uint32_t i = 0; i < bulletin->superseded_count; i++) {
        buf_printf(buf, " over %u", bulletin->superseded[i]);
    }
    buf_put_byte(buf, '\n');
    return capture->refuse ? error_set(err, capture->refuse, "refused") : 0;
}

void capture_init(struct capture *capture)
{
    memset(capture, 0, sizeof *capture);
    buf_init(&capture->text, 64 << 20);
}

void capture_done(struct capture *capture)
{
    buf_done(&capture->text);
}

struct feed_sink capture_sink(struct capture *capture)
{
    return (struct feed_sink){capture,       take_cve,       take_kev,     take_epss,
                              take_advisory, take_lifecycle, take_bulletin};
}

void capture_parse(struct capture *capture, const char *feed, struct str bytes)
{
    struct feed_sink sink = capture_sink(capture);
    struct feed_reader *reader = feed_reader_new();
    char *copy = calloc(1, bytes.len + FEED_PADDING);
    assert_non_null(copy);
    if (bytes.len > 0) {
        memcpy(copy, bytes.ptr, bytes.len);
    }
    buf_clear(&capture->text);
    feed_report_init(&capture->report);
    capture->err = (struct error)ERROR_INIT;
    struct feed_run run = {reader, &sink, &capture->report, STR("")};
    capture->result = feed_parser_find(feed_find(str_from(feed)))(
        &run, (struct str){copy, bytes.len}, &capture->err);
    free(copy);
    feed_reader_free(reader);
}

const char *capture_skips(const struct capture *capture)
{
    static char text[512];
    size_t len = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < FEED_SKIP_REASONS; i++) {
        if (capture->report.skipped[i] > 0) {
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%s %llu", len > 0 ? ", " : "",
                                    feed_skip_name((enum feed_skip)i),
                                    (unsigned long long)capture->report.skipped[i]);
        }
    }
    return text;
}
