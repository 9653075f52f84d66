#include "engine/run.h"

#include "base/date.h"
#include "source/address.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A connection that is older than this is only waited for: it takes no worker's place. */
#define SLOW_SECONDS 0.7
/* A target that cannot be begun now is looked at again then. */
enum { SOON = 250 };

static struct slot *find_free(struct run *run)
{
    for (unsigned i = 0; i < run->slot_count; i++) {
        if (run->slots[i].state == SLOT_FREE) {
            return &run->slots[i];
        }
    }
    return NULL;
}

static unsigned count_quick(const struct run *run, double now)
{
    unsigned quick = 0;
    for (unsigned i = 0; run->connecting > 0 && i < run->slot_count; i++) {
        quick += run->slots[i].state == SLOT_CONNECTING && now - run->slots[i].since < SLOW_SECONDS;
    }
    return quick;
}

static bool has_jump(const struct run *run, const struct slot *slot)
{
    return run->jumps[run_entry(run, slot)->source_index].host.len > 0;
}

/* Is it on its way to that jump host, and not logged in there yet? */
static bool is_before_jump(const struct run *run, const struct slot *slot,
                           const struct jump_host *jump)
{
    if (slot->state == SLOT_FREE ||
        (slot->state == SLOT_WORKING && slot->answer.jump_authenticated)) {
        return false;
    }
    const struct jump_host *other = &run->jumps[run_entry(run, slot)->source_index];
    return str_eq(other->host, jump->host) && other->port == jump->port;
}

/* sshd drops new connections at random when more than 10 are not logged in yet (MaxStartups
 * 10:30:100); those that are do not count. */
static bool jump_has_room(const struct run *run, const struct slot *slot)
{
    const struct jump_host *jump = &run->jumps[run_entry(run, slot)->source_index];
    uint32_t before = 0;
    for (unsigned i = 0; i < run->slot_count; i++) {
        before += is_before_jump(run, &run->slots[i], jump);
    }
    return before < run_settings(run, slot)->jump_logins;
}

/* May one more of its source be worked on? */
static bool source_has_room(const struct run *run, const struct slot *slot)
{
    uint32_t most = run_settings(run, slot)->concurrency;
    uint32_t active = run->active[run_entry(run, slot)->source_index];
    return (most == 0 || active < most) && (!has_jump(run, slot) || jump_has_room(run, slot));
}

static void convert(const struct net_address *address, struct resolved_address *out)
{
    out->family = address->family;
    memcpy(out->bytes, address->bytes, sizeof out->bytes);
}

/* The host that is connected to: the target, or its jump host. False for a name. */
static bool literal_address(const struct run *run, const struct slot *slot, char *name,
                            struct resolved_address *ret)
{
    struct net_address address;
    const struct jump_host *jump = &run->jumps[run_entry(run, slot)->source_index];
    if (jump->host.len > 0) {
        snprintf(name, TARGET_KEY_SIZE, "%.*s", STR_ARG(jump->host));
    } else {
        plan_name(&run->plan, slot->target, name);
    }
    if (!net_address_parse(str_from(name), &address)) {
        return false;
    }
    convert(&address, ret);
    return true;
}

static bool network_has_room(struct run *run, const struct resolved_address *address)
{
    const struct network *network = networks_find(&run->networks, address);
    return network->active < network_most(network);
}

/* Known targets of a range, and all that are named, are missed when they do not answer. */
static int find_stored(struct run *run, struct slot *slot, struct error *err)
{
    struct store_target target = {0};
    const struct plan_entry *entry = run_entry(run, slot);
    struct str key = str_from(slot->key);
    int result;
    if (entry->is_range) {
        result = store_target_find(run->store, entry->source->id, key, &target, err);
        slot->quiet = result == ERR_NOT_FOUND || (result == 0 && target.server == 0);
        result = result == ERR_NOT_FOUND ? 0 : result;
    } else {
        result = run_write(run, err);
        if (result == 0) {
            result = store_target_make(run->store, entry->source->id, key, &target, err);
        }
    }
    slot->stored = target.id;
    return result;
}

static int begin(struct run *run, struct slot *slot, double now, struct error *err)
{
    char name[TARGET_KEY_SIZE];
    int result = find_stored(run, slot, err);
    if (result < 0) {
        return result;
    }
    if (literal_address(run, slot, name, &slot->addresses[0])) {
        slot->address_count = 1;
        return run_connect(run, slot, now, err);
    }
    struct error cause = ERROR_INIT;
    if (run_ask_resolver(run, slot, str_from(name), &cause) < 0) {
        return run_failed(run, slot, "NAME-FAILED", STR("name"), str_from(cause.message), err);
    }
    slot->state = SLOT_RESOLVING;
    slot->since = now;
    run->resolving++;
    return 0;
}

