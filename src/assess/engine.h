/*
 * What the parts of the assessment share. Nobody outside the folder sees it.
 *
 * A unit is what is decided at once: a source package and version (dpkg, apk), a binary
 * package and module stream (rpm), or a piece of software with its CPE products. Drafts are
 * findings before they are merged and ranked.
 */
#ifndef ASSAY_ASSESS_ENGINE_H
#define ASSAY_ASSESS_ENGINE_H

#include "assess/assess.h"
#include "base/intern.h"
#include "knowledge/microsoft.h"

/* Why the CVEs of a kernel's source do not count against a package of it. */
enum exclusion {
    EXCLUDED_NOT,
    EXCLUDED_NO_IMAGE,   /* headers, tools: no code that runs as the kernel */
    EXCLUDED_NOT_RUNNING /* an image, and another one is running */
};

struct unit {
    struct str name;    /* source package, or the software's name: findings merge by it */
    struct str version; /* as it is shown */
    uint32_t *packages; /* indexes in the inventory */
    uint32_t package_count, package_capacity;
    const struct identity *identity; /* of the first package */
    const struct inventory_software *software;
    enum exclusion excluded;
    bool kernel_source;
    bool covered;         /* the release's advisories speak of it: they decide */
    bool sibling_covered; /* they speak of its source: CPE is not asked either */
    bool backported;      /* fixes may be in it that its version does not show */
    bool built;           /* its builds tell which of Microsoft's updates it holds: they decide */
};

/* What a source says of one CVE and one unit, in the order in which answers outdo others. */
enum outcome {
    OUTCOME_SILENT, /* nothing: the CVE is not named */
    OUTCOME_OTHER_STREAM,
    OUTCOME_INCOMPARABLE,
    OUTCOME_NOT_AFFECTED,
    OUTCOME_FIXED,
    OUTCOME_FIXED_BY_CHANGELOG,
    OUTCOME_VULNERABLE
};

struct draft {
    struct finding finding;
    uint32_t unit;
    struct version_key fixed; /* of finding.fixed_in, class 0 when there is none */
    enum version_scheme scheme;
};

/* Steps written down for one CVE and one unit; NULL in an ordinary assessment. */
struct trace {
    struct explain_step *steps;
    uint32_t count, capacity;
    uint32_t dropped; /* criteria beyond the ceiling */
};

/* edition.c: which sw_edition of a criterion is another than the installed one, where a product's
 * version or name tells: a weekly Jenkins 2.500 is not "lts", and 2.492.1 not "-". */
struct edition {
    struct str excluded; /* "" for none */
    struct str only;     /* the only one that is meant, "" for any */
};
struct edition edition_tell(const struct identity *identity, const struct identity_product *product,
                            struct str name);
bool edition_fits(const struct edition *edition, struct str sw_edition);

/* The world a piece of software lives in, for target_sw, target_hw and editions. */
struct match_world {
    enum os_family family;
    struct str ecosystem, name, arch;
    struct identity_stated stated;
    struct edition edition;
};

struct evidence; /* evidence.c: a CVE and the entry of a changelog that names it */

/* A CVE of a source package that its changelog decided. */
struct settled {
    uint64_t cve;
    struct str software;
};

struct configurations; /* configuration.c: products that the server has, what is decided */

struct engine {
    const struct inventory *inventory;
    const struct identify_tables *tables;
    const struct knowledge *knowledge; /* may be NULL */
    const struct assess_options *options;
    struct arena *arena;
    struct identity_os os;
    struct support os_support;
    struct software_insight *software; /* parallel to the inventory's */
    struct unit *units;
    uint32_t unit_count, unit_capacity;
    struct draft *drafts;
    uint32_t draft_count, draft_capacity;
    struct configurations *configurations;
    struct evidence *evidence; /* by CVE */
    uint32_t evidence_count;
    struct settled *settled;
    uint32_t settled_count, settled_capacity;
    struct coverage coverage;
    uint32_t kernels_not_running;
    struct str *notes;
    uint32_t note_count, note_capacity;
    uint64_t only;      /* the CVE asked for, 0: all */
    struct buf scratch; /* for one text at a time */
    struct trace *trace;
};

