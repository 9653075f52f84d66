#include "identify/finder.h"

#include "base/limits.h"

#include <string.h>

/* Of the makers that a product has had, the one that Windows shows as the publisher. */
static void prefer_publisher(struct finder *finder, struct str products)
{
    struct str one;
    struct knowledge_product named, found;
    while (str_next_word(&products, &one)) {
        if (finder_cut_product(one, &named) &&
            index_is_publisher(finder->tables, finder->software->vendor, named.vendor) &&
            (finder->knowledge == NULL ||
             knowledge_find_product(finder->knowledge, named.part, named.vendor, named.product,
                                    &found))) {
            finder_keep_name(finder, &named, true);
            return;
        }
    }
}

static void add_row(struct finder *finder, uint32_t row, bool by_source, struct identity *identity)
{
    const struct identify_tables *tables = finder->tables;
    struct str products = tables_cell(tables, TABLE_IDENTITIES, row, ID_CPE), one;
    struct str name = tables_cell(tables, TABLE_IDENTITIES, row, ID_NAME);
    name = str_sub(name, 0, str_find_byte(name, '|'));
    struct str rule = TABLES_JOIN(finder->arena, STR("identities: "), name);
    finder_set_version(finder, tables_cell(tables, TABLE_IDENTITIES, row, ID_VERSION), by_source);
    if (str_eq_text(finder->software->ecosystem, "windows")) {
        prefer_publisher(finder, products);
    }
    while (str_next_word(&products, &one)) {
        struct knowledge_product named;
        if (finder_cut_product(one, &named)) {
            finder_add_with_aliases(finder, &named, rule);
        }
    }
    finder_add_other_writing(finder);
    identity->rule = TABLES_JOIN(finder->arena, identity->rule, STR("; "), rule);
    identity->sureness = SURENESS_CERTAIN;
    identity->known_as = name;
    identity->row_lifecycle = tables_cell(tables, TABLE_IDENTITIES, row, ID_LIFECYCLE);
}

/* ---- software that names its CPE itself ---- */

static struct str plain_value(const struct cpe_value *value, struct arena *arena)
{
    struct buf out;
    if (value->kind != CPE_TEXT) {
        return STR("");
    }
    buf_init(&out, LIMIT_CPE);
    cpe_value_plain(value, &out);
    struct str text = arena_str(arena, buf_view(&out));
    buf_done(&out);
    return text;
}

static bool add_stated(struct finder *finder, struct identity *identity)
{
    struct cpe_name name;
    struct arena *arena = finder->arena;
    if (finder->software->cpe.len == 0 ||
        cpe_parse(finder->software->cpe, arena, &name, NULL) < 0) {
        return false;
    }
    struct str part = plain_value(&name.values[CPE_PART], arena);
    struct str vendor = plain_value(&name.values[CPE_VENDOR], arena);
    struct str product = plain_value(&name.values[CPE_PRODUCT], arena);
    struct str version = plain_value(&name.values[CPE_VERSION], arena);
    if (part.len != 1 || vendor.len == 0 || product.len == 0) {
        return false;
    }
    finder_set_version(finder, STR(""), false);
    if (version.len > 0) {
        finder->version.text = version;
        finder->version.update = plain_value(&name.values[CPE_UPDATE], arena);
        finder->key = (struct version_key){0};
        finder_make_key(finder);
    }
    finder_add_with_aliases(
        finder,
        &(struct knowledge_product){
            .index = UINT32_MAX, .part = part.ptr[0], .vendor = vendor, .product = product},
        STR("CPE stated by the document"));
    identity->stated = (struct identity_stated){plain_value(&name.values[CPE_SW_EDITION], arena),
                                                plain_value(&name.values[CPE_TARGET_SW], arena),
                                                plain_value(&name.values[CPE_TARGET_HW], arena)};
    identity->rule = TABLES_JOIN(arena, identity->rule, STR("; CPE stated by the document"));
    identity->sureness = SURENESS_CERTAIN;
    return true;
}

/* ---- life cycle ---- */

