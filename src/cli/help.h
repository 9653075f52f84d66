/* Help texts, made from the rows of the commands. */
#ifndef ASSAY_CLI_HELP_H
#define ASSAY_CLI_HELP_H

#include "cli/cli.h"

/* cli_help_all prints the list of commands: as the answer to --help, or, when nothing was
 * asked, on standard error with CLI_USAGE. */
int cli_help_all(bool nothing_asked);
int cli_help_command(const struct cli_command *command);
/* cli_help_group handles a first word that only begins commands ("kb"): lists them, or says that
 * second is none of them. False when no command begins with it. */
bool cli_help_group(const char *group, const char *second);

#endif
