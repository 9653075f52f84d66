/*
 * Feeds: what upstream publishes, turned into records. A parser gets the bytes of one file
 * and hands each record to a sink; it opens nothing, keeps nothing, knows no knowledge file.
 */
#ifndef ASSAY_FEED_FEED_H
#define ASSAY_FEED_FEED_H

#include "base/buf.h"
#include "base/cve_id.h"
#include "base/date.h"
#include "base/error.h"
#include "cvss/cvss.h"

/* ---- records; every str is borrowed until the sink returns ---- */

enum cve_status {
    CVE_STATUS_OTHER, /* received, undergoing analysis, a word not known here */
    CVE_STATUS_ANALYZED,
    CVE_STATUS_MODIFIED,
    CVE_STATUS_AWAITING,
    CVE_STATUS_DEFERRED,
    CVE_STATUS_REJECTED /* kept by number only: it never matches */
};

/* Who gave a score, best first. */
enum score_source { SCORE_SOURCE_NVD, SCORE_SOURCE_CNA, SCORE_SOURCE_ADP };

struct feed_score {
    enum cvss_version version;
    enum score_source source;
    int score;         /* tenths */
    struct str vector; /* as published */
};

/* One cpeMatch: bounds are empty where absent. */
struct feed_match {
    struct str criteria; /* CPE formatted string as published */
    struct str start, end;
    bool start_excluding, end_including; /* else start including, end excluding */
    bool vulnerable;
};

/* A configuration: NVD API 2.0 schema, def_config: nodes joined by its operator. */
struct feed_node {
    bool is_and, negate;
    const struct feed_match *matches;
    uint32_t match_count;
};

/* Who stated a configuration. */
enum cve_origin { CVE_ORIGIN_NVD, CVE_ORIGIN_OVERRIDE, CVE_ORIGIN_CNA, CVE_ORIGIN_ADP };

struct feed_configuration {
    bool is_and, negate;
    enum cve_origin origin;
    bool named; /* its criteria were made from names of vendors and products: no CPE was given */
    const struct feed_node *nodes;
    uint32_t node_count;
};

/* What a record of a CVE is. Records of one CVE are joined when knowledge is built: an override
 * replaces configurations, CVE List speaks where NVD says nothing. */
enum cve_record { CVE_RECORD_NVD, CVE_RECORD_OVERRIDE, CVE_RECORD_LIST };

/* How Chromium rates a vulnerability of its own, in the words of NVD's description. */
enum cve_rating {
    CVE_RATING_NONE,
    CVE_RATING_LOW,
    CVE_RATING_MEDIUM,
    CVE_RATING_HIGH,
    CVE_RATING_CRITICAL
};

struct feed_cve {
    uint64_t id;
    enum cve_record record;
    int64_t published, modified; /* TIME_NONE when missing */
    enum cve_status status;
    struct str description; /* English, "" when there is none */
    const struct feed_score *scores;
    uint32_t score_count;
    enum cve_rating rating;
    const struct str *references; /* URLs */
    uint32_t reference_count;
    const struct feed_configuration *configurations; /* any of them makes it apply */
    uint32_t configuration_count;
};

struct feed_kev {
    uint64_t id;
    int32_t added, due; /* dates or DATE_NONE */
    bool ransomware;    /* knownRansomwareCampaignUse is "Known" */
    struct str name, action;
};

struct feed_epss {
    uint64_t id;
    double score, percentile; /* 0 to 1 */
};

/* Where affected versions of a package begin ("0": from the first on) and end. */
enum feed_event_kind { FEED_INTRODUCED, FEED_FIXED, FEED_LAST_AFFECTED, FEED_LIMIT };

struct feed_event {
    enum feed_event_kind kind;
    struct str version;
};

/* Events are points on the line of versions, in the order of the record, which is none: whoever
 * knows the order of versions sorts them (OSV schema, "Evaluation"). */
struct feed_range {
    const struct feed_event *events;
    uint32_t event_count;
};

struct feed_affected {
    struct str ecosystem; /* as in OSV: "Debian:12", "AlmaLinux:9" */
    struct str package;
    const struct feed_range *ranges;
    uint32_t range_count;
    const struct str *versions; /* enumerated affected versions, within ranges and beyond */
    uint32_t version_count;
    struct str urgency; /* how it is rated, in a word: urgency or severity of the package, else of
                           the record; never a vector; or "" */
};

struct feed_advisory {
    struct str id; /* "DSA-5417-1", "ALSA-2024:1234", "DEBIAN-CVE-2024-0132" */
    int64_t published, modified, withdrawn; /* TIME_NONE when missing */
    struct str summary;
    /* "nodejs:14": the module streams of a modular record, from its summary; several are
     * parted by one blank ("virt:rhel virt-devel:rhel"); "" when there is none */
    struct str module;
    const uint64_t *cves; /* from aliases, upstream and related; distinct */
    uint32_t cve_count;
    const struct feed_affected *affected;
    uint32_t affected_count;
};

