/* Key order is the plain comparator's order, over random texts of each scheme. */
#include "../unit.h"

#include "base/limits.h"
#include "oracle.h"
#include "version/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POOL = 1500, PAIRS = 120000, TEXT = 64 };

static uint64_t seed;

static uint32_t random_below(uint32_t n)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (uint32_t)((seed >> 11) % n);
}

/* Pieces of which a scheme's texts are strung; few, so that long beginnings agree. */
static const struct scheme_case {
    enum version_scheme scheme;
    int (*oracle)(const char *a, const char *b);
    const char *first; /* pieces for the beginning, then for the rest, separated by blanks */
    const char *rest;
    unsigned max;
} cases[] = {
    {VERSION_DPKG, oracle_dpkg, "0 1 10 9 01 1:1 0:1 2024 100000000000000000000",
     "0 00 1 2 9 10 60 300 . .0 + ~ ~~ a A z deb -1 -0 : + 70000", 7},
    {VERSION_RPM, oracle_rpm, "0 1 10 9 01 1:1 0:1 a ~1 99999999999999999999",
     "0 00 1 2 9 10 300 . .0 ~ ^ ~rc ^git a A aa z _ + -1 - 18446744073709551616", 7},
    {VERSION_APK, oracle_apk, "0 1 10 9 01 .1 a 2024",
     ".0 .00 .1 .05 .10 .9 .300 a b _alpha _beta1 _p _p1 _rc2 _git20 _hg _x -r0 -r1 -r10 -r -x 1 . "
     "A",
     6},
    {VERSION_SEMVER, oracle_semver, "0.0.0 1.0.0 1.2.0 1.2.3 10.0.1 1.300.70000",
     "-alpha -1 -rc.1 -alpha.1 -beta.2 .0 .10 .2 -x.A", 1},
    {VERSION_SEMVER, oracle_semver, "1.0.0-alpha 1.0.0-1 1.0.0-a-b 1.0.0-rc 2.0.0-x",
     ".0 .1 .2 .10 .a .A .alpha .a1 .1a .999999999999999999999 -x", 5},
    {VERSION_WINDOWS, oracle_windows, "10.0.17763 10.0.14393 6.1.7601",
     ".0 .1 .2 .255 .256 .1234 .70000 .4294967295", 1},
    {VERSION_NVD, oracle_nvd, "0 1 1.0 10 9 2024 1.1.1",
     ".0 .1 .10 -1 _2 .300 rc rc1 beta alpha.2 -m2 k l w p9 p15 -h3 sp1 dev snapshot pre u201 za m",
     6},
};

static const char *pick(const char *pieces, char *out)
{
    uint32_t count = 1;
    for (const char *p = pieces; *p; p++) {
        count += *p == ' ';
    }
    const char *at = pieces;
    for (uint32_t skip = random_below(count); skip > 0; skip--) {
        at = strchr(at, ' ') + 1;
    }
    size_t len = strcspn(at, " ");
    memcpy(out, at, len);
    out[len] = '\0';
    return out;
}

struct entry {
    char text[TEXT];
    struct version_key key;
    struct buf bytes;
};

static void fill(const struct scheme_case *test, struct entry *entries)
{
    for (size_t i = 0; i < POOL;) {
        struct entry *entry = &entries[i];
        char piece[32];
        snprintf(entry->text, sizeof entry->text, "%s", pick(test->first, piece));
        for (uint32_t n = random_below(test->max + 1); n > 0; n--) {
            size_t len = strlen(entry->text);
            if (len < TEXT - sizeof piece) {
                snprintf(entry->text + len, TEXT - len, "%s", pick(test->rest, piece));
            }
        }
        buf_init(&entry->bytes, LIMIT_VERSION_KEY);
        if (version_key_make(test->scheme, str_from(entry->text), &entry->bytes, &entry->key,
                             NULL) == 0) {
            i++;
        } else {
            assert_int_equal(entry->bytes.len, 0);
            buf_done(&entry->bytes);
        }
    }
}

static void check(const struct scheme_case *test, const struct entry *a, const struct entry *b)
{
    enum version_order order = version_key_compare(&a->key, &b->key);
    if ((int)order != test->oracle(a->text, b->text)) {
        fail_msg("%s: %s and %s: key says %d, comparator %d", version_scheme_name(test->scheme),
                 a->text, b->text, order, test->oracle(a->text, b->text));
    }
}

static void keys_have_the_order_of_the_comparator(void **state)
{
    struct entry *entries = calloc(POOL, sizeof *entries);
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        seed = 0x9e3779b97f4a7c15u + c;
        fill(&cases[c], entries);
        for (uint32_t i = 0; i < PAIRS; i++) {
            check(&cases[c], &entries[random_below(POOL)], &entries[random_below(POOL)]);
        }
        for (size_t i = 0; i < POOL; i++) {
            buf_done(&entries[i].bytes);
        }
    }
    free(entries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_have_the_order_of_the_comparator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
