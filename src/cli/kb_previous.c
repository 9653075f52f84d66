#include "cli/kb_previous.h"

#include "base/date.h"
#include "base/file.h"
#include "base/memory.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void kb_previous_init(struct kb_previous *previous, const char *folder)
{
    size_t size = strlen(folder) + sizeof ".previous";
    *previous = (struct kb_previous){.folder = folder, .kept = mem_alloc(size)};
    snprintf(previous->kept, size, "%s.previous", folder);
}

void kb_previous_done(struct kb_previous *previous)
{
    free(previous->kept);
}

/* ---- files ---- */

/* The part of a path behind one folder, in another. */
static char *move_path(const char *path, const char *from, const char *to)
{
    return file_join(to, path + strlen(from) + 1);
}

static bool is_same_file(const char *a, const char *b)
{
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

/* Gives the file from the name to as well, in the place of what has it. */
static int link_over(const char *from, const char *to, struct error *err)
{
    char temporary[4200];
    _cleanup_free_ char *copy = mem_dup_text(to);
    if (is_same_file(from, to)) {
        return 0;
    }
    int result = file_make_folders(dirname(copy), err);
    if (result < 0) {
        return result;
    }
    if ((size_t)snprintf(temporary, sizeof temporary, "%s.link", to) >= sizeof temporary) {
        return error_set(err, ERR_LIMIT, "%s: too long", to);
    }
    unlink(temporary);
    if (link(from, temporary) < 0 || rename(temporary, to) < 0) {
        result = error_set_errno(err, "%s", to);
        unlink(temporary);
    }
    return result;
}

/* A .meta file describes a download that is no longer there. */
static void remove_meta(const char *path)
{
    char beside[4200];
    struct str stem = str_from(path);
    if (str_ends(stem, STR(".json.gz"))) {
        snprintf(beside, sizeof beside, "%.*s.meta", (int)(stem.len - strlen(".json.gz")), path);
        unlink(beside);
    }
}

/* ---- taking back ---- */

static unsigned count_files(const struct feed *feed, const char *folder)
{
    char **paths;
    unsigned count = 0;
    if (feed_files(feed, folder, &paths, &count, NULL) < 0) {
        return 0;
    }
    feed_files_free(paths, count);
    return count;
}

/* Whether the standing file has a feed of which nothing was kept. */
static bool would_lose(const struct kb_previous *previous, const struct kb_refused *refused,
                       const struct knowledge *standing)
{
    struct knowledge_feed known;
    return standing != NULL &&
           knowledge_find_feed(standing, str_from(refused->feed->name), &known) && known.present &&
           count_files(refused->feed, previous->kept) == 0;
}

static bool restore_file(const struct kb_previous *previous, const char *path)
{
    struct error ignored = ERROR_INIT;
    _cleanup_free_ char *kept = move_path(path, previous->folder, previous->kept);
    bool restored = file_exists(kept) && link_over(kept, path, &ignored) == 0;
    if (!restored) {
        unlink(path);
    }
    remove_meta(path);
    return restored;
}

/* All files of a feed: those that are there go, those before come back. */
static bool restore_feed(const struct kb_previous *previous, const struct feed *feed)
{
    char **paths;
    unsigned count, restored = 0;
    if (feed_files(feed, previous->folder, &paths, &count, NULL) == 0) {
        for (unsigned i = 0; i < count; i++) {
            unlink(paths[i]);
            remove_meta(paths[i]);
        }
        feed_files_free(paths, count);
    }
    if (feed_files(feed, previous->kept, &paths, &count, NULL) == 0) {
        for (unsigned i = 0; i < count; i++) {
            _cleanup_free_ char *path = move_path(paths[i], previous->kept, previous->folder);
            restored += restore_file(previous, path);
        }
        feed_files_free(paths, count);
    }
    return restored > 0;
}

/* A file that cannot be read is told from a feed that cannot be trusted by its path. */
static bool is_file_of(const struct kb_previous *previous, const struct kb_refused *refused)
{
    size_t len = strlen(previous->folder);
    return refused->path[0] != '\0' && strncmp(refused->path, previous->folder, len) == 0 &&
           refused->path[len] == '/';
}

/* Of which day what was kept is: a file's own, a feed's newest record. DATE_NONE: not known. */
static int32_t kept_date(const struct kb_refused *refused, bool is_file,
                         const struct knowledge *standing)
{
    struct knowledge_feed known;
    struct stat info;
    if (is_file) {
        return stat(refused->path, &info) == 0 ? time_to_date(info.st_mtime) : DATE_NONE;
    }
    bool found =
        standing != NULL && knowledge_find_feed(standing, str_from(refused->feed->name), &known);
    return found ? time_to_date(known.newest) : DATE_NONE;
}

static void restore(const struct kb_previous *previous, struct kb_refused *refused,
                    const struct knowledge *standing)
{
    char date[DATE_SIZE], done[64] = "left out";
    bool is_file = is_file_of(previous, refused);
    bool restored =
        is_file ? restore_file(previous, refused->path) : restore_feed(previous, refused->feed);
    if (restored) {
        int32_t day = kept_date(refused, is_file, standing);
        snprintf(done, sizeof done, "kept data of %s",
                 day == DATE_NONE ? "before" : date_format(day, date));
    }
    size_t used = strlen(refused->reason);
    snprintf(refused->reason + used, sizeof refused->reason - used, "; %s", done);
    cli_warn("%s: refused, %s", refused->feed->label, done);
}

bool kb_previous_restore(const struct kb_previous *previous, struct kb_roles *roles,
                         const struct knowledge *standing)
{
    for (unsigned i = 0; i < roles->refused_count; i++) {
        if (would_lose(previous, &roles->refused[i], standing)) {
            return false;
        }
    }
    for (unsigned i = 0; i < roles->refused_count; i++) {
        restore(previous, &roles->refused[i], standing);
    }
    return roles->refused_count > 0;
}

/* ---- keeping ---- */

static bool is_refused(const struct kb_roles *roles, const struct feed *feed)
{
    for (unsigned i = 0; i < roles->refused_count; i++) {
        if (roles->refused[i].feed == feed) {
            return true;
        }
    }
    return false;
}

/* Files that are no longer among the downloads. */
static void drop_others(const struct kb_previous *previous, const struct feed *feed)
{
    char **paths;
    unsigned count;
    if (feed_files(feed, previous->kept, &paths, &count, NULL) < 0) {
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        _cleanup_free_ char *path = move_path(paths[i], previous->kept, previous->folder);
        if (!file_exists(path)) {
            unlink(paths[i]);
        }
    }
    feed_files_free(paths, count);
}

static int keep_feed(const struct kb_previous *previous, const struct feed *feed, struct error *err)
{
    char **paths;
    unsigned count;
    int result = feed_files(feed, previous->folder, &paths, &count, err);
    if (result < 0) {
        return result;
    }
    for (unsigned i = 0; result == 0 && i < count; i++) {
        _cleanup_free_ char *kept = move_path(paths[i], previous->folder, previous->kept);
        result = link_over(paths[i], kept, err);
    }
    feed_files_free(paths, count);
    if (result == 0) {
        drop_others(previous, feed);
    }
    return result;
}

int kb_previous_keep(const struct kb_previous *previous, const struct kb_roles *roles,
                     struct error *err)
{
    int result = 0;
    for (unsigned i = 0; result == 0 && i < feed_count; i++) {
        if (!is_refused(roles, &feeds[i])) {
            result = keep_feed(previous, &feeds[i], err);
        }
    }
    return result;
}
