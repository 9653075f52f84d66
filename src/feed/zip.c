#include "base/limits.h"
#include "base/memory.h"
#include "feed/unpack.h"

#include <libdeflate.h>
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

static int refuse_data(const zip_stat_t *info, struct error *err)
{
    return error_set(err, ERR_FORMAT, "broken zip: member %s: its data are damaged", info->name);
}

/* Whether a member is packed the usual way, so that libdeflate can unpack it, which takes a
 * third of the time that libzip does. */
static bool is_deflated(const zip_stat_t *info)
{
    const zip_uint64_t needed =
        ZIP_STAT_COMP_SIZE | ZIP_STAT_CRC | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    return (info->valid & needed) == needed && info->comp_method == ZIP_CM_DEFLATE &&
           info->encryption_method == ZIP_EM_NONE;
}

static int read_packed_bytes(struct feed_reader *reader, zip_t *zip, zip_uint64_t index,
                             const zip_stat_t *info, struct error *err)
{
    zip_file_t *file = zip_fopen_index(zip, index, ZIP_FL_COMPRESSED);
    if (file == NULL) {
        return refuse(zip, info->name, "cannot be opened", err);
    }
    if (reader->packed_capacity < info->comp_size) {
        reader->packed_capacity = info->comp_size;
        reader->packed = mem_grow(reader->packed, reader->packed_capacity, 1);
    }
    zip_int64_t got = zip_fread(file, reader->packed, info->comp_size);
    zip_fclose(file);
    return got == (zip_int64_t)info->comp_size ? 0 : refuse_data(info, err);
}

static int inflate_member(struct feed_reader *reader, zip_t *zip, zip_uint64_t index,
                          const zip_stat_t *info, struct error *err)
{
    size_t len = 0;
    int result = read_packed_bytes(reader, zip, index, info, err);
    if (result < 0) {
        return result;
    }
    if (reader->inflater == NULL) {
        reader->inflater = libdeflate_alloc_decompressor();
    }
    feed_reader_reserve(reader, info->size);
    if (libdeflate_deflate_decompress(reader->inflater, reader->packed, info->comp_size,
                                      reader->bytes, info->size, &len) != LIBDEFLATE_SUCCESS ||
        len != info->size || libdeflate_crc32(0, reader->bytes, len) != info->crc) {
        return refuse_data(info, err);
    }
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
        return refuse_data(info, err);
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

static bool is_record(const char *name, const char *names)
{
    return !str_ends(str_from(name), STR("/")) &&
           (names == NULL || str_glob(str_from(names), str_from(name)));
}

static bool is_wanted(const struct feed_members *members, const zip_stat_t *info,
                      zip_uint64_t index)
{
    struct feed_member member = {
        .name = info->name,
        .place = (uint32_t)index,
        .crc = (info->valid & ZIP_STAT_CRC) ? info->crc : 0,
    };
    return members->want == NULL || members->want(members->context, &member);
}

/* Unpacks a member into the reader's buffer. */
static int unpack_member(struct feed_reader *reader, zip_t *zip, zip_uint64_t index,
                         const zip_stat_t *info, size_t whole, struct error *err)
{
    /* A size that the zip itself has no room for is libzip's to refuse. */
    return is_deflated(info) && info->comp_size <= whole
               ? inflate_member(reader, zip, index, info, err)
               : read_member(reader, zip, index, info, err);
}

void feed_unzip_close(struct feed_reader *reader)
{
    zip_discard(reader->kept.zip);
    reader->kept.zip = NULL;
}

/* The zip that was kept open, if it is of these bytes: the directory of a large one takes as long
 * to read as hundreds of its members. */
static int take_zip(struct feed_reader *reader, struct str packed, zip_t **ret_zip,
                    struct error *err)
{
    if (reader->kept.zip == NULL || (const char *)reader->kept.map.bytes != packed.ptr) {
        return open_zip(packed, ret_zip, err);
    }
    *ret_zip = reader->kept.zip;
    reader->kept.zip = NULL;
    return 0;
}

static void put_zip(struct feed_reader *reader, zip_t *zip, bool again)
{
    if (again) {
        feed_unzip_close(reader);
        reader->kept.zip = zip;
    } else {
        zip_discard(zip);
    }
}

/* What is done with each member that is a record. */
struct unzipping {
    const struct feed_members *members;
    int (*member)(void *context, struct str bytes, struct error *err);
    void *context;
    struct feed_report *report;
};

static int read_record(struct feed_reader *reader, zip_t *zip, zip_uint64_t index,
                       const zip_stat_t *info, size_t whole, const struct unzipping *unzipping,
                       struct error *err)
{
    int result = 0;
    reader->member = info->name;
    if (info->size > reader->member_most) {
        feed_report_skip(unzipping->report, FEED_SKIP_LIMIT, "%s: larger than %zu bytes",
                         info->name, reader->member_most);
    } else {
        result = unpack_member(reader, zip, index, info, whole, err);
        if (result == 0) {
            result =
                unzipping->member(unzipping->context, (struct str){reader->bytes, info->size}, err);
        }
    }
    reader->member = "";
    if (result == 0 && unzipping->members->done != NULL) {
        unzipping->members->done(unzipping->members->context);
    }
    return result;
}

int feed_unzip(struct feed_reader *reader, struct str packed, const char *names,
               const struct feed_members *members,
               int (*member)(void *context, struct str bytes, struct error *err), void *context,
               struct feed_report *report, struct error *err)
{
    const struct unzipping unzipping = {members, member, context, report};
    zip_t *zip;
    if (packed.len == 0) {
        return error_set_at(err, ERR_FORMAT, 0, "empty");
    }
    int result = take_zip(reader, packed, &zip, err);
    if (result < 0) {
        return result;
    }
    zip_int64_t count = zip_get_num_entries(zip, 0);
    if (count > (zip_int64_t)LIMIT_FEED_MEMBERS) {
        result = error_set(err, ERR_LIMIT, "more than %u members", LIMIT_FEED_MEMBERS);
    }
    for (zip_int64_t i = 0; result == 0 && i < count; i++) {
        zip_uint64_t index = (zip_uint64_t)i;
        zip_stat_t info;
        if (members->pass != NULL && members->pass(members->context, (uint32_t)index)) {
            continue;
        }
        result = check_member(zip, index, &info, err);
        if (result == 0 && is_record(info.name, names) && is_wanted(members, &info, index)) {
            result = read_record(reader, zip, index, &info, packed.len, &unzipping, err);
        }
    }
    put_zip(reader, zip, members->again);
    return result;
}
