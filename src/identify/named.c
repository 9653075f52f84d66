/*
 * The distribution that a package names itself, where nobody says which system it is of: by its
 * maintainer or vendor, and by the marks of its version ("+deb11u5", ".el8", "~20.04.1").
 */
#include "identify/release.h"
#include "identify/tables.h"

static bool fits(const struct identify_tables *tables, uint32_t row, uint32_t column,
                 struct str value)
{
    return value.len > 0 &&
           pattern_match(tables_cell(tables, TABLE_DISTRIBUTIONS, row, column), value);
}

static bool fits_dpkg(const void *context, uint32_t row)
{
    return tables_os_fits(tables_cell(context, TABLE_SUPPLIERS, row, SUPPLIER_OS), STR("dpkg"));
}

/* Whose name makers bear too (Proxmox). */
static bool is_maker(const struct identify_tables *tables, struct str vendor)
{
    const struct pattern_index *makers = &tables->suppliers[SUPPLIER_VENDOR];
    return pattern_index_exact(makers, vendor, fits_dpkg, tables) != PATTERN_NONE ||
           pattern_index_glob(makers, vendor, fits_dpkg, tables) != PATTERN_NONE;
}

/* An address of the distribution is enough with dpkg, unless a maker has it. With rpm the build
 * must be the distribution's too. */
static bool names_row(const struct identify_tables *tables, uint32_t row,
                      const struct inventory_software *software)
{
    bool by_vendor = fits(tables, row, DIST_VENDOR, software->vendor);
    bool by_version = fits(tables, row, DIST_VERSION, software->version);
    if (str_eq_text(software->ecosystem, "dpkg")) {
        return by_version ? by_vendor || software->vendor.len == 0
                          : by_vendor && !is_maker(tables, software->vendor);
    }
    return by_vendor && by_version;
}

uint32_t named_distribution(const struct identify_tables *tables,
                            const struct inventory_software *software)
{
    uint32_t found = PATTERN_NONE;
    for (uint32_t row = 0; row < tables->tables[TABLE_DISTRIBUTIONS].count; row++) {
        if (tables_cell(tables, TABLE_DISTRIBUTIONS, row, DIST_NAME).len > 0 ||
            !str_eq(tables_cell(tables, TABLE_DISTRIBUTIONS, row, DIST_MANAGER),
                    software->ecosystem) ||
            !names_row(tables, row, software)) {
            continue;
        }
        found = found == PATTERN_NONE ? row : found;
        /* Others carry Debian's maintainers along: their versions tell. */
        if (fits(tables, row, DIST_VERSION, software->version)) {
            return row;
        }
    }
    return found;
}

bool named_as_module(struct str version)
{
    return str_find(version, STR(".module+el")) != SIZE_MAX ||
           str_find(version, STR(".module_el")) != SIZE_MAX;
}

/* ---- the release ---- */

/* The digits behind the last mark that a digit follows and no letter precedes. */
static struct str digits_behind(struct str version, struct str mark)
{
    struct str found = STR("");
    for (size_t at = 1; at + mark.len < version.len; at++) {
        struct str rest = str_skip(version, at);
        if (str_starts(rest, mark) && str_is_digit(rest.ptr[mark.len]) &&
            !str_is_alpha(version.ptr[at - 1])) {
            rest = str_skip(rest, mark.len);
            found = release_take_number(&rest);
        }
    }
    return found;
}

/* Ubuntu: "20.04" of "3.8.10-0ubuntu1~20.04.18", "12.22-0ubuntu0.20.04.1". */
static struct str release_of_ubuntu(struct str version)
{
    enum { LENGTH = 5 };
    for (size_t at = 1; at + LENGTH <= version.len; at++) {
        struct str part = str_sub(version, at, LENGTH);
        char before = version.ptr[at - 1];
        if ((before == '~' || before == '.') && pattern_match(STR("##.04|##.10"), part) &&
            (at + LENGTH == version.len || !str_is_digit(version.ptr[at + LENGTH]))) {
            return part;
        }
    }
    return STR("");
}

/* SUSE: "15.5" of "1.1.1l-150500.17.31.1" and of "lp155.2". */
static struct str release_of_suse(struct str version, struct arena *arena)
{
    static const char *const marks[] = {"-150", "lp15", "bp15"};
    for (unsigned i = 0; i < sizeof marks / sizeof *marks; i++) {
        struct str mark = str_from(marks[i]);
        size_t at = str_find(version, mark);
        struct str rest = at == SIZE_MAX ? STR("") : str_skip(version, at + mark.len);
        if (rest.len > 0 && str_is_digit(rest.ptr[0]) &&
            (i > 0 || str_starts(str_skip(rest, 1), STR("00.")))) {
            return arena_printf(arena, "15.%c", rest.ptr[0]);
        }
    }
    return STR("");
}

struct str named_release(struct str id, struct str version, struct arena *arena)
{
    static const struct {
        const char *ids, *mark;
    } marks[] = {
        {"debian", "deb"}, {"rhel|centos|almalinux|rocky|ol|eurolinux", "el"},
        {"fedora", "fc"},  {"amzn", "amzn"},
        {"mageia", "mga"},
    };
    if (str_eq_text(id, "ubuntu")) {
        return release_of_ubuntu(version);
    }
    if (pattern_match(STR("sles|opensuse-leap"), id)) {
        return release_of_suse(version, arena);
    }
    for (unsigned i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (pattern_match(str_from(marks[i].ids), id)) {
            return digits_behind(version, str_from(marks[i].mark));
        }
    }
    return STR("");
}

/* ---- the package manager ---- */

/* A person's address is that of a Debian package's maintainer. */
static struct str manager_of_vendor(const struct identify_tables *tables, struct str vendor)
{
    if (str_find_byte(vendor, '@') != SIZE_MAX) {
        return STR("dpkg");
    }
    for (uint32_t row = 0; row < tables->tables[TABLE_DISTRIBUTIONS].count; row++) {
        if (fits(tables, row, DIST_VENDOR, vendor)) {
            return tables_cell(tables, TABLE_DISTRIBUTIONS, row, DIST_MANAGER);
        }
    }
    return STR("");
}

struct str identify_manager(const struct identify_tables *tables, const struct identity_os *os,
                            struct str vendor, struct str version)
{
    static const char rpm[] = "*.el#*|*+el#*|*_el#*|*.fc##*|*.amzn*|*.suse*|*.mga#*|*.oe#*|*.oe2*|"
                              "*.lp#*|*lp15#*|*.azl#*|*.cm#*|*.ph#*|*.rhel#*|*-rhe#*|*-es#*|*-el#|"
                              "*-amzn*|*.remi*|*.elrepo*|*.PGDG*|*PGDG.*|*-##.x86_64|*.cpanel";
    if (os->distribution != PATTERN_NONE) {
        struct str manager =
            tables_cell(tables, TABLE_DISTRIBUTIONS, os->distribution, DIST_MANAGER);
        if (manager.len > 0) {
            return manager;
        }
    }
    if (pattern_match(STR("*-r#|*-r##"), version)) {
        return STR("apk");
    }
    if (pattern_match(str_from(rpm), version)) {
        return STR("rpm");
    }
    struct str manager = manager_of_vendor(tables, vendor);
    return manager.len > 0 ? manager : STR("dpkg");
}
