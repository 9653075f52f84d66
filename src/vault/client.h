/*
 * Asking the vault from another program: a child process that holds the key and answers over a
 * socket pair. Secrets do not come back over it; the vault writes them into pipes that it is
 * passed.
 */
#ifndef ASSAY_VAULT_CLIENT_H
#define ASSAY_VAULT_CLIENT_H

#include "vault/credential.h"

struct vault_client;

/* How the vault is opened. */
struct vault_unlock {
    const char *folder; /* STATE/vault */
    int passphrase_fd; /* read when the vault's key is wrapped by a passphrase; -1: ask the terminal
                        */
};

/* vault_client_start starts the vault's program and waits until the vault is open. ERR_NOT_FOUND
 * when there is no vault yet, else why it cannot be opened. */
int vault_client_start(const struct vault_unlock *unlock, struct vault_client **ret,
                       struct error *err);
/* vault_client_stop ends it; fine on NULL. */
void vault_client_stop(struct vault_client *client);

/* vault_client_list gives what is not secret of all credentials, in arena, by id. */
int vault_client_list(struct vault_client *client, struct arena *arena,
                      const struct credential **ret_credentials, uint32_t *ret_count,
                      struct error *err);

/* vault_client_send has the vault write the credentials' encoded forms (credential_encode), one
 * after the other, into fd, a pipe's writing end, and close it. The caller closes its own copy.
 * for_target is written to the vault's record of use. ERR_NOT_FOUND for an id that is gone, ERR_IO
 * when the external provider of a secret fails. */
int vault_client_send(struct vault_client *client, const uint64_t *ids, uint32_t id_count,
                      struct str for_target, int fd, struct error *err);

/* vault_client_ask is vault_client_send without waiting, for secrets that a provider has: number,
 * not 0, is that of the answer. vault_client_answer gives one that has come: 1 with its number, and
 * *ret_result and cause as vault_client_send would return them; 0 when there is none now; ERR_IO
 * when the vault is gone. vault_client_fd is readable when one may have come. */
int vault_client_ask(struct vault_client *client, uint32_t number, const uint64_t *ids,
                     uint32_t id_count, struct str for_target, int fd, struct error *err);
int vault_client_answer(struct vault_client *client, uint32_t *ret_number, int *ret_result,
                        struct error *cause, struct error *err);
int vault_client_fd(const struct vault_client *client);

#endif
