/*
 * The command line: commands are rows, each in a file of its own that ends with its row.
 */
#ifndef ASSAY_CLI_CLI_H
#define ASSAY_CLI_CLI_H

#include "base/buf.h"
#include "base/error.h"

/* Exit statuses; of several the highest of 4, 3, 1 wins. */
enum cli_status {
    CLI_DONE = 0,
    CLI_FOUND = 1,  /* --fail-on met */
    CLI_USAGE = 2,  /* wrong usage */
    CLI_PARTLY = 3, /* done in part, with the reason on standard error */
    CLI_FAILED = 4  /* could not be done */
};

/* An option. argument NULL is a flag; else its name in the help ("FILE"). letter 0: none. */
struct cli_option {
    const char *name;
    char letter;
    const char *argument;
    const char *help;
};

enum { CLI_MAX_OPTIONS = 64, CLI_MAX_ARGUMENTS = 256 };

/* What was given, in order. */
struct cli_given {
    const struct cli_option *option;
    const char *value; /* NULL for a flag */
};

struct cli_args {
    struct cli_given given[CLI_MAX_OPTIONS];
    unsigned given_count;
    const char *arguments[CLI_MAX_ARGUMENTS]; /* what is not an option */
    unsigned argument_count;
};

struct cli_command {
    const char *name;                 /* "scan", "kb build" */
    const char *usage;                /* "[OPTION...] INVENTORY CVE-ID [SOFTWARE]" */
    const char *summary;              /* one line for the list of commands */
    const char *detail;               /* paragraphs for its own help, may be NULL */
    const char *examples;             /* lines, indented by two */
    const struct cli_option *options; /* ends with a row without name */
    unsigned min_arguments, max_arguments;
    bool plumbing;                           /* listed apart */
    int (*run)(const struct cli_args *args); /* returns enum cli_status */
    const char *program; /* the role whose command this is: it takes the process over; else NULL */
};

/* Options that several commands have, each in one wording. */
#define CLI_OPTION_KNOWLEDGE                                                                       \
    {                                                                                              \
        "knowledge", 0, "FILE", "knowledge file to use"                                            \
    }
#define CLI_OPTION_QUIET                                                                           \
    {                                                                                              \
        "quiet", 'q', NULL, "no progress, no hints; results and errors only"                       \
    }
#define CLI_OPTION_NO_COLOR                                                                        \
    {                                                                                              \
        "no-color", 0, NULL, "no colour (so does the variable NO_COLOR)"                           \
    }
#define CLI_OPTION_AS_OF                                                                           \
    {                                                                                              \
        "as-of", 0, "DATE", "compute ages and support as of that day (YYYY-MM-DD)"                 \
    }
#define CLI_OPTION_OUTPUT                                                                          \
    {                                                                                              \
        "output", 'o', "FILE", "write the result there instead of standard output"                 \
    }

/* cli_args_read reads the words behind the command's name (NULL at their end) by its options and
 * numbers of arguments into *args, which is all zero. Returns CLI_DONE, else CLI_USAGE after a
 * message. */
int cli_args_read(const struct cli_command *command, char **words, struct cli_args *args);
/* cli_flag: was it given? cli_value: the last value given, or NULL. cli_value_at: the nth
 * value of an option that may be given several times, or NULL. */
bool cli_flag(const struct cli_args *args, const char *name);
const char *cli_value(const struct cli_args *args, const char *name);
const char *cli_value_at(const struct cli_args *args, const char *name, unsigned n);

/* Messages on standard error, as "assay: TEXT\n". cli_usage returns CLI_USAGE, cli_fail
 * CLI_FAILED. */
int cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
int cli_fail(const struct error *err);
void cli_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* cli_as_of reads --as-of, else today's date. False with a message for what is no date. */
bool cli_as_of(const struct cli_args *args, int32_t *ret_date);

/* The terminal: is fd one, may colour be used on it, how wide is it: as the
 * terminal says, else the variable COLUMNS; 0 where neither does. */
bool cli_is_terminal(int fd);
bool cli_color(const struct cli_args *args, int fd);
unsigned cli_width(int fd);

/* Where things are kept: $ASSAY_STATE, else /var/lib/assay for root, else
 * $XDG_STATE_HOME/assay or ~/.local/state/assay. free() the results. */
char *cli_state_folder(void);
/* cli_make_state_folder makes it where it is missing: open to its owner, root's also for others to
 * reach a file in it by name. One in its usual place that an older version made open to all is
 * narrowed. */
int cli_make_state_folder(struct error *err);
/* --knowledge, $ASSAY_KNOWLEDGE, else knowledge.assay in the state folder. */
char *cli_knowledge_path(const struct cli_args *args);

/* cli_write writes a result to --output (replaced whole) or to standard output. Returns CLI_DONE,
 * else CLI_FAILED after a message; there is none when the reader of a pipe has gone away. */
int cli_write(const struct cli_args *args, struct str bytes);
/* cli_flush writes what stdout still holds and returns status, or CLI_FAILED like cli_write when
 * any part of the output was lost. */
int cli_flush(int status);
/* cli_read_lines calls each for every line of standard input; stops when it returns < 0.
 * ERR_LIMIT for a line longer than LIMIT_LINE. */
int cli_read_lines(int (*each)(void *context, struct str line), void *context, struct error *err);

/* A progress line on standard error. On a terminal it is redrawn in place with a bar, rate and
 * time left; elsewhere one plain line when a thing is begun and one when it is done. */
struct cli_progress {
    bool quiet, terminal;
    unsigned width;
    double started, drawn;
    char label[64];
};
void cli_progress_begin(struct cli_progress *progress, bool quiet, const char *label);
/* total 0: unknown. unit is "MB", "packages", ... for the rate; amounts are in it. */
void cli_progress_step(struct cli_progress *progress, double done, double total, const char *unit);
/* cli_progress_count is cli_progress_step for things that are counted: "120 TEXT, 12/s, 8 s left".
 */
void cli_progress_count(struct cli_progress *progress, double done, double total, const char *text);
/* cli_progress_end replaces the bar by "LABEL  TEXT   1.2 s". */
void cli_progress_end(struct cli_progress *progress, const char *text);

/* The commands of a program, which each program that links this library defines; main is in the
 * library. */
extern const struct cli_command *const cli_commands[];
extern const unsigned cli_command_count;

/* cli_become replaces this process by a role, which reads the same command line. Returns only when
 * that fails: CLI_FAILED after a message. */
int cli_become(const char *role, char **argv);

#endif
