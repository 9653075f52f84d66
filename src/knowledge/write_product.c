#include "knowledge/writer.h"

#include <stdlib.h>
#include <string.h>

/* Notes the matches of a CVE that were not mentioned before. */
static void note_matches(struct writer *writer, const struct builder_cve *cve)
{
    const struct knowledge_builder *builder = writer->builder;
    for (uint32_t c = 0; c < cve->configuration_count; c++) {
        const struct builder_configuration *configuration =
            &builder->configurations.items[cve->first_configuration + c];
        for (uint32_t n = 0; n < configuration->node_count; n++) {
            const struct builder_node *node = &builder->nodes.items[configuration->first_node + n];
            const uint32_t *terms = &builder->terms.items[node->first_term];
            for (uint32_t t = 0; t < node->term_count; t++) {
                uint32_t match = terms[t] >> 1;
                if (writer->match_index[match] == UNPLACED) {
                    writer->match_index[match] = 0;
                    writer->match_order[writer->match_count++] = match;
                }
            }
        }
    }
}

/* The matches that kept CVEs mention, in the order of the first mention: that of the file, whatever
 * order the records were read in. Marks their products (with 0). */
static void choose_matches(struct writer *writer)
{
    const struct knowledge_builder *builder = writer->builder;
    writer->match_order = mem_grow(NULL, (size_t)builder->matches.count + 1, sizeof(uint32_t));
    for (uint32_t i = 0; i < writer->cve_count; i++) {
        note_matches(writer, &builder->cves.items[writer->cve_order[i]]);
    }
    for (uint32_t i = 0; i < writer->match_count; i++) {
        writer->product_index[builder->matches.items[writer->match_order[i]].product] = 0;
    }
}

/* A product with its texts at hand for sorting; prefix is the first eight bytes of the text
 * that decides first. */
struct named {
    uint64_t prefix;
    struct str vendor, product;
    uint32_t part, number;
};

static uint64_t prefix_of(struct str text)
{
    uint64_t prefix = 0;
    if (text.len > 0) {
        memcpy(&prefix, text.ptr, text.len < sizeof prefix ? text.len : sizeof prefix);
    }
    return __builtin_bswap64(prefix);
}

static int order_parts(const struct named *left, const struct named *right)
{
    return (left->part > right->part) - (left->part < right->part);
}

static int order_by_vendor(const void *a, const void *b)
{
    const struct named *left = a, *right = b;
    if (left->part != right->part) {
        return order_parts(left, right);
    }
    if (left->prefix != right->prefix) {
        return left->prefix < right->prefix ? -1 : 1;
    }
    int vendor = str_cmp(left->vendor, right->vendor);
    return vendor != 0 ? vendor : str_cmp(left->product, right->product);
}

static int order_by_name(const void *a, const void *b)
{
    const struct named *left = a, *right = b;
    if (left->prefix != right->prefix) {
        return left->prefix < right->prefix ? -1 : 1;
    }
    int product = str_cmp(left->product, right->product);
    if (product != 0) {
        return product;
    }
    int vendor = str_cmp(left->vendor, right->vendor);
    return vendor != 0 ? vendor : order_parts(left, right);
}

static struct named name_product(const struct writer *writer, uint32_t number, bool by_name)
{
    const struct builder_product *product = &writer->builder->products.items[number];
    struct str vendor = writer_text(writer, product->vendor);
    struct str name = writer_text(writer, product->product);
    return (struct named){prefix_of(by_name ? name : vendor), vendor, name, product->part, number};
}

