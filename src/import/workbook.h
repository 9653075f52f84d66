/*
 * Workbooks (ECMA-376, "Office Open XML", .xlsx) as tables of text: each sheet as comma-separated
 * values, a line a row. Formulas count as the value that was stored with them; dates stay numbers.
 */
#ifndef ASSAY_IMPORT_WORKBOOK_H
#define ASSAY_IMPORT_WORKBOOK_H

#include "base/error.h"
#include "base/str.h"
#include "import/archive.h"

bool workbook_matches(const struct archive *archive);

/* workbook_read calls sheet for every sheet in the book's order; a result other than 0 ends it and
 * is returned. ERR_FORMAT with the member's name, ERR_LIMIT. Document types and entities are
 * refused. */
int workbook_read(struct archive *archive,
                  int (*sheet)(void *context, const char *name, struct str csv, struct error *err),
                  void *context, struct error *err);

#endif
