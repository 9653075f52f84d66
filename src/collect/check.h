/*
 * What an account may do on a target: `assay source test` shows it, docs/permissions.md explains
 * it.
 */
#ifndef ASSAY_COLLECT_CHECK_H
#define ASSAY_COLLECT_CHECK_H

#include "base/str.h"

enum { CHECKS_MAX = 8, CHECK_TEXT = 160 };

struct check {
    const char *name; /* "sockets" */
    bool ok;
    char what[CHECK_TEXT]; /* what is there or missing */
    const char *cost;      /* what its lack costs */
};

struct checks {
    struct check items[CHECKS_MAX];
    unsigned count;
};

/* check_read reads the probe's answer to "check". False when the section did not come whole. */
bool check_read(struct str output, struct str nonce, struct checks *ret);

#endif
