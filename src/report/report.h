/*
 * Reports: one file an output format.
 */
#ifndef ASSAY_REPORT_REPORT_H
#define ASSAY_REPORT_REPORT_H

#include "assess/assess.h"
#include "json/json_writer.h"

struct report_options {
    unsigned width; /* columns of the terminal, 0: not a terminal (120) */
    bool color;
    bool all;                  /* unconfirmed findings and every row, not the worst ones */
    enum level min_level;      /* leave out findings below; LEVEL_UNKNOWN shows all */
    bool only_exploited;       /* --kev */
    struct str report_path;    /* the HTML report that was written, "" */
    struct str inventory_name; /* how the user named the inventory, for the hints */
    double seconds;            /* how long collection took, < 0 not known */
    int64_t now;               /* what the ages of feeds are counted to; TIME_NONE: as_of */
    int exit_status;           /* for the JSON */
    unsigned exit_statuses;    /* all that apply: bit n for status n */
    const char *reason;        /* of an exit status of 3 or 4, may be NULL */
};

/* A row of the table of formats. write appends the whole report. */
struct report_format {
    const char *name; /* "table", "json", "csv", "html" */
    const char *summary;
    void (*write)(const struct assessment *assessment, const struct knowledge *knowledge,
                  const struct report_options *options, struct buf *out);
};

extern const struct report_format report_formats[];
extern const unsigned report_format_count;
const struct report_format *report_format_find(struct str name);

/* The steps of assess_explain as text or JSON (format "table" or "json"), with the notices of the
 * feeds; knowledge may be NULL. */
void report_explain_table(const struct explanation *explanations, uint32_t count,
                          const struct knowledge *knowledge, const struct report_options *options,
                          struct buf *out);
void report_explain_json(const struct explanation *explanations, uint32_t count, uint64_t cve,
                         const struct knowledge *knowledge, int32_t as_of, struct buf *out);

/* report_put_notices appends the notices that the publishers of the feeds ask for, in one line;
 * report_nvd_notice is NVD's alone (NVD API terms of use). Nothing where the knowledge, which may
 * be NULL, has none of their data. */
void report_put_notices(const struct knowledge *knowledge, struct buf *out);
struct str report_nvd_notice(const struct knowledge *knowledge);
/* report_write_notice appends text as a paragraph of that width after an empty line. */
void report_write_notice(struct str text, unsigned width, bool color, struct buf *out);
/* report_json_sources writes the member "sources": each feed with its age on the day as_of and its
 * notice. */
void report_json_sources(struct json_writer *json, const struct knowledge *knowledge,
                         int32_t as_of);

#endif
