#include "vault/client.h"

#include "base/limits.h"
#include "base/memory.h"
#include "process/child.h"
#include "process/message.h"
#include "vault/details.h"
#include "vault/parts.h"
#include "vault/protocol.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The answer to a question of vault_client_ask. */
struct late {
    uint32_t number;
    int result;
    struct error cause;
};

struct vault_client {
    pid_t pid;
    int socket;
    struct message_reader reader;
    struct late *late; /* that came while another answer was waited for */
    unsigned late_count, late_capacity;
};

/* ---- messages ---- */

static int unexpected(struct error *err)
{
    return error_set(err, ERR_FORMAT, "the vault answered what was not asked");
}

/* Fills err with the failure that the vault tells. */
static int read_failure(struct str body, struct error *err)
{
    uint32_t code;
    struct str where, text;
    if (!part_take_u32(&body, &code) || !part_take_text(&body, &where) ||
        !part_take_text(&body, &text) || code == 0 || code > -ERR_INTERRUPTED) {
        return unexpected(err);
    }
    int result = error_set(err, -(int)code, "%.*s", STR_ARG(text));
    if (where.len > 0 && where.len < sizeof err->where) {
        char name[sizeof err->where] = {0};
        memcpy(name, where.ptr, where.len);
        error_add_where(err, name);
    }
    return result;
}

/* Whether the message is an answer to a question of vault_client_ask; it is read then. */
static bool read_late(const struct message *message, struct late *ret)
{
    struct str body = message->body;
    *ret = (struct late){.cause = ERROR_INIT};
    if ((message->type != VAULT_SENT && message->type != VAULT_FAILED) ||
        !part_take_u32(&body, &ret->number) || ret->number == 0) {
        return false;
    }
    ret->result = message->type == VAULT_FAILED ? read_failure(body, &ret->cause) : 0;
    return true;
}

/* Waits for an answer of that type that is not to a question of vault_client_ask; those are put
 * aside. */
static int await(struct vault_client *client, uint16_t type, struct message *ret, struct error *err)
{
    struct late late;
    uint32_t number;
    for (;;) {
        int result = message_receive(&client->reader, client->socket, ret, err);
        if (result < 0) {
            return result == ERR_NETWORK ? error_set(err, ERR_IO, "the vault's process has ended")
                                         : result;
        }
        if (!read_late(ret, &late)) {
            break;
        }
        mem_reserve(client->late, client->late_count, client->late_capacity);
        client->late[client->late_count++] = late;
    }
    struct str body = ret->body;
    if (ret->type == VAULT_FAILED) {
        return part_take_u32(&body, &number) ? read_failure(body, err) : unexpected(err);
    }
    return ret->type == type ? 0 : unexpected(err);
}

/* ---- start and end ---- */

static int start(struct vault_client *client, const struct vault_unlock *unlock, int theirs,
                 struct error *err)
{
    const char *const arguments[] = {"serve", "--folder", unlock->folder,
                                     unlock->passphrase_fd >= 0 ? "--passphrase" : NULL, NULL};
    const struct child_fd fds[] = {{theirs, VAULT_FD_SOCKET},
                                   {unlock->passphrase_fd, VAULT_FD_PASSPHRASE}};
    return child_start("vault", arguments, fds, unlock->passphrase_fd >= 0 ? 2 : 1, &client->pid,
                       err);
}

int vault_client_start(const struct vault_unlock *unlock, struct vault_client **ret,
                       struct error *err)
{
    int pair[2];
    struct message message;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        return error_set_errno(err, "socket to the vault");
    }
    struct vault_client *client = mem_alloc_zero(1, sizeof *client);
    client->pid = -1;
    client->socket = pair[0];
    message_reader_init(&client->reader, LIMIT_VAULT);
    int result = start(client, unlock, pair[1], err);
    close(pair[1]);
    result = result < 0 ? result : await(client, VAULT_OPEN, &message, err);
    if (result < 0) {
        vault_client_stop(client);
        return result;
    }
    *ret = client;
    return 0;
}

