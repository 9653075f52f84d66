/*
 * Finds the byte where a text stops being JSON (RFC 8259, UTF-8 as Unicode 15 section 3.9).
 * simdjson says that a text is bad, not where; this reads it again, slowly and strictly.
 */
#include "base/limits.h"
#include "feed/tape.h"

#include <math.h>
#include <stdlib.h>

struct locator {
    struct str text;
    size_t at;
    uint32_t depth;
    char open[LIMIT_JSON_DEPTH]; /* the closing bracket that each level waits for */
    struct error *err;
};

static bool fail(struct locator *locator, const char *what)
{
    bool end = locator->at >= locator->text.len;
    error_set_at(locator->err, ERR_FORMAT, locator->at, "%s",
                 end ? "cut short: the JSON ends too early" : what);
    return false;
}

static int peek(const struct locator *locator)
{
    return locator->at < locator->text.len ? (unsigned char)locator->text.ptr[locator->at] : -1;
}

static void skip_blanks(struct locator *locator)
{
    int c = peek(locator);
    while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        locator->at++;
        c = peek(locator);
    }
}

static bool skip_word(struct locator *locator, const char *word)
{
    for (; *word != '\0'; word++, locator->at++) {
        if (peek(locator) != *word) {
            return fail(locator, "not JSON: no such value");
        }
    }
    return true;
}

static bool skip_digits(struct locator *locator)
{
    if (peek(locator) < '0' || peek(locator) > '9') {
        return fail(locator, "not JSON: a digit is missing");
    }
    while (peek(locator) >= '0' && peek(locator) <= '9') {
        locator->at++;
    }
    return true;
}

/* A whole number must fit 64 bits, any other a double: simdjson refuses what does not. */
static bool number_fits(struct str number, bool whole)
{
    uint64_t value;
    double real;
    if (whole && number.ptr[0] == '-') {
        return str_to_u64(str_skip(number, 1), &value) && value <= (uint64_t)INT64_MAX + 1;
    }
    if (whole) {
        return str_to_u64(number, &value);
    }
    if (number.len >= 64) {
        /* Longer than str_to_double takes. The number ends where its grammar does, or at the
         * padding behind the text, so that strtod reads nothing else. */
        return isfinite(strtod(number.ptr, NULL));
    }
    return str_to_double(number, &real) && isfinite(real);
}

static bool skip_number(struct locator *locator)
{
    size_t start = locator->at;
    bool whole = true;
    locator->at += peek(locator) == '-';
    if (peek(locator) == '0') {
        locator->at++;
        if (peek(locator) >= '0' && peek(locator) <= '9') {
            return fail(locator, "not JSON: a number that starts with 0");
        }
    } else if (!skip_digits(locator)) {
        return false;
    }
    if (peek(locator) == '.') {
        whole = false;
        locator->at++;
        if (!skip_digits(locator)) {
            return false;
        }
    }
    if (peek(locator) == 'e' || peek(locator) == 'E') {
        whole = false;
        locator->at++;
        locator->at += peek(locator) == '+' || peek(locator) == '-';
        if (!skip_digits(locator)) {
            return false;
        }
    }
    if (!number_fits(str_sub(locator->text, start, locator->at - start), whole)) {
        locator->at = start;
        return fail(locator, "a number that is out of range");
    }
    return true;
}

static bool read_hex4(struct locator *locator, unsigned *ret)
{
    unsigned value = 0;
    for (int i = 0; i < 4; i++, locator->at++) {
        int c = peek(locator);
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) {
            return fail(locator, "not JSON: \\u without four hexadecimal digits");
        }
        value = value << 4 | (unsigned)digit;
    }
    *ret = value;
    return true;
}

