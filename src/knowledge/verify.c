/*
 * knowledge_verify: what opening leaves out. Checksums find altered bytes; walking every
 * record through its getter finds references that lead outside; the rest are the orders and
 * back references that look-ups rely on.
 */
#include "base/limits.h"
#include "knowledge/reader.h"

#include <string.h>

struct verify {
    struct knowledge knowledge; /* a copy, for a count of faults of its own */
    struct error *err;
};

static int wrong(const struct verify *verify, enum section_id id, uint32_t index, const char *what)
{
    const struct section *section = &verify->knowledge.sections[id];
    uint64_t position =
        (uint64_t)(section->bytes - (const unsigned char *)verify->knowledge.bytes.ptr) +
        (uint64_t)index * section_types[id].record;
    return error_set_at(verify->err, ERR_FORMAT, position,
                        "%s %u: %s; build it again with `assay kb build`", section_types[id].name,
                        index, what);
}

/* Nothing but zero bytes stands between the sections, of which the texts come first. */
static int verify_padding(const struct verify *verify, const struct file_header *header,
                          const struct toc_entry *entries)
{
    const char *bytes = verify->knowledge.bytes.ptr;
    uint64_t end = sizeof *header + header->section_count * sizeof *entries;
    for (uint32_t place = 0; place < header->section_count; place++) {
        uint32_t text = SECTION_TEXT - 1; /* K5: all numbers up to it are there */
        const struct toc_entry *entry = &entries[place == 0      ? text
                                                 : place <= text ? place - 1
                                                                 : place];
        for (uint64_t at = end; at < entry->offset; at++) {
            if (bytes[at] != 0) { /* K7 */
                return error_set_at(verify->err, ERR_FORMAT, at, "bytes between sections");
            }
        }
        end = entry->offset + entry->size;
    }
    if (end != verify->knowledge.bytes.len) { /* K7 */
        return error_set_at(verify->err, ERR_FORMAT, end, "bytes after the last section");
    }
    return 0;
}

static int verify_checksums(const struct verify *verify)
{
    struct file_header header;
    struct toc_entry entries[KNOWLEDGE_TOC_MAX];
    const char *bytes = verify->knowledge.bytes.ptr;
    memcpy(&header, bytes, sizeof header);
    memcpy(entries, bytes + sizeof header, header.section_count * sizeof entries[0]);
    if (header.toc_checksum != knowledge_contents_checksum(&header, entries)) { /* K15 */
        return error_set_at(verify->err, ERR_FORMAT, 0,
                            "the table of contents was altered; build it again with "
                            "`assay kb build`");
    }
    for (uint32_t i = 0; i < header.section_count; i++) {
        const struct toc_entry *entry = &entries[i];
        if (entry->checksum != knowledge_checksum(bytes + entry->offset, entry->size, entry->id)) {
            return error_set_at(verify->err, ERR_FORMAT, entry->offset,
                                "section %s was altered; build it again with `assay kb build`",
                                entry->id < SECTION_COUNT ? section_types[entry->id].name
                                                          : "(unknown)"); /* K15 */
        }
    }
    return verify_padding(verify, &header, entries);
}

int knowledge_verify_checksums(const struct knowledge *knowledge, struct error *err)
{
    struct verify verify = {.knowledge = *knowledge, .err = err};
    return verify_checksums(&verify);
}

/* One record of a section: 0 or an error. Faults of getters are looked at by the caller. */
typedef int check(struct verify *verify, uint32_t index);

static int each(struct verify *verify, enum section_id id, check *function)
{
    for (uint32_t i = 0; i < verify->knowledge.sections[id].count; i++) {
        int result = function(verify, i);
        if (result < 0) {
            return result;
        }
        if (verify->knowledge.faults > 0) {
            return wrong(verify, id, i, "leads outside the file");
        }
    }
    return 0;
}

