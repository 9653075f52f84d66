#include "../unit.h"

#include "roles/settings.h"

static int parse(const char *text, struct settings *ret_settings, unsigned *ret_line)
{
    struct error err = ERROR_INIT;
    return settings_parse(str_from(text), ret_settings, ret_line, &err);
}

static void reads_settings(void **state)
{
    struct settings settings;
    unsigned line;
    (void)state;
    assert_int_equal(parse("; a comment\r\n[fetch]\r\nproxy = http://proxy.example.org:3128\r\n"
                           "no_proxy = a.example.org\nno_proxy = b.example.org\n"
                           "nvd_api = no\nnvd_api_key = /etc/key\n"
                           "nvd_api_url = https://nvd.example.org/rest/json/cves/2.0",
                           &settings, &line),
                     0);
    assert_string_equal(settings.proxy, "http://proxy.example.org:3128");
    assert_string_equal(settings.no_proxy, "a.example.org,b.example.org");
    assert_string_equal(settings.nvd_api_key_file, "/etc/key");
    assert_string_equal(settings.nvd_api_key, "");
    assert_string_equal(settings.nvd_api_url, "https://nvd.example.org/rest/json/cves/2.0");
    assert_true(settings.no_nvd_api);
    assert_int_equal(parse("", &settings, &line), 0);
    assert_false(settings.no_nvd_api);
    assert_int_equal(parse("[fetch]\nnvd_api = yes\n", &settings, &line), 0);
    assert_false(settings.no_nvd_api);
}

static void the_api_is_reached_safely(void **state)
{
    static const struct {
        const char *url;
        int expected;
    } cases[] = {
        {"https://nvd.example.org", 0},
        {"http://127.0.0.1:8080/api", 0},
        {"http://localhost/api", 0},
        {"http://[::1]:80/api", 0},
        {"http://nvd.example.org/", ERR_USAGE},
        {"http://127.0.0.1.example.org/", ERR_USAGE},
        {"http://localhost.example.org/", ERR_USAGE},
        {"http://127.0.0.1@example.org/", ERR_USAGE},
        {"https://me:word@nvd.example.org/", ERR_USAGE},
        {"https://nvd.example.org/?apiKey=x", ERR_USAGE},
        {"https://nvd.example.org/#x", ERR_USAGE},
        {"https://nvd example", ERR_USAGE},
        {"https://", ERR_USAGE},
        {"HTTP://nvd.example.org", ERR_USAGE},
        {"/etc/passwd", ERR_USAGE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[200] = "[fetch]\nnvd_api_url = ";
        struct settings settings;
        unsigned line = 0;
        strcat(text, cases[i].url);
        int result = parse(text, &settings, &line);
        if (cases[i].expected == 0) {
            assert_int_equal(result, 0);
            assert_string_equal(settings.nvd_api_url, cases[i].url);
        } else {
            assert_int_equal(result, cases[i].expected);
            assert_int_equal(line, 2);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_settings),
        cmocka_unit_test(the_api_is_reached_safely),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
