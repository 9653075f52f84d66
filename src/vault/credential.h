/*
 * A credential: how one account proves itself, and where it may be used. Kept encrypted by the
 * vault (vault/vault.h); handed to the one process that uses it over a pipe, in the form that
 * credential_encode writes (docs/formats/vault.md).
 */
#ifndef ASSAY_VAULT_CREDENTIAL_H
#define ASSAY_VAULT_CREDENTIAL_H

#include "base/arena.h"
#include "base/error.h"
#include "base/secret.h"

enum credential_kind {
    CREDENTIAL_SSH_PASSWORD,
    CREDENTIAL_SSH_KEY,
    CREDENTIAL_WINDOWS_LOCAL,
    CREDENTIAL_WINDOWS_DOMAIN, /* user@REALM too: Kerberos over SSH */
    CREDENTIAL_VCENTER,
    CREDENTIAL_HTTP_PROXY,
    CREDENTIAL_API_KEY
};

/* What is not secret. Texts are views into the owner's arena. */
struct credential {
    uint64_t id; /* never used again within a vault */
    enum credential_kind kind;
    struct str name; /* friendly, unique */
    struct str user;
    struct str domain; /* realm or domain; "" none */
    /* Where it may be used; no entry at all: everywhere. */
    const struct str *scope_sources; /* names of sources */
    uint32_t scope_source_count;
    const struct str *scope_ranges; /* "10.1.0.0/16", "2001:db8::/32", one address */
    uint32_t scope_range_count;
    const struct str *scope_domains; /* "prod.example.org": hosts under it */
    uint32_t scope_domain_count;
    struct str
        provider; /* path of the external command that prints the secret; "" the vault has it */
    int64_t created, changed;
};

/* The secret part, in locked memory. Which are used depends on the kind. */
struct credential_secret {
    struct secret password;    /* password, API key, or passphrase of the key */
    struct secret private_key; /* OpenSSH, PEM or PKCS#8 text */
};

void credential_secret_done(struct credential_secret *secret);

const char *credential_kind_name(enum credential_kind kind); /* "ssh-password" */
bool credential_kind_find(struct str name, enum credential_kind *ret);

/* credential_form_size is the room that the form of one takes.
 * credential_encode appends kind, user, domain and secret to out, in locked memory.
 * credential_decode reads the next one from *bytes and moves on; texts go to arena, secrets to
 * locked memory. ERR_FORMAT, ERR_LIMIT. */
size_t credential_form_size(const struct credential *credential,
                            const struct credential_secret *secret);
int credential_encode(const struct credential *credential, const struct credential_secret *secret,
                      struct secret *out, struct error *err);
int credential_decode(struct str *bytes, struct arena *arena, struct credential *ret,
                      struct credential_secret *ret_secret, struct error *err);

#endif
