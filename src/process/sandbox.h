/*
 * What a process may still do once it handles foreign bytes. A profile is a row: the groups of
 * system calls that it keeps (seccomp; every other call ends the process), and, by landlock, the
 * folders that it keeps. no_new_privs is set in any case. docs/security.md has the table.
 *
 * A sanitizer build has one difference: the group SANDBOX_SANITIZER is kept as well.
 */
#ifndef ASSAY_PROCESS_SANDBOX_H
#define ASSAY_PROCESS_SANDBOX_H

#include "base/error.h"

#include <stdbool.h>

/* Groups of system calls. Files are refused with EACCES where SANDBOX_FILES is not kept. */
enum sandbox_group {
    SANDBOX_MEMORY = 1,     /* memory without execute permission, time, random numbers, exit */
    SANDBOX_STREAMS = 2,    /* reading and writing what is open */
    SANDBOX_SOCKETS = 4,    /* talking over connected sockets; none can be made */
    SANDBOX_PAIR = 8,       /* a pair of local sockets */
    SANDBOX_FILES = 16,     /* opening files, where landlock lets it */
    SANDBOX_LOOK = 32,      /* asking for attributes of files */
    SANDBOX_CHANGE = 64,    /* making, renaming and removing files, where landlock lets it */
    SANDBOX_THREADS = 128,  /* threads, no processes */
    SANDBOX_LOCK = 512,     /* locking files that are open */
    SANDBOX_CONNECT = 1024, /* making sockets of IPv4 and IPv6, and connecting them */
    SANDBOX_SANITIZER = 256 /* what the run-time library of a sanitizer does */
};

struct sandbox_profile {
    const char *name;
    unsigned groups; /* of enum sandbox_group */
    bool refuses;    /* other calls fail with EPERM instead of ending the process: for a program
                        whose libraries try what they can do without */
};

extern const struct sandbox_profile sandbox_worker;        /* the caller's descriptors, no more */
extern const struct sandbox_profile sandbox_worker_jump;   /* ... and a socket pair */
extern const struct sandbox_profile sandbox_worker_ticket; /* ... and Kerberos, fetched before */
extern const struct sandbox_profile sandbox_importer;      /* the caller's descriptors, no more */
extern const struct sandbox_profile sandbox_vault;         /* its socket and its folder */
extern const struct sandbox_profile sandbox_builder;       /* reads feeds, writes one folder */
extern const struct sandbox_profile sandbox_fetcher;       /* connects, writes one folder */
extern const struct sandbox_profile sandbox_fetcher_copy;  /* copies one folder to another */

/* Folders or files, ended by NULL; NULL for none. */
struct sandbox_paths {
    const char *const *read;
    const char *const *write; /* made, written, renamed and removed beneath */
};

struct sandbox_state {
    bool seccomp;
    int landlock; /* version of the kernel's interface, 0: none */
};

/* sandbox_drop_capabilities gives up what root may do beyond other users, for the whole process
 * and what it would start, but for writing into folders of others. Nothing where the process is
 * not root's. */
int sandbox_drop_capabilities(struct error *err);

/* sandbox_sanitized says whether this build has a sanitizer, whose library also takes more memory
 * than any ceiling would allow. */
bool sandbox_sanitized(void);

/* sandbox_enter closes the door for the whole process; it must have one thread. With neither
 * seccomp nor landlock in the kernel: ERR_UNSUPPORTED, unless optional. ERR_NOT_FOUND for a path
 * that is not there. */
int sandbox_enter(const struct sandbox_profile *profile, const struct sandbox_paths *paths,
                  bool optional, struct sandbox_state *ret, struct error *err);

#endif
