/*
 * NVD: the JSON 2.0 feeds and API answers (nvd.nist.gov/developers/vulnerabilities, schema
 * cve_api_json_2.0). A part that cannot be read is left out where that can only hide a match of
 * that part; where leaving it out would widen what matches, the whole configuration goes.
 */
#include "feed/cve.h"
#include "feed/field.h"

#include <stdio.h>

struct nvd_file {
    struct feed_reader *reader;
    const struct feed_sink *sink;
    struct feed_report *report;
};

struct nvd_root {
    struct str format, version;
    struct tape_value vulnerabilities;
};

static const struct field root_fields[] = {
    FIELD(struct nvd_root, format, "format", FIELD_TEXT),
    FIELD(struct nvd_root, version, "version", FIELD_TEXT),
    FIELD(struct nvd_root, vulnerabilities, "vulnerabilities", FIELD_ARRAY),
};

struct nvd_item {
    struct tape_value cve;
};

static const struct field item_fields[] = {
    FIELD_NEEDED(struct nvd_item, cve, "cve", FIELD_OBJECT),
};

struct nvd_cve {
    struct str id;
    int64_t published, modified;
    struct str status;
    struct tape_value descriptions, metrics, configurations, references;
};

static const struct field cve_fields[] = {
    FIELD_NEEDED(struct nvd_cve, id, "id", FIELD_TEXT),
    FIELD(struct nvd_cve, published, "published", FIELD_TIME),
    FIELD(struct nvd_cve, modified, "lastModified", FIELD_TIME),
    FIELD(struct nvd_cve, status, "vulnStatus", FIELD_TEXT),
    FIELD(struct nvd_cve, descriptions, "descriptions", FIELD_ARRAY),
    FIELD(struct nvd_cve, metrics, "metrics", FIELD_OBJECT),
    FIELD(struct nvd_cve, configurations, "configurations", FIELD_ARRAY),
    FIELD(struct nvd_cve, references, "references", FIELD_ARRAY),
};

/* One list of scores a version of CVSS. */
static const struct {
    struct str key;
    enum cvss_version version;
} metric_lists[] = {
    {{"cvssMetricV40", 13}, CVSS_4_0},
    {{"cvssMetricV31", 13}, CVSS_3_1},
    {{"cvssMetricV30", 13}, CVSS_3_0},
    {{"cvssMetricV2", 12}, CVSS_2_0},
};

struct nvd_metric {
    struct str source;
    struct tape_value data;
};

static const struct field metric_fields[] = {
    FIELD(struct nvd_metric, source, "source", FIELD_TEXT),
    FIELD_NEEDED(struct nvd_metric, data, "cvssData", FIELD_OBJECT),
};

static enum cve_status read_status(struct str word)
{
    static const struct {
        const char *word;
        enum cve_status status;
    } words[] = {
        {"Analyzed", CVE_STATUS_ANALYZED}, {"Awaiting Analysis", CVE_STATUS_AWAITING},
        {"Modified", CVE_STATUS_MODIFIED}, {"Rejected", CVE_STATUS_REJECTED},
        {"Deferred", CVE_STATUS_DEFERRED},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (str_eq_text(word, words[i].word)) {
            return words[i].status;
        }
    }
    return CVE_STATUS_OTHER;
}

/* CISA's container of CVE records ("Vulnrichment") is the one ADP that NVD passes on. */
static enum score_source read_source(struct str source)
{
    if (str_eq(source, STR("nvd@nist.gov"))) {
        return SCORE_SOURCE_NVD;
    }
    return str_eq(source, STR("134c704f-9b21-4f2e-91b3-4a467353bcc0")) ? SCORE_SOURCE_ADP
                                                                       : SCORE_SOURCE_CNA;
}

static bool read_score(const struct cve_part *part, struct tape_value item,
                       enum cvss_version version, struct feed_score *ret_score)
{
    struct nvd_metric metric;
    return feed_fields_read_part(item, metric_fields, FIELD_COUNT(metric_fields), &metric, part->id,
                                 part->report) &&
           feed_cve_read_score(part, metric.data, version, read_source(metric.source), ret_score);
}

