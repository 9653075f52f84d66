#include "inventory/fields_read.h"

#include "base/limits.h"

int fields_fail_type(struct json value, const char *wanted, struct error *err)
{
    return json_fail(value, ERR_FORMAT, err, "%s where %s is expected",
                     json_type_name(json_type(value)), wanted);
}

static int read_text(const struct field *field, struct json value, struct str *ret,
                     struct error *err)
{
    struct str text;
    if (!json_as_str(value, &text)) {
        return fields_fail_type(value, "a text", err);
    }
    if (text.len > field->limit) {
        return json_fail(value, ERR_LIMIT, err, "%zu bytes; at most %u are read", text.len,
                         (unsigned)field->limit);
    }
    *ret = text;
    return 0;
}

static int read_number(struct json value, uint64_t largest, uint64_t *ret, struct error *err)
{
    uint64_t number;
    if (json_type(value) != JSON_NUMBER) {
        return fields_fail_type(value, "a number", err);
    }
    if (!json_as_uint(value, &number) || number > largest) {
        return json_fail(value, ERR_FORMAT, err, "not a whole number from 0 to %llu",
                         (unsigned long long)largest);
    }
    *ret = number;
    return 0;
}

static int read_time(struct json value, int64_t *ret, struct error *err)
{
    struct str text;
    if (!json_as_str(value, &text)) {
        return fields_fail_type(value, "a time", err);
    }
    if (!time_parse(text, ret)) {
        return json_fail(value, ERR_FORMAT, err, "not a time like 2024-01-31T12:30:59Z");
    }
    return 0;
}

static int read_date(struct json value, int32_t *ret, struct error *err)
{
    struct str text;
    if (!json_as_str(value, &text)) {
        return fields_fail_type(value, "a date", err);
    }
    if (!date_parse(text, ret)) {
        return json_fail(value, ERR_FORMAT, err, "not a date like 2024-01-31");
    }
    return 0;
}

static int read_word(const struct field *field, struct json value, unsigned *ret, struct error *err)
{
    struct str text;
    if (!json_as_str(value, &text)) {
        return fields_fail_type(value, "a text", err);
    }
    for (uint32_t i = 0; i < field->word_count; i++) {
        if (str_eq_text(text, field->words[i])) {
            *ret = i;
            return 0;
        }
    }
    return json_fail(value, ERR_FORMAT, err, "'%.*s' is not one of its words",
                     (int)(text.len < 40 ? text.len : 40), text.ptr);
}

static int read_texts(struct arena *arena, const struct field *field, struct json value,
                      char *record, struct error *err)
{
    struct json item;
    struct json_each each = json_each(value);
    if (json_type(value) != JSON_ARRAY) {
        return fields_fail_type(value, "an array", err);
    }
    if (json_count(value) > field->limit) {
        return json_fail(value, ERR_LIMIT, err, "%u items; at most %u are read",
                         (unsigned)json_count(value), (unsigned)field->limit);
    }
    struct str *texts = arena_array(arena, json_count(value), struct str);
    uint32_t count = 0;
    const struct field each_text = {.limit = LIMIT_NAME};
    while (json_next(&each, &item)) {
        int r = read_text(&each_text, item, &texts[count++], err);
        if (r < 0) {
            return r;
        }
    }
    *(const struct str **)(void *)(record + field->offset) = texts;
    *(uint32_t *)(void *)(record + field->count_offset) = count;
    return 0;
}

static int read_field(struct arena *arena, const struct field *field, struct json value,
                      char *record, struct error *err)
{
    void *at = record + field->offset;
    uint64_t number = 0;
    int r;
    switch (field->kind) {
    case FIELD_TEXT:
        return read_text(field, value, at, err);
    case FIELD_TIME:
        return read_time(value, at, err);
    case FIELD_DATE:
        return read_date(value, at, err);
    case FIELD_U16:
        r = read_number(value, UINT16_MAX, &number, err);
        *(uint16_t *)at = (uint16_t)number;
        return r;
    case FIELD_U32:
        r = read_number(value, UINT32_MAX, &number, err);
        *(uint32_t *)at = (uint32_t)number;
        return r;
    case FIELD_U64:
        r = read_number(value, UINT64_MAX, &number, err);
        *(uint64_t *)at = number;
        return r;
    case FIELD_BOOL:
        return json_as_bool(value, at) ? 0 : fields_fail_type(value, "true or false", err);
    case FIELD_WORD:
        return read_word(field, value, at, err);
    case FIELD_TEXTS:
        return read_texts(arena, field, value, record, err);
    }
    return 0;
}

/* The row of a key; guess is where it stands when the order is that of writing. */
static const struct field *find_field(const struct fields *fields, struct str key, uint32_t *guess)
{
    for (uint32_t i = 0; i < fields->count; i++) {
        uint32_t at = *guess + i < fields->count ? *guess + i : *guess + i - fields->count;
        if (str_eq_text(key, fields->rows[at].key)) {
            *guess = at + 1 < fields->count ? at + 1 : 0;
            return &fields->rows[at];
        }
    }
    return NULL;
}

int fields_read(struct arena *arena, const struct fields *fields, struct json object, void *record,
                struct error *err)
{
    uint32_t seen = 0, guess = 0;
    struct json member;
    struct json_each each = json_each(object);
    if (json_type(object) != JSON_OBJECT) {
        return fields_fail_type(object, "an object", err);
    }
    while (json_next(&each, &member)) {
        const struct field *field = find_field(fields, json_key(member), &guess);
        if (field == NULL || json_type(member) == JSON_NULL) {
            continue;
        }
        int r = read_field(arena, field, member, record, err);
        if (r < 0) {
            return r;
        }
        bool empty = field->kind == FIELD_TEXT &&
                     ((const struct str *)(void *)((char *)record + field->offset))->len == 0;
        seen |= empty ? 0 : 1u << (field - fields->rows);
    }
    for (uint32_t i = 0; i < fields->count; i++) {
        if (fields->rows[i].mandatory && !(seen & 1u << i)) {
            return json_fail(object, ERR_FORMAT, err, "%s is missing", fields->rows[i].key);
        }
    }
    return 0;
}
