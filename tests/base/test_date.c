#include "../unit.h"

#include "base/date.h"

static void knows_days(void **state)
{
    (void)state;
    assert_int_equal(date_from_civil(1970, 1, 1), 0);
    assert_int_equal(date_from_civil(2000, 3, 1), 11017);
    assert_int_equal(date_from_civil(1969, 12, 31), -1);
    assert_int_equal(date_from_civil(2023, 2, 29), DATE_NONE);
    assert_int_equal(date_from_civil(1900, 2, 29), DATE_NONE);
    assert_int_not_equal(date_from_civil(2000, 2, 29), DATE_NONE);
    assert_int_equal(date_from_civil(0, 1, 1), DATE_NONE);
    for (int32_t day = -200000; day < 200000; day++) {
        int year, month, mday;
        date_to_civil(day, &year, &month, &mday);
        assert_int_equal(date_from_civil(year, month, mday), day);
    }
}

static void reads_times_as_feeds_write_them(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"2024-09-26T05:18:33.211", "2024-09-26T05:18:33Z"},
        {"2024-09-26T05:18:33Z", "2024-09-26T05:18:33Z"},
        {"2025-05-06T10:00Z", "2025-05-06T10:00:00Z"},
        {"2026-08-22T00:00:00-04:00", "2026-08-22T04:00:00Z"},
        {"2026-08-22T01:00:00+01:", "2026-08-22T00:00:00Z"},
        {"2026-08-22T00:00:00+0000", "2026-08-22T00:00:00Z"},
        {"2026-08-22", "2026-08-22T00:00:00Z"},
        {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
        {"1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t time;
        char text[TIME_SIZE];
        assert_true(time_parse(str_from(cases[i].text), &time));
        assert_string_equal(time_format(time, text), cases[i].expected);
    }
}

static void refuses_what_is_no_time(void **state)
{
    static const char *const bad[] = {"",
                                      "2024",
                                      "2024-13-01",
                                      "2024-02-30",
                                      "2024-1-1",
                                      "2024-01-01T",
                                      "2024-01-01T25:00:00",
                                      "2024-01-01T00:00:00+99:00",
                                      "2024-01-01T00:00:00Zx"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t time;
        assert_false(time_parse(str_from(bad[i]), &time));
    }
}

static void writes_durations(void **state)
{
    static const struct {
        int64_t seconds;
        const char *expected;
    } cases[] = {{5, "now"},
                 {60, "1 min"},
                 {3600 * 3, "3 h"},
                 {3600 * 47, "47 h"},
                 {86400 * 2, "2 d"},
                 {86400LL * 729, "729 d"},
                 {86400LL * 730, "2 y"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[DATE_SIZE];
        assert_string_equal(duration_format(cases[i].seconds, text), cases[i].expected);
    }
}

static void numbers_of_foreign_files_are_checked(void **state)
{
    char text[TIME_SIZE];
    (void)state;
    assert_int_equal(date_checked(20000), 20000);
    assert_int_equal(date_checked(INT32_MAX), DATE_NONE);
    assert_int_equal(date_checked(INT32_MIN + 1), DATE_NONE);
    assert_true(time_checked(1700000000) == 1700000000);
    assert_true(time_checked(INT64_MAX) == TIME_NONE);
    assert_true(time_checked(INT64_MIN + 1) == TIME_NONE);
    assert_string_equal(time_format(INT64_MAX, text), "-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_foreign_files_are_checked),
        cmocka_unit_test(knows_days),
        cmocka_unit_test(reads_times_as_feeds_write_them),
        cmocka_unit_test(refuses_what_is_no_time),
        cmocka_unit_test(writes_durations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