static int check_cve(struct verify *verify, uint32_t index)
{
    struct knowledge_cve cve, next;
    if (!knowledge_cve(&verify->knowledge, index, &cve)) {
        return 0;
    }
    if (index + 1 < knowledge_cve_count(&verify->knowledge) &&
        knowledge_cve(&verify->knowledge, index + 1, &next) && next.id <= cve.id) {
        return wrong(verify, SECTION_CVES, index, "out of order"); /* K13 */
    }
    for (uint32_t c = 0; c < cve.configuration_count; c++) {
        struct knowledge_configuration configuration;
        if (knowledge_configuration(&verify->knowledge, cve.first_configuration + c,
                                    &configuration) &&
            configuration.cve != index) {
            return wrong(verify, SECTION_CONFIGURATIONS, cve.first_configuration + c,
                         "is of another CVE"); /* K22 */
        }
    }
    return 0;
}

static int check_configuration(struct verify *verify, uint32_t index)
{
    struct knowledge_configuration configuration;
    if (!knowledge_configuration(&verify->knowledge, index, &configuration)) {
        return 0;
    }
    for (uint32_t n = 0; n < configuration.node_count; n++) {
        struct knowledge_node node;
        if (knowledge_node(&verify->knowledge, configuration.first_node + n, &node) &&
            node.configuration != index) {
            return wrong(verify, SECTION_NODES, configuration.first_node + n,
                         "is of another configuration"); /* K22 */
        }
    }
    return 0;
}

static int check_node(struct verify *verify, uint32_t index)
{
    struct knowledge_node node;
    knowledge_node(&verify->knowledge, index, &node);
    return 0;
}

static int check_product(struct verify *verify, uint32_t index)
{
    struct knowledge_product product, found;
    if (!knowledge_product(&verify->knowledge, index, &product)) {
        return 0;
    }
    if (!knowledge_find_product(&verify->knowledge, product.part, product.vendor, product.product,
                                &found) ||
        found.index != index) {
        return wrong(verify, SECTION_PRODUCTS, index, "out of order"); /* K18 */
    }
    for (uint32_t m = 0; m < product.match_count; m++) {
        struct knowledge_match match;
        if (knowledge_match(&verify->knowledge, product.first_match + m, &match) &&
            match.product != index) {
            return wrong(verify, SECTION_MATCHES, product.first_match + m,
                         "is of another product"); /* K20 */
        }
    }
    return 0;
}

/* The first of a name's products is the one that the name leads to. */
static int check_product_place(struct verify *verify, uint32_t index, struct str name)
{
    uint32_t first;
    return knowledge_products_named(&verify->knowledge, name, &first) > 0 && first == index
               ? 0
               : wrong(verify, SECTION_PRODUCT_NAMES, index, "is not found by its name"); /* K27 */
}

static int check_product_name(struct verify *verify, uint32_t index)
{
    struct knowledge_product product, before;
    if (!knowledge_product_named(&verify->knowledge, index, &product)) {
        return 0;
    }
    if (index == 0) {
        return check_product_place(verify, index, product.product);
    }
    if (!knowledge_product_named(&verify->knowledge, index - 1, &before)) {
        return 0;
    }
    int order = str_cmp(before.product, product.product);
    int vendor = str_cmp(before.vendor, product.vendor);
    if (order > 0 || (order == 0 && (vendor > 0 || (vendor == 0 && before.part >= product.part)))) {
        return wrong(verify, SECTION_PRODUCT_NAMES, index, "out of order"); /* K19 */
    }
    return order == 0 ? 0 : check_product_place(verify, index, product.product);
}

static int check_feed(struct verify *verify, uint32_t index)
{
    struct knowledge_feed feed;
    knowledge_feed(&verify->knowledge, index, &feed);
    return 0;
}

