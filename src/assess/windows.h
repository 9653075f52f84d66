/*
 * Findings about Windows itself. Three sources meet: the running build and revision against
 * NVD's ranges, installed updates (KB) with what they replace, and the day of the newest
 * cumulative update (docs/assessment.md, "Windows"). Nobody outside the folder sees this.
 */
#ifndef ASSAY_ASSESS_WINDOWS_H
#define ASSAY_ASSESS_WINDOWS_H

#include "assess/engine.h"
#include "identify/windows.h"
#include "knowledge/microsoft.h"

enum update_state {
    UPDATE_UNDECIDED, /* nothing tells */
    UPDATE_MISSING,
    UPDATE_INSTALLED
};

enum update_reason {
    REASON_NONE,
    REASON_LISTED,     /* among the installed updates */
    REASON_REVISION,   /* the running revision has it, or not */
    REASON_SUPERSEDED, /* an installed one replaces it */
    REASON_CUMULATIVE, /* the newest cumulative update is as new */
    REASON_DATED,      /* NVD dates a revision below, or above, the running one so */
    REASON_NOT_LISTED, /* the list of installed updates is known */
    REASON_PENDING     /* waits to be installed */
};

struct windows_update {
    struct knowledge_update update;
    int32_t posted;
    uint32_t revision; /* that it brings the build to, 0 unknown */
    bool cumulative;   /* holds the earlier ones */
    uint32_t chain;    /* updates that replace one another and this one */
    bool apart;        /* not part of cumulative updates: Flash, servicing stack */
    enum update_state state;
    enum update_reason reason;
    uint32_t because; /* index among updates: REASON_SUPERSEDED, REASON_CUMULATIVE */
};

/* What NVD says of the release and one CVE. */
struct windows_claim {
    uint64_t cve;
    uint32_t revision; /* first that is fixed, 0: it names the release without a range */
    uint32_t match;
};

/* A revision that many CVEs of one day have as the first fixed one: it is of that day. */
struct windows_point {
    uint32_t revision;
    int32_t day; /* DATE_NONE: no such revision */
};

struct windows {
    struct engine *engine;
    struct windows_release release;
    struct knowledge_bulletin_product product;
    bool has_product;
    struct windows_update *updates; /* by number of the update */
    uint32_t count;
    struct windows_claim *claims; /* by CVE, the one with a revision first */
    uint32_t claim_count, claim_capacity;
    uint32_t newest; /* newest installed cumulative update, UINT32_MAX none known */
    struct windows_point below, above; /* the running revision: the nearest that NVD dates */
    bool list_known;                   /* the installed updates are */
};

/* windows_claims reads what NVD says of the release, and dates the running revision by it. */
void windows_claims(struct windows *windows);
/* windows_find_claim gives what NVD says of a CVE, NULL when nothing. */
const struct windows_claim *windows_find_claim(const struct windows *windows, uint64_t cve);

/* windows_updates reads Microsoft's updates for the release and decides which are installed. */
void windows_updates(struct windows *windows);
/* windows_reason appends why an update counts as it does: "KB5034768 replaces it". */
void windows_reason(const struct windows *windows, const struct windows_update *update,
                    struct buf *out);

#endif
