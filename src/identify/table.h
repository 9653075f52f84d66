/*
 * A table of share/: lines of cells separated by tabs, `#` lines are comments, a cell `-` is
 * empty. The cells are views into the file's bytes.
 */
#ifndef ASSAY_IDENTIFY_TABLE_H
#define ASSAY_IDENTIFY_TABLE_H

#include "base/buf.h"
#include "base/error.h"

struct table {
    struct buf bytes;
    struct str *cells; /* columns of each row, one row after the other */
    uint32_t columns, count;
};

/* table_read reads FOLDER/NAME, whose rows have that number of columns. Its error names file
 * and line. On failure *table is empty; table_done is safe then. */
int table_read(const char *folder, const char *name, uint32_t columns, struct table *table,
               struct error *err);
/* table_parse is table_read of bytes that the caller put into table->bytes. */
int table_parse(const char *name, uint32_t columns, struct table *table, struct error *err);
void table_done(struct table *table);

static inline struct str table_cell(const struct table *table, uint32_t row, uint32_t column)
{
    return table->cells[(size_t)row * table->columns + column];
}

#endif