static int check_kev(struct verify *verify, uint32_t index)
{
    struct record_kev record;
    struct knowledge_kev kev;
    knowledge_record(&verify->knowledge, SECTION_KEV, index, &record);
    bool found = knowledge_find_kev(&verify->knowledge, record.id, &kev);
    return found ? 0 : wrong(verify, SECTION_KEV, index, "out of order"); /* K14 */
}

static int check_epss(struct verify *verify, uint32_t index)
{
    struct record_epss record, next = {.id = UINT64_MAX};
    knowledge_record(&verify->knowledge, SECTION_EPSS, index, &record);
    if (index + 1 < verify->knowledge.sections[SECTION_EPSS].count) {
        knowledge_record(&verify->knowledge, SECTION_EPSS, index + 1, &next);
    }
    bool right = record.id < next.id && record.score <= KNOWLEDGE_EPSS_ONE &&
                 record.percentile <= KNOWLEDGE_EPSS_ONE;
    return right ? 0 : wrong(verify, SECTION_EPSS, index, "out of order"); /* K14 */
}

static int check_ecosystem(struct verify *verify, uint32_t index)
{
    struct knowledge_ecosystem ecosystem, found;
    if (!knowledge_ecosystem(&verify->knowledge, index, &ecosystem)) {
        return 0;
    }
    if (!knowledge_find_ecosystem(&verify->knowledge, ecosystem.name, &found) ||
        found.index != index) {
        return wrong(verify, SECTION_ECOSYSTEMS, index, "out of order"); /* K21 */
    }
    return 0;
}

static int check_package(struct verify *verify, uint32_t index)
{
    struct knowledge_package package, before, found;
    struct record_affected affected;
    if (!knowledge_package(&verify->knowledge, index, &package)) {
        return 0;
    }
    if (package.ecosystem >= knowledge_ecosystem_count(&verify->knowledge) ||
        (index > 0 && knowledge_package(&verify->knowledge, index - 1, &before) &&
         (before.ecosystem > package.ecosystem ||
          (before.ecosystem == package.ecosystem && str_cmp(before.name, package.name) >= 0)))) {
        return wrong(verify, SECTION_PACKAGES, index, "out of order"); /* K21 */
    }
    if (!knowledge_find_package(&verify->knowledge, package.ecosystem, package.name, &found) ||
        found.index != index) {
        return wrong(verify, SECTION_PACKAGES, index, "is not found by its name"); /* K27 */
    }
    for (uint32_t a = 0; a < package.affected_count; a++) {
        if (knowledge_record(&verify->knowledge, SECTION_AFFECTED, package.first_affected + a,
                             &affected) &&
            affected.package != index) {
            return wrong(verify, SECTION_AFFECTED, package.first_affected + a,
                         "is of another package"); /* K22 */
        }
    }
    return 0;
}

static int check_affected(struct verify *verify, uint32_t index)
{
    struct knowledge_affected affected;
    if (knowledge_affected(&verify->knowledge, index, &affected) &&
        affected.advisory >= knowledge_advisory_count(&verify->knowledge)) {
        return wrong(verify, SECTION_AFFECTED, index, "is of no advisory"); /* K22 */
    }
    return 0;
}

static int check_advisory(struct verify *verify, uint32_t index)
{
    struct knowledge_advisory advisory;
    struct knowledge_affected affected;
    if (!knowledge_advisory(&verify->knowledge, index, &advisory)) {
        return 0;
    }
    for (uint32_t p = 0; p < advisory.place_count; p++) {
        if (knowledge_advisory_place(&verify->knowledge, advisory.first_place + p, &affected) &&
            affected.advisory != index) {
            return wrong(verify, SECTION_ADVISORY_PLACES, advisory.first_place + p,
                         "is of another advisory"); /* K23 */
        }
    }
    for (uint32_t c = 0; c < advisory.cve_count; c++) {
        struct record_advisory_cve record;
        if (knowledge_record(&verify->knowledge, SECTION_ADVISORY_CVES, advisory.first_cve + c,
                             &record) &&
            record.advisory != index) {
            return wrong(verify, SECTION_ADVISORY_CVES, advisory.first_cve + c,
                         "is of another advisory"); /* K23 */
        }
    }
    return 0;
}

