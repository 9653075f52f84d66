/* What only src/engine sees: networks that answer nothing are gone easy on. */
#ifndef ASSAY_ENGINE_NETWORK_H
#define ASSAY_ENGINE_NETWORK_H

#include "process/resolving.h"

/* A /24 of IPv4, a /64 of IPv6. */
struct network {
    uint64_t key; /* 0: an empty place */
    uint16_t active;
    uint16_t silent; /* attempts in a row that nobody answered */
};

struct networks {
    struct network *items;
    uint32_t count, mask;
};

void networks_done(struct networks *networks);
/* networks_find makes it when it is new. The pointer is good until the next call. */
struct network *networks_find(struct networks *networks, const struct resolved_address *address);
/* network_most is how many connections at once are made there: fewer the longer it is silent. */
unsigned network_most(const struct network *network);

#endif
