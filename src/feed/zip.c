#include "base/limits.h"
#include "feed/unpack.h"

#include <zip.h>

static int refuse(zip_t *zip, const char *name, const char *what, struct error *err)
{
    zip_error_t *error = zip_get_error(zip);
    return error_set(err, ERR_FORMAT, "broken zip: member %s: %s: %s", name, what,
                     zip_error_strerror(error));
}

/* A zip is read from its end, so a cut one looks like none at all. */
static int refuse_whole(struct str packed, zip_error_t *error, struct error *err)
{
    bool begins = str_starts(packed, STR("PK\x03\x04")) || str_starts(packed, STR("PK\x05\x06"));
    if (zip_error_code_zip(error) != ZIP_ER_NOZIP) {
        error_set(err, ERR_FORMAT, "broken zip: %s", zip_error_strerror(error));
    } else if (begins) {
        error_set_at(err, ERR_FORMAT, packed.len, "cut short: the zip has no directory at its end");
    } else {
        error_set_at(err, ERR_FORMAT, 0, "not a zip");
    }
    zip_error_fini(error);
    return ERR_FORMAT;
}

static int open_zip(struct str packed, zip_t **ret_zip, struct error *err)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(packed.ptr, packed.len, 0, &error);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    if (zip == NULL) {
        zip_source_free(source);
        return refuse_whole(packed, &error, err);
    }
    *ret_zip = zip;
    return 0;
}

/* Reads the bytes of a member whose size is told; the data must be exactly as long, which
 * zip_fread also needs to come to the checksum. */
static int read_member(struct feed_reader *reader, zip_t *zip, zip_uint64_t index,
                       const zip_stat_t *info, struct error *err)
{
    zip_file_t *file = zip_fopen_index(zip, index, 0);
    if (file == NULL) {
        return refuse(zip, info->name, "cannot be opened", err);
    }
    feed_reader_reserve(reader, info->size + 1);
    zip_int64_t got = zip_fread(file, reader->bytes, info->size + 1);
    zip_int64_t more = got == (zip_int64_t)info->size ? zip_fread(file, reader->bytes + got, 1) : 0;
    int closed = zip_fclose(file);
    if (got != (zip_int64_t)info->size || more != 0 || closed != 0) {
        return error_set(err, ERR_FORMAT, "broken zip: member %s: its data are damaged",
                         info->name);
    }
    return 0;
}

static int check_member(zip_t *zip, zip_uint64_t index, zip_stat_t *info, struct error *err)
{
    const zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE;
    if (zip_stat_index(zip, index, 0, info) != 0 || (info->valid & needed) != needed) {
        return refuse(zip, "without a name", "no directory entry", err);
    }
    return 0;
}

static bool is_folder(const char *name)
{
    return str_ends(str_from(name), STR("/"));
}

int feed_unzip(struct feed_reader *reader, struct str packed,
               int (*member)(void *context, struct str bytes, struct error *err), void *context,
               struct feed_report *report, struct error *err)
{
    zip_t *zip;
    if (packed.len == 0) {
        return error_set_at(err, ERR_FORMAT, 0, "empty");
    }
    int result = open_zip(packed, &zip, err);
    if (result < 0) {
        return result;
    }
    zip_int64_t count = zip_get_num_entries(zip, 0);
    if (count > (zip_int64_t)LIMIT_FEED_MEMBERS) {
        result = error_set(err, ERR_LIMIT, "more than %u members", LIMIT_FEED_MEMBERS);
    }
    for (zip_int64_t i = 0; result == 0 && i < count; i++) {
        zip_stat_t info;
        result = check_member(zip, (zip_uint64_t)i, &info, err);
        if (result < 0 || is_folder(info.name)) {
            continue;
        }
        if (info.size > reader->member_most) {
            feed_report_skip(report, FEED_SKIP_LIMIT, "%s: larger than %zu bytes", info.name,
                             reader->member_most);
            continue;
        }
        reader->member = info.name;
        result = read_member(reader, zip, (zip_uint64_t)i, &info, err);
        if (result == 0) {
            result = member(context, (struct str){reader->bytes, info.size}, err);
        }
        reader->member = "";
    }
    zip_discard(zip);
    return result;
}
