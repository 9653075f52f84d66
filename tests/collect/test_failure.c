/* docs/errors.md explains every code, in the words of the program. */
#include "../unit.h"

#include "base/file.h"
#include "base/limits.h"
#include "collect/failure.h"

#include <stdio.h>
#include <stdlib.h>

static void explains(struct str page, const struct failure *row)
{
    char expected[2048];
    snprintf(expected, sizeof expected, "\n## %s\n\n%s\n\n%s\n", row->code, row->cause,
             row->remedy);
    if (str_find(page, str_from(expected)) == SIZE_MAX) {
        print_error("docs/errors.md does not say:%s", expected);
        fail();
    }
    snprintf(expected, sizeof expected, ") | %s | %s |\n", failure_class_name(row->class),
             row->retry ? "yes" : "no");
    struct str rest = page, line;
    bool listed = false;
    char start[80];
    snprintf(start, sizeof start, "| [%s](", row->code);
    while (str_next_line(&rest, &line)) {
        if (str_starts(line, str_from(start))) {
            struct str end = str_trim(str_from(expected));
            listed = str_ends(line, end);
        }
    }
    if (!listed) {
        print_error("docs/errors.md: the table's row of %s is not: %s", row->code, expected);
        fail();
    }
}

static void explains_every_code(void **state)
{
    struct buf page;
    struct error err = ERROR_INIT;
    const struct failure *row;
    struct str rest, line;
    unsigned count = 0, headings = 0;
    (void)state;
    buf_init(&page, LIMIT_SHARE_TABLE);
    assert_int_equal(file_read(getenv("ASSAY_ERRORS"), &page, &err), 0);
    for (; (row = failure_at(count)) != NULL; count++) {
        explains(buf_view(&page), row);
    }
    rest = buf_view(&page);
    while (str_next_line(&rest, &line)) {
        headings += str_starts(line, STR("## "));
    }
    assert_int_equal(headings, count);
    buf_done(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(explains_every_code)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
