#include "identify/windows.h"

enum kind { SERVER, CLIENT };

/* {arch} is "x64-based", "32-bit" or "ARM64-based"; {core} is " (Server Core installation)" on
 * such a system and nothing elsewhere. */
struct release_row {
    uint32_t build;
    enum kind kind;
    const char *name, *bulletin, *cpe;
};

#define CORE " (Server Core installation)"

static const struct release_row releases[] = {
    {26100, SERVER, "Windows Server 2025", "Windows Server 2025{core}", "windows_server_2025"},
    {25398, SERVER, "Windows Server, version 23H2", "Windows Server 2022, 23H2 Edition" CORE,
     "windows_server_2022_23h2 windows_server_23h2"},
    {20348, SERVER, "Windows Server 2022", "Windows Server 2022{core}", "windows_server_2022"},
    {19042, SERVER, "Windows Server, version 20H2", "Windows Server, version 20H2" CORE,
     "windows_server_20h2 windows_server_2016@20h2"},
    {19041, SERVER, "Windows Server, version 2004", "Windows Server, version 2004" CORE,
     "windows_server_2004 windows_server_2016@2004"},
    {18363, SERVER, "Windows Server, version 1909", "Windows Server, version 1909" CORE,
     "windows_server_1909 windows_server_2016@1909"},
    {18362, SERVER, "Windows Server, version 1903", "Windows Server, version 1903" CORE,
     "windows_server_1903 windows_server_2016@1903"},
    {17763, SERVER, "Windows Server 2019", "Windows Server 2019{core}", "windows_server_2019"},
    {17134, SERVER, "Windows Server, version 1803", "Windows Server, version 1803" CORE,
     "windows_server_1803 windows_server_2016@1803"},
    {16299, SERVER, "Windows Server, version 1709", "Windows Server, version 1709" CORE,
     "windows_server_1709 windows_server_2016@1709"},
    {14393, SERVER, "Windows Server 2016", "Windows Server 2016{core}", "windows_server_2016@-"},
    {9600, SERVER, "Windows Server 2012 R2", "Windows Server 2012 R2{core}",
     "windows_server_2012_r2 windows_server_2012@r2"},
    {9200, SERVER, "Windows Server 2012", "Windows Server 2012{core}", "windows_server_2012@-"},
    {7601, SERVER, "Windows Server 2008 R2",
     "Windows Server 2008 R2 for {arch} Systems Service Pack 1{core}",
     "windows_server_2008_r2 windows_server_2008@r2"},
    {7600, SERVER, "Windows Server 2008 R2", "Windows Server 2008 R2 for {arch} Systems{core}",
     "windows_server_2008@r2"},
    {6003, SERVER, "Windows Server 2008",
     "Windows Server 2008 for {arch} Systems Service Pack 2{core}",
     "windows_server_2008_sp2 windows_server_2008@-"},
    {6002, SERVER, "Windows Server 2008",
     "Windows Server 2008 for {arch} Systems Service Pack 2{core}",
     "windows_server_2008_sp2 windows_server_2008@-"},
    {28000, CLIENT, "Windows 11 26H1", "Windows 11 Version 26H1 for {arch} Systems",
     "windows_11_26h1"},
    {26200, CLIENT, "Windows 11 25H2", "Windows 11 Version 25H2 for {arch} Systems",
     "windows_11_25h2"},
    {26100, CLIENT, "Windows 11 24H2", "Windows 11 Version 24H2 for {arch} Systems",
     "windows_11_24h2"},
    {22631, CLIENT, "Windows 11 23H2", "Windows 11 Version 23H2 for {arch} Systems",
     "windows_11_23h2"},
    {22621, CLIENT, "Windows 11 22H2", "Windows 11 Version 22H2 for {arch} Systems",
     "windows_11_22h2"},
    {22000, CLIENT, "Windows 11 21H2", "Windows 11 version 21H2 for {arch} Systems",
     "windows_11_21h2 windows_11@-"},
    {19045, CLIENT, "Windows 10 22H2", "Windows 10 Version 22H2 for {arch} Systems",
     "windows_10_22h2 windows_10@22h2"},
    {19044, CLIENT, "Windows 10 21H2", "Windows 10 Version 21H2 for {arch} Systems",
     "windows_10_21h2 windows_10@21h2"},
    {19043, CLIENT, "Windows 10 21H1", "Windows 10 Version 21H1 for {arch} Systems",
     "windows_10_21h1 windows_10@21h1"},
    {19042, CLIENT, "Windows 10 20H2", "Windows 10 Version 20H2 for {arch} Systems",
     "windows_10_20h2 windows_10@20h2"},
    {19041, CLIENT, "Windows 10 2004", "Windows 10 Version 2004 for {arch} Systems",
     "windows_10_2004 windows_10@2004"},
    {18363, CLIENT, "Windows 10 1909", "Windows 10 Version 1909 for {arch} Systems",
     "windows_10_1909 windows_10@1909"},
    {18362, CLIENT, "Windows 10 1903", "Windows 10 Version 1903 for {arch} Systems",
     "windows_10_1903 windows_10@1903"},
    {17763, CLIENT, "Windows 10 1809", "Windows 10 Version 1809 for {arch} Systems",
     "windows_10_1809 windows_10@1809"},
    {17134, CLIENT, "Windows 10 1803", "Windows 10 Version 1803 for {arch} Systems",
     "windows_10_1803 windows_10@1803"},
    {16299, CLIENT, "Windows 10 1709", "Windows 10 Version 1709 for {arch} Systems",
     "windows_10_1709 windows_10@1709"},
    {15063, CLIENT, "Windows 10 1703", "Windows 10 Version 1703 for {arch} Systems",
     "windows_10_1703 windows_10@1703"},
    {14393, CLIENT, "Windows 10 1607", "Windows 10 Version 1607 for {arch} Systems",
     "windows_10_1607 windows_10@1607"},
    {10586, CLIENT, "Windows 10 1511", "Windows 10 Version 1511 for {arch} Systems",
     "windows_10_1511 windows_10@1511"},
    {10240, CLIENT, "Windows 10 1507", "Windows 10 for {arch} Systems",
     "windows_10_1507 windows_10@-"},
    {9600, CLIENT, "Windows 8.1", "Windows 8.1 for {arch} systems", "windows_8.1"},
    {9200, CLIENT, "Windows 8", "Windows 8 for {arch} Systems", "windows_8"},
    {7601, CLIENT, "Windows 7", "Windows 7 for {arch} Systems Service Pack 1", "windows_7"},
    {7600, CLIENT, "Windows 7", "Windows 7 for {arch} Systems", "windows_7"},
};

