/* What only src/engine sees: whether an inventory is of a server that is known already
 * (docs/discovery.md, "One server"). */
#ifndef ASSAY_ENGINE_IDENTITY_H
#define ASSAY_ENGINE_IDENTITY_H

#include "inventory/inventory.h"
#include "store/store.h"

enum identity_confidence {
    IDENTITY_OTHER, /* not the same server */
    IDENTITY_LOW,
    IDENTITY_MEDIUM,
    IDENTITY_HIGH,
    IDENTITY_CERTAIN
};
const char *identity_confidence_name(enum identity_confidence confidence);

struct identity_marks {
    struct server_identity *items;
    uint32_t count, capacity;
};

/* identity_marks collects what a server is known by: of its inventory, and the host keys
 * ("SHA256:...") that it showed. Texts are in arena. */
void identity_marks(const struct inventory *inventory, const struct str *host_keys,
                    uint32_t host_key_count, struct arena *arena, struct identity_marks *ret);

/* identity_compare decides whether two sets of marks are one server; *ret_by names the marks that
 * agree ("machine-id, host key"), in arena. */
enum identity_confidence identity_compare(const struct server_identity *a, uint32_t a_count,
                                          const struct server_identity *b, uint32_t b_count,
                                          struct arena *arena, struct str *ret_by);

/* identity_uuid writes the SMBIOS UUID in the smaller of its two byte orders, lower case; "" for
 * what is none or is what boards without one show. */
struct str identity_uuid(struct str text, struct arena *arena);

#endif
