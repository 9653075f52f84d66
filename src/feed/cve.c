/*
 * What records of CVEs share, whoever publishes them: descriptions, references, scores, and
 * NVD's configurations, which CVE records carry too.
 */
#include "feed/cve.h"

#include "feed/field.h"

#include <math.h>
#include <string.h>

struct cve_description {
    struct str lang, value;
};

static const struct field description_fields[] = {
    FIELD_NEEDED(struct cve_description, lang, "lang", FIELD_TEXT),
    FIELD_LONG(struct cve_description, value, "value", LIMIT_RECORD_TEXT),
};

struct cve_reference {
    struct str url;
};

static const struct field reference_fields[] = {
    {.key = {"url", 3}, .kind = FIELD_TEXT, .limit = LIMIT_URL, .needed = true},
};

struct cvss_data {
    struct str vector;
    double score;
};

static const struct field data_fields[] = {
    FIELD_NEEDED(struct cvss_data, vector, "vectorString", FIELD_TEXT),
    FIELD_NEEDED(struct cvss_data, score, "baseScore", FIELD_NUMBER),
};

struct cve_configuration {
    struct str operation;
    bool negate;
    struct tape_value nodes;
};

static const struct field configuration_fields[] = {
    FIELD(struct cve_configuration, operation, "operator", FIELD_TEXT),
    FIELD(struct cve_configuration, negate, "negate", FIELD_BOOL),
    FIELD_NEEDED(struct cve_configuration, nodes, "nodes", FIELD_ARRAY),
};

static const struct field node_fields[] = {
    FIELD_NEEDED(struct cve_configuration, operation, "operator", FIELD_TEXT),
    FIELD(struct cve_configuration, negate, "negate", FIELD_BOOL),
    FIELD_NEEDED(struct cve_configuration, nodes, "cpeMatch", FIELD_ARRAY),
};

struct cve_match {
    bool vulnerable;
    struct str criteria;
    struct str start_including, start_excluding, end_including, end_excluding;
};

static const struct field match_fields[] = {
    FIELD_NEEDED(struct cve_match, vulnerable, "vulnerable", FIELD_BOOL),
    {.key = {"criteria", 8},
     .kind = FIELD_TEXT,
     .offset = offsetof(struct cve_match, criteria),
     .limit = LIMIT_CPE,
     .needed = true},
    FIELD_LONG(struct cve_match, start_including, "versionStartIncluding", LIMIT_VERSION),
    FIELD_LONG(struct cve_match, start_excluding, "versionStartExcluding", LIMIT_VERSION),
    FIELD_LONG(struct cve_match, end_including, "versionEndIncluding", LIMIT_VERSION),
    FIELD_LONG(struct cve_match, end_excluding, "versionEndExcluding", LIMIT_VERSION),
};

void feed_cve_skip(struct feed_run *run, enum feed_skip reason, const char *what, struct str value)
{
    bool cut = value.len > 60;
    feed_report_skip(run->report, reason, "%.*s: %s: %s: %.*s%s", STR_ARG(run->record), what,
                     feed_skip_name(reason), cut ? 60 : (int)value.len, value.ptr,
                     cut ? "..." : "");
}

