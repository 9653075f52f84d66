#include "cli/commands.h"

/* In the order in which the help lists them. */
const struct cli_command *const cli_commands[] = {
    &cmd_scan,      &cmd_assess,    &cmd_explain, &cmd_kb_update, &cmd_kb_build,
    &cmd_kb_mirror, &cmd_kb_status, &cmd_kb_show, &cmd_kb_verify, &cmd_vercmp,
    &cmd_identify,  &cmd_cpe_match, &cmd_cvss,    &cmd_help,
};

const unsigned cli_command_count = sizeof cli_commands / sizeof cli_commands[0];
