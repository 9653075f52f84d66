#include "cpe/cpe.h"

#include "base/limits.h"

#include <string.h>

/* A name being read: the values' texts stand one after another in text until their sum is
 * known and the arena is asked once. */
struct reader {
    struct error *err;
    const char *begin; /* of the whole input, for positions */
    struct cpe_name name;
    size_t offsets[CPE_ATTRIBUTES];
    size_t len;
    char text[2 * LIMIT_CPE];
};

static int refuse(struct reader *reader, const char *at, const char *message)
{
    return error_set_at(reader->err, ERR_FORMAT, (uint64_t)(at - reader->begin), "%s", message);
}

static bool is_plain(char c)
{
    return str_is_alpha(c) || str_is_digit(c) || c == '_';
}

static bool is_printable(char c)
{
    return c > ' ' && c < 0x7f;
}

static void put_character(struct reader *reader, char c)
{
    if (!is_plain(c)) {
        reader->text[reader->len++] = '\\';
    }
    reader->text[reader->len++] = str_lower_byte(c);
}

/* check_wildcards: `*` or a run of `?`, at either end and nowhere else (7695, 5.3.2). */
static bool check_wildcards(const char *text, size_t len)
{
    size_t begin = 0, end = len;
    if (begin < end && text[begin] == '*') {
        begin++;
    } else {
        while (begin < end && text[begin] == '?') {
            begin++;
        }
    }
    /* What ends in a quoted wildcard ends in `\*`. */
    if (end > begin && text[end - 1] == '*' && (end - 1 == begin || text[end - 2] != '\\')) {
        end--;
    } else {
        while (end > begin && text[end - 1] == '?' && (end - 1 == begin || text[end - 2] != '\\')) {
            end--;
        }
    }
    if (begin == end) {
        return len > 0 && text[0] == '?' && text[len - 1] == '?';
    }
    for (size_t i = begin; i < end; i++) {
        if (text[i] == '\\') {
            i++;
        } else if (text[i] == '*' || text[i] == '?') {
            return false;
        }
    }
    return true;
}

static int finish_value(struct reader *reader, enum cpe_attribute attribute, size_t from,
                        const char *at)
{
    size_t len = reader->len - from;
    const char *text = reader->text + from;
    if (!check_wildcards(text, len)) {
        return refuse(reader, at, "a wildcard that is not at an end of the value");
    }
    if (attribute == CPE_PART && (len != 1 || strchr("aho", text[0]) == NULL)) {
        return refuse(reader, at, "the part is none of a, h, o");
    }
    reader->offsets[attribute] = from;
    reader->name.values[attribute] = (struct cpe_value){CPE_TEXT, {NULL, len}};
    return 0;
}

/* set_logical sets ANY and NA; false when the value is a text. */
static bool set_logical(struct reader *reader, enum cpe_attribute attribute, struct str value,
                        char any)
{
    bool is_any = any == '\0' ? value.len == 0 : value.len == 1 && value.ptr[0] == any;
    if (!is_any && !(value.len == 1 && value.ptr[0] == '-')) {
        return false;
    }
    reader->name.values[attribute].kind = is_any ? CPE_ANY : CPE_NA;
    return true;
}

/* read_fs_value is add_quoting() of 7695, 6.2.3.2. Characters that a formatted string ought
 * to quote and does not are taken as quoted. */
static int read_fs_value(struct reader *reader, enum cpe_attribute attribute, struct str value)
{
    size_t from = reader->len;
    if (set_logical(reader, attribute, value, '*')) {
        return 0;
    }
    if (value.len == 0) {
        return refuse(reader, value.ptr, "an empty value");
    }
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (!is_printable(c) || (c == '\\' && i + 1 == value.len)) {
            return refuse(reader, value.ptr + i, "a character that no name has");
        }
        if (c == '*' || c == '?') {
            reader->text[reader->len++] = c;
        } else if (c != '\\') {
            put_character(reader, c);
        } else if (is_printable(value.ptr[++i])) {
            put_character(reader, value.ptr[i]);
        } else {
            return refuse(reader, value.ptr + i, "a character that no name has");
        }
    }
    return finish_value(reader, attribute, from, value.ptr);
}

/* take_fs_part takes what stands before the next unquoted colon. */
static struct str take_fs_part(struct str *rest)
{
    size_t i = 0;
    while (i < rest->len && rest->ptr[i] != ':') {
        i += rest->ptr[i] == '\\' && i + 1 < rest->len ? 2 : 1;
    }
    struct str part = {rest->ptr, i};
    *rest = (struct str){rest->ptr + i, rest->len - i};
    return part;
}

static int read_fs(struct reader *reader, struct str rest)
{
    for (int i = 0; i < CPE_ATTRIBUTES; i++) {
        if (rest.len == 0 || rest.ptr[0] != ':') {
            return refuse(reader, rest.ptr, "fewer than eleven values");
        }
        rest = (struct str){rest.ptr + 1, rest.len - 1};
        int result = read_fs_value(reader, (enum cpe_attribute)i, take_fs_part(&rest));
        if (result < 0) {
            return result;
        }
    }
    return rest.len == 0 ? 0 : refuse(reader, rest.ptr, "more than eleven values");
}

