#include "../unit.h"

#include "base/limits.h"
#include "source/target.h"

#include <stdio.h>

static void parse(const char *text, struct arena *arena, struct target_spec *ret)
{
    struct error err = ERROR_INIT;
    if (target_spec_parse(str_from(text), arena, ret, &err) < 0) {
        print_error("%s: %s\n", text, err.message);
        fail();
    }
}

static void test_forms(void **state)
{
    static const struct {
        const char *text, *first, *last;
        uint64_t count;
        unsigned port;
    } cases[] = {
        {"db01", "db01:22", "db01:22", 1, 0},
        {"DB01.Example.org:2222", "db01.example.org:2222", "db01.example.org:2222", 1, 2222},
        {" db-01 ", "db-01:22", "db-01:22", 1, 0},
        {"10.0.0.1", "10.0.0.1:22", "10.0.0.1:22", 1, 0},
        {"10.0.0.1:23", "10.0.0.1:23", "10.0.0.1:23", 1, 23},
        {"2001:db8::1", "[2001:db8::1]:22", "[2001:db8::1]:22", 1, 0},
        {"[2001:db8::1]:23", "[2001:db8::1]:23", "[2001:db8::1]:23", 1, 23},
        {"[2001:db8::1]", "[2001:db8::1]:22", "[2001:db8::1]:22", 1, 0},
        {"::ffff:192.0.2.7", "192.0.2.7:22", "192.0.2.7:22", 1, 0},
        {"10.0.0.0/24", "10.0.0.1:22", "10.0.0.254:22", 254, 0},
        {"10.0.0.77/24", "10.0.0.1:22", "10.0.0.254:22", 254, 0},
        {"10.0.0.0/31", "10.0.0.0:22", "10.0.0.1:22", 2, 0},
        {"10.0.0.8/32", "10.0.0.8:22", "10.0.0.8:22", 1, 0},
        {"10.0.0.0/30:2200", "10.0.0.1:2200", "10.0.0.2:2200", 2, 2200},
        {"10.0.0.1-10.0.0.50", "10.0.0.1:22", "10.0.0.50:22", 50, 0},
        {"10.0.0.250-10.0.1.5", "10.0.0.250:22", "10.0.1.5:22", 12, 0},
        {"10.0.0.10-12", "10.0.0.10:22", "10.0.0.12:22", 3, 0},
        {"2001:db8::/120", "[2001:db8::]:22", "[2001:db8::ff]:22", 256, 0},
        {"[2001:db8::/127]:24", "[2001:db8::]:24", "[2001:db8::1]:24", 2, 24},
        {"2001:db8::9-2001:db8::b", "[2001:db8::9]:22", "[2001:db8::b]:22", 3, 0},
        {"10.0.0.0/8", "10.0.0.1:22", "10.255.255.254:22", 16777214, 0},
    };
    struct arena arena;
    arena_init(&arena);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct target_spec spec;
        char key[TARGET_KEY_SIZE];
        parse(cases[i].text, &arena, &spec);
        assert_int_equal(target_spec_count(&spec), cases[i].count);
        assert_int_equal(spec.port, cases[i].port);
        assert_string_equal(target_spec_key(&spec, 0, 22, key), cases[i].first);
        assert_string_equal(target_spec_key(&spec, cases[i].count - 1, 22, key), cases[i].last);
    }
    arena_done(&arena);
}

static void test_what_is_wrong_is_said(void **state)
{
    static const struct {
        const char *text, *message;
        int code;
    } cases[] = {
        {"", "an empty text", ERR_FORMAT},
        {"10.0.0.256", "neither a host name nor", ERR_FORMAT},
        {"10.0.0.1:0", "not a port", ERR_FORMAT},
        {"10.0.0.1:65536", "not a port", ERR_FORMAT},
        {"db01:ssh", "not a port", ERR_FORMAT},
        {"10.0.0.0/33", "not a length of a prefix", ERR_FORMAT},
        {"10.0.0.0/", "not a length of a prefix", ERR_FORMAT},
        {"db01/24", "not an address before the slash", ERR_FORMAT},
        {"10.0.0.9-10.0.0.1", "ends before it begins", ERR_FORMAT},
        {"10.0.0.9-2001:db8::1", "one kind", ERR_FORMAT},
        {"10.0.0.9-300", "not an address behind the dash", ERR_FORMAT},
        {"[2001:db8::1", "in brackets", ERR_FORMAT},
        {"[2001:db8::1]x", "in brackets", ERR_FORMAT},
        {"root@db01", "the user belongs to the credential", ERR_FORMAT},
        {"fe80::1%eth0", "zone", ERR_FORMAT},
        {"-oProxyCommand=x", "neither a host name", ERR_FORMAT},
        {"db 01", "neither a host name", ERR_FORMAT},
        {"a..b", "neither a host name", ERR_FORMAT},
        {"2001:db8::/111", "at most a /112", ERR_LIMIT},
        {"::/0", "at most a /112", ERR_LIMIT},
        {"0.0.0.0/0", "name smaller ranges", ERR_LIMIT},
        {"10.0.0.0/7", "name smaller ranges", ERR_LIMIT},
    };
    struct arena arena;
    arena_init(&arena);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct target_spec spec;
        struct error err = ERROR_INIT;
        int result = target_spec_parse(str_from(cases[i].text), &arena, &spec, &err);
        if (result != cases[i].code || strstr(err.message, cases[i].message) == NULL) {
            print_error("%s: %d %s\n", cases[i].text, result, err.message);
            fail();
        }
    }
    arena_done(&arena);
}

