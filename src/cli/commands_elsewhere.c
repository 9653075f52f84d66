/* The rows of commands that other programs carry out. */
#include "cli/commands.h"

#include "cli/elsewhere.h"

#define MANAGER_ROW(identifier, words, text)                                                       \
    const struct cli_command cmd_##identifier = {                                                  \
        .name = words, .summary = text, .program = "manager"};
#define VAULT_ROW(identifier, words, text)                                                         \
    const struct cli_command cmd_##identifier = {                                                  \
        .name = words, .summary = text, .program = "vault"};

CLI_MANAGER_COMMANDS(MANAGER_ROW)
CLI_VAULT_COMMANDS(VAULT_ROW)
