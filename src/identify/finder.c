#include "identify/finder.h"

#include "base/limits.h"

#include <string.h>

/* Class 0 for what is no version. */
static struct version_key cpe_key(struct finder *finder, enum version_scheme scheme,
                                  struct str text, struct str update)
{
    struct buf bytes;
    struct version_key key;
    buf_init(&bytes, 4096);
    if (text.len == 0 || version_cpe_key_make(scheme, text, update, &bytes, &key, NULL) < 0) {
        key = (struct version_key){0};
    } else {
        struct str copy = arena_str(finder->arena, str_make((const char *)key.bytes, key.len));
        key.bytes = (const unsigned char *)copy.ptr;
    }
    buf_done(&bytes);
    return key;
}

void finder_make_key(struct finder *finder)
{
    finder->key = cpe_key(finder, VERSION_NVD, finder->version.text, finder->version.update);
}

void finder_set_version(struct finder *finder, struct str rule, bool by_source)
{
    struct inventory_software software = *finder->software;
    if (by_source && software.source_version.len > 0) {
        software.version = finder->source_version;
    }
    upstream_find(finder->tables, &software, rule, finder->arena, &finder->version);
    finder_make_key(finder);
}

/* Most products' versions are read in one way, for which the key is made. */
static struct version_key key_for(struct finder *finder, const struct knowledge_product *product)
{
    enum version_scheme scheme = version_of_product(product->vendor, product->product);
    return scheme == VERSION_NVD
               ? finder->key
               : cpe_key(finder, scheme, finder->version.text, finder->version.update);
}

static struct str join_version(const struct finder *finder, struct str text, struct str update)
{
    return update.len == 0 ? text : TABLES_JOIN(finder->arena, text, STR(" "), update);
}

static struct str shown_version(const struct finder *finder)
{
    return join_version(finder, finder->version.text, finder->version.update);
}

static void add_found(struct finder *finder, const struct knowledge_product *product,
                      struct str rule)
{
    for (uint32_t i = 0; i < finder->count; i++) {
        const struct knowledge_product *other = &finder->products[i].product;
        if (other->part == product->part && str_eq(other->vendor, product->vendor) &&
            str_eq(other->product, product->product)) {
            return;
        }
    }
    if (finder->count < PRODUCTS_MAX) {
        finder->products[finder->count++] = (struct identity_product){
            .product = *product,
            .version = shown_version(finder),
            .key = key_for(finder, product),
            .rule = rule,
            .release_only = finder->version.release_only && finder->version.also.len == 0};
    }
}

/* A product of a table is "vendor:product" or "part:vendor:product" with part o or h. */
bool finder_cut_product(struct str text, struct knowledge_product *ret)
{
    *ret = (struct knowledge_product){.index = UINT32_MAX, .part = 'a'};
    if (text.len > 2 && text.ptr[1] == ':' && (text.ptr[0] == 'o' || text.ptr[0] == 'h')) {
        ret->part = text.ptr[0];
        text = str_skip(text, 2);
    }
    if (!str_split_byte(&text, ':', &ret->vendor) || text.len == 0) {
        return false;
    }
    ret->product = text;
    return true;
}

/* False when the knowledge does not have it. */
static bool add_product(struct finder *finder, const struct knowledge_product *named,
                        struct str rule)
{
    struct knowledge_product found;
    if (finder->knowledge == NULL) {
        add_found(finder, named, rule);
        return true;
    }
    if (!knowledge_find_product(finder->knowledge, named->part, named->vendor, named->product,
                                &found)) {
        return false;
    }
    add_found(finder, &found, rule);
    return true;
}

static void add_cell(struct finder *finder, struct str text, struct str rule)
{
    struct knowledge_product named;
    if (finder_cut_product(text, &named)) {
        add_product(finder, &named, rule);
    }
}

