/* The tables of ../shared/testdata/cvss, where they are. */
#include "../shared.h"
#include "../unit.h"

#include "base/buf.h"
#include "base/file.h"
#include "cvss/cvss.h"

#include <math.h>

/* read_score reads "9.8", "-0.0" or "None" as tenths. */
static int read_score(struct str text)
{
    double score;
    text = str_trim(text);
    if (!str_to_double(text, &score)) {
        return CVSS_NO_SCORE;
    }
    return (int)lround(fabs(score) * 10);
}

static unsigned check_line(struct str line)
{
    size_t dash = str_find(line, STR(" - "));
    if (dash == SIZE_MAX) {
        return 0;
    }
    struct cvss_scores found;
    struct str rest = str_skip(line, dash + 3), part;
    int expected[3] = {CVSS_NO_SCORE, CVSS_NO_SCORE, CVSS_NO_SCORE};
    rest = str_sub(rest, rest.ptr[0] == '(', rest.len - 2 * (rest.ptr[0] == '('));
    for (int i = 0; i < 3 && str_split_byte(&rest, ',', &part); i++) {
        expected[i] = read_score(part);
    }
    if (cvss_score(str_sub(line, 0, dash), &found, NULL) < 0 || found.base != expected[0] ||
        found.temporal != expected[1] || found.environmental != expected[2]) {
        print_error("%.*s: found %d %d %d\n", STR_ARG(line), found.base, found.temporal,
                    found.environmental);
        return 1;
    }
    return 0;
}

static void agrees_with_the_tables(void **state)
{
    static const char *const names[] = {"simple2",   "simple3",       "simple31", "simple4",
                                        "security4", "supplemental4", "threat4"};
    unsigned wrong = 0;
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char name[64], path[4096];
        struct buf buf;
        snprintf(name, sizeof name, "testdata/cvss/vectors_%s", names[i]);
        assert_true(shared_path(path, sizeof path, name));
        buf_init(&buf, (size_t)16 << 20);
        assert_int_equal(file_read(path, &buf, NULL), 0);
        struct str rest = buf_view(&buf), line;
        while (str_next_line(&rest, &line)) {
            wrong += check_line(line);
        }
        buf_done(&buf);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_tables),
    };
    char path[4096];
    if (!shared_path(path, sizeof path, "testdata/cvss/vectors_simple2")) {
        return shared_skip("no testdata/cvss beside the checkout");
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
