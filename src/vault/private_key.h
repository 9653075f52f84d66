/*
 * Recognising a private key for SSH by its framing: OpenSSH (PROTOCOL.key), PEM (RFC 1421, RFC
 * 7468) and PKCS #8 (RFC 5958). What is inside is left to the library that uses it.
 */
#ifndef ASSAY_VAULT_PRIVATE_KEY_H
#define ASSAY_VAULT_PRIVATE_KEY_H

#include "base/error.h"
#include "base/secret.h"

struct private_key {
    const char *form; /* "OpenSSH", "PEM", "PKCS #8" */
    bool encrypted;   /* needs a passphrase */
};

/* private_key_read finds the key in the text of a file (line ends of DOS, a byte order mark and
 * other blocks before it are fine) and gives its block alone, with plain line ends. ERR_FORMAT
 * with what the file is instead and how to convert it; ERR_LIMIT above LIMIT_PRIVATE_KEY. */
int private_key_read(struct str text, struct private_key *ret, struct secret *ret_block,
                     struct error *err);

#endif
