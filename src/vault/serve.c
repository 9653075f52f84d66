#include "vault/serve.h"

#include "base/date.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "process/message.h"
#include "process/sandbox.h"
#include "vault/details.h"
#include "vault/parts.h"
#include "vault/protocol.h"
#include "vault/provider.h"
#include "vault/record.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Seconds that a pipe may stay full: a process that does not read its credential is not waited for.
 */
enum { PIPE_SECONDS = 5 };
/* Waited for at once; the engine has no more workers. */
enum { ERRANDS_MOST = 512 };

/* What was asked for and is not handed out yet: a provider has it. Its own process waits for that
 * one, so that others are answered meanwhile. */
struct errand {
    uint32_t number;
    struct buf ids; /* those that are left, as they came */
    struct buf target;
    int fd;     /* the pipe that the credentials go into */
    pid_t pid;  /* 0: not begun */
    int report; /* what the process tells of a failure, as the body of VAULT_FAILED without number
                 */
    struct buf failure;
};

struct serving {
    int socket;
    const char *folder;
    struct vault *vault;
    bool sandboxed;
    struct errand *errands;
    unsigned errand_count, errand_capacity;
};

void serve_harden(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
}

/* ---- answers ---- */

static void put_failure(const struct error *failure, struct buf *body)
{
    part_put_u32(body, (uint32_t)-failure->code);
    part_put_text(body, str_from(failure->where));
    part_put_text(body, str_from(failure->message));
}

static int answer_failure(const struct serving *serving, uint32_t number,
                          const struct error *failure, struct error *err)
{
    struct buf body;
    buf_init(&body, LIMIT_LINE);
    part_put_u32(&body, number);
    put_failure(failure, &body);
    int result = message_send(serving->socket, VAULT_FAILED, buf_view(&body), NULL, 0, err);
    buf_done(&body);
    return result;
}

static int list(struct serving *serving, struct error *failure, struct error *err)
{
    struct buf body;
    uint32_t count;
    int result = vault_refresh(serving->vault, failure);
    if (result < 0) {
        return answer_failure(serving, 0, failure, err);
    }
    const struct credential *credentials = vault_credentials(serving->vault, &count);
    buf_init(&body, LIMIT_VAULT);
    for (uint32_t i = 0; i < count; i++) {
        details_write(&credentials[i], &body);
    }
    result = message_send(serving->socket, VAULT_CREDENTIALS, buf_view(&body), NULL, 0, err);
    buf_done(&body);
    return result;
}

/* ---- handing out ---- */

static int write_pipe(int fd, struct str bytes, struct error *err)
{
    double end = time_monotonic() + PIPE_SECONDS;
    while (bytes.len > 0) {
        struct pollfd wait = {.fd = fd, .events = POLLOUT};
        double left = end - time_monotonic();
        if (left <= 0) {
            return error_set(err, ERR_TIMEOUT, "nobody reads the credential that was asked for");
        }
        if (poll(&wait, 1, (int)(left * 1000) + 1) <= 0) {
            continue;
        }
        ssize_t wrote = write(fd, bytes.ptr, bytes.len);
        if (wrote > 0) {
            bytes = str_skip(bytes, (size_t)wrote);
        } else if (wrote < 0 && errno != EAGAIN && errno != EINTR) {
            return error_set_errno(err, "pipe of a credential");
        }
    }
    return 0;
}

/* A provider was added since the start, after which no command can be run. */
static int check_provider(const struct serving *serving, uint64_t id, struct error *err)
{
    const struct credential *credential = vault_find_id(serving->vault, id);
    return serving->sandboxed && credential != NULL && credential->provider.len > 0
               ? error_set(
                     err, ERR_IO,
                     "the credential was given a provider meanwhile; it is used from the next "
                     "run on")
               : 0;
}

static int hand_out(struct serving *serving, uint64_t id, struct str target, int fd,
                    struct error *err)
{
    struct secret form = {0};
    int result = check_provider(serving, id, err);
    result = result < 0 ? result : provider_reveal(serving->vault, id, &form, err);
    /* Written down before it is given away. */
    result = result < 0 ? result : record_use(serving->folder, id, target, err);
    result = result < 0 ? result : write_pipe(fd, secret_view(&form), err);
    secret_free(&form);
    return result;
}

/* Nothing but a pipe is written to: what is in a file stays. */
static int check_pipe(int fd, struct error *err)
{
    struct stat info;
    if (fd < 0 || fstat(fd, &info) < 0 || !S_ISFIFO(info.st_mode)) {
        return error_set(err, ERR_USAGE, "a credential goes into a pipe and nowhere else");
    }
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return 0;
}

/* ---- errands ---- */

static int answer_sent(const struct serving *serving, uint32_t number, struct error *err)
{
    struct buf body;
    buf_init(&body, 64);
    part_put_u32(&body, number);
    int result = message_send(serving->socket, VAULT_SENT, buf_view(&body), NULL, 0, err);
    buf_done(&body);
    return result;
}