enum lifecycle_identifier { LIFECYCLE_PURL, LIFECYCLE_CPE, LIFECYCLE_REPOLOGY };

struct feed_lifecycle_identifier {
    enum lifecycle_identifier kind;
    struct str id;
};

/* A flag of endoflife.date as published: null, false or true. */
enum feed_flag { FEED_FLAG_ABSENT, FEED_FLAG_FALSE, FEED_FLAG_TRUE };

struct feed_release {
    struct str name, codename, label;
    int32_t released, lts_from;
    int32_t active_until, supported_until, extended_until; /* eoasFrom, eolFrom, eoesFrom */
    int32_t discontinued;
    enum feed_flag ended_active, ended, ended_extended; /* isEoas, isEol, isEoes */
    bool lts;
    struct str latest;
    int32_t latest_date;
};

struct feed_lifecycle {
    struct str name, label, category, link;
    const struct str *aliases;
    uint32_t alias_count;
    const struct feed_lifecycle_identifier *identifiers;
    uint32_t identifier_count;
    const struct feed_release *releases; /* newest first, as published */
    uint32_t release_count;
};

/* One row of Microsoft's updates: an update that fixes a CVE in a product. */
struct feed_bulletin {
    uint64_t cve;   /* 0: none, or an advisory without one */
    uint32_t kb;    /* number of the update, 0: it has none */
    int32_t posted; /* when this row was published */
    struct str product, component, severity;
    const uint32_t *superseded; /* updates that kb replaces */
    uint32_t superseded_count;
};

/* ---- what a parser hands records to ---- */

/* A sink takes records. A callback that returns < 0 stops the parser, which returns that
 * code with err as the callback set it. NULL callbacks are skipped. */
struct feed_sink {
    void *context;
    int (*cve)(void *context, const struct feed_cve *cve, struct error *err);
    int (*kev)(void *context, const struct feed_kev *kev, struct error *err);
    int (*epss)(void *context, const struct feed_epss *epss, struct error *err);
    int (*advisory)(void *context, const struct feed_advisory *advisory, struct error *err);
    int (*lifecycle)(void *context, const struct feed_lifecycle *lifecycle, struct error *err);
    int (*bulletin)(void *context, const struct feed_bulletin *bulletin, struct error *err);
};

/* ---- what was read, what was not ---- */

/* Why a record, or a part of one, was left out. One row each in feed/report.c. */
enum feed_skip {
    FEED_SKIP_TYPE,    /* a field of a wrong JSON type */
    FEED_SKIP_MISSING, /* a mandatory field is missing */
    FEED_SKIP_VALUE,   /* a value out of its range, not a date, not a CVE identifier */
    FEED_SKIP_CPE,     /* a criterion whose CPE does not parse */
    FEED_SKIP_VERSION, /* a bound that is no version: a commit hash, for one */
    FEED_SKIP_RANGE,   /* a range that nothing can be in */
    FEED_SKIP_VECTOR,  /* a CVSS vector that does not parse */
    FEED_SKIP_LIMIT,   /* longer than base/limits.h allows */
    FEED_SKIP_JSON,    /* a member of a zip that is not JSON */
    FEED_SKIP_NAME,    /* what is affected has no vendor or product: "n/a" */
    FEED_SKIP_PACKAGE, /* a distribution's package, which its own advisories decide */
    FEED_SKIP_REASONS
};

enum { FEED_SAMPLES = 8, FEED_SAMPLE_SIZE = 160 };

struct feed_report {
    uint64_t files, bytes; /* unpacked */
    uint64_t records;      /* handed to the sink */
    int64_t newest;        /* newest modified (or score) time of a record, TIME_NONE */
    uint64_t skipped[FEED_SKIP_REASONS];
    /* the first that were skipped: "CVE-2021-1234: bound is a commit hash: 1a2b3c..." */
    char samples[FEED_SAMPLES][FEED_SAMPLE_SIZE];
    uint32_t sample_count;
};

