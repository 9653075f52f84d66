#include "base/limits.h"
#include "feed/unpack.h"

#include <libdeflate.h>
#include <string.h>
#include <zlib.h>

enum { TRAILER = 8, SCRATCH = 64 * 1024, RATIO_MOST = 1032 };

/* ---- where it is broken ---- */

static const char *say(const z_stream *stream)
{
    const char *message = stream->msg ? stream->msg : "";
    if (strcmp(message, "incorrect data check") == 0 ||
        strcmp(message, "incorrect length check") == 0) {
        return "damaged: the checksum does not agree";
    }
    return "damaged";
}

/* libdeflate says that data are bad, not where. zlib, slower, stops at the byte. start is
 * where the bad member begins. */
static int locate(struct str packed, size_t start, struct error *err)
{
    z_stream stream = {0};
    unsigned char scratch[SCRATCH];
    size_t at = start;
    if (!str_starts(packed, STR("\x1f\x8b"))) {
        return error_set_at(err, ERR_FORMAT, start, "not gzip");
    }
    int result = inflateInit2(&stream, 15 + 16);
    if (result != Z_OK) {
        return error_set_at(err, ERR_FORMAT, start, "damaged");
    }
    while (result == Z_OK) {
        size_t chunk = packed.len - at < 1 << 20 ? packed.len - at : 1 << 20;
        stream.next_in = (unsigned char *)packed.ptr + at;
        stream.avail_in = (unsigned)chunk;
        stream.next_out = scratch;
        stream.avail_out = sizeof scratch;
        result = inflate(&stream, Z_NO_FLUSH);
        at += chunk - stream.avail_in;
    }
    const char *what = result == Z_BUF_ERROR && at == packed.len ? "cut short" : say(&stream);
    inflateEnd(&stream);
    return error_set_at(err, ERR_FORMAT, at, "%s", what);
}

/* ---- unpacking ---- */

static uint32_t read_u32(const char *at)
{
    const unsigned char *bytes = (const unsigned char *)at;
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* The trailer tells the size of the last member, mostly the only one. A hostile one must not
 * make us reserve what deflate cannot produce from so few bytes. */
static size_t guess_size(struct str packed)
{
    size_t told = packed.len < TRAILER ? 0 : read_u32(packed.ptr + packed.len - 4);
    size_t most =
        packed.len > LIMIT_FEED_FILE / RATIO_MOST ? LIMIT_FEED_FILE : packed.len * RATIO_MOST;
    size_t size = told > 0 && told <= most ? told : packed.len * 4;
    return size < LIMIT_FEED_FILE ? size : LIMIT_FEED_FILE;
}

static int grow(struct feed_reader *reader, size_t *capacity, struct error *err)
{
    if (*capacity >= LIMIT_FEED_FILE) {
        return error_set(err, ERR_LIMIT, "unpacks to more than %zu bytes", LIMIT_FEED_FILE);
    }
    *capacity = *capacity < LIMIT_FEED_FILE / 2 ? *capacity * 2 + SCRATCH : LIMIT_FEED_FILE;
    feed_reader_reserve(reader, *capacity);
    return 0;
}

/* Unpacks the member at *at behind len bytes that are there already. */
static int unpack_member(struct feed_reader *reader, struct str packed, size_t *at,
                         size_t *capacity, size_t *len, struct error *err)
{
    for (;;) {
        size_t used, made;
        enum libdeflate_result result =
            libdeflate_gzip_decompress_ex(reader->inflater, packed.ptr + *at, packed.len - *at,
                                          reader->bytes + *len, *capacity - *len, &used, &made);
        if (result == LIBDEFLATE_SUCCESS) {
            *at += used;
            *len += made;
            return 0;
        }
        int code = result == LIBDEFLATE_INSUFFICIENT_SPACE ? grow(reader, capacity, err)
                                                           : locate(packed, *at, err);
        if (code < 0) {
            return code;
        }
    }
}

int feed_gunzip(struct feed_reader *reader, struct str packed, struct str *ret_bytes,
                struct error *err)
{
    size_t at = 0, len = 0, capacity = guess_size(packed);
    if (packed.len == 0) {
        return error_set_at(err, ERR_FORMAT, 0, "empty");
    }
    if (reader->inflater == NULL) {
        reader->inflater = libdeflate_alloc_decompressor();
    }
    if (reader->inflater == NULL) {
        return error_set(err, ERR_LIMIT, "out of memory");
    }
    feed_reader_reserve(reader, capacity);
    while (at < packed.len) {
        if (at > 0 && packed.ptr[at] != '\x1f') {
            return error_set_at(err, ERR_FORMAT, at, "more bytes after the end of the packed data");
        }
        int result = unpack_member(reader, packed, &at, &capacity, &len, err);
        if (result < 0) {
            return result;
        }
    }
    *ret_bytes = (struct str){reader->bytes, len};
    return 0;
}
