#include "identify/tables.h"

/* A label of a repository may carry its release: "Debian-Security:12/oldstable-security". */
static struct str cut_origin(struct str origin)
{
    size_t colon = str_find_byte(origin, ':');
    if (colon == SIZE_MAX || colon == 0 || !str_starts(str_skip(origin, colon), STR(":/"))) {
        return colon == SIZE_MAX ? origin : str_sub(origin, 0, colon);
    }
    return origin; /* "obs://..." */
}

static bool of_distribution(const struct identify_tables *tables, uint32_t row, uint32_t column,
                            struct str value)
{
    return row != PATTERN_NONE && value.len > 0 &&
           pattern_match(tables_cell(tables, TABLE_DISTRIBUTIONS, row, column), value);
}

struct fit {
    const struct identify_tables *tables;
    const struct inventory_software *software;
};

static bool fits_supplier(const void *context, uint32_t row)
{
    const struct fit *fit = context;
    struct str package = tables_cell(fit->tables, TABLE_SUPPLIERS, row, SUPPLIER_PACKAGE);
    return tables_os_fits(tables_cell(fit->tables, TABLE_SUPPLIERS, row, SUPPLIER_OS),
                          fit->software->ecosystem) &&
           (package.len == 0 || pattern_match(package, fit->software->name));
}

static uint32_t find_maker(const struct identify_tables *tables, uint32_t column, struct str value,
                           const struct inventory_software *software)
{
    const struct fit fit = {tables, software};
    const struct pattern_index *index = &tables->suppliers[column];
    uint32_t row = pattern_index_exact(index, value, fits_supplier, &fit);
    return row != PATTERN_NONE ? row : pattern_index_glob(index, value, fits_supplier, &fit);
}

static bool answer(struct supplier_answer *ret, enum supplier supplier, struct str name,
                   const char *rule)
{
    ret->supplier = supplier;
    ret->name = name;
    ret->rule = str_from(rule);
    return true;
}

static bool by_column(const struct identify_tables *tables, uint32_t distribution,
                      uint32_t distribution_column, uint32_t supplier_column, struct str value,
                      const struct inventory_software *software, const char *rule,
                      struct supplier_answer *ret)
{
    if (of_distribution(tables, distribution, distribution_column, value)) {
        return answer(ret, SUPPLIER_DISTRIBUTION,
                      tables_cell(tables, TABLE_DISTRIBUTIONS, distribution, DIST_LABEL), rule);
    }
    uint32_t row = find_maker(tables, supplier_column, value, software);
    return row != PATTERN_NONE &&
           answer(ret, SUPPLIER_MAKER, tables_cell(tables, TABLE_SUPPLIERS, row, SUPPLIER_NAME),
                  rule);
}

static bool by_mark(const struct identify_tables *tables, const struct inventory_software *software,
                    struct supplier_answer *ret)
{
    uint32_t row = find_maker(tables, SUPPLIER_VERSION, software->version, software);
    return row != PATTERN_NONE &&
           answer(ret, SUPPLIER_MAKER, tables_cell(tables, TABLE_SUPPLIERS, row, SUPPLIER_NAME),
                  "supplier by version");
}

/* A version that a maker's packaging marks is the maker's; a mark of the distribution comes
 * after it, since makers build on the distribution's release too ("~ubuntu.22.04"). */
static bool by_version(const struct identify_tables *tables, uint32_t distribution,
                       const struct inventory_software *software, struct supplier_answer *ret)
{
    if (by_mark(tables, software, ret)) {
        return true;
    }
    if (of_distribution(tables, distribution, DIST_VERSION, software->version)) {
        return answer(ret, SUPPLIER_DISTRIBUTION,
                      tables_cell(tables, TABLE_DISTRIBUTIONS, distribution, DIST_LABEL),
                      "supplier by version");
    }
    return false;
}

/* What no distribution has is its maker's, where nobody is named. */
static bool by_name(const struct identify_tables *tables, const struct inventory_software *software,
                    struct supplier_answer *ret)
{
    if (software->vendor.len > 0 || software->origin.len > 0) {
        return false;
    }
    uint32_t row = find_maker(tables, SUPPLIER_PACKAGE, software->name, software);
    return row != PATTERN_NONE &&
           answer(ret, SUPPLIER_MAKER, tables_cell(tables, TABLE_SUPPLIERS, row, SUPPLIER_NAME),
                  "supplier by name: no distribution has this package");
}

static bool managed_here(const struct identify_tables *tables, uint32_t distribution,
                         struct str ecosystem)
{
    return distribution != PATTERN_NONE &&
           str_eq(tables_cell(tables, TABLE_DISTRIBUTIONS, distribution, DIST_MANAGER), ecosystem);
}

static void without_evidence(const struct identify_tables *tables, uint32_t distribution,
                             const struct inventory_software *software, struct supplier_answer *ret)
{
    if (software->origin.len > 0) {
        answer(ret, SUPPLIER_MAKER, software->origin, "supplier: another repository");
    } else if (managed_here(tables, distribution, software->ecosystem)) {
        answer(ret, SUPPLIER_DISTRIBUTION,
               tables_cell(tables, TABLE_DISTRIBUTIONS, distribution, DIST_LABEL),
               "supplier assumed: nothing names another");
    } else if (named_as_module(software->version)) {
        answer(ret, SUPPLIER_DISTRIBUTION, STR(""), "supplier by version: built for a module");
    } else {
        answer(ret, SUPPLIER_UNKNOWN, STR(""), "supplier not known");
    }
}

void supplier_find(const struct identify_tables *tables, uint32_t distribution,
                   const struct inventory_software *software, struct supplier_answer *ret)
{
    struct str ecosystem = software->ecosystem;
    *ret = (struct supplier_answer){.distribution = PATTERN_NONE};
    if (str_eq_text(ecosystem, "windows") || str_eq_text(ecosystem, "snap") ||
        str_eq_text(ecosystem, "flatpak")) {
        answer(ret, SUPPLIER_MAKER, software->vendor, "installed from its maker");
        return;
    }
    if (!tables_is_system(ecosystem) || str_eq_text(ecosystem, "generic")) {
        answer(ret, SUPPLIER_UNKNOWN, STR(""), "not a package of the system");
        return;
    }
    bool unknown = distribution == PATTERN_NONE;
    if (!managed_here(tables, distribution, ecosystem)) {
        distribution = PATTERN_NONE;
    }
    /* Maintainers of Debian pack for others too: apt.postgresql.org, deb.sury.org. */
    bool shared = str_eq_text(ecosystem, "dpkg");
    if (unknown && !by_mark(tables, software, ret)) {
        ret->distribution = distribution = named_distribution(tables, software);
    }
    if (by_column(tables, distribution, DIST_ORIGIN, SUPPLIER_ORIGIN, cut_origin(software->origin),
                  software, "supplier by repository", ret) ||
        (shared && by_mark(tables, software, ret)) ||
        by_column(tables, distribution, DIST_VENDOR, SUPPLIER_VENDOR, software->vendor, software,
                  "supplier by vendor", ret) ||
        by_name(tables, software, ret) || by_version(tables, distribution, software, ret)) {
        return;
    }
    without_evidence(tables, distribution, software, ret);
}
