/* Running the script: one channel, one exec, the script on its standard input. */
#include "transport/ssh_inside.h"

#include "base/limits.h"

#include <stdio.h>

enum { CHUNK = 32768 };

/* A run while it goes on. */
struct run {
    struct ssh_link *link;
    ssh_channel channel;
    struct str script; /* not yet sent */
    bool sent;         /* all of it, and its end */
    struct buf *out, *errors;
};

/* Repeats what libssh answers with SSH_AGAIN. */
static int open_channel(struct run *run, struct error *err)
{
    double deadline = ssh_step_deadline(run->link);
    int state;
    while ((state = ssh_channel_open_session(run->channel)) == SSH_AGAIN) {
        int result = ssh_go_on(run->link, deadline, err);
        if (result < 0) {
            return result;
        }
    }
    if (state != SSH_OK && !ssh_is_connected(run->link->session)) {
        return ssh_fail_lost(run->link, "CONNECTION-LOST", err);
    }
    return state == SSH_OK ? 0 : ssh_fail_lost(run->link, "PROBE-REFUSED", err);
}

static int start_shell(struct run *run, const char *const *arguments, struct error *err)
{
    char command[256] = "/bin/sh -s --";
    size_t len = strlen(command);
    double deadline = ssh_step_deadline(run->link);
    int state;
    for (; *arguments != NULL && len < sizeof command; arguments++) {
        len += (size_t)snprintf(command + len, sizeof command - len, " %s", *arguments);
    }
    if (len >= sizeof command) {
        return ssh_fail(run->link, "INTERNAL", err, "the script's arguments are too long");
    }
    while ((state = ssh_channel_request_exec(run->channel, command)) == SSH_AGAIN) {
        int result = ssh_go_on(run->link, deadline, err);
        if (result < 0) {
            return result;
        }
    }
    if (state != SSH_OK && !ssh_is_connected(run->link->session)) {
        return ssh_fail_lost(run->link, "CONNECTION-LOST", err);
    }
    return state == SSH_OK ? 0
                           : ssh_fail(run->link, "PROBE-REFUSED", err,
                                      "the server runs no command for this account");
}

/* send_script gives on what the channel takes now. A shell that has gone does not take it; what it
 * printed tells why. */
static void send_script(struct run *run)
{
    while (run->script.len > 0) {
        uint32_t piece = (uint32_t)(run->script.len < CHUNK ? run->script.len : CHUNK);
        int written = ssh_channel_write(run->channel, run->script.ptr, piece);
        if (written == SSH_ERROR) {
            run->script.len = 0;
            run->sent = true;
            return;
        }
        if (written <= 0) {
            return;
        }
        run->script = str_skip(run->script, (size_t)written);
    }
    if (!run->sent && ssh_channel_send_eof(run->channel) != SSH_AGAIN) {
        run->sent = true;
    }
}

/* read_some takes what has come; returns the bytes, or SSH_ERROR at the end of the connection. */
static int read_some(struct run *run, int is_error, struct buf *out)
{
    char chunk[CHUNK];
    int got = ssh_channel_read_nonblocking(run->channel, chunk, sizeof chunk, is_error);
    if (got > 0) {
        buf_put(out, chunk, (size_t)got);
    }
    return got == SSH_EOF ? 0 : got;
}

static bool has_ended(const struct run *run)
{
    return ssh_channel_is_closed(run->channel) ||
           (ssh_channel_is_eof(run->channel) && ssh_channel_get_exit_status(run->channel) >= 0);
}

/* Whether the connection went before the end was told. */
static bool is_lost(const struct run *run)
{
    return !ssh_is_connected(run->link->session) && ssh_channel_get_exit_status(run->channel) < 0;
}

static int exchange(struct run *run, struct error *err)
{
    double deadline = ssh_step_deadline(run->link);
    while (!run->out->overflow) {
        send_script(run);
        int out = read_some(run, 0, run->out), errors = read_some(run, 1, run->errors);
        if (out > 0 || errors > 0) {
            deadline = ssh_step_deadline(run->link);
            continue;
        }
        if (is_lost(run)) {
            return ssh_fail_lost(run->link, "CONNECTION-LOST", err);
        }
        if (has_ended(run)) {
            return 0;
        }
        int result = ssh_wait(run->link, deadline, err);
        if (result < 0) {
            return result;
        }
        run->link->heard = false; /* only what the script says counts as an answer */
    }
    return 0;
}

static int run_script(struct run *run, const char *const *arguments, struct ssh_run_result *ret,
                      struct error *err)
{
    const struct ssh_watch *watch = &run->link->request->watch;
    int result;
    watch->phase(watch->context, "probe");
    if ((result = open_channel(run, err)) < 0 || (result = start_shell(run, arguments, err)) < 0) {
        return result;
    }
    watch->phase(watch->context, "reading");
    if ((result = exchange(run, err)) < 0) {
        return result;
    }
    *ret = (struct ssh_run_result){.exit_status = ssh_channel_get_exit_status(run->channel),
                                   .cut = run->out->overflow};
    return 0;
}

int ssh_run(struct ssh_link *link, struct str script, const char *const *arguments, struct buf *out,
            struct buf *errors, struct ssh_run_result *ret, const char **ret_code,
            struct error *err)
{
    struct run run = {.link = link, .script = script, .out = out, .errors = errors};
    run.channel = ssh_channel_new(link->session);
    int result = run.channel != NULL ? run_script(&run, arguments, ret, err)
                                     : ssh_fail_lost(link, "CONNECTION-LOST", err);
    if (run.channel != NULL) {
        ssh_channel_free(run.channel);
    }
    if (result < 0) {
        *ret_code = link->code;
    }
    return result;
}
