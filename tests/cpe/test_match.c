/* Matching by NISTIR 7696. */
#include "../unit.h"

#include "base/limits.h"
#include "cpe/cpe.h"

#include <stdio.h>

/* The relation of two names that differ in their version alone. */
static enum cpe_relation compare_versions(const char *source, const char *target)
{
    struct arena arena;
    struct cpe_name names[2];
    const char *const versions[2] = {source, target};
    arena_init(&arena);
    for (int i = 0; i < 2; i++) {
        struct str text = arena_printf(&arena, "cpe:2.3:a:b:c:%s:*:*:*:*:*:*:*", versions[i]);
        struct error err = ERROR_INIT;
        if (cpe_parse(text, &arena, &names[i], &err) < 0) {
            fail_msg("%s: %s", text.ptr, err.message);
        }
    }
    enum cpe_relation relation =
        cpe_compare_value(&names[0].values[CPE_VERSION], &names[1].values[CPE_VERSION]);
    arena_done(&arena);
    return relation;
}

static void compares_values(void **state)
{
    static const struct {
        const char *source, *target;
        enum cpe_relation relation;
    } rows[] = {
        /* Table 6-2, rows 1 to 17 */
        {"*", "*", CPE_EQUAL},
        {"*", "-", CPE_SUPERSET},
        {"*", "1", CPE_SUPERSET},
        {"*", "1*", CPE_UNDEFINED},
        {"-", "*", CPE_SUBSET},
        {"-", "-", CPE_EQUAL},
        {"-", "1", CPE_DISJOINT},
        {"-", "1*", CPE_UNDEFINED},
        {"1", "1", CPE_EQUAL},
        {"1", "2", CPE_DISJOINT},
        {"1", "1*", CPE_UNDEFINED},
        {"1", "-", CPE_DISJOINT},
        {"1", "*", CPE_SUBSET},
        {"1*", "12", CPE_SUPERSET},
        {"1*", "2", CPE_DISJOINT},
        {"1*", "*", CPE_SUBSET},
        {"1*", "-", CPE_DISJOINT},
        {"1*", "1*", CPE_UNDEFINED},
        /* Case has no meaning; quoted wildcards are characters. */
        {"1.0A", "1.0a", CPE_EQUAL},
        {"1\\*", "1\\*", CPE_EQUAL},
        {"1\\*", "12", CPE_DISJOINT},
        {"1*", "1\\*", CPE_SUPERSET},
        {"8.\\*", "8.0", CPE_DISJOINT},
        /* `*` is any run, `?` one character or none. */
        {"8.*", "8.0.6001", CPE_SUPERSET},
        {"8.*", "8.", CPE_SUPERSET},
        {"8.*", "18.0", CPE_DISJOINT},
        {"*.6001", "8.0.6001", CPE_SUPERSET},
        {"*0*", "8.0.6001", CPE_SUPERSET},
        {"*7*", "8.0.6001", CPE_DISJOINT},
        {"8.?", "8.0", CPE_SUPERSET},
        {"8.?", "8.", CPE_SUPERSET},
        {"8.?", "8.01", CPE_DISJOINT},
        {"8.??", "8.01", CPE_SUPERSET},
        {"?8", "18", CPE_SUPERSET},
        {"?8", "118", CPE_DISJOINT},
        {"??8??", "1181", CPE_SUPERSET},
        {"?1*", "11", CPE_SUPERSET},
        {"???", "12", CPE_SUPERSET},
        {"???", "1234", CPE_DISJOINT},
        {"?", "\\+", CPE_SUPERSET},
        {"a?", "a\\+", CPE_SUPERSET},
        {"*aab", "aaab", CPE_SUPERSET},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum cpe_relation found = compare_versions(rows[i].source, rows[i].target);
        if (found != rows[i].relation) {
            fail_msg("%s to %s is %s, not %s", rows[i].source, rows[i].target,
                     cpe_relation_name(found), cpe_relation_name(rows[i].relation));
        }
    }
}

static void compares_names(void **state)
{
    static const struct {
        const char *source, *target, *relation;
    } rows[] = {
        {"cpe:2.3:a:microsoft:internet_explorer:8.*:sp?:*:*:*:*:*:*",
         "cpe:2.3:a:microsoft:internet_explorer:8.0.6001:sp1:*:*:*:*:*:*", "superset"},
        {"cpe:2.3:a:microsoft:internet_explorer:8.0.6001:sp1:*:*:*:*:*:*",
         "cpe:2.3:a:microsoft:internet_explorer:*:*:*:*:*:*:*:*", "subset"},
        {"cpe:/a:microsoft:internet_explorer:8.0.6001",
         "cpe:2.3:a:Microsoft:internet_explorer:8.0.6001:*:*:*:*:*:*:*", "equal"},
        {"cpe:2.3:a:b:c:1:*:*:*:*:*:*:*", "cpe:2.3:a:b:c:2:*:*:*:*:*:*:*", "disjoint"},
        {"cpe:2.3:a:b:c:1:*:*:*:*:*:*:*", "cpe:2.3:a:b:c:*:x:*:*:*:*:*:*", "undefined"},
        {"cpe:2.3:a:b:c:1:*:*:*:*:*:*:*", "cpe:2.3:a:b:c:1:x*:*:*:*:*:*:*", "undefined"},
        {"cpe:2.3:a:b:c:1:*:*:*:*:*:*:*", "cpe:2.3:o:b:c:1:x*:*:*:*:*:*:*", "disjoint"},
        {"cpe:2.3:*:*:*:*:*:*:*:*:*:*:*", "cpe:2.3:a:b:c:1:-:*:*:*:*:*:*", "superset"},
        {"cpe:2.3:a:b:c:-:*:*:*:*:*:*:*", "cpe:2.3:a:b:c:1:*:*:*:*:*:*:*", "disjoint"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena;
        struct cpe_name source, target;
        arena_init(&arena);
        assert_int_equal(cpe_parse(str_from(rows[i].source), &arena, &source, NULL), 0);
        assert_int_equal(cpe_parse(str_from(rows[i].target), &arena, &target, NULL), 0);
        assert_string_equal(cpe_relation_name(cpe_compare(&source, &target)), rows[i].relation);
        arena_done(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_values),
        cmocka_unit_test(compares_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
