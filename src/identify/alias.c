/* Names that one product has had: share/cpe-aliases.tsv. */
#include "identify/tables.h"

#include "base/limits.h"

#include <string.h>

uint32_t alias_find_of(const struct identify_tables *tables,
                       const struct knowledge_product *product)
{
    char name[LIMIT_NAME * 2 + 1];
    struct str vendor = str_sub(product->vendor, 0, LIMIT_NAME);
    struct str rest = str_sub(product->product, 0, LIMIT_NAME);
    if (product->part != 'a' || vendor.len == 0 || rest.len == 0) {
        return PATTERN_NONE;
    }
    memcpy(name, vendor.ptr, vendor.len);
    name[vendor.len] = ':';
    memcpy(name + vendor.len + 1, rest.ptr, rest.len);
    return pattern_index_exact(&tables->aliases, str_make(name, vendor.len + 1 + rest.len), NULL,
                               NULL);
}

bool alias_same(const struct identify_tables *tables, const struct knowledge_product *a,
                const struct knowledge_product *b)
{
    uint32_t row = alias_find_of(tables, a);
    return row != PATTERN_NONE && row == alias_find_of(tables, b);
}
