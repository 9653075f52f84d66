#include "vault/seal.h"

#include <sodium.h>
#include <stdlib.h>

enum {
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    PASSES_MOST = 16,
    MEMORY_MOST = 1 << 20 /* KiB: 1 GB */
};

_Static_assert(NONCE + TAG == VAULT_BOX_EXTRA, "a box is nonce, text, tag");
_Static_assert(SEAL_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "one size of keys");
_Static_assert(SEAL_KEY == crypto_kdf_KEYBYTES, "one size of keys");
_Static_assert(SEAL_SALT == crypto_pwhash_SALTBYTES, "salt of Argon2id");

static const char context[crypto_kdf_CONTEXTBYTES] = {'a', 's', 's', 'a', 'y', 'v', 'l', 't'};

int seal_init(struct error *err)
{
    return sodium_init() < 0 ? error_set(err, ERR_IO, "libsodium: no source of random numbers") : 0;
}

void seal_random(void *out, size_t len)
{
    randombytes_buf(out, len);
}

/* A key without bytes yet, all of it counted as used. */
static int make_key(struct secret *ret, struct error *err)
{
    int result = secret_new(SEAL_KEY, ret, err);
    if (result == 0) {
        ret->len = SEAL_KEY;
    }
    return result;
}

int seal_new_key(struct secret *ret, struct error *err)
{
    int result = make_key(ret, err);
    if (result == 0) {
        randombytes_buf(ret->ptr, SEAL_KEY);
    }
    return result;
}

static const unsigned char *key_bytes(const struct secret *key)
{
    if (key->len != SEAL_KEY) {
        abort(); /* a key of this program, never of a file */
    }
    return (const unsigned char *)key->ptr;
}

void seal_box(const struct secret *key, struct str bound, struct str plain, struct buf *out)
{
    size_t len = plain.len + VAULT_BOX_EXTRA;
    unsigned char *at = (unsigned char *)buf_reserve(out, len);
    if (at == NULL) {
        return; /* the buffer remembers */
    }
    randombytes_buf(at, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(at + NONCE, NULL, (const unsigned char *)plain.ptr,
                                               plain.len, (const unsigned char *)bound.ptr,
                                               bound.len, NULL, at, key_bytes(key));
    out->len += len;
}

bool seal_open(const struct secret *key, struct str bound, struct str box, unsigned char *out)
{
    const unsigned char *bytes = (const unsigned char *)box.ptr;
    return box.len >= VAULT_BOX_EXTRA &&
           crypto_aead_xchacha20poly1305_ietf_decrypt(
               out, NULL, NULL, bytes + NONCE, box.len - NONCE, (const unsigned char *)bound.ptr,
               bound.len, bytes, key_bytes(key)) == 0;
}

int seal_open_secret(const struct secret *key, struct str bound, struct str box, struct secret *ret,
                     struct error *err)
{
    struct secret plain;
    if (box.len < VAULT_BOX_EXTRA) {
        return error_set(err, ERR_FORMAT, "cut short or altered");
    }
    int result = secret_new(box.len - VAULT_BOX_EXTRA, &plain, err);
    if (result < 0) {
        return result;
    }
    if (!seal_open(key, bound, box, (unsigned char *)plain.ptr)) {
        secret_free(&plain);
        return error_set(err, ERR_FORMAT, "cut short or altered");
    }
    plain.len = plain.capacity;
    *ret = plain;
    return 0;
}

int seal_derive(const struct secret *master, uint64_t number, struct secret *ret, struct error *err)
{
    int result = make_key(ret, err);
    if (result == 0) {
        crypto_kdf_derive_from_key((unsigned char *)ret->ptr, SEAL_KEY, number, context,
                                   key_bytes(master));
    }
    return result;
}

void seal_checksum(struct str bytes, unsigned char out[VAULT_CHECKSUM])
{
    crypto_generichash(out, VAULT_CHECKSUM, (const unsigned char *)bytes.ptr, bytes.len, NULL, 0);
}

void seal_mac(const struct secret *key, struct str bytes, unsigned char out[VAULT_MAC])
{
    crypto_generichash(out, VAULT_MAC, (const unsigned char *)bytes.ptr, bytes.len, key_bytes(key),
                       SEAL_KEY);
}

bool seal_equal(const void *a, const void *b, size_t len)
{
    return sodium_memcmp(a, b, len) == 0;
}

struct seal_effort seal_moderate(void)
{
    return (struct seal_effort){crypto_pwhash_OPSLIMIT_MODERATE,
                                crypto_pwhash_MEMLIMIT_MODERATE / 1024};
}

int seal_stretch(const struct secret *passphrase, const unsigned char salt[SEAL_SALT],
                 struct seal_effort effort, struct secret *ret, struct error *err)
{
    if (effort.passes < crypto_pwhash_OPSLIMIT_MIN || effort.passes > PASSES_MOST ||
        effort.memory < crypto_pwhash_MEMLIMIT_MIN / 1024 || effort.memory > MEMORY_MOST) {
        return error_set(err, ERR_LIMIT,
                         "the passphrase is stretched by %u passes over %u KiB; at "
                         "most %d over %d are done here",
                         effort.passes, effort.memory, PASSES_MOST, MEMORY_MOST);
    }
    int result = make_key(ret, err);
    if (result < 0) {
        return result;
    }
    if (crypto_pwhash((unsigned char *)ret->ptr, SEAL_KEY, passphrase->ptr, passphrase->len, salt,
                      effort.passes, (size_t)effort.memory * 1024,
                      crypto_pwhash_ALG_ARGON2ID13) != 0) {
        secret_free(ret);
        return error_set(err, ERR_IO, "not enough memory to stretch a passphrase: %u MB are needed",
                         effort.memory / 1024);
    }
    return 0;
}
