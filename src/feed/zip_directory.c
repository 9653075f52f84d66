#include "feed/zip_directory.h"

#include <endian.h>
#include <string.h>

/* Sizes of the fixed parts, and where fields stand in them (APPNOTE.TXT 4.3.7, 4.3.12, 4.3.14,
 * 4.3.15, 4.3.16). */
enum {
    LOCAL_SIZE = 30,
    LOCAL_METHOD = 8,
    LOCAL_NAME_LEN = 26,
    LOCAL_EXTRA_LEN = 28,

    ENTRY_SIZE = 46,
    ENTRY_FLAGS = 8,
    ENTRY_METHOD = 10,
    ENTRY_CRC = 16,
    ENTRY_PACKED = 20,
    ENTRY_UNPACKED = 24,
    ENTRY_NAME_LEN = 28,
    ENTRY_EXTRA_LEN = 30,
    ENTRY_COMMENT_LEN = 32,
    ENTRY_OFFSET = 42,

    END_SIZE = 22,
    END_COUNT = 10,
    END_DIRECTORY_SIZE = 12,
    END_DIRECTORY_OFFSET = 16,
    END_COMMENT_LEN = 20,

    LOCATOR_SIZE = 20,
    LOCATOR_OFFSET = 8,

    END64_SIZE = 56,
    END64_COUNT = 32,
    END64_DIRECTORY_SIZE = 40,
    END64_DIRECTORY_OFFSET = 48,

    EXTRA_HEAD = 4,
    EXTRA_ZIP64 = 1,
    FLAG_ENCRYPTED = 1,
    DEFLATE_RATIO_MOST = 1032
};

#define LOCAL_SIGNATURE   STR("PK\x03\x04")
#define ENTRY_SIGNATURE   STR("PK\x01\x02")
#define END_SIGNATURE     STR("PK\x05\x06")
#define END64_SIGNATURE   STR("PK\x06\x06")
#define LOCATOR_SIGNATURE STR("PK\x06\x07")

static uint16_t read_u16(const char *at)
{
    uint16_t value;
    memcpy(&value, at, sizeof value);
    return le16toh(value);
}

static uint32_t read_u32(const char *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return le32toh(value);
}

static uint64_t read_u64(const char *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return le64toh(value);
}

/* The part of a zip that begins with the signature and is at least so large; NULL: it is not
 * there. */
static const char *part_at(struct str zip, uint64_t offset, struct str signature, size_t size)
{
    bool inside = offset <= zip.len && size <= zip.len - offset;
    return inside && memcmp(zip.ptr + offset, signature.ptr, signature.len) == 0 ? zip.ptr + offset
                                                                                 : NULL;
}

/* ---- where the directory is ---- */

/* The end of the directory: the last place of its signature from which the comment reaches exactly
 * to the end of the zip. */
static const char *find_end(struct str zip)
{
    size_t most = END_SIZE + (size_t)UINT16_MAX;
    size_t first = zip.len > most ? zip.len - most : 0;
    for (size_t at = zip.len < END_SIZE ? 0 : zip.len - END_SIZE + 1; at > first; at--) {
        const char *end = part_at(zip, at - 1, END_SIGNATURE, END_SIZE);
        if (end != NULL && read_u16(end + END_COMMENT_LEN) == zip.len - (at - 1) - END_SIZE) {
            return end;
        }
    }
    return NULL;
}

static int refuse_directory(uint64_t at, struct error *err)
{
    return error_set_at(err, ERR_FORMAT, at, "broken zip: its directory is damaged");
}

/* What does not fit in the fields of the end stands in those of ZIP64. */
static int find_large(struct str zip, uint64_t end, struct zip_directory *ret, struct error *err)
{
    const char *locator = end < LOCATOR_SIZE
                              ? NULL
                              : part_at(zip, end - LOCATOR_SIZE, LOCATOR_SIGNATURE, LOCATOR_SIZE);
    if (locator == NULL) {
        return 0;
    }
    const char *large =
        part_at(zip, read_u64(locator + LOCATOR_OFFSET), END64_SIGNATURE, END64_SIZE);
    if (large == NULL) {
        return refuse_directory(end - LOCATOR_SIZE, err);
    }
    ret->count = read_u64(large + END64_COUNT);
    ret->at = read_u64(large + END64_DIRECTORY_OFFSET);
    ret->end = read_u64(large + END64_DIRECTORY_SIZE);
    return 0;
}

int zip_directory_open(struct str zip, struct zip_directory *ret, struct error *err)
{
    const char *end = find_end(zip);
    if (end == NULL) {
        return str_starts(zip, LOCAL_SIGNATURE) || str_starts(zip, END_SIGNATURE)
                   ? error_set_at(err, ERR_FORMAT, zip.len,
                                  "cut short: the zip has no directory at its end")
                   : error_set_at(err, ERR_FORMAT, 0, "not a zip");
    }
    uint64_t place = (uint64_t)(end - zip.ptr);
    struct zip_directory directory = {
        .zip = zip,
        .count = read_u16(end + END_COUNT),
        .at = read_u32(end + END_DIRECTORY_OFFSET),
        .end = read_u32(end + END_DIRECTORY_SIZE), /* its size, until it is known to be inside */
    };
    int result = find_large(zip, place, &directory, err);
    if (result < 0) {
        return result;
    }
    if (directory.at > place || directory.end > place - directory.at) {
        return refuse_directory(place, err);
    }
    directory.end += directory.at;
    directory.left = directory.count;
    *ret = directory;
    return 0;
}

