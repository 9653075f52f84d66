/*
 * The vault: credentials in one encrypted file (docs/formats/vault.md, docs/security.md), with a
 * key that is kept in a key file, behind a passphrase or by the machine's TPM. Only the program
 * `vault` links this. Whoever has no key sees how many credentials there are and their kinds.
 */
#ifndef ASSAY_VAULT_VAULT_H
#define ASSAY_VAULT_VAULT_H

#include "vault/credential.h"

enum vault_wrap { VAULT_WRAP_KEY_FILE = 1, VAULT_WRAP_PASSPHRASE = 2, VAULT_WRAP_TPM2 = 3 };

const char *vault_wrap_name(enum vault_wrap wrap); /* "key-file" */
bool vault_wrap_find(struct str name, enum vault_wrap *ret);

/* How a passphrase is asked for; fresh: a new one, to be asked for twice. */
struct vault_asker {
    int (*ask)(void *context, bool fresh, struct secret *ret, struct error *err);
    void *context;
};

/* How a new key is kept. */
struct vault_lock {
    enum vault_wrap wrap;
    const char *tpm2_device; /* of systemd-creds; NULL: the machine's */
    const char *tpm2_pcrs;   /* registers that the key is bound to, "7+14"; NULL: to none */
};

struct vault;

/* vault_open opens the vault in the folder. ERR_NOT_FOUND when there is none; ERR_FORMAT when it is
 * cut or altered (the message names the backup); ERR_USAGE for a wrong passphrase. vault_create
 * makes an empty one in a folder without, with the folder where it is missing (mode 0700). */
int vault_open(const char *folder, const struct vault_asker *asker, struct vault **ret,
               struct error *err);
int vault_create(const char *folder, const struct vault_lock *lock, const struct vault_asker *asker,
                 struct vault **ret, struct error *err);
bool vault_exists(const char *folder);
void vault_close(struct vault *vault);

enum vault_wrap vault_wrap_of(const struct vault *vault);

/* vault_credentials gives what is not secret, by id; views of the vault, gone with the next change.
 * vault_find returns the one with that name or id, or NULL. */
const struct credential *vault_credentials(const struct vault *vault, uint32_t *ret_count);
const struct credential *vault_find(const struct vault *vault, struct str name);
const struct credential *vault_find_id(const struct vault *vault, uint64_t id);

/* vault_secret decrypts the secret of one; empty when an external provider has it. ERR_NOT_FOUND.
 */
int vault_secret(const struct vault *vault, uint64_t id, struct credential_secret *ret,
                 struct error *err);

/* vault_refresh reads the file again when it was changed since. */
int vault_refresh(struct vault *vault, struct error *err);

/* Changes: each is one replacement of the file under a lock, on top of what others changed
 * meanwhile. vault_add gives the new id; ERR_USAGE when the name is taken. vault_change with
 * secret NULL keeps the secret; ERR_USAGE when somebody else changed that credential since it was
 * read. vault_rotate re-encrypts everything under a new key. */
int vault_add(struct vault *vault, const struct credential *credential,
              const struct credential_secret *secret, uint64_t *ret_id, struct error *err);
int vault_change(struct vault *vault, const struct credential *credential,
                 const struct credential_secret *secret, struct error *err);
int vault_remove(struct vault *vault, uint64_t id, struct error *err);
int vault_rotate(struct vault *vault, const struct vault_lock *lock,
                 const struct vault_asker *asker, struct error *err);

#endif
