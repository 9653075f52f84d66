/* What only src/vault sees: the form of what is not secret of a credential, in the vault's file and
 * in its answers (docs/formats/vault.md). */
#ifndef ASSAY_VAULT_DETAILS_H
#define ASSAY_VAULT_DETAILS_H

#include "base/buf.h"
#include "vault/credential.h"

/* details_write appends. details_read reads the next one from *bytes and moves on; texts are put in
 * arena. ERR_FORMAT, ERR_LIMIT. */
void details_write(const struct credential *credential, struct buf *out);
int details_read(struct str *bytes, struct arena *arena, struct credential *ret, struct error *err);

/* details_dup copies a credential with all its texts to arena. */
struct credential details_dup(const struct credential *credential, struct arena *arena);

#endif
