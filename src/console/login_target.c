#include "console/login_check.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SSH_PORT = 22, CONNECT_SECONDS = 10 };

static int no_target(const char *text, struct error *err)
{
    return error_set(err, ERR_USAGE,
                     "%s: no target; write it as db01, db01:2222 or [2001:db8::1]:22", text);
}

int login_target_read(const char *text, struct arena *arena, struct login_target *ret,
                      struct error *err)
{
    struct str whole = str_from(text), host = whole, port = {0};
    size_t colon = str_find_byte(whole, ':');
    bool one_colon =
        colon != SIZE_MAX && str_find_byte(str_skip(whole, colon + 1), ':') == SIZE_MAX;
    uint64_t number = SSH_PORT;
    if (str_starts(whole, STR("["))) {
        size_t end = str_find_byte(whole, ']');
        struct str rest = str_skip(whole, end == SIZE_MAX ? whole.len : end + 1);
        if (end == SIZE_MAX || (rest.len > 0 && rest.ptr[0] != ':')) {
            return no_target(text, err);
        }
        host = str_sub(whole, 1, end - 1);
        port = str_skip(rest, 1);
        one_colon = rest.len > 0;
    } else if (one_colon) {
        host = str_sub(whole, 0, colon);
        port = str_skip(whole, colon + 1);
    }
    if (host.len == 0 || host.len > 253 ||
        (one_colon && (!str_to_u64(port, &number) || number == 0 || number > 65535))) {
        return no_target(text, err);
    }
    *ret = (struct login_target){.host = arena_text(arena, host), .port = (uint16_t)number};
    return 0;
}

/* Connects within the time; the socket is blocking afterwards. */
static int connect_one(const struct addrinfo *address)
{
    int failure = 0;
    socklen_t len = sizeof failure;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return -1;
    }
    if (connect(fd, address->ai_addr, address->ai_addrlen) < 0) {
        struct pollfd wait = {.fd = fd, .events = POLLOUT};
        failure = errno;
        if (failure == EINPROGRESS) {
            failure = poll(&wait, 1, CONNECT_SECONDS * 1000) <= 0 ? ETIMEDOUT : 0;
        }
        if (failure == 0) {
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &len);
        }
    }
    if (failure != 0) {
        close(fd);
        errno = failure;
        return -1;
    }
    fcntl(fd, F_SETFL, 0);
    return fd;
}

int login_target_connect(struct login_target *target, struct error *err)
{
    struct addrinfo *found, hints = {.ai_socktype = SOCK_STREAM};
    char port[8];
    int fd = -1;
    snprintf(port, sizeof port, "%u", target->port);
    int failed = getaddrinfo(target->host, port, &hints, &found);
    if (failed != 0) {
        return error_set(err, ERR_NETWORK, "%s: %s", target->host, gai_strerror(failed));
    }
    for (const struct addrinfo *one = found; one != NULL && fd < 0; one = one->ai_next) {
        getnameinfo(one->ai_addr, one->ai_addrlen, target->address, sizeof target->address, NULL, 0,
                    NI_NUMERICHOST);
        fd = connect_one(one);
    }
    if (fd < 0) {
        error_set(err, ERR_NETWORK, "%s: port %u: %s", target->host, target->port, strerror(errno));
        fd = ERR_NETWORK;
    }
    freeaddrinfo(found);
    return fd;
}
