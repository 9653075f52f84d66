#include "identify/tables.h"
#include "identify/words.h"

#include "base/limits.h"

#include <string.h>

struct fit {
    const struct identify_tables *tables;
    const struct inventory_software *software;
};

static bool fits(const struct fit *fit, enum table_id id, uint32_t row, uint32_t os_column,
                 uint32_t vendor_column)
{
    struct str vendor = tables_cell(fit->tables, id, row, vendor_column);
    return tables_os_fits(tables_cell(fit->tables, id, row, os_column), fit->software->ecosystem) &&
           (vendor.len == 0 || pattern_match(vendor, fit->software->vendor));
}

static bool fits_category(const void *context, uint32_t row)
{
    return fits(context, TABLE_CATEGORIES, row, CAT_OS, CAT_VENDOR);
}

static bool fits_security(const void *context, uint32_t row)
{
    return fits(context, TABLE_SECURITY, row, SEC_OS, SEC_VENDOR);
}

static uint32_t find_row(const struct pattern_index *index, struct str name, pattern_accept *accept,
                         const struct fit *fit)
{
    uint32_t row = pattern_index_exact(index, name, accept, fit);
    return row != PATTERN_NONE ? row : pattern_index_glob(index, name, accept, fit);
}

/* A condition names a fact and its value; what the inventory does not say is unknown. */
static enum truth holds(struct str condition, const struct inventory *inventory)
{
    struct str key;
    if (condition.len == 0) {
        return TRUTH_YES;
    }
    str_split_byte(&condition, '=', &key);
    struct str value = inventory_fact_value(inventory, key);
    if (value.len == 0) {
        return TRUTH_UNKNOWN;
    }
    return str_eq(value, condition) ? TRUTH_YES : TRUTH_NO;
}

/* By another name than the package's own. */
static uint32_t find_category_as(const struct fit *fit, struct str name)
{
    return name.len > 0 && !str_eq(name, fit->software->name)
               ? find_row(&fit->tables->categories, name, fits_category, fit)
               : PATTERN_NONE;
}

/* A package of a maker that is named before it: percona-haproxy. */
static struct str without_maker(struct str name, struct str maker)
{
    bool named = maker.len > 0 && name.len > maker.len + 1 && name.ptr[maker.len] == '-' &&
                 str_eq_nocase(str_sub(name, 0, maker.len), maker);
    return named ? str_skip(name, maker.len + 1) : name;
}

/* What all software of a maker is for: rows named "supplier:Grafana Labs". */
static uint32_t find_category_of_maker(const struct fit *fit, const struct identity *identity)
{
    static const char prefix[] = "supplier:";
    char name[sizeof prefix + LIMIT_NAME];
    struct str maker = str_sub(identity->supplier_name, 0, LIMIT_NAME);
    if (identity->supplier != SUPPLIER_MAKER || maker.len == 0) {
        return PATTERN_NONE;
    }
    memcpy(name, prefix, sizeof prefix - 1);
    memcpy(name + sizeof prefix - 1, maker.ptr, maker.len);
    return pattern_index_exact(&fit->tables->categories,
                               str_make(name, sizeof prefix - 1 + maker.len), fits_category, fit);
}

/* By the package, else by what it is an edition of (vault-enterprise-hsm), by its source, by its
 * name without a release (nginx120), by what the row that identified it is about, by its name
 * without the maker's, by its maker. */
static uint32_t find_any_category(const struct fit *fit, const struct identity *identity)
{
    const struct inventory_software *software = fit->software;
    char bytes[LIMIT_NAME];
    uint32_t row = find_row(&fit->tables->categories, software->name, fits_category, fit);
    if (row == PATTERN_NONE && tables_is_packaged(software->ecosystem)) {
        row = identity->supplier == SUPPLIER_DISTRIBUTION
                  ? PATTERN_NONE
                  : find_category_as(fit, tables_without_edition(software->name));
        row = row == PATTERN_NONE ? find_category_as(fit, software->source) : row;
        row = row == PATTERN_NONE
                  ? find_category_as(fit, tables_without_release(software->name, software->version,
                                                                 bytes, sizeof bytes))
                  : row;
        row = row == PATTERN_NONE ? find_category_as(fit, identity->known_as) : row;
        row = row == PATTERN_NONE
                  ? find_category_as(fit, without_maker(software->name, identity->supplier_name))
                  : row;
    }
    return row == PATTERN_NONE ? find_category_of_maker(fit, identity) : row;
}

/* What the publisher makes, where nothing knows the name. */
static bool find_by_publisher(const struct identify_tables *tables,
                              const struct inventory_software *software, struct identity *identity)
{
    uint32_t row = str_eq_text(software->ecosystem, "windows")
                       ? index_find_publisher(tables, software->vendor)
                       : PATTERN_NONE;
    if (row == PATTERN_NONE) {
        return false;
    }
    identity->category = tables_cell(tables, TABLE_PUBLISHERS, row, PUB_CATEGORY);
    identity->subcategory = tables_cell(tables, TABLE_PUBLISHERS, row, PUB_SUBCATEGORY);
    return identity->subcategory.len > 0;
}

void category_find(const struct identify_tables *tables, const struct inventory *inventory,
                   const struct inventory_software *software, struct identity *identity)
{
    const struct fit fit = {tables, software};
    if (!tables_is_system(software->ecosystem)) {
        return;
    }
    uint32_t row = find_row(&tables->security, software->name, fits_security, &fit);
    if (row != PATTERN_NONE) {
        enum truth active =
            holds(tables_cell(tables, TABLE_SECURITY, row, SEC_CONDITION), inventory);
        identity->category = STR("Security & Compliance");
        identity->subcategory = tables_cell(tables, TABLE_SECURITY, row, SEC_SUBCATEGORY);
        /* Protection must be seen to run; an updater that nothing is known of stays one. */
        identity->security =
            str_eq_text(tables_cell(tables, TABLE_SECURITY, row, SEC_SECURITY), "yes") &&
            active == TRUTH_YES;
        identity->patch = str_eq_text(tables_cell(tables, TABLE_SECURITY, row, SEC_PATCH), "yes") &&
                          active != TRUTH_NO;
        return;
    }
    row = find_any_category(&fit, identity);
    if (row == PATTERN_NONE && identity->supplier != SUPPLIER_DISTRIBUTION &&
        !find_by_publisher(tables, software, identity)) {
        row = words_find(&fit.tables->categories, software->name, fits_category, &fit);
    }
    if (row != PATTERN_NONE) {
        identity->category = tables_cell(tables, TABLE_CATEGORIES, row, CAT_CATEGORY);
        identity->subcategory = tables_cell(tables, TABLE_CATEGORIES, row, CAT_SUBCATEGORY);
    }
}