static bool find_by_products(const struct finder *finder, struct knowledge_lifecycle *ret)
{
    for (uint32_t i = 0; i < finder->count; i++) {
        const struct knowledge_product *product = &finder->products[i].product;
        struct str id = arena_printf(finder->arena, "cpe:2.3:%c:%.*s:%.*s", product->part,
                                     STR_ARG(product->vendor), STR_ARG(product->product));
        if (knowledge_find_lifecycle_by(finder->knowledge, LIFECYCLE_CPE, id, ret)) {
            return true;
        }
    }
    return false;
}

static struct str purl_without_version(struct str purl)
{
    size_t end = purl.len;
    static const char *const ends[] = {"?", "#"};
    for (unsigned i = 0; i < 2; i++) {
        size_t at = str_find_byte(purl, ends[i][0]);
        end = at < end ? at : end;
    }
    purl = str_sub(purl, 0, end);
    for (size_t i = purl.len; i-- > 0 && purl.ptr[i] != '/';) {
        if (purl.ptr[i] == '@') {
            return str_sub(purl, 0, i);
        }
    }
    return purl;
}

/* The maker's life cycle: the row's product, else what the feed's identifiers say. */
static void find_lifecycle(const struct finder *finder, uint32_t row, struct str source,
                           struct identity *identity)
{
    const struct knowledge *knowledge = finder->knowledge;
    struct knowledge_lifecycle *lifecycle = &identity->lifecycle;
    if (knowledge == NULL) {
        return;
    }
    if (row != PATTERN_NONE) {
        struct str name = tables_cell(finder->tables, TABLE_IDENTITIES, row, ID_LIFECYCLE);
        identity->has_lifecycle =
            name.len > 0 && knowledge_find_lifecycle(knowledge, name, lifecycle);
        return;
    }
    struct str purl = purl_without_version(finder->software->purl);
    identity->has_lifecycle =
        find_by_products(finder, lifecycle) ||
        (purl.len > 0 && knowledge_find_lifecycle_by(knowledge, LIFECYCLE_PURL, purl, lifecycle)) ||
        (tables_is_system(finder->software->ecosystem) && source.len > 0 &&
         knowledge_find_lifecycle_by(knowledge, LIFECYCLE_REPOLOGY, source, lifecycle));
}

static void add_candidates(const struct finder *finder, const struct index_answer *indexed,
                           struct identity *identity)
{
    if (indexed->count > 0) {
        struct knowledge_product *candidates =
            arena_array(finder->arena, indexed->count, struct knowledge_product);
        memcpy(candidates, indexed->products, indexed->count * sizeof *candidates);
        identity->candidates = candidates;
        identity->candidate_count = indexed->count;
        identity->sureness = SURENESS_AMBIGUOUS;
    }
}

static void add_answer(struct finder *finder, const struct index_answer *indexed)
{
    for (uint32_t i = 0; i < indexed->count; i++) {
        finder_add_with_aliases(finder, &indexed->products[i], str_from(indexed->rule));
    }
}

static void add_rule(struct finder *finder, struct str rule, struct identity *identity)
{
    if (rule.len > 0) {
        identity->rule = TABLES_JOIN(finder->arena, identity->rule, STR("; "), rule);
    }
}

static void add_decided(struct finder *finder, const struct index_answer *indexed,
                        struct identity *identity)
{
    add_rule(finder, str_from(indexed->rule), identity);
    add_answer(finder, indexed);
    identity->sureness = SURENESS_LIKELY;
}

/* How a publisher numbers what no row speaks of. */
static struct str rule_of_publisher(const struct finder *finder)
{
    const struct inventory_software *software = finder->software;
    uint32_t row = str_eq_text(software->ecosystem, "windows")
                       ? index_find_publisher(finder->tables, software->vendor)
                       : PATTERN_NONE;
    return row == PATTERN_NONE ? STR("")
                               : tables_cell(finder->tables, TABLE_PUBLISHERS, row, PUB_VERSION);
}

