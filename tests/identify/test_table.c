#include "../unit.h"

#include "identify/identify.h"
#include "identify/table.h"

#include "base/date.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int parse(const char *text, uint32_t columns, struct table *table, struct error *err)
{
    memset(table, 0, sizeof *table);
    buf_init(&table->bytes, LIMIT_SHARE_TABLE);
    buf_put_text(&table->bytes, text);
    return table_parse("t.tsv", columns, table, err);
}

static void reads_rows(void **state)
{
    struct error err = ERROR_INIT;
    struct table table;
    assert_int_equal(parse("# a\tb\n\none\t-\n# x\ntwo\tthree\r\n", 2, &table, &err), 0);
    assert_int_equal(table.count, 2);
    assert_true(str_eq_text(table_cell(&table, 0, 0), "one"));
    assert_int_equal(table_cell(&table, 0, 1).len, 0);
    assert_true(str_eq_text(table_cell(&table, 1, 1), "three"));
    table_done(&table);
}

static void names_file_and_line(void **state)
{
    static const char *const wrong[] = {"# c\nok\tok\nshort\n", "# c\nok\tok\na\tb\tc\n",
                                        "# c\nok\tok\na\t\n"};
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct error err = ERROR_INIT;
        struct table table;
        char text[600];
        assert_int_equal(parse(wrong[i], 2, &table, &err), ERR_FORMAT);
        error_text(&err, text, sizeof text);
        assert_non_null(strstr(text, "t.tsv"));
        assert_non_null(strstr(text, "line 3"));
        table_done(&table);
    }
}

static void grows(void **state)
{
    struct error err = ERROR_INIT;
    struct table table = {0};
    buf_init(&table.bytes, LIMIT_SHARE_TABLE);
    for (int i = 0; i < 1000; i++) {
        buf_put_text(&table.bytes, "a\tb\n");
    }
    assert_int_equal(table_parse("t.tsv", 2, &table, &err), 0);
    assert_int_equal(table.count, 1000);
    table_done(&table);
}

static void names_a_missing_table(void **state)
{
    struct error err = ERROR_INIT;
    struct identify_tables *tables = NULL;
    assert_int_equal(identify_tables_load("/nonexistent", &tables, &err), ERR_NOT_FOUND);
    char text[600];
    assert_non_null(strstr(error_text(&err, text, sizeof text), "/nonexistent/"));
    assert_null(tables);
    identify_tables_free(NULL);
}

static void loads_the_real_ones(void **state)
{
    struct error err = ERROR_INIT;
    struct identify_tables *tables = NULL;
    double before = time_monotonic();
    if (identify_tables_load(SHARE_FOLDER, &tables, &err) < 0) {
        fail_msg("%s: %s", err.where, err.message);
    }
    print_message("# tables loaded in %.2f ms\n", (time_monotonic() - before) * 1000);
    identify_tables_free(tables);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rows),
        cmocka_unit_test(names_file_and_line),
        cmocka_unit_test(grows),
        cmocka_unit_test(names_a_missing_table),
        cmocka_unit_test(loads_the_real_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
