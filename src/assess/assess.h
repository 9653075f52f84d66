/*
 * The assessment: inventory x knowledge -> findings -> insights. Pure: no I/O, no clock; the
 * same inputs give the same answer, byte for byte.
 */
#ifndef ASSAY_ASSESS_ASSESS_H
#define ASSAY_ASSESS_ASSESS_H

#include "accept/accept.h"
#include "identify/identify.h"

enum level {
    LEVEL_UNKNOWN, /* neither a score nor a rating is published */
    LEVEL_LOW,
    LEVEL_MEDIUM,
    LEVEL_HIGH,
    LEVEL_CRITICAL,
    LEVELS
};
const char *level_name(enum level level); /* "critical" */
bool level_parse(struct str text, enum level *ret);
/* level_of_score: 9.0 critical, 7.0 high, 4.0 medium, else low; a CVSS 2.0 score of 7.0 or
 * more is high, for 2.0 has no critical; CVSS_NO_SCORE is unknown. */
enum level level_of_score(enum cvss_version version, int score);
/* level_of_word reads a publisher's word of its rating scale, ignoring case: "Important" is high,
 * "Moderate" medium, "negligible" low; LEVEL_UNKNOWN for what is none. */
enum level level_of_word(struct str word);

/* How the publisher of an advisory rates it, in its own word. */
struct rating {
    enum level level; /* LEVEL_UNKNOWN: there is none */
    struct str by;    /* "Microsoft", "AlmaLinux" */
    struct str word;  /* "Important" */
};

/* What is asked; zero-initialised it is the default but for as_of. */
struct assess_options {
    int32_t as_of; /* the day that ages and support states are computed for */
    /* Settings with documented defaults (docs/settings.md), false is the default. */
    bool patch_counts_as_security;     /* a patch-management tool makes a server "protected" */
    const struct accept_rules *accept; /* accepted risk and VEX, NULL: none */
    bool note_idle_rules;              /* note rules that match nothing on the server */
};

#define FINDING_OF_OS UINT32_MAX

/* One CVE (or advisory without one) about one piece of software. Findings of one CVE and one
 * source package are one, listing the binaries. */
struct finding {
    uint64_t cve;        /* never 0 */
    struct str software; /* source package, or the software's name */
    /* index in the inventory of one of its packages, FINDING_OF_OS: about Windows itself */
    uint32_t first_software;
    const uint32_t *packages; /* indexes of the installed packages that it is about */
    uint32_t package_count;
    struct str installed; /* version compared */
    struct str source;    /* "Debian", "AlmaLinux", "NVD" */
    struct str advisory;  /* "DSA-5417-1", "" for NVD */
    enum confidence confidence;
    struct str criterion;     /* "libxml2 < 2.9.14+dfsg-1.3~deb12u2 in DSA-..." */
    struct str fixed_in;      /* "" when no fix is known */
    struct str last_affected; /* without fixed_in: the fix came in some version after it, "" */
    struct str programme; /* extended support that the fix is for, the server not being seen to be
                             enrolled: "Ubuntu Pro (ESM)"; else "" */
    bool fixed_by_update; /* a pending update brings fixed_in or later */
    struct str update;    /* "openssl 3.0.15-1 -> 3.0.18-1", "" */
    uint32_t pending;     /* index of that update in the inventory, if fixed_by_update */
    enum level level;     /* of the score; without one, of the rating */
    struct rating rating; /* counts where there is no score */
    int score;            /* tenths, CVSS_NO_SCORE */
    enum cvss_version cvss_version;
    enum score_source score_source;
    struct str vector;
    int64_t published; /* TIME_NONE when no feed says */
    int32_t age_days;  /* as_of - published, -1 unknown */
    bool known_exploited, ransomware;
    int32_t exploited_since;            /* KEV date, DATE_NONE */
    int32_t exploited_due;              /* when KEV wants it mended, DATE_NONE */
    double epss, epss_percentile;       /* -1 unknown */
    const struct accept_rule *accepted; /* shown and not counted because of it, NULL: counts */
    const struct accept_rule *expired;  /* would have accepted it until it expired, else NULL */
};

enum support_state { SUPPORT_UNKNOWN, SUPPORT_MAINSTREAM, SUPPORT_EXTENDED, SUPPORT_ENDED };
const char *support_state_name(enum support_state state);

struct support {
    enum support_state state;
    struct str product, release; /* "Debian", "12 (Bookworm)" */
    int32_t mainstream_until;    /* DATE_NONE unknown or never stated */
    int32_t until;               /* when all support that counts ends */
    int32_t days_left;           /* until - as_of (negative: ended so long ago); 0 if none */
    bool has_days;
    struct str programme; /* "long-term support" where an extension counts, "" */
    struct str reason;    /* plain words: which rule and dates */
    struct str source;    /* "endoflife.date", "share/os-support", "Debian" */
};

/* One piece of software, as the insights see it. */
struct software_insight {
    uint32_t software; /* index in the inventory */
    struct identity identity;
    struct support support;
    bool unsupported_by_distribution, limited_support;
    uint32_t findings, critical, known_exploited; /* confirmed findings about it */
};

/* Distinct CVEs of findings that are not accepted, and of those that are: one that several findings
 * are about counts once, as confirmed when any of them is; it counts as fixed by updates when each
 * of them is. */
struct level_counts {
    uint32_t by_level[LEVELS];
    uint32_t total, known_exploited, fixed_by_updates;
};

