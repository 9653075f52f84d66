#include "import/archive.h"

#include "base/limits.h"
#include "base/memory.h"

#include <stdlib.h>
#include <zip.h>

struct archive {
    zip_t *zip;
    unsigned count;
};

static int refuse(int code, const char *name, const char *what, struct error *err)
{
    return error_set(err, code, "broken zip: member %s: %s", name, what);
}

int archive_open(struct str bytes, struct archive **ret, struct error *err)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes.ptr, bytes.len, 0, &error);
    zip_t *zip = source != NULL ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    if (zip == NULL) {
        zip_source_free(source);
        error_set(err, ERR_FORMAT, "broken or cut short: %s", zip_error_strerror(&error));
        zip_error_fini(&error);
        return ERR_FORMAT;
    }
    zip_int64_t count = zip_get_num_entries(zip, 0);
    if (count < 0 || count > (zip_int64_t)LIMIT_IMPORT_MEMBERS) {
        zip_discard(zip);
        return error_set(err, ERR_LIMIT, "more than %u members", LIMIT_IMPORT_MEMBERS);
    }
    *ret = mem_alloc(sizeof **ret);
    **ret = (struct archive){zip, (unsigned)count};
    return 0;
}

void archive_close(struct archive *archive)
{
    if (archive != NULL) {
        zip_discard(archive->zip);
        free(archive);
    }
}

unsigned archive_count(const struct archive *archive)
{
    return archive->count;
}

const char *archive_name(const struct archive *archive, unsigned n)
{
    const char *name = zip_get_name(archive->zip, n, 0);
    return name != NULL ? name : "";
}

bool archive_has(const struct archive *archive, const char *name)
{
    return zip_name_locate(archive->zip, name, 0) >= 0;
}

/* Reads size bytes, which must be all that there are: the checksum is looked at at the end. */
static int read_all(zip_file_t *file, char *room, size_t size)
{
    char beyond;
    size_t len = 0;
    while (len < size) {
        zip_int64_t got = zip_fread(file, room + len, size - len);
        if (got <= 0) {
            return -1;
        }
        len += (size_t)got;
    }
    return zip_fread(file, &beyond, 1) == 0 ? 0 : -1;
}

int archive_read(struct archive *archive, const char *name, struct buf *out, struct error *err)
{
    zip_stat_t info;
    zip_int64_t at = zip_name_locate(archive->zip, name, 0);
    if (at < 0) {
        return error_set(err, ERR_NOT_FOUND, "%s is missing in it", name);
    }
    if (zip_stat_index(archive->zip, (zip_uint64_t)at, 0, &info) != 0 ||
        !(info.valid & ZIP_STAT_SIZE)) {
        return refuse(ERR_FORMAT, name, "its size is not told", err);
    }
    if (info.size > out->ceiling - out->len) {
        return refuse(ERR_LIMIT, name, "too large", err);
    }
    zip_file_t *file = zip_fopen_index(archive->zip, (zip_uint64_t)at, 0);
    if (file == NULL) {
        return refuse(ERR_FORMAT, name, "cannot be opened", err);
    }
    char *room = buf_reserve(out, info.size);
    int result = room == NULL ? refuse(ERR_LIMIT, name, "too large", err) : 0;
    bool whole = result < 0 || read_all(file, room, info.size) == 0;
    whole = zip_fclose(file) == 0 && whole;
    if (result == 0 && !whole) {
        result = refuse(ERR_FORMAT, name, "its data are damaged", err);
    }
    out->len += result == 0 ? info.size : 0;
    return result;
}
