#include "identify/programme.h"
#include "identify/release.h"
#include "identify/tables.h"
#include "identify/windows.h"

#include <string.h>

uint32_t os_find_distribution(const struct identify_tables *tables, const struct inventory_os *os)
{
    const struct table *table = &tables->tables[TABLE_DISTRIBUTIONS];
    for (uint32_t row = 0; row < table->count; row++) {
        struct str name = table_cell(table, row, DIST_NAME);
        if (pattern_match(table_cell(table, row, DIST_ID), os->id) &&
            (name.len == 0 || pattern_match(name, os->name))) {
            return row;
        }
    }
    return PATTERN_NONE;
}

static uint32_t find_support(const struct identify_tables *tables, const struct inventory_os *os)
{
    const struct table *table = &tables->tables[TABLE_OS_SUPPORT];
    struct release_parts parts = release_cut(os->version_id);
    for (uint32_t row = 0; row < table->count; row++) {
        struct str release = table_cell(table, row, SUPPORT_RELEASE);
        struct str codename = table_cell(table, row, SUPPORT_CODENAME);
        if (!str_eq_nocase(table_cell(table, row, SUPPORT_ID), os->id)) {
            continue;
        }
        if (os->version_id.len == 0 ? codename.len > 0 && str_eq_nocase(codename, os->codename)
                                    : str_eq(release, os->version_id)) {
            return row;
        }
        if (parts.major.len > 0 && str_eq(release, parts.major) && !str_eq_text(os->id, "ubuntu")) {
            return row;
        }
    }
    return PATTERN_NONE;
}

/* A release that calls itself only by its code name (Debian testing) has the number of the
 * support table. */
static struct str find_version(const struct identify_tables *tables, const struct inventory_os *os)
{
    if (os->version_id.len > 0) {
        return os->version_id;
    }
    uint32_t row = find_support(tables, os);
    return row == PATTERN_NONE ? os->version
                               : tables_cell(tables, TABLE_OS_SUPPORT, row, SUPPORT_RELEASE);
}

static void find_ecosystem(const struct knowledge *knowledge, struct str patterns,
                           const struct release_parts *parts, struct arena *arena,
                           struct identity_os *ret)
{
    struct str pattern;
    if (patterns.len == 0) {
        return;
    }
    while (str_split_byte(&patterns, ',', &pattern)) {
        struct str name = release_fill(pattern, parts, arena);
        if (name.len == 0) {
            continue;
        }
        if (ret->ecosystem_name.len == 0) {
            ret->ecosystem_name = name;
        }
        if (knowledge != NULL && knowledge_find_ecosystem(knowledge, name, &ret->ecosystem)) {
            ret->ecosystem_name = name;
            ret->has_ecosystem = true;
            return;
        }
    }
}

static bool find_release(const struct knowledge *knowledge,
                         const struct knowledge_lifecycle *lifecycle, struct str name,
                         struct knowledge_release *ret)
{
    for (uint32_t i = 0; i < lifecycle->release_count; i++) {
        if (knowledge_release(knowledge, lifecycle->first_release + i, ret) &&
            str_eq_nocase(ret->name, name)) {
            return true;
        }
    }
    return false;
}

static void find_lifecycle(const struct knowledge *knowledge, struct str product,
                           struct str patterns, const struct release_parts *parts,
                           struct arena *arena, struct identity_os *ret)
{
    struct str pattern;
    if (knowledge == NULL || product.len == 0 ||
        !knowledge_find_lifecycle(knowledge, product, &ret->lifecycle)) {
        return;
    }
    ret->has_lifecycle = true;
    while (!ret->has_release && str_split_byte(&patterns, ',', &pattern)) {
        struct str name = release_fill(pattern, parts, arena);
        ret->has_release =
            name.len > 0 && find_release(knowledge, &ret->lifecycle, name, &ret->release);
    }
}

/* ---- Windows ---- */

static void identify_windows(const struct identify_tables *tables,
                             const struct knowledge *knowledge, const struct inventory *inventory,
                             struct arena *arena, struct identity_os *ret)
{
    const struct inventory_os *os = &inventory->os;
    const struct table *table = &tables->tables[TABLE_WINDOWS];
    const struct release_parts none = {0};
    struct str rest = os->build, build = release_take_number(&rest);
    const char *kind = identify_windows_is_server(inventory) ? "server" : "client";
    for (uint32_t row = 0; build.len > 0 && row < table->count; row++) {
        struct str edition = table_cell(table, row, WIN_EDITION);
        if (!str_eq(table_cell(table, row, WIN_BUILD), build) ||
            !str_eq_text(table_cell(table, row, WIN_KIND), kind) ||
            !pattern_match(edition, os->edition)) {
            continue;
        }
        struct str release = table_cell(table, row, WIN_RELEASE);
        find_lifecycle(knowledge, table_cell(table, row, WIN_LIFECYCLE), release, &none, arena,
                       ret);
        ret->rule = arena_printf(arena, "Windows %s build %.*s, edition \"%.*s\": %.*s", kind,
                                 STR_ARG(build), STR_ARG(os->edition), STR_ARG(release));
        return;
    }
    ret->rule =
        arena_printf(arena, "Windows %s build \"%.*s\" is not known", kind, STR_ARG(os->build));
}

