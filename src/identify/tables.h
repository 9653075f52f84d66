/* What share/ says, loaded: the folder's own view of struct identify_tables. */
#ifndef ASSAY_IDENTIFY_TABLES_H
#define ASSAY_IDENTIFY_TABLES_H

#include "identify/identify.h"
#include "identify/pattern.h"
#include "identify/table.h"

enum table_id {
    TABLE_IDENTITIES,
    TABLE_ALIASES,
    TABLE_DISTRIBUTIONS,
    TABLE_OS_SUPPORT,
    TABLE_UNSUPPORTED,
    TABLE_SUPPLIERS,
    TABLE_WINDOWS,
    TABLE_CATEGORIES,
    TABLE_SECURITY,
    TABLE_SOURCES,
    TABLE_BUILDS,
    TABLE_PUBLISHERS,
    TABLE_STREAMS,
    TABLE_UPDATES,
    TABLE_SETUPS,
    TABLE_COUNT
};

enum { ID_OS, ID_NAME, ID_VENDOR, ID_CPE, ID_LIFECYCLE, ID_VERSION, ID_COLUMNS };
enum { ALIAS_FIRST, ALIAS_OTHERS, ALIAS_COLUMNS };
enum {
    DIST_ID,
    DIST_NAME,
    DIST_ECOSYSTEM,
    DIST_LIFECYCLE,
    DIST_RELEASE,
    DIST_MANAGER,
    DIST_ADVISORY,
    DIST_LABEL,
    DIST_ORIGIN,
    DIST_VENDOR,
    DIST_VERSION,
    DIST_COLUMNS
};
enum {
    SUPPORT_ID,
    SUPPORT_RELEASE,
    SUPPORT_CODENAME,
    SUPPORT_UNTIL,
    SUPPORT_EXTENDED,
    SUPPORT_COLUMNS
};
enum {
    UNSUP_ECOSYSTEM,
    UNSUP_SOURCE,
    UNSUP_STATE,
    UNSUP_SINCE,
    UNSUP_VERSION,
    UNSUP_NOTE,
    UNSUP_COLUMNS
};
enum {
    SUPPLIER_NAME,
    SUPPLIER_OS,
    SUPPLIER_PACKAGE,
    SUPPLIER_ORIGIN,
    SUPPLIER_VENDOR,
    SUPPLIER_VERSION,
    SUPPLIER_COLUMNS
};
enum { WIN_BUILD, WIN_KIND, WIN_EDITION, WIN_LIFECYCLE, WIN_RELEASE, WIN_COLUMNS };
enum { CAT_OS, CAT_NAME, CAT_VENDOR, CAT_CATEGORY, CAT_SUBCATEGORY, CAT_COLUMNS };
enum {
    SEC_LABEL,
    SEC_OS,
    SEC_NAME,
    SEC_VENDOR,
    SEC_SUBCATEGORY,
    SEC_SECURITY,
    SEC_PATCH,
    SEC_CONDITION,
    SEC_COLUMNS
};
enum { SRC_OS, SRC_SOURCE, SRC_ADVISORY, SRC_DROP, SRC_COLUMNS };
enum {
    STREAM_ID,
    STREAM_RELEASE,
    STREAM_MODULE,
    STREAM_STREAM,
    STREAM_PRODUCT,
    STREAM_UNTIL,
    STREAM_COLUMNS
};
enum { PUB_NAME, PUB_VENDORS, PUB_VERSION, PUB_CATEGORY, PUB_SUBCATEGORY, PUB_COLUMNS };
enum { BUILD_PRODUCT, BUILD_FROM, BUILD_VERSION, BUILD_UPDATE, BUILD_CYCLE, BUILD_COLUMNS };
enum { UPD_PRODUCT, UPD_LINE, UPD_BULLETIN, UPD_BUILD, UPD_KB, UPD_DAY, UPD_COLUMNS };
enum { SETUP_PRODUCT, SETUP_BUILD, SETUP_KIND, SETUP_BULLETIN, SETUP_COLUMNS };

struct identify_tables {
    struct table tables[TABLE_COUNT];
    struct pattern_index identities, aliases, categories, security, sources, unsupported,
        publishers;
    struct pattern_index suppliers[SUPPLIER_COLUMNS]; /* of package, origin, vendor and version */
};

static inline struct str tables_cell(const struct identify_tables *tables, enum table_id id,
                                     uint32_t row, uint32_t column)
{
    return table_cell(&tables->tables[id], row, column);
}

/* Which rows of a table hold for a software's ecosystem: "any", "linux" (its package
 * managers), "windows", or the ecosystem itself. */
bool tables_os_fits(struct str cell, struct str ecosystem);
/* Software of a Linux package manager. */
bool tables_is_packaged(struct str ecosystem);
/* A package's name without the edition or channel that its maker adds: "vault" of
 * "vault-enterprise-hsm". */
struct str tables_without_edition(struct str name);
/* A package's name without the release that repositories write into it, where its version is of
 * that release: "php-cli" of "php74u-cli" 7.4.33, in out; else the name itself. */
struct str tables_without_release(struct str name, struct str version, char *out, size_t size);
/* The managers whose packages are system software; others are libraries of a language. */
bool tables_is_system(struct str ecosystem);

/* Texts one after the other, in arena. */
struct str tables_join(struct arena *arena, const struct str *parts, unsigned count);
#define TABLES_JOIN(arena, ...)                                                                    \
    tables_join((arena), (const struct str[]){__VA_ARGS__},                                        \
                sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str))

/* os.c: the row of distributions.tsv of a system, or PATTERN_NONE. */
uint32_t os_find_distribution(const struct identify_tables *tables, const struct inventory_os *os);