/* It ends by itself when its socket is closed; unless it hangs in a command of another vault. */
static void reap(pid_t pid)
{
    for (int i = 0; i < 100; i++) {
        pid_t ended = waitpid(pid, NULL, WNOHANG);
        if (ended == pid || (ended < 0 && errno != EINTR)) {
            return;
        }
        usleep(10000);
    }
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
}

void vault_client_stop(struct vault_client *client)
{
    if (client == NULL) {
        return;
    }
    close(client->socket);
    free(client->late);
    message_reader_done(&client->reader);
    if (client->pid > 0) {
        reap(client->pid);
    }
    free(client);
}

/* ---- asking ---- */

int vault_client_list(struct vault_client *client, struct arena *arena,
                      const struct credential **ret_credentials, uint32_t *ret_count,
                      struct error *err)
{
    struct message message;
    struct credential *items = NULL;
    uint32_t count = 0, capacity = 0;
    int result = message_send(client->socket, VAULT_LIST, STR(""), NULL, 0, err);
    result = result < 0 ? result : await(client, VAULT_CREDENTIALS, &message, err);
    while (result == 0 && message.body.len > 0) {
        arena_reserve(arena, items, count, capacity);
        result = details_read(&message.body, arena, &items[count++], err);
    }
    if (result == 0) {
        *ret_credentials = items;
        *ret_count = count;
    }
    return result;
}

int vault_client_ask(struct vault_client *client, uint32_t number, const uint64_t *ids,
                     uint32_t id_count, struct str for_target, int fd, struct error *err)
{
    struct buf body;
    buf_init(&body, LIMIT_LINE);
    part_put_u32(&body, number);
    part_put_text(&body, str_cut_utf8(for_target, LIMIT_NAME));
    for (uint32_t i = 0; i < id_count; i++) {
        part_put_u64(&body, ids[i]);
    }
    int result = body.overflow
                     ? error_set(err, ERR_LIMIT, "%u credentials for one target", id_count)
                     : message_send(client->socket, VAULT_SEND, buf_view(&body), &fd, 1, err);
    buf_done(&body);
    return result;
}

int vault_client_send(struct vault_client *client, const uint64_t *ids, uint32_t id_count,
                      struct str for_target, int fd, struct error *err)
{
    struct message message;
    int result = vault_client_ask(client, 0, ids, id_count, for_target, fd, err);
    return result < 0 ? result : await(client, VAULT_SENT, &message, err);
}

int vault_client_fd(const struct vault_client *client)
{
    return client->socket;
}

/* The next message that is there, without waiting: 1, 0 or an error. */
static int receive_now(struct vault_client *client, struct message *ret, struct error *err)
{
    bool again = false;
    int result;
    struct pollfd wait = {.fd = client->socket, .events = POLLIN};
    while ((result = message_reader_next(&client->reader, ret, err)) == 0) {
        if (poll(&wait, 1, 0) <= 0) {
            return 0;
        }
        result = message_reader_fill(&client->reader, client->socket, &again, err);
        if (result == 0 && !again) {
            return error_set(err, ERR_IO, "the vault's process has ended");
        }
        if (result < 0) {
            return result;
        }
    }
    return result;
}

int vault_client_answer(struct vault_client *client, uint32_t *ret_number, int *ret_result,
                        struct error *cause, struct error *err)
{
    struct message message;
    struct late late;
    if (client->late_count > 0) {
        late = client->late[--client->late_count];
    } else {
        int result = receive_now(client, &message, err);
        if (result <= 0) {
            return result;
        }
        if (!read_late(&message, &late)) {
            return unexpected(err);
        }
    }
    *ret_number = late.number;
    *ret_result = late.result;
    *cause = late.cause;
    return 1;
}
