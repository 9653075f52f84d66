#include "base/buf.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *buf, size_t ceiling)
{
    *buf = (struct buf){.ceiling = ceiling};
}

void buf_done(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){.ceiling = buf->ceiling};
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->overflow = false;
    if (buf->data != NULL) {
        buf->data[0] = '\0';
    }
}

char *buf_reserve_slowly(struct buf *buf, size_t len)
{
    if (buf->overflow || len > buf->ceiling - buf->len) {
        buf->overflow = true;
        return NULL;
    }
    size_t need = buf->len + len + 1;
    if (need > buf->capacity) {
        size_t capacity = buf->capacity ? buf->capacity : 64;
        while (capacity < need) {
            capacity += capacity / 2;
        }
        buf->data = mem_grow(buf->data, capacity, 1);
        buf->capacity = capacity;
    }
    return buf->data + buf->len;
}

void buf_put_slowly(struct buf *buf, const void *bytes, size_t len)
{
    char *at = buf_reserve(buf, len);
    if (at == NULL) {
        return;
    }
    if (len > 0) {
        memcpy(at, bytes, len);
    }
    at[len] = '\0';
    buf->len += len;
}

/* First into the room that is there, then again if that was too little. */
void buf_vprintf(struct buf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    size_t room = buf->overflow || buf->data == NULL ? 0 : buf->capacity - buf->len;
    int len = vsnprintf(room > 0 ? buf->data + buf->len : NULL, room, format, args);
    char *at = len < 0 ? NULL : buf_reserve(buf, (size_t)len);
    if (at != NULL && (size_t)len >= room) {
        vsnprintf(at, (size_t)len + 1, format, again);
    }
    if (at != NULL) {
        buf->len += (size_t)len;
    } else if (room > 0) {
        buf->data[buf->len] = '\0';
    }
    va_end(again);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vprintf(buf, format, args);
    va_end(args);
}

const char *buf_text(const struct buf *buf)
{
    return buf->data ? buf->data : "";
}
