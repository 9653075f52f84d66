/* Lists of targets as comma-separated values. */
#include "base/csv.h"
#include "base/limits.h"
#include "source/target.h"

#include <string.h>

enum column { COLUMN_HOST, COLUMN_PORT, COLUMN_CREDENTIAL, COLUMN_TAGS, COLUMNS };

static const char *const column_names[COLUMNS] = {
    [COLUMN_HOST] = "host",
    [COLUMN_PORT] = "port",
    [COLUMN_CREDENTIAL] = "credential",
    [COLUMN_TAGS] = "tags",
};

enum { MOST_FIELDS = 64 };

struct list_reader {
    struct csv csv;
    struct arena *arena;
    target_problem *problem;
    void *context;
    int place[COLUMNS]; /* in a row, -1: not there */
    unsigned width;
    uint64_t line;
    const char *counted; /* lines are counted up to here */
    struct target_entry *entries;
    uint32_t count, capacity;
};

/* Texts that people gave, in one form. */
static struct str spec_text(const struct target_spec *spec, struct str given, struct arena *arena)
{
    if (spec->name.len > 0) {
        return spec->port != 0
                   ? arena_printf(arena, "%.*s:%u", STR_ARG(spec->name), (unsigned)spec->port)
                   : spec->name;
    }
    return arena_str(arena, str_trim(given));
}

int target_entry_make(struct str text, struct arena *arena, struct target_entry *ret,
                      struct error *err)
{
    struct target_entry entry = {0};
    int result = target_spec_parse(text, arena, &entry.spec, err);
    if (result == 0) {
        entry.text = spec_text(&entry.spec, text, arena);
        *ret = entry;
    }
    return result;
}

static void count_lines(struct list_reader *reader)
{
    const char *end = reader->csv.record;
    for (; reader->counted < end; reader->counted++) {
        reader->line += *reader->counted == '\n';
    }
}

static void complain(struct list_reader *reader, struct str column, const char *text)
{
    reader->problem(reader->context, reader->line, column, text);
}

static int read_head(struct list_reader *reader, struct error *err)
{
    struct str fields[MOST_FIELDS];
    unsigned count;
    for (unsigned column = 0; column < COLUMNS; column++) {
        reader->place[column] = -1;
    }
    if (csv_next(&reader->csv, fields, MOST_FIELDS, &count) != CSV_RECORD || count > MOST_FIELDS) {
        return error_set(err, ERR_FORMAT,
                         "line 1: the first row names the columns: host,port,credential,tags");
    }
    for (unsigned i = 0; i < count; i++) {
        struct str name = str_trim(fields[i]);
        unsigned column = 0;
        while (column < COLUMNS && !str_eq_nocase(name, str_from(column_names[column]))) {
            column++;
        }
        if (column == COLUMNS) {
            return error_set(err, ERR_FORMAT,
                             "line 1, column %u: \"%.*s\" is not one of host, port, credential, "
                             "tags",
                             i + 1, STR_ARG(str_sub(name, 0, 80)));
        }
        if (reader->place[column] >= 0) {
            return error_set(err, ERR_FORMAT, "line 1, column %u: a second column \"%s\"", i + 1,
                             column_names[column]);
        }
        reader->place[column] = (int)i;
    }
    reader->width = count;
    return reader->place[COLUMN_HOST] >= 0
               ? 0
               : error_set(err, ERR_FORMAT, "line 1: there is no column \"host\"");
}

static struct str field_of(const struct list_reader *reader, const struct str *fields,
                           enum column column)
{
    int place = reader->place[column];
    return place >= 0 ? str_trim(fields[place]) : (struct str){0};
}

