/* Tables whose columns are found by their names in a head row. Only for src/import. */
#ifndef ASSAY_IMPORT_COLUMNS_H
#define ASSAY_IMPORT_COLUMNS_H

#include "base/csv.h"
#include "import/formats.h"

enum { COLUMN_ABSENT = -1 };

/* A column that is looked for: alternatives parted by '|'. Case, blanks, '*', '_' and what stands
 * in brackets do not count: "*Memory (In MB)" is "memory". */
struct column {
    const char *names;
};

struct table_reader {
    struct csv csv;
    struct arena arena; /* of fields with doubled quotes; cleared by the caller */
    struct str fields[256];
    unsigned field_count;
    const char *counted; /* line ends before this are counted */
    uint64_t line;
    int at[32]; /* of each looked-for column: its field, or COLUMN_ABSENT */
};

/* table_open reads the head row (the first row with text) and finds the columns; a separator of ';'
 * or a tab is recognised from it. False when the text has no row. */
bool table_open(struct table_reader *table, struct str bytes, const struct column *columns,
                unsigned column_count);
void table_close(struct table_reader *table);
/* table_next reads the next row that is not empty: CSV_END, CSV_RECORD or CSV_BROKEN. */
enum csv_record table_next(struct table_reader *table);
/* table_cell is the field of a looked-for column, "" where the row or the table lacks it. */
struct str table_cell_of(const struct table_reader *table, unsigned column);
bool table_has(const struct table_reader *table, unsigned column);
/* table_line is the number, from 1, of the line in which the row begins. */
uint64_t table_line(struct table_reader *table);

#endif
