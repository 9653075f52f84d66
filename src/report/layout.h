/*
 * Aligned text for a terminal: a table whose columns share the width that there is, and facts
 * (label, text, aside) whose asides stand in one column where they fit.
 */
#ifndef ASSAY_REPORT_LAYOUT_H
#define ASSAY_REPORT_LAYOUT_H

#include "report/text.h"

/* Colour carries what a word beside it says too. */
enum layout_style {
    LAYOUT_PLAIN,
    LAYOUT_BOLD,
    LAYOUT_DIM,
    LAYOUT_CRITICAL,
    LAYOUT_HIGH,
    LAYOUT_MEDIUM,
    LAYOUT_LOW,
    LAYOUT_ATTENTION,
    LAYOUT_STYLES
};

void layout_begin_style(struct buf *out, bool color, enum layout_style style);
void layout_end_style(struct buf *out, bool color, enum layout_style style);

struct layout_column {
    const char *title;
    unsigned least;  /* columns that it keeps when room is short */
    unsigned expend; /* 0: stays; else left out when room is short, the highest first */
    bool right;
    bool middle; /* cut in the middle: both ends of a version tell it apart */
};

struct layout_cell {
    struct str text; /* clean */
    enum layout_style style;
};

/* A table in an arena. */
struct layout_table {
    struct arena *arena;
    const struct layout_column *columns;
    unsigned column_count;
    struct layout_cell *cells; /* row by row */
    uint32_t cell_count, cell_capacity;
};

void layout_table_init(struct layout_table *table, struct arena *arena,
                       const struct layout_column *columns, unsigned column_count);
/* layout_table_add adds the next cell of the row; text is copied and cleaned. */
void layout_table_add(struct layout_table *table, struct str text, enum layout_style style);
/* layout_table_write appends the table, no line longer than width. */
void layout_table_write(const struct layout_table *table, unsigned width, bool color,
                        struct buf *out);

enum { LAYOUT_FACTS = 128, LAYOUT_LABEL = 13, LAYOUT_INDENT = 2 };

struct layout_fact {
    const char *label;
    struct str text, aside; /* clean, in the arena */
    enum layout_style style;
};

struct layout_facts {
    struct layout_fact items[LAYOUT_FACTS];
    unsigned count;
};

/* layout_facts_write appends a line a fact; what is too long is wrapped, an aside that does
 * not fit goes to a line of its own. */
void layout_facts_write(const struct layout_facts *facts, unsigned width, bool color,
                        struct buf *out);

#endif
