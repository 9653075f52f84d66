#include "process/kept_paths.h"

#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_beneath(const char *path, const char *folder)
{
    size_t len = strlen(folder);
    return strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

void kept_paths_add(struct kept_paths *kept, const char *path)
{
    char *real = path != NULL ? realpath(path, NULL) : NULL;
    bool needed = real != NULL;
    for (unsigned i = 0; needed && i < kept->count; i++) {
        needed = !is_beneath(real, kept->paths[i]);
    }
    if (needed) {
        if (kept->count + 2 > kept->capacity) {
            kept->capacity = kept->capacity * 2 + 16;
            kept->paths = mem_grow(kept->paths, kept->capacity, sizeof *kept->paths);
        }
        kept->paths[kept->count++] = real;
        kept->paths[kept->count] = NULL;
    } else {
        free(real);
    }
}

void kept_paths_add_way(struct kept_paths *kept, const char *from, const char *file)
{
    _cleanup_free_ char *path = mem_dup_text(file);
    for (char *end = path + strlen(from); (end = strchr(end + 1, '/')) != NULL;) {
        *end = '\0';
        kept_paths_add(kept, path);
        *end = '/';
    }
    kept_paths_add(kept, path);
}

const char *const *kept_paths_view(const struct kept_paths *kept)
{
    return (const char *const *)kept->paths;
}

void kept_paths_done(struct kept_paths *kept)
{
    for (unsigned i = 0; i < kept->count; i++) {
        free(kept->paths[i]);
    }
    free(kept->paths);
    *kept = (struct kept_paths){0};
}
