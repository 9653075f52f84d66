#include "report/layout.h"

enum { GAP = 2, MOST_COLUMNS = 16 };

static const char *style_code(enum layout_style style)
{
    static const char *const codes[LAYOUT_STYLES] = {
        [LAYOUT_BOLD] = "1",      [LAYOUT_DIM] = "2",     [LAYOUT_CRITICAL] = "1;31",
        [LAYOUT_HIGH] = "31",     [LAYOUT_MEDIUM] = "33", [LAYOUT_LOW] = "34",
        [LAYOUT_ATTENTION] = "1",
    };
    return codes[style];
}

void layout_begin_style(struct buf *out, bool color, enum layout_style style)
{
    if (color && style_code(style) != NULL) {
        buf_printf(out, "\033[%sm", style_code(style));
    }
}

void layout_end_style(struct buf *out, bool color, enum layout_style style)
{
    if (color && style_code(style) != NULL) {
        buf_put_text(out, "\033[0m");
    }
}

void layout_table_init(struct layout_table *table, struct arena *arena,
                       const struct layout_column *columns, unsigned column_count)
{
    *table = (struct layout_table){
        .arena = arena,
        .columns = columns,
        .column_count = column_count < MOST_COLUMNS ? column_count : MOST_COLUMNS,
    };
}

void layout_table_add(struct layout_table *table, struct str text, enum layout_style style)
{
    arena_reserve(table->arena, table->cells, table->cell_count, table->cell_capacity);
    table->cells[table->cell_count++] =
        (struct layout_cell){text_clean(table->arena, arena_str(table->arena, text)), style};
}

static void measure_columns(const struct layout_table *table, unsigned widths[MOST_COLUMNS])
{
    for (unsigned i = 0; i < table->column_count; i++) {
        widths[i] = text_width(str_from(table->columns[i].title));
    }
    for (uint32_t i = 0; i < table->cell_count; i++) {
        unsigned width = text_width(table->cells[i].text), column = i % table->column_count;
        widths[column] = width > widths[column] ? width : widths[column];
    }
}

static unsigned total_width(const unsigned widths[MOST_COLUMNS], unsigned count)
{
    unsigned total = 0;
    for (unsigned i = 0; i < count; i++) {
        total += widths[i] > 0 ? widths[i] + GAP : 0;
    }
    return total > GAP ? total - GAP : 0;
}

/* The width that a column gives up at most. */
static unsigned spare_width(const struct layout_column *column, unsigned width)
{
    return width > column->least && column->least > 0 ? width - column->least : 0;
}

/* Takes what is too much from the columns that have most to spare, a step at a time. */
static void shrink_columns(const struct layout_table *table, unsigned widths[MOST_COLUMNS],
                           unsigned width)
{
    while (total_width(widths, table->column_count) > width) {
        unsigned best = 0, most = 0;
        for (unsigned i = 0; i < table->column_count; i++) {
            unsigned spare = spare_width(&table->columns[i], widths[i]);
            if (spare > most) {
                most = spare;
                best = i;
            }
        }
        if (most == 0) {
            return;
        }
        widths[best]--;
    }
}

static unsigned least_width(const struct layout_table *table, const unsigned widths[MOST_COLUMNS])
{
    unsigned least[MOST_COLUMNS] = {0};
    for (unsigned i = 0; i < table->column_count; i++) {
        least[i] = widths[i] - spare_width(&table->columns[i], widths[i]);
    }
    return total_width(least, table->column_count);
}

/* Leaves out columns, the most expendable first, until the rest can be made to fit. */
static void drop_columns(const struct layout_table *table, unsigned widths[MOST_COLUMNS],
                         unsigned width)
{
    while (least_width(table, widths) > width) {
        unsigned best = 0, most = 0;
        for (unsigned i = 0; i < table->column_count; i++) {
            if (widths[i] > 0 && table->columns[i].expend > most) {
                most = table->columns[i].expend;
                best = i;
            }
        }
        if (most == 0) {
            return;
        }
        widths[best] = 0;
    }
}

static void write_cell(struct buf *out, struct layout_cell cell, unsigned width,
                       const struct layout_column *column, bool last, bool color)
{
    bool right = column->right, middle = column->middle;
    unsigned needed = text_width(cell.text);
    if (right && needed < width) {
        text_put_blanks(out, width - needed);
    }
    layout_begin_style(out, color, cell.style);
    unsigned used =
        middle ? text_put_middle(out, cell.text, width) : text_put_fit(out, cell.text, width);
    layout_end_style(out, color, cell.style);
    if (!right && !last && used < width) {
        text_put_blanks(out, width - used);
    }
}

