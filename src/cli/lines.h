/*
 * Plumbing commands without arguments answer the lines of standard input, one line each.
 */
#ifndef ASSAY_CLI_LINES_H
#define ASSAY_CLI_LINES_H

#include "base/str.h"

/* cli_answer_lines calls answer for every line of standard input; it prints exactly one line
 * and returns false when the input was not valid. Returns the exit status: CLI_PARTLY with
 * the count on standard error when any was not. */
int cli_answer_lines(bool (*answer)(void *context, struct str line), void *context);

/* cli_split_pair splits "A<TAB>B"; false when there is not exactly one tab. */
bool cli_split_pair(struct str line, struct str *ret_first, struct str *ret_second);

#endif
