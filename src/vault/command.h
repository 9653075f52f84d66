/* What only src/vault sees: running a command of the system for a secret: no environment, no other
 * descriptors, a limit on time and output. */
#ifndef ASSAY_VAULT_COMMAND_H
#define ASSAY_VAULT_COMMAND_H

#include "base/buf.h"
#include "base/error.h"
#include "base/secret.h"

struct command {
    const char *const *argv; /* argv[0] is the path; ends with NULL */
    struct str input;        /* given on its standard input */
    unsigned seconds;
    size_t capacity;        /* most that it may print */
    struct buf *complaints; /* takes its standard error, as far as there is room; NULL: discarded */
};

/* command_run runs it to its end; what it printed is given when it ended with status 0. Else
 * ERR_IO, ERR_NOT_FOUND, ERR_LIMIT or ERR_TIMEOUT; it has ended then too. */
int command_run(const struct command *command, struct secret *ret, struct error *err);

#endif
