#include "../unit.h"

#include "base/str.h"

static void splits(void **state)
{
    struct str rest = STR("a,,b"), part;
    (void)state;
    assert_true(str_split_byte(&rest, ',', &part) && str_eq(part, STR("a")));
    assert_true(str_split_byte(&rest, ',', &part) && part.len == 0);
    assert_true(str_split_byte(&rest, ',', &part) && str_eq(part, STR("b")));
    assert_false(str_split_byte(&rest, ',', &part));
    rest = STR("one\r\n\ntwo");
    assert_true(str_next_line(&rest, &part) && str_eq(part, STR("one")));
    assert_true(str_next_line(&rest, &part) && part.len == 0);
    assert_true(str_next_line(&rest, &part) && str_eq(part, STR("two")));
    assert_false(str_next_line(&rest, &part));
    rest = STR("  x \t yz ");
    assert_true(str_next_word(&rest, &part) && str_eq(part, STR("x")));
    assert_true(str_next_word(&rest, &part) && str_eq(part, STR("yz")));
    assert_false(str_next_word(&rest, &part));
}

static void globs(void **state)
{
    static const struct {
        const char *pattern, *text;
        bool expected;
    } cases[] = {
        {"postgresql-*", "postgresql-15", true},
        {"postgresql-*", "postgresql", false},
        {"*agent*", "Zabbix Agent 2", true},
        {"a?c", "abc", true},
        {"a?c", "ac", false},
        {"x|y|zz*", "zzz", true},
        {"x|y", "z", false},
        {"*a*b*c*", "xxaxxbxxcxx", true},
        {"*a*b*c*", "xxaxxcxxbxx", false},
        {"", "", true},
        {"***", "", true},
        {"", "a", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(str_glob(str_from(cases[i].pattern), str_from(cases[i].text)),
                         cases[i].expected);
    }
}

static void reads_numbers(void **state)
{
    uint64_t number;
    double real;
    (void)state;
    assert_true(str_to_u64(STR("18446744073709551615"), &number) && number == UINT64_MAX);
    assert_false(str_to_u64(STR("18446744073709551616"), &number));
    assert_false(str_to_u64(STR("-1"), &number));
    assert_false(str_to_u64(STR(""), &number));
    assert_true(str_to_double(STR("0.03351"), &real) && real > 0.0335 && real < 0.0336);
    assert_false(str_to_double(STR("1.0x"), &real));
}

static void checks_utf8(void **state)
{
    (void)state;
    assert_true(str_valid_utf8(STR("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")));
    assert_false(str_valid_utf8(STR("\xc0\x80")));         /* overlong */
    assert_false(str_valid_utf8(STR("\xed\xa0\x80")));     /* surrogate */
    assert_false(str_valid_utf8(STR("\xf4\x90\x80\x80"))); /* past U+10FFFF */
    assert_false(str_valid_utf8(STR("\xe2\x82")));         /* cut */
    assert_false(str_valid_utf8(STR("\xe0\x80\x80")));
    assert_false(str_valid_utf8(STR("\xff")));
    assert_int_equal(str_utf8_length(STR("\xe2\x82\xacx")), 3);
    assert_int_equal(str_utf8_length(STR("x\xe2")), 1);
    assert_int_equal(str_utf8_length(STR("\xe2x")), 0);
    assert_int_equal(str_utf8_length(STR("")), 0);
    assert_int_equal(str_cut_utf8(STR("a\xe2\x82\xac"), 4).len, 4);
    assert_int_equal(str_cut_utf8(STR("a\xe2\x82\xac"), 3).len, 1);
    assert_int_equal(str_cut_utf8(STR("a\xe2\x82\xac"), 0).len, 0);
}

static void finds_and_compares(void **state)
{
    (void)state;
    assert_true(str_eq_nocase(STR("OpenSSL"), STR("openssl")));
    assert_int_equal(str_find(STR("hello"), STR("ll")), 2);
    assert_true(str_find(STR("hello"), STR("x")) == SIZE_MAX);
    assert_true(str_find_nocase(STR("Hello"), STR("LL")) == 2);
    assert_true(str_cmp(STR("a"), STR("ab")) < 0);
    assert_true(str_starts(STR("linux-image"), STR("linux")));
    assert_false(str_starts(STR("li"), STR("linux")));
    assert_true(str_ends(STR("a.json.gz"), STR(".gz")));
    assert_true(str_eq(str_trim(STR(" \tx \n")), STR("x")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits),
        cmocka_unit_test(globs),
        cmocka_unit_test(reads_numbers),
        cmocka_unit_test(checks_utf8),
        cmocka_unit_test(finds_and_compares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
