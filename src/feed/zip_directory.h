/*
 * The central directory of a zip (PKWARE APPNOTE.TXT 6.3.9, sections 4.3 to 4.5), read in place:
 * bytes in, entries out. Nothing is allocated, so that a zip of half a million members is walked
 * through in milliseconds. Not for other folders.
 *
 * Zips on one disk, ZIP64 or not, stored or deflated, without encryption; with whatever behind the
 * end of the directory as its comment, but nothing before the first member.
 */
#ifndef ASSAY_FEED_ZIP_DIRECTORY_H
#define ASSAY_FEED_ZIP_DIRECTORY_H

#include "base/error.h"
#include "base/str.h"

enum zip_method { ZIP_STORED = 0, ZIP_DEFLATED = 8 };

struct zip_directory {
    struct str zip;
    uint64_t count;   /* entries that it says it has */
    uint64_t left;    /* of them, to come */
    uint64_t at, end; /* the next entry, and the end of the last */
};

struct zip_entry {
    struct str name; /* a view of the zip, as it stands there: not always UTF-8, no NUL in it */
    uint64_t size, packed_size;
    uint64_t offset; /* of its local header */
    uint32_t crc;
    uint16_t method, flags;
};

/* zip_directory_open finds the directory. ret views zip. ERR_FORMAT when there is none, with byte 0
 * for what is no zip and the end for one that is cut short. */
int zip_directory_open(struct str zip, struct zip_directory *ret, struct error *err);

/* zip_directory_next returns 1 with the next entry, 0 behind the last, or ERR_FORMAT. */
int zip_directory_next(struct zip_directory *directory, struct zip_entry *ret, struct error *err);

/* zip_entry_data finds the packed bytes of an entry behind its local header, which must agree with
 * it. ERR_FORMAT, naming the member, where it does not, or lies outside of the zip, is encrypted,
 * packed in another way than the two, or said to unpack to more than deflate can hold in so few
 * bytes. */
int zip_entry_data(struct str zip, const struct zip_entry *entry, struct str *ret,
                   struct error *err);

#endif
