/*
 * Reading JSON (RFC 8259): a whole document into a flat array of nodes, in one pass, with
 * ceilings on length, depth and number of values (docs/adr/0006-json.md). UTF-8 only; a byte
 * order mark is skipped; an unpaired surrogate and \u0000 become U+FFFD, so that no text holds
 * a zero byte. Of members with the same name the last one counts.
 */
#ifndef ASSAY_JSON_JSON_READER_H
#define ASSAY_JSON_JSON_READER_H

#include "base/arena.h"
#include "base/error.h"

enum json_type {
    JSON_ABSENT, /* no such member */
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_TEXT,
    JSON_ARRAY,
    JSON_OBJECT
};

struct json_node;

struct json_document {
    char *text; /* in the caller's arena; texts and keys are unescaped in place */
    struct json_node *nodes;
    uint32_t count, capacity;
};

/* A value of a document that is still there. The zero value is absent. */
struct json {
    const struct json_document *document;
    uint32_t index;
};

/* json_parse copies text into arena and reads it. Texts that the getters give are views into
 * arena and outlive the document. ERR_FORMAT with the byte, ERR_LIMIT above limit bytes or the
 * ceilings LIMIT_JSON_DEPTH and LIMIT_JSON_VALUES. On failure *ret is empty. */
int json_parse(struct str text, size_t limit, struct arena *arena, struct json_document *ret,
               struct error *err);
void json_done(struct json_document *document);

struct json json_root(const struct json_document *document);
enum json_type json_type(struct json value);
/* json_get returns a member of an object; absent when value is no object or has no such one. */
struct json json_get(struct json value, const char *key);
/* json_count is the number of items of an array or members of an object, else 0. */
uint32_t json_count(struct json value);
/* json_key is the name of a member, "" for what is none. */
struct str json_key(struct json value);

/* Goes over items or members: struct json_each each = json_each(array);
 * while (json_next(&each, &item)) ... A value of another type has none. */
struct json_each {
    const struct json_document *document;
    uint32_t at, end;
};
struct json_each json_each(struct json value);
bool json_next(struct json_each *each, struct json *ret_item);

/* False when the value is of another type, or outside the type's range. */
bool json_as_str(struct json value, struct str *ret);
bool json_as_uint(struct json value, uint64_t *ret); /* whole numbers without sign or exponent */
bool json_as_bool(struct json value, bool *ret);
/* json_str returns a text, "" for everything else. */
struct str json_str(struct json value);

/* json_path writes where a value is, as "software[12].name"; "" for the root. Returns out. */
const char *json_path(struct json value, char *out, size_t out_size);
/* json_type_name returns "a number", "a text", ... for messages. */
const char *json_type_name(enum json_type type);
/* json_fail fills err: "software[12].name: TEXT", and returns code. */
int json_fail(struct json value, int code, struct error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
