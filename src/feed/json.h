/*
 * JSON of feeds: one small C++ file parses with simdjson, this header walks what it left in C.
 * A whole text is checked and laid out as a tape (simdjson doc/tape.md) before a value of it
 * is seen, so walking cannot fail and costs a few loads.
 */
#ifndef ASSAY_FEED_JSON_H
#define ASSAY_FEED_JSON_H

#include "base/error.h"
#include "base/str.h"

#include <string.h>

struct json_parser; /* owns the tape; its memory is used again by the next parse */

/* What a parse left: tape words are a type letter in the top byte and a payload below; texts
 * are a 32-bit length and the bytes. */
struct json_document {
    const uint64_t *tape;
    const char *texts;
};

/* A place on the tape. Valid until the parser's next parse. */
struct json_value {
    const struct json_document *document;
    uint32_t at;
};

/* The letters of the tape. Numbers come as any of three. */
enum json_type {
    JSON_ARRAY = '[',
    JSON_OBJECT = '{',
    JSON_TEXT = '"',
    JSON_INT = 'l',
    JSON_UINT = 'u',
    JSON_DOUBLE = 'd',
    JSON_TRUE = 't',
    JSON_FALSE = 'f',
    JSON_NULL = 'n'
};

struct json_parser *json_parser_new(void);
void json_parser_free(struct json_parser *parser);

/* json_parse reads one JSON text (RFC 8259), which must be followed by FEED_PADDING readable
 * bytes. ERR_FORMAT with the byte where it is not JSON, ERR_LIMIT with the byte where it
 * nests deeper than LIMIT_JSON_DEPTH. The root borrows from the parser. */
int json_parse(struct json_parser *parser, struct str bytes, struct json_value *ret_root,
               struct error *err);

/* json_locate is json_parse's slow path: it finds the byte where text stops being JSON, and
 * why. False when it finds nothing wrong. */
bool json_locate(struct str text, struct error *err);

static inline enum json_type json_type(struct json_value value)
{
    return (enum json_type)(value.document->tape[value.at] >> 56);
}

static inline uint64_t json_payload(struct json_value value)
{
    return value.document->tape[value.at] & 0x00ffffffffffffffULL;
}

/* json_is_null says whether value is null. */
static inline bool json_is_null(struct json_value value)
{
    return json_type(value) == JSON_NULL;
}

/* json_text views a value that is JSON_TEXT. */
static inline struct str json_text(struct json_value value)
{
    const char *text = value.document->texts + json_payload(value);
    uint32_t len;
    memcpy(&len, text, sizeof len);
    struct str view = {text + sizeof len, len};
    return view;
}

/* json_number reads any of the three number types. */
static inline double json_number(struct json_value value)
{
    uint64_t word = value.document->tape[value.at + 1];
    double number;
    if (json_type(value) == JSON_DOUBLE) {
        memcpy(&number, &word, sizeof number);
    } else {
        number = json_type(value) == JSON_INT ? (double)(int64_t)word : (double)word;
    }
    return number;
}

/* json_after returns the tape index behind value and all that is in it. */
static inline uint32_t json_after(struct json_value value)
{
    switch (json_type(value)) {
    case JSON_ARRAY:
    case JSON_OBJECT:
        return (uint32_t)json_payload(value);
    case JSON_INT:
    case JSON_UINT:
    case JSON_DOUBLE:
        return value.at + 2;
    default:
        return value.at + 1;
    }
}

/* json_count returns the items of an array or the members of an object (at most 2^24 - 1). */
static inline uint32_t json_count(struct json_value value)
{
    return (uint32_t)(json_payload(value) >> 32);
}

/* A walk over an array or object: `struct json_walk walk = json_begin(array);
 * while (json_next_item(&walk, &item))`. */
struct json_walk {
    struct json_value next;
    uint32_t end;
};

static inline struct json_walk json_begin(struct json_value container)
{
    struct json_walk walk = {container, json_after(container) - 1};
    walk.next.at++;
    return walk;
}

static inline bool json_next_item(struct json_walk *walk, struct json_value *ret_item)
{
    if (walk->next.at >= walk->end) {
        return false;
    }
    *ret_item = walk->next;
    walk->next.at = json_after(walk->next);
    return true;
}

static inline bool json_next_member(struct json_walk *walk, struct str *ret_key,
                                    struct json_value *ret_value)
{
    if (walk->next.at >= walk->end) {
        return false;
    }
    *ret_key = json_text(walk->next);
    walk->next.at++;
    return json_next_item(walk, ret_value);
}

#endif
