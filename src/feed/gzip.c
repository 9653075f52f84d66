#include "base/limits.h"
#include "feed/unpack.h"

#include <libdeflate.h>
#include <string.h>
#include <zlib.h>

enum { TRAILER = 8, SCRATCH = 64 * 1024 };

/* A download while it is unpacked. */
struct unpacking {
    struct feed_reader *reader;
    struct str packed;
    size_t at;       /* in packed */
    size_t len;      /* of what came of it */
    size_t capacity; /* of the reader's buffer that is used */
    size_t most;     /* that may come of it */
};

/* ---- what may come of it ---- */

static size_t find_most(const struct feed_reader *reader, struct str packed)
{
    size_t most = packed.len * LIMIT_FEED_RATIO;
    most = most > LIMIT_FEED_SMALL ? most : LIMIT_FEED_SMALL;
    return most < reader->unpacked_most ? most : reader->unpacked_most;
}

static int refuse_size(const struct unpacking *unpacking, struct error *err)
{
    if (unpacking->most < unpacking->reader->unpacked_most) {
        return error_set(err, ERR_LIMIT, "unpacks to more than %u times its size",
                         LIMIT_FEED_RATIO);
    }
    return error_set(err, ERR_LIMIT, "unpacks to more than %zu bytes", unpacking->most);
}

/* ---- where it is broken, how long it is ---- */

static const char *say(const z_stream *stream)
{
    const char *message = stream->msg ? stream->msg : "";
    if (strcmp(message, "incorrect data check") == 0 ||
        strcmp(message, "incorrect length check") == 0) {
        return "damaged: the checksum does not agree";
    }
    return "damaged";
}

/* libdeflate says that data are bad, not where, and needs room for all that comes of them. zlib,
 * slower, stops at the byte and needs none. Looks at the member at unpacking->at; *ret_size is what
 * comes of it when that is not too much. */
static int look_at_member(const struct unpacking *unpacking, size_t *ret_size, struct error *err)
{
    const struct str packed = unpacking->packed;
    z_stream stream = {0};
    unsigned char scratch[SCRATCH];
    size_t at = unpacking->at, size = 0, most = unpacking->most - unpacking->len;
    if (!str_starts(str_sub(packed, at, packed.len - at), STR("\x1f\x8b"))) {
        return error_set_at(err, ERR_FORMAT, at, "not gzip");
    }
    int result = inflateInit2(&stream, 15 + 16);
    if (result != Z_OK) {
        return error_set_at(err, ERR_FORMAT, at, "damaged");
    }
    while (result == Z_OK && size <= most) {
        size_t chunk = packed.len - at < 1 << 20 ? packed.len - at : 1 << 20;
        stream.next_in = (unsigned char *)packed.ptr + at;
        stream.avail_in = (unsigned)chunk;
        stream.next_out = scratch;
        stream.avail_out = sizeof scratch;
        result = inflate(&stream, Z_NO_FLUSH);
        at += chunk - stream.avail_in;
        size += sizeof scratch - stream.avail_out;
    }
    const char *what = result == Z_BUF_ERROR && at == packed.len ? "cut short" : say(&stream);
    inflateEnd(&stream);
    if (size > most) {
        return refuse_size(unpacking, err);
    }
    if (result != Z_STREAM_END) {
        return error_set_at(err, ERR_FORMAT, at, "%s", what);
    }
    *ret_size = size;
    return 0;
}

/* ---- unpacking ---- */

static uint32_t read_u32(const char *at)
{
    const unsigned char *bytes = (const unsigned char *)at;
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* The trailer tells the size of the last member, mostly the only one. One that tells too much is
 * looked at before room is made for it. */
static size_t guess_size(struct str packed, size_t most)
{
    size_t told = packed.len < TRAILER ? 0 : read_u32(packed.ptr + packed.len - 4);
    size_t guess = packed.len < most / 4 ? packed.len * 4 : most;
    return told == 0 ? guess : told <= most ? told : SCRATCH;
}

/* Room is made only for what fits, twice as much as before where there are many members. */
static int grow(struct unpacking *unpacking, struct error *err)
{
    size_t size, most = unpacking->most, capacity = unpacking->capacity;
    int result = look_at_member(unpacking, &size, err);
    if (result < 0) {
        return result;
    }
    size_t needed = unpacking->len + size;
    if (needed <= capacity) {
        return error_set_at(err, ERR_FORMAT, unpacking->at, "damaged");
    }
    capacity = capacity < most / 2 ? capacity * 2 : most;
    unpacking->capacity = capacity > needed ? capacity : needed;
    feed_reader_reserve(unpacking->reader, unpacking->capacity);
    return 0;
}

/* libdeflate has refused what zlib takes. */
static int locate(const struct unpacking *unpacking, struct error *err)
{
    size_t size;
    int result = look_at_member(unpacking, &size, err);
    return result < 0 ? result : error_set_at(err, ERR_FORMAT, unpacking->at, "damaged");
}

/* Unpacks the member at unpacking->at behind what is there already. */
static int unpack_member(struct unpacking *unpacking, struct error *err)
{
    struct feed_reader *reader = unpacking->reader;
    const struct str packed = unpacking->packed;
    for (;;) {
        size_t used, made;
        enum libdeflate_result result = libdeflate_gzip_decompress_ex(
            reader->inflater, packed.ptr + unpacking->at, packed.len - unpacking->at,
            reader->bytes + unpacking->len, unpacking->capacity - unpacking->len, &used, &made);
        if (result == LIBDEFLATE_SUCCESS) {
            unpacking->at += used;
            unpacking->len += made;
            return 0;
        }
        int code =
            result == LIBDEFLATE_INSUFFICIENT_SPACE ? grow(unpacking, err) : locate(unpacking, err);
        if (code < 0) {
            return code;
        }
    }
}

static int unpack_members(struct unpacking *unpacking, struct error *err)
{
    const struct str packed = unpacking->packed;
    int result = 0;
    while (result == 0 && unpacking->at < packed.len) {
        if (unpacking->at > 0 && packed.ptr[unpacking->at] != '\x1f') {
            return error_set_at(err, ERR_FORMAT, unpacking->at,
                                "more bytes after the end of the packed data");
        }
        result = unpack_member(unpacking, err);
    }
    return result;
}

int feed_gunzip(struct feed_reader *reader, struct str packed, struct str *ret_bytes,
                struct error *err)
{
    struct unpacking unpacking = {
        .reader = reader, .packed = packed, .most = find_most(reader, packed)};
    if (packed.len == 0) {
        return error_set_at(err, ERR_FORMAT, 0, "empty");
    }
    if (reader->inflater == NULL) {
        reader->inflater = libdeflate_alloc_decompressor();
    }
    if (reader->inflater == NULL) {
        return error_set(err, ERR_LIMIT, "out of memory");
    }
    unpacking.capacity = guess_size(packed, unpacking.most);
    feed_reader_reserve(reader, unpacking.capacity);
    int result = unpack_members(&unpacking, err);
    if (result == 0) {
        *ret_bytes = (struct str){reader->bytes, unpacking.len};
    }
    return result;
}
