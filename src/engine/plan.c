#include "engine/plan.h"

#include "base/limits.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct plan_entry *plan_entry_of(const struct plan *plan, uint32_t target)
{
    return &plan->entries[plan->targets[target].entry];
}

static const struct target_spec *spec_of(const struct plan *plan, uint32_t target)
{
    return &plan_entry_of(plan, target)->stored->entry.spec;
}

const char *plan_key(const struct plan *plan, uint32_t target, char out[TARGET_KEY_SIZE])
{
    return target_spec_key(spec_of(plan, target), plan->targets[target].offset,
                           (uint16_t)plan_entry_of(plan, target)->source->settings.port, out);
}

const char *plan_name(const struct plan *plan, uint32_t target, char out[TARGET_KEY_SIZE])
{
    return target_spec_name(spec_of(plan, target), plan->targets[target].offset, out);
}

uint16_t plan_port(const struct plan *plan, uint32_t target)
{
    uint16_t port = spec_of(plan, target)->port;
    return port != 0 ? port : (uint16_t)plan_entry_of(plan, target)->source->settings.port;
}

/* ---- making ---- */

static uint16_t entry_port(const struct plan_entry *entry)
{
    uint16_t port = entry->stored->entry.spec.port;
    return port != 0 ? port : (uint16_t)entry->source->settings.port;
}

/* Targets that stand alone, by which a range leaves them out: they may name a credential. */
struct single {
    uint32_t source;
    uint16_t port;
    struct net_address address;
};

struct singles {
    struct single *items;
    uint32_t count;
};

static int compare_singles(const void *left, const void *right)
{
    const struct single *a = left, *b = right;
    if (a->source != b->source) {
        return a->source < b->source ? -1 : 1;
    }
    return a->port != b->port ? (int)a->port - (int)b->port
                              : net_address_cmp(&a->address, &b->address);
}

static void find_singles(const struct plan *plan, struct singles *ret)
{
    ret->items = mem_alloc((plan->entry_count + 1) * sizeof *ret->items);
    ret->count = 0;
    for (uint32_t i = 0; i < plan->entry_count; i++) {
        const struct plan_entry *entry = &plan->entries[i];
        if (!entry->is_range && entry->stored->entry.spec.name.len == 0) {
            ret->items[ret->count++] =
                (struct single){.source = entry->source_index,
                                .port = entry_port(entry),
                                .address = entry->stored->entry.spec.range.first};
        }
    }
    qsort(ret->items, ret->count, sizeof *ret->items, compare_singles);
}

static bool in_earlier_range(const struct plan *plan, uint32_t n, const struct net_address *address)
{
    const struct plan_entry *entry = &plan->entries[n];
    for (uint32_t i = n; i-- > 0 && plan->entries[i].source == entry->source;) {
        const struct plan_entry *other = &plan->entries[i];
        if (other->is_range && entry_port(other) == entry_port(entry) &&
            net_range_contains(&other->stored->entry.spec.range, address)) {
            return true;
        }
    }
    return false;
}

static bool is_elsewhere(const struct plan *plan, uint32_t n, uint64_t offset,
                         const struct singles *singles)
{
    const struct plan_entry *entry = &plan->entries[n];
    const struct single asked = {
        .source = entry->source_index,
        .port = entry_port(entry),
        .address = net_address_add(&entry->stored->entry.spec.range.first, offset),
    };
    return bsearch(&asked, singles->items, singles->count, sizeof asked, compare_singles) != NULL ||
           in_earlier_range(plan, n, &asked.address);
}

static void add_targets(struct plan *plan, uint32_t n, const struct singles *singles,
                        struct str only)
{
    const struct plan_entry *entry = &plan->entries[n];
    uint64_t count = target_spec_count(&entry->stored->entry.spec);
    for (uint64_t i = 0; i < count; i++) {
        char key[TARGET_KEY_SIZE];
        if (entry->is_range && is_elsewhere(plan, n, i, singles)) {
            continue;
        }
        plan->targets[plan->count] = (struct plan_target){.entry = n, .offset = (uint32_t)i};
        if (only.len == 0 || str_eq_text(only, plan_key(plan, plan->count, key))) {
            plan->count++;
        }
    }
}

static int add_source(struct plan *plan, struct store *store, const struct store_source *source,
                      uint32_t index, uint32_t *capacity, uint64_t *total, struct error *err)
{
    struct store_entry *stored;
    uint32_t count;
    int result = store_entry_list(store, source->id, &plan->arena, &stored, &count, err);
    for (uint32_t i = 0; result == 0 && i < count; i++) {
        *total += target_spec_count(&stored[i].entry.spec);
        arena_reserve(&plan->arena, plan->entries, plan->entry_count, *capacity);
        plan->entries[plan->entry_count++] = (struct plan_entry){
            .source = source,
            .source_index = index,
            .stored = &stored[i],
            .is_range = target_spec_is_range(&stored[i].entry.spec),
        };
    }
    return result;
}

