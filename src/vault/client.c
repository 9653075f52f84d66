#include "vault/client.h"

#include "base/limits.h"
#include "base/memory.h"
#include "process/child.h"
#include "process/message.h"
#include "vault/details.h"
#include "vault/parts.h"
#include "vault/protocol.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct vault_client {
    pid_t pid;
    int socket;
    struct message_reader reader;
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

/* Waits for an answer of that type. */
static int await(struct vault_client *client, uint16_t type, struct message *ret, struct error *err)
{
    int result = message_receive(&client->reader, client->socket, ret, err);
    if (result < 0) {
        return result == ERR_NETWORK ? error_set(err, ERR_IO, "the vault's process has ended")
                                     : result;
    }
    if (ret->type == VAULT_FAILED) {
        return read_failure(ret->body, err);
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

int vault_client_send(struct vault_client *client, const uint64_t *ids, uint32_t id_count,
                      struct str for_target, int fd, struct error *err)
{
    struct message message;
    struct buf body;
    buf_init(&body, LIMIT_LINE);
    part_put_text(&body, str_cut_utf8(for_target, LIMIT_NAME));
    for (uint32_t i = 0; i < id_count; i++) {
        part_put_u64(&body, ids[i]);
    }
    int result = body.overflow
                     ? error_set(err, ERR_LIMIT, "%u credentials for one target", id_count)
                     : message_send(client->socket, VAULT_SEND, buf_view(&body), &fd, 1, err);
    buf_done(&body);
    return result < 0 ? result : await(client, VAULT_SENT, &message, err);
}
