/* Sessions: options, algorithms, and the order of the steps. */
#include "transport/ssh_inside.h"

#include "base/date.h"
#include "base/memory.h"

#include <libssh/server.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* What is offered, best first. The legacy column is added to it where a source asks for old
 * servers: CentOS 6 has OpenSSH 5.3, older systems only SHA-1 and CBC. */
struct algorithms {
    enum ssh_options_e options[2];
    const char *modern, *legacy;
};

#define NO_OPTION SSH_OPTIONS_HOST

static const struct algorithms algorithms[] = {
    {{SSH_OPTIONS_KEY_EXCHANGE, NO_OPTION},
     "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,"
     "ecdh-sha2-nistp521,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,"
     "diffie-hellman-group-exchange-sha256,diffie-hellman-group14-sha256",
     ",diffie-hellman-group-exchange-sha1,diffie-hellman-group14-sha1,"
     "diffie-hellman-group1-sha1"},
    {{SSH_OPTIONS_HOSTKEYS, NO_OPTION},
     "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,"
     "rsa-sha2-256",
     ",ssh-rsa"},
    {{SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, NO_OPTION},
     "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,"
     "rsa-sha2-256",
     ",ssh-rsa"},
    {{SSH_OPTIONS_CIPHERS_C_S, SSH_OPTIONS_CIPHERS_S_C},
     "aes256-gcm@openssh.com,aes128-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr,"
     "aes192-ctr,aes128-ctr",
     ",aes256-cbc,aes192-cbc,aes128-cbc,3des-cbc"},
    {{SSH_OPTIONS_HMAC_C_S, SSH_OPTIONS_HMAC_S_C},
     "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512",
     ",hmac-sha1-etm@openssh.com,hmac-sha1"},
    {{SSH_OPTIONS_COMPRESSION_C_S, SSH_OPTIONS_COMPRESSION_S_C}, "none", ""},
};

static bool set_algorithms(ssh_session session, bool legacy)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
        char list[1024];
        snprintf(list, sizeof list, "%s%s", algorithms[i].modern,
                 legacy ? algorithms[i].legacy : "");
        for (int n = 0; n < 2; n++) {
            enum ssh_options_e option = algorithms[i].options[n];
            if (option != NO_OPTION && ssh_options_set(session, option, list) != SSH_OK) {
                return false;
            }
        }
    }
    return true;
}

static int refuse_message(ssh_session session, ssh_message message, void *context)
{
    (void)session;
    (void)message;
    (void)context;
    return 1; /* what a server asks of a client is refused, and not kept */
}

static bool set_text(ssh_session session, enum ssh_options_e option, struct str value)
{
    char text[1024];
    if (value.len >= sizeof text) {
        return false;
    }
    snprintf(text, sizeof text, "%.*s", STR_ARG(value));
    return ssh_options_set(session, option, text) == SSH_OK;
}

/* The name to log in with. A domain's account is named with its domain, except to Kerberos, where
 * the ticket says it. */
static bool set_user(struct ssh_link *link)
{
    const struct credential *credential = link->hop->credential;
    char full[512];
    struct str user = link->hop->user;
    if (credential != NULL && credential->user.len > 0) {
        user = credential->user;
        if (credential->kind == CREDENTIAL_WINDOWS_DOMAIN && link->hop->ticket) {
            user = str_sub(user, 0, str_find_byte(user, '@'));
        } else if (credential->kind == CREDENTIAL_WINDOWS_DOMAIN && credential->domain.len > 0) {
            snprintf(full, sizeof full, "%.*s@%.*s", STR_ARG(user), STR_ARG(credential->domain));
            user = str_from(full);
        }
    }
    return set_text(link->session, SSH_OPTIONS_USER, user);
}

static bool set_options(struct ssh_link *link)
{
    static const bool no = false;
    static const int level = SSH_LOG_NOLOG;
    ssh_session session = link->session;
    unsigned port = link->hop->port;
    /* Without a folder of its own libssh asks the name service for the account's. */
    return ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no) == SSH_OK &&
           ssh_options_set(session, SSH_OPTIONS_LOG_VERBOSITY, &level) == SSH_OK &&
           ssh_options_set(session, SSH_OPTIONS_SSH_DIR, "/dev/null") == SSH_OK &&
           ssh_options_set(session, SSH_OPTIONS_KNOWNHOSTS, "/dev/null") == SSH_OK &&
           ssh_options_set(session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") == SSH_OK &&
           set_text(session, SSH_OPTIONS_HOST, link->hop->name) && set_user(link) &&
           ssh_options_set(session, SSH_OPTIONS_PORT, &port) == SSH_OK &&
           set_algorithms(session, link->request->legacy) &&
           ssh_options_set(session, SSH_OPTIONS_FD, &link->fd) == SSH_OK;
}

static void tell_phase(struct ssh_link *link, const char *phase)
{
    link->request->watch.phase(link->request->watch.context, phase);
}

/* What a server says first must be "SSH-" (RFC 4253, section 4.2); libssh takes no lines before it.
 */
