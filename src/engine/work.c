#include "engine/run.h"

#include "base/date.h"
#include "base/limits.h"
#include "source/address.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A worker ends itself at its time; one that does not is ended then. */
enum { GRACE_SECONDS = 7 };
/* A connection is not held longer than that for the check of an account: sshd ends it after 120 s
 * without login. */
enum { HOLD_SECONDS = 60 };
/* A target whose credential waits to be shown good by another is looked at again then
 * (milliseconds), until all had a turn, and so many times after. */
enum { PUT_OFF_PAUSE = 2000, PUT_OFF_MOST = 4 };
/* One whose credential's provider is waited for by as many as may is looked at again then. */
enum { PROVIDER_PAUSE = 500 };

/* ---- what to try it with ---- */

static void address_text(const struct slot *slot, char out[NET_ADDRESS_TEXT])
{
    struct net_address address = {.family = slot->address.family};
    memcpy(address.bytes, slot->address.bytes, sizeof address.bytes);
    net_address_format(&address, out);
}

static int choose(struct run *run, struct slot *slot, struct candidate *ret, struct error *err)
{
    char address[NET_ADDRESS_TEXT] = "", name[TARGET_KEY_SIZE];
    const struct plan_entry *entry = run_entry(run, slot);
    const struct target_spec *spec = &entry->stored->entry.spec;
    plan_name(&run->plan, slot->target, name);
    if (spec->name.len == 0) {
        snprintf(address, sizeof address, "%.45s", name);
    } else if (run->jumps[entry->source_index].host.len == 0) {
        address_text(slot, address);
    }
    const struct candidate_question question = {
        .source = entry->source,
        .source_index = entry->source_index,
        .wanted = entry->stored->entry.credential,
        .only = run->options->only_credential,
        .host = spec->name,
        .address = str_from(address),
        .target = slot->stored,
        .spent_without = slot->spent_without,
    };
    return accounts_choose(&run->accounts, &question, ret, err);
}

/* The jump host's own credential: CANDIDATE_NO_SECRET when the source names none. */
static struct candidate choose_jump(const struct run *run, const struct slot *slot)
{
    struct candidate candidate = {.kind = CANDIDATE_NO_SECRET};
    struct str name = run_settings(run, slot)->jump_credential;
    if (run->jumps[run_entry(run, slot)->source_index].host.len == 0 || name.len == 0) {
        return candidate;
    }
    candidate.account = accounts_find(&run->accounts, name);
    if (candidate.account == UINT32_MAX) {
        candidate.kind = CANDIDATE_NONE;
        return candidate;
    }
    enum account_verdict verdict = accounts_verdict(&run->accounts, candidate.account);
    bool exhausted = verdict == VERDICT_OPEN &&
                     accounts_is_exhausted(&run->accounts, candidate.account, true, true);
    candidate.kind = verdict == VERDICT_CHECKING ? CANDIDATE_WAIT
                     : verdict == VERDICT_BAD    ? CANDIDATE_LOCKED
                     : exhausted                 ? CANDIDATE_UNANSWERED
                                                 : CANDIDATE_CREDENTIAL;
    return candidate;
}

/* ---- starting a worker ---- */

static unsigned take_place(struct run *run)
{
    unsigned place = 0;
    while (run->places[place]) {
        place++;
    }
    run->places[place] = true;
    return place;
}

static int start_worker(struct run *run, struct slot *slot, double now, struct error *err)
{
    struct error cause = ERROR_INIT;
    const char *code;
    slot->place = take_place(run);
    int result = run_launch(run, slot, &code, &cause);
    close(slot->socket);
    slot->socket = -1;
    run->ready--;
    if (result < 0) {
        char text[512];
        run->places[slot->place] = false;
        slot->state = SLOT_FREE;
        slot->was_working = strcmp(code, "CREDENTIAL-BAD") == 0;
        return run_failed(run, slot, code, STR("start"), str_from(error_text(&cause, text, 512)),
                          err);
    }
    if (slot->has_account) {
        accounts_begin(&run->accounts, slot->account);
    }
    if (slot->has_jump_account) {
        accounts_begin(&run->accounts, slot->jump_account);
    }
    slot->state = SLOT_WORKING;
    slot->since = now;
    slot->deadline = now + run_settings(run, slot)->seconds + GRACE_SECONDS;
    message_reader_init(&slot->reader, LIMIT_INVENTORY);
    answer_init(&slot->answer);
    run->working++;
    return 0;
}

/* Gives the connection back. */
static void leave_ready(struct run *run, struct slot *slot)
{
    close(slot->socket);
    slot->socket = -1;
    slot->state = SLOT_FREE;
    run->ready--;
}

