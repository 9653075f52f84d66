#include "base/file.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* So long a named pipe is waited for that nobody has opened to write. */
enum { WRITER_SECONDS = 10 };

static int read_all(int fd, const char *path, struct buf *out, struct error *err)
{
    for (;;) {
        size_t room = out->ceiling - out->len;
        size_t chunk = room < 65536 ? room : 65536;
        if (chunk == 0) {
            char probe;
            ssize_t more = read(fd, &probe, 1);
            if (more == 0) {
                return 0;
            }
            return error_set(err, ERR_LIMIT, "%s: larger than the %zu bytes that are read", path,
                             out->ceiling);
        }
        char *at = buf_reserve(out, chunk);
        if (at == NULL) {
            return error_set(err, ERR_LIMIT, "%s: too large", path);
        }
        ssize_t got = read(fd, at, chunk);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return error_set_errno(err, "%s", path);
        }
        at[got] = '\0';
        if (got == 0) {
            return 0;
        }
        out->len += (size_t)got;
    }
}

int file_open(const char *path, struct error *err)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return error_set_errno(err, "%s", path);
    }
    if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)) {
        close(fd);
        return error_set(err, ERR_IO, "%s: not a regular file", path);
    }
    return fd;
}

static int read_opened(int fd, const char *path, struct buf *out, struct error *err)
{
    int result = fd < 0 ? fd : read_all(fd, path, out, err);
    if (fd >= 0) {
        close(fd);
    }
    return result;
}

int file_read(const char *path, struct buf *out, struct error *err)
{
    return strcmp(path, "-") == 0 ? read_all(STDIN_FILENO, "standard input", out, err)
                                  : read_opened(file_open(path, err), path, out, err);
}

/* Looks into an empty pipe without taking anything: tee(2) tells one with writers by EAGAIN. */
static bool has_writer(int fd)
{
    int scratch[2];
    if (pipe2(scratch, O_CLOEXEC) < 0) {
        return true;
    }
    bool has = tee(fd, scratch[1], 1, SPLICE_F_NONBLOCK) != 0;
    close(scratch[0]);
    close(scratch[1]);
    return has;
}

/* Somebody who writes into a named pipe waits for a reader first, so that both come in any order.
 */
static bool is_served(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    for (int waited = 0; waited < WRITER_SECONDS * 1000; waited += 50) {
        if (poll(&wait, 1, 50) > 0 || has_writer(fd)) {
            return true;
        }
    }
    return false;
}

int file_open_given(const char *path, struct error *err)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        return error_set_errno(err, "%s", path);
    }
    if (fstat(fd, &info) == 0 && S_ISFIFO(info.st_mode) && !is_served(fd)) {
        close(fd);
        return error_set(err, ERR_TIMEOUT, "%s: a pipe that nobody writes to", path);
    }
    if (fcntl(fd, F_SETFL, 0) < 0) {
        close(fd);
        return error_set_errno(err, "%s", path);
    }
    return fd;
}

int file_read_given(const char *path, struct buf *out, struct error *err)
{
    return strcmp(path, "-") == 0 ? file_read(path, out, err)
                                  : read_opened(file_open_given(path, err), path, out, err);
}

int file_map(const char *path, struct file_map *ret_map, struct error *err)
{
    struct stat info;
    int fd = file_open(path, err);
    if (fd < 0) {
        return fd;
    }
    if (fstat(fd, &info) < 0) {
        close(fd);
        return error_set_errno(err, "%s", path);
    }
    if (info.st_size == 0) {
        close(fd);
        *ret_map = (struct file_map){NULL, 0};
        return 0;
    }
    void *bytes = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (bytes == MAP_FAILED) {
        return error_set_errno(err, "%s: map", path);
    }
    *ret_map = (struct file_map){bytes, (size_t)info.st_size};
    return 0;
}

void file_unmap(struct file_map *map)
{
    if (map->bytes != NULL) {
        munmap((void *)map->bytes, map->len);
    }
    *map = (struct file_map){NULL, 0};
}

/* The mode of a new file; the mask of the process can only be read by setting it. */
static mode_t masked(unsigned mode)
{
    mode_t mask = umask(0);
    umask(mask);
    return (mode_t)mode & ~mask;
}

/* What a link leads to, so that the link stays: a link to a file as well as /dev/stdout. */
static char *resolve_link(const char *path)
{
    struct stat info;
    char *resolved = NULL;
    if (lstat(path, &info) == 0 && S_ISLNK(info.st_mode)) {
        resolved = realpath(path, NULL);
    }
    return resolved != NULL ? resolved : mem_dup_text(path);
}

/* A file that is gone with its last descriptor, in the folder of path; -1 where the file system
 * has no such thing, or nothing could give it a name later. */
static int open_nameless(const char *path)
{
    _cleanup_free_ char *copy = mem_dup_text(path);
    return access("/proc/self/fd", X_OK) == 0
               ? open(dirname(copy), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)
               : -1;
}

