/*
 * Starting a program of this tree with exactly the descriptors that it is given, an environment of
 * nothing but PATH and LC_ALL, and a process group of its own (so that a Ctrl-C on the terminal
 * reaches only the program that owns the run).
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

/* child_start runs the role (process_role_path) with arguments (NULL-terminated, without the
 * program's name). The caller reaps *ret_pid. */
int child_start(const char *role, const char *const *arguments, const struct child_fd *fds,
                unsigned fd_count, pid_t *ret_pid, struct error *err);

#endif
