/* Hand-made assessments that every format is tried on. */
#ifndef ASSAY_TESTS_REPORT_SAMPLE_H
#define ASSAY_TESTS_REPORT_SAMPLE_H

#include "report/report.h"

enum sample_kind {
    SAMPLE_RICH,    /* a server with something of everything */
    SAMPLE_CLEAN,   /* nothing to complain about */
    SAMPLE_UNKNOWN, /* nothing is known: no knowledge, no list */
    SAMPLE_HOSTILE, /* texts that try to be markup, formulas, escape sequences */
    SAMPLE_BIG,     /* 10,000 findings */
    SAMPLES
};

/* 2026-11-22 08:00 UTC. */
#define SAMPLE_NOW ((int64_t)20779 * 86400 + 8 * 3600)

extern const char *const sample_names[SAMPLES];

struct sample {
    struct arena arena;
    struct inventory inventory;
    struct assessment assessment;
    struct report_options options;
};

void sample_init(struct sample *sample, enum sample_kind kind);
void sample_done(struct sample *sample);

/* The knowledge of a sample (fake_knowledge.c), NULL for the one that has none. */
const struct knowledge *sample_knowledge(enum sample_kind kind);

extern const struct explanation sample_explanations[];
extern const uint32_t sample_explanation_count;

#endif
