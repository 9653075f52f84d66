/*
 * Bytes that nobody else should see: in memory of their own that is locked against swapping, left
 * out of core files and not inherited by a fork, and overwritten before it is given back.
 */
#ifndef ASSAY_BASE_SECRET_H
#define ASSAY_BASE_SECRET_H

#include "base/error.h"
#include "base/str.h"

struct secret {
    char *ptr; /* capacity bytes, len of them used; a zero byte follows. NULL: none */
    size_t len;
    size_t capacity;
};

/* secret_new makes room for capacity bytes. ERR_LIMIT above LIMIT_SECRET, ERR_IO when the system
 * gives no locked memory (RLIMIT_MEMLOCK). */
int secret_new(size_t capacity, struct secret *ret, struct error *err);
/* secret_free overwrites and frees; fine on an empty one. */
void secret_free(struct secret *secret);
/* secret_put appends. ERR_LIMIT when there is no room: a secret does not grow. */
int secret_put(struct secret *secret, const void *bytes, size_t len, struct error *err);
struct str secret_view(const struct secret *secret);
/* secret_read reads fd to its end. ERR_LIMIT for more than capacity bytes. */
int secret_read(int fd, size_t capacity, struct secret *ret, struct error *err);
/* secret_drop_line_end takes one line end ("\n", "\r\n") off the end, where there is one. */
void secret_drop_line_end(struct secret *secret);
/* secret_wipe overwrites what a secret was copied to. */
void secret_wipe(void *bytes, size_t len);

#endif
