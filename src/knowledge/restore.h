/*
 * Taking records of an old knowledge file over into a builder. Numbers of the old file are turned
 * into the builder's; what leads outside counts as a fault, and the whole is given up at the end.
 */
#ifndef ASSAY_KNOWLEDGE_RESTORE_H
#define ASSAY_KNOWLEDGE_RESTORE_H

#include "knowledge/builder.h"
#include "knowledge/reader.h"

struct restore {
    struct knowledge_builder *builder;
    const struct knowledge *old;
    uint32_t *strings, *versions; /* by reference; RESTORE_NONE: not met yet */
    uint32_t *packages;           /* by number */
    uint32_t next_aside;          /* of SECTION_ASIDE, which is likely asked for next */
    bool damaged;
};
#define RESTORE_NONE UINT32_MAX

uint32_t restore_string(struct restore *restore, uint32_t ref);
uint32_t restore_version(struct restore *restore, uint32_t ref);

void restore_init(struct restore *restore, struct knowledge_builder *builder,
                  const struct knowledge *old);
void restore_done(struct restore *restore);
/* restore_criteria takes over products, qualifiers and matches. */
void restore_criteria(struct restore *restore);
/* restore_configurations takes over all configurations, nodes and terms under their own numbers;
 * it comes before any other. */
void restore_configurations(struct restore *restore);
/* restore_cve takes over a CVE as it was joined; record is that of index. restore_gone notes one
 * that is not. */
void restore_cve(struct restore *restore, uint32_t index, const struct record_cve *record,
                 uint16_t input);
void restore_gone(struct restore *restore, uint32_t index, const struct record_cve *record);
/* restore_nvd takes over what is left of NVD's record of a CVE. */
void restore_nvd(struct restore *restore, uint32_t index, const struct record_cve *record,
                 uint16_t input);
void restore_advisory(struct restore *restore, uint32_t index);
void restore_kev(struct restore *restore);
void restore_epss(struct restore *restore);
void restore_lifecycles(struct restore *restore);
void restore_bulletins(struct restore *restore);

#endif
