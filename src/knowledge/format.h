/*
 * The bytes of a knowledge file, as docs/formats/knowledge.md describes them. Records are
 * copied out of the file into these structs; a K number in a comment is that page's invariant.
 */
#ifndef ASSAY_KNOWLEDGE_FORMAT_H
#define ASSAY_KNOWLEDGE_FORMAT_H

#include "knowledge/knowledge.h"
#include "knowledge/microsoft.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "records are little-endian and copied as they stand"
#endif

#define KNOWLEDGE_MAGIC   "assayKB\x1a"
#define KNOWLEDGE_VERSION 4u

enum {
    KNOWLEDGE_ALIGNMENT = 8,
    KNOWLEDGE_TOC_MAX = 64,
    KNOWLEDGE_SKIPS = 16, /* room for reasons in a feed record */
    /* A text block is closed by the record that fills it to this size, so that every record
     * starts below it (K17). */
    KNOWLEDGE_BLOCK = 32 * 1024
};

enum section_id {
    SECTION_FEEDS = 1,
    SECTION_CVES,
    SECTION_CONFIGURATIONS,
    SECTION_NODES,
    SECTION_TERMS,
    SECTION_TEXT_BLOCKS,
    SECTION_TEXT,
    SECTION_KEV,
    SECTION_EPSS,
    SECTION_PRODUCTS,
    SECTION_PRODUCT_NAMES,
    SECTION_MATCHES,
    SECTION_QUALIFIERS,
    SECTION_USES,
    SECTION_ECOSYSTEMS,
    SECTION_PACKAGES,
    SECTION_AFFECTED,
    SECTION_ADVISORIES,
    SECTION_ADVISORY_CVES,
    SECTION_CVE_ADVISORIES,
    SECTION_ADVISORY_PLACES,
    SECTION_LIFECYCLES,
    SECTION_RELEASES,
    SECTION_LIFECYCLE_NAMES,
    SECTION_IDENTIFIERS,
    SECTION_STRINGS,
    SECTION_VERSIONS,
    SECTION_CLASSES,
    SECTION_BULLETIN_PRODUCTS,
    SECTION_UPDATES,
    SECTION_BULLETIN_FIXES,
    SECTION_BULLETIN_CVES,
    SECTION_SUPERSEDED,
    SECTION_SUPERSEDERS,
    SECTION_INPUTS,
    SECTION_MEMBERS,
    SECTION_MEMBER_SKIPS,
    SECTION_ASIDE,
    SECTION_PRODUCT_PLACES,
    SECTION_PACKAGE_PLACES,
    SECTION_COUNT /* one more than the last */
};

struct section_type {
    const char *name;
    uint32_t record; /* bytes */
    bool sentinel;   /* one more record closes the last one's spans (K9) */
};
extern const struct section_type section_types[SECTION_COUNT];

struct file_header {
    char magic[8];
    uint32_t version;
    uint32_t section_count;
    uint64_t file_size;
    int64_t built;
    uint64_t maker;      /* checksum of the program that wrote it; 0: not said */
    uint64_t text_built; /* size of the texts when all of them were read */
    uint64_t reserved;
    uint64_t toc_checksum; /* of the header before this field and the table of contents */
};

struct toc_entry {
    uint32_t id;
    uint32_t record;
    uint64_t offset;
    uint64_t size;
    uint64_t checksum;
};

/* The texts come first: their size is known before anything else is. */
enum {
    KNOWLEDGE_FIRST_SECTION =
        sizeof(struct file_header) + (SECTION_COUNT - 1) * sizeof(struct toc_entry)
};

struct record_feed {
    uint32_t name, label, attribution, problem, samples; /* strings */
    int32_t cadence_days;
    uint32_t present;
    uint32_t reserved;
    uint64_t files, records;
    int64_t newest, read;
    uint64_t skipped[KNOWLEDGE_SKIPS];
};

struct record_cve {
    uint64_t id;
    int64_t published, modified;
    uint32_t vector;
    uint32_t first_configuration;
    uint32_t text_block; /* KNOWLEDGE_NO_TEXT: none */
    uint16_t text_offset;
    int16_t score;
    uint8_t status, cvss_version, score_source;
    uint8_t joined;  /* JOINED_* */
    uint16_t input;  /* SECTION_INPUTS number of NVD's record + 1; 0: NVD has none */
    uint16_t rating; /* enum cve_rating */
};
/* What a CVE has from records other than NVD's, and whether that one describes it. */
enum {
    JOINED_TEXT = 1 << 0,
    JOINED_SCORE = 1 << 1,
    JOINED_CONFIGURATIONS = 1 << 2,
    JOINED_PUBLISHED = 1 << 3,
    JOINED_MODIFIED = 1 << 4,
    JOINED_REJECTION = 1 << 5,
    JOINED_OVERRIDE = 1 << 6, /* its configurations */
    JOINED_DESCRIBED = 1 << 7 /* the text has a description */
};
#define KNOWLEDGE_NO_TEXT UINT32_MAX

struct record_configuration {
    uint32_t cve_flags; /* cve << CONFIGURATION_BITS | CONFIGURATION_* and FLAG_* */
    uint32_t first_node;
};

struct record_node {
    uint32_t configuration_flags; /* configuration << 2 | flags */
    uint32_t first_term;
};
enum { FLAG_AND = 1, FLAG_NEGATE = 2, FLAG_BITS = 2 };
enum {
    CONFIGURATION_ORIGIN_SHIFT = FLAG_BITS, /* enum cve_origin */
    CONFIGURATION_ORIGIN_MASK = 3,
    CONFIGURATION_NAMED = 1 << 4,
    CONFIGURATION_BITS = 5
};

