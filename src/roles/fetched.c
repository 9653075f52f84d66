#include "roles/fetched.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FIELDS = 6 };

static char *dup_str(struct str text)
{
    char *copy = mem_alloc(text.len + 1);
    memcpy(copy, text.len ? text.ptr : "", text.len);
    copy[text.len] = '\0';
    return copy;
}

static void read_line(struct fetched *fetched, struct str line)
{
    struct str fields[FIELDS];
    uint64_t checked, size, mtime;
    unsigned count = 0;
    while (count < FIELDS && str_split_byte(&line, '\t', &fields[count])) {
        count++;
    }
    if (count < FIELDS || !str_to_u64(fields[1], &checked) || !str_to_u64(fields[2], &size) ||
        !str_to_u64(fields[3], &mtime) || checked > INT64_MAX || mtime > INT64_MAX) {
        return;
    }
    mem_reserve(fetched->files, fetched->count, fetched->capacity);
    fetched->files[fetched->count++] = (struct fetched_file){.path = dup_str(fields[0]),
                                                             .source = dup_str(fields[4]),
                                                             .etag = dup_str(fields[5]),
                                                             .checked = (int64_t)checked,
                                                             .size = size,
                                                             .mtime = (int64_t)mtime};
}

void fetched_parse(struct str text, struct fetched *fetched)
{
    struct str line;
    while (str_next_line(&text, &line)) {
        read_line(fetched, line);
    }
}

void fetched_read(const char *folder, struct fetched *ret)
{
    struct buf text;
    *ret = (struct fetched){.file = file_join(folder, "fetched.tsv")};
    buf_init(&text, LIMIT_SHARE_TABLE);
    if (file_read(ret->file, &text, NULL) == 0) {
        fetched_parse(buf_view(&text), ret);
    }
    buf_done(&text);
}

static void free_file(struct fetched_file *file)
{
    free(file->path);
    free(file->source);
    free(file->etag);
}

void fetched_done(struct fetched *fetched)
{
    for (unsigned i = 0; i < fetched->count; i++) {
        free_file(&fetched->files[i]);
    }
    free(fetched->files);
    free(fetched->file);
    *fetched = (struct fetched){0};
}

static struct fetched_file *find_path(const struct fetched *fetched, const char *path)
{
    for (unsigned i = 0; i < fetched->count; i++) {
        if (strcmp(fetched->files[i].path, path) == 0) {
            return &fetched->files[i];
        }
    }
    return NULL;
}

const struct fetched_file *fetched_find(const struct fetched *fetched, const char *path,
                                        const char *target, const char *source)
{
    const struct fetched_file *file = find_path(fetched, path);
    struct stat info;
    bool is_it = file != NULL && strcmp(file->source, source) == 0 && stat(target, &info) == 0 &&
                 (uint64_t)info.st_size == file->size && info.st_mtime == file->mtime;
    return is_it ? file : NULL;
}

void fetched_note(struct fetched *fetched, const char *path, const char *target, const char *source,
                  const char *etag, int64_t now)
{
    struct stat info;
    if (stat(target, &info) < 0) {
        return;
    }
    struct fetched_file *file = find_path(fetched, path);
    struct fetched_file noted = {.path = mem_dup_text(path),
                                 .source = mem_dup_text(source),
                                 .etag = mem_dup_text(etag),
                                 .checked = now,
                                 .size = (uint64_t)info.st_size,
                                 .mtime = info.st_mtime};
    if (file != NULL) {
        free_file(file);
        *file = noted;
        return;
    }
    mem_reserve(fetched->files, fetched->count, fetched->capacity);
    fetched->files[fetched->count++] = noted;
}

int fetched_write(const struct fetched *fetched, struct error *err)
{
    struct buf text;
    buf_init(&text, LIMIT_SHARE_TABLE);
    for (unsigned i = 0; i < fetched->count; i++) {
        const struct fetched_file *file = &fetched->files[i];
        buf_printf(&text, "%s\t%lld\t%llu\t%lld\t%s\t%s\n", file->path, (long long)file->checked,
                   (unsigned long long)file->size, (long long)file->mtime, file->source,
                   file->etag);
    }
    int result = file_write(fetched->file, 0644, buf_view(&text), err);
    buf_done(&text);
    return result;
}