/* Stands on the byte behind the backslash. */
static bool skip_escape(struct locator *locator)
{
    int c = peek(locator);
    unsigned code, low = 0;
    if (c < 0 || strchr("\"\\/bfnrtu", c) == NULL || c == '\0') {
        return fail(locator, "not JSON: no such escape in a text");
    }
    locator->at++;
    if (c != 'u') {
        return true;
    }
    size_t start = locator->at;
    if (!read_hex4(locator, &code)) {
        return false;
    }
    if (code < 0xd800 || code > 0xdfff) {
        return true;
    }
    bool paired = code < 0xdc00 && peek(locator) == '\\';
    if (paired) {
        locator->at++;
        paired = peek(locator) == 'u';
        locator->at += paired;
        paired = paired && read_hex4(locator, &low) && low >= 0xdc00 && low <= 0xdfff;
    }
    if (!paired) {
        locator->at = start;
        return fail(locator, "half of a surrogate pair in a text");
    }
    return true;
}

static bool skip_utf8(struct locator *locator)
{
    struct str rest = str_skip(locator->text, locator->at);
    for (size_t len = 1; len <= 4 && len <= rest.len; len++) {
        if (str_valid_utf8(str_sub(rest, 0, len))) {
            locator->at += len;
            return true;
        }
    }
    return fail(locator, "not UTF-8");
}

static bool skip_text(struct locator *locator)
{
    if (peek(locator) != '"') {
        return fail(locator, "not JSON: a quotation mark is missing");
    }
    locator->at++;
    for (;;) {
        int c = peek(locator);
        if (c == '"') {
            locator->at++;
            return true;
        }
        if (c < 0x20) {
            return fail(locator, "not JSON: a control character in a text");
        }
        if (c == '\\') {
            locator->at++;
            if (!skip_escape(locator)) {
                return false;
            }
        } else if (!skip_utf8(locator)) {
            return false;
        }
    }
}

static bool skip_key(struct locator *locator)
{
    skip_blanks(locator);
    if (!skip_text(locator)) {
        return false;
    }
    skip_blanks(locator);
    if (peek(locator) != ':') {
        return fail(locator, "not JSON: a colon is missing");
    }
    locator->at++;
    return true;
}

/* Steps into an array or object. *ret_done is set when it is empty and left again. */
static bool enter(struct locator *locator, bool *ret_done)
{
    char close = peek(locator) == '{' ? '}' : ']';
    size_t start = locator->at++;
    skip_blanks(locator);
    *ret_done = peek(locator) == close;
    if (*ret_done) {
        locator->at++;
        return true;
    }
    if (locator->depth + 1 >= LIMIT_JSON_DEPTH) {
        error_set_at(locator->err, ERR_LIMIT, start, "nested deeper than %u levels",
                     LIMIT_JSON_DEPTH);
        return false;
    }
    locator->open[locator->depth++] = close;
    return close == ']' || skip_key(locator);
}

/* Reads one value, or the beginning of one that holds others. */
static bool skip_value(struct locator *locator, bool *ret_done)
{
    *ret_done = true;
    skip_blanks(locator);
    switch (peek(locator)) {
    case '{':
    case '[':
        return enter(locator, ret_done);
    case '"':
        return skip_text(locator);
    case 't':
        return skip_word(locator, "true");
    case 'f':
        return skip_word(locator, "false");
    case 'n':
        return skip_word(locator, "null");
    default:
        if (peek(locator) == '-' || (peek(locator) >= '0' && peek(locator) <= '9')) {
            return skip_number(locator);
        }
        return fail(locator, "not JSON: a value is missing");
    }
}

/* After a value: closes what ends here, steps over a comma. */
static bool leave(struct locator *locator)
{
    while (locator->depth > 0) {
        char close = locator->open[locator->depth - 1];
        skip_blanks(locator);
        if (peek(locator) == ',') {
            locator->at++;
            return close == ']' || skip_key(locator);
        }
        if (peek(locator) != close) {
            return fail(locator, "not JSON: a comma or closing bracket is missing");
        }
        locator->at++;
        locator->depth--;
    }
    return true;
}

bool tape_locate(struct str text, struct error *err)
{
    struct locator locator = {.text = text, .err = err};
    do {
        bool done = false;
        while (!done) {
            if (!skip_value(&locator, &done)) {
                return true;
            }
        }
        if (!leave(&locator)) {
            return true;
        }
    } while (locator.depth > 0);
    skip_blanks(&locator);
    if (locator.at < text.len) {
        fail(&locator, "not JSON: more after its end");
        return true;
    }
    return false;
}
