/*
 * A buf is a growing run of bytes that knows its ceiling from the start. Passing the
 * ceiling sets `overflow` and drops what came after; the caller looks once, at the end.
 */
#ifndef ASSAY_BASE_BUF_H
#define ASSAY_BASE_BUF_H

#include "base/str.h"

#include <stdarg.h>
#include <string.h>

struct buf {
    char *data; /* len bytes, followed by a zero byte once anything was put */
    size_t len;
    size_t capacity;
    size_t ceiling; /* len never passes it */
    bool overflow;  /* something did not fit and was dropped */
};

/* buf_init makes an empty buffer in the caller's storage; nothing is allocated. */
void buf_init(struct buf *buf, size_t ceiling);
void buf_done(struct buf *buf);
/* buf_clear empties the buffer and keeps its memory. */
void buf_clear(struct buf *buf);

/* buf_put_slowly is buf_put for bytes that need more room. */
void buf_put_slowly(struct buf *buf, const void *bytes, size_t len);

static inline void buf_put(struct buf *buf, const void *bytes, size_t len)
{
    if (buf->overflow || len == 0 || len >= buf->capacity - buf->len ||
        len > buf->ceiling - buf->len) {
        buf_put_slowly(buf, bytes, len);
        return;
    }
    memcpy(buf->data + buf->len, bytes, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

static inline void buf_put_byte(struct buf *buf, char c)
{
    buf_put(buf, &c, 1);
}

static inline void buf_put_str(struct buf *buf, struct str s)
{
    buf_put(buf, s.ptr, s.len);
}

static inline void buf_put_text(struct buf *buf, const char *text)
{
    buf_put(buf, text, strlen(text));
}

void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
/* buf_reserve makes room for len more bytes and returns where they go, or NULL (overflow
 * set) when the ceiling forbids it. The caller adds to buf->len what it wrote. */
char *buf_reserve_slowly(struct buf *buf, size_t len);
static inline char *buf_reserve(struct buf *buf, size_t len)
{
    bool fits = !buf->overflow && len < buf->capacity - buf->len && len <= buf->ceiling - buf->len;
    return fits ? buf->data + buf->len : buf_reserve_slowly(buf, len);
}

/* buf_view borrows the bytes; gone with the next put. */
static inline struct str buf_view(const struct buf *buf)
{
    return (struct str){buf->data, buf->len};
}
/* buf_text borrows the bytes as terminated text ("" while empty). */
const char *buf_text(const struct buf *buf);

#endif
