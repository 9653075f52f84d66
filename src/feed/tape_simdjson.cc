/*
 * The only C++ of the feeds. The DOM parser is used for its tape alone: measured on the NVD
 * files (501 MB) it takes as long as On-Demand does to visit every value, has checked the whole
 * text before the first value is seen, and lets the walking be C.
 */
#include <simdjson.h>

extern "C" {
#include "base/limits.h"
#include "feed/feed.h"
#include "feed/tape.h"
}

#include <new>

static_assert(FEED_PADDING >= simdjson::SIMDJSON_PADDING,
              "simdjson reads further than the padding");

struct tape_parser {
    simdjson::dom::parser dom;
    struct tape_document document;
};

struct tape_parser *tape_parser_new(void)
{
    return new (std::nothrow) tape_parser();
}

void tape_parser_free(struct tape_parser *parser)
{
    delete parser;
}

/* Room for len bytes, and the depth ceiling, which simdjson takes only with the room. Memory
 * that is not written is not used, so room is made ahead: each new room would be paid for in
 * fresh pages. */
static simdjson::error_code make_room(struct tape_parser *parser, size_t len)
{
    const size_t least = 1 << 20;
    size_t capacity = parser->dom.capacity();
    if (capacity >= len && capacity > 0) {
        return simdjson::SUCCESS;
    }
    capacity = capacity > 0 ? capacity * 4 : least;
    simdjson::error_code code =
        parser->dom.allocate(capacity < len ? len : capacity, LIMIT_JSON_DEPTH);
    return code != simdjson::SUCCESS ? code : parser->dom.doc.allocate(parser->dom.capacity());
}

/* Whether it has far more values in so many bytes than records have: each costs memory of its own.
 */
static bool is_too_dense(struct str bytes)
{
    size_t marks = 0;
    for (size_t i = 0; bytes.len > LIMIT_FEED_SMALL && i < bytes.len; i++) {
        const char byte = bytes.ptr[i];
        /* Without their one bit of difference, [ and { are the same, as ] and } are. */
        marks += byte == ',' || byte == ':' || (byte & ~0x20) == '[' || (byte & ~0x20) == ']';
    }
    return marks > bytes.len / LIMIT_JSON_SPARSE;
}

static int refuse(simdjson::error_code code, struct str bytes, struct error *err)
{
    if (code == simdjson::CAPACITY || code == simdjson::MEMALLOC) {
        return error_set(err, ERR_LIMIT, "too large to be read as JSON (%zu bytes)", bytes.len);
    }
    struct error found = {};
    if (tape_locate(bytes, &found)) {
        if (err != nullptr) {
            *err = found;
        }
        return found.code;
    }
    return error_set(err, ERR_FORMAT, "not JSON: %s", simdjson::error_message(code));
}

int tape_parse(struct tape_parser *parser, struct str bytes, struct tape_value *ret_root,
               struct error *err)
{
    if (bytes.len == 0) {
        return error_set_at(err, ERR_FORMAT, 0, "empty");
    }
    if (is_too_dense(bytes)) {
        return error_set(err, ERR_LIMIT, "too many values to be read as JSON (%zu bytes)",
                         bytes.len);
    }
    simdjson::error_code code =
        parser == nullptr ? simdjson::MEMALLOC : make_room(parser, bytes.len);
    if (code == simdjson::SUCCESS) {
        code = parser->dom.parse(bytes.ptr, bytes.len, false).error();
    }
    if (code != simdjson::SUCCESS) {
        return refuse(code, bytes, err);
    }
    parser->document.tape = parser->dom.doc.tape.get();
    parser->document.texts = reinterpret_cast<const char *>(parser->dom.doc.string_buf.get());
    ret_root->document = &parser->document;
    ret_root->at = 1; /* word 0 is the tape's own root */
    return 0;
}
