#include "base/error.h"

#include "base/str.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int __attribute__((format(printf, 4, 0)))
set_message(struct error *err, int code, uint64_t position, const char *format, va_list args)
{
    if (err == NULL) {
        return code;
    }
    err->code = code;
    err->position = position;
    err->where[0] = '\0';
    vsnprintf(err->message, sizeof err->message, format, args);
    return code;
}

int error_set(struct error *err, int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_message(err, code, ERROR_NO_POSITION, format, args);
    va_end(args);
    return code;
}

int error_set_at(struct error *err, int code, uint64_t position, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_message(err, code, position, format, args);
    va_end(args);
    return code;
}

int error_set_errno(struct error *err, const char *format, ...)
{
    int saved = errno;
    int code = saved == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    if (err == NULL) {
        return code;
    }
    va_list args;
    va_start(args, format);
    set_message(err, code, ERROR_NO_POSITION, format, args);
    va_end(args);
    size_t used = strlen(err->message);
    snprintf(err->message + used, sizeof err->message - used, ": %s", strerror(saved));
    errno = saved;
    return code;
}

/* A message of a failed call often begins with the path already. */
static bool begins_with(const char *message, const char *where)
{
    size_t len = strlen(where);
    return strncmp(message, where, len) == 0 && strncmp(message + len, ": ", 2) == 0;
}

int error_add_where(struct error *err, const char *where)
{
    if (err == NULL) {
        return 0;
    }
    if (err->where[0] == '\0' && where != NULL && !begins_with(err->message, where)) {
        snprintf(err->where, sizeof err->where, "%s", where);
    }
    return err->code;
}

/* The bytes at the front that must not reach a terminal: control characters (C0, DEL and C1),
 * and what is not UTF-8. */
static size_t unsafe_length(struct str text)
{
    size_t len = str_utf8_length(text);
    unsigned char first = (unsigned char)text.ptr[0];
    if (len == 0) {
        return 1;
    }
    bool control = len == 1 ? first < 0x20 || first == 0x7f
                            : first == 0xc2 && (unsigned char)text.ptr[1] < 0xa0;
    return control ? len : 0;
}

const char *error_text(const struct error *err, char *out, unsigned out_size)
{
    char position[40] = "";
    if (err->position != ERROR_NO_POSITION) {
        snprintf(position, sizeof position, "byte %llu: ", (unsigned long long)err->position);
    }
    snprintf(out, out_size, "%s%s%s%s", err->where, err->where[0] ? ": " : "", position,
             err->message);
    for (struct str rest = str_from(out); rest.len > 0;) {
        size_t unsafe = unsafe_length(rest);
        memset((char *)rest.ptr, '?', unsafe);
        rest = str_skip(rest, unsafe ? unsafe : str_utf8_length(rest));
    }
    return out;
}

const char *error_code_name(int code)
{
    static const char *const names[] = {
        "ok",    "io",          "not-found", "format",  "limit",       "version",
        "usage", "unsupported", "network",   "timeout", "interrupted",
    };
    int index = -code;
    if (index < 0 || index >= (int)(sizeof names / sizeof names[0])) {
        return "unknown";
    }
    return names[index];
}
