#include "vault/serve.h"

#include "base/date.h"
#include "base/limits.h"
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
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Seconds that a pipe may stay full: a process that does not read its credential is not waited for.
 */
enum { PIPE_SECONDS = 5 };

struct serving {
    int socket;
    const char *folder;
    struct vault *vault;
    bool sandboxed;
};

void serve_harden(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
}

/* ---- answers ---- */

static int answer_failure(const struct serving *serving, const struct error *failure,
                          struct error *err)
{
    struct buf body;
    buf_init(&body, LIMIT_LINE);
    part_put_u32(&body, (uint32_t)-failure->code);
    part_put_text(&body, str_from(failure->where));
    part_put_text(&body, str_from(failure->message));
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
        return answer_failure(serving, failure, err);
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

static int send_all(struct serving *serving, struct str body, int fd, struct error *failure)
{
    struct str target;
    uint64_t id;
    if (!part_take_text(&body, &target) || body.len == 0 || body.len % 8 != 0) {
        return error_set(failure, ERR_FORMAT, "the vault was asked what it does not understand");
    }
    int result = check_pipe(fd, failure);
    result = result < 0 ? result : vault_refresh(serving->vault, failure);
    while (result == 0 && part_take_u64(&body, &id)) {
        result = hand_out(serving, id, target, fd, failure);
    }
    return result;
}

/* ---- questions ---- */

static int answer(struct serving *serving, struct message_reader *reader,
                  const struct message *message, struct error *err)
{
    struct error failure = ERROR_INIT;
    int fd = message_reader_take_fd(reader);
    int result = 0;
    if (message->type == VAULT_SEND) {
        result = send_all(serving, message->body, fd, &failure);
    }
    if (fd >= 0) {
        close(fd);
    }
    if (result < 0) {
        return answer_failure(serving, &failure, err);
    }
    switch (message->type) {
    case VAULT_SEND:
        return message_send(serving->socket, VAULT_SENT, STR(""), NULL, 0, err);
    case VAULT_LIST:
        return list(serving, &failure, err);
    default:
        error_set(&failure, ERR_UNSUPPORTED, "the vault does not do that");
        return answer_failure(serving, &failure, err);
    }
}

static int answer_all(struct serving *serving, struct error *err)
{
    struct message_reader reader;
    struct message message;
    int result = message_send(serving->socket, VAULT_OPEN, STR(""), NULL, 0, err);
    message_reader_init(&reader, LIMIT_LINE);
    while (result == 0) {
        result = message_receive(&reader, serving->socket, &message, err);
        result = result < 0 ? result : answer(serving, &reader, &message, err);
    }
    message_reader_done(&reader);
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
        answer_failure(&serving, err, &ignored);
    } else {
        result = answer_all(&serving, err);
    }
    vault_close(serving.vault);
    return result;
}
