#include "../unit.h"

#include "report/layout.h"
#include "report/text.h"

static struct buf out;

static struct str shown(void)
{
    return buf_view(&out);
}

static void measures_width(void **state)
{
    static const struct {
        const char *text;
        unsigned width;
    } cases[] = {
        {"", 0},
        {"abc", 3},
        {"\xc3\xa9", 1},         /* e acute */
        {"e\xcc\x81", 1},        /* e and a combining acute */
        {"\xe6\x97\xa5", 2},     /* a CJK ideograph */
        {"\xf0\x9f\x98\x80", 2}, /* an emoji */
        {"\xff", 1},             /* not UTF-8: shown as a replacement */
        {"a\xc2\xb7"
         "b",
         3}, /* a middle dot */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(text_width(str_from(cases[i].text)), cases[i].width);
    }
}

static void cleans(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"plain", "plain"},
        {"\x1b[31mred", "\xef\xbf\xbd[31mred"},
        {"tab\there\r\n", "tab here  "},
        {"\xe2\x80\xaegnp.exe", "\xef\xbf\xbdgnp.exe"}, /* right-to-left override */
        {"\xc2\x9b", "\xef\xbf\xbd"},                   /* a C1 control: CSI */
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"caf\xc3\xa9", "caf\xc3\xa9"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf_clear(&out);
        text_put_clean(&out, str_from(cases[i].text));
        assert_true(str_eq_text(shown(), cases[i].expected));
    }
}

static void cuts(void **state)
{
    static const struct {
        const char *text;
        unsigned width;
        const char *end, *middle;
    } cases[] = {
        {"abcdef", 6, "abcdef", "abcdef"},
        {"abcdef", 5, "abcd\xe2\x80\xa6",
         "ab\xe2\x80\xa6"
         "ef"},
        {"\xe6\x97\xa5\xe6\x9c\xac", 3, "\xe6\x97\xa5\xe2\x80\xa6", "\xe6\x97\xa5\xe2\x80\xa6"},
        {"abc", 1, "\xe2\x80\xa6", "\xe2\x80\xa6"},
        {"abc", 0, "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf_clear(&out);
        unsigned used = text_put_fit(&out, str_from(cases[i].text), cases[i].width);
        assert_true(str_eq_text(shown(), cases[i].end));
        assert_true(used <= cases[i].width);
        buf_clear(&out);
        used = text_put_middle(&out, str_from(cases[i].text), cases[i].width);
        assert_true(str_eq_text(shown(), cases[i].middle));
        assert_true(used <= cases[i].width);
    }
}

static void wraps(void **state)
{
    (void)state;
    buf_clear(&out);
    text_put_wrapped(&out, STR("one two three four"), 10, 2);
    assert_true(str_eq_text(shown(), "one two\n  three four"));
    buf_clear(&out);
    text_put_wrapped(&out, STR("one two\xc2\xa0three four"), 10, 2);
    assert_true(str_eq_text(shown(), "one\n  two three\n  four"));
}

static void writes_numbers(void **state)
{
    static const struct {
        uint64_t number;
        const char *text;
    } cases[] = {{0, "0"}, {999, "999"}, {1000, "1,000"}, {1234567, "1,234,567"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf_clear(&out);
        text_put_number(&out, cases[i].number);
        assert_true(str_eq_text(shown(), cases[i].text));
    }
    buf_clear(&out);
    text_put_days(&out, 1);
    text_put_days(&out, 586);
    text_put_days(&out, 1500);
    assert_true(str_eq_text(shown(), "1 day586 days4 years"));
    buf_clear(&out);
    text_put_score(&out, 98);
    text_put_score(&out, -1);
    text_put_probability(&out, 0.0312);
    text_put_probability(&out, 0.0001);
    assert_true(str_eq_text(shown(), "9.8-0.03<0.01"));
}

static void drops_columns(void **state)
{
    static const struct layout_column columns[] = {
        {"NAME", 4, 0, false, false}, {"SPARE", 0, 1, true, false}, {"TO", 4, 0, false, true}};
    struct arena arena;
    struct layout_table table;
    (void)state;
    arena_init(&arena);
    layout_table_init(&table, &arena, columns, 3);
    layout_table_add(&table, STR("package"), LAYOUT_PLAIN);
    layout_table_add(&table, STR("12345"), LAYOUT_PLAIN);
    layout_table_add(&table, STR("1.0-1"), LAYOUT_PLAIN);
    buf_clear(&out);
    layout_table_write(&table, 40, false, &out);
    assert_true(str_eq_text(shown(), "NAME     SPARE  TO\npackage  12345  1.0-1\n"));
    buf_clear(&out);
    layout_table_write(&table, 14, false, &out);
    assert_true(str_eq_text(shown(), "NAME     TO\npackage  1.0-1\n"));
    arena_done(&arena);
}

static int begin(void **state)
{
    (void)state;
    buf_init(&out, 1 << 16);
    return 0;
}

static int end(void **state)
{
    (void)state;
    buf_done(&out);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_width), cmocka_unit_test(cleans),
        cmocka_unit_test(cuts),           cmocka_unit_test(wraps),
        cmocka_unit_test(writes_numbers), cmocka_unit_test(drops_columns),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
