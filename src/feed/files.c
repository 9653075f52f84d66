#include "base/file.h"
#include "base/memory.h"
#include "feed/feed.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct path_list {
    char **items;
    unsigned count, capacity;
};

static void add_path(struct path_list *list, char *path)
{
    mem_reserve(list->items, list->count, list->capacity);
    list->items[list->count++] = path;
}

static bool is_kind(const char *path, bool folder)
{
    struct stat info;
    return stat(path, &info) == 0 && (folder ? S_ISDIR(info.st_mode) : S_ISREG(info.st_mode));
}

/* Adds the entries of folder that match one segment of the pattern. */
static int match_segment(const char *folder, struct str segment, bool last, struct path_list *into,
                         struct error *err)
{
    DIR *stream = opendir(folder);
    if (stream == NULL) {
        return errno == ENOENT || errno == ENOTDIR ? 0 : error_set_errno(err, "%s", folder);
    }
    struct dirent *entry;
    while ((entry = readdir(stream)) != NULL) {
        if (entry->d_name[0] == '.' || !str_glob(segment, str_from(entry->d_name))) {
            continue;
        }
        char *path = file_join(folder, entry->d_name);
        if (is_kind(path, !last)) {
            add_path(into, path);
        } else {
            free(path);
        }
    }
    closedir(stream);
    return 0;
}

/* A segment without `*` is taken as it is: the folder need not be readable. */
static int expand_segment(const char *folder, struct str segment, bool last, struct path_list *into,
                          struct error *err)
{
    if (str_find_byte(segment, '*') != SIZE_MAX) {
        return match_segment(folder, segment, last, into, err);
    }
    _cleanup_free_ char *name = mem_alloc(segment.len + 1);
    memcpy(name, segment.ptr, segment.len);
    name[segment.len] = '\0';
    char *path = file_join(folder, name);
    if (is_kind(path, !last)) {
        add_path(into, path);
    } else {
        free(path);
    }
    return 0;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int expand_pattern(const char *pattern, const char *folder, struct path_list *ret_found,
                          struct error *err)
{
    struct path_list found = {0};
    struct str rest = str_from(pattern), segment;
    int result = 0;
    add_path(&found, mem_dup_text(folder));
    while (result == 0 && str_split_byte(&rest, '/', &segment)) {
        struct path_list next = {0};
        for (unsigned i = 0; result == 0 && i < found.count; i++) {
            result = expand_segment(found.items[i], segment, rest.ptr == NULL, &next, err);
        }
        feed_files_free(found.items, found.count);
        found = next;
    }
    if (result < 0) {
        feed_files_free(found.items, found.count);
        return result;
    }
    *ret_found = found;
    return 0;
}

static int add_files(const char *pattern, const char *folder, struct path_list *into,
                     struct error *err)
{
    struct path_list found = {0};
    int result = expand_pattern(pattern, folder, &found, err);
    if (result < 0) {
        return result;
    }
    if (found.count > 1) {
        qsort(found.items, found.count, sizeof *found.items, compare_paths);
    }
    for (unsigned i = 0; i < found.count; i++) {
        add_path(into, found.items[i]);
    }
    free(found.items);
    return 0;
}

int feed_files(const struct feed *feed, const char *folder, char ***ret_paths, unsigned *ret_count,
               struct error *err)
{
    struct path_list found = {0};
    int result = add_files(feed->pattern, folder, &found, err);
    if (result == 0 && found.count == 0 && feed->folder != NULL) {
        result = add_files(feed->folder, folder, &found, err);
    }
    for (unsigned i = 0; result == 0 && feed->changes != NULL && feed->changes[i] != NULL; i++) {
        result = add_files(feed->changes[i], folder, &found, err);
    }
    if (result < 0) {
        feed_files_free(found.items, found.count);
        return result;
    }
    *ret_paths = found.items;
    *ret_count = found.count;
    return 0;
}

void feed_files_free(char **paths, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        free(paths[i]);
    }
    free(paths);
}
