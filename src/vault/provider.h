/*
 * Secrets of other vaults: a command that prints the secret of a credential. It gets the
 * credential's name as its only argument and no environment; what it prints, less one line end, is
 * the secret, which is never stored.
 */
#ifndef ASSAY_VAULT_PROVIDER_H
#define ASSAY_VAULT_PROVIDER_H

#include "vault/vault.h"

/* provider_check says whether the command may be run: an absolute path to a program that belongs to
 * root or the caller, which nobody else can change, nor the folders above it. ERR_USAGE. */
int provider_check(const char *path, struct error *err);

/* provider_reveal gives a credential in the form in which processes are handed it, with its
 * secret from the vault or its provider. ERR_NOT_FOUND for an id that is gone; of a provider that
 * fails, ERR_IO, ERR_TIMEOUT, ERR_LIMIT. */
int provider_reveal(const struct vault *vault, uint64_t id, struct secret *ret, struct error *err);

#endif