/* ---- entries ---- */

/* Takes a size or an offset that is too large for its field from the ZIP64 field (4.5.3). */
static bool take_large(uint64_t *value, struct str *large)
{
    if (*value != UINT32_MAX) {
        return true;
    }
    if (large->len < sizeof *value) {
        return false;
    }
    *value = read_u64(large->ptr);
    *large = str_skip(*large, sizeof *value);
    return true;
}

/* The ZIP64 field among the extra ones, empty when there is none. */
static struct str find_extra(struct str extra)
{
    while (extra.len >= EXTRA_HEAD) {
        size_t len = read_u16(extra.ptr + 2);
        struct str rest = str_skip(extra, EXTRA_HEAD);
        if (len > rest.len) {
            break;
        }
        if (read_u16(extra.ptr) == EXTRA_ZIP64) {
            return str_sub(rest, 0, len);
        }
        extra = str_skip(rest, len);
    }
    return STR("");
}

static bool read_entry(const char *at, struct str extra, struct zip_entry *entry)
{
    struct str large = find_extra(extra);
    entry->flags = read_u16(at + ENTRY_FLAGS);
    entry->method = read_u16(at + ENTRY_METHOD);
    entry->crc = read_u32(at + ENTRY_CRC);
    entry->size = read_u32(at + ENTRY_UNPACKED);
    entry->packed_size = read_u32(at + ENTRY_PACKED);
    entry->offset = read_u32(at + ENTRY_OFFSET);
    return take_large(&entry->size, &large) && take_large(&entry->packed_size, &large) &&
           take_large(&entry->offset, &large);
}

int zip_directory_next(struct zip_directory *directory, struct zip_entry *ret, struct error *err)
{
    struct str all = str_sub(directory->zip, 0, directory->end);
    if (directory->left == 0) {
        return directory->at == directory->end ? 0 : refuse_directory(directory->at, err);
    }
    const char *at = part_at(all, directory->at, ENTRY_SIGNATURE, ENTRY_SIZE);
    if (at == NULL) {
        return refuse_directory(directory->at, err);
    }
    size_t name = read_u16(at + ENTRY_NAME_LEN), extra = read_u16(at + ENTRY_EXTRA_LEN);
    size_t size = ENTRY_SIZE + name + extra + read_u16(at + ENTRY_COMMENT_LEN);
    struct zip_entry entry = {.name = str_make(at + ENTRY_SIZE, name)};
    if (size > directory->end - directory->at || memchr(entry.name.ptr, '\0', name) != NULL ||
        !read_entry(at, str_make(at + ENTRY_SIZE + name, extra), &entry)) {
        return refuse_directory(directory->at, err);
    }
    directory->at += size;
    directory->left--;
    *ret = entry;
    return 1;
}

/* ---- members ---- */

static int refuse_member(const struct zip_entry *entry, const char *what, struct error *err)
{
    return error_set(err, ERR_FORMAT, "broken zip: member %.*s: %s", STR_ARG(entry->name), what);
}

int zip_entry_data(struct str zip, const struct zip_entry *entry, struct str *ret,
                   struct error *err)
{
    const char *local = part_at(zip, entry->offset, LOCAL_SIGNATURE, LOCAL_SIZE);
    if (local == NULL) {
        return refuse_member(entry, "it is not where the directory says", err);
    }
    size_t name = read_u16(local + LOCAL_NAME_LEN);
    uint64_t room = zip.len - entry->offset - LOCAL_SIZE;
    uint64_t head = name + (uint64_t)read_u16(local + LOCAL_EXTRA_LEN);
    if (head > room || entry->packed_size > room - head) {
        return refuse_member(entry, "it is larger than the zip", err);
    }
    if (!str_eq(str_make(local + LOCAL_SIZE, name), entry->name) ||
        read_u16(local + LOCAL_METHOD) != entry->method) {
        return refuse_member(entry, "the directory says otherwise", err);
    }
    if (entry->flags & FLAG_ENCRYPTED) {
        return refuse_member(entry, "it is encrypted", err);
    }
    if (entry->method != ZIP_STORED && entry->method != ZIP_DEFLATED) {
        return refuse_member(entry, "it is packed in a way that feeds do not use", err);
    }
    if (entry->method == ZIP_STORED ? entry->size != entry->packed_size
                                    : entry->size / DEFLATE_RATIO_MOST > entry->packed_size) {
        return refuse_member(entry, "its size cannot be true", err);
    }
    *ret = str_make(local + LOCAL_SIZE + head, (size_t)entry->packed_size);
    return 0;
}
