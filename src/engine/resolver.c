#include "engine/run.h"

#include "process/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int start_resolver(struct run *run, struct error *err)
{
    static const char *const arguments[] = {NULL};
    int pair[2];
    if (run->resolver >= 0) {
        return 0;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        return error_set_errno(err, "socket pair for the resolver");
    }
    const struct child_fd fds[] = {{pair[1], RESOLVER_FD}};
    int result = child_start("resolver", arguments, fds, 1, &run->resolver_pid, err);
    close(pair[1]);
    if (result < 0) {
        close(pair[0]);
        return result;
    }
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    run->resolver = pair[0];
    message_reader_init(&run->resolver_reader, 1024);
    return 0;
}

void run_stop_resolver(struct run *run)
{
    if (run->resolver >= 0) {
        close(run->resolver);
        run->resolver = -1;
        kill(run->resolver_pid, SIGKILL);
        waitpid(run->resolver_pid, NULL, 0);
        message_reader_done(&run->resolver_reader);
    }
}

int run_ask_resolver(struct run *run, struct slot *slot, struct str name, struct error *err)
{
    struct buf body;
    int result = start_resolver(run, err);
    if (result < 0) {
        return result;
    }
    buf_init(&body, 1024);
    resolving_write_question((uint32_t)(slot - run->slots), name, &body);
    /* Questions are short and few: the socket has room for all that can be open at once. */
    result = message_send(run->resolver, RESOLVER_QUESTION, buf_view(&body), NULL, 0, err);
    buf_done(&body);
    return result;
}

static int take_answer(struct run *run, const struct message *message, struct error *err)
{
    struct resolved answer;
    if (message->type != RESOLVER_ANSWER || !resolving_read_answer(message->body, &answer) ||
        answer.number >= run->slot_count || run->slots[answer.number].state != SLOT_RESOLVING) {
        return error_set(err, ERR_FORMAT, "the resolver says what was not asked");
    }
    return run_resolved(run, &run->slots[answer.number], &answer, err);
}

/* The resolver is gone: its questions failed, the next one starts another. */
static int lose_resolver(struct run *run, struct error *err)
{
    const struct resolved none = {.state = RESOLVED_FAILED};
    int result = 0;
    run_stop_resolver(run);
    for (unsigned i = 0; result == 0 && i < run->slot_count; i++) {
        if (run->slots[i].state == SLOT_RESOLVING) {
            result = run_resolved(run, &run->slots[i], &none, err);
        }
    }
    return result;
}

int run_read_resolver(struct run *run, struct error *err)
{
    bool again;
    struct message message;
    struct error cause = ERROR_INIT;
    int got = message_reader_fill(&run->resolver_reader, run->resolver, &again, &cause);
    if (got < 0 || (got == 0 && !again)) {
        return lose_resolver(run, err);
    }
    for (;;) {
        int result = message_reader_next(&run->resolver_reader, &message, &cause);
        if (result == 0) {
            return 0;
        }
        if (result < 0) {
            return lose_resolver(run, err);
        }
        result = take_answer(run, &message, err);
        if (result == ERR_FORMAT) {
            return lose_resolver(run, err);
        }
        if (result < 0 || run->resolver < 0) {
            return result;
        }
    }
}