static void errand_done(struct errand *errand)
{
    close(errand->fd);
    if (errand->report >= 0) {
        close(errand->report);
    }
    buf_done(&errand->ids);
    buf_done(&errand->target);
    buf_done(&errand->failure);
}

/* In a process of its own, which has none of the vault's secrets: locked memory is not inherited.
 */
static _Noreturn void run_errand(struct serving *serving, const struct errand *errand, uint64_t id,
                                 int report)
{
    struct error failure = ERROR_INIT;
    struct buf body;
    close(serving->socket);
    /* Held here, others' pipes would not end before this one's provider does. */
    for (unsigned i = 0; i < serving->errand_count; i++) {
        if (&serving->errands[i] != errand) {
            close(serving->errands[i].fd);
            close(serving->errands[i].report);
        }
    }
    if (hand_out(serving, id, buf_view(&errand->target), errand->fd, &failure) < 0) {
        buf_init(&body, LIMIT_LINE);
        put_failure(&failure, &body);
        (void)file_write_all(report, body.data, body.len, NULL);
        _exit(1);
    }
    _exit(0);
}

static int fork_errand(struct serving *serving, struct errand *errand, uint64_t id,
                       struct error *failure)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) {
        return error_set_errno(failure, "pipe of a provider");
    }
    errand->pid = fork();
    if (errand->pid == 0) {
        run_errand(serving, errand, id, ends[1]);
    }
    close(ends[1]);
    errand->report = ends[0];
    if (errand->pid < 0) {
        errand->pid = 0;
        return error_set_errno(failure, "process for a provider");
    }
    return 0;
}

/* Hands out what is left, up to one that a provider has. 1: that one is under way; 0: all is done.
 */
static int go_on(struct serving *serving, struct errand *errand, struct error *failure)
{
    struct str left = buf_view(&errand->ids);
    int result = 0;
    uint64_t id;
    while (result == 0 && part_take_u64(&left, &id)) {
        const struct credential *credential = vault_find_id(serving->vault, id);
        bool elsewhere = credential != NULL && credential->provider.len > 0;
        result = elsewhere && !serving->sandboxed
                     ? fork_errand(serving, errand, id, failure)
                     : hand_out(serving, id, buf_view(&errand->target), errand->fd, failure);
        if (result == 0 && errand->pid > 0) {
            break;
        }
    }
    struct buf rest;
    buf_init(&rest, LIMIT_LINE);
    buf_put_str(&rest, left);
    buf_done(&errand->ids);
    errand->ids = rest;
    return result < 0 ? result : errand->pid > 0;
}

/* Takes it up, or goes on with it; it is taken off the list when it is over. The answer is sent
 * before the pipe is closed: who reads that knows then what became of it. */
static int step_errand(struct serving *serving, unsigned n, struct error *failure,
                       struct error *err)
{
    struct errand *errand = &serving->errands[n];
    int result = failure->code < 0 ? failure->code : go_on(serving, errand, failure);
    if (result == 1) {
        return 0;
    }
    result = result < 0 ? answer_failure(serving, errand->number, failure, err)
                        : answer_sent(serving, errand->number, err);
    errand_done(errand);
    serving->errands[n] = serving->errands[--serving->errand_count];
    return result;
}

/* Its process has told something, or ended. */
static int read_report(struct serving *serving, unsigned n, struct error *err)
{
    struct errand *errand = &serving->errands[n];
    struct error failure = ERROR_INIT;
    struct str body, where, what;
    char bytes[1024];
    uint32_t code;
    int status = 0;
    ssize_t got = read(errand->report, bytes, sizeof bytes);
    if (got > 0 || (got < 0 && errno == EINTR)) {
        buf_put(&errand->failure, bytes, got > 0 ? (size_t)got : 0);
        return 0;
    }
    close(errand->report);
    errand->report = -1;
    while (waitpid(errand->pid, &status, 0) < 0 && errno == EINTR) {
    }
    errand->pid = 0;
    body = buf_view(&errand->failure);
    if (status != 0 && part_take_u32(&body, &code) && part_take_text(&body, &where) &&
        part_take_text(&body, &what) && code > 0 && code <= -ERR_INTERRUPTED) {
        error_set(&failure, -(int)code, "%.*s", STR_ARG(what));
        snprintf(failure.where, sizeof failure.where, "%.*s", STR_ARG(where));
    } else if (status != 0) {
        error_set(&failure, ERR_IO, "the process that waited for a provider ended unexpectedly");
    }
    return step_errand(serving, n, &failure, err);
}

