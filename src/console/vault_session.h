/* What the vault's commands share: the vault itself, credentials by name, questions. */
#ifndef ASSAY_CONSOLE_VAULT_SESSION_H
#define ASSAY_CONSOLE_VAULT_SESSION_H

#include "cli/cli.h"
#include "cli/elsewhere.h"
#include "console/secret_input.h"
#include "vault/vault.h"

/* NAME_name and NAME_summary of each command, as `assay` lists them. */
#define VAULT_WORDS(identifier, words, text)                                                       \
    static const char identifier##_name[] __attribute__((unused)) = words;                         \
    static const char identifier##_summary[] __attribute__((unused)) = text;
CLI_VAULT_COMMANDS(VAULT_WORDS)
#undef VAULT_WORDS

#define VAULT_OPTION_PASSPHRASE_FD                                                                 \
    {                                                                                              \
        "passphrase-fd", 0, "N", "read the vault's passphrase from that descriptor"                \
    }
#define VAULT_OPTION_FORMAT                                                                        \
    {                                                                                              \
        "format", 'f', "FORMAT", "table (default) or json"                                         \
    }

struct vault_session {
    const struct cli_args *args;
    char *folder;
    struct vault *vault;
    struct vault_asker asker;
    struct arena arena;
    bool json;
};

/* What happens where there is no vault yet. */
enum vault_absent { VAULT_ABSENT_FAILS, VAULT_ABSENT_IS_EMPTY, VAULT_ABSENT_IS_MADE };

/* vault_session_begin keeps this process's memory from others and opens the vault; vault stays NULL
 * for VAULT_ABSENT_IS_EMPTY. CLI_DONE, else the status after a message.
 * vault_session_end is to be called either way. */
int vault_session_begin(struct vault_session *session, const struct cli_args *args,
                        enum vault_absent absent);
void vault_session_end(struct vault_session *session);

/* vault_session_find gives the credential of that name; NULL after a message. */
const struct credential *vault_session_find(const struct vault_session *session, const char *name);

/* vault_session_fail tells an error: CLI_USAGE for ERR_USAGE, else CLI_FAILED. */
int vault_session_fail(const struct error *err);

#endif
