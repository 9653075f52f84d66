#include "engine/run.h"

#include "base/date.h"
#include "base/memory.h"
#include "engine/ingest.h"

#include <string.h>

/* Tries of a target in one run, and the pauses before the second and the third, each half to one
 * and a half times as long. */
enum { TRIES = 3 };
static const unsigned pauses[TRIES] = {0, 1500, 5000};

/* ---- success ---- */

static void count_server(struct run *run, int64_t id)
{
    size_t place = (size_t)id / 8;
    if (place >= run->seen_size) {
        size_t size = place * 2 + 64;
        run->seen = mem_grow(run->seen, size, 1);
        memset(run->seen + run->seen_size, 0, size - run->seen_size);
        run->seen_size = size;
    }
    unsigned bit = 1U << (id % 8);
    run->counts.servers += (run->seen[place] & bit) == 0;
    run->seen[place] = (uint8_t)(run->seen[place] | bit);
}

static int keep_use(struct run *run, const struct slot *slot, int64_t server, struct error *err)
{
    int64_t now = time_now();
    uint64_t id = slot->has_account ? run->accounts.items[slot->account].credential->id : 0;
    int result = store_target_worked(run->store, slot->stored, id, server, now, err);
    if (result == 0 && slot->has_account) {
        result = store_use_put(run->store, slot->stored, id, true, now, err);
    }
    return result;
}

static void tell_failure(struct run *run, const struct slot *slot, const struct failure *failure,
                         struct str phase, struct str message)
{
    const struct engine_failure told = {
        .source = run_entry(run, slot)->source->name,
        .target = str_from(slot->key),
        .phase = phase,
        .message = message,
        .failure = failure,
    };
    run->events->failed(run->events->context, &told);
}

static int close_issues(struct run *run, struct slot *slot, const struct answer *answer,
                        struct error *err)
{
    int64_t now = time_now();
    if (answer->failure == NULL) {
        return store_issue_close(run->store, slot->stored, STR(""), now, err);
    }
    run->counts.partial++;
    tell_failure(run, slot, answer->failure, answer->phase, answer->message);
    return store_issue_open(run->store, slot->stored, str_from(answer->failure->code),
                            answer->phase, answer->message, now, err);
}

static int take_inventory(struct run *run, struct slot *slot, struct answer *answer,
                          struct error *err)
{
    struct str keys[ANSWER_KEYS];
    uint32_t count = 0;
    struct engine_server server = {.source = run_entry(run, slot)->source->name,
                                   .target = str_from(slot->key),
                                   .inventory = &answer->inventory};
    for (unsigned i = 0; i < answer->key_count; i++) {
        if (!answer->keys[i].jump) {
            keys[count++] = answer->keys[i].fingerprint;
        }
    }
    int result = ingest_inventory(run->store, run->folder, &answer->inventory, keys, count,
                                  time_now(), &answer->arena, &server, err);
    if (result == 0) {
        result = keep_use(run, slot, server.id, err);
    }
    if (result == 0) {
        result = close_issues(run, slot, answer, err);
    }
    if (result == 0) {
        result = store_run_put(run->store, run->id, slot->stored, STR(""),
                               time_monotonic() - slot->begun, time_now(), err);
    }
    if (result == 0) {
        count_server(run, server.id);
        run->events->server(run->events->context, &server);
    }
    return result;
}

static int finish(struct run *run, struct slot *slot, bool done)
{
    run->counts.done += done;
    run->counts.failed += !done;
    plan_end(&run->plan, slot->target);
    run_free_slot(run, slot);
    return 0;
}

int run_worked(struct run *run, struct slot *slot, struct answer *answer, struct error *err)
{
    bool other = false;
    int result = run_write(run, err);
    if (result == 0) {
        result = run_keep_keys(run, slot, answer, &other, err);
    }
    if (result == 0 && other) {
        return run_failed(run, slot, "SSH-HOST-KEY-CHANGED", STR("host key"),
                          STR("another key was pinned while it was collected"), err);
    }
    if (result == 0 && run->options->purpose == JOB_INVENTORY) {
        result = take_inventory(run, slot, answer, err);
    } else if (result == 0) {
        result = keep_use(run, slot, 0, err);
        run->events->checked(run->events->context, run_entry(run, slot)->source->name,
                             str_from(slot->key),
                             answer->checks.len > 0 ? answer->checks : answer->method);
    }
    return result < 0 ? result : finish(run, slot, true);
}

/* ---- failure ---- */

static bool is_code(const struct failure *failure, const char *code)
{
    return strcmp(failure->code, code) == 0;
}

/* Was the credential itself what did not work? Others in scope may. */
static bool blames_credential(const struct failure *failure)
{
    static const char *const codes[] = {"SSH-AUTH-DENIED",  "SSH-AUTH-METHOD", "CREDENTIAL-BAD",
                                        "PASSWORD-EXPIRED", "KERBEROS-FAILED", "KERBEROS-CLOCK"};
    for (unsigned i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (is_code(failure, codes[i])) {
            return true;
        }
    }
    return false;
}

/* Did somebody weigh the secret and refuse it? */
static bool is_refusal(const struct failure *failure)
{
    return blames_credential(failure) && !is_code(failure, "SSH-AUTH-METHOD") &&
           !is_code(failure, "KERBEROS-CLOCK") && !is_code(failure, "CREDENTIAL-BAD");
}

static bool may_lock(const struct run *run, uint32_t account)
{
    const struct account *item = &run->accounts.items[account];
    return item->directory && item->credential->kind != CREDENTIAL_SSH_KEY &&
           accounts_verdict(&run->accounts, account) != VERDICT_GOOD;
}

