/*
 * CVE List: one record of the CVE Record Format (cveproject.github.io/cve-schema, 5.x), as
 * each member of the archive is. The publisher (CNA) and those who add to the record (ADP)
 * have a container each.
 */
#include "feed/cvelist.h"

#include <string.h>

struct list_root {
    struct str version;
    struct tape_value metadata, containers;
};

static const struct field root_fields[] = {
    FIELD(struct list_root, version, "dataVersion", FIELD_TEXT),
    FIELD_NEEDED(struct list_root, metadata, "cveMetadata", FIELD_OBJECT),
    FIELD_NEEDED(struct list_root, containers, "containers", FIELD_OBJECT),
};

struct list_metadata {
    struct str id, state;
    int64_t published, updated;
};

static const struct field metadata_fields[] = {
    FIELD_NEEDED(struct list_metadata, id, "cveId", FIELD_TEXT),
    FIELD(struct list_metadata, state, "state", FIELD_TEXT),
    FIELD(struct list_metadata, published, "datePublished", FIELD_TIME),
    FIELD(struct list_metadata, updated, "dateUpdated", FIELD_TIME),
};

struct list_containers {
    struct tape_value cna, adp;
};

static const struct field containers_fields[] = {
    FIELD(struct list_containers, cna, "cna", FIELD_OBJECT),
    FIELD(struct list_containers, adp, "adp", FIELD_ARRAY),
};

struct list_container {
    struct tape_value descriptions, affected, applicability, metrics, references;
};

static const struct field container_fields[] = {
    FIELD(struct list_container, descriptions, "descriptions", FIELD_ARRAY),
    FIELD(struct list_container, affected, "affected", FIELD_ARRAY),
    FIELD(struct list_container, applicability, "cpeApplicability", FIELD_ARRAY),
    FIELD(struct list_container, metrics, "metrics", FIELD_ARRAY),
    FIELD(struct list_container, references, "references", FIELD_ARRAY),
};

static const struct {
    struct str key;
    enum cvss_version version;
} metric_keys[] = {
    {{"cvssV4_0", 8}, CVSS_4_0},
    {{"cvssV3_1", 8}, CVSS_3_1},
    {{"cvssV3_0", 8}, CVSS_3_0},
    {{"cvssV2_0", 8}, CVSS_2_0},
};

/* Ceilings of a record whose lists are made longer one by one: each has a handful. */
enum { SCORES_MAX = 64, ADDITIONAL_MAX = 32 };

/* A container of the record: who made it. */
struct container {
    struct feed_run *run;
    enum score_source scorer;
    enum cve_origin origin;
};

/* ---- scores ---- */

static void add_score(const struct container *container, struct tape_value value,
                      enum cvss_version version, struct feed_cve *cve)
{
    struct feed_score score;
    if (cve->score_count == SCORES_MAX) {
        feed_cve_skip(container->run, FEED_SKIP_LIMIT, "metrics", STR(""));
        return;
    }
    if (tape_type(value) != TAPE_OBJECT ||
        !feed_cve_read_score(container->run, value, version, container->scorer, &score)) {
        return;
    }
    struct feed_score *scores =
        arena_grow(&container->run->reader->arena, (void *)cve->scores,
                   cve->score_count * sizeof *scores, (cve->score_count + 1) * sizeof *scores);
    scores[cve->score_count++] = score;
    cve->scores = scores;
}

static void read_metrics(const struct container *container, struct tape_value list,
                         struct feed_cve *cve)
{
    struct tape_walk walk = tape_begin(list);
    struct tape_value item, value;
    struct str key;
    while (tape_next_item(&walk, &item)) {
        if (tape_type(item) != TAPE_OBJECT) {
            feed_cve_skip(container->run, FEED_SKIP_TYPE, "metrics", STR(""));
            continue;
        }
        struct tape_walk members = tape_begin(item);
        while (tape_next_member(&members, &key, &value)) {
            for (size_t i = 0; i < sizeof metric_keys / sizeof metric_keys[0]; i++) {
                if (str_eq(key, metric_keys[i].key)) {
                    add_score(container, value, metric_keys[i].version, cve);
                }
            }
        }
    }
}

/* ---- configurations ---- */

static void add_configuration(const struct container *container, const struct criteria_list *list,
                              bool named, struct feed_cve *cve)
{
    struct arena *arena = &container->run->reader->arena;
    if (list->count == 0) {
        return;
    }
    struct feed_node *node = arena_array(arena, 1, struct feed_node);
    struct feed_configuration *configurations = arena_grow(
        arena, (void *)cve->configurations, cve->configuration_count * sizeof *configurations,
        (cve->configuration_count + 1) * sizeof *configurations);
    *node = (struct feed_node){.matches = list->items, .match_count = list->count};
    configurations[cve->configuration_count++] = (struct feed_configuration){
        .origin = container->origin, .named = named, .nodes = node, .node_count = 1};
    cve->configurations = configurations;
}

