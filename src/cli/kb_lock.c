#include "cli/kb_lock.h"

#include "base/file.h"
#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the lock ---- */

static char *lock_path(const char *path)
{
    /* One file may have several names. */
    _cleanup_free_ char *real = realpath(path, NULL);
    const char *named = real != NULL ? real : path;
    size_t size = strlen(named) + sizeof ".lock";
    char *text = mem_alloc(size);
    snprintf(text, size, "%s.lock", named);
    return text;
}

static int wait_for(struct kb_roles *roles, const char *path, int fd, struct error *err)
{
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        return 0;
    }
    struct buf text;
    buf_init(&text, 8192);
    buf_printf(&text, "another `assay kb update` or `assay kb build` is at work on %s", path);
    kb_say(roles, "wait", buf_text(&text));
    buf_done(&text);
    while (flock(fd, LOCK_EX) < 0) {
        if (errno != EINTR) {
            return error_set_errno(err, "%s: wait for its lock", path);
        }
    }
    return 0;
}

/* Who had it before has removed the file: the lock is on another one now. */
static bool is_gone(int fd, const char *path)
{
    struct stat ours, there;
    return fstat(fd, &ours) < 0 || stat(path, &there) < 0 || ours.st_ino != there.st_ino ||
           ours.st_dev != there.st_dev;
}

int kb_lock_take(struct kb_roles *roles, const char *path, struct kb_lock *ret_lock,
                 struct error *err)
{
    *ret_lock = (struct kb_lock){.path = lock_path(path), .fd = -1};
    for (;;) {
        int fd = open(ret_lock->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0) {
            free(ret_lock->path);
            ret_lock->path = NULL;
            return 0;
        }
        int result = wait_for(roles, path, fd, err);
        if (result == 0 && !is_gone(fd, ret_lock->path)) {
            ret_lock->fd = fd;
            return 0;
        }
        close(fd);
        if (result < 0) {
            return result;
        }
    }
}

void kb_lock_give(struct kb_lock *lock)
{
    if (lock->fd >= 0) {
        unlink(lock->path);
        close(lock->fd);
    }
    free(lock->path);
    *lock = (struct kb_lock){.fd = -1};
}

/* ---- what was left ---- */

/* The six characters that mkstemp makes up. Nobody's own word is meant by them: those are of small
 * letters alone, and days of digits alone. */
static bool is_made_up(const char *ending)
{
    bool digit = false, letter = false, capital = false;
    for (const char *at = ending; *at != '\0'; at++) {
        digit = digit || str_is_digit(*at);
        capital = capital || (*at >= 'A' && *at <= 'Z');
        letter = letter || (*at >= 'a' && *at <= 'z');
        if (!str_is_digit(*at) && !(*at >= 'A' && *at <= 'Z') && !(*at >= 'a' && *at <= 'z')) {
            return false;
        }
    }
    return strlen(ending) == 6 && digit + letter + capital > 1;
}

void kb_remove_leftovers(const char *path)
{
    _cleanup_free_ char *copy = mem_dup_text(path), *other = mem_dup_text(path);
    const char *name = basename(other);
    size_t len = strlen(name);
    DIR *folder = opendir(dirname(copy));
    struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (strncmp(entry->d_name, name, len) == 0 && entry->d_name[len] == '.' &&
            is_made_up(entry->d_name + len + 1)) {
            unlinkat(dirfd(folder), entry->d_name, 0);
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
}

static int remove_leftover(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    const char *dot = strrchr(path + where->base, '.');
    (void)info;
    if (kind == FTW_F && dot != NULL && dot > path + where->base && is_made_up(dot + 1)) {
        unlink(path);
    }
    return 0;
}

void kb_remove_leftovers_below(const char *folder)
{
    nftw(folder, remove_leftover, 16, FTW_PHYS | FTW_MOUNT);
}
