/*
 * The knowledge file, read: one immutable file, mapped read-only, shared by all processes.
 * docs/formats/knowledge.md describes every byte. No look-up allocates or parses.
 *
 * Opening checks the header, the table of contents and the bounds of sections. Every index
 * and offset is checked where it is used: a getter returns false for what a hostile file
 * points outside, and counts it in knowledge_faults().
 *
 * Getters by index return false where there is no such thing, and knowledge_find_* where nothing
 * has that name. Strings are borrowed from the file and live as long as it is open.
 */
#ifndef ASSAY_KNOWLEDGE_KNOWLEDGE_H
#define ASSAY_KNOWLEDGE_KNOWLEDGE_H

#include "base/arena.h"
#include "base/cve_id.h"
#include "base/date.h"
#include "base/error.h"
#include "cpe/cpe.h"
#include "cvss/cvss.h"
#include "feed/feed.h"
#include "version/version.h"

struct knowledge;

/* knowledge_open maps the file. ERR_NOT_FOUND, ERR_FORMAT (cut, not a knowledge file),
 * ERR_VERSION (of another format version; the message says to rebuild). */
int knowledge_open(const char *path, struct knowledge **ret_knowledge, struct error *err);
/* knowledge_open_bytes is for tests and fuzzing: bytes must outlive the handle. */
int knowledge_open_bytes(struct str bytes, struct knowledge **ret_knowledge, struct error *err);
void knowledge_close(struct knowledge *knowledge);

/* knowledge_verify checks every section's checksum and every cross-reference. */
int knowledge_verify(const struct knowledge *knowledge, struct error *err);
/* knowledge_verify_checksums finds altered bytes, and nothing else. */
int knowledge_verify_checksums(const struct knowledge *knowledge, struct error *err);
/* knowledge_built is when the file was built (TIME_NONE when it does not say). */
int64_t knowledge_built(const struct knowledge *knowledge);
/* knowledge_faults is how often something pointed outside since the file was opened. */
uint64_t knowledge_faults(const struct knowledge *knowledge);

/* ---- feeds ---- */

struct knowledge_feed {
    struct str name, label, attribution;
    uint64_t files, records;
    int64_t newest; /* newest record, TIME_NONE */
    int64_t read;   /* when the newest of its files was written on disk, TIME_NONE */
    int32_t cadence_days;
    uint64_t skipped[FEED_SKIP_REASONS];
    struct str samples; /* a line each */
    bool present;       /* false: no file of it was found or none could be read */
    struct str problem; /* why a present feed was not (wholly) read, "" */
};

uint32_t knowledge_feed_count(const struct knowledge *knowledge);
bool knowledge_feed(const struct knowledge *knowledge, uint32_t index, struct knowledge_feed *ret);
bool knowledge_find_feed(const struct knowledge *knowledge, struct str name,
                         struct knowledge_feed *ret);

/* ---- CVE records ---- */

struct knowledge_cve {
    uint32_t index;
    uint64_t id;
    int64_t published, modified;
    enum cve_status status;
    int score; /* tenths, CVSS_NO_SCORE; the best score by feeds' order of preference */
    enum cvss_version cvss_version;
    enum score_source score_source;
    enum cve_rating rating;
    struct str vector;
    uint32_t first_configuration, configuration_count;
};

uint32_t knowledge_cve_count(const struct knowledge *knowledge);
bool knowledge_cve(const struct knowledge *knowledge, uint32_t index, struct knowledge_cve *ret);
bool knowledge_find_cve(const struct knowledge *knowledge, uint64_t id, struct knowledge_cve *ret);

struct knowledge_cve_text {
    struct str description;
    const struct str *references;
    uint32_t reference_count;
    const struct feed_score *scores; /* all that were published, the best among them */
    uint32_t score_count;
};
/* knowledge_cve_text unpacks the record's text into arena. False also for a record without
 * text (a rejected one), which is no fault. */
bool knowledge_cve_text(const struct knowledge *knowledge, const struct knowledge_cve *cve,
                        struct arena *arena, struct knowledge_cve_text *ret);

struct knowledge_kev {
    int32_t added, due;
    bool ransomware;
    struct str name, action;
};
bool knowledge_find_kev(const struct knowledge *knowledge, uint64_t id, struct knowledge_kev *ret);

struct knowledge_epss {
    double score, percentile; /* 0 to 1 */
};
bool knowledge_find_epss(const struct knowledge *knowledge, uint64_t id,
                         struct knowledge_epss *ret);

