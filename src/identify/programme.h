/*
 * Extensions of support (Ubuntu Pro, Extended Update Support, LTSS, ESU): which the server is seen
 * to be enrolled in, and where their advisories are.
 */
#ifndef ASSAY_IDENTIFY_PROGRAMME_H
#define ASSAY_IDENTIFY_PROGRAMME_H

#include "identify/identify.h"

/* programme_counts gives the extension of a life cycle's support that everybody gets or that a
 * fact of the inventory shows; "" when none counts. */
struct str programme_counts(const struct inventory *inventory, struct str lifecycle);
/* programme_offered gives the paid extension that a release of a life cycle has, of which the
 * server is not seen to be a part; "" when there is none. */
struct str programme_offered(const struct inventory *inventory, struct str lifecycle,
                             const struct knowledge_release *release);

/* programme_find fills ret->programmes with those whose advisories the knowledge has for the
 * system. Where it has no others, those of the first programme are the release's. */
void programme_find(const struct knowledge *knowledge, const struct inventory *inventory,
                    struct arena *arena, struct identity_os *ret);

#endif