static void read_affected(const struct container *container, struct tape_value list,
                          struct feed_cve *cve)
{
    struct criteria_list given = {0}, named = {0};
    struct tape_walk walk = tape_begin(list);
    struct tape_value item;
    while (tape_next_item(&walk, &item)) {
        cvelist_add_entry(container->run, item, &given, &named);
    }
    add_configuration(container, &given, false, cve);
    add_configuration(container, &named, true, cve);
}

/* ---- containers ---- */

static bool within_limits(const struct list_container *fields)
{
    return !feed_cve_too_many(fields->affected, LIMIT_RECORD_ITEMS * 16, 1) &&
           !feed_cve_too_many(fields->applicability, LIMIT_CVE_CRITERIA, 6) &&
           !feed_cve_too_many(fields->metrics, LIMIT_RECORD_ITEMS, 1) &&
           !feed_cve_too_many(fields->references, LIMIT_RECORD_ITEMS, 4);
}

static bool read_container(const struct container *container, struct tape_value value,
                           struct feed_cve *cve, struct field_problem *ret_problem)
{
    struct list_container fields;
    if (!feed_fields_read(value, container_fields, FIELD_COUNT(container_fields), &fields,
                          ret_problem)) {
        return false;
    }
    if (!within_limits(&fields)) {
        *ret_problem = (struct field_problem){FEED_SKIP_LIMIT, {"", 0}};
        return false;
    }
    bool first = container->origin == CVE_ORIGIN_CNA;
    if (first && fields.descriptions.document != NULL &&
        !feed_cve_read_description(fields.descriptions, &cve->description, ret_problem)) {
        return false;
    }
    if (first && fields.references.document != NULL) {
        feed_cve_read_references(container->run, fields.references, cve);
    }
    if (fields.metrics.document != NULL) {
        read_metrics(container, fields.metrics, cve);
    }
    if (fields.applicability.document != NULL && tape_count(fields.applicability) > 0) {
        feed_cve_read_configurations(container->run, fields.applicability, container->origin, cve);
    } else if (fields.affected.document != NULL) {
        read_affected(container, fields.affected, cve);
    }
    return true;
}

static bool read_containers(struct feed_run *run, struct tape_value value, struct feed_cve *cve,
                            struct field_problem *ret_problem)
{
    struct container publisher = {run, SCORE_SOURCE_CNA, CVE_ORIGIN_CNA};
    struct container additional = {run, SCORE_SOURCE_ADP, CVE_ORIGIN_ADP};
    struct list_containers fields;
    struct tape_value item;
    if (!feed_fields_read(value, containers_fields, FIELD_COUNT(containers_fields), &fields,
                          ret_problem) ||
        (fields.cna.document != NULL &&
         !read_container(&publisher, fields.cna, cve, ret_problem))) {
        return false;
    }
    if (fields.adp.document != NULL && tape_count(fields.adp) > ADDITIONAL_MAX) {
        *ret_problem = (struct field_problem){FEED_SKIP_LIMIT, containers_fields[1].key};
        return false;
    }
    if (fields.adp.document == NULL) {
        return true;
    }
    struct tape_walk walk = tape_begin(fields.adp);
    while (tape_next_item(&walk, &item)) {
        struct field_problem problem;
        if (!read_container(&additional, item, cve, &problem)) {
            feed_field_report(run->report, problem, run->record);
        }
    }
    return true;
}

/* ---- the record ---- */

/* Reads one record. False, with the problem, when it is skipped. */
static bool read_record(struct feed_run *run, struct tape_value root, struct feed_cve *cve,
                        struct field_problem *ret_problem)
{
    struct list_root fields;
    struct list_metadata metadata;
    if (!feed_fields_read(root, root_fields, FIELD_COUNT(root_fields), &fields, ret_problem) ||
        !feed_fields_read(fields.metadata, metadata_fields, FIELD_COUNT(metadata_fields), &metadata,
                          ret_problem)) {
        return false;
    }
    feed_field_report(run->report, *ret_problem, metadata.id);
    run->record = metadata.id;
    *cve = (struct feed_cve){.record = CVE_RECORD_LIST,
                             .published = metadata.published,
                             .modified = metadata.updated,
                             .status = str_eq(metadata.state, STR("REJECTED")) ? CVE_STATUS_REJECTED
                                                                               : CVE_STATUS_OTHER,
                             .description = STR("")};
    if (!str_starts(fields.version, STR("5."))) {
        *ret_problem = (struct field_problem){FEED_SKIP_VALUE, root_fields[0].key};
        return false;
    }
    if (!cve_id_parse(metadata.id, &cve->id)) {
        *ret_problem = (struct field_problem){FEED_SKIP_VALUE, metadata_fields[0].key};
        return false;
    }
    return cve->status == CVE_STATUS_REJECTED ||
           read_containers(run, fields.containers, cve, ret_problem);
}

int feed_parse_cvelist(struct feed_run *run, struct str bytes, struct error *err)
{
    struct field_problem problem;
    struct tape_value root;
    struct feed_cve cve;
    if (!feed_parse_member(run, bytes, &root)) {
        return 0;
    }
    if (!read_record(run, root, &cve, &problem)) {
        feed_field_report(run->report, problem, run->record);
        return 0;
    }
    return feed_cve_hand(run, &cve, err);
}