static int refuse(struct run *run, struct slot *slot, enum candidate_kind kind, struct error *err)
{
    leave_ready(run, slot);
    switch (kind) {
    case CANDIDATE_LOCKED:
        return run_failed(run, slot, "CREDENTIAL-LOCKED", STR("authentication"),
                          STR("the account was refused by another target"), err);
    case CANDIDATE_UNANSWERED:
        return run_failed(run, slot, "CREDENTIAL-UNANSWERED", STR("authentication"),
                          STR("other targets were given the account's password and did not answer"),
                          err);
    case CANDIDATE_SPENT:
        if (slot->failure != NULL) {
            return run_failed(run, slot, slot->failure->code, buf_view(&slot->phase),
                              buf_view(&slot->message), err);
        }
        return run_failed(run, slot, "SSH-AUTH-DENIED", STR("authentication"),
                          STR("all credentials in scope were refused"), err);
    default:
        return run_failed(run, slot, "CREDENTIAL-NONE", STR("authentication"),
                          STR("no credential is in scope"), err);
    }
}

/* Another target may still show what an account is worth. */
static bool put_off(struct run *run, struct slot *slot, double now)
{
    struct plan_target *target = &run->plan.targets[slot->target];
    if (run->plan.next >= run->plan.count && target->put_off++ >= PUT_OFF_MOST) {
        return false;
    }
    leave_ready(run, slot);
    plan_again(&run->plan, slot->target, run_milliseconds(run, now) + PUT_OFF_PAUSE);
    run_free_slot(run, slot);
    return true;
}

int run_ready(struct run *run, struct slot *slot, double now, struct error *err)
{
    struct candidate candidate, jump = choose_jump(run, slot);
    int result = run_remember(run, slot, err);
    if (result == 0) {
        result = choose(run, slot, &candidate, err);
    }
    if (result < 0) {
        return result;
    }
    bool wait = candidate.kind == CANDIDATE_WAIT || jump.kind == CANDIDATE_WAIT;
    if (wait && now - slot->since > HOLD_SECONDS) {
        leave_ready(run, slot);
        plan_again(&run->plan, slot->target, run_milliseconds(run, now) + 1000);
        run_free_slot(run, slot);
        return 0;
    }
    if (wait || run->working >= run->options->concurrency) {
        return 0;
    }
    bool waits = run_has_provider(run, &candidate) || run_has_provider(run, &jump);
    if (waits && !run_may_wait(run)) {
        leave_ready(run, slot);
        plan_again(&run->plan, slot->target, run_milliseconds(run, now) + PROVIDER_PAUSE);
        run_free_slot(run, slot);
        return 0;
    }
    bool unanswered = candidate.kind == CANDIDATE_UNANSWERED || jump.kind == CANDIDATE_UNANSWERED;
    if (unanswered && put_off(run, slot, now)) {
        return 0;
    }
    if (jump.kind != CANDIDATE_CREDENTIAL && jump.kind != CANDIDATE_NO_SECRET) {
        return refuse(run, slot, jump.kind, err);
    }
    if (candidate.kind != CANDIDATE_CREDENTIAL && candidate.kind != CANDIDATE_NO_SECRET) {
        return refuse(run, slot, candidate.kind, err);
    }
    slot->has_account = candidate.kind == CANDIDATE_CREDENTIAL;
    slot->account = candidate.account;
    slot->has_jump_account = jump.kind == CANDIDATE_CREDENTIAL;
    slot->authenticated = slot->jump_authenticated = false;
    slot->jump_account = jump.account;
    return start_worker(run, slot, now, err);
}

/* ---- reading its answer ---- */

/* Takes the dead worker away and gives its status. */
static int reap(struct run *run, struct slot *slot)
{
    int status = 0;
    kill(-slot->pid, SIGKILL);
    while (waitpid(slot->pid, &status, 0) < 0 && errno == EINTR) {
    }
    close(slot->output);
    slot->output = -1;
    run_answered(run, slot);
    run->places[slot->place] = false;
    run->working--;
    slot->state = SLOT_FREE;
    return status;
}

/* Takes the worker away and what it said out of the slot, which may be used again at once. */
static struct answer take_answer(struct run *run, struct slot *slot, int *ret_status)
{
    *ret_status = reap(run, slot);
    slot->was_working = true;
    struct answer answer = slot->answer;
    message_reader_done(&slot->reader);
    slot->authenticated = answer.authenticated;
    slot->jump_authenticated = answer.jump_authenticated;
    return answer;
}

