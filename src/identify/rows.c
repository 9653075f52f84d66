/* Which row of identities.tsv speaks of a piece of software. */
#include "identify/finder.h"
#include "identify/phrase.h"

#include "base/limits.h"

static bool fits_identity(const void *context, uint32_t row)
{
    const struct finder *finder = context;
    struct str vendor = tables_cell(finder->tables, TABLE_IDENTITIES, row, ID_VENDOR);
    return tables_os_fits(tables_cell(finder->tables, TABLE_IDENTITIES, row, ID_OS),
                          finder->software->ecosystem) &&
           (vendor.len == 0 || finder->software->vendor.len == 0 ||
            pattern_match(vendor, finder->software->vendor));
}

/* A row that says of a name only that it is no product (php-cli, which installs a release) says
 * nothing of the releases. */
static bool fits_released(const void *context, uint32_t row)
{
    const struct finder *finder = context;
    return tables_cell(finder->tables, TABLE_IDENTITIES, row, ID_CPE).len > 0 &&
           fits_identity(finder, row);
}

/* By the name without its release: php83-fpm as php-fpm. */
static uint32_t find_released_row(const struct finder *finder, struct str name)
{
    char bytes[LIMIT_NAME];
    if (!tables_is_packaged(finder->software->ecosystem)) {
        return PATTERN_NONE;
    }
    struct str plain = tables_without_release(name, finder->software->version, bytes, sizeof bytes);
    return plain.len == name.len
               ? PATTERN_NONE
               : pattern_index_exact(&finder->tables->identities, plain, fits_released, finder);
}

/* Exact names first. *ret_by_source: the row speaks of the source package, whose version counts
 * then (that of a binary may be another: dmsetup of lvm2). A pattern for the source package is
 * surer than one for a binary of it, which may be an extension of another source ("php8.2-redis").
 */
static uint32_t find_named_row(const struct finder *finder, struct str name, struct str source,
                               bool *ret_by_source, bool *ret_exact)
{
    const struct pattern_index *index = &finder->tables->identities;
    uint32_t row = pattern_index_exact(index, name, fits_identity, finder);
    *ret_by_source = false;
    *ret_exact = row != PATTERN_NONE;
    if (row != PATTERN_NONE) {
        return row;
    }
    row = find_released_row(finder, name);
    if (row != PATTERN_NONE) {
        return row;
    }
    row = pattern_index_exact(index, source, fits_identity, finder);
    if (row == PATTERN_NONE) {
        row = pattern_index_glob(index, source, fits_identity, finder);
    }
    *ret_by_source = row != PATTERN_NONE;
    return row != PATTERN_NONE ? row : pattern_index_glob(index, name, fits_identity, finder);
}

/* Names of Windows also without marks of brands and blanks too many. */
uint32_t finder_find_row(const struct finder *finder, struct str source, bool *ret_by_source,
                         bool *ret_exact)
{
    char bytes[LIMIT_NAME];
    struct str name = finder->software->name;
    uint32_t row = find_named_row(finder, name, source, ret_by_source, ret_exact);
    if (row == PATTERN_NONE && str_eq_text(finder->software->ecosystem, "windows")) {
        struct str plain = phrase_plain(name, bytes, sizeof bytes);
        if (!str_eq(plain, name)) {
            row = find_named_row(finder, plain, source, ret_by_source, ret_exact);
        }
    }
    return row;
}

/* Makers pack editions of one product under names of their own: vault-enterprise-hsm. Their
 * distributions do not, and "-stable" is part of a name there. *source is the product's name then,
 * for the knowledge's own names. */
uint32_t finder_find_edition(const struct finder *finder, struct str *source)
{
    struct str name = tables_without_edition(finder->software->name);
    bool by_source, exact;
    if (name.len == finder->software->name.len ||
        !tables_is_packaged(finder->software->ecosystem)) {
        return PATTERN_NONE;
    }
    *source = name;
    return find_named_row(finder, name, name, &by_source, &exact);
}