void finder_keep_name(struct finder *finder, const struct knowledge_product *named, bool known)
{
    if (!finder->named_known && (known || finder->named.vendor.len == 0)) {
        finder->named = *named;
        finder->named_known = known;
    }
}

/* A product and every name that it has had. */
void finder_add_with_aliases(struct finder *finder, const struct knowledge_product *named,
                             struct str rule)
{
    const struct identify_tables *tables = finder->tables;
    finder_keep_name(finder, named, add_product(finder, named, rule));
    uint32_t row = alias_find_of(tables, named);
    if (row == PATTERN_NONE) {
        return;
    }
    struct str first = tables_cell(tables, TABLE_ALIASES, row, ALIAS_FIRST), other;
    struct str others = tables_cell(tables, TABLE_ALIASES, row, ALIAS_OTHERS);
    struct str alias = TABLES_JOIN(finder->arena, STR("cpe-alias "), named->vendor, STR(":"),
                                   named->product, STR("; "), rule);
    add_cell(finder, first, alias);
    while (str_next_word(&others, &other)) {
        add_cell(finder, other, alias);
    }
}

/* ---- names of the CVE List ---- */

/* "palo_alto_networks" and "paloaltonetworks", "apache" and "apache_software". */
static bool same_maker(struct str a, struct str b)
{
    enum { SHORTEST_MAKER = 3 };
    char left_bytes[LIMIT_NAME], right_bytes[LIMIT_NAME];
    struct str left = index_squash(a, left_bytes, sizeof left_bytes);
    struct str right = index_squash(b, right_bytes, sizeof right_bytes);
    if (left.len > right.len) {
        struct str swap = left;
        left = right;
        right = swap;
    }
    return left.len == right.len ? str_eq(left, right)
                                 : left.len >= SHORTEST_MAKER && str_starts(right, left);
}

bool products_is_written(const struct knowledge *knowledge, const struct knowledge_product *product)
{
    enum { MATCHES_LOOKED_AT = 4 };
    for (uint32_t i = 0; i < product->match_count && i < MATCHES_LOOKED_AT; i++) {
        struct knowledge_match match;
        struct knowledge_use use;
        struct knowledge_configuration configuration;
        if (!knowledge_match(knowledge, product->first_match + i, &match) ||
            !knowledge_use(knowledge, match.first_use, &use) ||
            !knowledge_configuration(knowledge, use.configuration, &configuration) ||
            !configuration.named) {
            return false;
        }
    }
    return product->match_count > 0;
}

/* Publishers write their own name in other ways than CPE does: products of the same name under
 * one that means the same maker are this one. */
void finder_add_written_names(struct finder *finder)
{
    uint32_t count = finder->knowledge ? finder->count : 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct knowledge_product *own = &finder->products[i].product;
        uint32_t first, named = knowledge_products_named(finder->knowledge, own->product, &first);
        for (uint32_t k = 0; k < named; k++) {
            struct knowledge_product other;
            if (knowledge_product_named(finder->knowledge, first + k, &other) &&
                other.part == own->part && !str_eq(other.vendor, own->vendor) &&
                same_maker(other.vendor, own->vendor) &&
                products_is_written(finder->knowledge, &other)) {
                add_found(finder, &other, STR("vendor as its publisher writes it"));
            }
        }
    }
}

/* The same products once more, by the other way to write the version. */
void finder_add_other_writing(struct finder *finder)
{
    const struct upstream_version *version = &finder->version;
    uint32_t count = finder->count;
    for (uint32_t i = 0; version->also.len > 0 && i < count && finder->count < PRODUCTS_MAX; i++) {
        struct identity_product *product = &finder->products[finder->count++];
        *product = finder->products[i];
        product->version = join_version(finder, version->also, version->also_update);
        product->key =
            cpe_key(finder, version_of_product(product->product.vendor, product->product.product),
                    version->also, version->also_update);
        product->exact_only = true;
        product->release_only = version->release_only;
    }
}
