/*
 * The inside of the builder: what it keeps between the first record and the file.
 *
 * Texts, versions, criteria and products are interned for good; records refer to them by
 * number. Only what a kept record refers to is written, so that a rollback needs to cut the
 * lists of records alone.
 */
#ifndef ASSAY_KNOWLEDGE_BUILDER_H
#define ASSAY_KNOWLEDGE_BUILDER_H

#include "base/file.h"
#include "base/intern.h"
#include "base/memory.h"
#include "knowledge/build.h"
#include "knowledge/format.h"
#include "knowledge/pack.h"

#define LIST(type)                                                                                 \
    struct {                                                                                       \
        type *items;                                                                               \
        uint32_t count, capacity;                                                                  \
    }
/* list_reserve makes room for more items. */
#define list_reserve(list, more)                                                                   \
    do {                                                                                           \
        if ((list)->capacity - (list)->count < (more)) {                                           \
            (list)->capacity = (list)->count + (more);                                             \
            (list)->items = mem_grow((list)->items, (list)->capacity, sizeof *(list)->items);      \
        }                                                                                          \
    } while (0)
/* list_add evaluates to a pointer to a new last item, not zeroed. */
#define list_add(list)                                                                             \
    ({                                                                                             \
        mem_reserve((list)->items, (list)->count, (list)->capacity);                               \
        &(list)->items[(list)->count++];                                                           \
    })

/* Strings are numbers of builder->strings; versions of builder->versions (0: none). */

struct builder_version {
    uint64_t class;
    uint32_t epoch;
    uint32_t text;
    uint32_t key; /* offset in builder->keys */
    uint16_t key_len;
};

struct builder_product {
    uint32_t part, vendor, product;
};

struct builder_match {
    uint32_t product;
    uint32_t shape; /* as in record_match */
    uint32_t start, end;
};

/* What became of a cpeMatch as published, so that the next like it costs one look-up: there
 * are five times as many as distinct ones. Told apart by 128 bits of hash. */
struct builder_criterion {
    uint64_t hash[2];
    uint32_t match; /* MATCH_NONE: the CPE does not parse */
    uint8_t skip;   /* enum feed_skip, why it matches nothing */
    bool skipped, used;
};
#define MATCH_NONE UINT32_MAX

struct criterion_table {
    struct builder_criterion *slots;
    uint64_t mask, count;
};

struct builder_cve {
    uint64_t id;
    int64_t published, modified;
    uint32_t vector;
    uint32_t first_configuration, configuration_count;
    uint32_t text_block;
    uint16_t text_offset;
    int16_t score;
    uint8_t status, cvss_version, score_source;
    uint8_t record; /* enum cve_record */
    uint8_t joined; /* as in record_cve */
    uint8_t rating; /* enum cve_rating */
    uint16_t input; /* as in record_cve */
    bool described; /* the text has a description */
    bool settled;   /* as in the old file, with all that depends on it */
    /* NVD's text, when another took its place. */
    bool aside_described;
    uint16_t aside_offset;
    uint32_t aside_block; /* KNOWLEDGE_NO_TEXT: none */
};

/* A set of numbers of a list whose items are told apart by content. */
struct number_set {
    uint32_t *slots; /* number + 1 */
    uint32_t mask, count;
};

/* Places of NVD's records and of overrides by CVE, so that a record of the CVE List is kept
 * only for what they do not say. */
struct cve_table {
    uint32_t *slots; /* number + 1; a place that was rolled back is passed over */
    uint32_t mask, count;
};

struct builder_configuration {
    uint32_t first_node, node_count, flags;
};

struct builder_node {
    uint32_t first_term, term_count, flags;
};

struct builder_package {
    uint32_t ecosystem, name; /* number of builder->ecosystems, string */
};

struct builder_affected {
    uint32_t advisory, package;
    uint32_t introduced, fixed, last;
    uint32_t urgency;
    bool never;
};

struct builder_advisory {
    int64_t published, modified;
    uint32_t id, summary, module;
    uint32_t first_cve, cve_count;
};

struct builder_lifecycle {
    uint32_t name, label, category, link;
    uint32_t first_release, release_count;
    uint32_t first_alias, alias_count;
    uint32_t first_identifier, identifier_count;
};

struct builder_ecosystem {
    uint32_t name;
    enum version_scheme scheme;
};

/* Rows of Microsoft's updates: product of bulletin_products, CVE of bulletin_cves, component of
 * bulletin_components. */
struct builder_bulletin {
    uint32_t product, kb, cve, component;
    int32_t posted : 28; /* days: until the year 367,000 */
    uint32_t severity : 4;
};
#define BULLETIN_NO_CVE UINT32_MAX

struct builder_superseded {
    uint32_t product, kb, superseded;
};