static void write_row(const struct layout_table *table, const struct layout_cell *cells,
                      const unsigned widths[MOST_COLUMNS], bool color, struct buf *out)
{
    unsigned last = 0;
    bool first = true;
    for (unsigned i = 0; i < table->column_count; i++) {
        last = widths[i] > 0 && cells[i].text.len > 0 ? i : last;
    }
    for (unsigned i = 0; i <= last; i++) {
        if (widths[i] == 0) {
            continue;
        }
        text_put_blanks(out, first ? 0 : GAP);
        write_cell(out, cells[i], widths[i], &table->columns[i], i == last, color);
        first = false;
    }
    buf_put_byte(out, '\n');
}

void layout_table_write(const struct layout_table *table, unsigned width, bool color,
                        struct buf *out)
{
    unsigned widths[MOST_COLUMNS];
    struct layout_cell titles[MOST_COLUMNS];
    measure_columns(table, widths);
    drop_columns(table, widths, width);
    shrink_columns(table, widths, width);
    for (unsigned i = 0; i < table->column_count; i++) {
        titles[i] = (struct layout_cell){str_from(table->columns[i].title), LAYOUT_DIM};
    }
    write_row(table, titles, widths, color, out);
    for (uint32_t i = 0; i + table->column_count <= table->cell_count; i += table->column_count) {
        write_row(table, &table->cells[i], widths, color, out);
    }
}

/* The column where asides begin: behind the longest text, so far to the left that the longest
 * aside still fits. */
static unsigned aside_column(const struct layout_facts *facts, unsigned width)
{
    unsigned column = 0, longest = 0;
    for (unsigned i = 0; i < facts->count; i++) {
        unsigned aside = text_width(facts->items[i].aside);
        unsigned end = LAYOUT_INDENT + LAYOUT_LABEL + text_width(facts->items[i].text) + GAP;
        if (aside > 0 && end + aside <= width) {
            column = end > column ? end : column;
            longest = aside > longest ? aside : longest;
        }
    }
    return column + longest > width ? width - longest : column;
}

static void write_aside(const struct layout_fact *fact, unsigned used, unsigned column,
                        unsigned width, bool color, struct buf *out)
{
    unsigned aside = text_width(fact->aside), from = used + GAP > column ? used + GAP : column;
    unsigned indent = LAYOUT_INDENT + LAYOUT_LABEL;
    if (aside == 0) {
        return;
    }
    if (from + aside > width && used + GAP + aside <= width) {
        from = used + GAP;
    }
    if (from + aside <= width) {
        text_put_blanks(out, from - used);
    } else {
        buf_put_byte(out, '\n');
        text_put_blanks(out, indent);
    }
    layout_begin_style(out, color, LAYOUT_DIM);
    if (from + aside <= width) {
        buf_put_str(out, fact->aside);
    } else {
        text_put_wrapped(out, fact->aside, width > indent ? width - indent : width, indent);
    }
    layout_end_style(out, color, LAYOUT_DIM);
}

static void write_fact(const struct layout_fact *fact, unsigned column, unsigned width, bool color,
                       struct buf *out)
{
    unsigned indent = LAYOUT_INDENT + LAYOUT_LABEL;
    text_put_blanks(out, LAYOUT_INDENT);
    if (fact->label[0] != '\0') {
        layout_begin_style(out, color, LAYOUT_DIM);
        buf_put_text(out, fact->label);
        layout_end_style(out, color, LAYOUT_DIM);
    }
    unsigned label = text_width(str_from(fact->label));
    text_put_blanks(out, label < LAYOUT_LABEL ? LAYOUT_LABEL - label : 1);
    unsigned used = indent + text_width(fact->text);
    layout_begin_style(out, color, fact->style);
    if (used <= width) {
        buf_put_str(out, fact->text);
    } else {
        text_put_wrapped(out, fact->text, width > indent ? width - indent : width, indent);
    }
    layout_end_style(out, color, fact->style);
    write_aside(fact, used, column, width, color, out);
    buf_put_byte(out, '\n');
}

void layout_facts_write(const struct layout_facts *facts, unsigned width, bool color,
                        struct buf *out)
{
    unsigned column = aside_column(facts, width);
    for (unsigned i = 0; i < facts->count; i++) {
        write_fact(&facts->items[i], column, width, color, out);
    }
}
