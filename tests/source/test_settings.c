#include "../unit.h"

#include "source/settings.h"

static int set(struct source_settings *settings, const char *key, const char *value,
               struct arena *arena, struct error *err)
{
    const struct setting *setting = setting_find(str_from(key));
    assert_non_null(setting);
    return setting_read(setting, str_from(value), arena, settings, err);
}

static void test_what_is_written_is_read(void **state)
{
    static const char *const cases[][2] = {
        {"port", "2222"},           {"host-keys", "first-use"}, {"jump", "ops@bastion:2200"},
        {"agent", "yes"},           {"inventory-every", "90m"}, {"connections-every", "5m"},
        {"updates-every", "off"},   {"timeout", "300"},         {"user", "scan"},
        {"inventory-every", "24h"}, {"inventory-every", "2d"},  {"jump", "me@REALM@2001:db8::1"},
    };
    struct arena arena;
    struct source_settings settings;
    arena_init(&arena);
    source_settings_init(&settings);
    assert_int_equal(settings.port, 22);
    assert_int_equal(settings.inventory_every, 86400);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf text;
        struct error err = ERROR_INIT;
        const struct setting *setting = setting_find(str_from(cases[i][0]));
        assert_int_equal(set(&settings, cases[i][0], cases[i][1], &arena, &err), 0);
        buf_init(&text, 1000);
        setting_write(setting, &settings, &text);
        assert_string_equal(buf_text(&text), cases[i][1]);
        buf_done(&text);
    }
    arena_done(&arena);
}

static void test_initial_values_are_known_as_such(void **state)
{
    struct source_settings settings;
    source_settings_init(&settings);
    for (unsigned i = 0; i < source_setting_count; i++) {
        if (!setting_is_initial(&source_setting_rows[i], &settings)) {
            print_error("%s\n", source_setting_rows[i].key);
            fail();
        }
    }
    settings.deep = 1;
    assert_false(setting_is_initial(setting_find(STR("deep")), &settings));
}

static void test_wrong_values_are_refused(void **state)
{
    static const char *const cases[][2] = {
        {"port", "0"},
        {"port", "65536"},
        {"port", "x"},
        {"host-keys", "none"},
        {"timeout", "4"},
        {"inventory-every", "5m"},
        {"jitter", "51"},
        {"connections-every", "5"},
        {"connections-every", "1y"},
        {"agent", "maybe"},
        {"jump", "ops@10.0.0.0/24"},
        {"jump", "ops@"},
        {"user", "a\nb"},
        {"inventory-every", "99999999999999999999d"},
    };
    struct arena arena;
    struct source_settings settings;
    arena_init(&arena);
    source_settings_init(&settings);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err = ERROR_INIT;
        assert_int_equal(set(&settings, cases[i][0], cases[i][1], &arena, &err), ERR_USAGE);
        assert_non_null(strstr(err.message, cases[i][0]));
    }
    arena_done(&arena);
}

static void test_jump_hosts(void **state)
{
    struct arena arena;
    struct jump_host jump;
    struct error err = ERROR_INIT;
    arena_init(&arena);
    assert_int_equal(jump_host_parse(STR("ops@Bastion.example.org"), &arena, &jump, &err), 0);
    assert_true(str_eq_text(jump.user, "ops"));
    assert_true(str_eq_text(jump.host, "bastion.example.org"));
    assert_int_equal(jump.port, 22);
    assert_int_equal(jump_host_parse(STR("me@REALM@[2001:db8::1]:24"), &arena, &jump, &err), 0);
    assert_true(str_eq_text(jump.user, "me@REALM"));
    assert_true(str_eq_text(jump.host, "2001:db8::1"));
    assert_int_equal(jump.port, 24);
    assert_int_equal(jump_host_parse(STR("bastion"), &arena, &jump, &err), 0);
    assert_int_equal(jump.user.len, 0);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_initial_values_are_known_as_such),
        cmocka_unit_test(test_wrong_values_are_refused),
        cmocka_unit_test(test_jump_hosts),
    };
    return cmocka_run_group_tests_name("source/settings", tests, NULL, NULL);
}
