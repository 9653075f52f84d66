/*
 * How often a service may be asked: a number of requests in any span of some seconds.
 */
#ifndef ASSAY_ROLES_RATE_H
#define ASSAY_ROLES_RATE_H

enum { RATE_MOST = 64 };

struct rate {
    unsigned most;        /* requests, at most RATE_MOST */
    double span;          /* seconds */
    double at[RATE_MOST]; /* when the last ones were, a ring */
    unsigned count;       /* of all */
};

/* rate_wait returns the seconds until the next request may be made at the earliest, 0 for now.
 * rate_note notes one that has been answered. Both take a monotonic clock. */
double rate_wait(const struct rate *rate, double now);
void rate_note(struct rate *rate, double now);

#endif
