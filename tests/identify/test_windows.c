/* Builds of Windows and what Microsoft and NVD call the release. */
#include "../unit.h"

#include "identify/windows.h"

static void names_releases(void **state)
{
    static const struct {
        const char *build, *edition, *name, *arch, *type;
        const char *bulletin; /* NULL: not known */
        const char *cpe;
        uint32_t revision;
    } cases[] = {
        {"17763.5458", "ServerDatacenter", "Windows Server 2019", "AMD64", "Server",
         "Windows Server 2019", "windows_server_2019", 5458},
        {"17763.5458", "ServerDatacenter", "", "AMD64", "Server Core",
         "Windows Server 2019 (Server Core installation)", "windows_server_2019", 5458},
        {"17763", "Enterprise", "Windows 10 Enterprise", "x86_64", "Client",
         "Windows 10 Version 1809 for x64-based Systems", "windows_10_1809 windows_10@1809", 0},
        {"17763", "EnterpriseS", "Windows 10", "x86", "",
         "Windows 10 Version 1809 for 32-bit Systems", "windows_10_1809 windows_10@1809", 0},
        {"10.0.26100.2894", "ServerStandard", "", "AMD64", "", "Windows Server 2025",
         "windows_server_2025", 2894},
        /* The product name of Windows 11 is "Windows 10 Pro". */
        {"26100.2894", "Professional", "Windows 10 Pro", "ARM64", "Client",
         "Windows 11 Version 24H2 for ARM64-based Systems", "windows_11_24h2", 2894},
        {"10240.1", "Enterprise", "", "AMD64", "", "Windows 10 for x64-based Systems",
         "windows_10_1507 windows_10@-", 1},
        {"9600", "ServerStandard", "", "AMD64", "Server Core",
         "Windows Server 2012 R2 (Server Core installation)",
         "windows_server_2012_r2 windows_server_2012@r2", 0},
        {"6.1.7601.24214", "", "Windows Server 2008 R2 Standard", "AMD64", "",
         "Windows Server 2008 R2 for x64-based Systems Service Pack 1",
         "windows_server_2008_r2 windows_server_2008@r2", 24214},
        {"6003", "", "Windows Server 2008", "i386", "",
         "Windows Server 2008 for 32-bit Systems Service Pack 2",
         "windows_server_2008_sp2 windows_server_2008@-", 0},
        {"99999.1", "ServerStandard", "", "AMD64", "", NULL, "", 0},
        {"", "ServerStandard", "", "AMD64", "", NULL, "", 0},
        {"17763x", "ServerStandard", "", "AMD64", "", NULL, "", 0},
        {"99999999999999999999.1", "ServerStandard", "", "AMD64", "", NULL, "", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct inventory inventory;
        struct arena arena;
        struct windows_release release;
        struct inventory_fact fact = {STR("windows-installation-type"), str_from(cases[i].type)};
        inventory_init(&inventory);
        arena_init(&arena);
        inventory.os.family = OS_FAMILY_WINDOWS;
        inventory.os.build = str_from(cases[i].build);
        inventory.os.edition = str_from(cases[i].edition);
        inventory.os.name = str_from(cases[i].name);
        inventory.machine.arch = str_from(cases[i].arch);
        inventory.facts = &fact;
        inventory.fact_count = 1;
        assert_int_equal(identify_windows_release(&inventory, &arena, &release),
                         cases[i].bulletin != NULL);
        if (cases[i].bulletin) {
            assert_string_equal(arena_text(&arena, release.bulletin), cases[i].bulletin);
            assert_string_equal(arena_text(&arena, release.cpe), cases[i].cpe);
            assert_int_equal(release.has_revision, cases[i].revision != 0);
            assert_int_equal(release.revision, cases[i].revision);
        }
        inventory_done(&inventory);
        arena_done(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_releases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