static int take_errand(struct serving *serving, struct str body, int fd, struct error *failure,
                       struct error *err)
{
    struct str target = {0};
    uint32_t number = 0;
    bool read = part_take_u32(&body, &number) && part_take_text(&body, &target);
    if (!read || body.len == 0 || body.len % 8 != 0) {
        error_set(failure, ERR_FORMAT, "the vault was asked what it does not understand");
    }
    if (failure->code == 0 && check_pipe(fd, failure) == 0 &&
        vault_refresh(serving->vault, failure) == 0 && serving->errand_count == ERRANDS_MOST) {
        error_set(failure, ERR_LIMIT, "too many credentials are waited for at once");
    }
    if (failure->code < 0) {
        return answer_failure(serving, number, failure, err);
    }
    mem_reserve(serving->errands, serving->errand_count, serving->errand_capacity);
    struct errand *errand = &serving->errands[serving->errand_count++];
    *errand = (struct errand){.number = number, .fd = fcntl(fd, F_DUPFD_CLOEXEC, 0), .report = -1};
    buf_init(&errand->ids, LIMIT_LINE);
    buf_init(&errand->target, LIMIT_LINE);
    buf_init(&errand->failure, LIMIT_LINE);
    buf_put_str(&errand->ids, body);
    buf_put_str(&errand->target, target);
    return step_errand(serving, serving->errand_count - 1, failure, err);
}

/* ---- questions ---- */

static int answer(struct serving *serving, struct message_reader *reader,
                  const struct message *message, struct error *err)
{
    struct error failure = ERROR_INIT;
    int result, fd = message_reader_take_fd(reader);
    switch (message->type) {
    case VAULT_SEND:
        result = take_errand(serving, message->body, fd, &failure, err);
        break;
    case VAULT_LIST:
        result = list(serving, &failure, err);
        break;
    default:
        error_set(&failure, ERR_UNSUPPORTED, "the vault does not do that");
        result = answer_failure(serving, 0, &failure, err);
    }
    if (fd >= 0) {
        close(fd);
    }
    return result;
}

/* Waits for a question or the end of an errand's process, and answers. */
static int answer_next(struct serving *serving, struct message_reader *reader, struct error *err)
{
    struct pollfd waits[1 + ERRANDS_MOST];
    struct message message;
    bool again = false;
    int result;
    while ((result = message_reader_next(reader, &message, err)) > 0) {
        result = answer(serving, reader, &message, err);
        if (result < 0) {
            return result;
        }
    }
    waits[0] = (struct pollfd){.fd = serving->socket, .events = POLLIN};
    for (unsigned i = 0; i < serving->errand_count; i++) {
        waits[1 + i] = (struct pollfd){.fd = serving->errands[i].report, .events = POLLIN};
    }
    unsigned count = serving->errand_count;
    if (result < 0 || poll(waits, 1 + count, -1) < 0) {
        return result < 0 || errno == EINTR ? result : error_set_errno(err, "waiting");
    }
    /* From the last on: one that is over gives its place to the last. */
    for (unsigned i = count; i-- > 0 && result == 0;) {
        result = waits[1 + i].revents != 0 ? read_report(serving, i, err) : 0;
    }
    if (result == 0 && waits[0].revents != 0) {
        result = message_reader_fill(reader, serving->socket, &again, err);
        result = result == 0 && !again ? ERR_NETWORK : result < 0 ? result : 0;
    }
    return result;
}

static int answer_all(struct serving *serving, struct error *err)
{
    struct message_reader reader;
    int result = message_send(serving->socket, VAULT_OPEN, STR(""), NULL, 0, err);
    message_reader_init(&reader, LIMIT_LINE);
    while (result == 0) {
        result = answer_next(serving, &reader, err);
    }
    message_reader_done(&reader);
    while (serving->errand_count > 0) {
        struct errand *errand = &serving->errands[--serving->errand_count];
        if (errand->pid > 0) {
            kill(errand->pid, SIGKILL);
        }
        errand_done(errand);
    }
    free(serving->errands);
    return result == ERR_NETWORK ? 0 : result;
}

/* ---- start ---- */

static bool has_provider(const struct vault *vault)
{
    uint32_t count;
    const struct credential *credentials = vault_credentials(vault, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (credentials[i].provider.len > 0) {
            return true;
        }
    }
    return false;
}

/* From here on there are the socket and the vault's folder. Commands of providers cannot be run in
 * a sandbox, so that a vault with one does without. */
static int enter_sandbox(struct serving *serving, struct error *err)
{
    const char *const folders[] = {serving->folder, NULL};
    const struct sandbox_paths paths = {.write = folders};
    struct sandbox_state state;
    if (has_provider(serving->vault)) {
        return 0;
    }
    int result = sandbox_enter(&sandbox_vault, &paths, true, &state, err);
    serving->sandboxed = result == 0 && state.seccomp;
    return result;
}

static int open_vault(struct serving *serving, const struct vault_asker *asker, struct error *err)
{
    int result = vault_open(serving->folder, asker, &serving->vault, err);
    return result < 0 ? result : enter_sandbox(serving, err);
}

int serve_run(int socket, const char *folder, const struct vault_asker *asker, struct error *err)
{
    struct serving serving = {.socket = socket, .folder = folder};
    int result = open_vault(&serving, asker, err);
    if (result < 0) {
        struct error ignored = ERROR_INIT;
        answer_failure(&serving, 0, err, &ignored);
    } else {
        result = answer_all(&serving, err);
    }
    vault_close(serving.vault);
    return result;
}
