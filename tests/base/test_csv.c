#include "../unit.h"

#include "base/csv.h"

enum { MOST = 4 };

/* The line of whole, from 1, in which the last record began. */
static uint64_t line_of(const struct csv *csv, struct str whole)
{
    uint64_t line = 1;
    for (const char *at = whole.ptr; at < csv->record; at++) {
        line += *at == '\n';
    }
    return line;
}

static void reads_records_and_their_lines(void **state)
{
    struct str text = STR("a,\"b,\nc\",\"d\"\"e\"\r\n\r\nf;g\nlast,\"open\nnext,1,2,3,4");
    struct arena arena;
    struct str fields[MOST];
    unsigned count;
    (void)state;
    arena_init(&arena);
    struct csv csv = {.rest = text, .arena = &arena};
    assert_int_equal(csv_next(&csv, fields, MOST, &count), CSV_RECORD);
    assert_int_equal(count, 3);
    assert_true(str_eq_text(fields[1], "b,\nc"));
    assert_true(str_eq_text(fields[2], "d\"e"));
    assert_int_equal(line_of(&csv, text), 1);
    assert_int_equal(csv_next(&csv, fields, MOST, &count), CSV_RECORD);
    assert_int_equal(line_of(&csv, text), 3);
    assert_int_equal(csv_next(&csv, fields, MOST, &count), CSV_RECORD);
    assert_true(str_eq_text(fields[0], "f;g"));
    assert_int_equal(csv_next(&csv, fields, MOST, &count), CSV_BROKEN);
    assert_int_equal(line_of(&csv, text), 5);
    assert_int_equal(csv_next(&csv, fields, MOST, &count), CSV_RECORD);
    assert_int_equal(count, 5);
    assert_int_equal(line_of(&csv, text), 6);
    assert_int_equal(csv_next(&csv, fields, MOST, &count), CSV_END);
    arena_done(&arena);
}

static void takes_another_separator(void **state)
{
    struct arena arena;
    struct str fields[MOST];
    unsigned count;
    (void)state;
    arena_init(&arena);
    struct csv csv = {.rest = STR("a,b;\"c;d\"\n"), .arena = &arena, .separator = ';'};
    assert_int_equal(csv_next(&csv, fields, MOST, &count), CSV_RECORD);
    assert_int_equal(count, 2);
    assert_true(str_eq_text(fields[0], "a,b"));
    assert_true(str_eq_text(fields[1], "c;d"));
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_records_and_their_lines),
        cmocka_unit_test(takes_another_separator),
    };
    return cmocka_run_group_tests_name("base/csv", tests, NULL, NULL);
}
