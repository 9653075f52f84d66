/* Where secrets of the command line come from: the terminal without echo, a descriptor, standard
 * input. Never an argument, never the environment. */
#ifndef ASSAY_CONSOLE_SECRET_INPUT_H
#define ASSAY_CONSOLE_SECRET_INPUT_H

#include "base/error.h"
#include "base/secret.h"
#include "cli/cli.h"

struct secret_question {
    const char *prompt;
    bool twice;         /* asked again; both must be the same */
    bool take_terminal; /* come to the foreground while asking: for a child of another program */
    size_t capacity;
};

/* secret_ask asks on the terminal of the session. ERR_USAGE when there is none, or when the two
 * answers differ. */
int secret_ask(const struct secret_question *question, struct secret *ret, struct error *err);

/* secret_from_fd reads a descriptor to its end and drops one line end. number is the text of an
 * option; named so in errors. */
int secret_from_fd(const char *option, const char *number, size_t capacity, struct secret *ret,
                   struct error *err);

/* secret_given reads from --secret-fd, else from standard input when that is no terminal, else
 * asks. An empty secret and one of several lines are ERR_USAGE. */
int secret_given(const struct cli_args *args, const struct secret_question *question,
                 struct secret *ret, struct error *err);

#define SECRET_OPTION_FD                                                                           \
    {                                                                                              \
        "secret-fd", 0, "N", "read the secret from that descriptor to its end"                     \
    }

#endif
