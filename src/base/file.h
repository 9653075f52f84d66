/*
 * Files: read whole under a ceiling, map for reading, replace so that a reader sees the
 * old or the new file and never a part.
 */
#ifndef ASSAY_BASE_FILE_H
#define ASSAY_BASE_FILE_H

#include "base/buf.h"
#include "base/error.h"

/* file_open opens a regular file for reading, or what a link to one leads to; close it. What
 * else stands there is refused without waiting for anybody: a pipe nobody writes to, a device, a
 * folder. Close-on-exec. Negative code with err. */
int file_open(const char *path, struct error *err);

/* file_read appends the whole file to out. ERR_LIMIT when it does not fit out's ceiling.
 * path "-" reads standard input; else it is file_open's. */
int file_read(const char *path, struct buf *out, struct error *err);
/* file_open_given is file_open of what the user named, which may be a pipe or a device too. A pipe
 * that nobody has opened to write is waited for 10 seconds, one that somebody has as long as it
 * takes. file_read_given is file_read so. */
int file_open_given(const char *path, struct error *err);
int file_read_given(const char *path, struct buf *out, struct error *err);

/* A read-only mapping. A file of length 0 maps to (NULL, 0). */
struct file_map {
    const unsigned char *bytes;
    size_t len;
};

int file_map(const char *path, struct file_map *ret_map, struct error *err);
void file_unmap(struct file_map *map);

/* A file being replaced: bytes go to a temporary file beside it, which file_replace_commit
 * syncs and renames over the target, directory synced too. file_replace_abort (also safe
 * after commit) removes what is left. The new file has mode & ~umask. A link stays and what
 * it leads to is replaced; what is there and no regular file is refused. */
struct file_replace {
    int fd; /* write here; -1 when there is nothing to do */
    char *path;
    char *temporary;
    bool nameless; /* it has no name yet, so that nothing stays when the program is killed */
};

int file_replace_begin(struct file_replace *replace, const char *path, unsigned mode,
                       struct error *err);
/* file_replace_begin_nameless makes the file without a name where the file system can, so that
 * nothing is left when the program is killed; temporary is not to be used then. */
int file_replace_begin_nameless(struct file_replace *replace, const char *path, unsigned mode,
                                struct error *err);
int file_replace_commit(struct file_replace *replace, struct error *err);
void file_replace_abort(struct file_replace *replace);

/* file_write_all writes len bytes to fd, going on after short writes and signals. */
int file_write_all(int fd, const void *bytes, size_t len, struct error *err);
/* file_write replaces the file at path by the bytes; ERR_IO where there is no regular file. */
int file_write(const char *path, unsigned mode, struct str bytes, struct error *err);
/* file_write_given is file_write to where the user said: into a device or a pipe it writes them. */
int file_write_given(const char *path, unsigned mode, struct str bytes, struct error *err);

/* file_rename puts the file from (synced already) in the place of to, their folder synced. */
int file_rename(const char *from, const char *to, struct error *err);

/* file_make_folders makes the folder and every missing one above it (mode 0755 & ~umask). */
int file_make_folders(const char *path, struct error *err);
/* file_exists says whether something is there; also of a link that leads to itself. */
bool file_exists(const char *path);
/* file_join returns "FOLDER/NAME"; free() it. */
char *file_join(const char *folder, const char *name);

#endif
