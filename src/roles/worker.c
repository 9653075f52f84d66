/*
 * worker: speaks SSH to one target and returns one inventory document (collect/job.h has its
 * descriptors and messages, docs/formats/job.md describes them). Everything that needs rights comes
 * first; from the sandbox on, all that it can do is talk to what it was given.
 */
#include "collect/job.h"
#include "collect/remote.h"
#include "process/message.h"
#include "process/sandbox.h"

#include "base/date.h"
#include "base/limits.h"
#include "roles/worker_rights.h"
#include "json/json_writer.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { HOPS = 2 };

struct worker {
    double started;
    struct arena arena;
    struct job job;
    struct credential credentials[HOPS]; /* target's, jump host's */
    struct credential_secret secrets[HOPS];
    struct ssh_hop jump;
    struct ssh_request request;
    int status_fd; /* /proc/self/status, which cannot be opened later */
    const char *phase;
};

static void send_body(uint16_t type, struct buf *body)
{
    struct error err = ERROR_INIT;
    if (message_send(STDOUT_FILENO, type, buf_view(body), NULL, 0, &err) < 0) {
        _exit(1); /* nobody waits for the rest */
    }
}

/* A message whose body is one JSON object. */
struct told {
    struct buf body;
    struct json_writer writer;
};

static void begin_told(struct told *told)
{
    buf_init(&told->body, LIMIT_JOB);
    json_writer_init(&told->writer, &told->body);
    told->writer.indented = false;
    json_open_object(&told->writer, NULL);
}

static void send_told(struct told *told, uint16_t type)
{
    json_close_object(&told->writer);
    send_body(type, &told->body);
    buf_done(&told->body);
}

/* A message of texts: key, value, key, value, NULL. */
static void send_texts(uint16_t type, const char *const *pairs)
{
    struct told told;
    begin_told(&told);
    for (; *pairs != NULL; pairs += 2) {
        json_put_str(&told.writer, pairs[0], str_from(pairs[1]));
    }
    send_told(&told, type);
}

static void tell_phase(void *context, const char *phase)
{
    struct worker *worker = context;
    worker->phase = phase;
    send_texts(WORKER_PHASE, (const char *const[]){"phase", phase, NULL});
}

static void tell_host_key(void *context, const struct ssh_hop *hop, const char *type,
                          const char *fingerprint, const char *state)
{
    (void)context;
    send_texts(WORKER_HOST_KEY, (const char *const[]){"hop", hop->role, "type", type, "fingerprint",
                                                      fingerprint, "state", state, NULL});
}

static void tell_authenticated(void *context, const struct ssh_hop *hop, const char *method)
{
    (void)context;
    send_texts(WORKER_AUTHENTICATED,
               (const char *const[]){"hop", hop->role, "method", method, NULL});
}

static void tell_failure(const struct worker *worker, const char *code, const struct error *err)
{
    char message[1024];
    send_texts(WORKER_FAILURE,
               (const char *const[]){"code", code, "phase", worker->phase, "message",
                                     error_text(err, message, sizeof message), NULL});
}

/* The most memory that was in use, by the kernel's count. */
static uint64_t read_peak(int status_fd)
{
    char text[4096];
    uint64_t kilobytes = 0;
    ssize_t got = lseek(status_fd, 0, SEEK_SET) == 0 ? read(status_fd, text, sizeof text) : -1;
    struct str rest = str_make(text, got > 0 ? (size_t)got : 0), line, word;
    while (str_next_line(&rest, &line)) {
        if (str_starts(line, STR("VmHWM:"))) {
            line = str_skip(line, 6);
            if (str_next_word(&line, &word)) {
                str_to_u64(word, &kilobytes);
            }
        }
    }
    return kilobytes * 1024;
}

static void tell_done(const struct worker *worker, uint64_t bytes_read)
{
    struct told told;
    begin_told(&told);
    json_put_real(&told.writer, "seconds", time_monotonic() - worker->started, 3);
    json_put_uint(&told.writer, "read", bytes_read);
    json_put_uint(&told.writer, "memory", read_peak(worker->status_fd));
    send_told(&told, WORKER_DONE);
}

static int read_job(struct worker *worker, struct error *err)
{
    struct buf document;
    buf_init(&document, LIMIT_JOB);
    int result = worker_read_all(WORKER_FD_JOB, &document, err);
    if (result == 0) {
        result = job_read(buf_view(&document), &worker->arena, &worker->job, err);
    }
    buf_done(&document);
    error_add_where(err, "job");
    return result;
}

