#include "cli/assess_run.h"
#include "cli/commands.h"
#include "cli/kb.h"

#include <stdio.h>
#include <string.h>

enum { EXPLAIN_CEILING = 64 << 20 };

static int read_explain_format(const struct cli_args *args, bool *ret_json)
{
    const char *word = cli_value(args, "format");
    *ret_json = word != NULL && strcmp(word, "json") == 0;
    if (word != NULL && !*ret_json && strcmp(word, "table") != 0) {
        return cli_usage("--format %s: not a format of `assay explain`; one of table, json", word);
    }
    return CLI_DONE;
}

static int write_explanations(struct assess_run *run, const struct explanation *explanations,
                              uint32_t count, uint64_t cve, bool json)
{
    struct buf out;
    char text[CVE_ID_SIZE];
    buf_init(&out, EXPLAIN_CEILING);
    if (json) {
        report_explain_json(explanations, count, cve, run->knowledge, run->options.as_of, &out);
    } else if (count > 0) {
        report_explain_table(explanations, count, run->knowledge, &run->report, &out);
    } else {
        buf_printf(&out, "%s: no source connects it with any installed software\n",
                   cve_id_format(cve, text));
    }
    int status = cli_write(run->args, buf_view(&out));
    buf_done(&out);
    return status;
}

static int explain(struct assess_run *run, uint64_t cve, bool json)
{
    const struct explanation *explanations;
    uint32_t count;
    struct inventory inventory;
    struct arena arena;
    struct str software =
        run->args->argument_count > 2 ? str_from(run->args->arguments[2]) : STR("");
    inventory_init(&inventory);
    int status = assess_run_read(run->args->arguments[0], &inventory);
    if (status == CLI_DONE) {
        arena_init(&arena);
        assess_explain(&inventory, run->tables, run->knowledge, &run->options, cve, software,
                       &arena, &explanations, &count);
        status = write_explanations(run, explanations, count, cve, json);
        arena_done(&arena);
    }
    inventory_done(&inventory);
    return status;
}

/* An explanation has no notes: what is wrong with the rules stands beside it. */
static void warn_accepted(const struct assess_run *run)
{
    for (uint32_t i = 0; i < run->accept.problem_count; i++) {
        cli_warn("%.*s", STR_ARG(run->accept.problems[i]));
    }
    if (run->reason[0] != '\0') {
        cli_warn("done in part: %s", run->reason);
    }
}

static int run_explain(const struct cli_args *args)
{
    struct assess_run run = {.status = CLI_DONE};
    uint64_t cve;
    bool json;
    int status = read_explain_format(args, &json);
    if (status != CLI_DONE) {
        return status;
    }
    if (!cve_id_parse(str_from(args->arguments[1]), &cve)) {
        return cli_usage("%s: not a CVE identifier; write it as CVE-2024-12345",
                         args->arguments[1]);
    }
    status = assess_run_begin(&run, args);
    if (status == CLI_DONE && run.knowledge == NULL) {
        cli_warn("%s", run.reason);
        status = CLI_FAILED;
    }
    if (status == CLI_DONE) {
        warn_accepted(&run);
        status = explain(&run, cve, json);
        kb_warn_stale(run.knowledge, run.options.as_of, NULL);
    }
    status = status > run.status ? status : run.status;
    assess_run_end(&run);
    return status;
}

static const struct cli_option options[] = {{"format", 'f', "FORMAT", "table (default) or json"},
                                            CLI_OPTION_OUTPUT,
                                            ASSESS_RUN_ACCEPT,
                                            CLI_OPTION_AS_OF,
                                            CLI_OPTION_KNOWLEDGE,
                                            CLI_OPTION_QUIET,
                                            CLI_OPTION_NO_COLOR,
                                            {0}};

const struct cli_command cmd_explain = {
    .name = "explain",
    .usage = "[OPTION...] INVENTORY CVE-ID [SOFTWARE]",
    .summary = "Explain why a vulnerability does or does not apply",
    .detail =
        "Every step: what the software was identified as, which sources were asked, which\n"
        "criterion decided, which versions were compared. INVENTORY is as for `assay assess`;\n"
        "SOFTWARE narrows the answer to one package or source package.",
    .examples = "  assay explain last CVE-2023-52425\n"
                "  assay explain db01 CVE-2023-52425 expat\n"
                "  assay explain db01 CVE-2023-52425 --format json",
    .options = options,
    .min_arguments = 2,
    .max_arguments = 3,
    .run = run_explain,
};
