/*
 * Records by tables: a row a field says what JSON it must be, where it goes and how long it
 * may be. One reader then treats every feed alike: a member that no row names is no fault,
 * null is as good as absent. Not for other folders.
 */
#ifndef ASSAY_FEED_FIELD_H
#define ASSAY_FEED_FIELD_H

#include "base/limits.h"
#include "feed/feed.h"
#include "feed/tape.h"

enum field_kind {
    FIELD_TEXT,   /* struct str */
    FIELD_TIME,   /* text to int64_t, TIME_NONE when absent */
    FIELD_DATE,   /* text to int32_t, DATE_NONE when absent */
    FIELD_CVE,    /* text to uint64_t */
    FIELD_BOOL,   /* bool */
    FIELD_FLAG,   /* true, false or null to enum feed_flag */
    FIELD_NUMBER, /* double, NAN when absent */
    FIELD_ARRAY,  /* struct tape_value, with no document when absent */
    FIELD_OBJECT  /* the same */
};

struct field {
    struct str key;
    enum field_kind kind;
    bool needed;     /* without it there is no record */
    uint32_t offset; /* of the member that it fills */
    uint32_t limit;  /* of a text, in bytes */
};

/* A row: member of struct type from the JSON member key. */
#define FIELD(type, member, name, field_kind)                                                      \
    {                                                                                              \
        .key = {(name), sizeof(name) - 1}, .kind = (field_kind), .offset = offsetof(type, member), \
        .limit = LIMIT_NAME                                                                        \
    }
#define FIELD_NEEDED(type, member, name, field_kind)                                               \
    {                                                                                              \
        .key = {(name), sizeof(name) - 1}, .kind = (field_kind), .offset = offsetof(type, member), \
        .limit = LIMIT_NAME, .needed = true                                                        \
    }
/* FIELD_TEXT with a ceiling of its own. */
#define FIELD_LONG(type, member, name, most)                                                       \
    {                                                                                              \
        .key = {(name), sizeof(name) - 1}, .kind = FIELD_TEXT, .offset = offsetof(type, member),   \
        .limit = (uint32_t)(most)                                                                  \
    }

#define FIELD_COUNT(fields) ((unsigned)(sizeof(fields) / sizeof((fields)[0])))

/* What was wrong with a record. reason is FEED_SKIP_REASONS when nothing was. */
struct field_problem {
    enum feed_skip reason;
    struct str key; /* "" when it is the record itself */
};

/* feed_fields_read fills record from object by at most 32 rows. It reads to the end, so that a
 * record that is refused still has its name where that could be read. False with the worst
 * problem when the record cannot be used. A date that is none is a problem with which the
 * record can be used: true, and reason is FEED_SKIP_VALUE. */
bool feed_fields_read(struct tape_value object, const struct field *fields, unsigned count,
                      void *record, struct field_problem *ret_problem);

/* feed_parse_root parses bytes as JSON and reads the root object by rows; a wrong type there
 * is ERR_FORMAT. */
int feed_parse_root(struct feed_run *run, struct str bytes, const struct field *fields,
                    unsigned count, void *root, struct error *err);

/* feed_field_report counts a problem (none is fine too) of the thing named name. */
void feed_field_report(struct feed_report *report, struct field_problem problem, struct str name);
/* feed_field_report_item names a thing without a name by its place in the list: "record 12". */
void feed_field_report_item(struct feed_report *report, struct field_problem problem,
                            struct str name, uint32_t index);
/* feed_field_skip counts what is left out of the member key of the record being read. */
void feed_field_skip(struct feed_run *run, enum feed_skip reason, struct str key);

/* feed_fields_read_part is feed_fields_read for a part of the record being read: what is wrong is
 * counted, false means that the part is left out. */
bool feed_fields_read_part(struct feed_run *run, struct tape_value object,
                           const struct field *fields, unsigned count, void *part);
/* feed_field_read_texts returns the texts of a list, *ret_count of them, in the run's arena. What
 * is none, or is longer than limit bytes, is left out and counted as of the member key. */
const struct str *feed_field_read_texts(struct feed_run *run, struct tape_value list, size_t limit,
                                        struct str key, uint32_t *ret_count);

#endif
