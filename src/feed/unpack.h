/*
 * Unpacking of downloads: bytes in, bytes out. Not for other folders.
 */
#ifndef ASSAY_FEED_UNPACK_H
#define ASSAY_FEED_UNPACK_H

#include "feed/reader.h"

/* feed_gunzip unpacks one or more gzip members (RFC 1952) into the reader's buffer, padding
 * behind, checksums verified. ERR_FORMAT with the byte of packed where it is cut, damaged or
 * no gzip; ERR_LIMIT above reader->unpacked_most and LIMIT_FEED_RATIO, which
 * neither costs more memory than the ceiling. */
int feed_gunzip(struct feed_reader *reader, struct str packed, struct str *ret_bytes,
                struct error *err);

/* feed_unzip hands each member of a zip whose name is like the glob names (NULL: all) to member,
 * in the zip's order, in the reader's buffer with padding behind and reader->member naming it;
 * members, which may be all zero, says which ones and is told of each that was read.
 * Members above reader->unpacked_most are counted in report and left out. It stops at the first
 * result < 0 and returns it. ERR_FORMAT when the zip or a member's data is broken. */
int feed_unzip(struct feed_reader *reader, struct str packed, const char *names,
               const struct feed_members *members,
               int (*member)(void *context, struct str bytes, struct error *err), void *context,
               struct feed_report *report, struct error *err);

#endif
