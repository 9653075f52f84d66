#include "json/json_reader.h"

#include "base/buf.h"

#include <stdio.h>

/* Long keys of foreign documents are cut, so that the message keeps room for its meaning. */
enum { KEY_SHOWN = 60, PATH_SIZE = 200 };

static void put_step(struct buf *path, struct json parent, struct json child, uint32_t position)
{
    struct str key = json_key(child);
    if (json_type(parent) == JSON_ARRAY) {
        buf_printf(path, "[%u]", (unsigned)position);
        return;
    }
    if (path->len > 0) {
        buf_put_byte(path, '.');
    }
    buf_put_str(path, str_sub(key, 0, KEY_SHOWN));
    if (key.len > KEY_SHOWN) {
        buf_put_text(path, "...");
    }
}

const char *json_path(struct json value, char *out, size_t out_size)
{
    struct buf path;
    buf_init(&path, out_size - 1);
    struct json at = value.document ? json_root(value.document) : value;
    while (at.document != NULL && at.index != value.index) {
        struct json_each each = json_each(at);
        struct json child, holder = {0};
        uint32_t position = 0, holder_position = 0;
        while (json_next(&each, &child) && child.index <= value.index) {
            holder = child;
            holder_position = position++;
        }
        if (holder.document != NULL) {
            put_step(&path, at, holder, holder_position);
        }
        at = holder;
    }
    snprintf(out, out_size, "%s", buf_text(&path));
    buf_done(&path);
    return out;
}

const char *json_type_name(enum json_type type)
{
    static const char *const names[] = {"nothing",  "null",   "false",    "true",
                                        "a number", "a text", "an array", "an object"};
    return names[type];
}

int json_fail(struct json value, int code, struct error *err, const char *format, ...)
{
    char path[PATH_SIZE], text[256];
    va_list args;
    if (err == NULL) {
        return code;
    }
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    json_path(value, path, sizeof path);
    return error_set(err, code, "%s%s%s", path, path[0] ? ": " : "", text);
}