struct record_text_block {
    uint64_t offset;
    uint32_t packed, unpacked;
};

struct record_kev {
    uint64_t id;
    int32_t added, due;
    uint32_t name, action;
    uint32_t ransomware, reserved;
};

struct record_epss {
    uint64_t id;
    uint32_t score, percentile; /* in units of 1/1,000,000,000 */
};
#define KNOWLEDGE_EPSS_ONE 1000000000u

struct record_product {
    uint64_t fingerprint;
    uint32_t part, vendor, product;
    uint32_t first_match;
};

struct record_match {
    uint32_t product;
    uint32_t shape; /* qualifiers, MATCH_* */
    uint32_t start; /* version: RANGE start, else the version named */
    uint32_t end;   /* version: RANGE end */
    uint32_t first_use;
};
#define MATCH_QUALIFIERS      0x00ffffffu
#define MATCH_KIND_SHIFT      24
#define MATCH_KIND_MASK       7u
#define MATCH_START_EXCLUDING (1u << 27)
#define MATCH_END_INCLUDING   (1u << 28)
#define MATCH_BOUNDED         (1u << 29) /* NEVER: start and end are bounds */

struct record_qualifiers {
    uint32_t update; /* plain text */
    uint32_t edition, language, sw_edition, target_sw, target_hw, other;
};

struct record_ecosystem {
    int64_t newest;
    uint32_t name, scheme, first_package, advisory_count;
};

struct record_package {
    uint64_t fingerprint;
    uint32_t ecosystem, name, first_affected, reserved;
};

struct record_affected {
    uint32_t advisory, package;
    uint32_t introduced, fixed, last; /* versions, 0: none */
    uint32_t urgency;
    uint32_t never;
};

struct record_advisory {
    int64_t published, modified;
    uint32_t id, summary, module;
    uint32_t first_cve, first_place;
    uint32_t reserved;
};

struct record_advisory_cve {
    uint32_t id_low, id_high; /* halves, so that a record is 12 bytes */
    uint32_t advisory;
};

struct record_lifecycle {
    uint32_t name, label, category, link, first_release;
};

struct record_release {
    uint32_t lifecycle, name, codename, label, latest;
    int32_t released, lts_from, active_until, supported_until, extended_until, discontinued;
    int32_t latest_date;
    uint32_t flags; /* enum feed_flag: RELEASE_*_SHIFT; RELEASE_LTS */
};
enum {
    RELEASE_ENDED_ACTIVE_SHIFT = 0,
    RELEASE_ENDED_SHIFT = 2,
    RELEASE_ENDED_EXTENDED_SHIFT = 4,
    RELEASE_LTS = 1 << 6
};

struct record_lifecycle_name {
    uint32_t name, lifecycle;
};

struct record_identifier {
    uint32_t kind, id, lifecycle;
};

/* Microsoft's updates. */
struct record_bulletin_product {
    uint32_t name, first_update, first_superseder;
};

struct record_update {
    uint32_t product, kb;
    int32_t posted;
    uint32_t first_fix, first_superseded;
};

struct record_bulletin_fix {
    uint32_t cve_severity; /* of SECTION_BULLETIN_CVES << SEVERITY_BITS | knowledge_severity */
    uint32_t component;
};
enum { SEVERITY_BITS = 3 };

struct record_superseder {
    uint32_t kb, update;
};

/* A file that was read, and what became of it. */
struct record_input {
    uint32_t path, feed, samples; /* strings; the path is that below the mirror */
    uint32_t first_member;
    uint64_t size, checksum, records;
    int64_t newest;
    uint64_t skipped[KNOWLEDGE_SKIPS];
};

/* A member of a zip whose members are read one by one, or a file that stands for one. */
struct record_member {
    uint64_t key;  /* CVE identifier, or the hash of an advisory's; 0: it gave no record */
    uint64_t name; /* hash */
    uint32_t crc;
    uint32_t place_record; /* place in the zip << 1 | counted as a record */
};

/* Parts of a member that were left out. */
struct record_member_skip {
    uint32_t member;
    uint32_t reason_count; /* reason << 24 | count */
};
#define MEMBER_SKIP_MOST 0xffffffu

/* NVD's text of a CVE that has another's. */
struct record_aside {
    uint32_t cve, text_block;
    uint16_t text_offset, described;
};

/* A slot of a table that finds records by their names (K27). */
struct record_place {
    uint32_t tag;     /* lower half of the name's hash */
    uint32_t index_1; /* of the record, plus one; 0: empty */
};

/* What stands before a version's epoch, key and text in SECTION_VERSIONS. */
struct version_head {
    uint16_t class_index;
    uint16_t key_len, text_len;
    uint16_t has_epoch;
};

/* knowledge_slot is where the search for a hash begins, in a table of so many slots. */
enum { PLACES_PER_NAME = 2 };
static inline uint32_t knowledge_slot(uint64_t hash, uint32_t slots)
{
    return (uint32_t)((hash >> 32) * slots >> 32);
}
uint64_t knowledge_hash_product(struct str product);
uint64_t knowledge_hash_package(uint32_t ecosystem, struct str name);

/* knowledge_checksum is the checksum of sections and of the table of contents: str_hash_bytes. */
uint64_t knowledge_checksum(const void *bytes, size_t len, uint64_t seed);
/* knowledge_contents_checksum covers the header up to its checksum and the entries. */
uint64_t knowledge_contents_checksum(const struct file_header *header,
                                     const struct toc_entry *entries);

#endif
