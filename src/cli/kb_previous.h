/*
 * The downloads that the standing knowledge file was built from, beside those that are there now:
 * a feed that turns out to be unusable is taken from there, so that it does not hold back the
 * others. A second name of each file (a hard link), so that nothing is stored twice.
 */
#ifndef ASSAY_CLI_KB_PREVIOUS_H
#define ASSAY_CLI_KB_PREVIOUS_H

#include "cli/kb_roles.h"
#include "knowledge/knowledge.h"

struct kb_previous {
    const char *folder; /* of downloads */
    char *kept;         /* of the ones before */
};

void kb_previous_init(struct kb_previous *previous, const char *folder);
void kb_previous_done(struct kb_previous *previous);

/* kb_previous_restore puts the previous files of what roles->refused lists in the place of the
 * refused ones and removes those that have none. It adds what was done to each reason, "kept data
 * of 2026-11-20" or "left out", and tells it on standard error. False, and nothing is changed,
 * when a feed that standing (may be NULL) has would be lost, because nothing of it was kept. */
bool kb_previous_restore(const struct kb_previous *previous, struct kb_roles *roles,
                         const struct knowledge *standing);
/* kb_previous_keep remembers the files as they are now; of feeds in roles->refused, those before.
 */
int kb_previous_keep(const struct kb_previous *previous, const struct kb_roles *roles,
                     struct error *err);

#endif