static void test_counts_beyond_64_bits(void **state)
{
    struct net_range range;
    struct error err = ERROR_INIT;
    assert_int_equal(net_range_parse(STR("::/0"), &range, &err), 0);
    assert_true(net_range_count(&range) == UINT64_MAX);
    assert_int_equal(net_range_parse(STR("2001:db8::/64"), &range, &err), 0);
    assert_true(net_range_count(&range) == UINT64_MAX);
    assert_int_equal(net_range_parse(STR("2001:db8::/65"), &range, &err), 0);
    assert_true(net_range_count(&range) == (uint64_t)1 << 63);
    assert_int_equal(net_range_parse(STR("1:ffff:ffff:ffff:ffff:ffff:ffff:ffff-2::"), &range, &err),
                     0);
    assert_int_equal(net_range_count(&range), 2);
}

struct problems {
    char text[1024];
};

static void note_problem(void *context, uint64_t line, struct str column, const char *text)
{
    struct problems *problems = context;
    size_t used = strlen(problems->text);
    snprintf(problems->text + used, sizeof problems->text - used, "%u|%.*s|%s\n", (unsigned)line,
             STR_ARG(column), text);
}

static int read_list(const char *text, struct arena *arena, struct target_entry **entries,
                     uint32_t *count, struct problems *problems, struct error *err)
{
    problems->text[0] = '\0';
    return target_list_read(str_from(text), arena, note_problem, problems, entries, count, err);
}

static void test_a_list(void **state)
{
    struct arena arena;
    struct target_entry *entries;
    struct problems problems;
    struct error err = ERROR_INIT;
    uint32_t count;
    arena_init(&arena);
    assert_int_equal(read_list("\xef\xbb\xbfHost,port,tags,credential\r\n"
                               "db01,2222,\"prod, west\",linux\r\n"
                               "\r\n"
                               "# a remark\r\n"
                               "2001:db8::1,23,,\r\n"
                               "10.1.0.0/24,,,\n",
                               &arena, &entries, &count, &problems, &err),
                     0);
    assert_string_equal(problems.text, "");
    assert_int_equal(count, 3);
    assert_true(str_eq_text(entries[0].text, "db01:2222"));
    assert_true(str_eq_text(entries[0].tags, "prod, west"));
    assert_true(str_eq_text(entries[0].credential, "linux"));
    assert_true(str_eq_text(entries[1].text, "[2001:db8::1]:23"));
    assert_int_equal(target_spec_count(&entries[2].spec), 254);
    assert_int_equal(read_list("host;port\ndb01;22\n", &arena, &entries, &count, &problems, &err),
                     0);
    assert_int_equal(count, 1);
    arena_done(&arena);
}

static void test_bad_rows_are_left_out(void **state)
{
    struct arena arena;
    struct target_entry *entries;
    struct problems problems;
    struct error err = ERROR_INIT;
    uint32_t count;
    arena_init(&arena);
    assert_int_equal(read_list("host,port\n"
                               "db01,22\n"
                               "db 02,22\n"
                               "db03,ssh\n"
                               "db04\n"
                               "\"db05,22\n"
                               "db06:23,24\n"
                               "db07,\n",
                               &arena, &entries, &count, &problems, &err),
                     0);
    assert_int_equal(count, 2);
    assert_string_equal(
        problems.text,
        "3|host|db 02: neither a host name nor an address, prefix or range of addresses\n"
        "4|port|not a port; 1 to 65535\n"
        "5||fewer columns than the first row\n"
        "6||a quote is not closed, or text stands behind it\n"
        "7|port|the host names another port\n");
    assert_int_equal(read_list("name,port\ndb01,22\n", &arena, &entries, &count, &problems, &err),
                     ERR_FORMAT);
    assert_non_null(strstr(err.message, "line 1, column 1: \"name\""));
    assert_int_equal(read_list("port\n22\n", &arena, &entries, &count, &problems, &err),
                     ERR_FORMAT);
    assert_int_equal(read_list("", &arena, &entries, &count, &problems, &err), ERR_FORMAT);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_what_is_wrong_is_said),
        cmocka_unit_test(test_counts_beyond_64_bits),
        cmocka_unit_test(test_a_list),
        cmocka_unit_test(test_bad_rows_are_left_out),
    };
    return cmocka_run_group_tests_name("source/target", tests, NULL, NULL);
}