/* The credentials that the job says come: the target's, then the jump host's. */
static int read_credentials(struct worker *worker, struct error *err)
{
    const bool wanted[HOPS] = {worker->job.target.credential,
                               worker->job.has_jump && worker->job.jump.credential};
    struct secret bytes;
    int result = 0;
    if (!wanted[0] && !wanted[1]) {
        return 0;
    }
    if ((result = secret_read(WORKER_FD_CREDENTIAL, LIMIT_SECRET, &bytes, err)) < 0) {
        return result;
    }
    struct str rest = secret_view(&bytes);
    for (int i = 0; i < HOPS && result == 0; i++) {
        if (wanted[i]) {
            result = credential_decode(&rest, &worker->arena, &worker->credentials[i],
                                       &worker->secrets[i], err);
        }
    }
    secret_free(&bytes);
    error_add_where(err, "credential");
    return result;
}

static void forget_secrets(struct worker *worker)
{
    for (int i = 0; i < HOPS; i++) {
        credential_secret_done(&worker->secrets[i]);
    }
}

static struct ssh_hop make_hop(struct worker *worker, const struct job_hop *hop, int index)
{
    return (struct ssh_hop){
        .role = index == 0 ? "target" : "jump",
        .name = hop->name,
        .port = hop->port,
        .user = hop->user,
        .host_keys = hop->host_keys,
        .host_key_count = hop->host_key_count,
        .first_use = hop->first_use,
        .credential = hop->credential ? &worker->credentials[index] : NULL,
        .secret = &worker->secrets[index],
        .agent = hop->agent,
        .ticket = hop->ticket,
    };
}

static void make_request(struct worker *worker)
{
    const struct job *job = &worker->job;
    worker->jump = make_hop(worker, &job->jump, 1);
    worker->request = (struct ssh_request){
        .target = make_hop(worker, &job->target, 0),
        .jump = job->has_jump ? &worker->jump : NULL,
        .socket = WORKER_FD_SOCKET,
        .agent = job->target.agent || job->jump.agent ? WORKER_FD_AGENT : -1,
        .legacy = job->legacy,
        .limits = {.deadline = worker->started + job->seconds,
                   .silence_seconds = job->silence_seconds},
        .watch = {worker, tell_phase, tell_host_key, tell_authenticated},
    };
}

/* What is wrong with the credentials is found before the target hears of them. */
static int check_credentials(const struct worker *worker, const char **ret_code, struct error *err)
{
    int result = ssh_check_credential(&worker->request.target, ret_code, err);
    if (result == 0 && worker->request.jump != NULL) {
        result = ssh_check_credential(worker->request.jump, ret_code, err);
    }
    return result;
}

static bool uses_kerberos(const struct worker *worker)
{
    return worker->job.target.ticket || (worker->job.has_jump && worker->job.jump.ticket);
}

/* The caller's tickets are read while this is still the caller. */
static int keep_tickets(const struct worker *worker, const char **ret_code, struct error *err)
{
    const struct job_hop *target = &worker->job.target, *jump = &worker->job.jump;
    int result = 0;
    if (uses_kerberos(worker)) {
        result = worker_configure_kerberos(err);
    }
    if (result == 0 && ((target->ticket && !target->credential) ||
                        (worker->job.has_jump && jump->ticket && !jump->credential))) {
        *ret_code = "KERBEROS-FAILED";
        result = ssh_keep_tickets(err);
    }
    return result;
}

static int fetch_tickets(const struct worker *worker, const char **ret_code, struct error *err)
{
    int result = 0;
    if (worker->request.target.ticket) {
        result = ssh_fetch_ticket(&worker->request.target, ret_code, err);
    }
    if (result == 0 && worker->request.jump != NULL && worker->jump.ticket) {
        result = ssh_fetch_ticket(&worker->jump, ret_code, err);
    }
    return result;
}

static int enter_sandbox(const struct worker *worker, const char **ret_code, struct error *err)
{
    struct sandbox_state state;
    const struct sandbox_profile *profile = uses_kerberos(worker)  ? &sandbox_worker_ticket
                                            : worker->job.has_jump ? &sandbox_worker_jump
                                                                   : &sandbox_worker;
    int result = sandbox_enter(profile, NULL, worker->job.sandbox_optional, &state, err);
    *ret_code = result == ERR_UNSUPPORTED ? "SANDBOX-MISSING" : "INTERNAL";
    return result;
}

/* Everything up to the sandbox. */
static int prepare(struct worker *worker, const char **ret_code, struct error *err)
{
    int result;
    *ret_code = "INTERNAL";
    worker->phase = "start";
    worker->status_fd = fcntl(open("/proc/self/status", O_RDONLY | O_CLOEXEC), F_DUPFD_CLOEXEC,
                              WORKER_FD_AGENT + 1);
    if ((result = read_job(worker, err)) < 0 || (result = read_credentials(worker, err)) < 0) {
        return result;
    }
    make_request(worker);
    if ((result = keep_tickets(worker, ret_code, err)) < 0 ||
        (result = worker_drop_rights(&worker->job, err)) < 0 ||
        (result = worker_close_others(worker->request.agent >= 0, worker->status_fd, err)) < 0 ||
        (result = ssh_prepare(err)) < 0 ||
        (result = check_credentials(worker, ret_code, err)) < 0 ||
        (result = fetch_tickets(worker, ret_code, err)) < 0) {
        return result;
    }
    return enter_sandbox(worker, ret_code, err);
}

