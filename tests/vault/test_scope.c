#include "../unit.h"

#include "vault/scope.h"

static void test_ranges_are_checked(void **state)
{
    static const struct {
        const char *text, *hint; /* NULL: fine */
    } rows[] = {
        {"10.1.0.0/16", NULL},
        {"2001:db8::/32", NULL},
        {"192.0.2.7", NULL},
        {"2001:db8::1", NULL},
        {"0.0.0.0/0", NULL},
        {"10.1.2.3/16", "write 10.1.0.0/16"},
        {"2001:db8::1/64", "write 2001:db8::/64"},
        {"10.1.0.0/33", "0 to 32"},
        {"10.1.0.0/", "0 to 32"},
        {"10.1.0.0/-1", "0 to 32"},
        {"10.1", "no address"},
        {"", "no address"},
        {"db01", "no address"},
        {"10.0.0.0-10.0.0.9", "no address"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error err = ERROR_INIT;
        int result = scope_check_range(str_from(rows[i].text), &err);
        assert_int_equal(result, rows[i].hint ? ERR_USAGE : 0);
        assert_true(rows[i].hint == NULL || strstr(err.message, rows[i].hint) != NULL);
    }
}

static void test_domains_are_checked(void **state)
{
    static const char *const good[] = {"example.org", "prod.example.org", "localdomain", "a_b.org"};
    static const char *const bad[] = {"",       ".example.org", "example..org", "*.example.org",
                                      "-x.org", "a b.org",      "example.org."};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(scope_check_domain(str_from(good[i]), NULL), 0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(scope_check_domain(str_from(bad[i]), NULL), ERR_USAGE);
    }
}

static bool allows(const struct credential *credential, const char *source, const char *host,
                   const char *address)
{
    return scope_allows(credential, str_from(source), str_from(host), str_from(address));
}

static void test_no_entry_is_everywhere(void **state)
{
    assert_true(allows(&(struct credential){0}, "web", "db01", ""));
}

static void test_ranges_hold(void **state)
{
    static const struct str ranges[] = {
        {"10.1.0.0/17", 11}, {"2001:db8::/33", 13}, {"192.0.2.7", 9}};
    struct credential credential = {.scope_ranges = ranges, .scope_range_count = 3};
    assert_true(allows(&credential, "", "", "10.1.127.255"));
    assert_false(allows(&credential, "", "", "10.1.128.0"));
    assert_true(allows(&credential, "", "", "2001:db8:7fff::1"));
    assert_false(allows(&credential, "", "", "2001:db8:8000::1"));
    assert_true(allows(&credential, "", "", "192.0.2.7"));
    assert_false(allows(&credential, "", "", "192.0.2.8"));
    assert_false(allows(&credential, "", "", ""));
    assert_false(allows(&credential, "", "db01.example.org", "db01"));
}

static void test_domains_hold(void **state)
{
    static const struct str domains[] = {{"example.org", 11}};
    struct credential credential = {.scope_domains = domains, .scope_domain_count = 1};
    assert_true(allows(&credential, "", "db01.EXAMPLE.org", ""));
    assert_true(allows(&credential, "", "a.b.example.org.", ""));
    assert_true(allows(&credential, "", "example.org", ""));
    assert_false(allows(&credential, "", "badexample.org", ""));
    assert_false(allows(&credential, "", "example.org.example.com", ""));
    assert_false(allows(&credential, "", "", "192.0.2.1"));
}

static void test_every_list_must_hold(void **state)
{
    static const struct str sources[] = {{"web", 3}, {"db", 2}}, domains[] = {{"example.org", 11}};
    struct credential credential = {.scope_sources = sources,
                                    .scope_source_count = 2,
                                    .scope_domains = domains,
                                    .scope_domain_count = 1};
    assert_true(allows(&credential, "db", "x.example.org", ""));
    assert_false(allows(&credential, "other", "x.example.org", ""));
    assert_false(allows(&credential, "db", "x.example.com", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranges_are_checked),     cmocka_unit_test(test_domains_are_checked),
        cmocka_unit_test(test_no_entry_is_everywhere), cmocka_unit_test(test_ranges_hold),
        cmocka_unit_test(test_domains_hold),           cmocka_unit_test(test_every_list_must_hold),
    };
    return cmocka_run_group_tests_name("vault/scope", tests, NULL, NULL);
}
