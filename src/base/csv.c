#include "base/csv.h"

#include <string.h>

/* The text of a quoted field with its doubled quotes made single. */
static struct str undouble(struct arena *arena, struct str text)
{
    char *copy = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        copy[len++] = text.ptr[i];
        i += text.ptr[i] == '"';
    }
    return str_make(copy, len);
}

static char separator_of(const struct csv *csv)
{
    return csv->separator != '\0' ? csv->separator : ',';
}

/* Takes a field that begins with a quote out of *rest, up to the comma or line end behind it.
 * False when it is not closed or goes on behind the closing quote. */
static bool take_quoted(struct csv *csv, struct str *rest, struct str *ret_field)
{
    size_t at = 1;
    bool doubled = false;
    for (;;) {
        size_t quote = str_find_byte(str_skip(*rest, at), '"');
        if (quote == SIZE_MAX) {
            return false;
        }
        at += quote + 1;
        if (at >= rest->len || rest->ptr[at] != '"') {
            break;
        }
        doubled = true;
        at++;
    }
    struct str text = str_sub(*rest, 1, at - 2);
    *rest = str_skip(*rest, at);
    *ret_field = doubled ? undouble(csv->arena, text) : text;
    return rest->len == 0 || rest->ptr[0] == separator_of(csv) || rest->ptr[0] == '\n' ||
           rest->ptr[0] == '\r';
}

static struct str take_plain(const struct csv *csv, struct str *rest)
{
    size_t len = 0;
    while (len < rest->len && rest->ptr[len] != separator_of(csv) && rest->ptr[len] != '\n' &&
           rest->ptr[len] != '\r') {
        len++;
    }
    struct str field = str_sub(*rest, 0, len);
    *rest = str_skip(*rest, len);
    return field;
}

/* Takes a line end out of *rest; false when there is none. */
static bool take_end(struct str *rest)
{
    size_t len = str_starts(*rest, STR("\r\n"))                                    ? 2
                 : rest->len > 0 && (rest->ptr[0] == '\n' || rest->ptr[0] == '\r') ? 1
                                                                                   : 0;
    *rest = str_skip(*rest, len);
    return len > 0 || rest->len == 0;
}

static void skip_line(struct csv *csv, struct str from)
{
    size_t end = str_find_byte(from, '\n');
    csv->rest = end == SIZE_MAX ? STR("") : str_skip(from, end + 1);
}

enum csv_record csv_next(struct csv *csv, struct str *fields, unsigned max, unsigned *ret_count)
{
    struct str rest = csv->rest;
    unsigned count = 0;
    if (rest.len == 0) {
        return CSV_END;
    }
    csv->record = rest.ptr;
    for (;;) {
        struct str field;
        if (rest.len == 0 || rest.ptr[0] != '"') {
            field = take_plain(csv, &rest);
        } else if (!take_quoted(csv, &rest, &field)) {
            skip_line(csv, csv->rest);
            return CSV_BROKEN;
        }
        if (count < max) {
            fields[count] = field;
        }
        count++;
        if (take_end(&rest)) {
            break;
        }
        rest = str_skip(rest, 1);
    }
    csv->rest = rest;
    *ret_count = count;
    return CSV_RECORD;
}
