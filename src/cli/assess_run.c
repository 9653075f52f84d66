#include "cli/assess_run.h"
#include "cli/kb.h"

#include "base/file.h"
#include "base/memory.h"
#include "process/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A report of 10,000 findings is 10 MB; this is a hundred times that. */
#define REPORT_CEILING ((size_t)1 << 30)

static int refuse_format(const char *word)
{
    char names[128] = "";
    size_t len = 0;
    for (unsigned i = 0; i < report_format_count; i++) {
        len += (size_t)snprintf(names + len, sizeof names - len, "%s%s", i > 0 ? ", " : "",
                                report_formats[i].name);
    }
    return cli_usage("--format %s: not a format; one of %s", word, names);
}

/* The format asked for, else the one that the output's name ends in, else the table. */
static int read_format(struct assess_run *run)
{
    const char *word = cli_value(run->args, "format"), *output = cli_value(run->args, "output");
    const char *dot = output != NULL ? strrchr(output, '.') : NULL;
    if (word != NULL) {
        run->format = report_format_find(str_from(word));
        return run->format != NULL ? CLI_DONE : refuse_format(word);
    }
    if (dot != NULL) {
        run->format = report_format_find(str_from(dot + 1));
    }
    if (run->format == NULL) {
        run->format = report_format_find(STR("table"));
    }
    return CLI_DONE;
}

static int read_level(const struct cli_args *args, const char *option, bool *ret_given,
                      enum level *ret_level)
{
    const char *word = cli_value(args, option);
    if (ret_given != NULL) {
        *ret_given = word != NULL;
    }
    if (word != NULL && !level_parse(str_from(word), ret_level)) {
        return cli_usage("--%s %s: not a level; one of critical, high, medium, low, unknown",
                         option, word);
    }
    return CLI_DONE;
}

static int read_options(struct assess_run *run)
{
    int status = read_format(run);
    if (status == CLI_DONE) {
        status = read_level(run->args, "fail-on", &run->has_fail_on, &run->fail_on);
    }
    if (status == CLI_DONE) {
        status = read_level(run->args, "min-level", NULL, &run->report.min_level);
    }
    if (status == CLI_DONE && !cli_as_of(run->args, &run->options.as_of)) {
        status = CLI_USAGE;
    }
    const char *output = cli_value(run->args, "output");
    bool on_screen = output == NULL || strcmp(output, "-") == 0;
    run->quiet = cli_flag(run->args, "quiet");
    run->report.only_exploited = cli_flag(run->args, "kev");
    run->report.all = cli_flag(run->args, "all");
    run->options.note_idle_rules = run->report.all;
    run->options.patch_counts_as_security = cli_flag(run->args, "patch-as-security");
    run->report.width = on_screen ? cli_width(STDOUT_FILENO) : 0;
    run->report.color = on_screen && cli_color(run->args, STDOUT_FILENO);
    run->report.now = cli_value(run->args, "as-of") != NULL ? TIME_NONE : time_now();
    return status;
}

static int open_tables(struct assess_run *run)
{
    struct error err = ERROR_INIT;
    _cleanup_free_ char *folder = process_share_folder(&err);
    if (folder == NULL || identify_tables_load(folder, &run->tables, &err) < 0) {
        return cli_fail(&err);
    }
    return CLI_DONE;
}

static int open_knowledge(struct assess_run *run)
{
    struct error err = ERROR_INIT;
    _cleanup_free_ char *path = cli_knowledge_path(run->args);
    bool named = cli_value(run->args, "knowledge") != NULL;
    int result = knowledge_open(path, &run->knowledge, &err);
    if (result == 0) {
        return CLI_DONE;
    }
    error_add_where(&err, path);
    if (named) {
        return cli_fail(&err);
    }
    if (result == ERR_NOT_FOUND) {
        assess_run_partly(run, "there is no knowledge: vulnerabilities and support by feeds were "
                               "not looked for; build it with `assay kb build --from FOLDER|URL`");
    } else {
        char text[512];
        assess_run_partly(run, "knowledge was not used: %s", error_text(&err, text, sizeof text));
    }
    return CLI_DONE;
}

