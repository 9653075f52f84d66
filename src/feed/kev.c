/*
 * CISA's catalogue of known exploited vulnerabilities (cisa.gov, schema
 * known_exploited_vulnerabilities_schema.json).
 */
#include "feed/field.h"
#include "feed/reader.h"

#include <stdio.h>

struct kev_root {
    int64_t released;
    struct tape_value vulnerabilities;
};

static const struct field root_fields[] = {
    FIELD(struct kev_root, released, "dateReleased", FIELD_TIME),
    FIELD(struct kev_root, vulnerabilities, "vulnerabilities", FIELD_ARRAY),
};

struct kev_record {
    struct str id, name, action, ransomware;
    int32_t added, due;
};

static const struct field record_fields[] = {
    FIELD_NEEDED(struct kev_record, id, "cveID", FIELD_TEXT),
    FIELD_LONG(struct kev_record, name, "vulnerabilityName", LIMIT_RECORD_TEXT),
    FIELD_NEEDED(struct kev_record, added, "dateAdded", FIELD_DATE),
    FIELD_LONG(struct kev_record, action, "requiredAction", LIMIT_RECORD_TEXT),
    FIELD(struct kev_record, due, "dueDate", FIELD_DATE),
    FIELD(struct kev_record, ransomware, "knownRansomwareCampaignUse", FIELD_TEXT),
};

static bool read_record(struct tape_value item, struct kev_record *record, struct feed_kev *kev,
                        struct field_problem *ret_problem)
{
    if (!feed_fields_read(item, record_fields, FIELD_COUNT(record_fields), record, ret_problem)) {
        return false;
    }
    *kev = (struct feed_kev){.added = record->added,
                             .due = record->due,
                             .ransomware = str_eq_nocase(record->ransomware, STR("Known")),
                             .name = record->name,
                             .action = record->action};
    if (!cve_id_parse(record->id, &kev->id)) {
        *ret_problem = (struct field_problem){FEED_SKIP_VALUE, record_fields[0].key};
        return false;
    }
    return true;
}

static int read_item(struct tape_value item, uint32_t index, const struct feed_sink *sink,
                     struct feed_report *report, struct error *err)
{
    struct kev_record record;
    struct feed_kev kev;
    struct field_problem problem;
    char number[32];
    bool usable = read_record(item, &record, &kev, &problem);
    snprintf(number, sizeof number, "record %u", index);
    feed_field_report(report, problem, record.id.len > 0 ? record.id : str_from(number));
    if (!usable) {
        return 0;
    }
    report->records++;
    int64_t added = (int64_t)kev.added * 86400;
    report->newest = added > report->newest ? added : report->newest;
    return sink->kev ? sink->kev(sink->context, &kev, err) : 0;
}

int feed_parse_kev(struct feed_reader *reader, struct str bytes, const struct feed_sink *sink,
                   struct feed_report *report, struct error *err)
{
    struct kev_root root;
    struct tape_value item;
    int result = feed_parse_root(reader, bytes, root_fields, FIELD_COUNT(root_fields), &root, err);
    if (result < 0) {
        return result;
    }
    if (root.vulnerabilities.document == NULL) {
        return error_set(err, ERR_FORMAT, "not the KEV catalogue: no list of vulnerabilities");
    }
    struct tape_walk walk = tape_begin(root.vulnerabilities);
    for (uint32_t index = 0; result == 0 && tape_next_item(&walk, &item); index++) {
        result = read_item(item, index, sink, report, err);
    }
    /* The catalogue's date is when CISA last looked, though it may have added nothing. */
    report->newest = root.released > report->newest ? root.released : report->newest;
    return result < 0 ? result : 0;
}
