#include "../unit.h"

#include "roles/nvd_page.h"

#include <stdio.h>

#define ENVELOPE                                                                                   \
    "{\"resultsPerPage\":%s,\"startIndex\":%s,\"totalResults\":%s,\"format\":\"NVD_CVE\","         \
    "\"version\":\"2.0\",\"timestamp\":\"2026-11-22T10:00:00.000\",\"vulnerabilities\":[%s]}"
#define RECORD "{\"cve\":{\"id\":\"CVE-2024-0001\",\"lastModified\":\"2026-11-21T10:00:00.123\"}}"

static int parse(const char *per_page, const char *start, const char *total, const char *records,
                 struct nvd_page *ret_page)
{
    char text[2000];
    struct error err = ERROR_INIT;
    snprintf(text, sizeof text, ENVELOPE, per_page, start, total, records);
    return nvd_page_parse(str_from(text), ret_page, &err);
}

static void counts_must_agree(void **state)
{
    static const struct {
        const char *per_page, *start, *total, *records;
        int expected;
    } cases[] = {
        {"1", "0", "1", RECORD, 0},
        {"0", "0", "0", "", 0},
        {"2000", "0", "0", "", 0},
        {"2000", "4", "5", RECORD, 0},
        {"1", "0", "5", RECORD, 0},
        {"2", "0", "2", RECORD "," RECORD, 0},
        {"2000", "0", "2", RECORD, ERR_FORMAT}, /* cut */
        {"1", "0", "0", RECORD, ERR_FORMAT},
        {"0", "0", "1", "", ERR_FORMAT}, /* would never end */
        {"1", "0", "2", RECORD "," RECORD, ERR_FORMAT},
        {"1", "2", "1", RECORD, ERR_FORMAT},
        {"1", "18446744073709551615", "1", RECORD, ERR_FORMAT},
        {"1", "-1", "1", RECORD, ERR_FORMAT},
        {"1", "0", "1.5", RECORD, ERR_FORMAT},
        {"1", "0", "null", RECORD, ERR_FORMAT},
        {"1", "0", "1", "{}", ERR_FORMAT},
        {"1", "0", "1", "7", ERR_FORMAT},
        {"1", "0", "1", "{\"cve\":{\"id\":\"CVE-2024-0001\"}}", ERR_FORMAT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct nvd_page page;
        assert_int_equal(
            parse(cases[i].per_page, cases[i].start, cases[i].total, cases[i].records, &page),
            cases[i].expected);
    }
}

static void only_whole_pages_of_nvd(void **state)
{
    static const char *const wrong[] = {"",
                                        "[]",
                                        "{",
                                        "null",
                                        "{\"format\":\"NVD_CVE\"}",
                                        "{\"format\":\"NVD_CVE\",\"version\":\"2.0\"} x"};
    struct nvd_page page;
    struct error err = ERROR_INIT;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(nvd_page_parse(str_from(wrong[i]), &page, &err), ERR_FORMAT);
    }
}

static void pages_must_be_the_ones_asked_for(void **state)
{
    struct nvd_page page;
    struct error err = ERROR_INIT;
    int64_t modified, made;
    (void)state;
    assert_int_equal(parse("1", "0", "5", RECORD, &page), 0);
    assert_true(time_parse(STR("2026-11-21T10:00:00"), &modified));
    assert_true(time_parse(STR("2026-11-22T10:00:00"), &made));
    assert_int_equal(page.timestamp, made);
    assert_int_equal(page.oldest, modified);
    assert_int_equal(page.newest, modified);
    struct nvd_query query = {.from = modified - 86400, .to = made, .start = 0};
    assert_int_equal(nvd_page_check(&page, &query, &err), 0);
    query.start = 1;
    assert_int_equal(nvd_page_check(&page, &query, &err), ERR_FORMAT);
    query = (struct nvd_query){.from = modified + NVD_OVERLAP + 1, .to = made};
    assert_int_equal(nvd_page_check(&page, &query, &err), ERR_FORMAT);
    query = (struct nvd_query){.from = 0, .to = modified - NVD_OVERLAP - 1};
    assert_int_equal(nvd_page_check(&page, &query, &err), ERR_FORMAT);
    query = (struct nvd_query){.from = modified, .to = made + NVD_OVERLAP + 1};
    assert_int_equal(nvd_page_check(&page, &query, &err), ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_must_agree),
        cmocka_unit_test(only_whole_pages_of_nvd),
        cmocka_unit_test(pages_must_be_the_ones_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