static int check_cve_advisory(struct verify *verify, uint32_t index)
{
    struct knowledge_advisory advisory;
    uint32_t here, before;
    uint64_t id, previous;
    if (!knowledge_advisory_naming(&verify->knowledge, index, &advisory) || index == 0) {
        return 0;
    }
    if (knowledge_record(&verify->knowledge, SECTION_CVE_ADVISORIES, index, &here) &&
        knowledge_record(&verify->knowledge, SECTION_CVE_ADVISORIES, index - 1, &before) &&
        knowledge_advisory_cve(&verify->knowledge, here, &id) &&
        knowledge_advisory_cve(&verify->knowledge, before, &previous) &&
        (previous > id || (previous == id && before >= here))) {
        return wrong(verify, SECTION_CVE_ADVISORIES, index, "out of order"); /* K23 */
    }
    return 0;
}

static int check_lifecycle(struct verify *verify, uint32_t index)
{
    struct knowledge_lifecycle lifecycle, found;
    struct knowledge_release release;
    if (!knowledge_lifecycle(&verify->knowledge, index, &lifecycle)) {
        return 0;
    }
    if (!knowledge_find_lifecycle(&verify->knowledge, lifecycle.name, &found) ||
        !str_eq(found.name, lifecycle.name)) {
        return wrong(verify, SECTION_LIFECYCLES, index, "is not found by its name"); /* K24 */
    }
    for (uint32_t r = 0; r < lifecycle.release_count; r++) {
        if (knowledge_release(&verify->knowledge, lifecycle.first_release + r, &release) &&
            release.lifecycle != index) {
            return wrong(verify, SECTION_RELEASES, lifecycle.first_release + r,
                         "is of another product"); /* K24 */
        }
    }
    return 0;
}

static int check_lifecycle_name(struct verify *verify, uint32_t index)
{
    struct record_lifecycle_name record;
    struct knowledge_lifecycle found;
    struct str name;
    if (!knowledge_record(&verify->knowledge, SECTION_LIFECYCLE_NAMES, index, &record) ||
        !knowledge_string(&verify->knowledge, record.name, &name)) {
        return 0;
    }
    bool right = record.lifecycle < knowledge_lifecycle_count(&verify->knowledge) &&
                 knowledge_find_lifecycle(&verify->knowledge, name, &found);
    return right ? 0 : wrong(verify, SECTION_LIFECYCLE_NAMES, index, "out of order"); /* K24 */
}

static int check_identifier(struct verify *verify, uint32_t index)
{
    struct record_identifier record;
    struct knowledge_lifecycle found;
    struct str id;
    if (!knowledge_record(&verify->knowledge, SECTION_IDENTIFIERS, index, &record) ||
        !knowledge_string(&verify->knowledge, record.id, &id)) {
        return 0;
    }
    bool right = record.lifecycle < knowledge_lifecycle_count(&verify->knowledge) &&
                 record.kind <= LIFECYCLE_REPOLOGY &&
                 knowledge_find_lifecycle_by(&verify->knowledge, record.kind, id, &found);
    return right ? 0 : wrong(verify, SECTION_IDENTIFIERS, index, "out of order"); /* K24 */
}

static uint64_t hash_place(uint32_t match, uint32_t node, bool vulnerable)
{
    uint32_t parts[] = {match, node, vulnerable};
    return knowledge_checksum(parts, sizeof parts, 0);
}

