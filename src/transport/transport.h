/*
 * How to reach a target: run the probe there and bring back what it prints. One row a way.
 */
#ifndef ASSAY_TRANSPORT_TRANSPORT_H
#define ASSAY_TRANSPORT_TRANSPORT_H

#include "base/buf.h"
#include "base/error.h"

/* What to run: a script for a POSIX shell, sent on its standard input as
 * `/bin/sh -s -- ARGUMENT...`. */
struct transport_request {
    struct str script;
    const char *const *arguments; /* NULL-terminated */
    unsigned seconds;             /* time ceiling in all */
    /* Called with what is being read, may be NULL. */
    void (*progress)(void *context, struct str so_far);
    void *progress_context;
};

struct transport_result {
    int exit_status; /* -1: killed by a signal or the time ceiling */
    bool timed_out;
    bool cut; /* output reached out's ceiling */
};

/* transport_local_run runs the request on this machine, with an empty environment but PATH,
 * LC_ALL=C and HOME=/; standard error goes to *errors (ceiling as made). The child and all
 * it started are gone when it returns. */
int transport_local_run(const struct transport_request *request, struct buf *out,
                        struct buf *errors, struct transport_result *ret_result, struct error *err);

#endif
