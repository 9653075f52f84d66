/* What only src/vault sees: how a vault's data key is kept, one row a way (enum vault_wrap). */
#ifndef ASSAY_VAULT_WRAP_H
#define ASSAY_VAULT_WRAP_H

#include "vault/format.h"
#include "vault/key_file.h"
#include "vault/vault.h"

struct wrap_tools {
    const char *key_path; /* of the key file */
    const struct vault_asker *asker;
    const char *tpm2_device, *tpm2_pcrs;
};

/* wrap_make writes the section of the file's head that holds the data key, for file->wrap and
 * file->vault_id. A key that belongs into the key file is given in *ret_fresh (else it has none).
 */
int wrap_make(const struct vault_file *file, const struct wrap_tools *tools,
              const struct secret *data, struct buf *section, struct key_file *ret_fresh,
              struct error *err);
/* wrap_open gives the data key. ERR_USAGE for a wrong passphrase, ERR_FORMAT
 * when the file's section is altered. */
int wrap_open(const struct vault_file *file, const struct wrap_tools *tools, struct secret *ret,
              struct error *err);

#endif
