/* The tables of ../shared/testdata/versions, where they are. */
#include "../shared.h"
#include "../unit.h"

#include "base/file.h"
#include "version/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char sign_of(enum version_order order)
{
    return "<=>?"[order + 1];
}

static unsigned check_line(enum version_scheme scheme, struct str line)
{
    struct str a, sign, b;
    if (!str_next_word(&line, &a) || a.ptr[0] == '#' || !str_next_word(&line, &sign) ||
        !str_next_word(&line, &b)) {
        return 0;
    }
    char found = sign_of(version_compare(scheme, a, b));
    if (found != sign.ptr[0]) {
        print_error("%.*s %.*s %.*s: found %c\n", STR_ARG(a), STR_ARG(sign), STR_ARG(b), found);
        return 1;
    }
    return 0;
}

static void check_file(enum version_scheme scheme, const char *name)
{
    char path[4096];
    struct buf buf;
    assert_true(shared_path(path, sizeof path, name));
    buf_init(&buf, (size_t)64 << 20);
    assert_int_equal(file_read(path, &buf, NULL), 0);
    struct str rest = buf_view(&buf), line;
    unsigned wrong = 0;
    while (str_next_line(&rest, &line)) {
        wrong += check_line(scheme, line);
    }
    buf_done(&buf);
    assert_int_equal(wrong, 0);
}

static void agrees_with_debian_pairs(void **state)
{
    (void)state;
    check_file(VERSION_DPKG, "testdata/versions/debian-versions.txt");
    check_file(VERSION_DPKG, "testdata/versions/debian-versions-generated.txt");
}

static void agrees_with_alpine_pairs(void **state)
{
    (void)state;
    check_file(VERSION_APK, "testdata/versions/alpine-versions.txt");
    check_file(VERSION_APK, "testdata/versions/alpine-versions-generated.txt");
}

static void agrees_with_redhat_pairs(void **state)
{
    (void)state;
    check_file(VERSION_RPM, "testdata/versions/redhat-versions.txt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_debian_pairs),
        cmocka_unit_test(agrees_with_alpine_pairs),
        cmocka_unit_test(agrees_with_redhat_pairs),
    };
    char path[4096];
    if (!shared_path(path, sizeof path, "testdata/versions/debian-versions.txt")) {
        return shared_skip("no testdata/versions beside the checkout");
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
