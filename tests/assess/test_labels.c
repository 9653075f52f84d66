/*
 * The hand-checked answers of tests/labels/linux.tsv, with knowledge made of what each row
 * quotes from its advisories. tests/e2e/test_labels.py asks the same of real feeds.
 */
#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "server.h"

enum {
    SYSTEM,
    MANAGER,
    PACKAGE,
    VERSION,
    SOURCE,
    SOURCE_VERSION,
    MODULE,
    CVE,
    ANSWER,
    ADVISORY,
    FIXED,
    PRODUCT,
    SUPPORT,
    NOTE,
    COLUMNS
};

static bool split_text(struct str *rest, const char *separator, struct str *ret)
{
    if (!rest->ptr)
        return false;
    size_t at = str_find(*rest, str_from(separator));
    *ret = at == SIZE_MAX ? *rest : str_sub(*rest, 0, at);
    *rest = at == SIZE_MAX ? (struct str){0} : str_skip(*rest, at + strlen(separator));
    return true;
}

static struct str advisory_package(const struct str *row)
{
    if (str_eq_text(row[MANAGER], "rpm"))
        return row[PACKAGE];
    return str_starts(row[SOURCE], STR("linux-signed")) ? STR("linux") : row[SOURCE];
}

static void add_advisory(struct server *server, const struct str *row, struct str id,
                         struct str fixed)
{
    struct feed_event events[8][2];
    struct feed_range ranges[8];
    struct str version, module = {"", 0};
    uint64_t cve = 0;
    uint32_t count = 0;
    size_t at = str_find_byte(id, '@');
    if (at != SIZE_MAX) {
        module = str_skip(id, at + 1);
        id = str_sub(id, 0, at);
    }
    assert_true(cve_id_parse(row[CVE], &cve));
    for (; count < 8 && split_text(&fixed, " | ", &version); count++) {
        events[count][0] = (struct feed_event){FEED_INTRODUCED, STR("0")};
        events[count][1] = (struct feed_event){FEED_FIXED, version};
        ranges[count] = (struct feed_range){events[count], version.len ? 2 : 1};
    }
    struct feed_affected affected = {.ecosystem = row[SYSTEM],
                                     .package = advisory_package(row),
                                     .ranges = ranges,
                                     .range_count = count,
                                     .urgency = STR("")};
    struct feed_advisory advisory = {.id = id,
                                     .published = TIME_NONE,
                                     .modified = TIME_NONE,
                                     .withdrawn = TIME_NONE,
                                     .summary = STR("security update"),
                                     .module = module,
                                     .cves = &cve,
                                     .cve_count = 1,
                                     .affected = &affected,
                                     .affected_count = 1};
    assert_int_equal(server->fixture.sink.advisory(server->fixture.sink.context, &advisory, NULL),
                     0);
}

/* A record of another CVE, so that the feed covers the package. */
static void add_other(struct server *server, const struct str *row)
{
    struct str copy[COLUMNS];
    memcpy(copy, row, sizeof copy);
    copy[CVE] = STR("CVE-1999-0001");
    add_advisory(server, copy, STR("OTHER-1"), STR("0"));
}

static void start_server(struct server *server, const struct str *row,
                         const struct identify_tables *tables)
{
    size_t colon = str_find_byte(row[SYSTEM], ':');
    server_init(server, str_starts(row[SYSTEM], STR("Debian")) ? "debian" : "almalinux", "");
    server->inventory.os.version_id = str_skip(row[SYSTEM], colon + 1);
    server->loaded = tables;
    struct inventory_software *software = server_add(server, "", "", "", "");
    bool debian = str_starts(row[SYSTEM], STR("Debian"));
    software->origin = debian ? STR("Debian") : STR("");
    software->vendor = debian ? STR("") : STR("AlmaLinux");
    software->ecosystem = row[MANAGER];
    software->name = row[PACKAGE];
    software->version = row[VERSION];
    software->source = row[SOURCE];
    software->source_version = row[SOURCE_VERSION];
    software->module = row[MODULE];
}

static enum verdict verdict_of(struct str answer)
{
    return str_eq_text(answer, "vulnerable")     ? VERDICT_VULNERABLE
           : str_eq_text(answer, "fixed")        ? VERDICT_FIXED
           : str_eq_text(answer, "not affected") ? VERDICT_NOT_AFFECTED
                                                 : VERDICT_UNKNOWN;
}

static void check_row(const struct str *row, const struct identify_tables *tables)
{
    struct server server;
    struct str ids = row[ADVISORY], fixes = row[FIXED], id, fixed;
    char cve[CVE_ID_SIZE], name[128];
    start_server(&server, row, tables);
    add_other(&server, row);
    while (!str_eq_text(row[ADVISORY], "-") && split_text(&ids, " + ", &id) &&
           split_text(&fixes, " + ", &fixed))
        add_advisory(&server, row, id, fixed);
    snprintf(cve, sizeof cve, "%.*s", STR_ARG(row[CVE]));
    snprintf(name, sizeof name, "%.*s", STR_ARG(row[PACKAGE]));
    server_assess(&server);
    server_explain(&server, cve, name);
    bool vulnerable = server_finding(&server, cve, NULL) != NULL;
    enum verdict expected = verdict_of(row[ANSWER]);
    if (server.explanation_count != 1 || server.explanations[0].verdict != expected ||
        vulnerable != (expected == VERDICT_VULNERABLE))
        fail_msg("%s %.*s %s: expected %.*s, got %s%s", name, STR_ARG(row[VERSION]), cve,
                 STR_ARG(row[ANSWER]), verdict_name(server.explanations[0].verdict),
                 vulnerable ? " (finding)" : "");
    server_done(&server);
}

static void labels_hold(void **state)
{
    struct error err = ERROR_INIT;
    struct identify_tables *tables;
    struct buf text;
    struct str line;
    unsigned rows = 0;
    (void)state;
    assert_int_equal(identify_tables_load(ASSAY_SHARE, &tables, &err), 0);
    buf_init(&text, LIMIT_SHARE_TABLE);
    assert_int_equal(file_read(ASSAY_LABELS, &text, &err), 0);
    struct str rest = buf_view(&text);
    while (str_next_line(&rest, &line)) {
        struct str row[COLUMNS];
        unsigned count = 0;
        if (!line.len || line.ptr[0] == '#')
            continue;
        while (count < COLUMNS && str_split_byte(&line, '\t', &row[count]))
            count++;
        assert_int_equal(count, COLUMNS);
        check_row(row, tables);
        rows++;
    }
    assert_true(rows >= 300);
    identify_tables_free(tables);
    buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