/* All three at once, for many CVEs in ascending order, which is faster than to ask for each by
 * itself. places is where the last ones were found; zero it before the first. What is asked out of
 * order is found as well. */
struct knowledge_places {
    uint32_t cve, kev, epss;
};
struct knowledge_about {
    bool has_cve, has_kev, has_epss;
    struct knowledge_cve cve;
    struct knowledge_kev kev;
    struct knowledge_epss epss;
};
void knowledge_look_up(const struct knowledge *knowledge, uint64_t id,
                       struct knowledge_places *places, struct knowledge_about *ret);

/* ---- products and CPE criteria ---- */

struct knowledge_product {
    uint32_t index;
    char part;                  /* 'a', 'o', 'h' */
    struct str vendor, product; /* plain text, lower case, unquoted: "node.js" */
    uint32_t first_match, match_count;
    uint64_t fingerprint; /* of all criteria: equal in two files when nothing changed */
};

uint32_t knowledge_product_count(const struct knowledge *knowledge);
bool knowledge_product(const struct knowledge *knowledge, uint32_t index,
                       struct knowledge_product *ret);
bool knowledge_find_product(const struct knowledge *knowledge, char part, struct str vendor,
                            struct str product, struct knowledge_product *ret);
/* knowledge_products_named gives the products of that name of all vendors and parts: their
 * indexes are those of knowledge_product_named(first .. first+count-1). */
uint32_t knowledge_products_named(const struct knowledge *knowledge, struct str product,
                                  uint32_t *ret_first);
bool knowledge_product_named(const struct knowledge *knowledge, uint32_t position,
                             struct knowledge_product *ret);

/* A distinct cpeMatch. Which versions it names:
 * RANGE  start and end, either may be open (key.class 0), in VERSION_NVD keys;
 * EXACT  one version, with its update attribute folded in (Java 8 with update_201);
 * ANY    every version (`*` without bounds: a weak match);
 * NA     versions do not apply (`-`: a weak match);
 * NEVER  the bounds or the version are not comparable (a commit hash) or leave nothing
 *        between them: matches nothing. */
enum knowledge_match_kind {
    KNOWLEDGE_MATCH_RANGE,
    KNOWLEDGE_MATCH_EXACT,
    KNOWLEDGE_MATCH_ANY,
    KNOWLEDGE_MATCH_NA,
    KNOWLEDGE_MATCH_NEVER
};

struct knowledge_match {
    uint32_t index, product;
    enum knowledge_match_kind kind;
    struct version_key start, end; /* RANGE; class 0 is open */
    bool start_excluding, end_including;
    struct version_key version;                                 /* EXACT */
    struct str start_text, end_text, version_text, update_text; /* as published, unquoted */
    /* The other attributes as in the formatted string: "*", "-" or quoted text. */
    struct str edition, language, sw_edition, target_sw, target_hw, other;
    uint32_t first_use, use_count;
    uint32_t qualifiers; /* where the attributes besides the version stand */
};

/* One place where a match stands in a configuration. */
struct knowledge_use {
    uint32_t cve, configuration, node;
    bool vulnerable; /* false: a platform the vulnerable software runs on */
};

bool knowledge_match(const struct knowledge *knowledge, uint32_t index,
                     struct knowledge_match *ret);
/* knowledge_match in two steps, for those who go over many and want most for their versions alone:
 * knowledge_match_bounds leaves update_text, edition and what follows it empty;
 * knowledge_match_qualify fills them. What they fail on is of no use. */
bool knowledge_match_bounds(const struct knowledge *knowledge, uint32_t index,
                            struct knowledge_match *ret);
bool knowledge_match_qualify(const struct knowledge *knowledge, struct knowledge_match *match);
bool knowledge_use(const struct knowledge *knowledge, uint32_t index, struct knowledge_use *ret);
/* knowledge_match_cpe appends the criterion's formatted string. */
void knowledge_match_cpe(const struct knowledge *knowledge, const struct knowledge_match *match,
                         struct buf *out);

struct knowledge_configuration {
    uint32_t cve;
    enum cve_origin origin; /* who stated it */
    bool named;             /* made from names of vendor and product: no CPE was given */
    bool is_and, negate;
    uint32_t first_node, node_count;
};

struct knowledge_node {
    uint32_t configuration;
    bool is_and, negate;
    uint32_t first_term, term_count;
};

/* A term of a node: a match and whether it names what is vulnerable. */
struct knowledge_term {
    uint32_t match;
    bool vulnerable;
};

bool knowledge_configuration(const struct knowledge *knowledge, uint32_t index,
                             struct knowledge_configuration *ret);