static void read_metric_list(const struct cve_part *part, struct tape_value list,
                             enum cvss_version version, struct feed_cve *cve)
{
    if (tape_type(list) != TAPE_ARRAY) {
        if (!tape_is_null(list)) {
            feed_cve_skip(part, FEED_SKIP_TYPE, "metrics", (struct str){"", 0});
        }
        return;
    }
    struct arena *arena = &part->reader->arena;
    size_t room = cve->score_count + tape_count(list);
    struct feed_score *scores =
        arena_grow(arena, (void *)cve->scores, cve->score_count * sizeof *scores,
                   (room ? room : 1) * sizeof *scores);
    struct tape_walk walk = tape_begin(list);
    struct tape_value item;
    while (tape_next_item(&walk, &item)) {
        cve->score_count += read_score(part, item, version, &scores[cve->score_count]);
    }
    cve->scores = scores;
}

static void read_metrics(const struct cve_part *part, struct tape_value metrics,
                         struct feed_cve *cve)
{
    struct tape_walk walk = tape_begin(metrics);
    struct tape_value list;
    struct str key;
    while (tape_next_member(&walk, &key, &list)) {
        for (size_t i = 0; i < sizeof metric_lists / sizeof metric_lists[0]; i++) {
            if (str_eq(key, metric_lists[i].key)) {
                read_metric_list(part, list, metric_lists[i].version, cve);
            }
        }
    }
}

static bool read_lists(struct nvd_file *file, const struct nvd_cve *fields, struct feed_cve *cve,
                       struct field_problem *ret_problem)
{
    struct cve_part part = {file->reader, file->report, fields->id};
    /* A cpeMatch takes at least 6 words: braces, two keys, two values. A reference 4. */
    if (feed_cve_too_many(fields->configurations, LIMIT_CVE_CRITERIA, 6) ||
        feed_cve_too_many(fields->references, LIMIT_RECORD_ITEMS, 4)) {
        *ret_problem = (struct field_problem){FEED_SKIP_LIMIT, {"", 0}};
        return false;
    }
    if (fields->descriptions.document != NULL &&
        !feed_cve_read_description(fields->descriptions, &cve->description, ret_problem)) {
        return false;
    }
    if (fields->metrics.document != NULL) {
        read_metrics(&part, fields->metrics, cve);
    }
    if (fields->references.document != NULL) {
        feed_cve_read_references(&part, fields->references, cve);
    }
    if (fields->configurations.document != NULL) {
        feed_cve_read_configurations(&part, fields->configurations, CVE_ORIGIN_NVD, cve);
    }
    return true;
}

/* Reads one record. False, with the problem, when it is skipped. */
static bool read_cve(struct nvd_file *file, struct tape_value item, struct nvd_cve *fields,
                     struct feed_cve *cve, struct field_problem *ret_problem)
{
    struct nvd_item wrapper;
    fields->id = (struct str){"", 0};
    if (!feed_fields_read(item, item_fields, FIELD_COUNT(item_fields), &wrapper, ret_problem) ||
        !feed_fields_read(wrapper.cve, cve_fields, FIELD_COUNT(cve_fields), fields, ret_problem)) {
        return false;
    }
    feed_field_report(file->report, *ret_problem, fields->id);
    *cve = (struct feed_cve){.published = fields->published,
                             .modified = fields->modified,
                             .status = read_status(fields->status),
                             .description = STR("")};
    if (!cve_id_parse(fields->id, &cve->id)) {
        *ret_problem = (struct field_problem){FEED_SKIP_VALUE, cve_fields[0].key};
        return false;
    }
    return cve->status == CVE_STATUS_REJECTED || read_lists(file, fields, cve, ret_problem);
}

static int read_item(struct nvd_file *file, struct tape_value item, uint32_t index,
                     struct error *err)
{
    struct nvd_cve fields;
    struct feed_cve cve;
    struct field_problem problem;
    arena_clear(&file->reader->arena);
    if (!read_cve(file, item, &fields, &cve, &problem)) {
        char number[32];
        snprintf(number, sizeof number, "record %u", index);
        feed_field_report(file->report, problem, fields.id.len > 0 ? fields.id : str_from(number));
        return 0;
    }
    file->report->records++;
    if (cve.modified > file->report->newest) {
        file->report->newest = cve.modified;
    }
    return file->sink->cve ? file->sink->cve(file->sink->context, &cve, err) : 0;
}

static int check_root(const struct nvd_root *root, struct error *err)
{
    if (!str_eq(root->format, STR("NVD_CVE")) || !str_starts(root->version, STR("2."))) {
        return error_set(err, ERR_VERSION,
                         "not an NVD 2.x feed (format \"%.*s\", version \"%.*s\")",
                         STR_ARG(root->format), STR_ARG(root->version));
    }
    if (root->vulnerabilities.document == NULL) {
        return error_set(err, ERR_FORMAT, "not an NVD feed: no list of vulnerabilities");
    }
    return 0;
}