/* Uses are the terms turned round: both are the same set of places. */
static int verify_uses(struct verify *verify)
{
    const struct knowledge *knowledge = &verify->knowledge;
    uint64_t terms = 0, uses = 0;
    for (uint32_t n = 0; n < knowledge->sections[SECTION_NODES].count; n++) {
        struct knowledge_node node;
        struct knowledge_term term;
        knowledge_node(knowledge, n, &node);
        for (uint32_t t = 0; t < node.term_count; t++) {
            knowledge_term(knowledge, node.first_term + t, &term);
            terms += hash_place(term.match, n, term.vulnerable);
        }
    }
    for (uint32_t m = 0; m < knowledge->sections[SECTION_MATCHES].count; m++) {
        struct knowledge_match match;
        struct knowledge_use use;
        if (!knowledge_match(knowledge, m, &match)) {
            return wrong(verify, SECTION_MATCHES, m, "leads outside the file");
        }
        for (uint32_t u = 0; u < match.use_count; u++) {
            if (!knowledge_use(knowledge, match.first_use + u, &use)) {
                return wrong(verify, SECTION_USES, match.first_use + u, "leads outside the file");
            }
            uses += hash_place(m, use.node, use.vulnerable);
        }
    }
    return terms == uses ? 0
                         : wrong(verify, SECTION_USES, 0, "are not those of the terms"); /* K22 */
}

/* Every text is unpacked; neighbours share a block. */
static int verify_texts(struct verify *verify)
{
    struct buf block;
    struct arena arena;
    uint32_t unpacked = KNOWLEDGE_NO_TEXT;
    int result = 0;
    buf_init(&block, LIMIT_KNOWLEDGE_BLOCK);
    arena_init(&arena);
    for (uint32_t i = 0; result == 0 && i < knowledge_cve_count(&verify->knowledge); i++) {
        struct record_cve record;
        struct knowledge_cve_text text;
        knowledge_record(&verify->knowledge, SECTION_CVES, i, &record);
        if (record.text_block == KNOWLEDGE_NO_TEXT) {
            continue;
        }
        bool good = record.text_block == unpacked ||
                    knowledge_unpack_block(&verify->knowledge, record.text_block, &block);
        unpacked = record.text_block;
        good = good && knowledge_parse_text(&verify->knowledge, buf_view(&block),
                                            record.text_offset, &arena, &text);
        if (!good) {
            result = wrong(verify, SECTION_CVES, i, "its text cannot be unpacked");
        }
        if (arena.used > LIMIT_KNOWLEDGE_BLOCK) {
            arena_done(&arena);
        }
    }
    buf_done(&block);
    arena_done(&arena);
    return result;
}

static const struct {
    enum section_id id;
    check *function;
} checks[] = {
    {SECTION_FEEDS, check_feed},
    {SECTION_CVES, check_cve},
    {SECTION_CONFIGURATIONS, check_configuration},
    {SECTION_NODES, check_node},
    {SECTION_KEV, check_kev},
    {SECTION_EPSS, check_epss},
    {SECTION_PRODUCTS, check_product},
    {SECTION_PRODUCT_NAMES, check_product_name},
    {SECTION_ECOSYSTEMS, check_ecosystem},
    {SECTION_PACKAGES, check_package},
    {SECTION_AFFECTED, check_affected},
    {SECTION_ADVISORIES, check_advisory},
    {SECTION_CVE_ADVISORIES, check_cve_advisory},
    {SECTION_LIFECYCLES, check_lifecycle},
    {SECTION_LIFECYCLE_NAMES, check_lifecycle_name},
    {SECTION_IDENTIFIERS, check_identifier},
};

int knowledge_verify(const struct knowledge *knowledge, struct error *err)
{
    struct verify verify = {.knowledge = *knowledge, .err = err};
    verify.knowledge.faults = 0;
    int result = verify_checksums(&verify);
    for (unsigned i = 0; result == 0 && i < sizeof checks / sizeof checks[0]; i++) {
        result = each(&verify, checks[i].id, checks[i].function);
    }
    result = result < 0 ? result : knowledge_verify_bulletins(&verify.knowledge, err);
    result = result < 0 ? result : verify_uses(&verify);
    return result < 0 ? result : verify_texts(&verify);
}