int plan_make(struct plan *plan, struct store *store, const struct engine_options *options,
              struct error *err)
{
    uint32_t capacity = 0;
    uint64_t total = 0;
    int result = 0;
    *plan = (struct plan){0};
    arena_init(&plan->arena);
    for (uint32_t i = 0; result == 0 && i < options->source_count; i++) {
        result = add_source(plan, store, &options->sources[i], i, &capacity, &total, err);
    }
    if (result == 0 && total > LIMIT_TARGETS) {
        result = error_set(err, ERR_LIMIT,
                           "%llu targets in one run; discover at most %u at once: name the sources",
                           (unsigned long long)total, LIMIT_TARGETS);
    }
    if (result < 0) {
        return result;
    }
    /* One more: add_targets writes before it looks. */
    plan->targets = mem_grow(NULL, (size_t)total + 1, sizeof *plan->targets);
    struct singles singles;
    find_singles(plan, &singles);
    for (uint32_t i = 0; i < plan->entry_count; i++) {
        add_targets(plan, i, &singles, options->only);
    }
    free(singles.items);
    return 0;
}

void plan_done(struct plan *plan)
{
    for (uint32_t i = 0; i < plan->entry_count; i++) {
        free(plan->entries[i].silent);
    }
    free(plan->targets);
    free(plan->later);
    arena_done(&plan->arena);
}

/* ---- order ---- */

static void swap(struct plan *plan, uint32_t a, uint32_t b)
{
    uint32_t held = plan->later[a];
    plan->later[a] = plan->later[b];
    plan->later[b] = held;
}

static uint32_t due_of(const struct plan *plan, uint32_t place)
{
    return plan->targets[plan->later[place]].due;
}

static void push_later(struct plan *plan, uint32_t target)
{
    mem_reserve(plan->later, plan->later_count, plan->later_capacity);
    uint32_t at = plan->later_count++;
    plan->later[at] = target;
    while (at > 0 && due_of(plan, at) < due_of(plan, (at - 1) / 2)) {
        swap(plan, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

static uint32_t pop_later(struct plan *plan)
{
    uint32_t first = plan->later[0], at = 0;
    plan->later[0] = plan->later[--plan->later_count];
    for (;;) {
        uint32_t least = at;
        for (uint32_t child = 2 * at + 1; child <= 2 * at + 2; child++) {
            if (child < plan->later_count && due_of(plan, child) < due_of(plan, least)) {
                least = child;
            }
        }
        if (least == at) {
            return first;
        }
        swap(plan, at, least);
        at = least;
    }
}

bool plan_take(struct plan *plan, uint32_t now, uint32_t *ret_target)
{
    while (plan->next < plan->count && plan->targets[plan->next].state != PLAN_WAITING) {
        plan->next++;
    }
    if (plan->next < plan->count) {
        *ret_target = plan->next++;
    } else if (plan->later_count > 0 && due_of(plan, 0) <= now) {
        *ret_target = pop_later(plan);
    } else {
        return false;
    }
    plan->targets[*ret_target].state = PLAN_ACTIVE;
    return true;
}

void plan_again(struct plan *plan, uint32_t target, uint32_t due)
{
    plan->targets[target].state = PLAN_LATER;
    plan->targets[target].due = due;
    push_later(plan, target);
}

void plan_end(struct plan *plan, uint32_t target)
{
    plan->targets[target].state = PLAN_ENDED;
    plan->ended++;
}

uint32_t plan_due(const struct plan *plan)
{
    return plan->later_count > 0 ? due_of(plan, 0) : UINT32_MAX;
}

/* ---- addresses where nobody answered ---- */

static size_t silent_size(const struct plan_entry *entry)
{
    return (size_t)(target_spec_count(&entry->stored->entry.spec) + 7) / 8;
}

void plan_mark_silent(struct plan *plan, uint32_t target)
{
    struct plan_entry *entry = plan_entry_of(plan, target);
    uint32_t offset = plan->targets[target].offset;
    if (entry->silent == NULL) {
        entry->silent = mem_alloc_zero(silent_size(entry), 1);
    }
    entry->silent[offset / 8] = (uint8_t)(entry->silent[offset / 8] | 1U << (offset % 8));
    entry->silent_changed = true;
}

bool plan_was_silent(const struct plan *plan, uint32_t target)
{
    const struct plan_entry *entry = plan_entry_of(plan, target);
    uint32_t offset = plan->targets[target].offset;
    return entry->silent != NULL && (entry->silent[offset / 8] & 1U << (offset % 8)) != 0;
}

int plan_read_silent(struct plan *plan, struct store *store, int64_t run, struct error *err)
{
    struct arena arena;
    int result = 0;
    arena_init(&arena);
    for (uint32_t i = 0; result == 0 && i < plan->entry_count; i++) {
        struct plan_entry *entry = &plan->entries[i];
        struct str bits;
        if (!entry->is_range) {
            continue;
        }
        result = store_run_silent(store, run, entry->stored->id, &arena, &bits, err);
        if (result == 0 && bits.len == silent_size(entry)) {
            entry->silent = mem_alloc(bits.len);
            memcpy(entry->silent, bits.ptr, bits.len);
        }
    }
    arena_done(&arena);
    return result;
}

int plan_write_silent(struct plan *plan, struct store *store, int64_t run, struct error *err)
{
    int result = 0;
    for (uint32_t i = 0; result == 0 && i < plan->entry_count; i++) {
        struct plan_entry *entry = &plan->entries[i];
        if (entry->silent_changed) {
            struct str bits = str_make((const char *)entry->silent, silent_size(entry));
            result = store_run_silent_put(store, run, entry->stored->id, bits, err);
            entry->silent_changed = result < 0;
        }
    }
    return result;
}
