#include "identify/tables.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    uint32_t columns;
} files[TABLE_COUNT] = {
    [TABLE_IDENTITIES] = {"identities.tsv", ID_COLUMNS},
    [TABLE_ALIASES] = {"cpe-aliases.tsv", ALIAS_COLUMNS},
    [TABLE_DISTRIBUTIONS] = {"distributions.tsv", DIST_COLUMNS},
    [TABLE_OS_SUPPORT] = {"os-support.tsv", SUPPORT_COLUMNS},
    [TABLE_UNSUPPORTED] = {"unsupported.tsv", UNSUP_COLUMNS},
    [TABLE_SUPPLIERS] = {"suppliers.tsv", SUPPLIER_COLUMNS},
    [TABLE_WINDOWS] = {"windows-releases.tsv", WIN_COLUMNS},
    [TABLE_CATEGORIES] = {"categories.tsv", CAT_COLUMNS},
    [TABLE_SECURITY] = {"security-software.tsv", SEC_COLUMNS},
    [TABLE_SOURCES] = {"source-aliases.tsv", SRC_COLUMNS},
    [TABLE_STREAMS] = {"streams.tsv", STREAM_COLUMNS},
    [TABLE_BUILDS] = {"builds.tsv", BUILD_COLUMNS},
    [TABLE_PUBLISHERS] = {"publishers.tsv", PUB_COLUMNS},
    [TABLE_UPDATES] = {"updates.tsv", UPD_COLUMNS},
    [TABLE_SETUPS] = {"setups.tsv", SETUP_COLUMNS},
};

static void index_column(const struct table *table, uint32_t column, struct pattern_index *index)
{
    for (uint32_t row = 0; row < table->count; row++) {
        pattern_index_add(index, table_cell(table, row, column), row);
    }
    pattern_index_freeze(index);
}

/* The products of an alias row, each an entry of its own. */
static void index_aliases(const struct table *table, struct pattern_index *index)
{
    for (uint32_t row = 0; row < table->count; row++) {
        struct str others = table_cell(table, row, ALIAS_OTHERS), one;
        pattern_index_add(index, table_cell(table, row, ALIAS_FIRST), row);
        while (str_next_word(&others, &one)) {
            pattern_index_add(index, one, row);
        }
    }
    pattern_index_freeze(index);
}

/* Packages that no distribution has, whoever is named: rows that say nothing else. */
static void index_names(const struct table *table, struct pattern_index *index)
{
    for (uint32_t row = 0; row < table->count; row++) {
        if (table_cell(table, row, SUPPLIER_ORIGIN).len == 0 &&
            table_cell(table, row, SUPPLIER_VENDOR).len == 0 &&
            table_cell(table, row, SUPPLIER_VERSION).len == 0) {
            pattern_index_add(index, table_cell(table, row, SUPPLIER_PACKAGE), row);
        }
    }
    pattern_index_freeze(index);
}

int identify_tables_load(const char *folder, struct identify_tables **ret_tables, struct error *err)
{
    struct identify_tables *tables = mem_alloc_zero(1, sizeof *tables);
    for (unsigned i = 0; i < TABLE_COUNT; i++) {
        int result = table_read(folder, files[i].name, files[i].columns, &tables->tables[i], err);
        if (result < 0) {
            identify_tables_free(tables);
            return result;
        }
    }
    index_column(&tables->tables[TABLE_IDENTITIES], ID_NAME, &tables->identities);
    index_column(&tables->tables[TABLE_CATEGORIES], CAT_NAME, &tables->categories);
    index_column(&tables->tables[TABLE_SECURITY], SEC_NAME, &tables->security);
    index_column(&tables->tables[TABLE_SOURCES], SRC_SOURCE, &tables->sources);
    index_column(&tables->tables[TABLE_UNSUPPORTED], UNSUP_SOURCE, &tables->unsupported);
    index_column(&tables->tables[TABLE_PUBLISHERS], PUB_NAME, &tables->publishers);
    for (unsigned i = SUPPLIER_ORIGIN; i < SUPPLIER_COLUMNS; i++) {
        index_column(&tables->tables[TABLE_SUPPLIERS], i, &tables->suppliers[i]);
    }
    index_names(&tables->tables[TABLE_SUPPLIERS], &tables->suppliers[SUPPLIER_PACKAGE]);
    index_aliases(&tables->tables[TABLE_ALIASES], &tables->aliases);
    *ret_tables = tables;
    return 0;
}

