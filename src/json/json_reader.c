#include "json/json_node.h"

#include "base/limits.h"
#include "base/memory.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

/* The run of one parse. */
struct parser {
    struct json_document *document;
    size_t at, len;
    unsigned depth;
    struct error *err;
};

static int fail(struct parser *parser, const char *what)
{
    if (parser->at >= parser->len) {
        return error_set_at(parser->err, ERR_FORMAT, parser->len, "JSON cut short: %s", what);
    }
    return error_set_at(parser->err, ERR_FORMAT, parser->at, "not JSON: %s", what);
}

static bool at_byte(const struct parser *parser, char c)
{
    return parser->at < parser->len && parser->document->text[parser->at] == c;
}

static void skip_blanks(struct parser *parser)
{
    const char *text = parser->document->text;
    while (parser->at < parser->len && (text[parser->at] == ' ' || text[parser->at] == '\n' ||
                                        text[parser->at] == '\r' || text[parser->at] == '\t')) {
        parser->at++;
        /* Indented documents are a third blanks. */
        while (parser->len - parser->at >= 8 && memcmp(text + parser->at, "        ", 8) == 0) {
            parser->at += 8;
        }
    }
}

static int add_node(struct parser *parser, enum json_type type, uint32_t *ret_index)
{
    struct json_document *document = parser->document;
    if (document->count >= LIMIT_JSON_VALUES) {
        return error_set_at(parser->err, ERR_LIMIT, parser->at, "more than %u values",
                            LIMIT_JSON_VALUES);
    }
    mem_reserve(document->nodes, document->count, document->capacity);
    *ret_index = document->count++;
    document->nodes[*ret_index] = (struct json_node){
        .key = JSON_NO_KEY, .at = (uint32_t)parser->at, .next = *ret_index + 1, .type = type};
    return 0;
}

static bool read_hex4(struct parser *parser, uint32_t *ret)
{
    uint32_t value = 0;
    if (parser->len - parser->at < 4) {
        return false;
    }
    for (int i = 0; i < 4; i++) {
        char c = parser->document->text[parser->at + (size_t)i];
        char lower = str_lower_byte(c);
        bool letter = lower >= 'a' && lower <= 'f';
        if (!str_is_digit(c) && !letter) {
            return false;
        }
        value = value * 16 + (uint32_t)(letter ? lower - 'a' + 10 : c - '0');
    }
    parser->at += 4;
    *ret = value;
    return true;
}

static size_t put_utf8(char *out, uint32_t c)
{
    size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    out[0] = (char)(leads[len] | c);
    return len;
}

/* Reads what follows "\u" and puts the character at out, which is never ahead of the input:
 * six bytes give at most three, twelve give four. */
static int read_unicode_escape(struct parser *parser, char *out, size_t *ret_len)
{
    enum { REPLACEMENT = 0xfffd };
    uint32_t c, low;
    if (!read_hex4(parser, &c)) {
        return fail(parser, "four hexadecimal digits are missing after \\u");
    }
    if (c >= 0xd800 && c < 0xdc00) {
        size_t back = parser->at;
        bool paired =
            parser->len - back >= 6 && memcmp(parser->document->text + back, "\\u", 2) == 0;
        parser->at += paired ? 2 : 0;
        paired = paired && read_hex4(parser, &low) && low >= 0xdc00 && low < 0xe000;
        parser->at = paired ? parser->at : back;
        c = paired ? 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00) : REPLACEMENT;
    }
    if (c == 0 || (c >= 0xdc00 && c < 0xe000)) {
        c = REPLACEMENT;
    }
    *ret_len = put_utf8(out, c);
    return 0;
}

