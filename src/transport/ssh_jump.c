/* The way through a jump host: direct-tcpip (RFC 4254, section 7.2). */
#include "transport/ssh_inside.h"

#include "base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* What is moved at once; what cannot be passed on is held and nothing more is taken meanwhile. */
enum { PIECE = 32768 };

void ssh_tunnel_close(struct ssh_tunnel *tunnel)
{
    if (tunnel == NULL) {
        return;
    }
    if (tunnel->channel != NULL) {
        ssh_channel_free(tunnel->channel);
    }
    if (tunnel->fd >= 0) {
        close(tunnel->fd);
    }
    buf_done(&tunnel->up);
    buf_done(&tunnel->down);
    ssh_close(tunnel->under);
    free(tunnel);
}

static int open_channel(struct ssh_link *under, const struct ssh_hop *target, ssh_channel channel,
                        struct error *err)
{
    char name[512], text[300];
    double deadline = ssh_step_deadline(under);
    int state;
    snprintf(name, sizeof name, "%.*s", STR_ARG(target->name));
    while ((state = ssh_channel_open_forward(channel, name, target->port, "127.0.0.1", 0)) ==
           SSH_AGAIN) {
        int result = ssh_go_on(under, deadline, err);
        if (result < 0) {
            return result;
        }
    }
    return state == SSH_OK ? 0
                           : ssh_fail(under, "JUMP-FAILED", err, "no way from there to %s: %s",
                                      name, ssh_error_of(under, text, sizeof text));
}

int ssh_tunnel_open(struct ssh_link *under, const struct ssh_hop *target, struct ssh_tunnel **ret,
                    int *ret_fd, struct error *err)
{
    int pair[2];
    ssh_channel channel = ssh_channel_new(under->session);
    if (channel == NULL) {
        return ssh_fail_lost(under, "JUMP-FAILED", err);
    }
    int result = open_channel(under, target, channel, err);
    if (result == 0 &&
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) < 0) {
        result = ssh_fail(under, "INTERNAL", err, "a socket pair for the jump host");
    }
    if (result < 0) {
        ssh_channel_free(channel);
        return result;
    }
    struct ssh_tunnel *tunnel = mem_alloc_zero(1, sizeof *tunnel);
    *tunnel = (struct ssh_tunnel){.under = under, .channel = channel, .fd = pair[0]};
    buf_init(&tunnel->up, PIECE);
    buf_init(&tunnel->down, PIECE);
    *ret = tunnel;
    *ret_fd = pair[1];
    return 0;
}

static void drop_front(struct buf *buf, size_t count)
{
    memmove(buf->data, buf->data + count, buf->len - count);
    buf->len -= count;
}

/* From the target's session to the channel. */
static bool pump_up(struct ssh_tunnel *tunnel)
{
    if (tunnel->up.len == 0) {
        char *room = buf_reserve(&tunnel->up, PIECE);
        ssize_t got = recv(tunnel->fd, room, PIECE, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
            return false;
        }
        tunnel->up.len += got > 0 ? (size_t)got : 0;
    }
    if (tunnel->up.len > 0) {
        int written = ssh_channel_write(tunnel->channel, tunnel->up.data, (uint32_t)tunnel->up.len);
        if (written < 0 && written != SSH_AGAIN) {
            return false;
        }
        drop_front(&tunnel->up, written > 0 ? (size_t)written : 0);
    }
    return true;
}

/* From the channel to the target's session. */
static bool pump_down(struct ssh_tunnel *tunnel)
{
    if (tunnel->down.len == 0) {
        char *room = buf_reserve(&tunnel->down, PIECE);
        int got = ssh_channel_read_nonblocking(tunnel->channel, room, PIECE, 0);
        if (got == SSH_EOF || got == SSH_ERROR ||
            (got == 0 && ssh_channel_is_eof(tunnel->channel))) {
            return false;
        }
        tunnel->down.len += got > 0 ? (size_t)got : 0;
    }
    if (tunnel->down.len > 0) {
        ssize_t sent =
            send(tunnel->fd, tunnel->down.data, tunnel->down.len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) {
            return false;
        }
        drop_front(&tunnel->down, sent > 0 ? (size_t)sent : 0);
    }
    return true;
}

bool ssh_tunnel_pump(struct ssh_tunnel *tunnel)
{
    if (!tunnel->ended && (!pump_up(tunnel) || !pump_down(tunnel))) {
        tunnel->ended = true;
    }
    return !tunnel->ended;
}
