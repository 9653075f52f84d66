#include "../unit.h"

#include "identify/pattern.h"

static void matches_patterns(void **state)
{
    static const struct {
        const char *pattern, *text;
        bool expected;
    } cases[] = {
        {"nginx", "nginx", true},
        {"nginx", "NGINX", true},
        {"nginx", "nginx-core", false},
        {"nginx*", "nginx-core", true},
        {"*nginx", "libnginx", true},
        {"a*b*c", "axxbyyc", true},
        {"a*b*c", "axxbyy", false},
        {"postgresql-#*", "postgresql-15", true},
        {"postgresql-#*", "postgresql-client", false},
        {"#", "7", true},
        {"#", "77", false},
        {"?", "x", true},
        {"?", "", false},
        {"*", "", true},
        {"apache2|httpd", "httpd", true},
        {"apache2|httpd", "apache", false},
        {"", "", false},
        {"7-Zip*", "7-zip 23.01 (x64)", true},
        {"************a", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", false},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(pattern_match(str_from(cases[i].pattern), str_from(cases[i].text)),
                         cases[i].expected);
    }
}

static bool allow_odd(const void *context, uint32_t row)
{
    return row % 2 == 1;
}

static void finds_the_first_row(void **state)
{
    static const char *const rows[] = {"nginx*", "nginx|nginx-core", "nginx-c*",
                                       "*",      "z*|nginx-co*",     "n*"};
    struct pattern_index index = {0};
    for (uint32_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        pattern_index_add(&index, str_from(rows[i]), i);
    }
    pattern_index_freeze(&index);
    assert_int_equal(pattern_index_exact(&index, STR("NGINX-core"), NULL, NULL), 1);
    assert_int_equal(pattern_index_exact(&index, STR("nginx-cor"), NULL, NULL), PATTERN_NONE);
    assert_int_equal(pattern_index_glob(&index, STR("nginx-core"), NULL, NULL), 0);
    assert_int_equal(pattern_index_glob(&index, STR("nginx-core"), allow_odd, NULL), 3);
    assert_int_equal(pattern_index_glob(&index, STR("zsh"), NULL, NULL), 3);
    assert_int_equal(pattern_index_glob(&index, STR(""), NULL, NULL), PATTERN_NONE);
    pattern_index_done(&index);
    assert_int_equal(pattern_index_exact(&index, STR("nginx"), NULL, NULL), PATTERN_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_patterns),
        cmocka_unit_test(finds_the_first_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
