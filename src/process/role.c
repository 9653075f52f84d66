#include "process/process.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The folder of the running program. */
static char *program_folder(struct error *err)
{
    char path[4096];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    if (len < 0) {
        error_set_errno(err, "/proc/self/exe");
        return NULL;
    }
    path[len] = '\0';
    return mem_dup_text(dirname(path));
}

/* The first of the relative paths that exists, seen from the program's folder. */
static char *find_beside(const char *const *candidates, const char *name, const char *what,
                         struct error *err)
{
    _cleanup_free_ char *folder = program_folder(err);
    for (; folder != NULL && *candidates != NULL; candidates++) {
        char relative[256];
        snprintf(relative, sizeof relative, "%s%s", *candidates, name);
        char *path = file_join(folder, relative);
        if (file_exists(path)) {
            return path;
        }
        free(path);
    }
    if (folder != NULL) {
        error_set(err, ERR_NOT_FOUND, "%s%s is missing beside %s; install assay whole", what, name,
                  folder);
    }
    return NULL;
}

char *process_role_path(const char *role, struct error *err)
{
    static const char *const candidates[] = {"../libexec/assay/", "../roles/", "", NULL};
    return find_beside(candidates, role, "the program ", err);
}

char *process_share_folder(struct error *err)
{
    static const char *const candidates[] = {"../share/assay", "../../share/assay", "../../share",
                                             NULL};
    return find_beside(candidates, "", "the folder of tables", err);
}

/* The role that signals are passed on to; 0 while none runs. */
static volatile sig_atomic_t running_role;
static volatile sig_atomic_t interrupted;

static void pass_on(int number)
{
    int saved = errno;
    interrupted = 1;
    if (running_role > 0) {
        kill((pid_t)running_role, number);
    }
    errno = saved;
}

struct line_reader {
    struct buf pending;
    void (*line)(void *context, struct str line);
    void *context;
};

static void hand_over_lines(struct line_reader *reader, struct str bytes)
{
    while (bytes.len > 0) {
        size_t end = str_find_byte(bytes, '\n');
        struct str part = str_sub(bytes, 0, end);
        buf_put_str(&reader->pending, part);
        if (end == SIZE_MAX) {
            return;
        }
        reader->line(reader->context, buf_view(&reader->pending));
        buf_clear(&reader->pending);
        bytes = str_skip(bytes, end + 1);
    }
}

static void read_lines(int fd, void (*line)(void *context, struct str line), void *context)
{
    struct line_reader reader = {.line = line, .context = context};
    char bytes[8192];
    buf_init(&reader.pending, LIMIT_LINE);
    for (;;) {
        ssize_t got = read(fd, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        hand_over_lines(&reader, str_make(bytes, (size_t)got));
    }
    if (reader.pending.len > 0) {
        line(context, buf_view(&reader.pending));
    }
    buf_done(&reader.pending);
}

const char **process_role_argv(const char *path, const char *const *arguments)
{
    unsigned count = 0;
    while (arguments[count] != NULL) {
        count++;
    }
    const char **argv = mem_alloc_zero(count + 2, sizeof *argv);
    argv[0] = path;
    for (unsigned i = 0; i < count; i++) {
        argv[i + 1] = arguments[i];
    }
    return argv;
}

static int start(const char *path, const char *const *arguments, int output, pid_t *ret_pid,
                 struct error *err)
{
    _cleanup_free_ const char **argv = process_role_argv(path, arguments);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    int failed = posix_spawn(ret_pid, path, &actions, NULL, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) {
        errno = failed;
        return error_set_errno(err, "start %s", path);
    }
    return 0;
}

static int wait_for(pid_t pid, const char *role, int *ret_status, struct error *err)
{
    int status;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return error_set_errno(err, "wait for %s", role);
        }
    }
    if (interrupted) {
        return error_set(err, ERR_INTERRUPTED, "stopped as asked");
    }
    if (WIFSIGNALED(status)) {
        return error_set(err, ERR_IO, "%s was ended by signal %d", role, WTERMSIG(status));
    }
    *ret_status = WEXITSTATUS(status);
    return 0;
}

int process_run_role(const char *role, const char *const *arguments,
                     void (*line)(void *context, struct str line), void *context, int *ret_status,
                     struct error *err)
{
    int ends[2];
    pid_t pid;
    _cleanup_free_ char *path = process_role_path(role, err);
    if (path == NULL) {
        return ERR_NOT_FOUND;
    }
    if (pipe2(ends, O_CLOEXEC) < 0) {
        return error_set_errno(err, "pipe to %s", role);
    }
    struct sigaction passing = {.sa_handler = pass_on}, old_int, old_term;
    interrupted = 0;
    sigaction(SIGINT, &passing, &old_int);
    sigaction(SIGTERM, &passing, &old_term);
    int result = start(path, arguments, ends[1], &pid, err);
    close(ends[1]);
    if (result == 0) {
        running_role = pid;
        read_lines(ends[0], line, context);
        result = wait_for(pid, role, ret_status, err);
        running_role = 0;
    }
    close(ends[0]);
    sigaction(SIGINT, &old_int, NULL);
    sigaction(SIGTERM, &old_term, NULL);
    return result;
}