int feed_parse_nvd(struct feed_reader *reader, struct str bytes, const struct feed_sink *sink,
                   struct feed_report *report, struct error *err)
{
    struct nvd_file file = {.reader = reader, .sink = sink, .report = report};
    struct nvd_root root;
    struct tape_value item;
    int result = feed_parse_root(reader, bytes, root_fields, FIELD_COUNT(root_fields), &root, err);
    if (result == 0) {
        result = check_root(&root, err);
    }
    if (result < 0) {
        return result;
    }
    struct tape_walk walk = tape_begin(root.vulnerabilities);
    for (uint32_t index = 0; result == 0 && tape_next_item(&walk, &item); index++) {
        result = read_item(&file, item, index, err);
    }
    return result < 0 ? result : 0;
}

/* ---- overrides: partial records ---- */

struct override_root {
    struct tape_value annotation, cve;
};

static const struct field override_fields[] = {
    FIELD(struct override_root, annotation, "_annotation", FIELD_OBJECT),
    FIELD_NEEDED(struct override_root, cve, "cve", FIELD_OBJECT),
};

struct override_annotation {
    struct str id;
    int64_t modified;
};

static const struct field annotation_fields[] = {
    FIELD(struct override_annotation, id, "cve_id", FIELD_TEXT),
    FIELD(struct override_annotation, modified, "modified", FIELD_TIME),
};

struct override_cve {
    struct str id;
    struct tape_value configurations;
};

static const struct field override_cve_fields[] = {
    FIELD(struct override_cve, id, "id", FIELD_TEXT),
    FIELD_NEEDED(struct override_cve, configurations, "configurations", FIELD_ARRAY),
};

/* "data/2024/CVE-2024-0001.json" to "CVE-2024-0001": older records are named by their file. */
static struct str name_of_file(struct str path)
{
    struct str name = path, part;
    while (str_split_byte(&path, '/', &part)) {
        name = part;
    }
    return str_ends(name, STR(".json")) ? str_sub(name, 0, name.len - 5) : name;
}

static bool read_override(struct cve_part *part, struct tape_value root, struct feed_cve *cve,
                          struct field_problem *ret_problem)
{
    struct override_root fields;
    struct override_annotation annotation = {STR(""), TIME_NONE};
    struct override_cve partial;
    if (!feed_fields_read(root, override_fields, FIELD_COUNT(override_fields), &fields,
                          ret_problem) ||
        (fields.annotation.document != NULL &&
         !feed_fields_read_part(fields.annotation, annotation_fields,
                                FIELD_COUNT(annotation_fields), &annotation, part->id,
                                part->report)) ||
        !feed_fields_read(fields.cve, override_cve_fields, FIELD_COUNT(override_cve_fields),
                          &partial, ret_problem)) {
        return false;
    }
    *cve = (struct feed_cve){.record = CVE_RECORD_OVERRIDE,
                             .published = TIME_NONE,
                             .modified = annotation.modified,
                             .description = STR("")};
    part->id = partial.id.len > 0 ? partial.id : annotation.id.len > 0 ? annotation.id : part->id;
    if (!cve_id_parse(part->id, &cve->id)) {
        *ret_problem = (struct field_problem){FEED_SKIP_VALUE, override_cve_fields[0].key};
        return false;
    }
    if (feed_cve_too_many(partial.configurations, LIMIT_CVE_CRITERIA, 6)) {
        *ret_problem = (struct field_problem){FEED_SKIP_LIMIT, {"", 0}};
        return false;
    }
    feed_cve_read_configurations(part, partial.configurations, CVE_ORIGIN_OVERRIDE, cve);
    return true;
}

int feed_parse_overrides(struct feed_reader *reader, struct str bytes, const struct feed_sink *sink,
                         struct feed_report *report, struct error *err)
{
    struct cve_part part = {reader, report, name_of_file(str_from(reader->member))};
    struct field_problem problem = {.reason = FEED_SKIP_REASONS};
    struct tape_value root;
    struct feed_cve cve;
    if (!feed_parse_member(reader, bytes, report, &root)) {
        return 0;
    }
    if (!read_override(&part, root, &cve, &problem)) {
        feed_field_report(report, problem, part.id);
        return 0;
    }
    report->records++;
    report->newest = cve.modified > report->newest ? cve.modified : report->newest;
    return sink->cve ? sink->cve(sink->context, &cve, err) : 0;
}
