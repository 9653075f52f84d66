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
    REASON_BASELINE,   /* an installed one holds all that came before it */
    REASON_NOT_LISTED, /* the list of installed updates is known */
    REASON_PENDING,    /* waits to be installed */
    REASON_NOT_OFFERED /* a search at Microsoft's servers came to nothing */
};

struct windows_update {
    struct knowledge_update update;
    int32_t posted;
    uint32_t revision; /* that it brings the build to, 0 unknown */
    bool cumulative;   /* holds the earlier ones */
    uint32_t chain;    /* updates that replace one another and this one */
    bool browser;      /* of Internet Explorer alone */
    bool apart;        /* not part of cumulative updates: Flash, servicing stack */
    bool flash;        /* of Adobe Flash Player */
    bool framework;    /* of .NET Framework, in the system's list */
    uint32_t told;     /* a listed KB that decides, or that keeps it from being decided */
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
    bool named; /* this release, not all of Windows 10 */
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
    const uint32_t *strangers;           /* listed, of which nothing is known, ascending */
    uint32_t stranger_count;
    int32_t rollups_since; /* before Windows 10: monthly rollups, which hold the earlier ones */
    int32_t searched; /* when Microsoft's servers were asked for updates, DATE_NONE: not known */
    struct windows_remedy *remedies; /* by CVE */
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

enum { WINDOWS_NO_UPDATE = UINT32_MAX };

/* windows_updates reads Microsoft's updates for the release and decides which are installed. */
void windows_updates(struct windows *windows);
/* windows_place gives the place of an update among updates, WINDOWS_NO_UPDATE when it is none. */
uint32_t windows_place(const struct windows *windows, uint32_t kb);
/* windows_replaced gives the place of what an update replaces by its edge number i. */
uint32_t windows_replaced(const struct windows *windows, const struct windows_update *update,
                          uint32_t i);
/* windows_find_update gives an update of the part, else of the system; NULL when it is none. */
const struct windows_update *windows_find_update(const struct windows *windows, uint32_t kb);

/* windows_installed.c */
void windows_decide_installed(struct windows *windows);
/* windows_may_be_newer says whether the revision may be that of an update newer than the newest
 * that is known to be installed, which there is. */
bool windows_may_be_newer(const struct windows *windows);
/* windows_set_state decides an update that is not decided yet. */
void windows_set_state(struct windows_update *update, enum update_state state,
                       enum update_reason reason, const struct windows_update *because);
/* windows_framework.c */
void windows_decide_framework(struct windows *windows);
/* windows_lists_framework says whether what is installed of the part stands in the server's list.
 */
bool windows_lists_framework(const struct windows *windows);

/* windows_listed.c */
/* windows_read_lists reads what the server lists; parts take it over from the system. */
void windows_read_lists(struct windows *windows);
/* windows_each_listed gives the number of each update that is listed, 0 for what has none. */
void windows_each_listed(struct windows *windows,
                         void (*take)(struct windows *windows, uint32_t kb));
/* windows_stranger_above gives a listed update of a higher number of which nothing is known, 0
 * when there is none. */
uint32_t windows_stranger_above(const struct windows *windows, uint32_t kb);
/* windows_ask_search takes what is not decided for installed where a search offers nothing. */
void windows_ask_search(struct windows *windows);
/* windows_kb reads "KB5034768" or its number, 0 when it is none. */
uint32_t windows_kb(struct str id);
/* windows_names_framework says whether a pending update is one of .NET Framework. */
bool windows_names_framework(const struct inventory_update *update);
/* windows_pending_kb gives the number of a pending update: of its advisory, else of its name,
 * "2024-02 Cumulative Update for ... (KB5034768)"; 0 when it has none. */
uint32_t windows_pending_kb(const struct inventory_update *update);
/* windows_reason.c: windows_reason appends why an update counts as it does: "KB5034768 replaces
 * it". */
void windows_reason(const struct windows *windows, const struct windows_update *update,
                    struct buf *out);

#endif
