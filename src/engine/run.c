#include "engine/run.h"

#include "base/date.h"
#include "base/file.h"
#include "base/memory.h"
#include "inventory/kept.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define TELL_SECONDS   0.1
#define COMMIT_SECONDS 0.5
enum { WAIT_MOST = 100 }; /* milliseconds */

/* ---- what is waited for ---- */

struct watch {
    struct pollfd *fds;
    uint32_t *slots; /* of each */
    unsigned count, capacity;
};

#define NO_SLOT    UINT32_MAX
#define VAULT_SLOT (UINT32_MAX - 1)

static void add_watch(struct watch *watch, int fd, short events, uint32_t slot)
{
    if (watch->count == watch->capacity) {
        watch->capacity = watch->capacity > 0 ? watch->capacity * 2 : 256;
        watch->fds = mem_grow(watch->fds, watch->capacity, sizeof *watch->fds);
        watch->slots = mem_grow(watch->slots, watch->capacity, sizeof *watch->slots);
    }
    watch->fds[watch->count] = (struct pollfd){.fd = fd, .events = events};
    watch->slots[watch->count++] = slot;
}

static void fill_watch(const struct run *run, struct watch *watch)
{
    watch->count = 0;
    if (run->waiting > 0 && run->vault->fd(run->vault->context) >= 0) {
        add_watch(watch, run->vault->fd(run->vault->context), POLLIN, VAULT_SLOT);
    }
    if (run->resolver >= 0) {
        add_watch(watch, run->resolver, POLLIN, NO_SLOT);
    }
    for (uint32_t i = 0; i < run->slot_count; i++) {
        const struct slot *slot = &run->slots[i];
        if (slot->state == SLOT_WORKING) {
            add_watch(watch, slot->output, POLLIN, i);
        }
        for (unsigned k = 0; slot->state == SLOT_CONNECTING && k < slot->connect.open; k++) {
            add_watch(watch, slot->connect.sockets[k].fd, POLLOUT, i);
        }
    }
}

static int wait_for_more(struct run *run, struct watch *watch, struct error *err)
{
    uint32_t now = run_milliseconds(run, time_monotonic()), due = plan_due(&run->plan);
    int wait = WAIT_MOST;
    if (run->plan.next >= run->plan.count && due < now + WAIT_MOST) {
        wait = due > now ? (int)(due - now) : 1;
    }
    wait = run->more ? 0 : wait;
    fill_watch(run, watch);
    if (poll(watch->fds, watch->count, wait) < 0 && errno != EINTR) {
        return error_set_errno(err, "waiting for workers");
    }
    return 0;
}

/* ---- going on ---- */

static int handle_event(struct run *run, uint32_t n, double now, struct error *err)
{
    struct slot *slot = &run->slots[n];
    if (slot->state == SLOT_WORKING) {
        return run_read_worker(run, slot, err);
    }
    return slot->state == SLOT_CONNECTING ? run_step_connect(run, slot, now, err) : 0;
}

static int handle_events(struct run *run, const struct watch *watch, struct error *err)
{
    double now = time_monotonic();
    int result = 0;
    for (unsigned i = 0; result == 0 && i < watch->count; i++) {
        if (watch->fds[i].revents == 0) {
            continue;
        }
        if (watch->slots[i] == NO_SLOT) {
            result = run_read_resolver(run, err);
        } else if (watch->slots[i] == VAULT_SLOT) {
            result = run_read_vault(run, err);
        } else {
            result = handle_event(run, watch->slots[i], now, err);
        }
    }
    return result;
}

/* What is due without an event. */
static int handle_times(struct run *run, struct error *err)
{
    double now = time_monotonic();
    int result = 0;
    for (unsigned i = 0; result == 0 && i < run->slot_count; i++) {
        struct slot *slot = &run->slots[i];
        if (slot->state == SLOT_WORKING) {
            result = run_check_deadline(run, slot, now, err);
        } else if (slot->state == SLOT_CONNECTING && now >= connect_due(&slot->connect)) {
            result = run_step_connect(run, slot, now, err);
        } else if (slot->state == SLOT_READY) {
            result = run_ready(run, slot, now, err);
        }
    }
    return result;
}