static int read_escape(struct parser *parser, char *out, size_t *ret_len)
{
    static const char letters[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    parser->at++;
    if (parser->at >= parser->len) {
        return fail(parser, "a text has no end");
    }
    char c = parser->document->text[parser->at];
    if (c == 'u') {
        parser->at++;
        return read_unicode_escape(parser, out, ret_len);
    }
    for (size_t i = 0; i + 1 < sizeof letters; i += 2) {
        if (letters[i] == c) {
            parser->at++;
            *out = letters[i + 1];
            *ret_len = 1;
            return 0;
        }
    }
    return fail(parser, "an escape that does not exist");
}

/* How many of the next eight bytes stand for themselves: no quote, backslash, control or
 * non-ASCII character. The usual tricks set a byte's top bit where it is zero, or less than a
 * bound; what they borrow from higher bytes does not touch the first hit. */
static size_t count_plain(const char *eight)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    uint64_t bytes;
    memcpy(&bytes, eight, sizeof bytes);
    bytes = le64toh(bytes);
    uint64_t quotes = bytes ^ ones * '"', slashes = bytes ^ ones * '\\';
    uint64_t hits = ((bytes - ones * 0x20) | (quotes - ones) | (slashes - ones) | bytes) & tops;
    return hits == 0 ? 8 : (size_t)__builtin_ctzll(hits) / 8;
}

/* Advances over bytes that stand for themselves, up to a quote or backslash. */
static int skip_plain(struct parser *parser)
{
    const char *text = parser->document->text;
    while (parser->at < parser->len) {
        size_t plain = parser->len - parser->at >= 8 ? count_plain(text + parser->at) : 0;
        parser->at += plain;
        if (plain == 8) {
            continue;
        }
        unsigned char c = (unsigned char)text[parser->at];
        if (c == '"' || c == '\\') {
            return 0;
        }
        if (c < 0x20) {
            return fail(parser, "a control character in a text");
        }
        struct str rest = {text + parser->at, parser->len - parser->at};
        size_t len = c < 0x80 ? 1 : str_utf8_length(rest);
        if (len == 0) {
            return fail(parser, "a text that is not UTF-8");
        }
        parser->at += len;
    }
    return fail(parser, "a text has no end");
}

/* Reads a text, opening quote first, and unescapes it in place. */
static int read_text(struct parser *parser, uint32_t *ret_at, uint32_t *ret_len)
{
    char *text = parser->document->text;
    size_t start = ++parser->at, end = start;
    for (;;) {
        size_t from = parser->at;
        int r = skip_plain(parser);
        if (r < 0) {
            return r;
        }
        if (from != end) {
            memmove(text + end, text + from, parser->at - from);
        }
        end += parser->at - from;
        if (text[parser->at] == '"') {
            break;
        }
        size_t len = 0;
        r = read_escape(parser, text + end, &len);
        if (r < 0) {
            return r;
        }
        end += len;
    }
    parser->at++;
    *ret_at = (uint32_t)start;
    *ret_len = (uint32_t)(end - start);
    return 0;
}

static size_t skip_digits(struct parser *parser)
{
    size_t from = parser->at;
    while (parser->at < parser->len && str_is_digit(parser->document->text[parser->at])) {
        parser->at++;
    }
    return parser->at - from;
}

static int read_number(struct parser *parser)
{
    struct json_node *node = &parser->document->nodes[parser->document->count - 1];
    parser->at += at_byte(parser, '-');
    bool zero = at_byte(parser, '0');
    size_t digits = skip_digits(parser);
    if (digits == 0 || (zero && digits > 1)) {
        return fail(parser, "a malformed number");
    }
    if (at_byte(parser, '.')) {
        parser->at++;
        if (skip_digits(parser) == 0) {
            return fail(parser, "a malformed number");
        }
    }
    if (at_byte(parser, 'e') || at_byte(parser, 'E')) {
        parser->at++;
        parser->at += at_byte(parser, '+') || at_byte(parser, '-');
        if (skip_digits(parser) == 0) {
            return fail(parser, "a malformed number");
        }
    }
    node->len = (uint32_t)(parser->at - node->at);
    return 0;
}

static int read_word(struct parser *parser, struct str word)
{
    struct str rest = {parser->document->text + parser->at, parser->len - parser->at};
    if (!str_starts(rest, word)) {
        return fail(parser, "a value was expected");
    }
    parser->at += word.len;
    return 0;
}

static int read_value(struct parser *parser);