/* How many of the old file's products, which order has in their order, stand before one. */
static uint32_t count_before(const struct writer *writer, const uint32_t *order, uint32_t count,
                             const struct named *product, bool by_name)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct named known = name_product(writer, order ? order[middle] : middle, by_name);
        int before = by_name ? order_by_name(&known, product) : order_by_vendor(&known, product);
        if (before < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The kept products in order, by vendor or by name: those of an old file, which stand first, have
 * theirs already. order is the old file's, NULL: their numbers. */
static uint32_t *sort_products(const struct writer *writer, const uint32_t *order, bool by_name)
{
    const struct knowledge_builder *builder = writer->builder;
    uint32_t known = builder->old.product_names.count, all = builder->products.count;
    uint32_t count = 0, taken = 0, at = 0;
    struct named *list = mem_grow(NULL, (size_t)all - known + 1, sizeof *list);
    uint32_t *sorted = writer_map(all);
    for (uint32_t i = known; i < all; i++) {
        if (writer->product_index[i] != UNPLACED) {
            list[count++] = name_product(writer, i, by_name);
        }
    }
    qsort(list, count, sizeof *list, by_name ? order_by_name : order_by_vendor);
    for (uint32_t i = 0; i <= count; i++) {
        uint32_t before = i < count ? count_before(writer, order, known, &list[i], by_name) : known;
        for (; taken < before; taken++) {
            uint32_t number = order ? order[taken] : taken;
            if (writer->product_index[number] != UNPLACED) {
                sorted[at++] = number;
            }
        }
        if (i < count) {
            sorted[at++] = list[i].number;
        }
    }
    free(list);
    return sorted;
}

static void number_products(struct writer *writer)
{
    const struct knowledge_builder *builder = writer->builder;
    writer->product_order = sort_products(writer, NULL, false);
    uint32_t *by_name = sort_products(writer, builder->old.product_names.items, true);
    while (writer->product_order[writer->product_count] != UNPLACED) {
        writer->product_index[writer->product_order[writer->product_count]] = writer->product_count;
        writer->product_count++;
    }
    struct writer_place *places = mem_grow(NULL, (size_t)writer->product_count + 1, sizeof *places);
    uint32_t names = 0, name = UNPLACED;
    for (uint32_t i = 0; i < writer->product_count; i++) {
        const struct builder_product *product = &builder->products.items[by_name[i]];
        writer_put_u32(writer, SECTION_PRODUCT_NAMES, writer->product_index[by_name[i]]);
        writer_string(writer, product->product);
        if (product->product != name) {
            name = product->product;
            places[names++] =
                (struct writer_place){knowledge_hash_product(writer_text(writer, name)), i};
        }
    }
    writer_put_places(writer, SECTION_PRODUCT_PLACES, places, names);
    free(places);
    free(by_name);
}

/* Matches in the order of their products, within one in that of their first mention. */
static void number_matches(struct writer *writer)
{
    const struct knowledge_builder *builder = writer->builder;
    uint32_t *first = mem_alloc_zero((size_t)writer->product_count + 1, sizeof *first);
    uint32_t *order = writer_map(writer->match_count);
    for (uint32_t i = 0; i < writer->match_count; i++) {
        uint32_t product = builder->matches.items[writer->match_order[i]].product;
        first[writer->product_index[product] + 1]++;
    }
    for (uint32_t product = 1; product <= writer->product_count; product++) {
        first[product] += first[product - 1];
    }
    for (uint32_t i = 0; i < writer->match_count; i++) {
        uint32_t match = writer->match_order[i];
        uint32_t product = writer->product_index[builder->matches.items[match].product];
        uint32_t place = first[product]++;
        order[place] = match;
        writer->match_index[match] = place;
    }
    free(writer->match_order);
    writer->match_order = order;
    free(first);
}

static uint64_t hash_string(const struct writer *writer, uint32_t number)
{
    return str_hash(writer_text(writer, number));
}

static uint64_t hash_qualifiers(const struct writer *writer, uint32_t number)
{
    uint32_t strings[sizeof(struct record_qualifiers) / sizeof(uint32_t)];
    uint64_t hashes[sizeof strings / sizeof strings[0]];
    memcpy(strings, intern_text(&writer->builder->qualifiers, number).ptr, sizeof strings);
    for (unsigned i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        hashes[i] = hash_string(writer, strings[i]);
    }
    return writer_mix(hashes, sizeof hashes / sizeof hashes[0]);
}

uint64_t writer_hash_match(const struct writer *writer, uint32_t number)
{
    const struct knowledge_builder *builder = writer->builder;
    const struct builder_match *match = &builder->matches.items[number];
    const struct builder_product *product = &builder->products.items[match->product];
    const struct builder_version *versions = builder->versions.items;
    uint64_t *qualifiers = &writer->qualifiers_hash[match->shape & MATCH_QUALIFIERS];
    if (*qualifiers == 0) {
        *qualifiers = hash_qualifiers(writer, match->shape & MATCH_QUALIFIERS);
    }
    uint64_t parts[] = {
        product->part,
        hash_string(writer, product->vendor),
        hash_string(writer, product->product),
        match->shape & ~MATCH_QUALIFIERS,
        *qualifiers,
        hash_string(writer, versions[match->start].text),
        hash_string(writer, versions[match->end].text),
    };
    return writer_mix(parts, sizeof parts / sizeof parts[0]);
}

void writer_order_products(struct writer *writer)
{
    writer->match_index = writer_map(writer->builder->matches.count);
    writer->product_index = writer_map(writer->builder->products.count);
    choose_matches(writer);
    number_products(writer);
    number_matches(writer);
    writer->match_hash =
        mem_alloc_zero((size_t)writer->builder->matches.count + 1, sizeof *writer->match_hash);
    writer->qualifiers_hash = mem_alloc_zero((size_t)writer->builder->qualifiers.count + 1,
                                             sizeof *writer->qualifiers_hash);
    writer->product_fingerprints =
        mem_alloc_zero(writer->product_count + 1, sizeof *writer->product_fingerprints);
}

/* Terms by match: the places where each match stands, node << 1 | vulnerable. */
static uint32_t *write_uses(struct writer *writer)
{
    const struct buf *terms = &writer->sections[SECTION_TERMS];
    uint32_t nodes = writer_count(writer, SECTION_NODES) - 1;
    uint32_t total = writer_count(writer, SECTION_TERMS);
    uint32_t *first = mem_alloc_zero((size_t)writer->match_count + 2, sizeof *first);
    uint32_t *uses = mem_grow(NULL, total + 1, sizeof *uses);
    const uint32_t *term = (const uint32_t *)(const void *)terms->data;
    const struct record_node *node =
        (const struct record_node *)(const void *)writer->sections[SECTION_NODES].data;
    /* first[m + 2] counts m; summed up, first[m + 1] is where m's uses begin and, once they
     * are placed, where they end. */
    for (uint32_t t = 0; t < total; t++) {
        first[(term[t] >> 1) + 2]++;
    }
    for (uint32_t m = 2; m <= writer->match_count + 1; m++) {
        first[m] += first[m - 1];
    }
    for (uint32_t n = 0; n < nodes; n++) {
        for (uint32_t t = node[n].first_term; t < node[n + 1].first_term; t++) {
            uses[first[(term[t] >> 1) + 1]++] = n << 1 | (term[t] & 1);
        }
    }
    buf_put(&writer->sections[SECTION_USES], uses, (size_t)total * sizeof *uses);
    free(uses);
    return first;
}

/* Those of kept matches, in the order of these. */
static void write_qualifiers(struct writer *writer)
{
    const struct knowledge_builder *builder = writer->builder;
    writer->qualifiers_index = writer_map(builder->qualifiers.count);
    for (uint32_t i = 0; i < writer->match_count; i++) {
        uint32_t number = builder->matches.items[writer->match_order[i]].shape & MATCH_QUALIFIERS;
        if (writer->qualifiers_index[number] != UNPLACED) {
            continue;
        }
        uint32_t strings[sizeof(struct record_qualifiers) / sizeof(uint32_t)];
        writer->qualifiers_index[number] = writer_count(writer, SECTION_QUALIFIERS);
        memcpy(strings, intern_text(&builder->qualifiers, number).ptr, sizeof strings);
        for (unsigned s = 0; s < sizeof strings / sizeof strings[0]; s++) {
            strings[s] = writer_string(writer, strings[s]);
        }
        writer_put(writer, SECTION_QUALIFIERS, strings);
    }
}

static void write_matches(struct writer *writer, const uint32_t *first_use)
{
    struct record_match record = {0};
    for (uint32_t i = 0; i < writer->match_count; i++) {
        const struct builder_match *match = &writer->builder->matches.items[writer->match_order[i]];
        record = (struct record_match){
            .product = writer->product_index[match->product],
            .shape = (match->shape & ~MATCH_QUALIFIERS) |
                     writer->qualifiers_index[match->shape & MATCH_QUALIFIERS],
            .start = writer_version(writer, match->start),
            .end = writer_version(writer, match->end),
            .first_use = first_use[i],
        };
        writer_put(writer, SECTION_MATCHES, &record);
    }
    record = (struct record_match){.first_use = writer_count(writer, SECTION_USES)};
    writer_put(writer, SECTION_MATCHES, &record);
}

void writer_write_products(struct writer *writer)
{
    const struct knowledge_builder *builder = writer->builder;
    uint32_t *first_use = write_uses(writer);
    uint32_t match = 0;
    write_qualifiers(writer);
    write_matches(writer, first_use);
    free(first_use);
    for (uint32_t i = 0; i < writer->product_count; i++) {
        const struct builder_product *product = &builder->products.items[writer->product_order[i]];
        struct record_product record = {
            .fingerprint = writer->product_fingerprints[i],
            .part = product->part,
            .vendor = writer_string(writer, product->vendor),
            .product = writer_string(writer, product->product),
            .first_match = match,
        };
        writer_put(writer, SECTION_PRODUCTS, &record);
        while (match < writer->match_count &&
               builder->matches.items[writer->match_order[match]].product ==
                   writer->product_order[i]) {
            match++;
        }
    }
    struct record_product last = {.first_match = match};
    writer_put(writer, SECTION_PRODUCTS, &last);
}
