/* Trying a credential on one SSH server: nothing is done there but logging in. */
#ifndef ASSAY_CONSOLE_LOGIN_CHECK_H
#define ASSAY_CONSOLE_LOGIN_CHECK_H

#include "base/arena.h"
#include "base/error.h"
#include "base/secret.h"

/* A server as it is named: HOST, HOST:PORT, [ADDRESS]:PORT or an IPv6 address. */
struct login_target {
    const char *host;
    uint16_t port;
    char address[64]; /* numeric, once connected */
};

/* login_target_read reads it; texts go to arena. ERR_USAGE. */
int login_target_read(const char *text, struct arena *arena, struct login_target *ret,
                      struct error *err);
/* login_target_connect returns a connected socket; ERR_NETWORK with what failed. */
int login_target_connect(struct login_target *target, struct error *err);

struct login_check {
    const struct login_target *target;
    int socket;
    const char *host_key;      /* "SHA256:..." that is taken; NULL: none */
    const struct secret *form; /* the credential as processes are handed it */
    bool kerberos;             /* by a ticket */
    bool sandbox_optional;
};

/* What the worker said; texts in the arena, "" for what it did not say. */
struct login_answer {
    struct str host_key_type, fingerprint, host_key_state;
    struct str method;        /* that was accepted */
    struct str code, message; /* why not (collect/failure.h) */
};

/* login_check_run has a worker log in. An error is one of this side. */
int login_check_run(const struct login_check *check, struct arena *arena, struct login_answer *ret,
                    struct error *err);

#endif