static void tell(struct run *run, double now)
{
    if (now - run->told < TELL_SECONDS) {
        return;
    }
    run->told = now;
    run->counts.running = run->working;
    if (!run->events->progress(run->events->context, &run->counts)) {
        run->stopping = true;
    }
}

static int commit_in_time(struct run *run, double now, struct error *err)
{
    if (run->committed == 0 || now - run->committed < COMMIT_SECONDS) {
        return 0;
    }
    int result = run->id != 0 ? plan_write_silent(&run->plan, run->store, run->id, err) : 0;
    return result < 0 ? result : run_commit(run, err);
}

static bool is_over(const struct run *run)
{
    return run->stopping || run->plan.ended == run->plan.count;
}

static int loop(struct run *run, struct error *err)
{
    struct watch watch = {0};
    int result = 0;
    while (result == 0 && !is_over(run)) {
        result = run_begin_targets(run, time_monotonic(), err);
        if (result == 0 && !is_over(run)) {
            result = wait_for_more(run, &watch, err);
        }
        if (result == 0) {
            result = handle_events(run, &watch, err);
        }
        if (result == 0 && run->waiting > 0) {
            result = run_read_vault(run, err);
        }
        if (result == 0) {
            result = handle_times(run, err);
        }
        if (result == 0) {
            tell(run, time_monotonic());
            result = commit_in_time(run, time_monotonic(), err);
        }
        watch.count = 0;
    }
    free(watch.fds);
    free(watch.slots);
    return result;
}

/* Ends what is under way; it is tried again when the run is gone on with. */
static void drop_active(struct run *run)
{
    for (unsigned i = 0; i < run->slot_count; i++) {
        struct slot *slot = &run->slots[i];
        if (slot->state == SLOT_WORKING) {
            run_end_worker(run, slot);
        } else if (slot->state == SLOT_CONNECTING) {
            connect_end(&slot->connect);
        } else if (slot->state == SLOT_READY) {
            close(slot->socket);
        }
        slot->state = SLOT_FREE;
        buf_done(&slot->phase);
        buf_done(&slot->message);
    }
}

/* ---- beginning and end ---- */

/* Three descriptors a worker while it starts, one after; connections beside. */
static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max < 65536 ? limit.rlim_max : 65536;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int read_jumps(struct run *run, struct error *err)
{
    int result = 0;
    run->jumps = arena_array(&run->plan.arena, run->options->source_count + 1, struct jump_host);
    run->active = arena_array(&run->plan.arena, run->options->source_count + 1, uint32_t);
    for (uint32_t i = 0; result == 0 && i < run->options->source_count; i++) {
        struct str jump = run->options->sources[i].settings.jump;
        if (jump.len > 0) {
            result = jump_host_parse(jump, &run->plan.arena, &run->jumps[i], err);
        }
    }
    return result;
}

/* The names of the sources, one a line: what a run is known by. */
static int begin_record(struct run *run, struct error *err)
{
    struct buf names;
    const struct engine_options *options = run->options;
    if (options->purpose != JOB_INVENTORY) {
        return 0;
    }
    if (options->resume != 0) {
        run->id = options->resume;
        return store_run_resume(run->store, run->id, err);
    }
    buf_init(&names, 1 << 20);
    for (uint32_t i = 0; i < options->source_count; i++) {
        buf_put_str(&names, options->sources[i].name);
        buf_put_byte(&names, '\n');
    }
    int result = store_run_begin(run->store, buf_view(&names), time_now(), &run->id, err);
    buf_done(&names);
    return result;
}

