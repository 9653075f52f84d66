#include "identify/table.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int refuse_line(const char *name, uint32_t line, struct error *err, const char *what)
{
    error_set(err, ERR_FORMAT, "line %u: %s", line, what);
    return error_add_where(err, name);
}

static int split_cells(struct str line, struct table *table)
{
    struct str *cells = table->cells + (size_t)table->count * table->columns;
    struct str cell;
    uint32_t count = 0;
    while (str_split_byte(&line, '\t', &cell)) {
        if (count == table->columns || cell.len == 0 || cell.len > LIMIT_LINE) {
            return -1;
        }
        cells[count++] = cell.len == 1 && cell.ptr[0] == '-' ? (struct str){cell.ptr, 0} : cell;
    }
    return count == table->columns ? 0 : -1;
}

int table_parse(const char *name, uint32_t columns, struct table *table, struct error *err)
{
    struct str rest = buf_view(&table->bytes), line;
    uint32_t capacity = (uint32_t)(rest.len / 48) + 16, number = 0;
    table->columns = columns;
    table->count = 0;
    table->cells = mem_grow(NULL, (size_t)capacity * columns, sizeof *table->cells);
    while (str_next_line(&rest, &line)) {
        number++;
        if (line.len == 0 || line.ptr[0] == '#') {
            continue;
        }
        if (table->count == capacity) {
            capacity *= 2;
            table->cells = mem_grow(table->cells, (size_t)capacity * columns, sizeof *table->cells);
        }
        if (split_cells(line, table) < 0) {
            char what[80];
            snprintf(what, sizeof what, "not %u cells separated by tabs, none empty", columns);
            return refuse_line(name, number, err, what);
        }
        table->count++;
    }
    return 0;
}

int table_read(const char *folder, const char *name, uint32_t columns, struct table *table,
               struct error *err)
{
    memset(table, 0, sizeof *table);
    buf_init(&table->bytes, LIMIT_SHARE_TABLE);
    _cleanup_free_ char *path = file_join(folder, name);
    int result = file_read(path, &table->bytes, err);
    if (result == 0) {
        result = table_parse(path, columns, table, err);
    }
    if (result < 0) {
        error_add_where(err, path);
        table_done(table);
    }
    return result;
}

void table_done(struct table *table)
{
    free(table->cells);
    buf_done(&table->bytes);
    memset(table, 0, sizeof *table);
}
