#include "vault/command.h"

#include "base/date.h"
#include "process/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { IN, OUT, COMPLAINTS, PIPES };

struct run {
    const struct command *command;
    pid_t pid;
    int pipes[PIPES]; /* our ends; -1 when closed */
    struct str input;
    struct secret output;
    double end;
    bool too_long;
};

/* ---- start ---- */

static void close_end(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
    *fd = -1;
}

static int make_pipes(int ours[PIPES], int theirs[PIPES], struct error *err)
{
    for (int i = 0; i < PIPES; i++) {
        ours[i] = theirs[i] = -1;
    }
    for (int i = 0; i < PIPES; i++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) < 0) {
            return error_set_errno(err, "pipe to a command");
        }
        ours[i] = ends[i == IN ? 1 : 0];
        theirs[i] = ends[i == IN ? 0 : 1];
        fcntl(ours[i], F_SETFL, O_NONBLOCK);
    }
    return 0;
}

static int start(struct run *run, struct error *err)
{
    int theirs[PIPES];
    int result = make_pipes(run->pipes, theirs, err);
    if (result == 0) {
        static const char *const no_environment[] = {NULL};
        const struct child_fd fds[PIPES] = {{theirs[IN], STDIN_FILENO},
                                            {theirs[OUT], STDOUT_FILENO},
                                            {theirs[COMPLAINTS], STDERR_FILENO}};
        const struct child child = {.argv = run->command->argv,
                                    .environment = no_environment,
                                    .folder = "/",
                                    .fds = fds,
                                    .fd_count = PIPES};
        result = child_spawn(&child, &run->pid, err);
    }
    for (int i = 0; i < PIPES; i++) {
        close_end(&theirs[i]);
    }
    return result;
}

/* ---- between start and end ---- */

static void write_input(struct run *run)
{
    ssize_t wrote = write(run->pipes[IN], run->input.ptr, run->input.len);
    if (wrote > 0) {
        run->input = str_skip(run->input, (size_t)wrote);
    }
    if (run->input.len == 0 || (wrote < 0 && errno != EAGAIN && errno != EINTR)) {
        close_end(&run->pipes[IN]);
    }
}

static void read_output(struct run *run)
{
    struct secret *output = &run->output;
    /* The byte above what is taken tells that there is more: a secret has room for a zero. */
    size_t room = output->capacity - output->len + 1;
    ssize_t got = read(run->pipes[OUT], output->ptr + output->len, room);
    if (got == (ssize_t)room) {
        run->too_long = true;
    } else if (got > 0) {
        output->len += (size_t)got;
    }
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
        close_end(&run->pipes[OUT]);
    }
}

static void read_complaints(struct run *run)
{
    char bytes[1024];
    struct buf *to = run->command->complaints;
    ssize_t got = read(run->pipes[COMPLAINTS], bytes, sizeof bytes);
    if (got > 0 && to != NULL) {
        buf_put(to, bytes, (size_t)got);
    }
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
        close_end(&run->pipes[COMPLAINTS]);
    }
}

static bool is_open(const struct run *run)
{
    return run->pipes[IN] >= 0 || run->pipes[OUT] >= 0 || run->pipes[COMPLAINTS] >= 0;
}

/* False when the time is over. */
static bool exchange(struct run *run)
{
    while (is_open(run) && !run->too_long) {
        struct pollfd waits[PIPES];
        double left = run->end - time_monotonic();
        if (left <= 0) {
            return false;
        }
        for (int i = 0; i < PIPES; i++) {
            waits[i] = (struct pollfd){.fd = run->pipes[i], .events = i == IN ? POLLOUT : POLLIN};
        }
        if (poll(waits, PIPES, (int)(left * 1000) + 1) < 0) {
            continue;
        }
        if (waits[IN].revents != 0) {
            write_input(run);
        }
        if (waits[OUT].revents != 0) {
            read_output(run);
        }
        if (waits[COMPLAINTS].revents != 0) {
            read_complaints(run);
        }
    }
    return true;
}

/* ---- end ---- */

/* Waits until it has ended, or kills it with all that it started. Returns the status of waitpid,
 * -1 when it had to be killed. */
static int end(struct run *run, bool in_time)
{
    int status;
    while (in_time && !run->too_long && time_monotonic() < run->end) {
        pid_t ended = waitpid(run->pid, &status, WNOHANG);
        if (ended == run->pid) {
            return status;
        }
        poll(NULL, 0, 5);
    }
    kill(-run->pid, SIGKILL);
    while (waitpid(run->pid, &status, 0) < 0 && errno == EINTR) {
    }
    return -1;
}

static int tell(const struct run *run, int status, struct error *err)
{
    const char *path = run->command->argv[0];
    if (run->too_long) {
        return error_set(err, ERR_LIMIT, "%s: printed more than %zu bytes", path,
                         run->command->capacity);
    }
    if (status == -1) {
        return error_set(err, ERR_TIMEOUT, "%s: not done after %u seconds, ended", path,
                         run->command->seconds);
    }
    if (WIFSIGNALED(status)) {
        return error_set(err, ERR_IO, "%s: ended by signal %d", path, WTERMSIG(status));
    }
    return WEXITSTATUS(status) == 0
               ? 0
               : error_set(err, ERR_IO, "%s: ended with status %d", path, WEXITSTATUS(status));
}

int command_run(const struct command *command, struct secret *ret, struct error *err)
{
    struct run run = {.command = command, .input = command->input};
    int result = secret_new(command->capacity, &run.output, err);
    if (result < 0) {
        return result;
    }
    result = start(&run, err);
    if (result == 0) {
        run.end = time_monotonic() + command->seconds;
        bool in_time = exchange(&run);
        result = tell(&run, end(&run, in_time), err);
    }
    for (int i = 0; i < PIPES; i++) {
        close_end(&run.pipes[i]);
    }
    if (result < 0) {
        secret_free(&run.output);
        return result;
    }
    *ret = run.output;
    return 0;
}
