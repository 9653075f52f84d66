#include "feed/field.h"

#include "feed/reader.h"

#include <math.h>
#include <stdio.h>

static const struct field_problem no_problem = {.reason = FEED_SKIP_REASONS};

/* What each kind is while its member is absent. */
static void set_absent(const struct field *field, void *at)
{
    switch (field->kind) {
    case FIELD_TEXT:
        *(struct str *)at = (struct str){"", 0};
        break;
    case FIELD_TIME:
        *(int64_t *)at = TIME_NONE;
        break;
    case FIELD_DATE:
        *(int32_t *)at = DATE_NONE;
        break;
    case FIELD_CVE:
        *(uint64_t *)at = 0;
        break;
    case FIELD_BOOL:
        *(bool *)at = false;
        break;
    case FIELD_FLAG:
        *(enum feed_flag *)at = FEED_FLAG_ABSENT;
        break;
    case FIELD_NUMBER:
        *(double *)at = NAN;
        break;
    case FIELD_ARRAY:
    case FIELD_OBJECT:
        *(struct tape_value *)at = (struct tape_value){NULL, 0};
        break;
    }
}

static enum feed_skip read_text(const struct field *field, struct str text, void *at)
{
    int64_t time;
    int32_t date;
    if (text.len > field->limit) {
        return FEED_SKIP_LIMIT;
    }
    switch (field->kind) {
    case FIELD_TIME:
        if (!time_parse(text, &time)) {
            return FEED_SKIP_VALUE;
        }
        *(int64_t *)at = time;
        return FEED_SKIP_REASONS;
    case FIELD_DATE:
        if (!date_parse(text, &date)) {
            return FEED_SKIP_VALUE;
        }
        *(int32_t *)at = date;
        return FEED_SKIP_REASONS;
    case FIELD_CVE:
        return cve_id_parse(text, at) ? FEED_SKIP_REASONS : FEED_SKIP_VALUE;
    default:
        *(struct str *)at = text;
        return FEED_SKIP_REASONS;
    }
}

static enum feed_skip read_truth(const struct field *field, bool truth, void *at)
{
    if (field->kind == FIELD_BOOL) {
        *(bool *)at = truth;
    } else {
        *(enum feed_flag *)at = truth ? FEED_FLAG_TRUE : FEED_FLAG_FALSE;
    }
    return FEED_SKIP_REASONS;
}

/* Reads a value that is not null into its place. */
static enum feed_skip read_value(const struct field *field, struct tape_value value, void *at)
{
    enum tape_type type = tape_type(value);
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_TIME:
    case FIELD_DATE:
    case FIELD_CVE:
        return type == TAPE_TEXT ? read_text(field, tape_text(value), at) : FEED_SKIP_TYPE;
    case FIELD_BOOL:
    case FIELD_FLAG:
        return type == TAPE_TRUE || type == TAPE_FALSE ? read_truth(field, type == TAPE_TRUE, at)
                                                       : FEED_SKIP_TYPE;
    case FIELD_NUMBER:
        if (type != TAPE_DOUBLE && type != TAPE_INT && type != TAPE_UINT) {
            return FEED_SKIP_TYPE;
        }
        *(double *)at = tape_number(value);
        return FEED_SKIP_REASONS;
    case FIELD_ARRAY:
    case FIELD_OBJECT:
        if (type != (field->kind == FIELD_ARRAY ? TAPE_ARRAY : TAPE_OBJECT)) {
            return FEED_SKIP_TYPE;
        }
        *(struct tape_value *)at = value;
        return FEED_SKIP_REASONS;
    }
    return FEED_SKIP_TYPE;
}

/* Feeds write members in a constant order: the row behind the last hit is tried first. */
static unsigned find_field(const struct field *fields, unsigned count, unsigned hint,
                           struct str key)
{
    for (unsigned i = 0; i < count; i++) {
        unsigned row = hint + i < count ? hint + i : hint + i - count;
        if (fields[row].key.len == key.len && memcmp(fields[row].key.ptr, key.ptr, key.len) == 0) {
            return row;
        }
    }
    return count;
}

/* A date that cannot be read leaves a record that can be used without it. */
static bool is_fatal(const struct field *field, enum feed_skip reason)
{
    bool dated = field->kind == FIELD_TIME || field->kind == FIELD_DATE;
    return field->needed || !(dated && reason == FEED_SKIP_VALUE);
}

