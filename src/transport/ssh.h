/*
 * SSH as a client (RFC 4251 to 4254), by libssh: over connected sockets that the caller gives, with
 * the keys and credentials that the caller gives. Nothing is resolved, connected, read from a
 * configuration, a known_hosts file or the environment, and nothing is asked of a terminal.
 */
#ifndef ASSAY_TRANSPORT_SSH_H
#define ASSAY_TRANSPORT_SSH_H

#include "base/buf.h"
#include "vault/credential.h"

/* One server and how to log in to it. */
struct ssh_hop {
    const char *role; /* "target" or "jump" */
    struct str name;
    uint16_t port;
    struct str user;             /* without a credential */
    const struct str *host_keys; /* pinned: "SHA256:..." */
    uint32_t host_key_count;
    bool first_use;                      /* take a host key when none is pinned */
    const struct credential *credential; /* NULL: none */
    struct credential_secret *secret;
    bool agent, ticket;
};

/* What is told as it happens; texts are gone after the call. */
struct ssh_watch {
    void *context;
    void (*phase)(void *context, const char *phase); /* of enum worker_message's WORKER_PHASE */
    void (*host_key)(void *context, const struct ssh_hop *hop, const char *type,
                     const char *fingerprint, const char *state);
    void (*authenticated)(void *context, const struct ssh_hop *hop, const char *method);
};

struct ssh_limits {
    double deadline;          /* of time_monotonic(), for everything */
    unsigned silence_seconds; /* for one answer, and between two pieces of output */
};

struct ssh_request {
    struct ssh_hop target;
    const struct ssh_hop *jump; /* NULL: none; else socket leads to it */
    int socket;                 /* connected; closed by the transport */
    int agent;                  /* connected socket of an agent, or -1; closed by the transport */
    bool legacy;                /* also SHA-1 key exchange, ssh-rsa and CBC */
    struct ssh_limits limits;
    struct ssh_watch watch;
};

/* A failure's code stands in collect/failure.h; the message in struct error. */
struct ssh_link;

/* ssh_prepare loads what is loaded on first use (random numbers, tables of libcrypto); called
 * before a sandbox is entered. */
int ssh_prepare(struct error *err);
/* ssh_check_credential looks at the credential alone: its kind, its key, the key's passphrase.
 * On failure *ret_code is CREDENTIAL-BAD. */
int ssh_check_credential(const struct ssh_hop *hop, const char **ret_code, struct error *err);

/* Kerberos, before a sandbox is entered and any byte of a target is read. ssh_keep_tickets copies
 * the caller's tickets into memory, for hops without a credential; ERR_NOT_FOUND when there are
 * none. ssh_fetch_ticket gets what the hop needs: with a password the first ticket, then one for
 * "host/NAME". It waits for the realm's servers as long as Kerberos does. */
int ssh_keep_tickets(struct error *err);
int ssh_fetch_ticket(const struct ssh_hop *hop, const char **ret_code, struct error *err);

/* ssh_open connects, checks host keys and logs in, through the jump host when there is one. The
 * request must outlive the link. On failure *ret_code names it. Secrets are not needed afterwards.
 */
int ssh_open(const struct ssh_request *request, struct ssh_link **ret, const char **ret_code,
             struct error *err);
void ssh_close(struct ssh_link *link);

struct ssh_run_result {
    int exit_status; /* -1: ended by a signal, or not told */
    bool cut;        /* out reached its ceiling */
};

/* ssh_run runs `/bin/sh -s -- ARGUMENT...` with the script on its standard input, no terminal and
 * no environment sent. What it prints goes to out, to its ceiling, which ends the run; its
 * complaints to errors, the rest of them dropped. arguments is NULL-terminated; each is letters and
 * digits only. */
int ssh_run(struct ssh_link *link, struct str script, const char *const *arguments, struct buf *out,
            struct buf *errors, struct ssh_run_result *ret, const char **ret_code,
            struct error *err);

/* ssh_bytes_read is what came over the socket so far. */
uint64_t ssh_bytes_read(const struct ssh_link *link);

#endif
