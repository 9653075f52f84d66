/*
 * Overrides of NVD: partial records, each a file, that replace the configurations of a CVE.
 */
#include "feed/cve.h"

struct override_root {
    struct tape_value annotation, cve;
};

static const struct field root_fields[] = {
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

static const struct field cve_fields[] = {
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

static bool read_override(struct feed_run *run, struct tape_value root, struct feed_cve *cve,
                          struct field_problem *ret_problem)
{
    struct override_root fields;
    struct override_annotation annotation = {STR(""), TIME_NONE};
    struct override_cve partial;
    if (!feed_fields_read(root, root_fields, FIELD_COUNT(root_fields), &fields, ret_problem) ||
        (fields.annotation.document != NULL &&
         !feed_fields_read_part(run, fields.annotation, annotation_fields,
                                FIELD_COUNT(annotation_fields), &annotation)) ||
        !feed_fields_read(fields.cve, cve_fields, FIELD_COUNT(cve_fields), &partial, ret_problem)) {
        return false;
    }
    *cve = (struct feed_cve){.record = CVE_RECORD_OVERRIDE,
                             .published = TIME_NONE,
                             .modified = annotation.modified,
                             .description = STR("")};
    run->record = partial.id.len > 0      ? partial.id
                  : annotation.id.len > 0 ? annotation.id
                                          : run->record;
    if (!cve_id_parse(run->record, &cve->id)) {
        *ret_problem = (struct field_problem){FEED_SKIP_VALUE, cve_fields[0].key};
        return false;
    }
    if (feed_cve_too_many(partial.configurations, LIMIT_CVE_CRITERIA, 6)) {
        *ret_problem = (struct field_problem){FEED_SKIP_LIMIT, {"", 0}};
        return false;
    }
    feed_cve_read_configurations(run, partial.configurations, CVE_ORIGIN_OVERRIDE, cve);
    return true;
}

int feed_parse_overrides(struct feed_run *run, struct str bytes, struct error *err)
{
    struct field_problem problem = {.reason = FEED_SKIP_REASONS};
    struct tape_value root;
    struct feed_cve cve;
    run->record = name_of_file(run->record);
    if (!feed_parse_member(run, bytes, &root)) {
        return 0;
    }
    if (!read_override(run, root, &cve, &problem)) {
        feed_field_report(run->report, problem, run->record);
        return 0;
    }
    return feed_cve_hand(run, &cve, err);
}
