/* What the manager's commands share: the store, a source by its name, questions and tables. */
#ifndef ASSAY_CONSOLE_MANAGER_H
#define ASSAY_CONSOLE_MANAGER_H

#include "base/date.h"
#include "cli/cli.h"
#include "cli/elsewhere.h"
#include "report/layout.h"
#include "store/store.h"
#include "json/json_writer.h"

/* NAME_name and NAME_summary of each command, as `assay` lists them. */
#define MANAGER_WORDS(identifier, words, text)                                                     \
    static const char identifier##_name[] __attribute__((unused)) = words;                         \
    static const char identifier##_summary[] __attribute__((unused)) = text;
CLI_MANAGER_COMMANDS(MANAGER_WORDS)
#undef MANAGER_WORDS

/* Options of several commands. */
#define MANAGER_OPTION_FORMAT                                                                      \
    {                                                                                              \
        "format", 'f', "FORMAT", "table (default) or json"                                         \
    }
#define MANAGER_OPTION_YES                                                                         \
    {                                                                                              \
        "yes", 'y', NULL, "do not ask"                                                             \
    }
#define MANAGER_SETTING_OPTION(key, argument, help, ...) {key, 0, argument, help},

/* A command's work: the store is open, what it prints goes to out. */
struct manager {
    const struct cli_args *args;
    struct store *store;
    struct arena arena;
    struct buf out;
    char *state; /* folder */
    bool json;
    unsigned width;
    bool color;
};

/* manager_begin opens the store and reads --format; CLI_DONE, else the status after a message.
 * manager_end is to be called either way. */
int manager_begin(struct manager *manager, const struct cli_args *args);
/* manager_end prints what was put in out, frees everything and returns the status. */
int manager_end(struct manager *manager, int status);

/* manager_run does begin, work and end. */
int manager_run(const struct cli_args *args, int (*work)(struct manager *manager));

/* manager_source finds the source of that name; CLI_DONE, else the status after a message. */
int manager_source(struct manager *manager, const char *name, struct store_source *ret);
/* manager_settings reads the settings among the options. */
int manager_settings(struct manager *manager, struct source_settings *settings);

/* manager_ask puts a question that is answered with y or n: CLI_DONE for yes, CLI_USAGE for no.
 * With
 * --yes it is not asked; without a terminal the answer is no and --yes is named. */
int manager_ask(struct manager *manager, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* manager_json starts a document of that format ("assay-sources"). */
void manager_json(struct manager *manager, struct json_writer *json, const char *format);

struct str manager_date(struct manager *manager, int64_t time); /* "2026-11-22 04:10", "-" */
struct str manager_number(struct manager *manager, uint64_t number);

#endif