/* ---- all ---- */

/* A distribution without a row: it may have a life cycle under its own name, and another
 * one's advisories never speak of its packages. */
static void identify_unlisted(const struct knowledge *knowledge, const struct inventory_os *os,
                              const struct release_parts *parts, struct arena *arena,
                              struct identity_os *ret)
{
    find_lifecycle(knowledge, os->id, STR("{version},{major}.{minor},{major}"), parts, arena, ret);
    ret->rule = os->id.len == 0
                    ? STR("the operating system is not known")
                    : arena_printf(arena,
                                   "os-release id %.*s is not listed; it is like \"%.*s\", whose "
                                   "advisories say nothing of its packages",
                                   STR_ARG(os->id), STR_ARG(os->id_like));
}

void identify_os(const struct identify_tables *tables, const struct knowledge *knowledge,
                 const struct inventory *inventory, struct arena *arena, struct identity_os *ret)
{
    const struct inventory_os *os = &inventory->os;
    memset(ret, 0, sizeof *ret);
    ret->distribution = os_find_distribution(tables, os);
    if (os->family == OS_FAMILY_WINDOWS || str_eq_text(os->id, "windows")) {
        identify_windows(tables, knowledge, inventory, arena, ret);
        return;
    }
    struct str version = find_version(tables, os);
    struct release_parts parts = release_cut(version);
    parts.pack = release_pack(os->version);
    if (ret->distribution == PATTERN_NONE) {
        identify_unlisted(knowledge, os, &parts, arena, ret);
        return;
    }
    uint32_t row = ret->distribution;
    find_ecosystem(knowledge, tables_cell(tables, TABLE_DISTRIBUTIONS, row, DIST_ECOSYSTEM), &parts,
                   arena, ret);
    programme_find(knowledge, inventory, arena, ret);
    find_lifecycle(knowledge, tables_cell(tables, TABLE_DISTRIBUTIONS, row, DIST_LIFECYCLE),
                   tables_cell(tables, TABLE_DISTRIBUTIONS, row, DIST_RELEASE), &parts, arena, ret);
    ret->rule = arena_printf(arena, "os-release id %.*s, release \"%.*s\"", STR_ARG(os->id),
                             STR_ARG(version));
}

bool identify_os_support(const struct identify_tables *tables, const struct inventory_os *os,
                         int32_t *ret_until, int32_t *ret_extended)
{
    int32_t until, extended;
    uint32_t row = find_support(tables, os);
    if (row == PATTERN_NONE ||
        !date_parse(tables_cell(tables, TABLE_OS_SUPPORT, row, SUPPORT_UNTIL), &until)) {
        return false;
    }
    if (!date_parse(tables_cell(tables, TABLE_OS_SUPPORT, row, SUPPORT_EXTENDED), &extended)) {
        extended = DATE_NONE;
    }
    *ret_until = until;
    *ret_extended = extended;
    return true;
}

struct release_fit {
    const struct identify_tables *tables;
    struct str ecosystem;
};

static bool fits_release(const void *context, uint32_t row)
{
    const struct release_fit *fit = context;
    return str_eq(tables_cell(fit->tables, TABLE_UNSUPPORTED, row, UNSUP_ECOSYSTEM),
                  fit->ecosystem);
}

bool identify_unsupported(const struct identify_tables *tables, struct str ecosystem,
                          struct str source, struct identify_unsupported *ret)
{
    const struct release_fit fit = {tables, ecosystem};
    uint32_t row = pattern_index_exact(&tables->unsupported, source, fits_release, &fit);
    if (row == PATTERN_NONE) {
        row = pattern_index_glob(&tables->unsupported, source, fits_release, &fit);
    }
    if (row == PATTERN_NONE) {
        return false;
    }
    ret->limited = str_eq_text(tables_cell(tables, TABLE_UNSUPPORTED, row, UNSUP_STATE), "limited");
    if (!date_parse(tables_cell(tables, TABLE_UNSUPPORTED, row, UNSUP_SINCE), &ret->since)) {
        ret->since = DATE_NONE;
    }
    ret->note = tables_cell(tables, TABLE_UNSUPPORTED, row, UNSUP_NOTE);
    return true;
}
