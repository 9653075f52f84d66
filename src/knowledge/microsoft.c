#include "knowledge/microsoft.h"

#include "knowledge/reader.h"

uint32_t knowledge_bulletin_product_count(const struct knowledge *knowledge)
{
    return knowledge->sections[SECTION_BULLETIN_PRODUCTS].count;
}

bool knowledge_bulletin_product(const struct knowledge *knowledge, uint32_t index,
                                struct knowledge_bulletin_product *ret)
{
    struct record_bulletin_product record, next;
    struct knowledge_bulletin_product product = {.index = index};
    if (index >= knowledge_bulletin_product_count(knowledge)) {
        return knowledge_fault(knowledge);
    }
    if (!knowledge_record(knowledge, SECTION_BULLETIN_PRODUCTS, index, &record) ||
        !knowledge_record(knowledge, SECTION_BULLETIN_PRODUCTS, index + 1, &next) ||
        !knowledge_string(knowledge, record.name, &product.name) ||
        !knowledge_span(knowledge, SECTION_UPDATES, record.first_update, next.first_update,
                        &product.first_update, &product.update_count) ||
        !knowledge_span(knowledge, SECTION_SUPERSEDERS, record.first_superseder,
                        next.first_superseder, &product.first_superseder,
                        &product.superseder_count)) {
        return false;
    }
    *ret = product;
    return true;
}

static int compare_folded(struct str a, struct str b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++) {
        int by = (unsigned char)str_lower_byte(a.ptr[i]) - (unsigned char)str_lower_byte(b.ptr[i]);
        if (by != 0) {
            return by;
        }
    }
    return (a.len > b.len) - (a.len < b.len);
}

static int order_product(const struct knowledge *knowledge, uint32_t index, const void *key)
{
    struct record_bulletin_product record;
    struct str name;
    if (!knowledge_record(knowledge, SECTION_BULLETIN_PRODUCTS, index, &record) ||
        !knowledge_string(knowledge, record.name, &name)) {
        return 0;
    }
    return compare_folded(name, *(const struct str *)key);
}

bool knowledge_find_bulletin_product(const struct knowledge *knowledge, struct str name,
                                     struct knowledge_bulletin_product *ret)
{
    uint32_t count = knowledge_bulletin_product_count(knowledge);
    uint32_t index = knowledge_search(knowledge, count, order_product, &name);
    return index < count && order_product(knowledge, index, &name) == 0 &&
           knowledge_bulletin_product(knowledge, index, ret);
}

bool knowledge_update(const struct knowledge *knowledge, uint32_t index,
                      struct knowledge_update *ret)
{
    struct record_update record, next;
    struct knowledge_update update = {.index = index};
    if (index >= knowledge->sections[SECTION_UPDATES].count) {
        return knowledge_fault(knowledge);
    }
    if (!knowledge_record(knowledge, SECTION_UPDATES, index, &record) ||
        !knowledge_record(knowledge, SECTION_UPDATES, index + 1, &next) ||
        !knowledge_span(knowledge, SECTION_BULLETIN_FIXES, record.first_fix, next.first_fix,
                        &update.first_fix, &update.fix_count) ||
        !knowledge_span(knowledge, SECTION_SUPERSEDED, record.first_superseded,
                        next.first_superseded, &update.first_superseded,
                        &update.superseded_count)) {
        return false;
    }
    update.product = record.product;
    update.kb = record.kb;
    update.posted = record.posted;
    *ret = update;
    return true;
}

/* A part of a section that is sorted by the first number of its records. */
struct part_key {
    enum section_id section;
    uint32_t first, kb;
};

static int order_part(const struct knowledge *knowledge, uint32_t index, const void *key)
{
    const struct part_key *wanted = key;
    struct record_update update;
    struct record_superseder superseder;
    uint32_t kb;
    if (wanted->section == SECTION_UPDATES) {
        if (!knowledge_record(knowledge, SECTION_UPDATES, wanted->first + index, &update)) {
            return 0;
        }
        kb = update.kb;
    } else {
        if (!knowledge_record(knowledge, SECTION_SUPERSEDERS, wanted->first + index, &superseder)) {
            return 0;
        }
        kb = superseder.kb;
    }
    return (kb > wanted->kb) - (kb < wanted->kb);
}

