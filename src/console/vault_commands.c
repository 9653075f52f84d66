#include "console/vault_commands.h"

#define LIST(identifier, name, summary) &cmd_##identifier,

/* clang-format off */
const struct cli_command *const cli_commands[] = {
    CLI_VAULT_COMMANDS(LIST)
    &cmd_vault_serve,
};
/* clang-format on */
const unsigned cli_command_count = sizeof cli_commands / sizeof cli_commands[0];
