#include "engine/run.h"

#include "base/date.h"
#include "base/limits.h"
#include "process/child.h"
#include "source/address.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* Accounts of workers, without entries in /etc/passwd: 60578 to 61183 belong to nobody by the rules
 * of systemd (its page "Users, Groups, UIDs and GIDs"). 60599 is the resolver's. */
enum { FIRST_ACCOUNT = 60600 };
/* A worker ends itself at its time; one that does not is ended then. */
enum { GRACE_SECONDS = 7 };
/* A connection is not held longer than that for the check of an account: sshd ends it after 120 s
 * without login. */
enum { HOLD_SECONDS = 60 };

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
    candidate.kind = verdict == VERDICT_CHECKING ? CANDIDATE_WAIT
                     : verdict == VERDICT_BAD    ? CANDIDATE_LOCKED
                                                 : CANDIDATE_CREDENTIAL;
    return candidate;
}

/* ---- starting a worker ---- */

struct start {
    int job[2], credential[2], output[2], agent;
    uint64_t ids[2];
    unsigned id_count;
};

static void close_all(const int *fds, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
}

static int connect_agent(struct error *err)
{
    const char *path = getenv("SSH_AUTH_SOCK");
    struct sockaddr_un where = {.sun_family = AF_UNIX};
    if (path == NULL || strlen(path) >= sizeof where.sun_path) {
        return error_set(err, ERR_NOT_FOUND, "there is no SSH agent (SSH_AUTH_SOCK)");
    }
    strcpy(where.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&where, sizeof where) < 0) {
        close(fd);
        fd = -1;
    }
    return fd >= 0 ? fd : error_set_errno(err, "SSH agent at %s", path);
}

static int open_pipes(struct start *start, bool agent, struct error *err)
{
    *start = (struct start){{-1, -1}, {-1, -1}, {-1, -1}, -1, {0}, 0};
    if (pipe2(start->job, O_CLOEXEC) < 0 || pipe2(start->credential, O_CLOEXEC) < 0 ||
        pipe2(start->output, O_CLOEXEC) < 0) {
        return error_set_errno(err, "pipe to a worker");
    }
    if (agent) {
        start->agent = connect_agent(err);
        return start->agent < 0 ? start->agent : 0;
    }
    return 0;
}

static void end_start(struct start *start)
{
    close_all(start->job, 2);
    close_all(start->credential, 2);
    close_all(start->output, 2);
    close_all(&start->agent, 1);
}

/* The pinned keys of a host, as the job wants them. */
static int read_keys(struct run *run, const struct slot *slot, const char *host,
                     struct arena *arena, struct job_hop *hop, struct error *err)
{
    struct store_host_key *keys;
    uint32_t count;
    int result = store_host_key_list(run->store, run_entry(run, slot)->source->id, str_from(host),
                                     arena, &keys, &count, err);
    if (result < 0) {
        return result;
    }
    struct str *texts = arena_array(arena, count + 1, struct str);
    for (uint32_t i = 0; i < count; i++) {
        texts[i] = keys[i].fingerprint;
    }
    hop->host_keys = texts;
    hop->host_key_count = count;
    return 0;
}

void run_jump_key(const struct jump_host *jump, char out[TARGET_KEY_SIZE])
{
    bool v6 = str_find_byte(jump->host, ':') != SIZE_MAX;
    snprintf(out, TARGET_KEY_SIZE, v6 ? "[%.*s]:%u" : "%.*s:%u",
             STR_ARG(str_sub(jump->host, 0, 250)), (unsigned)jump->port);
}

static int fill_hops(struct run *run, const struct slot *slot, struct arena *arena, struct job *job,
                     struct error *err)
{
    const struct source_settings *settings = run_settings(run, slot);
    const struct jump_host *jump = &run->jumps[run_entry(run, slot)->source_index];
    char name[TARGET_KEY_SIZE];
    job->target = (struct job_hop){
        .name = arena_str(arena, str_from(plan_name(&run->plan, slot->target, name))),
        .port = plan_port(&run->plan, slot->target),
        .user = settings->user,
        .first_use = settings->host_keys == HOST_KEYS_FIRST_USE,
        .credential = slot->has_account,
        .agent = settings->agent,
        .ticket = settings->kerberos,
    };
    int result = read_keys(run, slot, slot->key, arena, &job->target, err);
    job->has_jump = jump->host.len > 0;
    if (result < 0 || !job->has_jump) {
        return result;
    }
    job->jump = (struct job_hop){
        .name = jump->host,
        .port = jump->port,
        .user = jump->user.len > 0 ? jump->user : settings->user,
        .first_use = job->target.first_use,
        .credential = slot->has_jump_account,
        .agent = settings->agent,
        .ticket = settings->kerberos,
    };
    run_jump_key(jump, name);
    return read_keys(run, slot, name, arena, &job->jump, err);
}

