/* The order of the native tool that the argument names, dpkg or rpm, where it is installed. */
#include "../shared.h"
#include "../unit.h"

#include "base/buf.h"
#include "version/version.h"

#include <string.h>

static const char *const dpkg_versions[] = {
    "1.0",     "1.0-0",      "1.0-1",        "1.0-1~bpo12+1", "1.0~rc1-1", "1.0.0-1", "1:0.9-1",
    "0:1.0-1", "1.0-1+deb1", "1.0-1.1",      "1.0a-1",        "1.0A-1",    "1.0+1-1", "1.00-1",
    "1.0~~-1", "1.0~-1",     "1.0-1ubuntu1", "2.4.7-10",      "2.4.7-9",   "1.0-1-2", "10.0-1",
};

static void agrees_with_dpkg(void **state)
{
    enum { COUNT = sizeof dpkg_versions / sizeof dpkg_versions[0] };
    (void)state;
    for (size_t a = 0; a < COUNT; a++) {
        char command[8192];
        size_t len = 0;
        for (size_t b = 0; b < COUNT; b++) {
            static const char *const words[] = {"lt", "eq", "gt"};
            enum version_order order = version_compare(VERSION_DPKG, str_from(dpkg_versions[a]),
                                                       str_from(dpkg_versions[b]));
            assert_int_not_equal(order, VERSION_INCOMPARABLE);
            len += (size_t)snprintf(command + len, sizeof command - len,
                                    "dpkg --compare-versions '%s' %s '%s' || exit 1; ",
                                    dpkg_versions[a], words[order + 1], dpkg_versions[b]);
        }
        if (system(command) != 0) {
            fail_msg("dpkg disagrees about %s", dpkg_versions[a]);
        }
    }
}

static const char *const rpm_versions[] = {
    "1.0",     "1.0-1",     "1.0-",     "1.0-0",    "1.0~rc1-1", "1.0^git1-1", "1.0.1-1", "1:0.9-1",
    "0:1.0-1", "1.0-1.el8", "1.0-1.1",  "1.0a-1",   "1.0A-1",    "1.0+1-1",    "1.00-1",  "1.0~~-1",
    "1.0^-1",  "1.0^^-1",   "1.0~^1-1", "1.0-1.10", "1.0-1.a",   "a1-1",       "10xyz-1", "xyz10-1",
};

static void agrees_with_rpm(void **state)
{
    enum { COUNT = sizeof rpm_versions / sizeof rpm_versions[0] };
    (void)state;
    struct buf command;
    buf_init(&command, (size_t)1 << 20);
    buf_put_text(&command, "rpm --eval '%{lua:");
    for (size_t a = 0; a < COUNT; a++) {
        for (size_t b = 0; b < COUNT; b++) {
            buf_printf(
                &command, "if rpm.vercmp(\"%s\",\"%s\") ~= %d then print(\"%s %s\\n\") end ",
                rpm_versions[a], rpm_versions[b],
                version_compare(VERSION_RPM, str_from(rpm_versions[a]), str_from(rpm_versions[b])),
                rpm_versions[a], rpm_versions[b]);
        }
    }
    buf_put_text(&command, "}'");
    FILE *pipe = popen(buf_text(&command), "r");
    assert_non_null(pipe);
    char line[256];
    unsigned wrong = 0;
    while (fgets(line, sizeof line, pipe)) {
        if (strlen(line) > 1) {
            print_error("rpm disagrees: %s", line);
            wrong++;
        }
    }
    assert_int_equal(pclose(pipe), 0);
    buf_done(&command);
    assert_int_equal(wrong, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest dpkg[] = {cmocka_unit_test(agrees_with_dpkg)};
    const struct CMUnitTest rpm[] = {cmocka_unit_test(agrees_with_rpm)};
    if (argc != 2) {
        return 1;
    }
    if (strcmp(argv[1], "dpkg") == 0) {
        return system("dpkg --compare-versions 1 lt 2 2>/dev/null") == 0
                   ? cmocka_run_group_tests(dpkg, NULL, NULL)
                   : shared_skip("dpkg is not installed");
    }
    return system("rpm --version >/dev/null 2>&1") == 0 ? cmocka_run_group_tests(rpm, NULL, NULL)
                                                        : shared_skip("rpm is not installed");
}
