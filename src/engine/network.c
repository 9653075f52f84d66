#include "engine/network.h"

#include "base/memory.h"
#include "base/str.h"

#include <stdlib.h>

void networks_done(struct networks *networks)
{
    free(networks->items);
    *networks = (struct networks){0};
}

static uint64_t make_key(const struct resolved_address *address)
{
    uint64_t key = str_hash_bytes(address->bytes, address->family == 4 ? 3 : 8, address->family);
    return key != 0 ? key : 1;
}

static struct network *place_of(const struct networks *networks, uint64_t key)
{
    uint32_t at = (uint32_t)key & networks->mask;
    while (networks->items[at].key != 0 && networks->items[at].key != key) {
        at = (at + 1) & networks->mask;
    }
    return &networks->items[at];
}

static void grow(struct networks *networks)
{
    struct networks larger = {.mask = networks->items == NULL ? 63 : networks->mask * 2 + 1};
    larger.items = mem_alloc_zero(larger.mask + 1, sizeof *larger.items);
    larger.count = networks->count;
    for (uint32_t i = 0; networks->items != NULL && i <= networks->mask; i++) {
        if (networks->items[i].key != 0) {
            *place_of(&larger, networks->items[i].key) = networks->items[i];
        }
    }
    free(networks->items);
    *networks = larger;
}

struct network *networks_find(struct networks *networks, const struct resolved_address *address)
{
    uint64_t key = make_key(address);
    if (networks->items == NULL || networks->count * 2 > networks->mask) {
        grow(networks);
    }
    struct network *network = place_of(networks, key);
    if (network->key == 0) {
        network->key = key;
        networks->count++;
    }
    return network;
}

unsigned network_most(const struct network *network)
{
    enum { PLENTY = 512, PATIENCE = 32, FEW = 16 };
    return network->silent < PATIENCE ? PLENTY : FEW;
}