static int write_job(struct run *run, const struct slot *slot, int fd, struct error *err)
{
    const struct source_settings *settings = run_settings(run, slot);
    struct arena arena;
    struct buf document;
    bool root = geteuid() == 0;
    struct job job = {
        .purpose = run->options->purpose,
        .legacy = settings->legacy,
        .sudo = settings->sudo,
        .deep = settings->deep || run->options->deep,
        .seconds = settings->seconds,
        .silence_seconds = settings->silence_seconds,
        .memory = (uint64_t)settings->memory_mb << 20,
        .sandbox_optional = run->options->without_sandbox,
        .uid = root ? FIRST_ACCOUNT + slot->place : 0,
        .gid = root ? FIRST_ACCOUNT + slot->place : 0,
    };
    arena_init(&arena);
    buf_init(&document, LIMIT_JOB);
    int result = fill_hops(run, slot, &arena, &job, err);
    if (result == 0) {
        job_write(&job, &document);
        /* A pipe takes 64 kB at once, and a job has no more. */
        ssize_t written = write(fd, document.data, document.len);
        if (document.overflow || written != (ssize_t)document.len) {
            result = error_set(err, ERR_LIMIT, "the job is larger than %zu bytes", LIMIT_JOB);
        }
    }
    buf_done(&document);
    arena_done(&arena);
    return result;
}

static int spawn(struct slot *slot, const struct start *start, struct error *err)
{
    static const char *const arguments[] = {NULL};
    int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
    struct child_fd fds[] = {{start->output[1], STDOUT_FILENO},
                             {quiet, STDERR_FILENO},
                             {start->job[0], WORKER_FD_JOB},
                             {slot->socket, WORKER_FD_SOCKET},
                             {start->credential[0], WORKER_FD_CREDENTIAL},
                             {start->agent, WORKER_FD_AGENT}};
    unsigned count = start->agent >= 0 ? 6 : 5;
    int result = child_start("worker", arguments, fds, count, &slot->pid, err);
    close(quiet);
    return result;
}

static void add_ids(const struct run *run, const struct slot *slot, struct start *start)
{
    if (slot->has_account) {
        start->ids[start->id_count++] = run->accounts.items[slot->account].credential->id;
    }
    if (slot->has_jump_account) {
        start->ids[start->id_count++] = run->accounts.items[slot->jump_account].credential->id;
    }
}

static unsigned take_place(struct run *run)
{
    unsigned place = 0;
    while (run->places[place]) {
        place++;
    }
    run->places[place] = true;
    return place;
}

/* Starts the worker; *ret_code names what failed. */
static int launch(struct run *run, struct slot *slot, const char **ret_code, struct error *err)
{
    struct start start;
    bool agent = run_settings(run, slot)->agent;
    *ret_code = "INTERNAL";
    int result = open_pipes(&start, agent, err);
    if (result == 0) {
        result = write_job(run, slot, start.job[1], err);
    }
    if (result == 0) {
        result = spawn(slot, &start, err);
    }
    if (result == 0) {
        add_ids(run, slot, &start);
        if (start.id_count > 0) {
            result = run->vault->send(run->vault->context, start.ids, start.id_count,
                                      str_from(slot->key), start.credential[1], err);
            *ret_code = result == ERR_NETWORK ? "INTERNAL" : "CREDENTIAL-BAD";
        }
        if (result < 0) {
            kill(-slot->pid, SIGKILL);
            waitpid(slot->pid, NULL, 0);
        }
    }
    if (result == 0) {
        fcntl(start.output[0], F_SETFL, O_NONBLOCK);
        slot->output = start.output[0];
        start.output[0] = -1;
    }
    end_start(&start);
    return result;
}

static int start_worker(struct run *run, struct slot *slot, double now, struct error *err)
{
    struct error cause = ERROR_INIT;
    const char *code;
    slot->place = take_place(run);
    int result = launch(run, slot, &code, &cause);
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
