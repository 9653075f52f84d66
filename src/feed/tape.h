/*
 * JSON of feeds: one small C++ file parses with simdjson, this header walks what it left in C.
 * A whole text is checked and laid out as a tape (simdjson doc/tape.md) before a value of it
 * is seen, so walking cannot fail and costs a few loads. Not for other folders.
 */
#ifndef ASSAY_FEED_TAPE_H
#define ASSAY_FEED_TAPE_H

#include "base/error.h"
#include "base/str.h"

#include <string.h>

struct tape_parser; /* owns the tape; its memory is used again by the next parse */

/* What a parse left: tape words are a type letter in the top byte and a payload below; texts
 * are a 32-bit length and the bytes. */
struct tape_document {
    const uint64_t *tape;
    const char *texts;
};

/* A place on the tape. Valid until the parser's next parse. */
struct tape_value {
    const struct tape_document *document;
    uint32_t at;
};

/* The letters of the tape. Numbers come as any of three. */
enum tape_type {
    TAPE_ARRAY = '[',
    TAPE_OBJECT = '{',
    TAPE_TEXT = '"',
    TAPE_INT = 'l',
    TAPE_UINT = 'u',
    TAPE_DOUBLE = 'd',
    TAPE_TRUE = 't',
    TAPE_FALSE = 'f',
    TAPE_NULL = 'n'
};

struct tape_parser *tape_parser_new(void);
void tape_parser_free(struct tape_parser *parser);

/* tape_parse reads one JSON text (RFC 8259), which must be followed by FEED_PADDING readable
 * bytes. ERR_FORMAT with the byte where it is not JSON, ERR_LIMIT with the byte where it
 * nests deeper than LIMIT_JSON_DEPTH. The root borrows from the parser. */
int tape_parse(struct tape_parser *parser, struct str bytes, struct tape_value *ret_root,
               struct error *err);

/* tape_locate is tape_parse's slow path: it finds the byte where text stops being JSON, and
 * why. False when it finds nothing wrong. */
bool tape_locate(struct str text, struct error *err);

static inline enum tape_type tape_type(struct tape_value value)
{
    return (enum tape_type)(value.document->tape[value.at] >> 56);
}

static inline uint64_t tape_payload(struct tape_value value)
{
    return value.document->tape[value.at] & 0x00ffffffffffffffULL;
}

/* tape_is_null says whether value is null. */
static inline bool tape_is_null(struct tape_value value)
{
    return tape_type(value) == TAPE_NULL;
}

/* tape_text views a value that is TAPE_TEXT. */
static inline struct str tape_text(struct tape_value value)
{
    const char *text = value.document->texts + tape_payload(value);
    uint32_t len;
    memcpy(&len, text, sizeof len);
    struct str view = {text + sizeof len, len};
    return view;
}

/* tape_number reads any of the three number types. */
static inline double tape_number(struct tape_value value)
{
    uint64_t word = value.document->tape[value.at + 1];
    double number;
    if (tape_type(value) == TAPE_DOUBLE) {
        memcpy(&number, &word, sizeof number);
    } else {
        number = tape_type(value) == TAPE_INT ? (double)(int64_t)word : (double)word;
    }
    return number;
}

/* tape_after returns the tape index behind value and all that is in it. */
static inline uint32_t tape_after(struct tape_value value)
{
    switch (tape_type(value)) {
    case TAPE_ARRAY:
    case TAPE_OBJECT:
        return (uint32_t)tape_payload(value);
    case TAPE_INT:
    case TAPE_UINT:
    case TAPE_DOUBLE:
        return value.at + 2;
    default:
        return value.at + 1;
    }
}

/* tape_count returns the items of an array or the members of an object (at most 2^24 - 1). */
static inline uint32_t tape_count(struct tape_value value)
{
    return (uint32_t)(tape_payload(value) >> 32);
}

/* A walk over an array or object: `struct tape_walk walk = tape_begin(array);
 * while (tape_next_item(&walk, &item))`. */
struct tape_walk {
    struct tape_value next;
    uint32_t end;
};

static inline struct tape_walk tape_begin(struct tape_value container)
{
    struct tape_walk walk = {container, tape_after(container) - 1};
    walk.next.at++;
    return walk;
}

static inline bool tape_next_item(struct tape_walk *walk, struct tape_value *ret_item)
{
    if (walk->next.at >= walk->end) {
        return false;
    }
    *ret_item = walk->next;
    walk->next.at = tape_after(walk->next);
    return true;
}

static inline bool tape_next_member(struct tape_walk *walk, struct str *ret_key,
                                    struct tape_value *ret_value)
{
    if (walk->next.at >= walk->end) {
        return false;
    }
    *ret_key = tape_text(walk->next);
    walk->next.at++;
    return tape_next_item(walk, ret_value);
}

#endif
