/* Microsoft's updates: CSV of RFC 4180 and the rows of WES-NG. */
#include "../unit.h"

#include "base/csv.h"
#include "capture.h"

#include <stdio.h>

#define HEAD                                                                                       \
    "\"DatePosted\",\"CVE\",\"BulletinKB\",\"Title\",\"AffectedProduct\",\"AffectedComponent\","   \
    "\"Severity\",\"Impact\",\"Supersedes\",\"Exploits\"\n"

/* Records as text: fields in brackets, a record a line, "!" for a broken one. */
static void put_records(struct str text, struct buf *out)
{
    struct arena arena;
    struct str fields[4];
    unsigned count;
    enum csv_record found;
    arena_init(&arena);
    struct csv csv = {.rest = text, .arena = &arena};
    while ((found = csv_next(&csv, fields, 4, &count)) != CSV_END) {
        for (unsigned i = 0; found == CSV_RECORD && i < count && i < 4; i++) {
            buf_printf(out, "[%.*s]", STR_ARG(fields[i]));
        }
        buf_put_text(out, found == CSV_RECORD ? count > 4 ? "+\n" : "\n" : "!\n");
    }
    arena_done(&arena);
}

static void cuts_records(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", ""},
        {"a,b\r\nc,d\r\n", "[a][b]\n[c][d]\n"},
        {"a,b\nc,d", "[a][b]\n[c][d]\n"},
        {"\"a\",\"b,c\"\n", "[a][b,c]\n"},
        {"\"a\"\"b\",\"\"\"\",\"\"\n", "[a\"b][\"][]\n"},
        {"\"two\nlines\",x\n", "[two\nlines][x]\n"},
        {",,\n\n", "[][][]\n[]\n"},
        {"a,", "[a][]\n"},
        {"a,b,c,d,e\nf\n", "[a][b][c][d]+\n[f]\n"},
        {"a\"b,c\n", "[a\"b][c]\n"},
        {"\"open,a\nb,c\n", "!\n[b][c]\n"},
        {"\"a\"b,c\nd\n", "!\n[d]\n"},
        {"\"", "!\n"},
        {"\"\"", "[]\n"},
        {"a\rb", "[a]\n[b]\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out;
        buf_init(&out, 4096);
        put_records(str_from(cases[i].text), &out);
        assert_string_equal(buf_text(&out), cases[i].expected);
        buf_done(&out);
    }
}

static void reads_rows(void **state)
{
    static const struct {
        const char *rows, *expected, *skips;
    } cases[] = {
        {"\"20240213\",\"CVE-2024-21338\",\"5034768\",\"Title\",\"Windows Server 2019\",\"Windows "
         "Kernel\",\"Important\",\"Elevation of Privilege\",\"5034127\",\"\"\n",
         "CVE-2024-21338 KB5034768 posted=2024-02-13 product='Windows Server 2019' "
         "component='Windows Kernel' severity='Important' over 5034127\n",
         ""},
        /* comments, empty lines, padding, lists with words, no CVE, no number */
        {"# Service Packs\n\n\"20161011\",\"\",\"3192392\",\"\",\"Windows 7  \",\"\",\"\",\"\","
         "\"3124280;SP1; 3178034;None\",\"\"\n\"20161011\",\"ADV180002\",\"Release "
         "Notes\",\"\",\"Edge\",\"\",\"\",\"\",\"\",\"\"\n",
         "- KB3192392 posted=2016-10-11 product='Windows 7' over 3124280 over 3178034\n"
         "- KB0 posted=2016-10-11 product='Edge'\n",
         ""},
        {"\"20240231\",\"\",\"1\",\"\",\"p\",\"\",\"\",\"\",\"\",\"\"\n"
         "\"20240201\",\"CVE-1\",\"1\",\"\",\"p\",\"\",\"\",\"\",\"\",\"\"\n"
         "\"20240201\",\"\",\"1\",\"\",\" \",\"\",\"\",\"\",\"\",\"\"\n"
         "\"20240201\",\"\",\"1\"\n\"20240201\",\"open\n",
         "", "missing field 2, bad value 3"},
        {"\"20240201\",\"\",\"99999999999\",\"\",\"p\",\"\",\"\",\"\",\"0\",\"\"\n",
         "- KB0 posted=2024-02-01 product='p'\n", ""},
    };
    struct capture capture;
    (void)state;
    capture_init(&capture);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[2048];
        snprintf(text, sizeof text, "%s%s", i % 2 ? "\xef\xbb\xbf" HEAD : HEAD, cases[i].rows);
        capture_parse(&capture, "microsoft", str_from(text));
        assert_int_equal(capture.result, 0);
        assert_string_equal(buf_text(&capture.text), cases[i].expected);
        assert_string_equal(capture_skips(&capture), cases[i].skips);
    }
    capture_done(&capture);
}

static void refuses_other_tables(void **state)
{
    static const char *const texts[] = {"", "x", "\"CVE\",\"BulletinKB\"\n", "{\"a\":1}", "\""};
    struct capture capture;
    (void)state;
    capture_init(&capture);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        capture_parse(&capture, "microsoft", str_from(texts[i]));
        assert_int_equal(capture.result, ERR_FORMAT);
    }
    capture.refuse = ERR_INTERRUPTED;
    capture_parse(&capture, "microsoft", STR(HEAD "20240201,,1,,p,,,,,\n20240201,,2,,p,,,,,\n"));
    assert_int_equal(capture.result, ERR_INTERRUPTED);
    assert_int_equal(capture.report.records, 1);
    capture_done(&capture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_records),
        cmocka_unit_test(reads_rows),
        cmocka_unit_test(refuses_other_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