static int is_finished(struct run *run, uint32_t target, bool *ret, struct error *err)
{
    struct store_target stored;
    char key[TARGET_KEY_SIZE];
    const struct plan_entry *entry = plan_entry_of(&run->plan, target);
    *ret = plan_was_silent(&run->plan, target);
    if (*ret) {
        return 0;
    }
    int result = store_target_find(run->store, entry->source->id,
                                   str_from(plan_key(&run->plan, target, key)), &stored, err);
    if (result == ERR_NOT_FOUND) {
        return 0;
    }
    return result < 0 ? result : store_run_done(run->store, run->id, stored.id, ret, err);
}

/* Of a run that is gone on with, what it finished is not done again. */
static int skip_finished(struct run *run, struct error *err)
{
    int result = plan_read_silent(&run->plan, run->store, run->id, err);
    for (uint32_t i = 0; result == 0 && i < run->plan.count; i++) {
        bool finished = false;
        result = is_finished(run, i, &finished, err);
        if (result == 0 && finished) {
            plan_end(&run->plan, i);
            run->counts.earlier++;
        }
    }
    return result;
}

static int prepare(struct run *run, struct error *err)
{
    const struct engine_options *options = run->options;
    int result = plan_make(&run->plan, run->store, options, err);
    if (result == 0) {
        result = read_jumps(run, err);
    }
    if (result == 0) {
        result = accounts_init(&run->accounts, run->store, options, run->vault, time_now(), err);
    }
    if (result == 0) {
        result = begin_record(run, err);
    }
    if (result == 0 && options->resume != 0) {
        result = skip_finished(run, err);
    }
    run->counts.total = run->plan.count;
    run->slot_count = options->concurrency + EXTRA_SLOTS;
    run->slots = mem_alloc_zero(run->slot_count, sizeof *run->slots);
    return result;
}

static int end_record(struct run *run, int failed, struct error *err)
{
    enum run_state state = run->stopping || failed < 0 ? RUN_STOPPED : RUN_FINISHED;
    int result = failed;
    if (run->id != 0 && failed == 0) {
        result = run_write(run, err);
        if (result == 0) {
            result = plan_write_silent(&run->plan, run->store, run->id, err);
        }
        if (result == 0) {
            result = store_run_end(run->store, run->id, state, time_now(), err);
        }
    }
    int committed = run_commit(run, result < 0 ? NULL : err);
    return result < 0 ? result : committed;
}

static void finish(struct run *run)
{
    run_stop_resolver(run);
    accounts_done(&run->accounts);
    networks_done(&run->networks);
    plan_done(&run->plan);
    free(run->slots);
    free(run->seen);
    free(run->folder);
}

/* Two runs at once would try the same accounts, and read each other's half. */
static int lock(const struct engine_options *options, int *ret_fd, struct error *err)
{
    _cleanup_free_ char *path = file_join(options->state, "discover.lock");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        return error_set_errno(err, "%s", path);
    }
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        close(fd);
        return error_set(err, ERR_USAGE, "another discovery is running here; wait for its end");
    }
    *ret_fd = fd;
    return 0;
}

int engine_run(struct store *store, const struct engine_options *options,
               const struct engine_vault *vault, const struct engine_events *events,
               struct engine_counts *ret_counts, struct error *err)
{
    int locked = -1;
    struct run run = {
        .store = store,
        .options = options,
        .vault = vault,
        .events = events,
        .started = time_monotonic(),
        .resolver = -1,
        .folder = kept_folder(options->state),
    };
    run.random = (uint64_t)time_now() << 20 ^ (uint64_t)getpid();
    int result = lock(options, &locked, err);
    if (result < 0) {
        free(run.folder);
        return result;
    }
    raise_descriptors();
    kept_sweep(run.folder);
    result = prepare(&run, err);
    if (result == 0) {
        result = loop(&run, err);
        drop_active(&run);
    }
    result = end_record(&run, result, err);
    run.counts.running = 0;
    run.counts.stopped = run.stopping;
    *ret_counts = run.counts;
    finish(&run);
    close(locked);
    return result;
}
