#include "../unit.h"

#include "base/cve_id.h"

static void reads_and_writes(void **state)
{
    static const char *const good[] = {"CVE-1999-0001", "CVE-2024-0132", "CVE-2021-44228",
                                       "CVE-2024-999999999999"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint64_t id;
        char text[CVE_ID_SIZE];
        assert_true(cve_id_parse(str_from(good[i]), &id));
        assert_string_equal(cve_id_format(id, text), good[i]);
    }
}

static void sorts_by_year_then_number(void **state)
{
    uint64_t a, b, c;
    (void)state;
    assert_true(cve_id_parse(STR("CVE-2023-99999"), &a));
    assert_true(cve_id_parse(STR("CVE-2024-0001"), &b));
    assert_true(cve_id_parse(STR("cve-2024-10000"), &c));
    assert_true(a < b && b < c);
}

static void refuses(void **state)
{
    static const char *const bad[] = {"",
                                      "CVE-2024-",
                                      "CVE-2024-123",
                                      "CVE-20x4-1234",
                                      "CVX-2024-1234",
                                      "CVE-2024-12a4",
                                      "CVE-2024-1234 ",
                                      "CVE-2024-9999999999999"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint64_t id;
        assert_false(cve_id_parse(str_from(bad[i]), &id));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes),
        cmocka_unit_test(sorts_by_year_then_number),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
