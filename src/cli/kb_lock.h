/* One command at a time works on a knowledge file or on the downloads, and clears up behind one
 * that was killed. */
#ifndef ASSAY_CLI_KB_LOCK_H
#define ASSAY_CLI_KB_LOCK_H

#include "cli/kb_roles.h"

struct kb_lock {
    char *path; /* of the lock; NULL: there is none */
    int fd;
};

/* kb_lock_take waits until no other command has the lock of path, which is the file PATH.lock; it
 * says so when it has to wait. Where no such file can be made there is no lock: writing beside it
 * fails as well, and says why. Free with kb_lock_give, also after an error. */
int kb_lock_take(struct kb_roles *roles, const char *path, struct kb_lock *ret_lock,
                 struct error *err);
void kb_lock_give(struct kb_lock *lock);

/* kb_remove_leftovers removes what file_replace_begin made beside path in a program that was
 * killed; kb_remove_leftovers_below does so for all files below a folder. For who has the lock. */
void kb_remove_leftovers(const char *path);
void kb_remove_leftovers_below(const char *folder);

#endif
