#include "knowledge/reader.h"

uint32_t knowledge_product_count(const struct knowledge *knowledge)
{
    return knowledge->sections[SECTION_PRODUCTS].count;
}

static bool view_product(const struct knowledge *knowledge, const struct record_product *record,
                         struct knowledge_product *ret)
{
    const struct string_field fields[] = {{record->vendor, &ret->vendor},
                                          {record->product, &ret->product}};
    ret->part = (char)record->part;
    ret->fingerprint = record->fingerprint;
    return knowledge_strings(knowledge, fields, 2);
}

bool knowledge_product(const struct knowledge *knowledge, uint32_t index,
                       struct knowledge_product *ret)
{
    struct record_product record, next;
    struct knowledge_product product;
    if (index >= knowledge_product_count(knowledge)) {
        return knowledge_fault(knowledge);
    }
    if (!knowledge_record(knowledge, SECTION_PRODUCTS, index, &record) ||
        !knowledge_record(knowledge, SECTION_PRODUCTS, index + 1, &next) ||
        !knowledge_span(knowledge, SECTION_MATCHES, record.first_match, next.first_match,
                        &product.first_match, &product.match_count) ||
        !view_product(knowledge, &record, &product)) {
        return false;
    }
    product.index = index;
    *ret = product;
    return true;
}

/* The order of section products: part, vendor, product (K18). */
static int order_product(const struct knowledge *knowledge, uint32_t index, const void *key)
{
    const struct knowledge_product *wanted = key;
    struct record_product record;
    struct knowledge_product product;
    if (!knowledge_record(knowledge, SECTION_PRODUCTS, index, &record) ||
        !view_product(knowledge, &record, &product)) {
        return 0;
    }
    if (product.part != wanted->part) {
        return product.part < wanted->part ? -1 : 1;
    }
    int vendor = str_cmp(product.vendor, wanted->vendor);
    return vendor != 0 ? vendor : str_cmp(product.product, wanted->product);
}

bool knowledge_find_product(const struct knowledge *knowledge, char part, struct str vendor,
                            struct str product, struct knowledge_product *ret)
{
    struct knowledge_product key = {.part = part, .vendor = vendor, .product = product};
    uint32_t count = knowledge_product_count(knowledge);
    uint32_t index = knowledge_search(knowledge, count, order_product, &key);
    return index < count && order_product(knowledge, index, &key) == 0 &&
           knowledge_product(knowledge, index, ret);
}

/* The order of section product names: product, then vendor and part (K19). */
static int order_name(const struct knowledge *knowledge, uint32_t position, const void *key)
{
    const struct str *wanted = key;
    struct record_product record;
    struct str name;
    uint32_t index;
    if (!knowledge_record(knowledge, SECTION_PRODUCT_NAMES, position, &index) ||
        !knowledge_record(knowledge, SECTION_PRODUCTS, index, &record) ||
        !knowledge_string(knowledge, record.product, &name)) {
        return 0;
    }
    return str_cmp(name, *wanted);
}

uint32_t knowledge_products_named(const struct knowledge *knowledge, struct str product,
                                  uint32_t *ret_first)
{
    uint32_t total = knowledge->sections[SECTION_PRODUCT_NAMES].count;
    uint32_t first = knowledge_place(knowledge, SECTION_PRODUCT_PLACES,
                                     knowledge_hash_product(product), order_name, &product);
    uint32_t count = 0;
    while (first < total && first + count < total &&
           order_name(knowledge, first + count, &product) == 0) {
        count++;
    }
    *ret_first = first;
    return count;
}

bool knowledge_product_named(const struct knowledge *knowledge, uint32_t position,
                             struct knowledge_product *ret)
{
    uint32_t index;
    return knowledge_record(knowledge, SECTION_PRODUCT_NAMES, position, &index) &&
           knowledge_product(knowledge, index, ret);
}
