/*
 * What is known of the files of a download folder: where each came from, its ETag, when it was
 * last asked for. Kept as fetched.tsv in the folder, a line a file:
 *
 *     PATH<TAB>CHECKED<TAB>SIZE<TAB>MTIME<TAB>SOURCE<TAB>ETAG      (times in seconds)
 */
#ifndef ASSAY_ROLES_FETCHED_H
#define ASSAY_ROLES_FETCHED_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct fetched_file {
    char *path, *source, *etag;
    int64_t checked, mtime;
    uint64_t size;
};

struct fetched {
    char *file;
    struct fetched_file *files;
    unsigned count, capacity;
};

/* fetched_read reads what is known of folder; lines that are not understood are forgotten. */
void fetched_read(const char *folder, struct fetched *ret);
/* fetched_parse adds what the lines of text say; the ones that are not understood are left out. */
void fetched_parse(struct str text, struct fetched *fetched);
void fetched_done(struct fetched *fetched);
/* fetched_find returns what is known of path in target, from source; NULL when nothing is, or
 * when target is no longer the file that came from there. */
const struct fetched_file *fetched_find(const struct fetched *fetched, const char *path,
                                        const char *target, const char *source);
/* fetched_note remembers that target was found to be up to date now. */
void fetched_note(struct fetched *fetched, const char *path, const char *target, const char *source,
                  const char *etag, int64_t now);
int fetched_write(const struct fetched *fetched, struct error *err);

#endif
