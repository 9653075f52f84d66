#include "base/limits.h"
#include "base/memory.h"
#include "feed/unpack.h"
#include "feed/zip_directory.h"

#include <libdeflate.h>
#include <string.h>

/* A zip while it is read. */
struct unzipping {
    struct feed_reader *reader;
    struct str zip;
    const struct feed_members *members;
    int (*member)(void *context, struct str bytes, struct error *err);
    void *context;
    struct feed_report *report;
    uint64_t packed, unpacked; /* bytes of the members that were read */
};

static int refuse_data(const struct feed_reader *reader, struct error *err)
{
    return error_set(err, ERR_FORMAT, "broken zip: member %s: its data are damaged", reader->name);
}

static bool inflate_data(struct feed_reader *reader, struct str packed, size_t size)
{
    if (reader->inflater == NULL) {
        reader->inflater = libdeflate_alloc_decompressor();
    }
    size_t made = 0;
    return reader->inflater != NULL &&
           libdeflate_deflate_decompress(reader->inflater, packed.ptr, packed.len, reader->bytes,
                                         size, &made) == LIBDEFLATE_SUCCESS &&
           made == size;
}

/* Each member may be within its ceiling, and all together no feed. */
static bool is_too_much(const struct unzipping *unzipping)
{
    return unzipping->unpacked > LIMIT_FEED_SMALL &&
           unzipping->unpacked / LIMIT_FEED_RATIO > unzipping->zip.len;
}

/* Unpacks a member into the reader's buffer. */
static int unpack_member(struct unzipping *unzipping, const struct zip_entry *entry,
                         struct error *err)
{
    struct feed_reader *reader = unzipping->reader;
    struct str packed;
    int result = zip_entry_data(unzipping->zip, entry, &packed, err);
    if (result < 0) {
        return result;
    }
    /* Members that share their bytes would make much of little. */
    unzipping->packed += packed.len;
    if (unzipping->packed > unzipping->zip.len) {
        return error_set(err, ERR_FORMAT, "broken zip: its members overlap");
    }
    size_t size = (size_t)entry->size;
    unzipping->unpacked += size;
    if (is_too_much(unzipping)) {
        return error_set(err, ERR_LIMIT, "unpacks to more than %u times its size",
                         LIMIT_FEED_RATIO);
    }
    bool good = true;
    feed_reader_reserve(reader, size);
    if (entry->method == ZIP_DEFLATED) {
        good = inflate_data(reader, packed, size);
    } else if (size > 0) {
        memcpy(reader->bytes, packed.ptr, size);
    }
    good = good && libdeflate_crc32(0, reader->bytes, size) == entry->crc;
    return good ? 0 : refuse_data(reader, err);
}

static bool is_record(const char *name, const char *names)
{
    return !str_ends(str_from(name), STR("/")) &&
           (names == NULL || str_glob(str_from(names), str_from(name)));
}

static bool is_wanted(const struct feed_members *members, const char *name,
                      const struct zip_entry *entry, uint32_t place)
{
    struct feed_member member = {.name = name, .place = place, .crc = entry->crc};
    return members->want == NULL || members->want(members->context, &member);
}

static int read_record(struct unzipping *unzipping, const struct zip_entry *entry,
                       struct error *err)
{
    struct feed_reader *reader = unzipping->reader;
    int result = 0;
    reader->member = reader->name;
    if (entry->size > reader->unpacked_most) {
        feed_report_skip(unzipping->report, FEED_SKIP_LIMIT, "%s: larger than %zu bytes",
                         reader->name, reader->unpacked_most);
    } else {
        result = unpack_member(unzipping, entry, err);
        if (result == 0) {
            struct str bytes = {reader->bytes, (size_t)entry->size};
            result = unzipping->member(unzipping->context, bytes, err);
        }
    }
    reader->member = "";
    if (result == 0 && unzipping->members->done != NULL) {
        unzipping->members->done(unzipping->members->context);
    }
    return result;
}

static int read_entry(struct unzipping *unzipping, const struct zip_entry *entry, uint32_t place,
                      const char *names, struct error *err)
{
    struct feed_reader *reader = unzipping->reader;
    const struct feed_members *members = unzipping->members;
    if (members->pass != NULL && members->pass(members->context, place)) {
        return 0;
    }
    memcpy(reader->name, entry->name.ptr, entry->name.len);
    reader->name[entry->name.len] = '\0';
    return is_record(reader->name, names) && is_wanted(members, reader->name, entry, place)
               ? read_record(unzipping, entry, err)
               : 0;
}

int feed_unzip(struct feed_reader *reader, struct str packed, const char *names,
               const struct feed_members *members,
               int (*member)(void *context, struct str bytes, struct error *err), void *context,
               struct feed_report *report, struct error *err)
{
    struct unzipping unzipping = {reader, packed, members, member, context, report, 0, 0};
    struct zip_directory directory;
    struct zip_entry entry;
    if (packed.len == 0) {
        return error_set_at(err, ERR_FORMAT, 0, "empty");
    }
    int result = zip_directory_open(packed, &directory, err);
    if (result == 0 && directory.count > LIMIT_FEED_MEMBERS) {
        result = error_set(err, ERR_LIMIT, "more than %u members", LIMIT_FEED_MEMBERS);
    }
    for (uint32_t place = 0; result == 0; place++) {
        int more = zip_directory_next(&directory, &entry, err);
        if (more <= 0) {
            return more;
        }
        result = read_entry(&unzipping, &entry, place, names, err);
    }
    return result;
}