/* Names the parts that are missing, if any are. That an account without root sees less is worth a
 * warning only where sudo was to help. */
static void warn_of_parts(const struct worker *worker, const struct inventory *inventory,
                          bool whole)
{
    struct error err = ERROR_INIT;
    struct buf parts;
    buf_init(&parts, 300);
    for (uint32_t i = 0; i < inventory->section_count; i++) {
        const struct inventory_section *section = &inventory->sections[i];
        bool matters = worker->job.sudo || !str_eq(section->name, STR("rights"));
        if (matters && (section->state == SECTION_PARTIAL || section->state == SECTION_FAILED)) {
            buf_printf(&parts, "%s%.*s (%.*s)", parts.len > 0 ? ", " : "", STR_ARG(section->name),
                       STR_ARG(section->reason));
        }
    }
    if (!whole) {
        buf_printf(&parts, "%sits answer ends early", parts.len > 0 ? ", " : "");
    }
    if (parts.len > 0) {
        error_set(&err, ERR_FORMAT, "%s", buf_text(&parts));
        tell_failure(worker, "PROBE-PARTIAL", &err);
    }
    buf_done(&parts);
}

static int take_inventory(struct worker *worker, struct ssh_link *link, const char **ret_code,
                          struct error *err)
{
    struct inventory inventory;
    struct buf document;
    bool whole = true;
    inventory_init(&inventory);
    buf_init(&document, LIMIT_INVENTORY);
    int result = collect_remote(link, &worker->job, &inventory, &whole, ret_code, err);
    if (result == 0) {
        inventory_write(&inventory, &document);
        if (document.overflow) {
            *ret_code = "TARGET-TOO-MUCH";
            result = error_set(err, ERR_LIMIT, "the inventory is longer than %zu bytes",
                               LIMIT_INVENTORY);
        } else {
            send_body(WORKER_INVENTORY, &document);
            warn_of_parts(worker, &inventory, whole);
        }
    }
    buf_done(&document);
    inventory_done(&inventory);
    return result;
}

static void put_check(struct json_writer *writer, const struct check *check)
{
    json_open_object(writer, NULL);
    json_put_text(writer, "name", check->name);
    json_put_text(writer, "state", check->ok ? "ok" : "missing");
    json_put_text(writer, "what", check->what);
    json_put_text(writer, "cost", check->cost);
    json_close_object(writer);
}

static int take_checks(struct worker *worker, struct ssh_link *link, const char **ret_code,
                       struct error *err)
{
    struct checks checks;
    struct told told;
    int result = collect_check(link, &worker->job, &checks, ret_code, err);
    if (result < 0) {
        return result;
    }
    begin_told(&told);
    json_open_array(&told.writer, "checks");
    for (unsigned i = 0; i < checks.count; i++) {
        put_check(&told.writer, &checks.items[i]);
    }
    json_close_array(&told.writer);
    send_told(&told, WORKER_CHECKS);
    return 0;
}

static int work(struct worker *worker, const char **ret_code, uint64_t *ret_read, struct error *err)
{
    struct ssh_link *link;
    int result = prepare(worker, ret_code, err);
    if (result == 0) {
        result = ssh_open(&worker->request, &link, ret_code, err);
    }
    forget_secrets(worker);
    if (result < 0) {
        return result;
    }
    if (worker->job.purpose == JOB_INVENTORY) {
        result = take_inventory(worker, link, ret_code, err);
    } else if (worker->job.purpose == JOB_CHECK) {
        result = take_checks(worker, link, ret_code, err);
    }
    *ret_read = ssh_bytes_read(link);
    ssh_close(link);
    return result;
}

int main(void)
{
    struct worker worker = {.started = time_monotonic(), .phase = "start", .status_fd = -1};
    struct error err = ERROR_INIT;
    const char *code = "INTERNAL";
    uint64_t bytes_read = 0;
    signal(SIGPIPE, SIG_IGN);
    setlocale(LC_ALL, "C");
    arena_init(&worker.arena);
    int result = work(&worker, &code, &bytes_read, &err);
    if (result < 0) {
        tell_failure(&worker, code, &err);
    }
    tell_done(&worker, bytes_read);
    arena_done(&worker.arena);
    /* Not exit: what a sanitizer or a library does then is no longer allowed. */
    _exit(result < 0 ? 1 : 0);
}