void feed_report_init(struct feed_report *report);
/* feed_report_skip counts one and keeps the text among the first. */
void feed_report_skip(struct feed_report *report, enum feed_skip reason, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *feed_skip_name(enum feed_skip reason); /* "wrong type" */
/* feed_report_date moves newest forward to time, when that is later. */
void feed_report_date(struct feed_report *report, int64_t time);
/* feed_report_merge adds from's counts to into. */
void feed_report_merge(struct feed_report *into, const struct feed_report *from);

/* ---- the table of feeds ---- */

/* What reading needs and is worth keeping from file to file: buffers, the JSON parser. */
struct feed_reader;

struct feed_reader *feed_reader_new(void);
void feed_reader_free(struct feed_reader *reader);

enum feed_packing {
    FEED_PLAIN,
    FEED_GZIP,
    FEED_ZIP /* the parser is called once a member, in the zip's order */
};

/* What is read again when a part of a feed has changed. */
enum feed_grain {
    FEED_GRAIN_FEED,  /* all of it */
    FEED_GRAIN_FILE,  /* the file, whose records are CVEs */
    FEED_GRAIN_MEMBER /* the record, a member of a zip named after it */
};

struct feed {
    const char *name;    /* "nvd": for --only and kb status */
    const char *label;   /* "NVD" */
    const char *pattern; /* HOST/PATH below a mirror, `*` within a path segment */
    enum feed_packing packing;
    size_t unpacked_most; /* bytes of a file, or of a member of a zip; 0: LIMIT_FEED_MEMBER */
    const char *members;  /* FEED_ZIP: which members are records, a glob; NULL: all */
    /* FEED_ZIP: or, where no such zip is, the records as files of their own; NULL: no */
    const char *folder;
    /* Files that are read after the others, sorted among themselves, and override what is older
     * there; ended by NULL; NULL: none. A plain one may stand for a packed one (".json"). */
    const char *const *changes;
    enum feed_grain grain;
    bool numbers;     /* records are EPSS scores alone: they can be parsed beside other feeds */
    bool optional;    /* knowledge without it is as good as it needs to be */
    int cadence_days; /* how often upstream changes */
    const char *licence;
    const char *attribution; /* shown wherever the data is; NULL when none is asked for */
};

/* simdjson reads ahead of the end (SIMDJSON_PADDING). */
enum { FEED_PADDING = 64 };

extern const struct feed feeds[];
extern const unsigned feed_count;

const struct feed *feed_find(struct str name);

/* One reading of a file: what it uses, where its records go, what is counted. */
struct feed_run {
    struct feed_reader *reader;
    const struct feed_sink *sink;
    struct feed_report *report;
    /* What reports call the record being read; to begin with the member's name, "" for a file. */
    struct str record;
};

/* A parser reads one unpacked file, or one member of a zip. It returns 0, or < 0 when the file as a
 * whole cannot be used (then what it handed to the sink so far must be thrown away by the caller).
 * bytes must be followed by at least FEED_PADDING readable bytes. */
typedef int feed_parser(struct feed_run *run, struct str bytes, struct error *err);
/* feed_parser_find gives the parser of a row of feeds (feed/parsers.c). */
feed_parser *feed_parser_find(const struct feed *feed);

/* A member of a zip, or a file that stands for one (its crc is 0 then). */
struct feed_member {
    const char *name;
    uint32_t place; /* in the zip */
    uint32_t crc;
};

/* What is told of members while a zip is read; each function may be NULL. */
struct feed_members {
    void *context;
    bool some; /* only some are wanted: a zip in which none is, is not a broken one */
    /* pass says that the member at a place needs no look. */
    bool (*pass)(void *context, uint32_t place);
    /* want says whether to read a member. */
    bool (*want)(void *context, const struct feed_member *member);
    /* done comes when it was read. */
    void (*done)(void *context);
};

/* ---- reading the files of a feed from disk (feed/read.c) ---- */

struct feed_progress {
    void *context;
    /* done and total are packed bytes of this feed */
    void (*step)(void *context, const struct feed *feed, uint64_t done, uint64_t total);
};

/* feed_files lists the files of a feed below folder, sorted by name, its changes behind the
 * others: *ret_paths is a heap
 * array of heap paths (free with feed_files_free); 0 files is not an error. */
int feed_files(const struct feed *feed, const char *folder, char ***ret_paths, unsigned *ret_count,
               struct error *err);
void feed_files_free(char **paths, unsigned count);

/* feed_reader_read unpacks one file and parses it. Errors name the file and the byte. */
int feed_reader_read(struct feed_reader *reader, const struct feed *feed, const char *path,
                     const struct feed_sink *sink, struct feed_report *report, struct error *err);
/* feed_reader_read_members is feed_reader_read that tells of members: of those of a zip, and of a
 * file that stands for one. */
int feed_reader_read_members(struct feed_reader *reader, const struct feed *feed, const char *path,
                             const struct feed_members *members, const struct feed_sink *sink,
                             struct feed_report *report, struct error *err);
/* feed_read_file is feed_reader_read with a reader of its own: for one file. */
int feed_read_file(const struct feed *feed, const char *path, const struct feed_sink *sink,
                   struct feed_report *report, struct error *err);

#endif
