#include "base/intern.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

void intern_init(struct intern *intern)
{
    *intern = (struct intern){0};
    arena_init(&intern->arena);
}

void intern_done(struct intern *intern)
{
    arena_done(&intern->arena);
    free(intern->texts);
    free(intern->slots);
    *intern = (struct intern){0};
}

/* The slot that holds the text, or the empty one where it belongs. */
static struct intern_slot *probe(const struct intern *intern, struct str text, uint32_t hash)
{
    uint32_t at = hash & intern->slot_mask;
    for (;;) {
        struct intern_slot *slot = &intern->slots[at];
        if (slot->id == INTERN_NONE ||
            (slot->hash == hash && str_eq(intern->texts[slot->id], text))) {
            return slot;
        }
        at = (at + 1) & intern->slot_mask;
    }
}

static void resize_slots(struct intern *intern, uint32_t count)
{
    uint32_t old_count = intern->slots ? intern->slot_mask + 1 : 0;
    struct intern_slot *old = intern->slots;
    intern->slots = mem_grow(NULL, count, sizeof *intern->slots);
    intern->slot_mask = count - 1;
    memset(intern->slots, 0xff, count * sizeof *intern->slots);
    for (uint32_t i = 0; i < old_count; i++) {
        if (old[i].id == INTERN_NONE) {
            continue;
        }
        uint32_t at = old[i].hash & intern->slot_mask;
        while (intern->slots[at].id != INTERN_NONE) {
            at = (at + 1) & intern->slot_mask;
        }
        intern->slots[at] = old[i];
    }
    free(old);
}

static void grow_slots(struct intern *intern)
{
    resize_slots(intern, intern->slots ? (intern->slot_mask + 1) * 2 : 64);
}

void intern_reserve(struct intern *intern, uint32_t count)
{
    uint32_t slots = intern->slots ? intern->slot_mask + 1 : 64;
    while (slots / 4 * 3 <= count && slots < UINT32_MAX / 2) {
        slots *= 2;
    }
    if (intern->slots == NULL || slots > intern->slot_mask + 1) {
        resize_slots(intern, slots);
    }
}

static uint32_t add(struct intern *intern, struct str text, bool copy)
{
    if (intern->slots == NULL || intern->count >= intern->slot_mask / 4 * 3) {
        grow_slots(intern);
    }
    uint32_t hash = (uint32_t)str_hash(text);
    struct intern_slot *slot = probe(intern, text, hash);
    if (slot->id != INTERN_NONE) {
        return slot->id;
    }
    mem_reserve(intern->texts, intern->count, intern->capacity);
    *slot = (struct intern_slot){hash, intern->count};
    intern->texts[intern->count] = copy ? arena_str(&intern->arena, text) : text;
    return intern->count++;
}

uint32_t intern_add(struct intern *intern, struct str text)
{
    return add(intern, text, true);
}

uint32_t intern_lend(struct intern *intern, struct str text)
{
    return add(intern, text, false);
}

/* How many texts ahead their slots are fetched. */
enum { AHEAD = 16 };

void intern_fill(struct intern *intern, const struct str *texts, uint32_t count)
{
    uint32_t hashes[AHEAD];
    intern_reserve(intern, intern->count + count);
    for (uint32_t i = 0; i < count + AHEAD; i++) {
        if (i >= AHEAD) {
            uint32_t hash = hashes[i % AHEAD], at = hash & intern->slot_mask;
            while (intern->slots[at].id != INTERN_NONE) {
                at = (at + 1) & intern->slot_mask;
            }
            mem_reserve(intern->texts, intern->count, intern->capacity);
            intern->slots[at] = (struct intern_slot){hash, intern->count};
            intern->texts[intern->count++] = texts[i - AHEAD];
        }
        if (i < count) {
            hashes[i % AHEAD] = (uint32_t)str_hash(texts[i]);
            __builtin_prefetch(&intern->slots[hashes[i % AHEAD] & intern->slot_mask]);
        }
    }
}

uint32_t intern_find(const struct intern *intern, struct str text)
{
    if (intern->slots == NULL) {
        return INTERN_NONE;
    }
    return probe(intern, text, (uint32_t)str_hash(text))->id;
}

struct str intern_text(const struct intern *intern, uint32_t id)
{
    return intern->texts[id];
}