bool knowledge_find_update(const struct knowledge *knowledge,
                           const struct knowledge_bulletin_product *product, uint32_t kb,
                           struct knowledge_update *ret)
{
    struct part_key key = {SECTION_UPDATES, product->first_update, kb};
    uint32_t index = knowledge_search(knowledge, product->update_count, order_part, &key);
    return index < product->update_count && order_part(knowledge, index, &key) == 0 &&
           knowledge_update(knowledge, product->first_update + index, ret);
}

bool knowledge_fix(const struct knowledge *knowledge, uint32_t index, struct knowledge_fix *ret)
{
    struct record_bulletin_fix record;
    struct knowledge_fix fix;
    if (!knowledge_record(knowledge, SECTION_BULLETIN_FIXES, index, &record) ||
        !knowledge_record(knowledge, SECTION_BULLETIN_CVES, record.cve_severity >> SEVERITY_BITS,
                          &fix.cve) ||
        !knowledge_string(knowledge, record.component, &fix.component)) {
        return false;
    }
    uint32_t severity = record.cve_severity & ((1u << SEVERITY_BITS) - 1);
    fix.severity = severity <= KNOWLEDGE_SEVERITY_CRITICAL ? (enum knowledge_severity)severity
                                                           : KNOWLEDGE_SEVERITY_UNKNOWN;
    *ret = fix;
    return true;
}

struct fix_key {
    uint32_t first;
    uint64_t cve;
};

static int order_fix(const struct knowledge *knowledge, uint32_t index, const void *key)
{
    const struct fix_key *wanted = key;
    struct knowledge_fix fix;
    if (!knowledge_fix(knowledge, wanted->first + index, &fix)) {
        return 0;
    }
    return (fix.cve > wanted->cve) - (fix.cve < wanted->cve);
}

bool knowledge_find_fix(const struct knowledge *knowledge, const struct knowledge_update *update,
                        uint64_t cve, struct knowledge_fix *ret)
{
    struct fix_key key = {update->first_fix, cve};
    uint32_t index = knowledge_search(knowledge, update->fix_count, order_fix, &key);
    struct knowledge_fix fix;
    if (index >= update->fix_count || !knowledge_fix(knowledge, update->first_fix + index, &fix) ||
        fix.cve != cve) {
        return false;
    }
    *ret = fix;
    return true;
}

static int order_bulletin_cve(const struct knowledge *knowledge, uint32_t index, const void *key)
{
    uint64_t wanted = *(const uint64_t *)key, cve;
    if (!knowledge_record(knowledge, SECTION_BULLETIN_CVES, index, &cve)) {
        return 0;
    }
    return (cve > wanted) - (cve < wanted);
}

bool knowledge_has_bulletin(const struct knowledge *knowledge, uint64_t cve)
{
    uint32_t count = knowledge->sections[SECTION_BULLETIN_CVES].count;
    uint32_t index = knowledge_search(knowledge, count, order_bulletin_cve, &cve);
    return index < count && order_bulletin_cve(knowledge, index, &cve) == 0;
}

bool knowledge_superseded(const struct knowledge *knowledge, uint32_t index, uint32_t *ret_kb)
{
    return knowledge_record(knowledge, SECTION_SUPERSEDED, index, ret_kb);
}

bool knowledge_superseder(const struct knowledge *knowledge, uint32_t index,
                          struct knowledge_superseder *ret)
{
    struct record_superseder record;
    if (!knowledge_record(knowledge, SECTION_SUPERSEDERS, index, &record)) {
        return false;
    }
    *ret = (struct knowledge_superseder){record.kb, record.update};
    return true;
}

uint32_t knowledge_superseders(const struct knowledge *knowledge,
                               const struct knowledge_bulletin_product *product, uint32_t kb,
                               uint32_t *ret_first)
{
    struct part_key key = {SECTION_SUPERSEDERS, product->first_superseder, kb};
    uint32_t first = knowledge_search(knowledge, product->superseder_count, order_part, &key);
    uint32_t count = 0;
    while (first + count < product->superseder_count &&
           order_part(knowledge, first + count, &key) == 0) {
        count++;
    }
    *ret_first = product->first_superseder + first;
    return count;
}
