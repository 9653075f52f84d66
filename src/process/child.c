#include "process/child.h"

#include "base/memory.h"
#include "process/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

/* Above every number that a child is given, so that moving one descriptor never overwrites another.
 */
enum { PARKED = 64 };

static bool is_given(const struct child_fd *fds, unsigned count, int theirs)
{
    for (unsigned i = 0; i < count; i++) {
        if (fds[i].theirs == theirs) {
            return true;
        }
    }
    return false;
}

/* Moves descriptors in two steps: all to parked numbers first, then to their own. */
static void add_moves(posix_spawn_file_actions_t *actions, const struct child_fd *fds,
                      unsigned count, const int *parked)
{
    int highest = STDERR_FILENO;
    for (unsigned i = 0; i < count; i++) {
        posix_spawn_file_actions_adddup2(actions, parked[i], fds[i].theirs);
        highest = fds[i].theirs > highest ? fds[i].theirs : highest;
    }
    if (!is_given(fds, count, STDIN_FILENO)) {
        posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    }
    if (!is_given(fds, count, STDOUT_FILENO)) {
        posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    }
    for (int fd = STDERR_FILENO + 1; fd < highest; fd++) {
        if (!is_given(fds, count, fd)) {
            posix_spawn_file_actions_addclose(actions, fd);
        }
    }
    posix_spawn_file_actions_addclosefrom_np(actions, highest + 1);
}

/* Duplicates above the numbers that the child uses; close-on-exec here. */
static int park(const struct child_fd *fds, unsigned count, int *parked, struct error *err)
{
    for (unsigned i = 0; i < count; i++) {
        parked[i] = fcntl(fds[i].ours, F_DUPFD_CLOEXEC, PARKED);
        if (parked[i] < 0) {
            error_set_errno(err, "descriptor for a child");
            while (i-- > 0) {
                close(parked[i]);
            }
            return ERR_IO;
        }
    }
    return 0;
}

static int spawn(const struct child *child, const int *parked, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, defaults;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGINT);
    sigaddset(&defaults, SIGTERM);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSIGDEF);
    add_moves(&actions, child->fds, child->fd_count, parked);
    if (child->folder != NULL) {
        posix_spawn_file_actions_addchdir_np(&actions, child->folder);
    }
    int failed = posix_spawn(ret_pid, child->argv[0], &actions, &attributes,
                             (char *const *)child->argv, (char *const *)child->environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failed;
}

int child_spawn(const struct child *child, pid_t *ret_pid, struct error *err)
{
    int parked[CHILD_MAX_FDS] = {0};
    if (child->fd_count > CHILD_MAX_FDS) {
        return error_set(err, ERR_LIMIT, "%u descriptors for a child", child->fd_count);
    }
    int result = park(child->fds, child->fd_count, parked, err);
    if (result < 0) {
        return result;
    }
    int failed = spawn(child, parked, ret_pid);
    for (unsigned i = 0; i < child->fd_count; i++) {
        close(parked[i]);
    }
    if (failed != 0) {
        errno = failed;
        return error_set_errno(err, "start %s", child->argv[0]);
    }
    return 0;
}

int child_start(const char *role, const char *const *arguments, const struct child_fd *fds,
                unsigned fd_count, pid_t *ret_pid, struct error *err)
{
    static const char *const environment[] = {
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};
    _cleanup_free_ char *path = process_role_path(role, err);
    if (path == NULL) {
        return ERR_NOT_FOUND;
    }
    _cleanup_free_ const char **argv = process_role_argv(path, arguments);
    const struct child child = {
        .argv = argv, .environment = environment, .fds = fds, .fd_count = fd_count};
    return child_spawn(&child, ret_pid, err);
}