static int check_greeting(struct ssh_link *link, struct error *err)
{
    double deadline = ssh_step_deadline(link);
    char seen[41];
    for (;;) {
        ssize_t got = recv(link->fd, seen, sizeof seen - 1, MSG_PEEK | MSG_DONTWAIT);
        if (got == 0) {
            return ssh_fail(link, ssh_code_of_hop(link, "SSH-CLOSED"), err,
                            "the connection was ended without a word");
        }
        size_t len = got > 0 ? (size_t)got : 0;
        link->heard |= len > 0;
        if (len > 0 && memcmp(seen, "SSH-", len < 4 ? len : 4) != 0) {
            for (size_t i = 0; i < len; i++) {
                seen[i] = seen[i] >= 0x20 && seen[i] < 0x7f ? seen[i] : '.';
            }
            return ssh_fail(link, ssh_code_of_hop(link, "SSH-NOT-SSH"), err,
                            "it begins with \"%.*s\"", (int)len, seen);
        }
        if (len >= 4) {
            return 0;
        }
        if (len > 0) {
            usleep(50000); /* poll would return at once for what was only looked at */
        }
        int result = ssh_wait(link, deadline, err);
        if (result < 0) {
            return result;
        }
    }
}

static int fail_start(struct ssh_link *link, struct error *err)
{
    const char *said = ssh_get_error(link->session);
    if (strstr(said, "no match for method") != NULL) {
        return ssh_fail_lost(link, "SSH-ALGORITHMS", err);
    }
    if (ssh_get_serverbanner(link->session) == NULL || strstr(said, "banner") != NULL) {
        bool closed = strstr(said, "Socket error") != NULL;
        return ssh_fail_lost(link, closed ? "SSH-CLOSED" : "SSH-NOT-SSH", err);
    }
    return ssh_fail_lost(link, "SSH-CLOSED", err);
}

static int make_session(struct ssh_link *link, struct error *err)
{
    link->session = ssh_new();
    if (link->session == NULL || !set_options(link)) {
        return ssh_fail(link, "INTERNAL", err, "libssh: %s",
                        link->session != NULL ? ssh_get_error(link->session) : "no memory");
    }
    ssh_set_blocking(link->session, 0);
    ssh_set_message_callback(link->session, refuse_message, NULL);
    ssh_set_counters(link->session, &link->socket_counter, &link->raw_counter);
    return 0;
}

/* Makes the session over fd up to the end of the key exchange. */
static int start_session(struct ssh_link *link, struct error *err)
{
    int result = make_session(link, err);
    if (result < 0) {
        return result;
    }
    tell_phase(link, "greeting");
    if ((result = check_greeting(link, err)) < 0) {
        return result;
    }
    double deadline = ssh_step_deadline(link);
    bool greeted = false;
    for (int state; (state = ssh_connect(link->session)) != SSH_OK;) {
        if (state != SSH_AGAIN) {
            return fail_start(link, err);
        }
        if (!greeted && ssh_get_serverbanner(link->session) != NULL) {
            greeted = true;
            tell_phase(link, "key exchange");
        }
        if ((result = ssh_wait(link, deadline, err)) < 0) {
            return result;
        }
    }
    return 0;
}

/* From the socket to the login. */
static int enter(struct ssh_link *link, struct error *err)
{
    int result = start_session(link, err);
    if (result == 0) {
        tell_phase(link, "host key");
        result = ssh_check_host_key(link, err);
    }
    if (result == 0) {
        tell_phase(link, "authentication");
        result = ssh_authenticate(link, err);
    }
    return result;
}

static struct ssh_link *new_link(const struct ssh_request *request, const struct ssh_hop *hop,
                                 int fd)
{
    struct ssh_link *link = mem_alloc_zero(1, sizeof *link);
    *link = (struct ssh_link){.request = request, .hop = hop, .fd = fd, .code = "INTERNAL"};
    return link;
}

void ssh_close(struct ssh_link *link)
{
    if (link == NULL) {
        return;
    }
    if (link->session != NULL) {
        ssh_disconnect(link->session);
        ssh_free(link->session);
    }
    ssh_tunnel_close(link->tunnel);
    free(link);
}

static int open_target(const struct ssh_request *request, struct ssh_link **at, struct error *err)
{
    struct ssh_tunnel *tunnel;
    int fd, result;
    if (request->jump == NULL) {
        *at = new_link(request, &request->target, request->socket);
        return enter(*at, err);
    }
    *at = new_link(request, request->jump, request->socket);
    if ((result = enter(*at, err)) < 0 ||
        (result = ssh_tunnel_open(*at, &request->target, &tunnel, &fd, err)) < 0) {
        return result;
    }
    *at = new_link(request, &request->target, fd);
    (*at)->tunnel = tunnel;
    return enter(*at, err);
}

int ssh_open(const struct ssh_request *request, struct ssh_link **ret, const char **ret_code,
             struct error *err)
{
    struct ssh_link *link = NULL;
    int result = open_target(request, &link, err);
    if (result < 0) {
        *ret_code = link->code;
        ssh_close(link);
        return result;
    }
    *ret = link;
    return 0;
}

uint64_t ssh_bytes_read(const struct ssh_link *link)
{
    while (link->tunnel != NULL) {
        link = link->tunnel->under;
    }
    return link->socket_counter.in_bytes;
}

int ssh_prepare(struct error *err)
{
    if (ssh_init() != SSH_OK) {
        return error_set(err, ERR_IO, "libssh cannot be started");
    }
    /* The first session fetches algorithms and random numbers. */
    ssh_key key = NULL;
    if (ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key) != SSH_OK) {
        return error_set(err, ERR_IO, "libssh has no random numbers");
    }
    ssh_key_free(key);
    return 0;
}
