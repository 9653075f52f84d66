#include "json/json_writer.h"

#include "base/date.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool is_plain(unsigned char c, bool for_html)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\' &&
           !(for_html && (c == '<' || c == '>' || c == '&'));
}

/* plain_length is the number of bytes at the beginning of s that need no escape: eight at a
 * time while no byte of the eight is a control, a quote, a backslash or above 0x7e, by the
 * borrow of each byte's subtraction. */
static size_t plain_length(struct str s, bool for_html)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    size_t at = 0;
    while (!for_html && at + 8 <= s.len) {
        uint64_t word;
        memcpy(&word, s.ptr + at, 8);
        uint64_t quote = word ^ (ones * '"'), slash = word ^ (ones * '\\');
        uint64_t unusual =
            (word - ones * 0x20) | (word + ones) | word | (quote - ones) | (slash - ones);
        if (unusual & tops) {
            break;
        }
        at += 8;
    }
    while (at < s.len && is_plain((unsigned char)s.ptr[at], for_html)) {
        at++;
    }
    return at;
}

static void write_escape(struct buf *out, unsigned char c)
{
    static const char letters[] = "\bb\ff\nn\rr\tt\"\"\\\\";
    for (size_t i = 0; i + 1 < sizeof letters; i += 2) {
        if ((unsigned char)letters[i] == c) {
            char text[2] = {'\\', letters[i + 1]};
            buf_put(out, text, 2);
            return;
        }
    }
    char text[8];
    snprintf(text, sizeof text, "\\u%04x", c);
    buf_put(out, text, 6);
}

/* How many bytes of a broken character belong together: as many as could begin one, which
 * any continuation would then complete. */
static size_t broken_length(struct str s)
{
    for (size_t len = s.len < 3 ? s.len : 3; len > 1; len--) {
        char whole[8] = {0};
        memcpy(whole, s.ptr, len);
        memcpy(whole + len, "\x80\x80", 2);
        if (str_utf8_length(str_make(whole, len + 2)) > len) {
            return len;
        }
    }
    return 1;
}

/* Is it one that a terminal or an editor obeys instead of showing it? C1 controls (U+0080 to
 * U+009F), and characters without width that hide or turn around text (U+200B to U+200F, U+202A to
 * U+202E, U+2060 to U+206F). s is one whole character. */
static bool is_obeyed(struct str s, unsigned *ret)
{
    const unsigned char *c = (const unsigned char *)s.ptr;
    if (s.len == 2) {
        *ret = (c[0] & 0x1fu) << 6 | (c[1] & 0x3fu);
        return *ret < 0xa0;
    }
    if (s.len != 3 || c[0] != 0xe2) {
        return false;
    }
    *ret = 0x2000u | (c[1] & 0x3fu) << 6 | (c[2] & 0x3fu);
    return (*ret >= 0x200b && *ret <= 0x200f) || (*ret >= 0x202a && *ret <= 0x202e) ||
           (*ret >= 0x2060 && *ret <= 0x206f);
}

/* Writes the character at the beginning of s, which is not plain; returns its bytes. */
static size_t write_character(struct buf *out, struct str s, bool for_html)
{
    unsigned char lead = (unsigned char)s.ptr[0];
    if (lead < 0x80) {
        write_escape(out, lead);
        return 1;
    }
    size_t len = str_utf8_length(s);
    if (len == 0) {
        buf_put_text(out, "\xef\xbf\xbd");
        return broken_length(s);
    }
    bool separator = len == 3 && (memcmp(s.ptr, "\xe2\x80\xa8", 3) == 0 ||
                                  memcmp(s.ptr, "\xe2\x80\xa9", 3) == 0);
    unsigned obeyed;
    if (is_obeyed(str_sub(s, 0, len), &obeyed)) {
        buf_printf(out, "\\u%04x", obeyed);
    } else if (for_html && separator) {
        buf_put_text(out, s.ptr[2] == '\xa8' ? "\\u2028" : "\\u2029");
    } else {
        buf_put(out, s.ptr, len);
    }
    return len;
}

static void write_slowly(struct buf *out, struct str value, size_t plain, bool for_html)
{
    buf_put_byte(out, '"');
    for (size_t at = 0; at < value.len;) {
        buf_put(out, value.ptr + at, plain);
        at += plain;
        if (at < value.len) {
            at += write_character(out, str_make(value.ptr + at, value.len - at), for_html);
        }
        plain = plain_length(str_skip(value, at), for_html);
    }
    buf_put_byte(out, '"');
}

/* Most texts need no escape: they are written at once. */
void json_write_str(struct buf *out, struct str value, bool for_html)
{
    size_t plain = plain_length(value, for_html);
    char *at = plain == value.len ? buf_reserve(out, value.len + 2) : NULL;
    if (at == NULL) {
        write_slowly(out, value, plain, for_html);
        return;
    }
    *at++ = '"';
    if (value.len > 0) {
        memcpy(at, value.ptr, value.len);
    }
    at[value.len] = '"';
    at[value.len + 1] = '\0';
    out->len += value.len + 2;
}

void json_writer_init(struct json_writer *writer, struct buf *out)
{
    *writer = (struct json_writer){.out = out, .indented = true};
}

/* The line end and the blanks before a value or closing bracket. */
static size_t line_length(const struct json_writer *writer)
{
    return writer->indented ? 1 + (size_t)writer->depth * 2 : 0;
}