/* A pending update with the class that counts. */
struct update_insight {
    uint32_t update; /* index in the inventory */
    enum update_class class;
    struct str why; /* "fixes CVE-2025-15467 (9.8, known exploited)", "origin Debian-Security" */
    uint32_t fixes; /* findings that it fixes */
};

/* How much of the server the advisories speak of. */
struct coverage {
    uint32_t packages;    /* of the distribution's package managers */
    uint32_t covered;     /* their source package is in the advisory feed for the release */
    uint32_t from_makers; /* installed from elsewhere: assessed by CPE */
    uint32_t identified;  /* not covered, but with a CPE product */
    int64_t until;        /* newest advisory of the ecosystem, TIME_NONE */
    struct str ecosystem; /* "Debian:12" or "" */
    struct str system;    /* Windows: "Microsoft's updates for Windows Server 2019, ...", else "" */
    bool has_ecosystem;   /* knowledge has advisories for this release */
    uint32_t incomparable; /* comparisons that were undefined, not guessed */
    uint32_t by_changelog; /* CVEs of a source that its changelog names as fixed: no findings */
    uint32_t other_stream; /* advisories about another module stream than the installed one */
};

struct assessment {
    const struct inventory *inventory;
    int32_t as_of;
    struct identity_os os_identity;
    struct support os_support;
    const struct finding *findings; /* worst first: KEV, then EPSS x CVSS, then level */
    uint32_t finding_count;
    uint32_t confirmed_count; /* they come first, then CONFIDENCE_UNCONFIRMED and PRODUCT */
    uint32_t accepted_count;  /* they come last, confirmed or not */
    struct level_counts confirmed, unconfirmed, accepted;
    const struct software_insight *software; /* parallel to inventory->software */
    uint32_t software_count;
    uint32_t ended_software; /* with support ended; same name, version and supplier once */
    const struct update_insight *updates;     /* critical first */
    uint32_t update_count, update_classes[4]; /* by enum update_class */
    enum truth updates_known;
    enum truth security_software, patch_software;
    struct str security_names, patch_names; /* what was found, ", " between */
    struct coverage coverage;
    bool has_knowledge;
    /* risks is the sum of the others: 1 for an OS and 1 for any software out of support, CVEs,
     * pending critical and security updates, 1 each for no security software and no patch
     * management (docs/assessment.md). */
    uint32_t risk_os, risk_software, risk_vulnerabilities, risk_updates, risk_security, risk_patch,
        risks;
    const struct str *notes; /* what a reader must know: missing feeds, old data */
    uint32_t note_count;
};

/* assess fills *ret; all it holds lives in arena, inventory, tables or knowledge. knowledge
 * may be NULL. */
void assess(const struct inventory *inventory, const struct identify_tables *tables,
            const struct knowledge *knowledge, const struct assess_options *options,
            struct arena *arena, struct assessment *ret);

/* ---- explanation: the same engine, with every step written down ---- */

struct explain_step {
    struct str label; /* "identity", "asked", "criterion", "compare", "therefore", "record" */
    struct str text;
    struct str aside; /* right-hand remark, may be "" */
};

enum verdict {
    VERDICT_VULNERABLE,
    VERDICT_FIXED,        /* a source covers it and the installed version has the fix */
    VERDICT_NOT_AFFECTED, /* asked, and no criterion matches */
    VERDICT_UNCONFIRMED,
    VERDICT_UNKNOWN /* no source speaks of it for this software */
};
const char *verdict_name(enum verdict verdict); /* "VULNERABLE" ... */

struct explanation {
    struct str software; /* "expat 2.5.0-1+deb12u1 (source package expat, Debian 12)" */
    enum verdict verdict;
    struct str verdict_note; /* "confidence: advisory" */
    const struct explain_step *steps;
    uint32_t step_count;
};

/* assess_explain answers for one CVE: an explanation for each piece of software that a source
 * connects with it, or of the named one (software may be ""), why not included. */
void assess_explain(const struct inventory *inventory, const struct identify_tables *tables,
                    const struct knowledge *knowledge, const struct assess_options *options,
                    uint64_t cve, struct str software, struct arena *arena,
                    const struct explanation **ret_explanations, uint32_t *ret_count);

/* support_of_release decides by dates; programme is "" when no extension counts. */
struct support support_of_release(const struct knowledge_release *release, int32_t as_of,
                                  struct str programme, struct arena *arena);
/* support_of_distribution says how long a distribution supports a package of its own: as long as
 * its release, unless it dropped the package or supports the module stream for a shorter time. The
 * inventory's OS is the system; reason, release and product live in arena, tables or knowledge. */
struct support
support_of_distribution(const struct inventory *inventory, const struct identify_tables *tables,
                        const struct knowledge *knowledge, const struct identity_os *os,
                        const struct inventory_software *software, const struct identity *identity,
                        int32_t as_of, struct arena *arena);
/* support_find_release finds the longest release name that prefixes version at the end of a
 * component. */
bool support_find_release(const struct knowledge *knowledge,
                          const struct knowledge_lifecycle *lifecycle, struct str version,
                          struct knowledge_release *ret);
/* support_of_unlisted is for a version that no release fits: ended, without a day, where the next
 * release has ended, since feeds drop the oldest; else unknown. */
struct support support_of_unlisted(const struct knowledge *knowledge,
                                   const struct knowledge_lifecycle *lifecycle, struct str version,
                                   int32_t as_of, struct arena *arena);

#endif