/* "host" with the port of its own column. */
static bool read_port(struct list_reader *reader, struct str text, struct target_entry *entry)
{
    uint64_t port;
    if (text.len == 0) {
        return true;
    }
    if (!str_to_u64(text, &port) || port == 0 || port > UINT16_MAX) {
        complain(reader, STR("port"), "not a port; 1 to 65535");
        return false;
    }
    if (entry->spec.port != 0 && entry->spec.port != port) {
        complain(reader, STR("port"), "the host names another port");
        return false;
    }
    if (entry->spec.port == 0) {
        bool v6 = entry->spec.name.len == 0 && entry->spec.range.first.family == 6 &&
                  !str_starts(entry->text, STR("["));
        entry->spec.port = (uint16_t)port;
        entry->text = arena_printf(reader->arena, v6 ? "[%.*s]:%u" : "%.*s:%u",
                                   STR_ARG(entry->text), (unsigned)port);
    }
    return true;
}

static bool read_text(struct list_reader *reader, enum column column, struct str text,
                      struct str *ret)
{
    if (text.len > LIMIT_NAME || !str_valid_utf8(text)) {
        complain(reader, str_from(column_names[column]),
                 text.len > LIMIT_NAME ? "longer than 512 bytes" : "not UTF-8");
        return false;
    }
    *ret = arena_str(reader->arena, text);
    return true;
}

static void read_row(struct list_reader *reader, const struct str *fields)
{
    struct error err = ERROR_INIT;
    struct target_entry entry;
    if (target_entry_make(field_of(reader, fields, COLUMN_HOST), reader->arena, &entry, &err) < 0) {
        complain(reader, STR("host"), err.message);
        return;
    }
    if (read_port(reader, field_of(reader, fields, COLUMN_PORT), &entry) &&
        read_text(reader, COLUMN_CREDENTIAL, field_of(reader, fields, COLUMN_CREDENTIAL),
                  &entry.credential) &&
        read_text(reader, COLUMN_TAGS, field_of(reader, fields, COLUMN_TAGS), &entry.tags)) {
        arena_reserve(reader->arena, reader->entries, reader->count, reader->capacity);
        reader->entries[reader->count++] = entry;
    }
}

static bool is_blank(const struct str *fields, unsigned count)
{
    return count == 1 && str_trim(fields[0]).len == 0;
}

static int read_rows(struct list_reader *reader, struct error *err)
{
    struct str fields[MOST_FIELDS];
    unsigned count;
    enum csv_record record;
    while ((record = csv_next(&reader->csv, fields, MOST_FIELDS, &count)) != CSV_END) {
        count_lines(reader);
        if (record == CSV_BROKEN) {
            complain(reader, STR(""), "a quote is not closed, or text stands behind it");
        } else if (is_blank(fields, count) || str_starts(fields[0], STR("#"))) {
            continue;
        } else if (count != reader->width) {
            complain(reader, STR(""),
                     count < reader->width ? "fewer columns than the first row"
                                           : "more columns than the first row");
        } else if (reader->count == LIMIT_TARGET_ENTRIES) {
            return error_set(err, ERR_LIMIT, "more than %u targets in one list",
                             LIMIT_TARGET_ENTRIES);
        } else {
            read_row(reader, fields);
        }
    }
    return 0;
}

/* Spreadsheets of half of the world separate by semicolons. */
static char find_separator(struct str bytes)
{
    struct str head = str_sub(bytes, 0, str_find_byte(bytes, '\n'));
    bool semicolon = str_find_byte(head, ';') != SIZE_MAX;
    return semicolon && str_find_byte(head, ',') == SIZE_MAX ? ';' : ',';
}

int target_list_read(struct str bytes, struct arena *arena, target_problem *problem, void *context,
                     struct target_entry **ret_entries, uint32_t *ret_count, struct error *err)
{
    if (str_starts(bytes, STR("\xef\xbb\xbf"))) {
        bytes = str_skip(bytes, 3);
    }
    struct list_reader reader = {
        .csv = {.rest = bytes, .arena = arena, .separator = find_separator(bytes)},
        .arena = arena,
        .problem = problem,
        .context = context,
        .line = 1,
        .counted = bytes.ptr};
    int result = read_head(&reader, err);
    if (result == 0) {
        result = read_rows(&reader, err);
    }
    if (result == 0) {
        *ret_entries = reader.entries;
        *ret_count = reader.count;
    }
    return result;
}