/* What an old file that changes are folded into has told: all by numbers of the builder. */
struct builder_old {
    LIST(uint64_t) fingerprints;         /* of products */
    LIST(uint32_t) product_names;        /* products in the order of their names */
    LIST(struct builder_cve) gone;       /* CVEs that are not taken over as they were */
    struct buf bulletins[SECTION_COUNT]; /* sections of Microsoft's updates, taken over whole, but
                                          * with numbers of strings */
    bool has_bulletins;
    uint64_t sizes[SECTION_COUNT]; /* of its sections */
};

/* Lengths of the lists of records: what begin marks and rollback returns to. */
struct builder_mark {
    uint32_t cves, configurations, nodes, terms, blocks, kev, epss;
    uint32_t advisories, advisory_cves, affected;
    uint32_t lifecycles, releases, aliases, identifiers;
    uint32_t bulletins, superseded;
    uint32_t members, member_skips;
    uint64_t text;
};

/* The member that is being read. */
struct builder_member {
    struct record_member record;
    const struct feed_report *report; /* NULL: none is */
    uint64_t records, skipped[FEED_SKIP_REASONS];
};

/* A sink's context: which builder, and where its skips are counted. */
struct builder_sink {
    struct builder_sink *next;
    struct knowledge_builder *builder;
    struct feed_report *report;
};

struct knowledge_builder {
    struct intern strings;
    struct intern version_names;   /* scheme, text, update */
    LIST(uint32_t) named_versions; /* by number of version_names */
    LIST(struct builder_version) versions;
    struct number_set version_set;
    struct buf keys;
    struct criterion_table criteria;
    struct intern heads; /* "a:f5:nginx" as published */
    uint32_t last_head;
    LIST(uint32_t) head_products;
    struct intern tails; /* what follows the version, as published */
    LIST(uint32_t) tail_qualifiers;
    struct intern product_names; /* bytes of builder_product */
    LIST(struct builder_product) products;
    struct intern qualifiers; /* bytes of record_qualifiers with strings' numbers */
    LIST(struct builder_match) matches;
    struct number_set match_set;
    struct buf scratch;
    struct arena parse; /* of cpe_parse, emptied each time */

    LIST(struct builder_cve) cves;
    struct cve_table known;
    LIST(struct builder_configuration) configurations;
    LIST(struct builder_node) nodes;
    LIST(uint32_t) terms; /* match << 1 | vulnerable */
    struct buf block;     /* the open text block */
    uint32_t block_count; /* closed ones */
    struct packer *packer;

    LIST(struct record_kev) kev; /* with strings' numbers */
    LIST(struct record_epss) epss;

    struct intern ecosystem_names;
    LIST(struct builder_ecosystem) ecosystems;
    struct intern package_names; /* ecosystem, name */
    LIST(struct builder_package) packages;
    LIST(struct builder_advisory) advisories;
    LIST(uint64_t) advisory_cves;
    LIST(struct builder_affected) affected;

    LIST(struct builder_lifecycle) lifecycles;
    LIST(struct record_release) releases; /* with strings' numbers */
    LIST(uint32_t) aliases;
    LIST(struct record_identifier) identifiers; /* with strings' numbers */

    struct intern bulletin_products; /* names in lower case */
    LIST(uint32_t) bulletin_names;   /* as published */
    struct intern bulletin_cves;     /* bytes of the identifiers */
    struct intern bulletin_components;
    LIST(uint32_t) component_names; /* their strings */
    uint32_t last_bulletin_product;
    LIST(struct builder_bulletin) bulletins;
    LIST(struct builder_superseded) superseded;

    LIST(struct record_feed) feeds;               /* with strings' numbers */
    LIST(struct record_input) inputs;             /* the same */
    LIST(struct record_member) members;           /* of all inputs, in order */
    LIST(struct record_member_skip) member_skips; /* in order */
    struct builder_member member;
    uint32_t first_member; /* of the input that is being read */

    struct builder_old old;
    struct file_replace out; /* once opened */
    uint64_t maker, text_built;
    struct builder_mark mark;
    bool marked;
    struct builder_sink *sinks;
};

/* builder_empty frees all that the builder holds; only knowledge_builder_free may follow. */
void builder_empty(struct knowledge_builder *builder);
/* builder_string gives the number of a text, cut to what a string of the file can hold. */
static inline uint32_t builder_string(struct knowledge_builder *builder, struct str text)
{
    return intern_add(&builder->strings, str_sub(text, 0, UINT16_MAX));
}
/* builder_version_add interns a version with its key. update is "" or an update attribute to
 * fold in. *ret_keyed is false when it has no key (a commit hash). */
uint32_t builder_version_add(struct knowledge_builder *builder, enum version_scheme scheme,
                             struct str text, struct str update, bool *ret_keyed);
