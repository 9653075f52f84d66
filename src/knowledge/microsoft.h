/*
 * Microsoft's updates in the knowledge file: which update (KB) fixes which CVE in which
 * product, and which updates it replaces there. Look-ups allocate nothing.
 */
#ifndef ASSAY_KNOWLEDGE_MICROSOFT_H
#define ASSAY_KNOWLEDGE_MICROSOFT_H

#include "knowledge/knowledge.h"

/* A product as Microsoft names it: "Windows Server 2019 (Server Core installation)". Its
 * updates and superseders have the indexes first .. first+count-1. */
struct knowledge_bulletin_product {
    uint32_t index;
    struct str name;
    uint32_t first_update, update_count;         /* by number of the update */
    uint32_t first_superseder, superseder_count; /* by number of the replaced update */
};

uint32_t knowledge_bulletin_product_count(const struct knowledge *knowledge);
bool knowledge_bulletin_product(const struct knowledge *knowledge, uint32_t index,
                                struct knowledge_bulletin_product *ret);
/* knowledge_find_bulletin_product ignores ASCII case. */
bool knowledge_find_bulletin_product(const struct knowledge *knowledge, struct str name,
                                     struct knowledge_bulletin_product *ret);

/* An update for one product. */
struct knowledge_update {
    uint32_t index, product;
    uint32_t kb;
    int32_t posted; /* the day that most rows of the update were published */
    uint32_t first_fix, fix_count;
    uint32_t first_superseded, superseded_count;
};

bool knowledge_update(const struct knowledge *knowledge, uint32_t index,
                      struct knowledge_update *ret);
bool knowledge_find_update(const struct knowledge *knowledge,
                           const struct knowledge_bulletin_product *product, uint32_t kb,
                           struct knowledge_update *ret);

enum knowledge_severity {
    KNOWLEDGE_SEVERITY_UNKNOWN,
    KNOWLEDGE_SEVERITY_LOW,
    KNOWLEDGE_SEVERITY_MODERATE,
    KNOWLEDGE_SEVERITY_IMPORTANT,
    KNOWLEDGE_SEVERITY_CRITICAL
};

/* A CVE that an update fixes; the fixes of an update are sorted by it. */
struct knowledge_fix {
    uint64_t cve;
    enum knowledge_severity severity; /* Microsoft's own, for the product */
    struct str component;             /* "Windows Kernel", "" */
};

bool knowledge_fix(const struct knowledge *knowledge, uint32_t index, struct knowledge_fix *ret);
/* knowledge_find_fix says whether the update fixes the CVE. */
bool knowledge_find_fix(const struct knowledge *knowledge, const struct knowledge_update *update,
                        uint64_t cve, struct knowledge_fix *ret);

/* knowledge_has_bulletin says whether an update of any product fixes the CVE. */
bool knowledge_has_bulletin(const struct knowledge *knowledge, uint64_t cve);

/* knowledge_superseded gives the number of an update that another replaces; it may be one of
 * which nothing else is known. */
bool knowledge_superseded(const struct knowledge *knowledge, uint32_t index, uint32_t *ret_kb);

struct knowledge_superseder {
    uint32_t kb;     /* the replaced update */
    uint32_t update; /* index of the one that replaces it */
};
bool knowledge_superseder(const struct knowledge *knowledge, uint32_t index,
                          struct knowledge_superseder *ret);
/* knowledge_superseders gives the updates of a product that replace kb: *ret_first is the
 * index of the first, the result their number. */
uint32_t knowledge_superseders(const struct knowledge *knowledge,
                               const struct knowledge_bulletin_product *product, uint32_t kb,
                               uint32_t *ret_first);

#endif