static void take_slot(struct run *run, struct slot *slot, uint32_t target, double now)
{
    slot->target = target;
    slot->stored = 0;
    slot->quiet = slot->in_network = slot->spent_without = slot->was_working = false;
    slot->has_account = slot->has_jump_account = false;
    slot->begun = slot->since = now;
    slot->socket = slot->output = -1;
    slot->failure = NULL;
    plan_key(&run->plan, target, slot->key);
    run->active[run_entry(run, slot)->source_index]++;
}

int run_begin_targets(struct run *run, double now, struct error *err)
{
    enum { AT_ONCE = 64, RESOLVING = 64 };
    int result = 0;
    unsigned quick = count_quick(run, now);
    run->more = false;
    for (unsigned i = 0; result == 0 && i < AT_ONCE && !run->stopping; i++) {
        char name[TARGET_KEY_SIZE];
        uint32_t target;
        struct slot *slot = find_free(run);
        run->more = i + 1 == AT_ONCE;
        if (slot == NULL || run->resolving >= RESOLVING ||
            quick + run->resolving + run->ready + run->working >= run->options->concurrency ||
            !plan_take(&run->plan, run_milliseconds(run, now), &target)) {
            run->more = false;
            break;
        }
        slot->target = target;
        struct resolved_address address;
        if (!source_has_room(run, slot) ||
            (!has_jump(run, slot) && literal_address(run, slot, name, &address) &&
             !network_has_room(run, &address))) {
            plan_again(&run->plan, target, run_milliseconds(run, now) + SOON);
            continue;
        }
        take_slot(run, slot, target, now);
        result = begin(run, slot, now, err);
        quick += slot->state == SLOT_CONNECTING;
    }
    return result;
}

int run_resolved(struct run *run, struct slot *slot, const struct resolved *answer,
                 struct error *err)
{
    run->resolving--;
    slot->state = SLOT_FREE;
    if (answer->state == RESOLVED_OK) {
        memcpy(slot->addresses, answer->addresses, sizeof slot->addresses);
        slot->address_count = answer->count;
        return run_connect(run, slot, time_monotonic(), err);
    }
    return run_failed(run, slot, answer->state == RESOLVED_UNKNOWN ? "NAME-UNKNOWN" : "NAME-FAILED",
                      STR("name"),
                      answer->state == RESOLVED_UNKNOWN ? STR("the name has no address")
                                                        : STR("the name server did not answer"),
                      err);
}

int run_connect(struct run *run, struct slot *slot, double now, struct error *err)
{
    const struct jump_host *jump = &run->jumps[run_entry(run, slot)->source_index];
    uint16_t port = jump->host.len > 0 ? jump->port : plan_port(&run->plan, slot->target);
    connect_begin(&slot->connect, slot->addresses, slot->address_count, port, now,
                  run_settings(run, slot)->connect_seconds);
    slot->address = slot->addresses[0];
    if (!has_jump(run, slot)) {
        networks_find(&run->networks, &slot->address)->active++;
        slot->in_network = true;
    }
    slot->state = SLOT_CONNECTING;
    slot->since = now;
    run->connecting++;
    return run_step_connect(run, slot, now, err);
}

static void leave_network(struct run *run, struct slot *slot, bool silent)
{
    if (!slot->in_network) {
        return;
    }
    /* Counted where the first address is, whichever was taken then. */
    struct network *network = networks_find(&run->networks, &slot->addresses[0]);
    network->active--;
    if (!silent) {
        network->silent = 0;
    } else if (network->silent < UINT16_MAX) {
        network->silent++;
    }
    slot->in_network = false;
}

static const char *code_of(int reason)
{
    switch (reason) {
    case ECONNREFUSED:
        return "NET-REFUSED";
    case ETIMEDOUT:
        return "NET-TIMEOUT";
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        return "INTERNAL";
    default:
        return "NET-UNREACHABLE";
    }
}

int run_step_connect(struct run *run, struct slot *slot, double now, struct error *err)
{
    int fd;
    struct resolved_address address;
    enum connect_state state = connect_step(&slot->connect, now, &fd, &address);
    if (state == CONNECT_BUSY) {
        return 0;
    }
    run->connecting--;
    leave_network(run, slot, state == CONNECT_FAILED && slot->connect.reason == ETIMEDOUT);
    if (state == CONNECT_FAILED) {
        slot->state = SLOT_FREE;
        return run_failed(run, slot, code_of(slot->connect.reason), STR("connection"),
                          str_from(strerror(slot->connect.reason)), err);
    }
    slot->socket = fd;
    slot->address = address;
    slot->state = SLOT_READY;
    slot->since = now;
    run->ready++;
    return run_ready(run, slot, now, err);
}
