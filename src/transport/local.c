/*
 * The local transport: /bin/sh in a session of its own, its script on a pipe. Whatever it started
 * is killed with it, also what has left its process group (timeout(1) makes its own).
 */
#include "transport/transport.h"

#include "base/date.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS = 32, CHUNK = 64 << 10 };

/* The parent's ends of the pipes, -1 when closed. */
struct run {
    pid_t child;
    int input, output, errors;
    struct str script; /* not yet written */
};

static void close_end(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
    *fd = -1;
}

static char *const environment[] = {(char[]){"PATH=/usr/sbin:/usr/bin:/sbin:/bin"},
                                    (char[]){"LC_ALL=C"}, (char[]){"HOME=/"}, NULL};

/* run_child becomes the shell. Only calls that are safe after fork. */
static __attribute__((noreturn)) void run_child(const int pipes[3][2], char *const arguments[])
{
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (dup2(pipes[0][0], 0) < 0 || dup2(pipes[1][1], 1) < 0 || dup2(pipes[2][1], 2) < 0) {
        _exit(126);
    }
    close_range(3, ~0u, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    if (chdir("/") != 0) {
        _exit(126);
    }
    execve("/bin/sh", arguments, environment);
    _exit(127);
}

static int build_arguments(const struct transport_request *request, char *out[ARGUMENTS],
                           struct error *err)
{
    size_t count = 0;
    out[count++] = (char *)"/bin/sh";
    out[count++] = (char *)"-s";
    out[count++] = (char *)"--";
    for (size_t i = 0; request->arguments != NULL && request->arguments[i] != NULL; i++) {
        if (count + 1 >= ARGUMENTS) {
            return error_set(err, ERR_LIMIT, "more than %d arguments for the script",
                             ARGUMENTS - 4);
        }
        out[count++] = (char *)request->arguments[i];
    }
    out[count] = NULL;
    return 0;
}

/* make_pipes makes three pipes of descriptors above 2, or none. */
static int make_pipes(int pipes[3][2], struct error *err)
{
    for (int i = 0; i < 3; i++) {
        if (pipe2(pipes[i], O_CLOEXEC) != 0) {
            int status = error_set_errno(err, "no pipe for the shell");
            while (--i >= 0) {
                close(pipes[i][0]);
                close(pipes[i][1]);
            }
            return status;
        }
        for (int end = 0; end < 2; end++) {
            if (pipes[i][end] <= 2) { /* the caller runs without standard streams */
                int moved = fcntl(pipes[i][end], F_DUPFD_CLOEXEC, 3);
                if (moved >= 0) {
                    close(pipes[i][end]);
                    pipes[i][end] = moved;
                }
            }
        }
    }
    return 0;
}

static int start(const struct transport_request *request, struct run *run, struct error *err)
{
    int pipes[3][2];
    char *arguments[ARGUMENTS];
    int status = build_arguments(request, arguments, err);
    if (status == 0) {
        status = make_pipes(pipes, err);
    }
    if (status < 0) {
        return status;
    }
    pid_t child = fork();
    if (child == 0) {
        run_child((const int(*)[2])pipes, arguments);
    }
    status = child < 0 ? error_set_errno(err, "the shell cannot be started") : 0;
    close(pipes[0][0]);
    close(pipes[1][1]);
    close(pipes[2][1]);
    *run = (struct run){child, pipes[0][1], pipes[1][0], pipes[2][0], request->script};
    if (status < 0) {
        close_end(&run->input);
        close_end(&run->output);
        close_end(&run->errors);
        return status;
    }
    fcntl(run->input, F_SETFL, O_NONBLOCK);
    fcntl(run->output, F_SETFL, O_NONBLOCK);
    fcntl(run->errors, F_SETFL, O_NONBLOCK);
    return 0;
}

static void write_script(struct run *run)
{
    ssize_t written = write(run->input, run->script.ptr, run->script.len);
    if (written > 0) {
        run->script = str_skip(run->script, (size_t)written);
    } else if (written < 0 && errno != EAGAIN && errno != EINTR) {
        run->script = STR(""); /* the shell left; what it said tells why */
    }
    if (run->script.len == 0) {
        close_end(&run->input);
    }
}

/* read_some appends what is there to out; closes *fd at its end. */
static void read_some(int *fd, struct buf *out)
{
    char chunk[CHUNK];
    ssize_t got = read(*fd, chunk, sizeof chunk);
    if (got > 0) {
        buf_put(out, chunk, (size_t)got);
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        close_end(fd);
    }
}

static int milliseconds_left(double deadline)
{
    double left = (deadline - time_monotonic()) * 1000;
    return left <= 0 ? 0 : left > 1000000 ? 1000000 : (int)left + 1;
}

/* exchange moves bytes until both outputs end, out is full, or the time is over. */
static int exchange(const struct transport_request *request, struct run *run, struct buf *out,
                    struct buf *errors, struct transport_result *result, struct error *err)
{
    double deadline = time_monotonic() + request->seconds;
    while (run->output >= 0 || run->errors >= 0) {
        struct pollfd fds[3] = {
            {run->input, POLLOUT, 0}, {run->output, POLLIN, 0}, {run->errors, POLLIN, 0}};
        int left = milliseconds_left(deadline);
        int ready = left > 0 ? poll(fds, 3, left) : 0;
        if (ready < 0 && errno != EINTR) {
            return error_set_errno(err, "waiting for the shell");
        }
        if (ready == 0 && milliseconds_left(deadline) == 0) {
            result->timed_out = true;
            return 0;
        }
        if (ready <= 0) {
            continue;
        }
        if (fds[0].revents) {
            write_script(run);
        }
        if (fds[1].revents) {
            read_some(&run->output, out);
            if (request->progress != NULL) {
                request->progress(request->progress_context, buf_view(out));
            }
        }
        if (fds[2].revents) {
            read_some(&run->errors, errors);
        }
        if (out->overflow) {
            result->cut = true;
            return 0;
        }
    }
    return 0;
}

/* session_of returns the session of a process, from /proc/PID/stat (proc(5)): the fourth field
 * behind the name, which is in parentheses and may itself have some. */
static long session_of(const char *pid)
{
    char path[64], text[1024];
    long session = -1;
    snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    ssize_t got = read(fd, text, sizeof text - 1);
    close(fd);
    text[got > 0 ? got : 0] = '\0';
    const char *end = strrchr(text, ')');
    if (end == NULL || sscanf(end + 1, " %*c %*d %*d %ld", &session) != 1) {
        return -1;
    }
    return session;
}

/* kill_session kills every process of the child's session; returns how many there were besides
 * the child, which is not yet waited for, so that its number is still its own. */
static unsigned kill_session(pid_t session)
{
    unsigned found = 0;
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    while (proc != NULL && (entry = readdir(proc)) != NULL) {
        if (!str_is_digit(entry->d_name[0]) || session_of(entry->d_name) != session) {
            continue;
        }
        pid_t pid = (pid_t)atol(entry->d_name);
        if (pid != session && kill(pid, SIGKILL) == 0) {
            found++;
        }
    }
    if (proc != NULL) {
        closedir(proc);
    }
    return found;
}

/* finish ends the child and all that it left behind. A shell that has closed its outputs is given
 * the rest of its time to exit. */
static void finish(struct run *run, bool force, struct transport_result *result)
{
    siginfo_t info = {0};
    int status = 0;
    close_end(&run->input);
    close_end(&run->output);
    close_end(&run->errors);
    for (int waited = 0; !force && waited < 200; waited++) {
        if (waitid(P_PID, (id_t)run->child, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
            info.si_pid == run->child) {
            break;
        }
        usleep(10000);
    }
    if (info.si_pid != run->child) {
        kill(-run->child, SIGKILL);
        kill(run->child, SIGKILL);
        waitid(P_PID, (id_t)run->child, &info, WEXITED | WNOWAIT);
    }
    kill(-run->child, SIGKILL);
    for (int round = 0; round < 10 && kill_session(run->child) > 0; round++) {
        usleep(1000);
    }
    while (waitpid(run->child, &status, 0) < 0 && errno == EINTR) {
    }
    result->exit_status = WIFEXITED(status) && !force ? WEXITSTATUS(status) : -1;
}

int transport_local_run(const struct transport_request *request, struct buf *out,
                        struct buf *errors, struct transport_result *ret_result, struct error *err)
{
    struct transport_result result = {0};
    struct run run;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    int status = start(request, &run, err);
    if (status < 0) {
        return status;
    }
    /* A shell that does not read its script to the end must not end us. */
    sigaction(SIGPIPE, &ignore, &before);
    status = exchange(request, &run, out, errors, &result, err);
    finish(&run, status < 0 || result.timed_out || result.cut, &result);
    sigaction(SIGPIPE, &before, NULL);
    if (status == 0) {
        *ret_result = result;
    }
    return status;
}
