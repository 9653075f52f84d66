/*
 * Says whether a private key can be used: reads a credential (vault/credential.h) on standard
 * input, has libssh open its key with its passphrase and prints "TYPE FINGERPRINT". A process of
 * its own, so that libssh parses no foreign bytes where the vault's key is.
 * Exit status: 0 fine, 1 the key is not opened, 2 nothing that is understood came.
 */
#include "base/limits.h"
#include "vault/credential.h"

#include <libssh/libssh.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { FINE = 0, NOT_OPENED = 1, NOT_UNDERSTOOD = 2 };

static int print_key(ssh_key key)
{
    unsigned char *hash = NULL;
    size_t len = 0;
    if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &len) != 0) {
        return NOT_OPENED;
    }
    char *fingerprint = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, len);
    printf("%s %s\n", ssh_key_type_to_char(ssh_key_type(key)),
           fingerprint != NULL ? fingerprint : "");
    ssh_string_free_char(fingerprint);
    ssh_clean_pubkey_hash(&hash);
    return FINE;
}

static int check(const struct credential_secret *secret)
{
    ssh_key key = NULL;
    const char *passphrase = secret->password.ptr;
    if (secret->private_key.ptr == NULL ||
        ssh_pki_import_privkey_base64(secret->private_key.ptr, passphrase, NULL, NULL, &key) !=
            SSH_OK) {
        return NOT_OPENED;
    }
    int status = print_key(key);
    ssh_key_free(key);
    return status;
}

int main(void)
{
    const struct rlimit none = {0, 0};
    struct secret form;
    struct credential credential;
    struct credential_secret secret;
    struct arena arena;
    struct error err = ERROR_INIT;
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
    arena_init(&arena);
    if (secret_read(STDIN_FILENO, LIMIT_SECRET, &form, &err) < 0) {
        return NOT_UNDERSTOOD;
    }
    struct str bytes = secret_view(&form);
    if (credential_decode(&bytes, &arena, &credential, &secret, &err) < 0) {
        return NOT_UNDERSTOOD;
    }
    int status = check(&secret);
    credential_secret_done(&secret);
    secret_free(&form);
    arena_done(&arena);
    return status;
}