/* knowledge_origin_name gives the source as reports name it: "NVD", "CVE List (CNA)". */
const char *knowledge_origin_name(enum cve_origin origin);
bool knowledge_node(const struct knowledge *knowledge, uint32_t index, struct knowledge_node *ret);
bool knowledge_term(const struct knowledge *knowledge, uint32_t index, struct knowledge_term *ret);

/* ---- advisories ---- */

struct knowledge_ecosystem {
    uint32_t index;
    struct str name; /* "Debian:12" */
    enum version_scheme scheme;
    uint32_t package_count, advisory_count;
    int64_t newest; /* newest advisory of it */
};

uint32_t knowledge_ecosystem_count(const struct knowledge *knowledge);
bool knowledge_ecosystem(const struct knowledge *knowledge, uint32_t index,
                         struct knowledge_ecosystem *ret);
bool knowledge_find_ecosystem(const struct knowledge *knowledge, struct str name,
                              struct knowledge_ecosystem *ret);

struct knowledge_package {
    uint32_t index, ecosystem;
    struct str name;
    uint32_t first_affected, affected_count;
    uint64_t fingerprint;
};

bool knowledge_package(const struct knowledge *knowledge, uint32_t index,
                       struct knowledge_package *ret);
bool knowledge_find_package(const struct knowledge *knowledge, uint32_t ecosystem, struct str name,
                            struct knowledge_package *ret);

/* One stretch of affected versions of one package in one advisory. */
struct knowledge_affected {
    uint32_t advisory, package;
    struct version_key introduced; /* class 0: from the beginning */
    struct version_key fixed;      /* class 0: no fix known */
    struct version_key last;       /* last affected, class 0: not stated */
    struct str introduced_text, fixed_text, last_text;
    struct str urgency;
    bool never; /* its bounds are not comparable: matches nothing, counted */
};

struct knowledge_advisory {
    uint32_t index;
    struct str id, summary, module;
    int64_t published, modified;
    uint32_t first_cve, cve_count;     /* for knowledge_advisory_cve */
    uint32_t first_place, place_count; /* for knowledge_advisory_place */
};

bool knowledge_affected(const struct knowledge *knowledge, uint32_t index,
                        struct knowledge_affected *ret);
bool knowledge_advisory(const struct knowledge *knowledge, uint32_t index,
                        struct knowledge_advisory *ret);
bool knowledge_advisory_cve(const struct knowledge *knowledge, uint32_t index, uint64_t *ret_id);
/* knowledge_advisory_place gives what an advisory says is affected, one stretch a position. */
bool knowledge_advisory_place(const struct knowledge *knowledge, uint32_t position,
                              struct knowledge_affected *ret);
uint32_t knowledge_advisory_count(const struct knowledge *knowledge);
/* knowledge_advisories_naming gives how many advisories name the CVE; they are
 * knowledge_advisory_naming(first .. first+count-1). */
uint32_t knowledge_advisories_naming(const struct knowledge *knowledge, uint64_t cve,
                                     uint32_t *ret_first);
bool knowledge_advisory_naming(const struct knowledge *knowledge, uint32_t position,
                               struct knowledge_advisory *ret);

/* ---- lifecycle ---- */

struct knowledge_lifecycle {
    uint32_t index;
    struct str name, label, category, link;
    uint32_t first_release, release_count; /* newest first */
};

struct knowledge_release {
    uint32_t index, lifecycle;
    struct str name, codename, label, latest;
    int32_t released, lts_from, active_until, supported_until, extended_until, discontinued;
    int32_t latest_date;
    enum feed_flag ended_active, ended, ended_extended;
    bool lts;
};

uint32_t knowledge_lifecycle_count(const struct knowledge *knowledge);
bool knowledge_lifecycle(const struct knowledge *knowledge, uint32_t index,
                         struct knowledge_lifecycle *ret);
/* knowledge_find_lifecycle finds by name or alias, knowledge_find_lifecycle_by by identifier: a
 * purl without version ("pkg:deb/debian/nodejs"), a CPE prefix ("cpe:2.3:a:nodejs:node.js"), a
 * repology name. */
bool knowledge_find_lifecycle(const struct knowledge *knowledge, struct str name,
                              struct knowledge_lifecycle *ret);
bool knowledge_find_lifecycle_by(const struct knowledge *knowledge, enum lifecycle_identifier kind,
                                 struct str id, struct knowledge_lifecycle *ret);
bool knowledge_release(const struct knowledge *knowledge, uint32_t index,
                       struct knowledge_release *ret);

#endif