static int hex_value(char c)
{
    c = str_lower_byte(c);
    return str_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* read_percent reads "%hh": %01 and %02 are the wildcards, else a printable character. */
static int read_percent(struct reader *reader, struct str at)
{
    int high = at.len > 2 ? hex_value(at.ptr[1]) : -1;
    int low = at.len > 2 ? hex_value(at.ptr[2]) : -1;
    int c = high < 0 || low < 0 ? -1 : high * 16 + low;
    if (c == 1 || c == 2) {
        reader->text[reader->len++] = c == 1 ? '?' : '*';
    } else if (c > ' ' && c < 0x7f) {
        put_character(reader, (char)c);
    } else {
        return refuse(reader, at.ptr, "not the percent code of a character that names have");
    }
    return 0;
}

/* read_uri_value is decode() of 7695, 6.1.3.2. */
static int read_uri_value(struct reader *reader, enum cpe_attribute attribute, struct str value)
{
    size_t from = reader->len;
    if (set_logical(reader, attribute, value, '\0')) {
        return 0;
    }
    for (size_t i = 0; i < value.len; i++) {
        if (!is_printable(value.ptr[i])) {
            return refuse(reader, value.ptr + i, "a character that no name has");
        }
        if (value.ptr[i] != '%') {
            put_character(reader, value.ptr[i]);
            continue;
        }
        int result = read_percent(reader, str_sub(value, i, 3));
        if (result < 0) {
            return result;
        }
        i += 2;
    }
    return finish_value(reader, attribute, from, value.ptr);
}

/* read_packed unpacks "~edition~sw_edition~target_sw~target_hw~other" (6.1.3.3). */
static int read_packed(struct reader *reader, struct str edition)
{
    static const enum cpe_attribute packed[] = {CPE_EDITION, CPE_SW_EDITION, CPE_TARGET_SW,
                                                CPE_TARGET_HW, CPE_OTHER};
    struct str rest = {edition.ptr + 1, edition.len - 1}, value;
    for (size_t i = 0; i < sizeof packed / sizeof packed[0]; i++) {
        if (!str_split_byte(&rest, '~', &value)) {
            return refuse(reader, edition.ptr, "a packed edition with fewer than five values");
        }
        int result = read_uri_value(reader, packed[i], value);
        if (result < 0) {
            return result;
        }
    }
    return rest.ptr ? refuse(reader, rest.ptr, "a packed edition with more than five values") : 0;
}

static int read_uri(struct reader *reader, struct str rest)
{
    struct str value;
    int attribute = CPE_PART;
    while (str_split_byte(&rest, ':', &value)) {
        if (attribute > CPE_LANGUAGE) {
            return refuse(reader, value.ptr, "more than seven values");
        }
        int result = attribute == CPE_EDITION && value.len > 0 && value.ptr[0] == '~'
                         ? read_packed(reader, value)
                         : read_uri_value(reader, (enum cpe_attribute)attribute, value);
        if (result < 0) {
            return result;
        }
        attribute++;
    }
    return 0;
}

int cpe_parse(struct str text, struct arena *arena, struct cpe_name *ret_name, struct error *err)
{
    struct reader reader;
    if (text.len > LIMIT_CPE) {
        return error_set(err, ERR_LIMIT, "a CPE name longer than %u bytes", LIMIT_CPE);
    }
    reader.err = err;
    reader.begin = text.ptr;
    reader.len = 0;
    memset(&reader.name, 0, sizeof reader.name);
    int result;
    if (str_eq_nocase(str_sub(text, 0, 7), STR("cpe:2.3"))) {
        result = read_fs(&reader, str_skip(text, 7));
    } else if (str_eq_nocase(str_sub(text, 0, 5), STR("cpe:/"))) {
        result = read_uri(&reader, str_skip(text, 5));
    } else {
        return error_set_at(err, ERR_FORMAT, 0, "begins neither with cpe:2.3: nor with cpe:/");
    }
    if (result < 0) {
        return result;
    }
    const char *copy = arena_str(arena, (struct str){reader.text, reader.len}).ptr;
    for (int i = 0; i < CPE_ATTRIBUTES; i++) {
        if (reader.name.values[i].kind == CPE_TEXT) {
            reader.name.values[i].text.ptr = copy + reader.offsets[i];
        }
    }
    *ret_name = reader.name;
    return 0;
}

struct cpe_value cpe_value_quote(struct str plain, struct arena *arena)
{
    char *text = arena_alloc(arena, 2 * plain.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < plain.len; i++) {
        char c = plain.ptr[i] == ' ' ? '_' : str_lower_byte(plain.ptr[i]);
        if (!is_printable(c)) {
            continue;
        }
        if (!is_plain(c)) {
            text[len++] = '\\';
        }
        text[len++] = c;
    }
    return (struct cpe_value){CPE_TEXT, {text, len}};
}
