/* The rows of the manager's commands; each is defined at the end of its cmd_*.c. */
#include "cli/cli.h"
#include "cli/elsewhere.h"

#define DECLARE(identifier, name, summary) extern const struct cli_command cmd_##identifier;
#define LIST(identifier, name, summary)    &cmd_##identifier,
CLI_MANAGER_COMMANDS(DECLARE)

extern const struct cli_command cmd_account_accepted;

/* clang-format off */
const struct cli_command *const cli_commands[] = {
    CLI_MANAGER_COMMANDS(LIST)
    &cmd_account_accepted,
};
/* clang-format on */
const unsigned cli_command_count = sizeof cli_commands / sizeof cli_commands[0];
