#include "../unit.h"

#include "inventory/fill.h"

static const struct inventory_software bash = {.ecosystem = {"dpkg", 4}, .name = {"bash", 4}};

static void completes_what_is_unknown(void **state)
{
    struct inventory list, packages;
    (void)state;
    inventory_init(&list);
    inventory_init(&packages);
    list.os = (struct inventory_os){.family = OS_FAMILY_LINUX, .id = STR("debian")};
    list.machine.cpus = 4;
    packages.os = (struct inventory_os){.id = STR("debian"), .version_id = STR("12")};
    packages.machine.cpus = 2;
    packages.machine.vendor = STR("Acme");
    packages.software_known = TRUTH_YES;
    packages.software = &bash;
    packages.software_count = 1;
    const struct inventory_section mine = {STR("import.servers"), SECTION_OK, STR("")};
    const struct inventory_section theirs[] = {{STR("import.packages"), SECTION_OK, STR("")},
                                               {STR("import.servers"), SECTION_FAILED, STR("")}};
    list.sections = &mine;
    list.section_count = 1;
    packages.sections = theirs;
    packages.section_count = 2;
    inventory_fill(&list, &packages);
    assert_true(str_eq_text(list.os.version_id, "12"));
    assert_int_equal(list.machine.cpus, 4);
    assert_true(str_eq_text(list.machine.vendor, "Acme"));
    assert_int_equal(list.software_count, 1);
    assert_int_equal(list.section_count, 2);
    assert_int_equal(list.sections[0].state, SECTION_OK);
    inventory_done(&list);
    inventory_done(&packages);
}

static void keeps_what_is_known(void **state)
{
    struct inventory known, other;
    (void)state;
    inventory_init(&known);
    inventory_init(&other);
    known.os = (struct inventory_os){.id = STR("rocky")};
    known.software_known = TRUTH_YES;
    other.os = (struct inventory_os){.id = STR("debian"), .version_id = STR("12")};
    other.software_known = TRUTH_YES;
    other.software = &bash;
    other.software_count = 1;
    inventory_fill(&known, &other);
    assert_true(str_eq_text(known.os.id, "rocky"));
    assert_int_equal(known.os.version_id.len, 0);
    assert_int_equal(known.software_count, 0);
    inventory_done(&known);
    inventory_done(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(completes_what_is_unknown),
        cmocka_unit_test(keeps_what_is_known),
    };
    return cmocka_run_group_tests_name("inventory/fill", tests, NULL, NULL);
}