static void add_indexed(struct finder *finder, struct str source, struct identity *identity)
{
    struct index_answer indexed;
    finder_set_version(finder, rule_of_publisher(finder), true);
    if (index_find(finder->tables, finder->knowledge, finder->software, source, &indexed) ||
        (indexed.count == 0 && identity->supplier != SUPPLIER_DISTRIBUTION &&
         index_find_spelled(finder->tables, finder->knowledge, finder->software, source,
                            &indexed))) {
        add_decided(finder, &indexed, identity);
        return;
    }
    add_rule(finder, str_from(indexed.rule), identity);
    add_candidates(finder, &indexed, identity);
}

/* The name is of a part of a row's product: that is all there is to say. */
static void add_part(struct finder *finder, uint32_t row, struct identity *identity)
{
    struct str products = tables_cell(finder->tables, TABLE_IDENTITIES, row, ID_CPE), one;
    struct index_answer candidates = {.count = 0};
    finder_set_version(finder, STR(""), false);
    if (str_next_word(&products, &one) && finder_cut_product(one, &candidates.products[0])) {
        candidates.count = 1;
    }
    add_rule(finder, STR("a part of what a row names, or made for it"), identity);
    add_candidates(finder, &candidates, identity);
}

/* A row that fits a name of Windows by wildcards, against what the whole name says. Returns the
 * row that counts for the life cycle. */
static uint32_t add_specific(struct finder *finder, uint32_t row, struct identity *identity)
{
    struct index_answer whole;
    switch (specific_judge(finder->tables, finder->knowledge, finder->software, row, &whole)) {
    case ROW_SAYS_LESS:
        finder_set_version(finder, rule_of_publisher(finder), false);
        add_decided(finder, &whole, identity);
        return PATTERN_NONE;
    case ROW_NAMED_BY_INDEX:
        whole.count = 1;
        finder_set_version(finder, tables_cell(finder->tables, TABLE_IDENTITIES, row, ID_VERSION),
                           false);
        add_answer(finder, &whole);
        add_row(finder, row, false, identity);
        return row;
    case ROW_HOLDS_AND_MORE:
        add_row(finder, row, false, identity);
        add_answer(finder, &whole);
        return row;
    case ROW_SPEAKS_OF_WHOLE:
        add_part(finder, row, identity);
        return PATTERN_NONE;
    default:
        add_row(finder, row, false, identity);
        return row;
    }
}

static void keep_products(const struct finder *finder, struct identity *identity)
{
    identity->upstream = finder->version.cycle;
    identity->cpe_version = finder->version.text;
    identity->cpe_update = finder->version.update;
    identity->named = finder->named;
    if (finder->count > 0) {
        struct identity_product *products =
            arena_array(finder->arena, finder->count, struct identity_product);
        memcpy(products, finder->products, finder->count * sizeof *products);
        identity->products = products;
        identity->product_count = finder->count;
    }
}

void products_find(const struct identify_tables *tables, const struct knowledge *knowledge,
                   const struct inventory_software *software, struct str source,
                   struct arena *arena, struct identity *identity)
{
    struct finder finder;
    uint32_t row = PATTERN_NONE;
    bool by_source = false, exact = false;
    memset(&finder, 0, offsetof(struct finder, products));
    finder.count = 0;
    finder.tables = tables;
    finder.knowledge = knowledge;
    finder.software = software;
    finder.arena = arena;
    finder.source_version = identity->advisory_version;
    if (!add_stated(&finder, identity)) {
        if (tables_is_system(software->ecosystem)) {
            row = finder_find_row(&finder, source, &by_source, &exact);
        }
        if (row == PATTERN_NONE && identity->supplier != SUPPLIER_DISTRIBUTION) {
            row = finder_find_edition(&finder, &source);
        }
        if (row != PATTERN_NONE && !exact && knowledge != NULL &&
            str_eq_text(software->ecosystem, "windows")) {
            row = add_specific(&finder, row, identity);
        } else if (row != PATTERN_NONE) {
            add_row(&finder, row, by_source, identity);
        } else {
            add_indexed(&finder, source, identity);
        }
    }
    if (identity->supplier != SUPPLIER_DISTRIBUTION) {
        find_lifecycle(&finder, row, source, identity);
    }
    finder_add_written_names(&finder);
    keep_products(&finder, identity);
}
