#include "knowledge/writer.h"

#include <stdlib.h>
#include <string.h>

static uint32_t *new_map(uint32_t count)
{
    uint32_t *map = mem_grow(NULL, count ? count : 1, sizeof *map);
    memset(map, 0xff, (count ? count : 1) * sizeof *map);
    return map;
}

/* Marks (with 0) the matches that kept CVEs mention, and their products. */
static void mark_used(struct writer *writer)
{
    const struct knowledge_builder *builder = writer->builder;
    for (uint32_t i = 0; i < writer->cve_count; i++) {
        const struct builder_cve *cve = &builder->cves.items[writer->cve_order[i]];
        for (uint32_t c = 0; c < cve->configuration_count; c++) {
            const struct builder_configuration *configuration =
                &builder->configurations.items[cve->first_configuration + c];
            for (uint32_t n = 0; n < configuration->node_count; n++) {
                const struct builder_node *node =
                    &builder->nodes.items[configuration->first_node + n];
                for (uint32_t t = 0; t < node->term_count; t++) {
                    writer->match_index[builder->terms.items[node->first_term + t] >> 1] = 0;
                }
            }
        }
    }
    for (uint32_t match = 0; match < builder->matches.count; match++) {
        if (writer->match_index[match] == 0) {
            writer->product_index[builder->matches.items[match].product] = 0;
        }
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

static struct named *list_products(const struct writer *writer, uint32_t *ret_count)
{
    const struct knowledge_builder *builder = writer->builder;
    struct named *list = mem_grow(NULL, builder->products.count + 1, sizeof *list);
    uint32_t count = 0;
    for (uint32_t i = 0; i < builder->products.count; i++) {
        const struct builder_product *product = &builder->products.items[i];
        if (writer->product_index[i] != UNPLACED) {
            struct str vendor = writer_text(writer, product->vendor);
            list[count++] = (struct named){prefix_of(vendor), vendor,
                                           writer_text(writer, product->product), product->part, i};
        }
    }
    *ret_count = count;
    return list;
}

static void number_products(struct writer *writer)
{
    uint32_t count;
    struct named *list = list_products(writer, &count);
    qsort(list, count, sizeof *list, order_by_vendor);
    writer->product_order = new_map(count);
    writer->product_count = count;
    for (uint32_t i = 0; i < count; i++) {
        writer->product_order[i] = list[i].number;
        writer->product_index[list[i].number] = i;
    }
    for (uint32_t i = 0; i < count; i++) {
        list[i].prefix = prefix_of(list[i].product);
    }
    qsort(list, count, sizeof *list, order_by_name);
    for (uint32_t i = 0; i < count; i++) {
        const struct builder_product *product = &writer->builder->products.items[list[i].number];
        writer_put_u32(writer, SECTION_PRODUCT_NAMES, writer->product_index[list[i].number]);
        writer_string(writer, product->product);
    }
    free(list);
}

/* Matches in the order of their products, within one in the order of first sight. */
static void number_matches(struct writer *writer)
{
    const struct knowledge_builder *builder = writer->builder;
    struct sort_key *keys = mem_grow(NULL, builder->matches.count + 1, sizeof *keys);
    uint32_t count = 0;
    for (uint32_t match = 0; match < builder->matches.count; match++) {
        if (writer->match_index[match] != UNPLACED) {
            uint32_t product = builder->matches.items[match].product;
            keys[count++] = (struct sort_key){writer->product_index[product], match};
        }
    }
    sort_keys(keys, count);
    writer->match_order = new_map(count);
    writer->match_count = count;
    for (uint32_t i = 0; i < count; i++) {
        writer->match_order[i] = keys[i].value;
        writer->match_index[keys[i].value] = i;
    }
    free(keys);
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

static void hash_matches(struct writer *writer)
{
    const struct knowledge_builder *builder = writer->builder;
    uint64_t *qualifiers = mem_grow(NULL, builder->qualifiers.count + 1, sizeof *qualifiers);
    for (uint32_t i = 0; i < builder->qualifiers.count; i++) {
        qualifiers[i] = hash_qualifiers(writer, i);
    }
    writer->match_hash = mem_grow(NULL, builder->matches.count + 1, sizeof *writer->match_hash);
    for (uint32_t i = 0; i < builder->matches.count; i++) {
        const struct builder_match *match = &builder->matches.items[i];
        const struct builder_product *product = &builder->products.items[match->product];
        const struct builder_version *versions = builder->versions.items;
        uint64_t parts[] = {
            product->part,
            hash_string(writer, product->vendor),
            hash_string(writer, product->product),
            match->shape & ~MATCH_QUALIFIERS,
            qualifiers[match->shape & MATCH_QUALIFIERS],
            hash_string(writer, versions[match->start].text),
            hash_string(writer, versions[match->end].text),
        };
        writer->match_hash[i] = writer_mix(parts, sizeof parts / sizeof parts[0]);
    }
    free(qualifiers);
}

void writer_order_products(struct writer *writer)
{
    writer->match_index = new_map(writer->builder->matches.count);
    writer->product_index = new_map(writer->builder->products.count);
    mark_used(writer);
    number_products(writer);
    number_matches(writer);
    hash_matches(writer);
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

static void write_qualifiers(struct writer *writer)
{
    const struct intern *qualifiers = &writer->builder->qualifiers;
    for (uint32_t i = 0; i < qualifiers->count; i++) {
        uint32_t strings[sizeof(struct record_qualifiers) / sizeof(uint32_t)];
        memcpy(strings, intern_text(qualifiers, i).ptr, sizeof strings);
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
            .shape = match->shape,
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
