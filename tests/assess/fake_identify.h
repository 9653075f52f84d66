/*
 * A stand-in for src/identify: tests of the assessment say themselves what each piece of
 * software is. Packages without a row are the distribution's own.
 */
#ifndef ASSAY_TESTS_ASSESS_FAKE_IDENTIFY_H
#define ASSAY_TESTS_ASSESS_FAKE_IDENTIFY_H

#include "identify/identify.h"

struct fake_row {
    const char *name;             /* of the software */
    enum supplier supplier;       /* SUPPLIER_UNKNOWN: keep the distribution */
    const char *vendor, *product; /* CPE, NULL: none */
    const char *upstream;         /* version as NVD writes it */
    const char *lifecycle;        /* name, NULL: none */
    bool security, patch;
};

struct identify_tables {
    const struct fake_row *rows;
    uint32_t row_count;
    const char *os_lifecycle; /* NULL: none */
    const char *unsupported;  /* a source that the table calls ended */
    int32_t unsupported_since;
    const char *module; /* the one stream that ends before its release, and when */
    int32_t module_until;
    int32_t os_until, os_extended; /* of the table without feeds, 0: none */
    const struct identify_update *updates;
    uint32_t update_count;
    const struct identify_setup *setup;
    const char *setup_build;
};

#endif