enum version_order builder_version_order(const struct knowledge_builder *builder, uint32_t a,
                                         uint32_t b);

/* builder_version_compare compares a key, of no version of the builder, with a version. */
enum version_order builder_version_compare(const struct knowledge_builder *builder,
                                           const struct version_key *key, uint32_t number);

/* A package that an advisory names, and the stretch of it that is being made. */
struct builder_place {
    struct builder_sink *sink;
    const struct feed_advisory *advisory;
    const struct feed_affected *published;
    enum version_scheme scheme;
    struct builder_affected affected;
};
/* How far back stretches of one advisory are looked for: repositories of one release follow each
 * other. */
enum { BUILDER_BACK = 256 };

/* build_advisory.c. builder_place_version is builder_version_add, which reports what is no version;
 * builder_place_add adds the stretch unless the advisory has said the same. */
uint32_t builder_place_version(struct builder_place *place, struct str text, bool *ret_keyed);
void builder_place_add(struct builder_place *place);
/* build_stretch.c. builder_stretches_add adds the stretches that a range's events make,
 * builder_versions_enumerate one for each enumerated version that no stretch of the package holds.
 */
void builder_stretches_add(struct builder_place *place, const struct feed_range *range);
void builder_versions_enumerate(struct builder_place *place, const struct feed_affected *published);

/* The hash of an item's content, and whether two items are equal. */
typedef uint64_t number_hash(const struct knowledge_builder *builder, uint32_t number);
typedef bool number_same(const struct knowledge_builder *builder, uint32_t a, uint32_t b);
/* builder_set_add gives the number in the set that is the same as number, which is added when
 * there is none. builder_set_fill adds count numbers from first on, whose items are not in the set
 * and differ from each other. */
uint32_t builder_set_add(struct knowledge_builder *builder, struct number_set *set, uint32_t number,
                         number_hash *hash, number_same *same);
void builder_set_fill(struct knowledge_builder *builder, struct number_set *set, uint32_t first,
                      uint32_t count, number_hash *hash);
/* What is behind the first known of the list is made known to its set. */
void builder_versions_fill(struct knowledge_builder *builder, uint32_t known);
void builder_matches_fill(struct knowledge_builder *builder, uint32_t known);
/* builder_version_put gives the number of an equal version, else a new one. Its key must be the
 * last bytes of builder->keys; they are dropped with an equal one. */
uint32_t builder_version_put(struct knowledge_builder *builder,
                             const struct builder_version *version);

/* builder_criterion_add gives what a cpeMatch became, parsing it when it is new; hash is its
 * builder_criterion_hash. The pointer is good until the next call. */
void builder_criterion_hash(const struct feed_match *match, uint64_t ret_hash[2]);
void builder_criterion_prefetch(const struct knowledge_builder *builder, const uint64_t hash[2]);
/* builder_criteria_forget frees what only saves work when criteria come again. */
void builder_criteria_forget(struct knowledge_builder *builder);
const struct builder_criterion *builder_criterion_add(struct knowledge_builder *builder,
                                                      const struct feed_match *match,
                                                      const uint64_t hash[2]);

/* builder_text_add appends a CVE's text to the open block; builder_text_close packs it. */
void builder_text_add(struct knowledge_builder *builder, const struct feed_cve *cve,
                      struct feed_report *report, struct builder_cve *into);
void builder_text_close(struct knowledge_builder *builder);

/* builder_samples is the string of a report's samples, a line each. */
uint32_t builder_samples(struct knowledge_builder *builder, const struct feed_report *report);

/* builder_cve_put adds a record, and remembers it for those of the CVE List that follow. */
void builder_cve_put(struct knowledge_builder *builder, const struct builder_cve *cve);

/* The callbacks of the sink; context is a struct builder_sink. */
int builder_take_cve(void *context, const struct feed_cve *cve, struct error *err);
int builder_take_kev(void *context, const struct feed_kev *kev, struct error *err);
int builder_take_epss(void *context, const struct feed_epss *epss, struct error *err);
int builder_take_advisory(void *context, const struct feed_advisory *advisory, struct error *err);
int builder_take_lifecycle(void *context, const struct feed_lifecycle *lifecycle,
                           struct error *err);

int builder_take_bulletin(void *context, const struct feed_bulletin *bulletin, struct error *err);

/* ecosystem_scheme gives the version scheme of an ecosystem, VERSION_NONE when unknown. */
enum version_scheme ecosystem_scheme(struct str name);
/* ecosystem_release gives the name that an ecosystem's packages are kept under, which may live
 * in the arena: "Red Hat:enterprise_linux:9" for its "::appstream". */
struct str ecosystem_release(struct str name, struct arena *arena);

#endif