/* supplier.c */
struct supplier_answer {
    enum supplier supplier;
    struct str name, rule;
    uint32_t distribution; /* row that the package names when nobody else does, PATTERN_NONE */
};
void supplier_find(const struct identify_tables *tables, uint32_t distribution,
                   const struct inventory_software *software, struct supplier_answer *ret);

/* named.c: the row of distributions.tsv that a package names itself, or PATTERN_NONE; whether its
 * version is that of a module's build; and the release of that system that its version names, ""
 * when it names none. */
uint32_t named_distribution(const struct identify_tables *tables,
                            const struct inventory_software *software);
bool named_as_module(struct str version);
struct str named_release(struct str id, struct str version, struct arena *arena);

/* upstream.c: the version as the makers of the software write it, from a package version, by
 * the rule of identities.tsv ("" for none). Texts in arena or borrowed from software. */
struct upstream_version {
    struct str text;              /* version attribute of a CPE name */
    struct str update;            /* update attribute, "" for ANY */
    struct str cycle;             /* as release names of the life cycle begin */
    struct str also, also_update; /* another way to write it: "2016", "sp2"; "" for none */
    bool release_only; /* text (or also) is the release alone; the build has updates to it */
};
void upstream_find(const struct identify_tables *tables, const struct inventory_software *software,
                   struct str rule, struct arena *arena, struct upstream_version *ret);
bool upstream_rule_known(struct str rule);

/* makers.c: rules for the habits of makers; what Windows shows as a version, without noise (and,
 * unless a rule decides, from the name where that states another). */
struct upstream_maker {
    const char *name;
    void (*fix)(const struct identify_tables *tables, const struct inventory_software *software,
                struct arena *arena, struct upstream_version *ret);
};
extern const struct upstream_maker upstream_makers[];
extern const unsigned upstream_maker_count;
struct str upstream_windows(const struct inventory_software *software, bool by_rule);

/* products.c: fills products, product_count and lifecycle; adds to the rule. */
void products_find(const struct identify_tables *tables, const struct knowledge *knowledge,
                   const struct inventory_software *software, struct str source,
                   struct arena *arena, struct identity *identity);

/* index.c: products that no row names, by the knowledge's own names. True when one is decided
 * on: it is the first of products then, the others its other names; else they are the
 * candidates, none or several. */
enum { INDEX_CANDIDATES = 8 };
struct index_answer {
    struct knowledge_product products[INDEX_CANDIDATES]; /* decided: the best first */
    uint32_t count;
    const char *rule; /* "" when nothing has that name */
};
bool index_find(const struct identify_tables *tables, const struct knowledge *knowledge,
                const struct inventory_software *software, struct str source,
                struct index_answer *ret);
/* index_vendor.c: the row of publishers.tsv of a publisher, or PATTERN_NONE. */
uint32_t index_find_publisher(const struct identify_tables *tables, struct str publisher);
/* index_is_publisher: whether a publisher of that name is the vendor, by its name or that row. */
bool index_is_publisher(const struct identify_tables *tables, struct str name, struct str vendor);
/* index_windows.c: the same for a name that Windows shows, whose publisher counts. */
bool index_windows(const struct identify_tables *tables, const struct knowledge *knowledge,
                   const struct inventory_software *software, struct index_answer *ret);
/* index_windows_whole answers only when the publisher itself has a product of the whole name,
 * editions and numbers too; *ret_used: how many letters and digits its other words have. */
bool index_windows_whole(const struct identify_tables *tables, const struct knowledge *knowledge,
                         const struct inventory_software *software, struct index_answer *ret,
                         size_t *ret_used);

/* specific.c: whether a row with wildcards speaks of all that a name says. */
enum row_verdict {
    ROW_HOLDS,
    ROW_HOLDS_AND_MORE, /* *ret is what publishers of records call the same */
    ROW_NAMED_BY_INDEX, /* the same software, but *ret names it better */
    ROW_SAYS_LESS,      /* the publisher has a product of the whole name: *ret instead */
    ROW_SPEAKS_OF_WHOLE /* the name is of a part of the row's product */
};
enum row_verdict specific_judge(const struct identify_tables *tables,
                                const struct knowledge *knowledge,
                                const struct inventory_software *software, uint32_t row,
                                struct index_answer *ret);

/* index_of_system: a plug-in or a library of a language is not the system's software of that
 * name. */
bool index_of_system(const struct knowledge *knowledge, const struct knowledge_product *product);
/* index_is_namesake: a vendor that is called as the product, or the project of that name. */
bool index_is_namesake(struct str vendor, struct str product);
/* finder.c: whether a product stands only in what was made of publishers' names. */
bool products_is_written(const struct knowledge *knowledge,
                         const struct knowledge_product *product);
/* A maker's package by the other spelling of its name: "apm-server" is apm_server. */
bool index_find_spelled(const struct identify_tables *tables, const struct knowledge *knowledge,
                        const struct inventory_software *software, struct str source,
                        struct index_answer *ret);
/* index_squash gives letters and digits alone, in lower case: what names of one maker have in
 * common. */
struct str index_squash(struct str text, char *out, size_t size);

/* alias.c: names that one product has had. alias_find_of gives the row of cpe-aliases.tsv that
 * has the product, PATTERN_NONE without one; alias_same says whether two are in one row. */
uint32_t alias_find_of(const struct identify_tables *tables,
                       const struct knowledge_product *product);
bool alias_same(const struct identify_tables *tables, const struct knowledge_product *a,
                const struct knowledge_product *b);

/* category.c */
void category_find(const struct identify_tables *tables, const struct inventory *inventory,
                   const struct inventory_software *software, struct identity *identity);

#endif
