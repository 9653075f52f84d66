#include "identify/phrase.h"
#include "identify/tables.h"

#include "base/limits.h"

#include <string.h>

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

static void make_key(struct finder *finder)
{
    finder->key = cpe_key(finder, VERSION_NVD, finder->version.text, finder->version.update);
}

static void set_version(struct finder *finder, struct str rule, bool by_source)
{
    struct inventory_software software = *finder->software;
    if (by_source && software.source_version.len > 0) {
        software.version = finder->source_version;
    }
    upstream_find(finder->tables, &software, rule, finder->arena, &finder->version);
    make_key(finder);
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
static bool cut_product(struct str text, struct knowledge_product *ret)
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
    if (cut_product(text, &named)) {
        add_product(finder, &named, rule);
    }
}

static void keep_name(struct finder *finder, const struct knowledge_product *named, bool known)
{
    if (!finder->named_known && (known || finder->named.vendor.len == 0)) {
        finder->named = *named;
        finder->named_known = known;
    }
}

/* A product and every name that it has had. */
static void add_with_aliases(struct finder *finder, const struct knowledge_product *named,
                             struct str rule)
{
    const struct identify_tables *tables = finder->tables;
    keep_name(finder, named, add_product(finder, named, rule));
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

/* ---- which row ---- */

static bool fits_identity(const void *context, uint32_t row)
{
    const struct finder *finder = context;
    struct str vendor = tables_cell(finder->tables, TABLE_IDENTITIES, row, ID_VENDOR);
    return tables_os_fits(tables_cell(finder->tables, TABLE_IDENTITIES, row, ID_OS),
                          finder->software->ecosystem) &&
           (vendor.len == 0 || finder->software->vendor.len == 0 ||
            pattern_match(vendor, finder->software->vendor));
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
    row = pattern_index_exact(index, source, fits_identity, finder);
    if (row == PATTERN_NONE) {
        row = pattern_index_glob(index, source, fits_identity, finder);
    }
    *ret_by_source = row != PATTERN_NONE;
    return row != PATTERN_NONE ? row : pattern_index_glob(index, name, fits_identity, finder);
}

/* Names of Windows also without marks of brands and blanks too many. */
static uint32_t find_row(const struct finder *finder, struct str source, bool *ret_by_source,
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
static uint32_t find_edition(const struct finder *finder, struct str *source)
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
static void add_written_names(struct finder *finder)
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
static void add_other_writing(struct finder *finder)
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

/* Of the makers that a product has had, the one that Windows shows as the publisher. */
static void prefer_publisher(struct finder *finder, struct str products)
{
    struct str one;
    struct knowledge_product named, found;
    while (str_next_word(&products, &one)) {
        if (cut_product(one, &named) &&
            index_is_publisher(finder->tables, finder->software->vendor, named.vendor) &&
            (finder->knowledge == NULL ||
             knowledge_find_product(finder->knowledge, named.part, named.vendor, named.product,
                                    &found))) {
            keep_name(finder, &named, true);
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
    set_version(finder, tables_cell(tables, TABLE_IDENTITIES, row, ID_VERSION), by_source);
    if (str_eq_text(finder->software->ecosystem, "windows")) {
        prefer_publisher(finder, products);
    }
    while (str_next_word(&products, &one)) {
        struct knowledge_product named;
        if (cut_product(one, &named)) {
            add_with_aliases(finder, &named, rule);
        }
    }
    add_other_writing(finder);
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
    set_version(finder, STR(""), false);
    if (version.len > 0) {
        finder->version.text = version;
        finder->version.update = plain_value(&name.values[CPE_UPDATE], arena);
        finder->key = (struct version_key){0};
        make_key(finder);
    }
    add_with_aliases(
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
        add_with_aliases(finder, &indexed->products[i], str_from(indexed->rule));
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
    set_version(finder, rule_of_publisher(finder), true);
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
    set_version(finder, STR(""), false);
    if (str_next_word(&products, &one) && cut_product(one, &candidates.products[0])) {
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
        set_version(finder, rule_of_publisher(finder), false);
        add_decided(finder, &whole, identity);
        return PATTERN_NONE;
    case ROW_NAMED_BY_INDEX:
        whole.count = 1;
        set_version(finder, tables_cell(finder->tables, TABLE_IDENTITIES, row, ID_VERSION), false);
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
            row = find_row(&finder, source, &by_source, &exact);
        }
        if (row == PATTERN_NONE && identity->supplier != SUPPLIER_DISTRIBUTION) {
            row = find_edition(&finder, &source);
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
    add_written_names(&finder);
    keep_products(&finder, identity);
}
