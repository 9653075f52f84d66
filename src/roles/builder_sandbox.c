#include "roles/builder_sandbox.h"

#include "feed/feed.h"
#include "process/sandbox.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>

/* Paths that may be read, ended by NULL; nothing beneath another. */
struct kept {
    char **paths;
    unsigned count, capacity;
};

static bool is_beneath(const char *path, const char *folder)
{
    size_t len = strlen(folder);
    return strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/* Keeps where a path really leads; one that is not there is left out. */
static void keep(struct kept *kept, const char *path)
{
    char *real = path != NULL ? realpath(path, NULL) : NULL;
    bool needed = real != NULL;
    for (unsigned i = 0; needed && i < kept->count; i++) {
        needed = !is_beneath(real, kept->paths[i]);
    }
    if (needed) {
        mem_reserve(kept->paths, kept->count, kept->capacity);
        kept->paths[kept->count++] = real;
    } else {
        free(real);
    }
}

/* The folders from the mirror's down to that of a file: each may be a link to somewhere else. */
static void keep_way(struct kept *kept, const char *from, const char *file)
{
    _cleanup_free_ char *path = mem_dup_text(file);
    size_t stop = strlen(from);
    for (char *end = path + stop; (end = strchr(end + 1, '/')) != NULL;) {
        *end = '\0';
        keep(kept, path);
        *end = '/';
    }
    keep(kept, path);
}

static int keep_feeds(struct kept *kept, const struct job *job, struct error *err)
{
    keep(kept, job->from);
    for (unsigned i = 0; i < feed_count; i++) {
        char **paths;
        unsigned count;
        int result = build_is_wanted(job, &feeds[i])
                         ? feed_files(&feeds[i], job->from, &paths, &count, err)
                         : 1;
        if (result < 0) {
            return result;
        }
        for (unsigned n = 0; result == 0 && n < count; n++) {
            keep_way(kept, job->from, paths[n]);
        }
        if (result == 0) {
            feed_files_free(paths, count);
        }
    }
    keep(kept, job->standing);
    keep(kept, job->old_path);
    keep(kept, "/proc/self/exe"); /* a file of another program is not folded into */
    return 0;
}

/* The folder in which the new file is made: beside what is there, or what the path leads to. NULL
 * when there is none. */
static char *find_target(const char *out)
{
    char *path = realpath(out, NULL);
    if (path == NULL) {
        path = mem_dup_text(out);
    }
    char *folder = realpath(dirname(path), NULL);
    free(path);
    return folder;
}

static int enter(struct kept *kept, const char *target, struct error *err)
{
    struct sandbox_state state;
    mem_reserve(kept->paths, kept->count, kept->capacity);
    kept->paths[kept->count] = NULL;
    const char *const write[] = {target, NULL};
    const struct sandbox_paths paths = {.read = (const char *const *)kept->paths, .write = write};
    return sandbox_enter(&sandbox_builder, &paths, true, &state, err);
}

int builder_shut_in(const struct job *job, struct error *err)
{
    _cleanup_free_ char *target = find_target(job->out);
    struct kept kept = {0};
    /* What is missing is told by those who need it. A sanitizer looks for leaks at the end by
     * tracing this process. */
    if (target == NULL || !file_exists(job->from) || sandbox_sanitized()) {
        return 0;
    }
    int result = keep_feeds(&kept, job, err);
    if (result == 0) {
        result = enter(&kept, target, err);
    }
    for (unsigned i = 0; i < kept.count; i++) {
        free(kept.paths[i]);
    }
    free(kept.paths);
    return result;
}
