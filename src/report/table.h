/* What the files of the terminal report share. */
#ifndef ASSAY_REPORT_TABLE_H
#define ASSAY_REPORT_TABLE_H

#include "report/layout.h"
#include "report/view.h"

struct table {
    const struct assessment *assessment;
    const struct knowledge *knowledge;
    const struct report_options *options;
    struct arena arena;
    struct buf line; /* a line or cell being made */
    struct buf *out;
    unsigned width;
    bool color;
};

/* The aligned facts: support, software, vulnerabilities, updates, protection, coverage, notes. */
void table_write_facts(struct table *table);
/* The worst findings, or all with options->all. */
void table_write_findings(struct table *table);
/* With options->all: software past its end of support. */
void table_write_software(struct table *table);
/* The most urgent pending updates, or all. */
void table_write_updates(struct table *table);

enum layout_style table_level_style(enum level level);

#endif
