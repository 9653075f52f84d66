#include "knowledge/builder.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 1024 };

static void put(struct number_set *set, uint32_t number, uint64_t hash)
{
    uint32_t at = (uint32_t)hash & set->mask;
    while (set->slots[at] != 0) {
        at = (at + 1) & set->mask;
    }
    set->slots[at] = number + 1;
    set->count++;
}

static void resize(struct knowledge_builder *builder, struct number_set *set, uint32_t size,
                   number_hash *hash)
{
    struct number_set old = *set;
    *set = (struct number_set){mem_alloc_zero(size, sizeof(uint32_t)), size - 1, 0};
    for (uint32_t i = 0; old.slots != NULL && i <= old.mask; i++) {
        if (old.slots[i] != 0) {
            put(set, old.slots[i] - 1, hash(builder, old.slots[i] - 1));
        }
    }
    free(old.slots);
}

static void reserve(struct knowledge_builder *builder, struct number_set *set, uint32_t count,
                    number_hash *hash)
{
    uint32_t size = FIRST_SLOTS;
    while (size / 2 < count && size < UINT32_MAX / 2) {
        size *= 2;
    }
    if (set->slots == NULL || size > set->mask + 1) {
        resize(builder, set, size, hash);
    }
}

uint32_t builder_set_add(struct knowledge_builder *builder, struct number_set *set, uint32_t number,
                         number_hash *hash, number_same *same)
{
    if (set->slots == NULL || set->count > set->mask / 2) {
        resize(builder, set, set->slots ? (set->mask + 1) * 2 : FIRST_SLOTS, hash);
    }
    uint64_t wanted = hash(builder, number);
    for (uint32_t at = (uint32_t)wanted & set->mask; set->slots[at] != 0;
         at = (at + 1) & set->mask) {
        if (same(builder, set->slots[at] - 1, number)) {
            return set->slots[at] - 1;
        }
    }
    put(set, number, wanted);
    return number;
}

/* How many items ahead their slots are fetched. */
enum { AHEAD = 16 };

void builder_set_fill(struct knowledge_builder *builder, struct number_set *set, uint32_t first,
                      uint32_t count, number_hash *hash)
{
    uint64_t hashes[AHEAD];
    reserve(builder, set, set->count + count, hash);
    for (uint32_t i = 0; i < count + AHEAD; i++) {
        if (i >= AHEAD) {
            put(set, first + i - AHEAD, hashes[i % AHEAD]);
        }
        if (i < count) {
            hashes[i % AHEAD] = hash(builder, first + i);
            __builtin_prefetch(&set->slots[(uint32_t)hashes[i % AHEAD] & set->mask]);
        }
    }
}