static struct str installation_type(const struct inventory *inventory)
{
    return inventory_fact_value(inventory, STR("windows-installation-type"));
}

bool identify_windows_is_server(const struct inventory *inventory)
{
    const struct inventory_os *os = &inventory->os;
    const struct str told[] = {os->edition, os->name, os->pretty, installation_type(inventory)};
    for (unsigned i = 0; i < sizeof told / sizeof told[0]; i++) {
        if (str_find_nocase(told[i], STR("server")) != SIZE_MAX) {
            return true;
        }
    }
    return false;
}

static struct str arch_of(const struct inventory *inventory)
{
    struct str arch = inventory->machine.arch;
    if (str_glob(STR("arm64|aarch64"), arch)) {
        return STR("ARM64-based");
    }
    return str_glob(STR("x86|i?86|32-bit"), arch) ? STR("32-bit") : STR("x64-based");
}

static struct str replace(struct str text, struct str holder, struct str value, struct arena *arena)
{
    size_t at = str_find(text, holder);
    if (at == SIZE_MAX) {
        return text;
    }
    struct str before = str_sub(text, 0, at), after = str_skip(text, at + holder.len);
    return arena_printf(arena, "%.*s%.*s%.*s", STR_ARG(before), STR_ARG(value), STR_ARG(after));
}

/* Reads "20348.2582", with "10.0." before it or no revision behind it. */
static bool read_build(struct str text, struct windows_release *release)
{
    struct str parts[4];
    uint64_t number, revision;
    unsigned count = 0;
    while (count < 4 && str_split_byte(&text, '.', &parts[count])) {
        count++;
    }
    unsigned at = count >= 3 ? 2 : 0;
    if (count <= at || !str_to_u64(str_trim(parts[at]), &number) || number > UINT32_MAX) {
        return false;
    }
    release->build = (uint32_t)number;
    if (count > at + 1 && str_to_u64(str_trim(parts[at + 1]), &revision) &&
        revision <= UINT32_MAX) {
        release->revision = (uint32_t)revision;
        release->has_revision = true;
    }
    return true;
}

bool identify_windows_release(const struct inventory *inventory, struct arena *arena,
                              struct windows_release *ret)
{
    struct windows_release release = {0};
    enum kind kind = identify_windows_is_server(inventory) ? SERVER : CLIENT;
    bool core = str_eq_nocase(installation_type(inventory), STR("Server Core"));
    if (inventory->os.family != OS_FAMILY_WINDOWS || !read_build(inventory->os.build, &release)) {
        return false;
    }
    for (unsigned i = 0; i < sizeof releases / sizeof releases[0]; i++) {
        const struct release_row *row = &releases[i];
        if (row->build != release.build || row->kind != kind) {
            continue;
        }
        release.name = str_from(row->name);
        release.cpe = str_from(row->cpe);
        release.bulletin =
            replace(str_from(row->bulletin), STR("{arch}"), arch_of(inventory), arena);
        release.bulletin =
            replace(release.bulletin, STR("{core}"), core ? STR(CORE) : STR(""), arena);
        release.cumulative = release.build >= 10240;
        *ret = release;
        return true;
    }
    return false;
}
