#include "../unit.h"

#include "base/limits.h"
#include "base/secret.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void test_holds_what_was_put(void **state)
{
    struct secret secret;
    struct error err = ERROR_INIT;
    assert_int_equal(secret_new(8, &secret, &err), 0);
    assert_int_equal(secret_put(&secret, "hunter", 6, &err), 0);
    assert_true(str_eq_text(secret_view(&secret), "hunter"));
    assert_string_equal(secret.ptr, "hunter");
    assert_int_equal(secret_put(&secret, "two", 3, &err), ERR_LIMIT);
    secret_free(&secret);
    assert_null(secret.ptr);
    secret_free(&secret);
}

static void test_refuses_what_is_too_large(void **state)
{
    struct secret secret;
    struct error err = ERROR_INIT;
    assert_int_equal(secret_new(LIMIT_SECRET + 1, &secret, &err), ERR_LIMIT);
}

static int read_from(const char *text, size_t capacity, struct secret *ret, struct error *err)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text, strlen(text)), strlen(text));
    close(ends[1]);
    int result = secret_read(ends[0], capacity, ret, err);
    close(ends[0]);
    return result;
}

static void test_reads_to_the_end(void **state)
{
    struct secret secret;
    struct error err = ERROR_INIT;
    assert_int_equal(read_from("12345678", 8, &secret, &err), 0);
    assert_int_equal(secret.len, 8);
    secret_free(&secret);
    assert_int_equal(read_from("123456789", 8, &secret, &err), ERR_LIMIT);
    assert_int_equal(read_from("", 8, &secret, &err), 0);
    assert_int_equal(secret.len, 0);
    secret_free(&secret);
}

/* Longer than a page: it moves while it is read, in parts as the pipe gives them. */
static void test_reads_more_than_a_page(void **state)
{
    static const size_t lengths[] = {4094, 4095, 4096, 4097, 8191, 8192, 20000, 60000};
    struct secret secret;
    struct error err = ERROR_INIT;
    char *text = malloc(60001);
    assert_non_null(text);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        for (size_t at = 0; at < lengths[i]; at++) {
            text[at] = (char)('a' + at % 26);
        }
        text[lengths[i]] = '\0';
        assert_int_equal(read_from(text, 60000, &secret, &err), 0);
        assert_true(str_eq_text(secret_view(&secret), text));
        secret_free(&secret);
        assert_int_equal(read_from(text, lengths[i], &secret, &err), 0);
        assert_int_equal(secret.len, lengths[i]);
        secret_free(&secret);
        assert_int_equal(read_from(text, lengths[i] - 1, &secret, &err), ERR_LIMIT);
    }
    free(text);
}

static void test_drops_one_line_end(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {{"a\n", "a"}, {"a\r\n", "a"}, {"a\n\n", "a\n"}, {"a\r", "a\r"},
                 {"\n", ""},   {"", ""},       {"a", "a"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct secret secret;
        struct error err = ERROR_INIT;
        assert_int_equal(secret_new(8, &secret, &err), 0);
        secret_put(&secret, cases[i].text, strlen(cases[i].text), &err);
        secret_drop_line_end(&secret);
        assert_string_equal(secret.ptr, cases[i].expected);
        assert_int_equal(secret.len, strlen(cases[i].expected));
        secret_free(&secret);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_holds_what_was_put),
        cmocka_unit_test(test_refuses_what_is_too_large),
        cmocka_unit_test(test_reads_to_the_end),
        cmocka_unit_test(test_drops_one_line_end),
        cmocka_unit_test(test_reads_more_than_a_page),
    };
    return cmocka_run_group_tests_name("base/secret", tests, NULL, NULL);
}
