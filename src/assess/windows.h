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
    bool browser;      /* of Internet Explorer alone */
    bool apart;        /* not part of cumulative updates: Flash, servicing stack */
    enum update_state state;
    enum update_reason reason;
    const struct windows_update *because; /* REASON_SUPERSEDED, REASON_CUMULATIVE */
};

/* An update that fixes a CVE. */
struct windows_remedy {
    uint64_t cve;
    uint32_t update; /* place among updates */
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

/* What of Windows is looked at: the system, or a part with updates of its own. */
enum windows_part { WINDOWS_SYSTEM, WINDOWS_BROWSER, WINDOWS_FRAMEWORK };

struct windows {
    struct engine *engine;
    enum windows_part part;
    const struct windows *base; /* of a part: the system */
    struct windows_release release;
    struct str name; /* that findings carry: "Windows Server 2019", "Internet Explorer 11" */
    struct knowledge_bulletin_product product;
    bool has_product;
    struct windows_update *updates; /* by number of the update */
    uint32_t count;
    struct windows_claim *claims; /* by CVE, the one with a revision first */
    uint32_t claim_count, claim_capacity;
    const struct windows_update *newest; /* installed cumulative one, NULL: none known */
    struct windows_point below, above;   /* the running revision: the nearest that NVD dates */
    bool list_known;                     /* the installed updates are */
    struct windows_remedy *remedies;     /* by CVE */
    uint32_t remedy_count;
};

/* What is decided about one CVE. */
struct windows_answer {
    enum outcome outcome;
    enum confidence confidence;
    const struct windows_claim *claim;   /* NVD's, NULL when it says nothing */
    const struct windows_update *update; /* that fixes it or did, NULL when none is known */
    bool by_revision;
};

/* windows.c */
bool windows_open(struct engine *engine, struct windows *windows);
/* windows_list_remedies is for who fills a struct windows. */
void windows_list_remedies(struct windows *windows);
void windows_close(struct windows *windows);
/* windows_remedies gives the updates that fix a CVE. */
const struct windows_remedy *windows_remedies(const struct windows *windows, uint64_t cve,
                                              uint32_t *ret_count);
struct windows_answer windows_answer(const struct windows *windows, uint64_t cve,
                                     const struct windows_remedy *remedies, uint32_t count);

/* windows_parts.c: parts that the server has, with updates of their own. */
enum { WINDOWS_PARTS = 16 };
/* windows_browser_version gives the major version of Internet Explorer, 0 when it is not known. */
unsigned windows_browser_version(const struct windows *windows);
uint32_t windows_parts(const struct windows *base, struct windows parts[WINDOWS_PARTS]);

/* windows_claims reads what NVD says of the release, and dates the running revision by it. */
void windows_claims(struct windows *windows);
/* windows_find_claim gives what NVD says of a CVE, NULL when nothing. */
const struct windows_claim *windows_find_claim(const struct windows *windows, uint64_t cve);

/* windows_updates reads Microsoft's updates for the release and decides which are installed. */
void windows_updates(struct windows *windows);
/* windows_find_update gives an update of the part, else of the system; NULL when it is none. */
const struct windows_update *windows_find_update(const struct windows *windows, uint32_t kb);
/* windows_pending_kb gives the number of a pending update: of its advisory, else of its name,
 * "2024-02 Cumulative Update for ... (KB5034768)"; 0 when it has none. */
uint32_t windows_pending_kb(const struct inventory_update *update);
/* windows_reason appends why an update counts as it does: "KB5034768 replaces it". */
void windows_reason(const struct windows *windows, const struct windows_update *update,
                    struct buf *out);

#endif
