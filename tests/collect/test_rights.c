#include "../unit.h"

#include "collect/check.h"
#include "collect/collect.h"

#include <stdio.h>

static const struct inventory_section *find_section(const struct inventory *inventory,
                                                    const char *name)
{
    for (uint32_t i = 0; i < inventory->section_count; i++) {
        if (str_eq_text(inventory->sections[i].name, name)) {
            return &inventory->sections[i];
        }
    }
    return NULL;
}

static void says_what_was_not_seen(void **state)
{
    static const struct {
        const char *lines, *reason;
        enum section_state state;
    } cases[] = {
        {"uid\t0\nsockets\troot\nidentity\troot\n", "", SECTION_OK},
        {"uid\t1000\nsockets\tsudo\nidentity\tsudo\n", "", SECTION_OK},
        {"uid\t1000\nsockets\tsudo\n", "", SECTION_OK},
        {"uid\t1000\nsockets\town\n",
         "not seen without root: which processes have the sockets of other accounts",
         SECTION_PARTIAL},
        {"uid\t1000\nsockets\tsudo\nidentity\town\n",
         "not seen without root: system UUID and serial number", SECTION_PARTIAL},
        {"nonsense\n", "1 lines not understood", SECTION_PARTIAL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char output[512];
        struct inventory inventory;
        struct error err = ERROR_INIT;
        snprintf(output, sizeof output, "\036n0 B rights\n%s\036n0 E rights 0 0.01\n\036n0 EOF\n",
                 cases[i].lines);
        inventory_init(&inventory);
        assert_int_equal(collect_parse(str_from(output), STR("n0"), &inventory, &err), 0);
        const struct inventory_section *section = find_section(&inventory, "rights");
        assert_non_null(section);
        assert_int_equal(section->state, cases[i].state);
        assert_true(str_eq_text(section->reason, cases[i].reason));
        inventory_done(&inventory);
    }
}

/* "shell+ packages-" of a check's answer; "none" when there is none. */
static void describe(const char *lines, const char *end, char *out, struct checks *checks)
{
    char output[1024];
    snprintf(output, sizeof output, "motd\n\036n0 B check\n%s%s", lines, end);
    out[0] = '\0';
    if (!check_read(str_from(output), STR("n0"), checks)) {
        strcpy(out, "none");
        return;
    }
    for (unsigned i = 0; i < checks->count; i++) {
        const struct check *check = &checks->items[i];
        assert_true(check->what[0] != '\0' && check->cost[0] != '\0');
        sprintf(out + strlen(out), "%s%s%c", i > 0 ? " " : "", check->name, check->ok ? '+' : '-');
    }
}

static void reads_a_check(void **state)
{
    static const char end[] = "\036n0 E check 0 0.01\n\036n0 EOF\n";
    static const struct {
        const char *lines, *expected;
    } cases[] = {
        {"uid\t0\nsockets\troot\nidentity\troot\npackages\tdpkg\nmtime\t1000\t/x\nnow\t1060\n",
         "shell+ packages+ metadata+ sockets+ identity+"},
        {"sockets\town\nidentity\town\npackages\trpm\nmtime\t1000\t/x\nmtime\t5\t/y\n"
         "now\t900000\n",
         "shell+ packages+ metadata- sockets- identity-"},
        {"sockets\tsudo\n", "shell+ packages- metadata- sockets+"},
        {"", "shell+ packages- metadata-"},
        {"mtime\tx\ty\nmtime\nnow\t-1\n\t\t\n", "shell+ packages- metadata-"},
    };
    char got[200];
    struct checks checks;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        describe(cases[i].lines, end, got, &checks);
        assert_string_equal(got, cases[i].expected);
    }
    describe(cases[1].lines, end, got, &checks);
    assert_non_null(strstr(checks.items[2].what, "10 days old"));
    describe(cases[0].lines, "", got, &checks);
    assert_string_equal(got, "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_was_not_seen),
        cmocka_unit_test(reads_a_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
