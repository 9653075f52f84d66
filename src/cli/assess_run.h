/*
 * What `scan`, `assess` and `explain` share: finding an inventory, opening what it is assessed
 * with, and turning an assessment into a report and an exit status.
 */
#ifndef ASSAY_CLI_ASSESS_RUN_H
#define ASSAY_CLI_ASSESS_RUN_H

#include "cli/cli.h"
#include "report/report.h"

/* Of `explain` too. */
#define ASSESS_RUN_ACCEPT                                                                          \
    {                                                                                              \
        "accept", 0, "FILE", "rules of accepted risk, or OpenVEX; may be given several times"      \
    }

/* Options of both `scan` and `assess`, in the order of the help. */
#define ASSESS_RUN_OPTIONS                                                                         \
    {"format", 'f', "FORMAT", "table (default), json, csv or html"}, CLI_OPTION_OUTPUT,            \
        {"report", 0, "FILE", "also write the HTML report there"},                                 \
        {"fail-on", 0, "LEVEL",                                                                    \
         "exit 1 when a confirmed vulnerability is of that level or worse"},                       \
        {"min-level", 0, "LEVEL", "list vulnerabilities of that level or worse only"},             \
        {"kev", 0, NULL, "list known exploited vulnerabilities only"},                             \
        {"all", 'a', NULL, "list everything, what is not confirmed or is accepted too"},           \
        {"patch-as-security", 0, NULL, "count a patch-management tool as security software too"},  \
        ASSESS_RUN_ACCEPT, CLI_OPTION_AS_OF, CLI_OPTION_KNOWLEDGE, CLI_OPTION_QUIET,               \
        CLI_OPTION_NO_COLOR

struct assess_run {
    const struct cli_args *args;
    const struct report_format *format;
    bool quiet, has_fail_on;
    enum level fail_on;
    struct assess_options options;
    struct report_options report;
    struct identify_tables *tables;
    struct knowledge *knowledge; /* NULL: there is none */
    struct arena arena;          /* of the rules */
    struct accept_rules accept;
    int status;        /* the highest so far of 0, 1, 3, 4 */
    unsigned statuses; /* all so far: bit n for status n */
    char reason[2048]; /* of status 3 or 4 */
};

/* assess_run_begin checks the options, opens tables and knowledge and reads what is accepted. It
 * returns CLI_DONE, else the exit status after a message on standard error; assess_run_end is to be
 * called either way. Missing knowledge is no failure unless the user named a file. */
int assess_run_begin(struct assess_run *run, const struct cli_args *args);
void assess_run_end(struct assess_run *run);

/* assess_run_accept reads the documents of --accept, and accepted.json of the state folder if
 * there is one. Returns CLI_DONE, else the status after a message. That of the state folder is
 * not asked for: a fault of it makes the run partial. */
int assess_run_accept(struct assess_run *run);

/* assess_run_raise makes status the run's, unless it is higher. assess_run_partly raises it to
 * "done in part", assess_run_failed to "could not be done"; both add their reason to the others. */
void assess_run_raise(struct assess_run *run, int status);
void assess_run_partly(struct assess_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void assess_run_failed(struct assess_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* assess_run_finish assesses the inventory, writes the report and returns the exit status. name
 * is how the user can name the inventory in other commands, "" when it cannot be named;
 * seconds is how long collection took, < 0 when it is not known. */
int assess_run_finish(struct assess_run *run, const struct inventory *inventory, struct str name,
                      double seconds);

/* assess_run_read reads the inventory that word names: "-" for standard input, the path of a
 * document, or the name of a kept scan. Returns CLI_DONE, else the status after a message. */
int assess_run_read(const char *word, struct inventory *inventory);

/* assess_run_keep keeps the inventory in the state folder under the server's name and as
 * "last". free() *ret_name, the name that it has there. */
int assess_run_keep(const struct inventory *inventory, char **ret_name, struct error *err);

#endif