void identify_tables_free(struct identify_tables *tables)
{
    if (tables == NULL) {
        return;
    }
    for (unsigned i = 0; i < TABLE_COUNT; i++) {
        table_done(&tables->tables[i]);
    }
    pattern_index_done(&tables->identities);
    pattern_index_done(&tables->aliases);
    pattern_index_done(&tables->categories);
    pattern_index_done(&tables->security);
    pattern_index_done(&tables->sources);
    pattern_index_done(&tables->unsupported);
    pattern_index_done(&tables->publishers);
    for (unsigned i = SUPPLIER_PACKAGE; i < SUPPLIER_COLUMNS; i++) {
        pattern_index_done(&tables->suppliers[i]);
    }
    free(tables);
}

/* Asked for each row that a name fits: words that the compiler sees cost an instruction or two. */
bool tables_is_packaged(struct str ecosystem)
{
    return str_eq_text(ecosystem, "dpkg") || str_eq_text(ecosystem, "rpm") ||
           str_eq_text(ecosystem, "apk") || str_eq_text(ecosystem, "pacman") ||
           str_eq_text(ecosystem, "snap") || str_eq_text(ecosystem, "flatpak");
}

bool tables_is_system(struct str ecosystem)
{
    return tables_is_packaged(ecosystem) || str_eq_text(ecosystem, "windows") ||
           str_eq_text(ecosystem, "generic");
}

bool tables_os_fits(struct str cell, struct str ecosystem)
{
    if (str_eq_text(cell, "any") || str_eq_text(ecosystem, "generic")) {
        return true;
    }
    return str_eq_text(cell, "linux") ? tables_is_packaged(ecosystem) : str_eq(cell, ecosystem);
}

struct str tables_without_edition(struct str name)
{
    static const char *const editions[] = {"-enterprise", "-enterprise-edition",
                                           "-ent",        "-community",
                                           "-commercial", "-oss",
                                           "-lts",        "-preview",
                                           "-beta",       "-nightly",
                                           "-insiders",   "-stable",
                                           "-latest",     "-fips",
                                           "-fips1402",   "-fips1403",
                                           "-hsm"};
    if (str_find_byte(name, '-') == SIZE_MAX) {
        return name;
    }
    for (unsigned i = 0; i < sizeof editions / sizeof *editions; i++) {
        struct str edition = str_from(editions[i]);
        if (name.len > edition.len && str_ends(name, edition)) {
            return tables_without_edition(str_sub(name, 0, name.len - edition.len));
        }
    }
    return name;
}

/* How many bytes of a version spell these digits, dots left out: 4 for "101" and "10.1.38"; 0 when
 * it does not begin with them. */
static size_t spelled_by(struct str digits, struct str version)
{
    size_t at = 0, used = 0;
    size_t epoch = str_find_byte(version, ':');
    version = epoch == SIZE_MAX ? version : str_skip(version, epoch + 1);
    while (used < digits.len && at < version.len) {
        if (version.ptr[at] == '.' && used > 0) {
            at++;
        } else if (version.ptr[at] == digits.ptr[used]) {
            at++;
            used++;
        } else {
            return 0;
        }
    }
    bool whole = at == version.len || !str_is_digit(version.ptr[at]);
    return used == digits.len && whole ? at : 0;
}

struct str tables_without_release(struct str name, struct str version, char *out, size_t size)
{
    size_t start = 1, end;
    while (start < name.len &&
           !(str_is_digit(name.ptr[start]) && str_is_alpha(name.ptr[start - 1]))) {
        start++;
    }
    for (end = start; end < name.len && str_is_digit(name.ptr[end]); end++) {
    }
    if (start >= name.len || name.len > size ||
        spelled_by(str_sub(name, start, end - start), version) == 0) {
        return name;
    }
    end += end < name.len && name.ptr[end] == 'u';
    if (end < name.len && name.ptr[end] != '-') {
        return name;
    }
    memcpy(out, name.ptr, start);
    memcpy(out + start, name.ptr + end, name.len - end);
    return str_make(out, start + name.len - end);
}

struct str tables_join(struct arena *arena, const struct str *parts, unsigned count)
{
    size_t len = 0;
    for (unsigned i = 0; i < count; i++) {
        len += parts[i].len;
    }
    char *text = arena_alloc(arena, len + 1), *at = text;
    for (unsigned i = 0; i < count; i++) {
        if (parts[i].len > 0) {
            memcpy(at, parts[i].ptr, parts[i].len);
            at += parts[i].len;
        }
    }
    return str_make(text, len);
}
