#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "roles/download.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 1 << 20 };

/* Copies what source holds; the first bytes must be of the right kind. */
static int copy_bytes(int source, int into, const char *target, uint64_t *bytes, struct error *err)
{
    _cleanup_free_ char *chunk = mem_alloc(CHUNK);
    for (;;) {
        ssize_t got = read(source, chunk, CHUNK);
        if (got < 0 && errno == EINTR) {
            return error_set(err, ERR_INTERRUPTED, "stopped as asked");
        }
        if (got < 0) {
            return error_set_errno(err, "read");
        }
        const char *wrong =
            got > 0 && *bytes == 0 ? download_wrong_kind(target, chunk, (size_t)got) : NULL;
        if (wrong != NULL || (got == 0 && *bytes == 0)) {
            return error_set(err, ERR_FORMAT, "%s", wrong ? wrong : "the file is empty");
        }
        if (got == 0) {
            return 0;
        }
        if ((size_t)got > LIMIT_FEED_DOWNLOAD - *bytes) {
            return error_set(err, ERR_LIMIT, "larger than %zu bytes", LIMIT_FEED_DOWNLOAD);
        }
        int result = file_write_all(into, chunk, (size_t)got, err);
        if (result < 0) {
            return result;
        }
        *bytes += (uint64_t)got;
    }
}

static int copy_file(int source, const struct stat *info, const struct download_request *request,
                     struct download_result *result, struct error *err)
{
    struct file_replace replace = {.fd = -1};
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, info->st_mtim};
    _cleanup_free_ char *folder = mem_dup_text(request->target);
    int status = file_make_folders(dirname(folder), err);
    if (status == 0) {
        status = file_replace_begin(&replace, request->target, 0644, err);
    }
    if (status == 0) {
        status = copy_bytes(source, replace.fd, request->target, &result->bytes, err);
    }
    if (status == 0 && futimens(replace.fd, times) < 0) {
        status = error_set_errno(err, "set the time of the file");
    }
    if (status == 0 && request->check != NULL) {
        status = request->check(request->context, replace.temporary, err);
    }
    if (status == 0) {
        status = file_replace_commit(&replace, err);
    }
    file_replace_abort(&replace);
    return status;
}

static bool is_same(const struct stat *info, const char *target)
{
    struct stat here;
    return stat(target, &here) == 0 && here.st_size == info->st_size &&
           here.st_mtime == info->st_mtime;
}

enum download_state copy_get(const char *folder, const struct download_request *request,
                             struct download_result *ret_result, struct error *err)
{
    struct stat info;
    *ret_result = (struct download_result){0};
    _cleanup_free_ char *path = file_join(folder, request->path);
    int source = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (source < 0 || fstat(source, &info) < 0) {
        enum download_state state = errno == ENOENT ? DOWNLOAD_MISSING : DOWNLOAD_FAILED;
        error_set_errno(err, "open");
        return state;
    }
    enum download_state state = DOWNLOAD_SAME;
    if (!S_ISREG(info.st_mode)) {
        error_set(err, ERR_IO, "not a regular file");
        state = DOWNLOAD_FAILED;
    } else if (request->always || !is_same(&info, request->target)) {
        state =
            copy_file(source, &info, request, ret_result, err) < 0 ? DOWNLOAD_FAILED : DOWNLOAD_OK;
    }
    close(source);
    return state;
}
