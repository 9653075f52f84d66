#include "knowledge/format.h"

#define RECORD(id, text, type, closed) [id] = {text, sizeof(type), closed}

const struct section_type section_types[SECTION_COUNT] = {
    RECORD(SECTION_FEEDS, "feeds", struct record_feed, false),
    RECORD(SECTION_CVES, "cves", struct record_cve, true),
    RECORD(SECTION_CONFIGURATIONS, "configurations", struct record_configuration, true),
    RECORD(SECTION_NODES, "nodes", struct record_node, true),
    RECORD(SECTION_TERMS, "terms", uint32_t, false),
    RECORD(SECTION_TEXT_BLOCKS, "text blocks", struct record_text_block, false),
    RECORD(SECTION_TEXT, "text", char, false),
    RECORD(SECTION_KEV, "kev", struct record_kev, false),
    RECORD(SECTION_EPSS, "epss", struct record_epss, false),
    RECORD(SECTION_PRODUCTS, "products", struct record_product, true),
    RECORD(SECTION_PRODUCT_NAMES, "product names", uint32_t, false),
    RECORD(SECTION_MATCHES, "matches", struct record_match, true),
    RECORD(SECTION_QUALIFIERS, "qualifiers", struct record_qualifiers, false),
    RECORD(SECTION_USES, "uses", uint32_t, false),
    RECORD(SECTION_ECOSYSTEMS, "ecosystems", struct record_ecosystem, true),
    RECORD(SECTION_PACKAGES, "packages", struct record_package, true),
    RECORD(SECTION_AFFECTED, "affected", struct record_affected, false),
    RECORD(SECTION_ADVISORIES, "advisories", struct record_advisory, true),
    RECORD(SECTION_ADVISORY_CVES, "advisory cves", struct record_advisory_cve, false),
    RECORD(SECTION_CVE_ADVISORIES, "cve advisories", uint32_t, false),
    RECORD(SECTION_ADVISORY_PLACES, "advisory places", uint32_t, false),
    RECORD(SECTION_LIFECYCLES, "lifecycles", struct record_lifecycle, true),
    RECORD(SECTION_RELEASES, "releases", struct record_release, false),
    RECORD(SECTION_LIFECYCLE_NAMES, "lifecycle names", struct record_lifecycle_name, false),
    RECORD(SECTION_IDENTIFIERS, "identifiers", struct record_identifier, false),
    RECORD(SECTION_STRINGS, "strings", char, false),
    RECORD(SECTION_VERSIONS, "versions", char, false),
    RECORD(SECTION_CLASSES, "version classes", uint64_t, false),
    RECORD(SECTION_BULLETIN_PRODUCTS, "bulletin products", struct record_bulletin_product, true),
    RECORD(SECTION_UPDATES, "updates", struct record_update, true),
    RECORD(SECTION_BULLETIN_FIXES, "bulletin fixes", struct record_bulletin_fix, false),
    RECORD(SECTION_BULLETIN_CVES, "bulletin cves", uint64_t, false),
    RECORD(SECTION_SUPERSEDED, "superseded", uint32_t, false),
    RECORD(SECTION_SUPERSEDERS, "superseders", struct record_superseder, false),
    RECORD(SECTION_INPUTS, "inputs", struct record_input, true),
    RECORD(SECTION_MEMBERS, "members", struct record_member, false),
    RECORD(SECTION_MEMBER_SKIPS, "member skips", struct record_member_skip, false),
    RECORD(SECTION_ASIDE, "texts set aside", struct record_aside, false),
    RECORD(SECTION_PRODUCT_PLACES, "product places", struct record_place, false),
    RECORD(SECTION_PACKAGE_PLACES, "package places", struct record_place, false),
};

/* The sizes that docs/formats/knowledge.md states. */
_Static_assert(sizeof(struct file_header) == 64, "header");
_Static_assert(sizeof(struct toc_entry) == 32, "table of contents");
_Static_assert(sizeof(struct record_feed) == 192, "feeds");
_Static_assert(sizeof(struct record_cve) == 48, "cves");
_Static_assert(sizeof(struct record_configuration) == 8, "configurations");
_Static_assert(sizeof(struct record_node) == 8, "nodes");
_Static_assert(sizeof(struct record_text_block) == 16, "text blocks");
_Static_assert(sizeof(struct record_kev) == 32, "kev");
_Static_assert(sizeof(struct record_epss) == 16, "epss");
_Static_assert(sizeof(struct record_product) == 24, "products");
_Static_assert(sizeof(struct record_match) == 20, "matches");
_Static_assert(sizeof(struct record_qualifiers) == 28, "qualifiers");
_Static_assert(sizeof(struct record_ecosystem) == 24, "ecosystems");
_Static_assert(sizeof(struct record_package) == 24, "packages");
_Static_assert(sizeof(struct record_affected) == 28, "affected");
_Static_assert(sizeof(struct record_advisory) == 40, "advisories");
_Static_assert(sizeof(struct record_advisory_cve) == 12, "advisory cves");
_Static_assert(sizeof(struct record_lifecycle) == 20, "lifecycles");
_Static_assert(sizeof(struct record_release) == 52, "releases");
_Static_assert(sizeof(struct record_bulletin_product) == 12, "bulletin products");
_Static_assert(sizeof(struct record_update) == 20, "updates");
_Static_assert(sizeof(struct record_bulletin_fix) == 8, "bulletin fixes");
_Static_assert(sizeof(struct record_superseder) == 8, "superseders");
_Static_assert(sizeof(struct record_input) == 176, "inputs");
_Static_assert(sizeof(struct record_member) == 24, "members");
_Static_assert(sizeof(struct record_member_skip) == 8, "member skips");
_Static_assert(sizeof(struct record_aside) == 12, "texts set aside");
_Static_assert(sizeof(struct record_place) == 8, "places");
_Static_assert((int)FEED_SKIP_REASONS <= (int)KNOWLEDGE_SKIPS, "reasons fit a feed record");

uint64_t knowledge_hash_product(struct str product)
{
    return str_hash_bytes(product.ptr, product.len, SECTION_PRODUCT_PLACES);
}

uint64_t knowledge_hash_package(uint32_t ecosystem, struct str name)
{
    return str_hash_bytes(name.ptr, name.len, (uint64_t)ecosystem << 8 | SECTION_PACKAGE_PLACES);
}

uint64_t knowledge_checksum(const void *bytes, size_t len, uint64_t seed)
{
    return str_hash_bytes(bytes, len, seed);
}

uint64_t knowledge_contents_checksum(const struct file_header *header,
                                     const struct toc_entry *entries)
{
    uint64_t seed =
        knowledge_checksum(header, offsetof(struct file_header, toc_checksum), KNOWLEDGE_VERSION);
    return knowledge_checksum(entries, header->section_count * sizeof *entries, seed);
}