bool feed_fields_read(struct tape_value object, const struct field *fields, unsigned count,
                      void *record, struct field_problem *ret_problem)
{
    uint32_t seen = 0;
    bool usable = true;
    *ret_problem = no_problem;
    for (unsigned i = 0; i < count; i++) {
        set_absent(&fields[i], (char *)record + fields[i].offset);
    }
    if (tape_type(object) != TAPE_OBJECT) {
        *ret_problem = (struct field_problem){FEED_SKIP_TYPE, {"", 0}};
        return false;
    }
    struct tape_walk walk = tape_begin(object);
    struct tape_value value;
    struct str key;
    unsigned hint = 0;
    while (tape_next_member(&walk, &key, &value)) {
        unsigned row = find_field(fields, count, hint, key);
        if (row == count || tape_is_null(value)) {
            continue;
        }
        hint = row + 1 < count ? row + 1 : 0;
        seen |= 1u << row;
        const struct field *field = &fields[row];
        enum feed_skip reason = read_value(field, value, (char *)record + field->offset);
        if (reason != FEED_SKIP_REASONS && usable) {
            usable = !is_fatal(field, reason);
            *ret_problem = (struct field_problem){reason, field->key};
        }
    }
    for (unsigned i = 0; i < count && usable; i++) {
        if (fields[i].needed && (seen & 1u << i) == 0) {
            usable = false;
            *ret_problem = (struct field_problem){FEED_SKIP_MISSING, fields[i].key};
        }
    }
    return usable;
}

void feed_field_report(struct feed_report *report, struct field_problem problem, struct str name)
{
    if (problem.reason == FEED_SKIP_REASONS) {
        return;
    }
    bool long_name = name.len > 80;
    feed_report_skip(report, problem.reason, "%.*s%s: %.*s%s%s", long_name ? 80 : (int)name.len,
                     name.ptr, long_name ? "..." : "", STR_ARG(problem.key),
                     problem.key.len > 0 ? ": " : "", feed_skip_name(problem.reason));
}

void feed_field_report_item(struct feed_report *report, struct field_problem problem,
                            struct str name, uint32_t index)
{
    char number[32];
    if (name.len == 0) {
        snprintf(number, sizeof number, "record %u", index);
        name = str_from(number);
    }
    feed_field_report(report, problem, name);
}

void feed_field_skip(struct feed_run *run, enum feed_skip reason, struct str key)
{
    feed_field_report(run->report, (struct field_problem){reason, key}, run->record);
}

bool feed_fields_read_part(struct feed_run *run, struct tape_value object,
                           const struct field *fields, unsigned count, void *part)
{
    struct field_problem problem;
    bool usable = feed_fields_read(object, fields, count, part, &problem);
    feed_field_report(run->report, problem, run->record);
    return usable;
}

const struct str *feed_field_read_texts(struct feed_run *run, struct tape_value list, size_t limit,
                                        struct str key, uint32_t *ret_count)
{
    struct str *texts = arena_array(&run->reader->arena, tape_count(list), struct str);
    struct tape_walk walk = tape_begin(list);
    struct tape_value item;
    uint32_t count = 0;
    while (tape_next_item(&walk, &item)) {
        if (tape_type(item) != TAPE_TEXT) {
            feed_field_skip(run, FEED_SKIP_TYPE, key);
        } else if (tape_text(item).len > limit) {
            feed_field_skip(run, FEED_SKIP_LIMIT, key);
        } else {
            texts[count++] = tape_text(item);
        }
    }
    *ret_count = count;
    return texts;
}

int feed_parse_root(struct feed_run *run, struct str bytes, const struct field *fields,
                    unsigned count, void *root, struct error *err)
{
    struct tape_value value;
    struct field_problem problem;
    int result = feed_parse_json(run->reader, bytes, &value, err);
    if (result < 0) {
        return result;
    }
    if (feed_fields_read(value, fields, count, root, &problem)) {
        return 0;
    }
    if (problem.key.len == 0) {
        return error_set_at(err, ERR_FORMAT, 0, "the JSON is not an object");
    }
    return error_set(err, ERR_FORMAT, "%.*s: %s", STR_ARG(problem.key),
                     feed_skip_name(problem.reason));
}
