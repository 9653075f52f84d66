/*
 * Starting a program with exactly the descriptors and the environment that it is given, and a
 * process group of its own (so that a Ctrl-C on the terminal reaches only the program that owns the
 * run, and that what it starts can be ended with it).
 */
#ifndef ASSAY_PROCESS_CHILD_H
#define ASSAY_PROCESS_CHILD_H

#include "base/error.h"

#include <sys/types.h>

/* Our descriptor `ours` is the child's `theirs`. Standard input and output are /dev/null unless
 * given; standard error is inherited unless given; everything else is closed in the child. */
struct child_fd {
    int ours, theirs;
};

enum { CHILD_MAX_FDS = 8 };

struct child {
    const char *const *argv;        /* argv[0] is the path; ends with NULL */
    const char *const *environment; /* "NAME=VALUE"; ends with NULL */
    const char *folder;             /* that it begins in; NULL: this program's */
    const struct child_fd *fds;
    unsigned fd_count;
};

/* child_spawn starts a program. The caller reaps *ret_pid. ERR_NOT_FOUND when there is none. */
int child_spawn(const struct child *child, pid_t *ret_pid, struct error *err);

/* child_start starts the role (process_role_path) with arguments (NULL-terminated, without the
 * program's name) and an environment of nothing but PATH and LC_ALL. The caller reaps *ret_pid. */
int child_start(const char *role, const char *const *arguments, const struct child_fd *fds,
                unsigned fd_count, pid_t *ret_pid, struct error *err);

#endif
