#include "../unit.h"

#include "base/limits.h"
#include "vault/credential.h"

static void put(struct secret *secret, const char *text)
{
    struct error err = ERROR_INIT;
    assert_int_equal(secret_new(strlen(text), secret, &err), 0);
    assert_int_equal(secret_put(secret, text, strlen(text), &err), 0);
}

static void encode(enum credential_kind kind, const char *user, const char *domain,
                   const char *password, const char *key, struct secret *out)
{
    struct credential credential = {
        .kind = kind, .user = str_from(user), .domain = str_from(domain)};
    struct credential_secret secret = {0};
    struct error err = ERROR_INIT;
    put(&secret.password, password);
    put(&secret.private_key, key);
    assert_int_equal(credential_encode(&credential, &secret, out, &err), 0);
    credential_secret_done(&secret);
}

static void make(struct secret *out)
{
    struct error err = ERROR_INIT;
    assert_int_equal(secret_new(1000, out, &err), 0);
}

static void test_kinds_have_names(void **state)
{
    enum credential_kind kind;
    for (int i = CREDENTIAL_SSH_PASSWORD; i <= CREDENTIAL_API_KEY; i++) {
        const char *name = credential_kind_name((enum credential_kind)i);
        assert_true(credential_kind_find(str_from(name), &kind));
        assert_int_equal(kind, i);
    }
    assert_false(credential_kind_find(STR("ssh"), &kind));
    assert_string_equal(credential_kind_name((enum credential_kind)99), "unknown");
}

static void test_reads_what_was_written_one_after_the_other(void **state)
{
    struct secret out;
    struct credential credential;
    struct credential_secret secret;
    struct arena arena;
    struct error err = ERROR_INIT;
    arena_init(&arena);
    make(&out);
    encode(CREDENTIAL_SSH_KEY, "root", "", "pass phrase", "-----BEGIN", &out);
    encode(CREDENTIAL_WINDOWS_DOMAIN, "alice", "EXAMPLE.ORG", "s3cret", "", &out);
    struct str bytes = secret_view(&out);
    assert_int_equal(credential_decode(&bytes, &arena, &credential, &secret, &err), 0);
    assert_int_equal(credential.kind, CREDENTIAL_SSH_KEY);
    assert_true(str_eq_text(credential.user, "root"));
    assert_int_equal(credential.domain.len, 0);
    assert_true(str_eq_text(secret_view(&secret.password), "pass phrase"));
    assert_true(str_eq_text(secret_view(&secret.private_key), "-----BEGIN"));
    credential_secret_done(&secret);
    assert_int_equal(credential_decode(&bytes, &arena, &credential, &secret, &err), 0);
    assert_int_equal(credential.kind, CREDENTIAL_WINDOWS_DOMAIN);
    assert_true(str_eq_text(credential.domain, "EXAMPLE.ORG"));
    assert_true(str_eq_text(secret_view(&secret.password), "s3cret"));
    assert_null(secret.private_key.ptr);
    credential_secret_done(&secret);
    assert_int_equal(bytes.len, 0);
    assert_int_equal(credential_decode(&bytes, &arena, &credential, &secret, &err), ERR_FORMAT);
    secret_free(&out);
    arena_done(&arena);
}

static void test_refuses_every_cut(void **state)
{
    struct secret out;
    struct credential credential;
    struct credential_secret secret;
    struct arena arena;
    struct error err = ERROR_INIT;
    arena_init(&arena);
    make(&out);
    encode(CREDENTIAL_SSH_PASSWORD, "root", "d", "secret", "", &out);
    for (size_t len = 0; len < out.len; len++) {
        struct str bytes = str_sub(secret_view(&out), 0, len);
        assert_int_equal(credential_decode(&bytes, &arena, &credential, &secret, &err), ERR_FORMAT);
        assert_int_equal(bytes.len, len);
    }
    secret_free(&out);
    arena_done(&arena);
}

static void check_refused(const char *bytes, size_t len, int code)
{
    struct credential credential;
    struct credential_secret secret;
    struct arena arena;
    struct error err = ERROR_INIT;
    struct str view = str_make(bytes, len);
    arena_init(&arena);
    assert_int_equal(credential_decode(&view, &arena, &credential, &secret, &err), code);
    arena_done(&arena);
}

static void test_refuses_other_forms(void **state)
{
#define PARTS "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
    static const char version[] = "\x14\0\0\0\x02\0\0\0" PARTS;
    static const char kind[] = "\x14\0\0\0\x01\x07\0\0" PARTS;
    static const char reserved[] = "\x14\0\0\0\x01\x00\1\0" PARTS;
    static const char more[] = "\x15\0\0\0\x01\0\0\0" PARTS "x";
    static const char long_part[] = "\x14\0\0\0\x01\0\0\0\xff\xff\xff\xff";
    check_refused(version, 24, ERR_FORMAT);
    check_refused(kind, 24, ERR_FORMAT);
    check_refused(reserved, 24, ERR_FORMAT);
    check_refused(more, 25, ERR_FORMAT);
    check_refused(long_part, sizeof long_part - 1, ERR_FORMAT);
}

static void test_a_long_part_is_refused_both_ways(void **state)
{
    char user[LIMIT_NAME + 1] = {0};
    struct credential credential = {.user = str_make(user, sizeof user)};
    struct credential_secret secret = {0};
    struct secret out;
    struct error err = ERROR_INIT;
    memset(user, 'u', sizeof user);
    make(&out);
    assert_int_equal(credential_encode(&credential, &secret, &out, &err), ERR_LIMIT);
    assert_int_equal(out.len, 0);
    char bytes[8 + 4 + sizeof user + 12] = {0};
    size_t len = sizeof bytes - 4;
    bytes[0] = (char)len;
    bytes[1] = (char)(len >> 8);
    bytes[4] = 1;
    bytes[8] = (char)sizeof user;
    bytes[9] = (char)(sizeof user >> 8);
    check_refused(bytes, sizeof bytes, ERR_LIMIT);
    secret_free(&out);
}

static void test_what_does_not_fit_leaves_nothing(void **state)
{
    struct credential credential = {.user = STR("a-user-name")};
    struct credential_secret secret = {0};
    struct secret out;
    struct error err = ERROR_INIT;
    assert_int_equal(secret_new(20, &out, &err), 0);
    assert_int_equal(credential_encode(&credential, &secret, &out, &err), ERR_LIMIT);
    assert_int_equal(out.len, 0);
    secret_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds_have_names),
        cmocka_unit_test(test_reads_what_was_written_one_after_the_other),
        cmocka_unit_test(test_refuses_every_cut),
        cmocka_unit_test(test_refuses_other_forms),
        cmocka_unit_test(test_a_long_part_is_refused_both_ways),
        cmocka_unit_test(test_what_does_not_fit_leaves_nothing),
    };
    return cmocka_run_group_tests_name("vault/credential", tests, NULL, NULL);
}
