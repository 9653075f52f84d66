#include "cli/commands.h"

/* In the order in which the help lists them. */
const struct cli_command *const cli_commands[] = {
    &cmd_help,
};

const unsigned cli_command_count = sizeof cli_commands / sizeof cli_commands[0];
