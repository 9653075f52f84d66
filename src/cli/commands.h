/* The rows of all commands; each is defined at the end of its cmd_*.c. */
#ifndef ASSAY_CLI_COMMANDS_H
#define ASSAY_CLI_COMMANDS_H

#include "cli/cli.h"
#include "cli/elsewhere.h"

extern const struct cli_command cmd_assess;
extern const struct cli_command cmd_cpe_match;
extern const struct cli_command cmd_cvss;
extern const struct cli_command cmd_explain;
extern const struct cli_command cmd_help;
extern const struct cli_command cmd_identify;
extern const struct cli_command cmd_kb_build;
extern const struct cli_command cmd_kb_mirror;
extern const struct cli_command cmd_kb_show;
extern const struct cli_command cmd_kb_status;
extern const struct cli_command cmd_kb_update;
extern const struct cli_command cmd_kb_verify;
extern const struct cli_command cmd_scan;
extern const struct cli_command cmd_vercmp;

#define CLI_DECLARE(identifier, name, summary) extern const struct cli_command cmd_##identifier;
CLI_MANAGER_COMMANDS(CLI_DECLARE)
CLI_VAULT_COMMANDS(CLI_DECLARE)
#undef CLI_DECLARE

#endif