int assess_run_begin(struct assess_run *run, const struct cli_args *args)
{
    *run = (struct assess_run){.args = args};
    mem_expect_much();
    arena_init(&run->arena);
    int status = read_options(run);
    if (status == CLI_DONE) {
        status = open_tables(run);
    }
    if (status == CLI_DONE) {
        status = open_knowledge(run);
    }
    return status != CLI_DONE ? status : assess_run_accept(run);
}

void assess_run_end(struct assess_run *run)
{
    knowledge_close(run->knowledge);
    identify_tables_free(run->tables);
    run->knowledge = NULL;
    run->tables = NULL;
    arena_done(&run->arena);
}

/* Parts of the collection without which the answer has a hole. */
static void check_inventory(struct assess_run *run, const struct inventory *inventory)
{
    if (inventory->software_known != TRUTH_YES) {
        assess_run_partly(run, "the list of software could not be taken");
    }
    for (uint32_t i = 0; i < inventory->section_count; i++) {
        const struct inventory_section *section = &inventory->sections[i];
        bool matters =
            str_starts(section->name, STR("packages")) || str_starts(section->name, STR("updates"));
        if (matters && (section->state == SECTION_FAILED || section->state == SECTION_PARTIAL)) {
            assess_run_partly(
                run, "%.*s: %.*s", STR_ARG(section->name),
                STR_ARG(section->reason.len > 0 ? section->reason : STR("collected in part")));
        }
    }
}

static void check_findings(struct assess_run *run, const struct assessment *assessment)
{
    for (int level = run->fail_on; run->has_fail_on && level < LEVELS; level++) {
        if (assessment->confirmed.by_level[level] > 0) {
            assess_run_raise(run, CLI_FOUND);
        }
    }
}

/* The HTML report beside the result, as --report asks. */
static void write_report(struct assess_run *run, const struct assessment *assessment)
{
    struct error err = ERROR_INIT;
    struct buf out;
    const char *path = cli_value(run->args, "report");
    if (path == NULL) {
        return;
    }
    buf_init(&out, REPORT_CEILING);
    report_format_find(STR("html"))->write(assessment, run->knowledge, &run->report, &out);
    if (out.overflow) {
        assess_run_failed(run, "the HTML report is larger than %zu bytes", REPORT_CEILING);
    } else if (file_write_given(path, 0644, buf_view(&out), &err) < 0) {
        char text[1024];
        assess_run_failed(run, "the HTML report was not written: %s",
                          error_text(&err, text, sizeof text));
    } else {
        run->report.report_path = str_from(path);
    }
    buf_done(&out);
}

static int write_result(struct assess_run *run, const struct assessment *assessment)
{
    struct buf out;
    int status = CLI_FAILED;
    buf_init(&out, REPORT_CEILING);
    run->report.exit_status = run->status;
    run->report.exit_statuses = run->statuses;
    run->report.reason = run->reason[0] != '\0' ? run->reason : NULL;
    run->format->write(assessment, run->knowledge, &run->report, &out);
    if (out.overflow) {
        cli_warn("the report is larger than %zu bytes; narrow it with --min-level", REPORT_CEILING);
    } else {
        status = cli_write(run->args, buf_view(&out));
    }
    buf_done(&out);
    return status;
}

int assess_run_finish(struct assess_run *run, const struct inventory *inventory, struct str name,
                      double seconds)
{
    struct assessment assessment;
    struct arena arena;
    arena_init(&arena);
    run->report.inventory_name = name;
    run->report.seconds = seconds;
    check_inventory(run, inventory);
    assess(inventory, run->tables, run->knowledge, &run->options, &arena, &assessment);
    check_findings(run, &assessment);
    write_report(run, &assessment);
    assess_run_raise(run, write_result(run, &assessment));
    /* The other formats say so themselves, among their notes. */
    if (run->knowledge != NULL && run->format == report_format_find(STR("csv"))) {
        kb_warn_stale(run->knowledge, run->options.as_of, NULL);
    }
    if (run->reason[0] != '\0') {
        cli_warn("%s: %s", run->status == CLI_FAILED ? "failed" : "done in part", run->reason);
    }
    arena_done(&arena);
    return run->status;
}
