/*
 * Roles: programs of this tree that `assay` starts because they need libraries or rights that
 * `assay` itself does without.
 */
#ifndef ASSAY_PROCESS_PROCESS_H
#define ASSAY_PROCESS_PROCESS_H

#include "base/error.h"
#include "base/str.h"

/* process_role_path returns the path of a role's executable (free() it): beside the running
 * program in an installation (../libexec/assay/NAME) or a build tree (../roles/NAME), or in the
 * same folder when the running program is a role itself. NULL with ERR_NOT_FOUND when there is
 * none. */
char *process_role_path(const char *role, struct error *err);
/* process_role_argv returns path and arguments (NULL-terminated) as exec takes them: free() the
 * array, which borrows the texts. */
const char **process_role_argv(const char *path, const char *const *arguments);
/* process_share_folder returns the folder of the tables (free() it): ../share/assay beside the
 * running program, or ../../share in a build tree. NULL with ERR_NOT_FOUND. */
char *process_share_folder(struct error *err);

/* process_run_role runs a role and waits for it, handing each line that it prints on its
 * standard output to line (without the line end; longer than LIMIT_LINE is cut). Standard error
 * is inherited. arguments excludes the program's name and ends with NULL.
 *
 * While the role runs, SIGINT and SIGTERM are passed on to it and the call goes on until it has
 * ended, so that it can clean up; ERR_INTERRUPTED is returned then.
 * *ret_status is its exit status; a role killed by a signal is an error. */
int process_run_role(const char *role, const char *const *arguments,
                     void (*line)(void *context, struct str line), void *context, int *ret_status,
                     struct error *err);

#endif
