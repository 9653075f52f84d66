/*
 * The search for the products of one piece of software, while it goes on: what products.c, which
 * decides, shares with what gathers products (finder.c) and finds rows (rows.c). Only for this
 * folder.
 */
#ifndef ASSAY_IDENTIFY_FINDER_H
#define ASSAY_IDENTIFY_FINDER_H

#include "identify/tables.h"

/* Products of one piece of software, all names of each: an alias row has at most a few. */
enum { PRODUCTS_MAX = 24 };

struct finder {
    const struct identify_tables *tables;
    const struct knowledge *knowledge;
    const struct inventory_software *software;
    struct arena *arena;
    struct str source_version; /* as advisories compare it */
    struct upstream_version version;
    struct version_key key;
    struct knowledge_product named; /* the first that a row names and the knowledge has */
    bool named_known;               /* else simply the first */
    struct identity_product products[PRODUCTS_MAX];
    uint32_t count;
};

/* finder_set_version works out the version by a rule of identities.tsv; by_source: that of the
 * source package. finder_make_key makes its key anew after it was set by hand. */
void finder_set_version(struct finder *finder, struct str rule, bool by_source);
void finder_make_key(struct finder *finder);

/* finder_cut_product reads "vendor:product", or "part:vendor:product" with part o or h. */
bool finder_cut_product(struct str text, struct knowledge_product *ret);
/* finder_keep_name keeps the name that is shown: the first that the knowledge has, else the first.
 */
void finder_keep_name(struct finder *finder, const struct knowledge_product *named, bool known);
/* finder_add_with_aliases adds a product and every name that it has had. */
void finder_add_with_aliases(struct finder *finder, const struct knowledge_product *named,
                             struct str rule);
/* finder_add_written_names adds the products found as their publisher writes its own name, and
 * finder_add_other_writing once more with the other way to write the version. */
void finder_add_written_names(struct finder *finder);
void finder_add_other_writing(struct finder *finder);

/* rows.c: the row of identities.tsv, PATTERN_NONE without one. *ret_by_source: it speaks of the
 * source package; *ret_exact: no wildcard decided. */
uint32_t finder_find_row(const struct finder *finder, struct str source, bool *ret_by_source,
                         bool *ret_exact);
/* finder_find_edition looks for the name without the edition that a maker adds; *source is that
 * name then, where it has one. */
uint32_t finder_find_edition(const struct finder *finder, struct str *source);

#endif
