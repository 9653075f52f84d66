/* The rows of the vault's commands; each is defined at the end of its cmd_*.c. */
#ifndef ASSAY_CONSOLE_VAULT_COMMANDS_H
#define ASSAY_CONSOLE_VAULT_COMMANDS_H

#include "cli/cli.h"
#include "cli/elsewhere.h"

#define VAULT_DECLARE(identifier, name, summary) extern const struct cli_command cmd_##identifier;
CLI_VAULT_COMMANDS(VAULT_DECLARE)
#undef VAULT_DECLARE
extern const struct cli_command cmd_vault_serve;

#endif
