/*
 * What only src/vault sees: encryption (XChaCha20-Poly1305), keyed and plain checksums (BLAKE2b),
 * derived keys and passphrases (Argon2id), all of libsodium.
 */
#ifndef ASSAY_VAULT_SEAL_H
#define ASSAY_VAULT_SEAL_H

#include "base/buf.h"
#include "base/error.h"
#include "base/secret.h"
#include "vault/format.h"

enum { SEAL_KEY = 32, SEAL_SALT = 16 };

/* seal_init must be called once before all others. */
int seal_init(struct error *err);
void seal_random(void *out, size_t len);
/* seal_new_key makes a random key of SEAL_KEY bytes. */
int seal_new_key(struct secret *ret, struct error *err);

/* seal_box appends nonce, ciphertext and tag; bound is authenticated with it. */
void seal_box(const struct secret *key, struct str bound, struct str plain, struct buf *out);
/* seal_open writes the box.len - VAULT_BOX_EXTRA bytes of the plain text. False when key, bound or
 * box is not what it was sealed with. */
bool seal_open(const struct secret *key, struct str bound, struct str box, unsigned char *out);
/* seal_open_secret opens into locked memory. ERR_FORMAT when that fails. */
int seal_open_secret(const struct secret *key, struct str bound, struct str box, struct secret *ret,
                     struct error *err);

/* seal_derive makes the key with that number of a master key. */
int seal_derive(const struct secret *master, uint64_t number, struct secret *ret,
                struct error *err);

void seal_checksum(struct str bytes, unsigned char out[VAULT_CHECKSUM]);
void seal_mac(const struct secret *key, struct str bytes, unsigned char out[VAULT_MAC]);
bool seal_equal(const void *a, const void *b, size_t len);

/* Limits of Argon2id: as moderate as libsodium names it for new passphrases; larger ones of a file
 * are refused, as they could take all memory. */
struct seal_effort {
    uint32_t passes;
    uint32_t memory; /* KiB */
};
struct seal_effort seal_moderate(void);
/* seal_stretch makes a key of a passphrase; ERR_LIMIT, ERR_IO when there is not enough memory. */
int seal_stretch(const struct secret *passphrase, const unsigned char salt[SEAL_SALT],
                 struct seal_effort effort, struct secret *ret, struct error *err);

#endif
