#include "roles/builder_sandbox.h"

#include "feed/feed.h"
#include "process/kept_paths.h"
#include "process/sandbox.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>

static int keep_feeds(struct kept_paths *kept, const struct job *job, struct error *err)
{
    kept_paths_add(kept, job->from);
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
            kept_paths_add_way(kept, job->from, paths[n]);
        }
        if (result == 0) {
            feed_files_free(paths, count);
        }
    }
    kept_paths_add(kept, job->standing);
    kept_paths_add(kept, job->old_path);
    kept_paths_add(kept, "/proc/self/exe"); /* a file of another program is not folded into */
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

static int enter(struct kept_paths *kept, const char *target, struct error *err)
{
    struct sandbox_state state;
    const char *const write[] = {target, NULL};
    const struct sandbox_paths paths = {.read = kept_paths_view(kept), .write = write};
    return sandbox_enter(&sandbox_builder, &paths, true, &state, err);
}

int builder_shut_in(const struct job *job, struct error *err)
{
    _cleanup_free_ char *target = find_target(job->out);
    struct kept_paths kept = {0};
    /* What is missing is told by those who need it. A sanitizer looks for leaks at the end by
     * tracing this process. */
    if (target == NULL || !file_exists(job->from) || sandbox_sanitized()) {
        return 0;
    }
    int result = keep_feeds(&kept, job, err);
    if (result == 0) {
        result = enter(&kept, target, err);
    }
    kept_paths_done(&kept);
    return result;
}
