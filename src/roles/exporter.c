/* The program `exporter`: inventories into a signed bundle. Standard input has a line
 * "NAME<tab>PATH" for each inventory; the bundle goes to standard output, the name of the signing
 * key to descriptor 3. usage: exporter KEY-FILE */
#include "base/arena.h"
#include "base/date.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "import/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_NAME_FD = 3, KEY_BYTES = 64 };

/* A key that others can read signs nothing. */
static int open_key(const char *path, int *ret_fd, struct error *err)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        return error_set_errno(err, "%s", path);
    }
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || (info.st_mode & 077) != 0 ||
        info.st_uid != geteuid()) {
        close(fd);
        return error_set(err, ERR_FORMAT,
                         "%s: the signing key must be a file that only you can read (mode 0600)",
                         path);
    }
    *ret_fd = fd;
    return 0;
}

/* Puts a new key where there is none; of two at once the first counts. */
static int make_key(const char *path, struct error *err)
{
    struct secret key;
    char temporary[4096];
    if (snprintf(temporary, sizeof temporary, "%s.%ld", path, (long)getpid()) >=
        (int)sizeof temporary) {
        return error_set(err, ERR_LIMIT, "%s: the path is too long", path);
    }
    int result = bundle_key_make(&key, err);
    if (result < 0) {
        return result;
    }
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    result =
        fd < 0 ? error_set_errno(err, "%s", temporary) : file_write_all(fd, key.ptr, key.len, err);
    if (fd >= 0 && result == 0 && fsync(fd) != 0) {
        result = error_set_errno(err, "%s", temporary);
    }
    if (fd >= 0) {
        close(fd);
    }
    if (result == 0 && link(temporary, path) != 0 && errno != EEXIST) {
        result = error_set_errno(err, "%s", path);
    }
    unlink(temporary);
    secret_free(&key);
    return result;
}

static int read_key(const char *path, struct secret *ret, struct error *err)
{
    int fd = -1, result = file_exists(path) ? 0 : make_key(path, err);
    result = result < 0 ? result : open_key(path, &fd, err);
    if (result == 0) {
        result = secret_read(fd, KEY_BYTES, ret, err);
        close(fd);
    }
    return result;
}

static int read_list(struct arena *arena, struct bundle_file **ret_files, unsigned *ret_count,
                     struct error *err)
{
    struct buf bytes;
    struct str rest, line, name;
    struct bundle_file *files = NULL;
    uint32_t count = 0, capacity = 0;
    buf_init(&bytes, LIMIT_INVENTORY);
    int result = file_read("-", &bytes, err);
    rest = buf_view(&bytes);
    while (result == 0 && str_next_line(&rest, &line)) {
        if (!str_split_byte(&line, '\t', &name) || name.len == 0 || line.len == 0 ||
            count >= LIMIT_IMPORT_SERVERS) {
            result = error_set(err, ERR_FORMAT, "not a line of name and path");
            break;
        }
        arena_reserve(arena, files, count, capacity);
        files[count++] = (struct bundle_file){arena_text(arena, name), arena_text(arena, line)};
    }
    buf_done(&bytes);
    *ret_files = files;
    *ret_count = count;
    return result;
}

static int run(const char *key_path, struct error *err)
{
    struct arena arena;
    struct secret key = {0};
    struct buf bundle;
    struct bundle_file *files;
    unsigned count;
    char name[BUNDLE_KEY_SIZE];
    arena_init(&arena);
    buf_init(&bundle, LIMIT_IMPORT);
    int result = read_list(&arena, &files, &count, err);
    result = result < 0 ? result : read_key(key_path, &key, err);
    result = result < 0 ? result : bundle_key_name(&key, name, err);
    result = result < 0 ? result : bundle_write(files, count, &key, time_now(), &bundle, err);
    secret_free(&key);
    result = result < 0 ? result : file_write_all(KEY_NAME_FD, name, strlen(name), err);
    result = result < 0 ? result : file_write_all(STDOUT_FILENO, bundle.data, bundle.len, err);
    buf_done(&bundle);
    arena_done(&arena);
    return result;
}

int main(int argc, char **argv)
{
    struct error err = ERROR_INIT;
    const struct rlimit no_core = {0, 0};
    char text[900];
    if (argc != 2) {
        fputs("usage: exporter KEY-FILE\n", stderr);
        return 2;
    }
    setrlimit(RLIMIT_CORE, &no_core);
    if (run(argv[1], &err) < 0) {
        fprintf(stderr, "assay: %s\n", error_text(&err, text, sizeof text));
        return 1;
    }
    return 0;
}