static int end_try(struct run *run, struct slot *slot, const struct answer *answer,
                   const char *code, const char *message, struct error *err)
{
    bool other;
    int result = run_keep_keys(run, slot, answer, &other, err);
    return result < 0
               ? result
               : run_failed(run, slot, code, answer->phase.len > 0 ? answer->phase : STR("start"),
                            str_from(message), err);
}

/* What the end of the worker means when it did not say so itself. */
static int judge_death(struct run *run, struct slot *slot, const struct answer *answer, int status,
                       struct error *err)
{
    char text[128];
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
        return end_try(run, slot, answer, "TARGET-SLOW", "its time was over", err);
    }
    if (WIFSIGNALED(status)) {
        snprintf(text, sizeof text, "ended by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    } else {
        snprintf(text, sizeof text, "ended with status %d and without a result",
                 WEXITSTATUS(status));
    }
    return end_try(run, slot, answer, "WORKER-DIED", text, err);
}

static int end_worker(struct run *run, struct slot *slot, struct error *err)
{
    int status, result;
    pid_t pid = slot->pid;
    /* Why it got no credential is told before its pipe ends. */
    if (slot->asked != 0 && ((result = run_read_vault(run, err)) < 0 ||
                             slot->state != SLOT_WORKING || slot->pid != pid)) {
        return result;
    }
    struct answer answer = take_answer(run, slot, &status);
    if (answer.done && (answer.has_inventory || answer.checks.len > 0 ||
                        (run->options->purpose == JOB_LOGIN && answer.authenticated))) {
        result = run_worked(run, slot, &answer, err);
    } else if (answer.done && answer.failure != NULL) {
        char message[1100];
        snprintf(message, sizeof message, "%.*s", STR_ARG(answer.message));
        result = end_try(run, slot, &answer, answer.failure->code, message, err);
    } else {
        result = judge_death(run, slot, &answer, status, err);
    }
    answer_done(&answer);
    return result;
}

/* A worker that says what no worker says is ended: something has taken it over. */
static int refuse_worker(struct run *run, struct slot *slot, const struct error *cause,
                         struct error *err)
{
    char text[512];
    int status;
    struct answer answer = take_answer(run, slot, &status);
    int result =
        end_try(run, slot, &answer, cause->code == ERR_LIMIT ? "TARGET-TOO-MUCH" : "WORKER-DIED",
                error_text(cause, text, sizeof text), err);
    answer_done(&answer);
    return result;
}

static int take_messages(struct slot *slot, struct error *err)
{
    struct message message;
    int result;
    while ((result = message_reader_next(&slot->reader, &message, err)) > 0) {
        result = answer_take(&slot->answer, &message, err);
        if (result < 0) {
            return result;
        }
    }
    return result;
}

/* What it proved is used at once by those that wait for it. */
static int note_accounts(struct run *run, struct slot *slot, bool had, bool had_jump,
                         struct error *err)
{
    int result = 0;
    uint32_t source = run_entry(run, slot)->source_index;
    if (slot->has_jump_account && slot->answer.jump_authenticated && !had_jump) {
        result = run_write(run, err);
        if (result == 0) {
            result = accounts_accepted(&run->accounts, slot->jump_account, source,
                                       str_from(slot->key), time_now(), err);
        }
    }
    if (result == 0 && slot->has_account && slot->answer.authenticated && !had) {
        result = run_write(run, err);
        if (result == 0) {
            result = accounts_accepted(&run->accounts, slot->account, source, str_from(slot->key),
                                       time_now(), err);
        }
    }
    return result;
}

int run_read_worker(struct run *run, struct slot *slot, struct error *err)
{
    struct error cause = ERROR_INIT;
    bool again, had = slot->answer.authenticated, had_jump = slot->answer.jump_authenticated;
    int got = message_reader_fill(&slot->reader, slot->output, &again, &cause);
    int taken = got > 0 ? take_messages(slot, &cause) : 0;
    int result = note_accounts(run, slot, had, had_jump, err);
    if (result < 0) {
        return result;
    }
    if (got < 0 || taken < 0) {
        return refuse_worker(run, slot, &cause, err);
    }
    return got == 0 && !again ? end_worker(run, slot, err) : 0;
}

int run_check_deadline(struct run *run, struct slot *slot, double now, struct error *err)
{
    int status;
    if (now < slot->deadline) {
        return 0;
    }
    struct answer answer = take_answer(run, slot, &status);
    int result = end_try(run, slot, &answer, "TARGET-SLOW", "its time was over", err);
    answer_done(&answer);
    return result;
}

void run_end_worker(struct run *run, struct slot *slot)
{
    int status;
    struct answer answer = take_answer(run, slot, &status);
    answer_done(&answer);
}