static char *write_line(char *at, size_t length)
{
    if (length > 0) {
        *at = '\n';
        memset(at + 1, ' ', length - 1);
    }
    return at + length;
}

static void begin_line(struct json_writer *writer)
{
    size_t length = line_length(writer);
    char *at = buf_reserve(writer->out, length);
    if (at != NULL) {
        *write_line(at, length) = '\0';
        writer->out->len += length;
    }
}

/* What stands before a value: comma, line, key; in one piece, since documents hold a hundred
 * thousand. Keys are words of the formats and need no escape. */
static void begin_value(struct json_writer *writer, const char *key)
{
    struct buf *out = writer->out;
    size_t line = writer->depth > 0 ? line_length(writer) : 0, len = key ? strlen(key) : 0;
    char *at = buf_reserve(out, line + len + 5), *start = at;
    if (at == NULL) {
        return;
    }
    if (writer->has_value) {
        *at++ = ',';
    }
    at = write_line(at, line);
    if (key != NULL) {
        *at++ = '"';
        memcpy(at, key, len);
        at += len;
        *at++ = '"';
        *at++ = ':';
        *at = ' ';
        at += writer->indented;
    }
    *at = '\0';
    out->len += (size_t)(at - start);
    writer->has_value = true;
}

static void open_bracket(struct json_writer *writer, const char *key, char bracket)
{
    begin_value(writer, key);
    buf_put_byte(writer->out, bracket);
    writer->depth++;
    writer->has_value = false;
}

static void close_bracket(struct json_writer *writer, char bracket)
{
    writer->depth--;
    if (writer->has_value) {
        begin_line(writer);
    }
    buf_put_byte(writer->out, bracket);
    writer->has_value = true;
    if (writer->depth == 0 && writer->indented) {
        buf_put_byte(writer->out, '\n');
    }
}

void json_open_object(struct json_writer *writer, const char *key)
{
    open_bracket(writer, key, '{');
}

void json_close_object(struct json_writer *writer)
{
    close_bracket(writer, '}');
}

void json_open_array(struct json_writer *writer, const char *key)
{
    open_bracket(writer, key, '[');
}

void json_close_array(struct json_writer *writer)
{
    close_bracket(writer, ']');
}

void json_put_str(struct json_writer *writer, const char *key, struct str value)
{
    begin_value(writer, key);
    json_write_str(writer->out, value, writer->for_html);
}

void json_put_text(struct json_writer *writer, const char *key, const char *value)
{
    if (value == NULL) {
        json_put_null(writer, key);
    } else {
        json_put_str(writer, key, str_from(value));
    }
}

void json_put_known(struct json_writer *writer, const char *key, struct str value)
{
    if (value.len == 0) {
        json_put_null(writer, key);
    } else {
        json_put_str(writer, key, value);
    }
}

static void put_digits(struct json_writer *writer, const char *key, bool negative, uint64_t value)
{
    char digits[24];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    if (negative) {
        digits[--at] = '-';
    }
    begin_value(writer, key);
    buf_put(writer->out, digits + at, sizeof digits - at);
}

void json_put_uint(struct json_writer *writer, const char *key, uint64_t value)
{
    put_digits(writer, key, false, value);
}

void json_put_int(struct json_writer *writer, const char *key, int64_t value)
{
    put_digits(writer, key, value < 0, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

/* Report documents hold tens of thousands of these: digits by hand cost a tenth of printf. */
void json_put_fixed(struct json_writer *writer, const char *key, int64_t value, unsigned decimals)
{
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value, unit = 1;
    char fraction[10] = ".";
    decimals = decimals < 9 ? decimals : 9;
    for (unsigned i = 0; i < decimals; i++) {
        unit *= 10;
    }
    put_digits(writer, key, value < 0, size / unit);
    uint64_t rest = size % unit;
    for (unsigned i = decimals; i > 0; i--) {
        fraction[i] = (char)('0' + rest % 10);
        rest /= 10;
    }
    if (decimals > 0) {
        buf_put(writer->out, fraction, decimals + 1);
    }
}

void json_put_real(struct json_writer *writer, const char *key, double value, unsigned decimals)
{
    const double most = 1e6; /* times 1e9, still exact in 63 bits */
    if (!isfinite(value)) {
        json_put_null(writer, key);
    } else if (value < most && value > -most && decimals <= 9) {
        double scaled = value;
        for (unsigned i = 0; i < decimals; i++) {
            scaled *= 10;
        }
        json_put_fixed(writer, key, (int64_t)(scaled + (value < 0 ? -0.5 : 0.5)), decimals);
    } else {
        begin_value(writer, key);
        buf_printf(writer->out, "%.*f", (int)(decimals < 17 ? decimals : 17), value);
    }
}

void json_put_bool(struct json_writer *writer, const char *key, bool value)
{
    begin_value(writer, key);
    buf_put_text(writer->out, value ? "true" : "false");
}

void json_put_null(struct json_writer *writer, const char *key)
{
    begin_value(writer, key);
    buf_put_text(writer->out, "null");
}

void json_put_date(struct json_writer *writer, const char *key, int32_t value)
{
    char text[DATE_SIZE];
    json_put_text(writer, key, value == DATE_NONE ? NULL : date_format(value, text));
}

void json_put_time(struct json_writer *writer, const char *key, int64_t value)
{
    char text[TIME_SIZE];
    bool known = time_to_date(value) != DATE_NONE;
    json_put_text(writer, key, known ? time_format(value, text) : NULL);
}
