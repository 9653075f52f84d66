#include "base/secret.h"

#include "base/limits.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t whole_pages(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (bytes + page - 1) / page * page;
}

int secret_new(size_t capacity, struct secret *ret, struct error *err)
{
    if (capacity > LIMIT_SECRET) {
        return error_set(err, ERR_LIMIT, "a secret of more than %zu bytes", LIMIT_SECRET);
    }
    size_t size = whole_pages(capacity + 1);
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
        return error_set_errno(err, "memory for a secret");
    }
    if (mlock(pages, size) < 0) {
        error_set_errno(err, "lock memory for a secret (see ulimit -l)");
        munmap(pages, size);
        return ERR_IO;
    }
    madvise(pages, size, MADV_DONTDUMP);
    madvise(pages, size, MADV_DONTFORK);
    *ret = (struct secret){.ptr = pages, .capacity = capacity};
    return 0;
}

void secret_free(struct secret *secret)
{
    if (secret->ptr != NULL) {
        size_t size = whole_pages(secret->capacity + 1);
        explicit_bzero(secret->ptr, size);
        munmap(secret->ptr, size);
    }
    *secret = (struct secret){0};
}

int secret_put(struct secret *secret, const void *bytes, size_t len, struct error *err)
{
    if (len > secret->capacity - secret->len) {
        return error_set(err, ERR_LIMIT, "the secret is longer than %zu bytes", secret->capacity);
    }
    if (len > 0) {
        memcpy(secret->ptr + secret->len, bytes, len);
        secret->len += len;
    }
    return 0;
}

struct str secret_view(const struct secret *secret)
{
    return str_make(secret->ptr, secret->len);
}

/* Whether fd has more after a full secret. */
static bool has_more(int fd)
{
    char byte;
    ssize_t got;
    do {
        got = read(fd, &byte, 1);
    } while (got < 0 && errno == EINTR);
    explicit_bzero(&byte, 1);
    return got > 0;
}

/* Moves a full secret to more room, at most capacity. */
static int grow(struct secret *secret, size_t capacity, struct error *err)
{
    struct secret larger;
    size_t room = 2 * secret->capacity + 1;
    int result = secret_new(room < capacity ? room : capacity, &larger, err);
    if (result < 0) {
        return result;
    }
    memcpy(larger.ptr, secret->ptr, secret->len);
    larger.len = secret->len;
    secret_free(secret);
    *secret = larger;
    return 0;
}

/* Reads what is there now. Returns whether there may be more. */
static bool read_some(int fd, struct secret *secret, int *result, struct error *err)
{
    ssize_t got = read(fd, secret->ptr + secret->len, secret->capacity - secret->len);
    if (got < 0 && errno == EINTR) {
        return true;
    }
    if (got < 0) {
        *result = error_set_errno(err, "read a secret");
    } else {
        secret->len += (size_t)got;
    }
    return got > 0;
}

int secret_read(int fd, size_t capacity, struct secret *ret, struct error *err)
{
    /* A page at first: locked memory is scarce for users (64 kB in many containers). */
    const size_t first = (size_t)sysconf(_SC_PAGESIZE) - 1;
    struct secret secret;
    bool more = true;
    int result = secret_new(capacity < first ? capacity : first, &secret, err);
    if (result < 0) {
        return result;
    }
    while (result == 0 && more) {
        if (secret.len < secret.capacity) {
            more = read_some(fd, &secret, &result, err);
        } else if (secret.capacity < capacity) {
            result = grow(&secret, capacity, err);
        } else {
            more = false;
            result =
                has_more(fd) ? error_set(err, ERR_LIMIT, "longer than %zu bytes", capacity) : 0;
        }
    }
    if (result < 0) {
        secret_free(&secret);
        return result;
    }
    *ret = secret;
    return 0;
}

void secret_drop_line_end(struct secret *secret)
{
    if (secret->len > 0 && secret->ptr[secret->len - 1] == '\n') {
        secret->len--;
        if (secret->len > 0 && secret->ptr[secret->len - 1] == '\r') {
            secret->len--;
        }
    }
    secret->ptr[secret->len] = '\0';
}

void secret_wipe(void *bytes, size_t len)
{
    explicit_bzero(bytes, len);
}
