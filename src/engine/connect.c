#include "engine/connect.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* RFC 8305, section 8: Connection Attempt Delay. */
#define NEXT_SECONDS 0.25

/* What says more is kept: a refusal tells that the machine is there. */
static int weight(int reason)
{
    switch (reason) {
    case 0:
        return 0;
    case ETIMEDOUT:
        return 1;
    case ENETUNREACH:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
        return 2;
    case ECONNREFUSED:
        return 4;
    default:
        return 3;
    }
}

static void note_reason(struct connect *connect, int reason)
{
    if (weight(reason) > weight(connect->reason)) {
        connect->reason = reason;
    }
}

static socklen_t make_sockaddr(const struct resolved_address *address, uint16_t port,
                               struct sockaddr_storage *out)
{
    memset(out, 0, sizeof *out);
    if (address->family == 4) {
        struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)out;
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        memcpy(&v4->sin_addr, address->bytes, 4);
        return sizeof *v4;
    }
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)out;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    memcpy(&v6->sin6_addr, address->bytes, 16);
    return sizeof *v6;
}

static void start_next(struct connect *state, double now)
{
    struct sockaddr_storage where;
    const struct resolved_address *address = &state->addresses[state->next];
    socklen_t len = make_sockaddr(address, state->port, &where);
    int fd = socket(where.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    state->next_at = now + NEXT_SECONDS;
    if (fd < 0) {
        state->next++;
        note_reason(state, errno);
        return;
    }
    if (connect(fd, (const struct sockaddr *)&where, len) < 0 && errno != EINPROGRESS) {
        note_reason(state, errno);
        close(fd);
    } else {
        state->sockets[state->open].address = state->next;
        state->sockets[state->open++].fd = fd;
    }
    state->next++;
}

void connect_begin(struct connect *connect, const struct resolved_address *addresses,
                   unsigned count, uint16_t port, double now, double seconds)
{
    *connect = (struct connect){.count = count < RESOLVED_MAX ? count : RESOLVED_MAX,
                                .port = port,
                                .deadline = now + seconds,
                                .next_at = now};
    memmove(connect->addresses, addresses, connect->count * sizeof *addresses);
}

static void drop_socket(struct connect *connect, unsigned n)
{
    connect->sockets[n] = connect->sockets[--connect->open];
}

static void take_socket(struct connect *connect, unsigned n, int *ret_fd,
                        struct resolved_address *ret_address)
{
    int on = 1, fd = connect->sockets[n].fd;
    *ret_fd = fd;
    *ret_address = connect->addresses[connect->sockets[n].address];
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    drop_socket(connect, n);
    connect_end(connect);
}

/* Is one of the sockets connected? Those that failed are closed. */
static bool look(struct connect *connect, int *ret_fd, struct resolved_address *ret_address)
{
    for (unsigned n = 0; n < connect->open;) {
        struct pollfd watch = {.fd = connect->sockets[n].fd, .events = POLLOUT};
        int reason = 0;
        socklen_t len = sizeof reason;
        if (poll(&watch, 1, 0) <= 0) {
            n++;
            continue;
        }
        getsockopt(watch.fd, SOL_SOCKET, SO_ERROR, &reason, &len);
        if (reason == 0) {
            take_socket(connect, n, ret_fd, ret_address);
            return true;
        }
        note_reason(connect, reason);
        close(watch.fd);
        drop_socket(connect, n);
    }
    return false;
}

enum connect_state connect_step(struct connect *connect, double now, int *ret_fd,
                                struct resolved_address *ret_address)
{
    if (look(connect, ret_fd, ret_address)) {
        return CONNECT_MADE;
    }
    while (connect->next < connect->count && connect->open < CONNECT_SOCKETS &&
           (connect->open == 0 || now >= connect->next_at) && now < connect->deadline) {
        start_next(connect, now);
        if (look(connect, ret_fd, ret_address)) {
            return CONNECT_MADE;
        }
    }
    if (now >= connect->deadline) {
        note_reason(connect, ETIMEDOUT);
        connect_end(connect);
        return CONNECT_FAILED;
    }
    return connect->open > 0 || connect->next < connect->count ? CONNECT_BUSY : CONNECT_FAILED;
}

double connect_due(const struct connect *connect)
{
    bool more = connect->next < connect->count && connect->open < CONNECT_SOCKETS;
    return more && connect->next_at < connect->deadline ? connect->next_at : connect->deadline;
}

void connect_end(struct connect *connect)
{
    while (connect->open > 0) {
        close(connect->sockets[--connect->open].fd);
    }
}
