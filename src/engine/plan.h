/* What only src/engine sees: the targets of a run and the order in which they are taken. */
#ifndef ASSAY_ENGINE_PLAN_H
#define ASSAY_ENGINE_PLAN_H

#include "engine/engine.h"

enum plan_state { PLAN_WAITING, PLAN_LATER, PLAN_ACTIVE, PLAN_ENDED };

/* One target; kept small, there may be millions. */
struct plan_target {
    uint32_t entry;  /* in plan.entries */
    uint32_t offset; /* in the entry's range */
    uint32_t due;    /* PLAN_LATER: milliseconds from the start */
    uint8_t state;   /* enum plan_state */
    uint8_t tries;
    uint8_t put_off; /* times, after all others were taken once */
};

struct plan_entry {
    const struct store_source *source;
    uint32_t source_index;
    struct store_entry *stored;
    bool is_range;
    uint8_t *silent; /* a bit for each address where nobody answered, NULL until there is one */
    bool silent_changed;
};

struct plan {
    struct arena arena;
    struct plan_entry *entries;
    uint32_t entry_count;
    struct plan_target *targets;
    uint32_t count;
    uint32_t next;   /* targets before it were taken once */
    uint32_t *later; /* a heap by due */
    uint32_t later_count, later_capacity;
    uint32_t ended;
};

/* plan_make lists the targets of all sources; one that several entries of a source stand for is
 * taken once. */
int plan_make(struct plan *plan, struct store *store, const struct engine_options *options,
              struct error *err);
void plan_done(struct plan *plan);

/* The target's key ("db01:22") and its name alone; both return out. */
const char *plan_key(const struct plan *plan, uint32_t target, char out[TARGET_KEY_SIZE]);
const char *plan_name(const struct plan *plan, uint32_t target, char out[TARGET_KEY_SIZE]);
uint16_t plan_port(const struct plan *plan, uint32_t target);
struct plan_entry *plan_entry_of(const struct plan *plan, uint32_t target);

/* plan_take gives the next target to start at that time: first all of them once, then those that
 * are due again. False when there is none now. It is then PLAN_ACTIVE. */
bool plan_take(struct plan *plan, uint32_t now, uint32_t *ret_target);
/* plan_again puts it back for later; plan_end ends it. */
void plan_again(struct plan *plan, uint32_t target, uint32_t due);
void plan_end(struct plan *plan, uint32_t target);
/* plan_due is when the next one is due, UINT32_MAX when none waits for its time. */
uint32_t plan_due(const struct plan *plan);

void plan_mark_silent(struct plan *plan, uint32_t target);
bool plan_was_silent(const struct plan *plan, uint32_t target);
/* plan_read_silent and plan_write_silent keep the marks with the run. */
int plan_read_silent(struct plan *plan, struct store *store, int64_t run, struct error *err);
int plan_write_silent(struct plan *plan, struct store *store, int64_t run, struct error *err);

#endif
