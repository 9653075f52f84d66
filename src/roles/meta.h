/*
 * The .meta file beside a file of NVD: what the unpacked file's SHA-256 is.
 */
#ifndef ASSAY_ROLES_META_H
#define ASSAY_ROLES_META_H

#include "base/date.h"
#include "base/error.h"
#include "base/str.h"

#include <zlib.h>

enum { META_SHA256_SIZE = 65 };

struct meta {
    char sha256[META_SHA256_SIZE]; /* lower case */
    uint64_t packed_size;          /* 0: not stated */
    int64_t modified;              /* of the feed; TIME_NONE: not stated */
};

/* meta_parse reads "NAME:VALUE" lines; ERR_FORMAT without a sha256 of 64 hexadecimal digits.
 * meta_read does so with a file. */
int meta_parse(struct str text, struct meta *ret_meta, struct error *err);
int meta_read(const char *path, struct meta *ret_meta, struct error *err);
/* meta_open_packed opens a regular file for zlib to read, NULL with err. */
gzFile meta_open_packed(const char *path, struct error *err);
/* meta_check unpacks file and compares. ERR_FORMAT when it is not gzip, or another file. */
int meta_check(const struct meta *meta, const char *file, struct error *err);

#endif
