/* Waiting for a server, and what is said when that has no good end. */
#include "transport/ssh_inside.h"

#include "base/date.h"

#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

int ssh_fail(struct ssh_link *link, const char *code, struct error *err, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    link->code = code;
    if (link->hop == link->request->jump) {
        return error_set(err, ERR_NETWORK, "jump host %.*s: %s", STR_ARG(link->hop->name), text);
    }
    return error_set(err, ERR_NETWORK, "%s", text);
}

const char *ssh_error_of(struct ssh_link *link, char *out, size_t out_size)
{
    size_t len = 0;
    for (const char *text = ssh_get_error(link->session); *text && len + 1 < out_size; text++) {
        out[len++] = *text >= 0x20 && *text < 0x7f ? *text : '?';
    }
    out[len] = '\0';
    return out;
}

const char *ssh_code_of_hop(const struct ssh_link *link, const char *code)
{
    return link->hop == link->request->jump ? "JUMP-FAILED" : code;
}

int ssh_fail_lost(struct ssh_link *link, const char *code, struct error *err)
{
    char text[300];
    return ssh_fail(link, ssh_code_of_hop(link, code), err, "%s",
                    ssh_error_of(link, text, sizeof text));
}

double ssh_step_deadline(struct ssh_link *link)
{
    link->heard = false;
    double step = time_monotonic() + link->request->limits.silence_seconds;
    return step < link->request->limits.deadline ? step : link->request->limits.deadline;
}

static int fail_late(struct ssh_link *link, struct error *err)
{
    if (time_monotonic() >= link->request->limits.deadline) {
        return ssh_fail(link, ssh_code_of_hop(link, "TARGET-SLOW"), err,
                        "not finished when its time was over");
    }
    return ssh_fail(link, ssh_code_of_hop(link, link->heard ? "TARGET-SLOW" : "TARGET-SILENT"), err,
                    link->heard ? "no whole answer within %u seconds"
                                : "nothing was said for %u seconds",
                    link->request->limits.silence_seconds);
}

/* The descriptors of the session and of what is under it. */
static nfds_t list_fds(struct ssh_link *link, struct pollfd fds[4])
{
    nfds_t count = 0;
    for (; link != NULL; link = link->tunnel != NULL ? link->tunnel->under : NULL) {
        struct ssh_tunnel *tunnel = link->tunnel;
        short out = ssh_get_poll_flags(link->session) & SSH_WRITE_PENDING ? POLLOUT : 0;
        fds[count++] = (struct pollfd){.fd = link->fd, .events = (short)(POLLIN | out)};
        if (tunnel != NULL) {
            out = tunnel->down.len > 0 ? POLLOUT : 0;
            fds[count++] = (struct pollfd){
                .fd = tunnel->fd, .events = (short)((tunnel->up.len == 0 ? POLLIN : 0) | out)};
        }
    }
    return count;
}

int ssh_wait(struct ssh_link *link, double step_deadline, struct error *err)
{
    struct pollfd fds[4];
    if (link->tunnel != NULL && !ssh_tunnel_pump(link->tunnel)) {
        shutdown(link->tunnel->fd, SHUT_RDWR);
    }
    double left = step_deadline - time_monotonic();
    if (left <= 0) {
        return fail_late(link, err);
    }
    nfds_t count = list_fds(link, fds);
    /* A session may hold bytes that it has read and not looked at: never sleep for long. */
    int ready = poll(fds, count, left > 0.5 ? 500 : (int)(left * 1000) + 1);
    link->heard |= ready > 0 && (fds[0].revents & POLLIN);
    return 0;
}

int ssh_go_on(struct ssh_link *link, double step_deadline, struct error *err)
{
    return ssh_is_connected(link->session) ? ssh_wait(link, step_deadline, err)
                                           : ssh_fail_lost(link, "CONNECTION-LOST", err);
}
