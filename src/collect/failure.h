/*
 * Why a target could not be collected: codes that people can look up (docs/errors.md), each with
 * the class that says whether and when to try again.
 */
#ifndef ASSAY_COLLECT_FAILURE_H
#define ASSAY_COLLECT_FAILURE_H

#include "base/error.h"
#include "base/str.h"

enum failure_class {
    FAILURE_UNREACHABLE,    /* no address, no route, no answer */
    FAILURE_REFUSED,        /* the port is closed */
    FAILURE_AUTHENTICATION, /* no credential is accepted */
    FAILURE_HOST_KEY,
    FAILURE_TIMEOUT,  /* answered, then too slow */
    FAILURE_PROTOCOL, /* what came is not what the protocol says */
    FAILURE_PARTIAL,  /* an inventory with parts missing */
    FAILURE_INTERNAL  /* this side: a missing program, memory, sandbox */
};

enum failure_severity { FAILURE_ERROR, FAILURE_WARNING };

struct failure {
    const char *code; /* "SSH-AUTH-DENIED": stable, in documents and scripts */
    enum failure_class class;
    enum failure_severity severity;
    bool retry;         /* worth another try in the same run */
    const char *cause;  /* one plain sentence */
    const char *remedy; /* what to do, one or two sentences */
};

/* failure_find returns the row of a code, or NULL. failure_at returns row n, NULL after the last.
 */
const struct failure *failure_find(struct str code);
const struct failure *failure_at(unsigned n);

const char *failure_class_name(enum failure_class class);

#endif
