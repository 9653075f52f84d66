/*
 * An explanation: the engine's own steps, and those written around them. Nobody outside the
 * folder sees it.
 */
#ifndef ASSAY_ASSESS_EXPLAIN_H
#define ASSAY_ASSESS_EXPLAIN_H

#include "assess/engine.h"

/* Products that one CVE names. */
enum { EXPLAIN_PRODUCTS = 256 };

struct explaining {
    struct engine engine;
    struct assessment assessment; /* the ordinary answer, to name updates */
    uint64_t cve;
    char cve_text[CVE_ID_SIZE];
    struct knowledge_cve record;
    bool has_record, rejected;
    uint32_t products[EXPLAIN_PRODUCTS]; /* that the record calls vulnerable */
    uint32_t product_count;
    struct explanation *items;
    uint32_t count, capacity;
};

/* explain_step.c: each writes one step to the engine's trace. */
void explain_identity(struct engine *engine, const struct unit *unit);
void explain_asked_advisories(struct explaining *explaining, uint32_t unit);
void explain_asked_nvd(struct engine *engine, const struct unit *unit);
/* explain_accepted writes which rule accepts the finding about the unit, or did, and returns that
 * finding, NULL when there is none. unit NULL is Windows itself. */
const struct finding *explain_accepted(struct explaining *explaining, const struct unit *unit);
void explain_therefore(struct explaining *explaining, const struct unit *unit,
                       enum verdict verdict);
/* explain_find gives the finding about the unit, NULL when there is none; unit NULL is Windows. */
const struct finding *explain_find(const struct explaining *explaining, const struct unit *unit);
/* explain_record writes the scores and dates of the CVE, how the finding's publisher rates it where
 * there is one (NULL: none), and the beginning of its text. */
void explain_record(struct explaining *explaining, const struct finding *finding);
/* explain_os_title is "Debian 12". */
struct str explain_os_title(const struct engine *engine);

#endif
