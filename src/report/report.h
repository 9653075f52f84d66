/*
 * Reports: one file an output format.
 */
#ifndef ASSAY_REPORT_REPORT_H
#define ASSAY_REPORT_REPORT_H

#include "assess/assess.h"

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

/* The steps of assess_explain as text or JSON (format "table" or "json"). */
void report_explain_table(const struct explanation *explanations, uint32_t count,
                          const struct report_options *options, struct buf *out);
void report_explain_json(const struct explanation *explanations, uint32_t count, uint64_t cve,
                         struct buf *out);

#endif
