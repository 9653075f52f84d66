/* What is said of a credential on the command line: texts and scope checked, the secret read. */
#ifndef ASSAY_CONSOLE_CREDENTIAL_INPUT_H
#define ASSAY_CONSOLE_CREDENTIAL_INPUT_H

#include "console/vault_session.h"

#define CREDENTIAL_OPTIONS                                                                         \
    {"user", 0, "USER", "account: USER, USER@REALM or DOMAIN\\USER"},                              \
        {"domain", 0, "DOMAIN", "domain or Kerberos realm of the account"},                        \
        {"key-file", 0, "PATH", "private key to keep: OpenSSH, PEM or PKCS #8"},                   \
        {"provider", 0, "PATH", "command that prints the secret, instead of keeping it"},          \
        {"for-source", 0, "NAME", "only for targets of that source (may be repeated)"},            \
        {"for-range", 0, "RANGE", "only for addresses in it, as 10.1.0.0/16 (repeated)"},          \
        {"for-domain", 0, "NAME", "only for hosts under that domain (repeated)"}, SECRET_OPTION_FD

/* credential_input_texts puts what was given in place of what is in *credential; texts go to arena.
 * The scope is replaced as a whole when any part of it is given. CLI_DONE, else the status after a
 * message. */
int credential_input_texts(const struct cli_args *args, struct arena *arena,
                           struct credential *credential);
/* credential_input_name checks a name for people. */
int credential_input_name(const char *name);

/* credential_input_secret reads the secret that the kind has; for a key also prints its type and
 * fingerprint on standard output. */
int credential_input_secret(const struct cli_args *args, const struct credential *credential,
                            struct credential_secret *ret);

#endif
