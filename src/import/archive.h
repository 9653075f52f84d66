/* Zip archives in memory: members by name, each under a ceiling. Only for src/import. */
#ifndef ASSAY_IMPORT_ARCHIVE_H
#define ASSAY_IMPORT_ARCHIVE_H

#include "base/buf.h"
#include "base/error.h"

struct archive; /* borrows the bytes that it was opened with */

/* archive_open: ERR_FORMAT for what is no zip, ERR_LIMIT for more than LIMIT_IMPORT_MEMBERS
 * members. */
int archive_open(struct str bytes, struct archive **ret, struct error *err);
void archive_close(struct archive *archive);

unsigned archive_count(const struct archive *archive);
/* archive_name is the name of member n, gone with the archive. */
const char *archive_name(const struct archive *archive, unsigned n);
/* archive_has says whether there is a member of that name. */
bool archive_has(const struct archive *archive, const char *name);
/* archive_read appends a member to out, checksum checked. ERR_NOT_FOUND, ERR_FORMAT; ERR_LIMIT when
 * it does not fit out's ceiling. */
int archive_read(struct archive *archive, const char *name, struct buf *out, struct error *err);

#endif
