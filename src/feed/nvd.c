/*
 * NVD: the JSON 2.0 feeds and API answers (nvd.nist.gov/developers/vulnerabilities, schema
 * cve_api_json_2.0). A part that cannot be read is left out where that can only hide a match of
 * that part; where leaving it out would widen what matches, the whole configuration goes.
 */
#include "feed/cve.h"
#include "feed/field.h"

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

static bool read_score(struct feed_run *run, struct tape_value item, enum cvss_version version,
                       struct feed_score *ret_score)
{
    struct nvd_metric metric;
    return feed_fields_read_part(run, item, metric_fields, FIELD_COUNT(metric_fields), &metric) &&
           feed_cve_read_score(run, metric.data, version, read_source(metric.source), ret_score);
}

static void read_metric_list(struct feed_run *run, struct tape_value list,
                             enum cvss_version version, struct feed_cve *cve)
{
    if (tape_type(list) != TAPE_ARRAY) {
        if (!tape_is_null(list)) {
            feed_cve_skip(run, FEED_SKIP_TYPE, "metrics", (struct str){"", 0});
        }
        return;
    }
    struct arena *arena = &run->reader->arena;
    size_t room = cve->score_count + tape_count(list);
    struct feed_score *scores =
        arena_grow(arena, (void *)cve->scores, cve->score_count * sizeof *scores,
                   (room ? room : 1) * sizeof *scores);
    struct tape_walk walk = tape_begin(list);
    struct tape_value item;
    while (tape_next_item(&walk, &item)) {
        cve->score_count += read_score(run, item, version, &scores[cve->score_count]);
    }
    cve->scores = scores;
}

static void read_metrics(struct feed_run *run, struct tape_value metrics, struct feed_cve *cve)
{
    struct tape_walk walk = tape_begin(metrics);
    struct tape_value list;
    struct str key;
    while (tape_next_member(&walk, &key, &list)) {
        for (size_t i = 0; i < sizeof metric_lists / sizeof metric_lists[0]; i++) {
            if (str_eq(key, metric_lists[i].key)) {
                read_metric_list(run, list, metric_lists[i].version, cve);
            }
        }
    }
}

/* Oracle publishes its score in the description alone: "... CVSS 3.1 Base Score 7.5
 * (Availability impacts). CVSS Vector: (CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H)." */
static void read_described_score(struct feed_run *run, struct feed_cve *cve)
{
    static const struct str lead = {" CVSS Vector: (", 15};
    struct cvss_scores scores;
    if (cve->score_count > 0 || !str_ends(cve->description, STR(")."))) {
        return;
    }
    size_t at = str_find(cve->description, lead);
    if (at == SIZE_MAX) {
        return;
    }
    struct str vector = str_skip(cve->description, at + lead.len);
    vector = str_sub(vector, 0, str_find_byte(vector, ')'));
    if (cvss_score(vector, &scores, NULL) < 0) {
        return;
    }
    struct feed_score *score = arena_array(&run->reader->arena, 1, struct feed_score);
    *score = (struct feed_score){.version = scores.version,
                                 .source = SCORE_SOURCE_CNA,
                                 .score = scores.base,
                                 .vector = vector};
    cve->scores = score;
    cve->score_count = 1;
}

/* "... (Chromium security severity: High)", which ends descriptions of Google's. */
static enum cve_rating read_described_rating(struct str description)
{
    static const struct str lead = {"(Chromium security severity: ", 29};
    static const struct {
        struct str word;
        enum cve_rating rating;
    } words[] = {{{"Low)", 4}, CVE_RATING_LOW},
                 {{"Medium)", 7}, CVE_RATING_MEDIUM},
                 {{"High)", 5}, CVE_RATING_HIGH},
                 {{"Critical)", 9}, CVE_RATING_CRITICAL}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t end = lead.len + words[i].word.len;
        if (description.len >= end && str_ends(description, words[i].word) &&
            str_starts(str_skip(description, description.len - end), lead)) {
            return words[i].rating;
        }
    }
    return CVE_RATING_NONE;
}

static bool read_lists(struct feed_run *run, const struct nvd_cve *fields, struct feed_cve *cve,
                       struct field_problem *ret_problem)
{
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
        read_metrics(run, fields->metrics, cve);
    }
    read_described_score(run, cve);
    cve->rating = read_described_rating(cve->description);
    if (fields->references.document != NULL) {
        feed_cve_read_references(run, fields->references, cve);
    }
    if (fields->configurations.document != NULL) {
        feed_cve_read_configurations(run, fields->configurations, CVE_ORIGIN_NVD, cve);
    }
    return true;
}

/* Reads one record. False, with the problem, when it is skipped. */
static bool read_cve(struct feed_run *run, struct tape_value item, struct nvd_cve *fields,
                     struct feed_cve *cve, struct field_problem *ret_problem)
{
    struct nvd_item wrapper;
    fields->id = (struct str){"", 0};
    if (!feed_fields_read(item, item_fields, FIELD_COUNT(item_fields), &wrapper, ret_problem) ||
        !feed_fields_read(wrapper.cve, cve_fields, FIELD_COUNT(cve_fields), fields, ret_problem)) {
        return false;
    }
    feed_field_report(run->report, *ret_problem, fields->id);
    run->record = fields->id;
    *cve = (struct feed_cve){.published = fields->published,
                             .modified = fields->modified,
                             .status = read_status(fields->status),
                             .description = STR("")};
    if (!cve_id_parse(fields->id, &cve->id)) {
        *ret_problem = (struct field_problem){FEED_SKIP_VALUE, cve_fields[0].key};
        return false;
    }
    return cve->status == CVE_STATUS_REJECTED || read_lists(run, fields, cve, ret_problem);
}

static int read_item(struct feed_run *run, struct tape_value item, uint32_t index,
                     struct error *err)
{
    struct nvd_cve fields;
    struct feed_cve cve;
    struct field_problem problem;
    if (!read_cve(run, item, &fields, &cve, &problem)) {
        feed_field_report_item(run->report, problem, fields.id, index);
        return 0;
    }
    return feed_cve_hand(run, &cve, err);
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

int feed_parse_nvd(struct feed_run *run, struct str bytes, struct error *err)
{
    struct nvd_root root;
    int result = feed_parse_root(run, bytes, root_fields, FIELD_COUNT(root_fields), &root, err);
    if (result == 0) {
        result = check_root(&root, err);
    }
    return result < 0 ? result : feed_read_items(run, root.vulnerabilities, read_item, err);
}