static int begin_replace(struct file_replace *replace, const char *path, unsigned mode,
                         bool nameless, struct error *err)
{
    struct stat info;
    *replace = (struct file_replace){.fd = -1};
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) {
        return error_set(err, ERR_IO, "%s: not a regular file", path);
    }
    replace->path = resolve_link(path);
    size_t size = strlen(replace->path) + 16;
    replace->temporary = mem_alloc(size);
    snprintf(replace->temporary, size, "%s.XXXXXX", replace->path);
    replace->fd = nameless ? open_nameless(replace->path) : -1;
    replace->nameless = replace->fd >= 0;
    if (!replace->nameless) {
        replace->fd = mkostemp(replace->temporary, O_CLOEXEC);
    }
    if (replace->fd < 0) {
        free(replace->temporary);
        replace->temporary = NULL;
    }
    if (replace->fd < 0 || fchmod(replace->fd, masked(mode)) < 0) {
        int result = error_set_errno(err, "%s: make a file beside it", path);
        file_replace_abort(replace);
        return result;
    }
    return 0;
}

int file_replace_begin(struct file_replace *replace, const char *path, unsigned mode,
                       struct error *err)
{
    return begin_replace(replace, path, mode, false, err);
}

int file_replace_begin_nameless(struct file_replace *replace, const char *path, unsigned mode,
                                struct error *err)
{
    return begin_replace(replace, path, mode, true, err);
}

/* Gives a file without a name its temporary one: another than any other that is there. */
static int name_file(struct file_replace *replace)
{
    char source[64];
    snprintf(source, sizeof source, "/proc/self/fd/%d", replace->fd);
    for (unsigned tries = 0; tries < 100; tries++) {
        char *ending = replace->temporary + strlen(replace->path) + 1;
        snprintf(ending, 7, "%06x", (unsigned)(getpid() * 100u + tries) & 0xffffffu);
        if (linkat(AT_FDCWD, source, AT_FDCWD, replace->temporary, AT_SYMLINK_FOLLOW) == 0) {
            replace->nameless = false;
            return 0;
        }
        if (errno != EEXIST) {
            break;
        }
    }
    return -1;
}

static int sync_folder_of(const char *path, struct error *err)
{
    _cleanup_free_ char *copy = mem_dup_text(path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return error_set_errno(err, "%s: open its folder", path);
    }
    /* Some file systems cannot sync a folder; the rename is then as safe as they make it. */
    int result = fsync(fd) < 0 && errno != EINVAL && errno != EBADF
                     ? error_set_errno(err, "%s: sync its folder", path)
                     : 0;
    close(fd);
    return result;
}

int file_rename(const char *from, const char *to, struct error *err)
{
    if (rename(from, to) < 0) {
        return error_set_errno(err, "%s: rename to %s", from, to);
    }
    return sync_folder_of(to, err);
}

int file_replace_commit(struct file_replace *replace, struct error *err)
{
    int result = 0;
    if (fsync(replace->fd) < 0) {
        result = error_set_errno(err, "%s: sync", replace->path);
    } else if (replace->nameless && name_file(replace) < 0) {
        result = error_set_errno(err, "%s: make a file beside it", replace->path);
    } else if (rename(replace->temporary, replace->path) < 0) {
        result = error_set_errno(err, "%s: rename", replace->path);
    } else {
        free(replace->temporary);
        replace->temporary = NULL;
        result = sync_folder_of(replace->path, err);
    }
    file_replace_abort(replace);
    return result;
}

void file_replace_abort(struct file_replace *replace)
{
    if (replace->fd >= 0) {
        close(replace->fd);
    }
    if (replace->temporary != NULL && !replace->nameless) {
        unlink(replace->temporary);
    }
    free(replace->temporary);
    free(replace->path);
    *replace = (struct file_replace){.fd = -1};
}

int file_write_all(int fd, const void *bytes, size_t len, struct error *err)
{
    const char *at = bytes;
    while (len > 0) {
        ssize_t wrote = write(fd, at, len);
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote <= 0) {
            return error_set_errno(err, "write");
        }
        at += wrote;
        len -= (size_t)wrote;
    }
    return 0;
}

/* A terminal, a pipe or another device, which can be written to but never replaced. */
static bool is_device(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

static int write_device(const char *path, struct str bytes, struct error *err)
{
    int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) {
        return error_set_errno(err, "%s", path);
    }
    int result = file_write_all(fd, bytes.ptr, bytes.len, err);
    close(fd);
    error_add_where(err, path);
    return result;
}

int file_write(const char *path, unsigned mode, struct str bytes, struct error *err)
{
    struct file_replace replace;
    int result = file_replace_begin(&replace, path, mode, err);
    if (result < 0) {
        return result;
    }
    result = file_write_all(replace.fd, bytes.ptr, bytes.len, err);
    if (result < 0) {
        file_replace_abort(&replace);
        return error_add_where(err, path), result;
    }
    return file_replace_commit(&replace, err);
}

int file_write_given(const char *path, unsigned mode, struct str bytes, struct error *err)
{
    return is_device(path) ? write_device(path, bytes, err) : file_write(path, mode, bytes, err);
}

int file_make_folders(const char *path, struct error *err)
{
    _cleanup_free_ char *copy = mem_dup_text(path);
    for (char *slash = copy; slash != NULL;) {
        slash = strchr(slash + 1, '/');
        if (slash != NULL) {
            *slash = '\0';
        }
        if (mkdir(copy, 0755) < 0 && errno != EEXIST) {
            return error_set_errno(err, "%s: make the folder", copy);
        }
        if (slash != NULL) {
            *slash = '/';
        }
    }
    return 0;
}

bool file_exists(const char *path)
{
    /* A link to itself is told by who opens it. */
    return access(path, F_OK) == 0 || errno == ELOOP;
}

char *file_join(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = mem_alloc(size);
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}