static int read_member(struct parser *parser)
{
    uint32_t key, key_len;
    if (!at_byte(parser, '"')) {
        return fail(parser, "the name of a member was expected");
    }
    int r = read_text(parser, &key, &key_len);
    if (r < 0) {
        return r;
    }
    skip_blanks(parser);
    if (!at_byte(parser, ':')) {
        return fail(parser, "a colon was expected");
    }
    parser->at++;
    skip_blanks(parser);
    uint32_t index = parser->document->count;
    r = read_value(parser);
    if (r == 0) {
        parser->document->nodes[index].key = key;
        parser->document->nodes[index].key_len = key_len;
    }
    return r;
}

/* Reads an array or object whose node is there, up to its closing bracket. */
static int read_container(struct parser *parser, uint32_t index, bool object)
{
    char closing = object ? '}' : ']';
    uint32_t count = 0;
    if (++parser->depth > LIMIT_JSON_DEPTH) {
        return error_set_at(parser->err, ERR_LIMIT, parser->at, "nested deeper than %u",
                            LIMIT_JSON_DEPTH);
    }
    parser->at++;
    skip_blanks(parser);
    while (!at_byte(parser, closing)) {
        if (count > 0) {
            if (!at_byte(parser, ',')) {
                return fail(parser, "a comma or closing bracket was expected");
            }
            parser->at++;
            skip_blanks(parser);
        }
        int r = object ? read_member(parser) : read_value(parser);
        if (r < 0) {
            return r;
        }
        count++;
        skip_blanks(parser);
    }
    parser->at++;
    parser->depth--;
    parser->document->nodes[index].len = count;
    parser->document->nodes[index].next = parser->document->count;
    return 0;
}

static int read_value(struct parser *parser)
{
    char c = parser->at < parser->len ? parser->document->text[parser->at] : '\0';
    enum json_type type = c == '{'   ? JSON_OBJECT
                          : c == '[' ? JSON_ARRAY
                          : c == '"' ? JSON_TEXT
                          : c == 't' ? JSON_TRUE
                          : c == 'f' ? JSON_FALSE
                          : c == 'n' ? JSON_NULL
                                     : JSON_NUMBER;
    if (type == JSON_NUMBER && c != '-' && !str_is_digit(c)) {
        return fail(parser, "a value was expected");
    }
    uint32_t index = 0, at, len;
    int r = add_node(parser, type, &index);
    if (r < 0) {
        return r;
    }
    switch (type) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        return read_container(parser, index, type == JSON_OBJECT);
    case JSON_TEXT:
        r = read_text(parser, &at, &len);
        if (r == 0) {
            parser->document->nodes[index].at = at;
            parser->document->nodes[index].len = len;
        }
        return r;
    case JSON_NUMBER:
        return read_number(parser);
    default:
        return read_word(parser, type == JSON_TRUE    ? STR("true")
                                 : type == JSON_FALSE ? STR("false")
                                                      : STR("null"));
    }
}

static int read_document(struct parser *parser)
{
    if (str_starts(str_make(parser->document->text, parser->len), STR("\xef\xbb\xbf"))) {
        parser->at = 3;
    }
    skip_blanks(parser);
    int r = read_value(parser);
    if (r < 0) {
        return r;
    }
    skip_blanks(parser);
    return parser->at < parser->len ? fail(parser, "something follows the value") : 0;
}

int json_parse(struct str text, size_t limit, struct arena *arena, struct json_document *ret,
               struct error *err)
{
    *ret = (struct json_document){0};
    if (text.len > limit || text.len >= UINT32_MAX) {
        return error_set(err, ERR_LIMIT, "%zu bytes of JSON; at most %zu are read", text.len,
                         limit);
    }
    ret->text = (char *)arena_str(arena, text).ptr;
    struct parser parser = {.document = ret, .len = text.len, .err = err};
    int r = read_document(&parser);
    if (r < 0) {
        json_done(ret);
    }
    return r;
}

void json_done(struct json_document *document)
{
    free(document->nodes);
    *document = (struct json_document){0};
}
