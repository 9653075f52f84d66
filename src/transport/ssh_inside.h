/*
 * What only the SSH files see. libssh is driven without blocking: each step is asked for until it
 * is done, and in between ssh_wait sleeps on all descriptors that it may depend on, under one
 * deadline for the step and one for the whole.
 */
#ifndef ASSAY_TRANSPORT_SSH_INSIDE_H
#define ASSAY_TRANSPORT_SSH_INSIDE_H

#include "transport/ssh.h"

#include <libssh/libssh.h>

struct ssh_tunnel;

struct ssh_link {
    const struct ssh_request *request;
    const struct ssh_hop *hop;
    ssh_session session;
    struct ssh_counter_struct socket_counter, raw_counter;
    int fd;                    /* the session's */
    struct ssh_tunnel *tunnel; /* through a jump host, or NULL */
    const char *code;          /* of the failure */
    bool heard;                /* something came since the step began */
};

/* A way through a jump host: a channel of one session whose bytes go to a socket pair, whose other
 * end is the next session's socket. */
struct ssh_tunnel {
    struct ssh_link *under;
    ssh_channel channel;
    int fd; /* our end of the pair */
    struct buf up, down;
    bool ended;
};

/* ssh_fail sets the link's code and the message, naming the jump host when it is one. Returns
 * ERR_NETWORK. */
int ssh_fail(struct ssh_link *link, const char *code, struct error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* ssh_fail_lost is the failure of a connection that ended or broke off. */
int ssh_fail_lost(struct ssh_link *link, const char *code, struct error *err);
/* ssh_code_of_hop is code for the target. On the way to a jump host everything that is no matter of
 * keys and accounts is the same to the target: there is no way to it. */
const char *ssh_code_of_hop(const struct ssh_link *link, const char *code);
/* ssh_error_of copies libssh's text, cleaned of control characters. */
const char *ssh_error_of(struct ssh_link *link, char *out, size_t out_size);

/* ssh_step_deadline begins a step: it is when an answer asked for now is late. */
double ssh_step_deadline(struct ssh_link *link);
/* ssh_wait sleeps until something may go on. TARGET-SILENT, TARGET-SLOW. */
int ssh_wait(struct ssh_link *link, double step_deadline, struct error *err);
/* ssh_go_on is ssh_wait for a session that has begun: CONNECTION-LOST when it has ended, of which
 * libssh says "again" for ever. */
int ssh_go_on(struct ssh_link *link, double step_deadline, struct error *err);

int ssh_check_host_key(struct ssh_link *link, struct error *err);
int ssh_authenticate(struct ssh_link *link, struct error *err);

/* ssh_read_key reads a private key. *ret_key is the caller's. CREDENTIAL-BAD's message. */
int ssh_read_key(const struct credential_secret *secret, ssh_key *ret_key, struct error *err);

/* ssh_use_tickets makes GSSAPI use the tickets that were fetched for a hop. */
void ssh_use_tickets(const struct ssh_hop *hop);

/* ssh_tunnel_open asks the jump host for a way to the target and returns the other end of the pair
 * in *ret_fd. The tunnel takes under over when it succeeds. */
int ssh_tunnel_open(struct ssh_link *under, const struct ssh_hop *target, struct ssh_tunnel **ret,
                    int *ret_fd, struct error *err);
void ssh_tunnel_close(struct ssh_tunnel *tunnel);
/* ssh_tunnel_pump moves what can be moved. False when the way has ended. */
bool ssh_tunnel_pump(struct ssh_tunnel *tunnel);

#endif
