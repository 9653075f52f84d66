/* A private key from a file, with its passphrase, checked by the program `keycheck`. */
#ifndef ASSAY_CONSOLE_KEY_INPUT_H
#define ASSAY_CONSOLE_KEY_INPUT_H

#include "console/vault_session.h"

/* key_input reads the key, asks for its passphrase when it has one and says on standard output what
 * key it is. CLI_DONE, else the status after a message. */
int key_input(const struct cli_args *args, const char *path, const struct credential *credential,
              struct credential_secret *ret);

#endif