/* The worker says so before it gives the password to anybody. */
static bool was_given_away(struct str phase)
{
    return str_eq_text(phase, "authentication");
}

static int judge_account(struct run *run, const struct slot *slot, uint32_t account,
                         const struct failure *failure, struct str phase, struct error *err)
{
    if (!is_refusal(failure) && may_lock(run, account) && was_given_away(phase)) {
        accounts_unanswered(&run->accounts, account);
        return 0;
    }
    if (!is_refusal(failure)) {
        accounts_unused(&run->accounts, account);
        return 0;
    }
    return accounts_refused(&run->accounts, account, str_from(slot->key),
                            is_code(failure, "PASSWORD-EXPIRED"), time_now(), err);
}

/* What the failure tells of the credentials that were in use. *ret_other: another credential may be
 * tried on the target. */
static int judge_accounts(struct run *run, struct slot *slot, const struct failure *failure,
                          struct str phase, bool *ret_other, struct error *err)
{
    int result = 0;
    bool jump_passed = !slot->has_jump_account || slot->jump_authenticated;
    *ret_other = false;
    if (slot->has_jump_account && !slot->jump_authenticated) {
        result = judge_account(run, slot, slot->jump_account, failure, phase, err);
    }
    if (result == 0 && slot->has_account && !slot->authenticated) {
        if (!jump_passed) {
            accounts_unused(&run->accounts, slot->account);
        } else {
            result = judge_account(run, slot, slot->account, failure, phase, err);
            *ret_other = blames_credential(failure);
        }
    } else if (!slot->has_account && jump_passed && !slot->authenticated) {
        *ret_other = blames_credential(failure);
        slot->spent_without = slot->spent_without || *ret_other;
    }
    if (result == 0 && *ret_other && slot->has_account) {
        result = store_use_put(run->store, slot->stored,
                               run->accounts.items[slot->account].credential->id, false,
                               accounts_now(&run->accounts), err);
    }
    slot->has_account = slot->has_jump_account = false;
    return result;
}

/* Did a target get the password of a directory's account and not say what it thinks of it? It may
 * count as a wrong one there, so that it is not given a second time. */
static bool is_in_doubt(const struct run *run, const struct slot *slot, struct str phase)
{
    return slot->was_working && was_given_away(phase) &&
           ((slot->has_account && !slot->authenticated && may_lock(run, slot->account)) ||
            (slot->has_jump_account && !slot->jump_authenticated &&
             may_lock(run, slot->jump_account)));
}

static void note_failure(struct slot *slot, const struct failure *failure, struct str phase,
                         struct str message)
{
    struct buf kept_phase, kept_message;
    buf_init(&kept_phase, 4096);
    buf_init(&kept_message, 4096);
    /* They may be the slot's own. */
    buf_put_str(&kept_phase, phase);
    buf_put_str(&kept_message, message);
    buf_done(&slot->phase);
    buf_done(&slot->message);
    slot->phase = kept_phase;
    slot->message = kept_message;
    slot->failure = failure;
}

static int record(struct run *run, struct slot *slot, struct error *err)
{
    const struct failure *failure = slot->failure;
    struct str phase = buf_view(&slot->phase), message = buf_view(&slot->message);
    int result = run_remember(run, slot, err);
    if (result == 0 && run->options->purpose == JOB_INVENTORY) {
        result = store_issue_open(run->store, slot->stored, str_from(failure->code), phase, message,
                                  time_now(), err);
        if (result == 0) {
            result = store_run_put(run->store, run->id, slot->stored, str_from(failure->code),
                                   time_monotonic() - slot->begun, time_now(), err);
        }
    }
    if (result == 0) {
        tell_failure(run, slot, failure, phase, message);
    }
    return result < 0 ? result : finish(run, slot, false);
}

static uint32_t next_random(struct run *run)
{
    run->random = run->random * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(run->random >> 33);
}

static int try_again(struct run *run, struct slot *slot)
{
    struct plan_target *target = &run->plan.targets[slot->target];
    uint32_t pause = pauses[++target->tries];
    pause = pause / 2 + next_random(run) % pause;
    plan_again(&run->plan, slot->target, run_milliseconds(run, time_monotonic()) + pause);
    run_free_slot(run, slot);
    return 0;
}

int run_failed(struct run *run, struct slot *slot, const char *code, struct str phase,
               struct str message, struct error *err)
{
    const struct failure *failure = failure_find(str_from(code));
    bool other = false;
    int result = run_write(run, err);
    if (result < 0) {
        return result;
    }
    if (slot->quiet &&
        (failure->class == FAILURE_UNREACHABLE || failure->class == FAILURE_REFUSED)) {
        plan_mark_silent(&run->plan, slot->target);
        run->counts.silent++;
        plan_end(&run->plan, slot->target);
        run_free_slot(run, slot);
        return 0;
    }
    bool in_doubt = is_in_doubt(run, slot, phase);
    if (slot->was_working) {
        slot->was_working = false;
        result = judge_accounts(run, slot, failure, phase, &other, err);
    }
    if (result < 0) {
        return result;
    }
    note_failure(slot, failure, phase, message);
    if (other && run->options->only_credential == 0 && !run->stopping) {
        return run_connect(run, slot, time_monotonic(), err);
    }
    if (failure->retry && !in_doubt && run->plan.targets[slot->target].tries + 1 < TRIES &&
        !run->stopping) {
        return try_again(run, slot);
    }
    return record(run, slot, err);
}
