/*
 * CISA's catalogue of known exploited vulnerabilities (cisa.gov, schema
 * known_exploited_vulnerabilities_schema.json).
 */
#include "feed/field.h"
#include "feed/reader.h"

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

static int read_item(struct feed_run *run, struct tape_value item, uint32_t index,
                     struct error *err)
{
    struct kev_record record;
    struct feed_kev kev;
    struct field_problem problem;
    bool usable = read_record(item, &record, &kev, &problem);
    feed_field_report_item(run->report, problem, record.id, index);
    if (!usable) {
        return 0;
    }
    run->report->records++;
    feed_report_date(run->report, (int64_t)kev.added * 86400);
    return run->sink->kev ? run->sink->kev(run->sink->context, &kev, err) : 0;
}

int feed_parse_kev(struct feed_run *run, struct str bytes, struct error *err)
{
    struct kev_root root;
    int result = feed_parse_root(run, bytes, root_fields, FIELD_COUNT(root_fields), &root, err);
    if (result < 0) {
        return result;
    }
    if (root.vulnerabilities.document == NULL) {
        return error_set(err, ERR_FORMAT, "not the KEV catalogue: no list of vulnerabilities");
    }
    result = feed_read_items(run, root.vulnerabilities, read_item, err);
    /* The catalogue's date is when CISA last looked, though it may have added nothing. */
    feed_report_date(run->report, root.released);
    return result;
}
