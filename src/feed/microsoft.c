/*
 * Microsoft's security updates as WES-NG publishes them: CSV files in a zip, a row for each
 * CVE, update and product ("CVE-2024-21338", KB5034768, "Windows Server 2019"), with the
 * updates that it supersedes. A line that begins with # is a comment.
 */
#include "base/csv.h"
#include "feed/reader.h"

#include "base/limits.h"

enum { COLUMNS_MOST = 32 };

enum column {
    COLUMN_POSTED,
    COLUMN_CVE,
    COLUMN_KB,
    COLUMN_PRODUCT,
    COLUMN_COMPONENT,
    COLUMN_SEVERITY,
    COLUMN_SUPERSEDES,
    COLUMNS
};

static const char *const column_names[COLUMNS] = {
    "DatePosted",        "CVE",      "BulletinKB", "AffectedProduct",
    "AffectedComponent", "Severity", "Supersedes"};

struct bulletin_columns {
    unsigned place[COLUMNS], needed; /* of columns in a row; a row has needed fields at least */
};

static bool read_head(struct csv *csv, struct bulletin_columns *columns)
{
    struct str names[COLUMNS_MOST];
    unsigned count, found = 0;
    if (str_starts(csv->rest, STR("\xef\xbb\xbf"))) {
        csv->rest = str_skip(csv->rest, 3);
    }
    if (csv_next(csv, names, COLUMNS_MOST, &count) != CSV_RECORD || count > COLUMNS_MOST) {
        return false;
    }
    for (unsigned c = 0; c < COLUMNS; c++) {
        for (unsigned i = 0; i < count; i++) {
            if (str_eq_text(str_trim(names[i]), column_names[c])) {
                columns->place[c] = i;
                columns->needed = i + 1 > columns->needed ? i + 1 : columns->needed;
                found++;
                break;
            }
        }
    }
    return found == COLUMNS;
}

/* "20240213" */
static bool read_day(struct str text, int32_t *ret_day)
{
    uint64_t number;
    if (text.len != 8 || !str_to_u64(text, &number)) {
        return false;
    }
    *ret_day =
        date_from_civil((int)(number / 10000), (int)(number / 100 % 100), (int)(number % 100));
    return *ret_day != DATE_NONE;
}

/* Numbers of the knowledge base have up to 7 digits. */
static bool read_kb(struct str text, uint32_t *ret_kb)
{
    uint64_t number;
    if (text.len == 0 || text.len > 9 || !str_to_u64(text, &number) || number == 0) {
        return false;
    }
    *ret_kb = (uint32_t)number;
    return true;
}

/* Reads "3124280;3178034". Service packs are named by words, and "None" is one too: what is no
 * number has no update that could be looked for. */
static const uint32_t *read_superseded(struct arena *arena, struct str list, uint32_t *ret_count)
{
    uint32_t *items = NULL, count = 0, capacity = 0;
    struct str part;
    while (str_split_byte(&list, ';', &part)) {
        uint32_t kb;
        if (!read_kb(str_trim(part), &kb)) {
            continue;
        }
        arena_reserve(arena, items, count, capacity);
        items[count++] = kb;
        if (count == LIMIT_RECORD_ITEMS) {
            break;
        }
    }
    *ret_count = count;
    return items;
}

/* An update without a number (a web page, a package of Linux) or about an advisory instead of
 * a CVE is a good row all the same. */
static bool read_row(const struct bulletin_columns *columns, const struct str *fields,
                     unsigned count, struct arena *arena, struct feed_bulletin *ret,
                     enum feed_skip *ret_reason)
{
    const unsigned *place = columns->place;
    struct feed_bulletin row = {0};
    *ret_reason = FEED_SKIP_MISSING;
    if (count < columns->needed) {
        return false;
    }
    row.product = str_trim(fields[place[COLUMN_PRODUCT]]);
    row.component = str_trim(fields[place[COLUMN_COMPONENT]]);
    row.severity = str_trim(fields[place[COLUMN_SEVERITY]]);
    if (row.product.len == 0) {
        return false;
    }
    *ret_reason = FEED_SKIP_LIMIT;
    if (row.product.len > LIMIT_NAME || row.component.len > LIMIT_NAME ||
        row.severity.len > LIMIT_NAME) {
        return false;
    }
    *ret_reason = FEED_SKIP_VALUE;
    struct str cve = str_trim(fields[place[COLUMN_CVE]]);
    if (!read_day(str_trim(fields[place[COLUMN_POSTED]]), &row.posted) ||
        (str_starts(cve, STR("CVE-")) && !cve_id_parse(cve, &row.cve))) {
        return false;
    }
    read_kb(str_trim(fields[place[COLUMN_KB]]), &row.kb);
    row.superseded =
        read_superseded(arena, fields[place[COLUMN_SUPERSEDES]], &row.superseded_count);
    *ret = row;
    return true;
}

static int take_row(struct feed_run *run, const struct feed_bulletin *row, struct error *err)
{
    run->report->records++;
    feed_report_date(run->report, (int64_t)row->posted * 86400);
    return run->sink->bulletin ? run->sink->bulletin(run->sink->context, row, err) : 0;
}

static void skip_row(struct feed_run *run, enum feed_skip reason, size_t at, struct str text)
{
    text = str_cut_utf8(text, 60);
    feed_report_skip(run->report, reason, "%.*s byte %zu: %.*s: %s", STR_ARG(run->record), at,
                     STR_ARG(text), feed_skip_name(reason));
}

int feed_parse_microsoft(struct feed_run *run, struct str bytes, struct error *err)
{
    struct arena *arena = &run->reader->arena;
    struct csv csv = {.rest = bytes, .arena = arena};
    struct bulletin_columns columns = {0};
    struct str fields[COLUMNS_MOST];
    int result = 0;
    if (str_ends(run->record, STR(".txt"))) {
        return 0; /* says which program reads the file */
    }
    tape_parser_free(run->reader->json); /* as large as the largest NVD year, and of no use here */
    run->reader->json = NULL;
    if (!read_head(&csv, &columns)) {
        return error_set_at(err, ERR_FORMAT, 0,
                            "not Microsoft's updates: no first line that names DatePosted, CVE, "
                            "BulletinKB, AffectedProduct and the like");
    }
    while (result >= 0) {
        struct feed_bulletin row;
        unsigned count;
        enum feed_skip reason = FEED_SKIP_VALUE;
        struct str line = csv.rest;
        arena_clear(arena);
        enum csv_record found = csv_next(&csv, fields, COLUMNS_MOST, &count);
        if (found == CSV_END) {
            break;
        }
        if (found == CSV_RECORD && (line.ptr[0] == '#' || (count == 1 && fields[0].len == 0))) {
            continue;
        }
        if (found == CSV_RECORD && read_row(&columns, fields, count, arena, &row, &reason)) {
            result = take_row(run, &row, err);
        } else {
            skip_row(run, reason, (size_t)(line.ptr - bytes.ptr), line);
        }
    }
    return result;
}
