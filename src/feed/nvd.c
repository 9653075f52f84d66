/*
 * NVD: the JSON 2.0 feeds and API answers (nvd.nist.gov/developers/vulnerabilities, schema
 * cve_api_json_2.0). A part that cannot be read is left out where that can only hide a match of
 * that part; where leaving it out would widen what matches, the whole configuration goes.
 */
#include "feed/field.h"
#include "feed/reader.h"

#include <math.h>
#include <stdio.h>

enum { GOOD_VECTORS = 4096 };

struct nvd_file {
    struct feed_reader *reader;
    const struct feed_sink *sink;
    struct feed_report *report;
    /* Hashes of vectors that have been found good: 200,000 scores share some thousand. */
    uint64_t good_vectors[GOOD_VECTORS];
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

struct nvd_description {
    struct str lang, value;
};

static const struct field description_fields[] = {
    FIELD_NEEDED(struct nvd_description, lang, "lang", FIELD_TEXT),
    FIELD_LONG(struct nvd_description, value, "value", LIMIT_RECORD_TEXT),
};

struct nvd_reference {
    struct str url;
};

static const struct field reference_fields[] = {
    {.key = {"url", 3}, .kind = FIELD_TEXT, .limit = LIMIT_URL, .needed = true},
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

struct nvd_data {
    struct str vector;
    double score;
};

static const struct field data_fields[] = {
    FIELD_NEEDED(struct nvd_data, vector, "vectorString", FIELD_TEXT),
    FIELD_NEEDED(struct nvd_data, score, "baseScore", FIELD_NUMBER),
};

struct nvd_configuration {
    struct str operation;
    bool negate;
    struct tape_value nodes;
};

static const struct field configuration_fields[] = {
    FIELD(struct nvd_configuration, operation, "operator", FIELD_TEXT),
    FIELD(struct nvd_configuration, negate, "negate", FIELD_BOOL),
    FIELD_NEEDED(struct nvd_configuration, nodes, "nodes", FIELD_ARRAY),
};

static const struct field node_fields[] = {
    FIELD_NEEDED(struct nvd_configuration, operation, "operator", FIELD_TEXT),
    FIELD(struct nvd_configuration, negate, "negate", FIELD_BOOL),
    FIELD_NEEDED(struct nvd_configuration, nodes, "cpeMatch", FIELD_ARRAY),
};

struct nvd_match {
    bool vulnerable;
    struct str criteria;
    struct str start_including, start_excluding, end_including, end_excluding;
};

static const struct field match_fields[] = {
    FIELD_NEEDED(struct nvd_match, vulnerable, "vulnerable", FIELD_BOOL),
    {.key = {"criteria", 8},
     .kind = FIELD_TEXT,
     .offset = offsetof(struct nvd_match, criteria),
     .limit = LIMIT_CPE,
     .needed = true},
    FIELD_LONG(struct nvd_match, start_including, "versionStartIncluding", LIMIT_VERSION),
    FIELD_LONG(struct nvd_match, start_excluding, "versionStartExcluding", LIMIT_VERSION),
    FIELD_LONG(struct nvd_match, end_including, "versionEndIncluding", LIMIT_VERSION),
    FIELD_LONG(struct nvd_match, end_excluding, "versionEndExcluding", LIMIT_VERSION),
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

static void skip_part(struct nvd_file *file, enum feed_skip reason, struct str id, const char *part,
                      struct str value)
{
    bool cut = value.len > 60;
    feed_report_skip(file->report, reason, "%.*s: %s: %s: %.*s%s", STR_ARG(id), part,
                     feed_skip_name(reason), cut ? 60 : (int)value.len, value.ptr,
                     cut ? "..." : "");
}

/* The English description. False, with the problem, when the record cannot be used. */
static bool read_description(struct tape_value list, struct str *ret_text,
                             struct field_problem *ret_problem)
{
    struct tape_walk walk = tape_begin(list);
    struct tape_value item;
    bool found = false;
    while (tape_next_item(&walk, &item)) {
        struct nvd_description description;
        if (!feed_fields_read(item, description_fields, FIELD_COUNT(description_fields),
                              &description, ret_problem)) {
            return false;
        }
        if (!found && str_starts(description.lang, STR("en"))) {
            *ret_text = description.value;
            found = true;
        }
    }
    return true;
}

static void read_references(struct nvd_file *file, struct tape_value list, struct str id,
                            struct feed_cve *cve)
{
    struct str *urls = arena_array(&file->reader->arena, tape_count(list), struct str);
    struct tape_walk walk = tape_begin(list);
    struct tape_value item;
    while (tape_next_item(&walk, &item)) {
        struct nvd_reference reference;
        if (feed_fields_read_part(item, reference_fields, FIELD_COUNT(reference_fields), &reference,
                                  id, file->report)) {
            urls[cve->reference_count++] = reference.url;
        }
    }
    cve->references = urls;
}

static bool check_vector(struct nvd_file *file, struct str vector, enum cvss_version version)
{
    uint64_t hash = str_hash_bytes(vector.ptr, vector.len, (uint64_t)version);
    uint64_t *known = &file->good_vectors[hash % GOOD_VECTORS];
    struct cvss_scores scores;
    if (hash != 0 && *known == hash) {
        return true;
    }
    if (cvss_score(vector, &scores, NULL) < 0 || scores.version != version) {
        return false;
    }
    *known = hash;
    return true;
}

static bool read_score(struct nvd_file *file, struct tape_value item, struct str id,
                       enum cvss_version version, struct feed_score *ret_score)
{
    struct nvd_metric metric;
    struct nvd_data data;
    if (!feed_fields_read_part(item, metric_fields, FIELD_COUNT(metric_fields), &metric, id,
                               file->report) ||
        !feed_fields_read_part(metric.data, data_fields, FIELD_COUNT(data_fields), &data, id,
                               file->report)) {
        return false;
    }
    if (!(data.score >= 0 && data.score <= 10)) {
        skip_part(file, FEED_SKIP_VALUE, id, "baseScore", data.vector);
        return false;
    }
    if (!check_vector(file, data.vector, version)) {
        skip_part(file, FEED_SKIP_VECTOR, id, "vectorString", data.vector);
        return false;
    }
    *ret_score = (struct feed_score){.version = version,
                                     .source = read_source(metric.source),
                                     .score = (int)lround(data.score * 10),
                                     .vector = data.vector};
    return true;
}

static void read_metric_list(struct nvd_file *file, struct tape_value list, struct str id,
                             enum cvss_version version, struct feed_cve *cve)
{
    if (tape_type(list) != TAPE_ARRAY) {
        if (!tape_is_null(list)) {
            skip_part(file, FEED_SKIP_TYPE, id, "metrics", (struct str){"", 0});
        }
        return;
    }
    struct arena *arena = &file->reader->arena;
    size_t room = cve->score_count + tape_count(list);
    struct feed_score *scores =
        arena_grow(arena, (void *)cve->scores, cve->score_count * sizeof *scores,
                   (room ? room : 1) * sizeof *scores);
    struct tape_walk walk = tape_begin(list);
    struct tape_value item;
    while (tape_next_item(&walk, &item)) {
        cve->score_count += read_score(file, item, id, version, &scores[cve->score_count]);
    }
    cve->scores = scores;
}

static void read_metrics(struct nvd_file *file, struct tape_value metrics, struct str id,
                         struct feed_cve *cve)
{
    struct tape_walk walk = tape_begin(metrics);
    struct tape_value list;
    struct str key;
    while (tape_next_member(&walk, &key, &list)) {
        for (size_t i = 0; i < sizeof metric_lists / sizeof metric_lists[0]; i++) {
            if (str_eq(key, metric_lists[i].key)) {
                read_metric_list(file, list, id, metric_lists[i].version, cve);
            }
        }
    }
}

#define KEY_IS(key, name) ((key).len == sizeof(name) - 1 && memcmp((key).ptr, name, (key).len) == 0)

/* Where a text of a cpeMatch goes; NULL for a member that is not read. */
static struct str *match_member(struct nvd_match *match, struct str key)
{
    return KEY_IS(key, "criteria")                ? &match->criteria
           : KEY_IS(key, "versionEndExcluding")   ? &match->end_excluding
           : KEY_IS(key, "versionStartIncluding") ? &match->start_including
           : KEY_IS(key, "versionEndIncluding")   ? &match->end_including
           : KEY_IS(key, "versionStartExcluding") ? &match->start_excluding
                                                  : NULL;
}

/* A cpeMatch of the usual form, which are most of the values of a feed: by hand this takes a
 * third of the time of the table, which is left to say what is wrong with any other. */
static bool read_usual_match(struct tape_value item, struct nvd_match *match)
{
    if (tape_type(item) != TAPE_OBJECT) {
        return false;
    }
    struct tape_walk walk = tape_begin(item);
    struct tape_value value;
    struct str key;
    bool rated = false;
    *match = (struct nvd_match){.criteria = {"", 0}};
    while (tape_next_member(&walk, &key, &value)) {
        enum tape_type type = tape_type(value);
        struct str *member;
        if (KEY_IS(key, "vulnerable")) {
            rated = type == TAPE_TRUE || type == TAPE_FALSE;
            match->vulnerable = type == TAPE_TRUE;
        } else if ((member = match_member(match, key)) != NULL) {
            if (type != TAPE_TEXT || tape_text(value).len > LIMIT_VERSION) {
                return false;
            }
            *member = tape_text(value);
        }
    }
    return rated && match->criteria.len > 0;
}

static bool read_match(struct nvd_file *file, struct tape_value item, struct str id,
                       struct feed_match *ret_match)
{
    struct nvd_match match;
    if (!read_usual_match(item, &match) &&
        !feed_fields_read_part(item, match_fields, FIELD_COUNT(match_fields), &match, id,
                               file->report)) {
        return false;
    }
    if (match.criteria.len < 4 || memcmp(match.criteria.ptr, "cpe:", 4) != 0) {
        skip_part(file, FEED_SKIP_CPE, id, "criteria", match.criteria);
        return false;
    }
    bool start_excluding = match.start_including.len == 0 && match.start_excluding.len > 0;
    bool end_including = match.end_excluding.len == 0 && match.end_including.len > 0;
    *ret_match = (struct feed_match){
        .criteria = match.criteria,
        .start = start_excluding ? match.start_excluding : match.start_including,
        .end = end_including ? match.end_including : match.end_excluding,
        .start_excluding = start_excluding,
        .end_including = end_including,
        .vulnerable = match.vulnerable,
    };
    return true;
}

/* Reads "AND" or "OR"; an absent operator is OR. */
static bool read_operator(struct nvd_file *file, struct str word, struct str id, bool *ret_is_and)
{
    *ret_is_and = str_eq(word, STR("AND"));
    if (*ret_is_and || word.len == 0 || str_eq(word, STR("OR"))) {
        return true;
    }
    skip_part(file, FEED_SKIP_VALUE, id, "operator", word);
    return false;
}

/* False when the configuration must go: a condition of it could not be read. A criterion may
 * be left out only of a plain OR, where that makes nothing else match. */
static bool read_node(struct nvd_file *file, struct tape_value item, struct str id,
                      bool may_leave_out, struct feed_node *node)
{
    struct nvd_configuration fields;
    if (!feed_fields_read_part(item, node_fields, FIELD_COUNT(node_fields), &fields, id,
                               file->report) ||
        !read_operator(file, fields.operation, id, &node->is_and)) {
        return false;
    }
    node->negate = fields.negate;
    may_leave_out = may_leave_out && !node->is_and && !node->negate;
    struct feed_match *matches =
        arena_array(&file->reader->arena, tape_count(fields.nodes), struct feed_match);
    struct tape_walk walk = tape_begin(fields.nodes);
    struct tape_value match;
    while (tape_next_item(&walk, &match)) {
        if (read_match(file, match, id, &matches[node->match_count])) {
            node->match_count++;
        } else if (!may_leave_out) {
            return false;
        }
    }
    node->matches = matches;
    return true;
}

static bool read_configuration(struct nvd_file *file, struct tape_value item, struct str id,
                               struct feed_configuration *ret_configuration)
{
    struct nvd_configuration fields;
    struct feed_configuration configuration = {0};
    if (!feed_fields_read_part(item, configuration_fields, FIELD_COUNT(configuration_fields),
                               &fields, id, file->report) ||
        !read_operator(file, fields.operation, id, &configuration.is_and)) {
        return false;
    }
    configuration.negate = fields.negate;
    struct feed_node *nodes =
        arena_array(&file->reader->arena, tape_count(fields.nodes), struct feed_node);
    struct tape_walk walk = tape_begin(fields.nodes);
    struct tape_value node;
    while (tape_next_item(&walk, &node)) {
        if (!read_node(file, node, id, !configuration.negate, &nodes[configuration.node_count++])) {
            return false;
        }
    }
    configuration.nodes = nodes;
    *ret_configuration = configuration;
    return configuration.node_count > 0;
}

static void read_configurations(struct nvd_file *file, struct tape_value list, struct str id,
                                struct feed_cve *cve)
{
    struct feed_configuration *configurations =
        arena_array(&file->reader->arena, tape_count(list), struct feed_configuration);
    struct tape_walk walk = tape_begin(list);
    struct tape_value item;
    while (tape_next_item(&walk, &item)) {
        cve->configuration_count +=
            read_configuration(file, item, id, &configurations[cve->configuration_count]);
    }
    cve->configurations = configurations;
}

/* A record must not be larger than the knowledge file's counts allow: the tape between two
 * places bounds the number of values there. */
static bool too_many(struct tape_value list, uint32_t most, uint32_t words_each)
{
    return list.document != NULL && (tape_after(list) - list.at) / words_each > most;
}

static bool read_lists(struct nvd_file *file, const struct nvd_cve *fields, struct feed_cve *cve,
                       struct field_problem *ret_problem)
{
    /* A cpeMatch takes at least 6 words: braces, two keys, two values. A reference 4. */
    if (too_many(fields->configurations, LIMIT_CVE_CRITERIA, 6) ||
        too_many(fields->references, LIMIT_RECORD_ITEMS, 4)) {
        *ret_problem = (struct field_problem){FEED_SKIP_LIMIT, {"", 0}};
        return false;
    }
    if (fields->descriptions.document != NULL &&
        !read_description(fields->descriptions, &cve->description, ret_problem)) {
        return false;
    }
    if (fields->metrics.document != NULL) {
        read_metrics(file, fields->metrics, fields->id, cve);
    }
    if (fields->references.document != NULL) {
        read_references(file, fields->references, fields->id, cve);
    }
    if (fields->configurations.document != NULL) {
        read_configurations(file, fields->configurations, fields->id, cve);
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
