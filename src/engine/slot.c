/* What every step with a target needs of the run. */
#include "engine/run.h"

#include "base/date.h"

uint32_t run_milliseconds(const struct run *run, double now)
{
    return (uint32_t)((now - run->started) * 1000);
}

struct plan_entry *run_entry(const struct run *run, const struct slot *slot)
{
    return plan_entry_of(&run->plan, slot->target);
}

const struct source_settings *run_settings(const struct run *run, const struct slot *slot)
{
    return &run_entry(run, slot)->source->settings;
}

int run_write(struct run *run, struct error *err)
{
    if (run->committed == 0) {
        run->committed = time_monotonic();
    }
    return store_begin(run->store, err);
}

int run_commit(struct run *run, struct error *err)
{
    run->committed = 0;
    return store_commit(run->store, err);
}

void run_free_slot(struct run *run, struct slot *slot)
{
    run->active[run_entry(run, slot)->source_index]--;
    slot->state = SLOT_FREE;
}

int run_remember(struct run *run, struct slot *slot, struct error *err)
{
    struct store_target target;
    slot->quiet = false;
    if (slot->stored != 0) {
        return 0;
    }
    int result = run_write(run, err);
    if (result == 0) {
        result = store_target_make(run->store, run_entry(run, slot)->source->id,
                                   str_from(slot->key), &target, err);
    }
    if (result == 0) {
        slot->stored = target.id;
    }
    return result;
}
