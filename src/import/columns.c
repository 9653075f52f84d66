#include "import/columns.h"

#include "base/limits.h"

static char plain_byte(char c)
{
    c = str_lower_byte(c);
    return str_is_alpha(c) || str_is_digit(c) || (unsigned char)c >= 0x80 ? c : '\0';
}

/* Compares a head cell with a looked-for name, letters and digits only, up to a bracket. */
static bool same_name(struct str cell, struct str name)
{
    size_t bracket = str_find_byte(cell, '('), n = 0;
    cell = bracket != SIZE_MAX && bracket > 0 ? str_sub(cell, 0, bracket) : cell;
    for (size_t i = 0; i < cell.len; i++) {
        char c = plain_byte(cell.ptr[i]);
        if (c == '\0') {
            continue;
        }
        while (n < name.len && plain_byte(name.ptr[n]) == '\0') {
            n++;
        }
        if (n == name.len || plain_byte(name.ptr[n++]) != c) {
            return false;
        }
    }
    return n == name.len && n > 0;
}

static bool is_column(struct str cell, const char *names)
{
    struct str rest = str_from(names), name;
    while (str_split_byte(&rest, '|', &name)) {
        if (same_name(cell, name)) {
            return true;
        }
    }
    return false;
}

static char find_separator(struct str bytes)
{
    struct str line = STR("");
    str_next_line(&bytes, &line);
    bool comma = str_find_byte(line, ',') != SIZE_MAX;
    bool semicolon = str_find_byte(line, ';') != SIZE_MAX;
    bool tab = str_find_byte(line, '\t') != SIZE_MAX;
    return tab && !comma ? '\t' : semicolon && !comma ? ';' : ',';
}

static bool is_empty(const struct table_reader *table)
{
    return table->field_count == 1 && str_trim(table->fields[0]).len == 0;
}

enum csv_record table_next(struct table_reader *table)
{
    enum csv_record found;
    do {
        found = csv_next(&table->csv, table->fields, LIMIT_IMPORT_COLUMNS, &table->field_count);
    } while (found == CSV_RECORD && is_empty(table));
    if (table->field_count > LIMIT_IMPORT_COLUMNS) {
        table->field_count = LIMIT_IMPORT_COLUMNS;
    }
    return found;
}

bool table_open(struct table_reader *table, struct str bytes, const struct column *columns,
                unsigned column_count)
{
    *table = (struct table_reader){.counted = bytes.ptr, .line = 1};
    arena_init(&table->arena);
    table->csv =
        (struct csv){.rest = bytes, .arena = &table->arena, .separator = find_separator(bytes)};
    if (table_next(table) != CSV_RECORD) {
        return false;
    }
    for (unsigned i = 0; i < column_count; i++) {
        table->at[i] = COLUMN_ABSENT;
        for (unsigned field = 0; field < table->field_count; field++) {
            if (table->at[i] == COLUMN_ABSENT &&
                is_column(table->fields[field], columns[i].names)) {
                table->at[i] = (int)field;
            }
        }
    }
    return true;
}

void table_close(struct table_reader *table)
{
    arena_done(&table->arena);
}

bool table_has(const struct table_reader *table, unsigned column)
{
    return table->at[column] != COLUMN_ABSENT;
}

struct str table_cell_of(const struct table_reader *table, unsigned column)
{
    int at = table->at[column];
    return at == COLUMN_ABSENT || (unsigned)at >= table->field_count ? STR("")
                                                                     : str_trim(table->fields[at]);
}

uint64_t table_line(struct table_reader *table)
{
    for (; table->counted < table->csv.record; table->counted++) {
        table->line += *table->counted == '\n';
    }
    return table->line;
}
