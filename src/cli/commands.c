#include "cli/commands.h"

/* clang-format off */
#define LIST(identifier, name, summary) &cmd_##identifier,

/* In the order in which the help lists them. */
const struct cli_command *const cli_commands[] = {
    &cmd_scan, &cmd_assess, &cmd_explain,
    CLI_MANAGER_COMMANDS(LIST)
    CLI_VAULT_COMMANDS(LIST)
    &cmd_kb_update, &cmd_kb_build, &cmd_kb_mirror, &cmd_kb_status, &cmd_kb_show, &cmd_kb_verify,
    &cmd_vercmp, &cmd_identify, &cmd_cpe_match, &cmd_cvss, &cmd_help,
};
/* clang-format on */

const unsigned cli_command_count = sizeof cli_commands / sizeof cli_commands[0];