/* The English description. False, with the problem, when the record cannot be used. */
bool feed_cve_read_description(struct tape_value list, struct str *ret_text,
                               struct field_problem *ret_problem)
{
    struct tape_walk walk = tape_begin(list);
    struct tape_value item;
    bool found = false;
    while (tape_next_item(&walk, &item)) {
        struct cve_description description;
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

void feed_cve_read_references(struct feed_run *run, struct tape_value list, struct feed_cve *cve)
{
    struct str *urls = arena_array(&run->reader->arena, tape_count(list), struct str);
    struct tape_walk walk = tape_begin(list);
    struct tape_value item;
    while (tape_next_item(&walk, &item)) {
        struct cve_reference reference;
        if (feed_fields_read_part(run, item, reference_fields, FIELD_COUNT(reference_fields),
                                  &reference)) {
            urls[cve->reference_count++] = reference.url;
        }
    }
    cve->references = urls;
}

static bool check_vector(struct feed_reader *reader, struct str vector, enum cvss_version version)
{
    uint64_t hash = str_hash_bytes(vector.ptr, vector.len, (uint64_t)version);
    uint64_t *known = &reader->good_vectors[hash % FEED_GOOD_VECTORS];
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

bool feed_cve_read_score(struct feed_run *run, struct tape_value item, enum cvss_version version,
                         enum score_source source, struct feed_score *ret_score)
{
    struct cvss_data data;
    if (!feed_fields_read_part(run, item, data_fields, FIELD_COUNT(data_fields), &data)) {
        return false;
    }
    if (!(data.score >= 0 && data.score <= 10)) {
        feed_cve_skip(run, FEED_SKIP_VALUE, "baseScore", data.vector);
        return false;
    }
    if (!check_vector(run->reader, data.vector, version)) {
        feed_cve_skip(run, FEED_SKIP_VECTOR, "vectorString", data.vector);
        return false;
    }
    *ret_score = (struct feed_score){.version = version,
                                     .source = source,
                                     .score = (int)lround(data.score * 10),
                                     .vector = data.vector};
    return true;
}

#define KEY_IS(key, name) ((key).len == sizeof(name) - 1 && memcmp((key).ptr, name, (key).len) == 0)

/* Where a text of a cpeMatch goes; NULL for a member that is not read. */
static struct str *match_member(struct cve_match *match, struct str key)
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
static bool read_usual_match(struct tape_value item, struct cve_match *match)
{
    if (tape_type(item) != TAPE_OBJECT) {
        return false;
    }
    struct tape_walk walk = tape_begin(item);
    struct tape_value value;
    struct str key;
    bool rated = false;
    *match = (struct cve_match){.criteria = {"", 0}};
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

static bool read_match(struct feed_run *run, struct tape_value item, struct feed_match *ret_match)
{
    struct cve_match match;
    if (!read_usual_match(item, &match) &&
        !feed_fields_read_part(run, item, match_fields, FIELD_COUNT(match_fields), &match)) {
        return false;
    }
    if (match.criteria.len < 4 || memcmp(match.criteria.ptr, "cpe:", 4) != 0) {
        feed_cve_skip(run, FEED_SKIP_CPE, "criteria", match.criteria);
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
static bool read_operator(struct feed_run *run, struct str word, bool *ret_is_and)
{
    *ret_is_and = str_eq(word, STR("AND"));
    if (*ret_is_and || word.len == 0 || str_eq(word, STR("OR"))) {
        return true;
    }
    feed_cve_skip(run, FEED_SKIP_VALUE, "operator", word);
    return false;
}

/* False when the configuration must go: a condition of it could not be read. A criterion may
 * be left out only of a plain OR, where that makes nothing else match. */
static bool read_node(struct feed_run *run, struct tape_value item, bool may_leave_out,
                      struct feed_node *node)
{
    struct cve_configuration fields;
    if (!feed_fields_read_part(run, item, node_fields, FIELD_COUNT(node_fields), &fields) ||
        !read_operator(run, fields.operation, &node->is_and)) {
        return false;
    }
    node->negate = fields.negate;
    may_leave_out = may_leave_out && !node->is_and && !node->negate;
    struct feed_match *matches =
        arena_array(&run->reader->arena, tape_count(fields.nodes), struct feed_match);
    struct tape_walk walk = tape_begin(fields.nodes);
    struct tape_value match;
    while (tape_next_item(&walk, &match)) {
        if (read_match(run, match, &matches[node->match_count])) {
            node->match_count++;
        } else if (!may_leave_out) {
            return false;
        }
    }
    node->matches = matches;
    return true;
}

static bool read_configuration(struct feed_run *run, struct tape_value item,
                               struct feed_configuration *ret_configuration)
{
    struct cve_configuration fields;
    struct feed_configuration configuration = {0};
    if (!feed_fields_read_part(run, item, configuration_fields, FIELD_COUNT(configuration_fields),
                               &fields) ||
        !read_operator(run, fields.operation, &configuration.is_and)) {
        return false;
    }
    configuration.negate = fields.negate;
    struct feed_node *nodes =
        arena_array(&run->reader->arena, tape_count(fields.nodes), struct feed_node);
    struct tape_walk walk = tape_begin(fields.nodes);
    struct tape_value node;
    while (tape_next_item(&walk, &node)) {
        if (!read_node(run, node, !configuration.negate, &nodes[configuration.node_count++])) {
            return false;
        }
    }
    configuration.nodes = nodes;
    *ret_configuration = configuration;
    return configuration.node_count > 0;
}

void feed_cve_read_configurations(struct feed_run *run, struct tape_value list,
                                  enum cve_origin origin, struct feed_cve *cve)
{
    struct arena *arena = &run->reader->arena;
    size_t room = cve->configuration_count + tape_count(list);
    struct feed_configuration *configurations = arena_grow(
        arena, (void *)cve->configurations, cve->configuration_count * sizeof *configurations,
        (room ? room : 1) * sizeof *configurations);
    struct tape_walk walk = tape_begin(list);
    struct tape_value item;
    while (tape_next_item(&walk, &item)) {
        struct feed_configuration *configuration = &configurations[cve->configuration_count];
        if (read_configuration(run, item, configuration)) {
            configuration->origin = origin;
            cve->configuration_count++;
        }
    }
    cve->configurations = configurations;
}

/* A record must not be larger than the knowledge file's counts allow: the tape between two
 * places bounds the number of values there. */
bool feed_cve_too_many(struct tape_value list, uint32_t most, uint32_t words_each)
{
    return list.document != NULL && (tape_after(list) - list.at) / words_each > most;
}

int feed_cve_hand(struct feed_run *run, const struct feed_cve *cve, struct error *err)
{
    run->report->records++;
    feed_report_date(run->report, cve->modified);
    return run->sink->cve ? run->sink->cve(run->sink->context, cve, err) : 0;
}