/* engine.c: what the parts do to the engine. */
void engine_note(struct engine *engine, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* engine_key makes a key whose bytes live in the arena; class 0 when text is no version. */
struct version_key engine_key(struct engine *engine, enum version_scheme scheme, struct str text);
/* engine_rejected says whether the CVE's record was withdrawn: it never matches. */
bool engine_rejected(const struct engine *engine, uint64_t cve);
struct draft *engine_draft(struct engine *engine, uint32_t unit, uint64_t cve);
/* engine_world is the world of the server itself, engine_world_of that of a unit as one of its
 * products. */
struct match_world engine_world(const struct engine *engine);
struct match_world engine_world_of(const struct engine *engine, const struct unit *unit,
                                   const struct identity_product *product);

/* assess.c */
/* engine_start identifies the OS and all software and makes the units. */
void engine_start(struct engine *engine);
void engine_done(struct engine *engine);

/* units.c */
void units_make(struct engine *engine);
/* unit_upstream strips what packagers add: epoch and revision. "5:24.0.7-1" is "24.0.7". */
struct str unit_upstream(struct str version);
/* unit_has_packager says whether software of the ecosystem comes from the package manager of a
 * distribution. */
bool unit_has_packager(struct str ecosystem);

/* advisory.c: what the distribution's advisories say of a unit. Drafts for what is
 * vulnerable; the outcome is that of the CVE asked for (engine->only). */
enum outcome advisory_decide(struct engine *engine, uint32_t unit);
/* advisory_ids appends the records that name engine->only for the unit. */
void advisory_ids(struct engine *engine, uint32_t unit, struct buf *out);

/* stretch.c: an installed version against the stretches that one advisory states of one
 * package. */
struct stretches {
    const struct knowledge_affected *items;
    uint32_t count;
    bool of_builds; /* of rpm: several fixes are alternatives */
};
struct judgement {
    enum outcome outcome;
    bool has_fix;
    bool own_platform; /* the fix was built for the platform of the installed build */
    struct version_key fixed;
    struct str fixed_text, last_text, introduced_text;
    struct str urgency; /* as the distribution rates it: "unimportant", "end-of-life", "" */
    struct str why;     /* for OTHER_STREAM and INCOMPARABLE */
};
/* How alike two rpm builds are: made for the same minor release ("el8_9") or module platform
 * ("module_el8.5.0"), and numbered in the same series. */
enum likeness { LIKENESS_NONE, LIKENESS_PLATFORM, LIKENESS_SERIES };
enum likeness stretch_likeness(struct str a, struct str b);
struct judgement stretch_judge(const struct version_key *installed, struct str version,
                               struct str module, const struct knowledge_advisory *advisory,
                               const struct stretches *stretches);

/* match.c: one criterion against one version and world. */
enum match_answer {
    MATCH_NO,        /* another version */
    MATCH_WORLD,     /* the criterion is about another platform or edition */
    MATCH_UNDEFINED, /* versions that cannot be compared */
    MATCH_UNCERTAIN, /* a world that is not known here */
    MATCH_PRODUCT,   /* names the product, no version */
    MATCH_RANGE,
    MATCH_EXACT
};
enum match_answer match_version(const struct knowledge_match *match, const struct version_key *key);
/* match_applies: MATCH_WORLD, MATCH_UNCERTAIN or (applies) MATCH_PRODUCT. */
enum match_answer match_applies(const struct knowledge_match *match,
                                const struct match_world *world);
enum match_answer match_answer(const struct knowledge_match *match, const struct version_key *key,
                               const struct match_world *world);
/* match_text appends "cpe:2.3:a:nginx:nginx >= 1.0, < 1.20.1". */
void match_text(const struct knowledge *knowledge, const struct knowledge_match *match,
                struct buf *out);

/* platform.c: the OS of the server as CPE products. */
struct platform {
    const char *vendor;
    struct str product;
    struct str version; /* "" : any version is the server's, none can be told */
};
enum { PLATFORMS_MAX = 8 };
uint32_t platforms_of(const struct inventory *inventory, struct platform out[PLATFORMS_MAX],
                      struct arena *arena);

/* configuration.c: criteria that stand together (NVD API 2.0 schema, def_config). */
void configurations_prepare(struct engine *engine);
void configurations_done(struct engine *engine);
/* configuration_decide says whether the server has what the configuration of use asks for, of which
 * the criterion known is found to hold. Each configuration is decided once a server. */
bool configuration_decide(struct engine *engine, const struct knowledge_use *use, uint32_t known);
/* configuration_trace writes down what the configuration asks for besides. */
void configuration_trace(struct engine *engine, const struct knowledge_use *use, uint32_t known);

/* branch.c: a version that a range holds, where the same record ends the version's own branch
 * before it. */
enum branch {
    BRANCH_NONE,
    BRANCH_COUNTED_APART, /* the range counts builds or another line of releases: cannot be told */
    BRANCH_DOUBT, /* past the last affected version of its branch, or the fix of another release of
                   * its major version: cannot be told */
    BRANCH_FIXED  /* not below the version with the fix in its own branch */
};
/* branch_judge asks the criteria that stand beside match in the use's node. ret_sibling, set where
 * the answer is BRANCH_DOUBT or BRANCH_FIXED, is the one that ends the branch, as
 * knowledge_match_bounds has it. */
enum branch branch_judge(const struct engine *engine, const struct knowledge_use *use,
                         const struct knowledge_match *match,
                         const struct identity_product *product,
                         struct knowledge_match *ret_sibling);

/* criteria.c: criteria about one unit. */
/* criteria_decide walks the criteria of the unit's products. OUTCOME_FIXED_BY_CHANGELOG where
 * evidence outdoes every criterion that matches. */
enum outcome criteria_decide(struct engine *engine, uint32_t unit);

/* builds.c: products of Microsoft whose build tells which updates they hold. builds_decide adds the
 * findings of a unit and marks it as built; false when Microsoft's updates say nothing of it, or
 * of the CVE asked for. */
bool builds_decide(struct engine *engine, uint32_t unit, enum outcome *ret_outcome);

/* setups.c: products of Microsoft whose version is that of their release: listed updates decide.
 * setups_decide adds the findings of a unit and marks it as built; false when it is none of them,
 * or Microsoft has no updates for it. */
bool setups_decide(struct engine *engine, uint32_t unit, enum outcome *ret_outcome);

/* rating.c: how publishers rate. rating_of_fix is Microsoft's, for one CVE in one product;
 * rating_of_advisory a distribution's: its word for the package, else that which the summary of
 * the advisory begins with. */
struct rating rating_of_fix(const struct knowledge_fix *fix);
struct rating rating_of_advisory(struct str by, struct str urgency,
                                 const struct knowledge_advisory *advisory);

/* rating_of_cve is that which the record of the CVE tells. */
struct rating rating_of_cve(enum cve_rating rating);

/* evidence.c: what changelogs on the server name as fixed. */
void evidence_prepare(struct engine *engine);
void evidence_done(struct engine *engine);
/* evidence_fixes says whether the changelog of the unit's source, a distribution's package, names
 * the CVE as fixed in the installed version or an earlier one. */
bool evidence_fixes(struct engine *engine, const struct unit *unit, uint64_t cve);
/* evidence_settle notes that it decided; evidence_count_settled counts a CVE and source once. */
void evidence_settle(struct engine *engine, const struct unit *unit, uint64_t cve);
uint32_t evidence_count_settled(struct engine *engine);

/* record.c: scores, dates, KEV and EPSS of a CVE. record_join_drafts does it for all drafts, which
 * are sorted by CVE, and drops those whose CVE was withdrawn. Until then a draft's published is the
 * day of its advisory, or TIME_NONE. */
void record_join(struct engine *engine, struct finding *finding, int64_t advisory_published);
void record_join_drafts(struct engine *engine);

/* merge.c: one finding a CVE and source; sorted by CVE then. */
void merge_drafts(struct engine *engine);

/* accepted.c: which findings a rule or statement takes out of what counts. */
void accepted_judge(struct engine *engine);
/* accepted_product.c */
bool accepted_system(const struct engine *engine, const struct accept_product *product);
bool accepted_product(const struct inventory *inventory, const struct inventory_software *software,
                      const struct identity *identity, const struct accept_product *product);

/* rank.c: the findings of the drafts, worst first, a total order. */
void rank_drafts(const struct draft *drafts, uint32_t count, struct finding *ret_findings);
/* finding_confirmed: it counts as a vulnerability, being sure enough and not accepted. */
bool finding_confirmed(const struct finding *finding);

/* updates.c */
void updates_judge(struct engine *engine, struct assessment *ret);

/* release.c: what assess.h says of releases. support_set_until sets the day that all support ends,
 * DATE_NONE when none is known, and the days that are left of it. */
void support_set_until(struct support *support, int32_t until, int32_t as_of);

/* support.c */
struct support support_of_os(struct engine *engine);
void support_of_software(struct engine *engine, uint32_t software);

/* coverage.c */
void coverage_count(struct engine *engine);
void coverage_note(struct engine *engine);

/* insights.c: counts and risks, once findings, updates and support are known. */
void insights_count(struct engine *engine, struct assessment *ret);

/* windows.c: findings about Windows itself, after the others are merged; windows_explain writes
 * down the steps for engine->only. */
void windows_decide(struct engine *engine);
enum outcome windows_explain(struct engine *engine, struct str *ret_title,
                             enum confidence *ret_confidence);

/* trace.c */
bool trace_on(const struct engine *engine);
void trace_step(struct engine *engine, const char *label, struct str aside, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* windows_first_update gives the place of the first of an update's items, which begin with a struct
 * knowledge_update, are size bytes each and sorted by its number; else where it would stand. */
uint32_t windows_first_update(const void *items, uint32_t count, size_t size, uint32_t kb);

#endif
