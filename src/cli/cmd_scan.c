#include "cli/assess_run.h"
#include "cli/commands.h"
#include "collect/collect.h"

#include "base/date.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void show_step(void *context, struct str section, unsigned done, unsigned total)
{
    (void)section;
    cli_progress_step(context, done, total, "parts");
}

/* "939 packages, 110 updates, 14 listeners" */
static void end_progress(struct cli_progress *progress, const struct inventory *inventory)
{
    char text[160];
    unsigned listeners = 0;
    for (uint32_t i = 0; i < inventory->connection_count; i++) {
        listeners += inventory->connections[i].state == CONNECTION_LISTEN;
    }
    snprintf(text, sizeof text, "%u package%s, %u update%s, %u listener%s",
             inventory->software_count, inventory->software_count == 1 ? "" : "s",
             inventory->updates.count, inventory->updates.count == 1 ? "" : "s", listeners,
             listeners == 1 ? "" : "s");
    cli_progress_end(progress, text);
}

static int collect(struct assess_run *run, struct inventory *inventory)
{
    struct error err = ERROR_INIT;
    struct cli_progress progress;
    const struct collect_progress steps = {&progress, show_step};
    const struct collect_options options = {.deep = !cli_flag(run->args, "no-deep")};
    cli_progress_begin(&progress, run->quiet, "Inventory");
    if (collect_local(&options, &steps, inventory, &err) < 0) {
        if (!run->quiet && progress.terminal) {
            fprintf(stderr, "\r\033[K");
        }
        return cli_fail(&err);
    }
    /* On a terminal the report itself says it, one line further down. */
    if (progress.terminal && cli_is_terminal(STDOUT_FILENO)) {
        if (!run->quiet) {
            fprintf(stderr, "\r\033[K");
        }
    } else {
        end_progress(&progress, inventory);
    }
    return CLI_DONE;
}

static void keep(struct assess_run *run, const struct inventory *inventory, char **ret_name)
{
    struct error err = ERROR_INIT;
    char text[512];
    if (assess_run_keep(inventory, ret_name, &err) < 0) {
        assess_run_partly(run, "the inventory was not kept: %s",
                          error_text(&err, text, sizeof text));
    }
}

/* --deep is the default here; both at once is a contradiction. */
static int check_deep(const struct cli_args *args)
{
    if (cli_flag(args, "deep") && cli_flag(args, "no-deep")) {
        return cli_usage("--deep and --no-deep cannot be given together");
    }
    return CLI_DONE;
}

static int scan(struct assess_run *run)
{
    struct inventory inventory;
    _cleanup_free_ char *name = NULL;
    double started = time_monotonic();
    inventory_init(&inventory);
    int status = collect(run, &inventory);
    if (status == CLI_DONE) {
        double seconds = time_monotonic() - started;
        if (!cli_flag(run->args, "no-keep")) {
            keep(run, &inventory, &name);
        }
        status = assess_run_finish(run, &inventory, str_from(name), seconds);
    }
    inventory_done(&inventory);
    return status;
}

static int run_scan(const struct cli_args *args)
{
    struct assess_run run;
    int status = check_deep(args);
    if (status != CLI_DONE) {
        return status;
    }
    status = assess_run_begin(&run, args);
    if (status == CLI_DONE) {
        status = scan(&run);
    }
    assess_run_end(&run);
    return status;
}

static const struct cli_option options[] = {
    ASSESS_RUN_OPTIONS,
    {"deep", 0, NULL, "read what packages' changelogs name as fixed (default here)"},
    {"no-deep", 0, NULL, "do not read changelogs"},
    {"no-keep", 0, NULL, "do not keep the inventory for later"},
    {0}};

const struct cli_command cmd_scan = {
    .name = "scan",
    .usage = "[OPTION...]",
    .summary = "Take the inventory of this machine and assess it",
    .detail = "Needs no root and changes nothing on the machine. The inventory is kept under the\n"
              "machine's name and as `last`, so that `assay assess` and `assay explain` find it.",
    .examples = "  assay scan\n"
                "  assay scan --report report.html\n"
                "  assay scan --all --min-level high\n"
                "  assay scan --fail-on critical --quiet\n"
                "  assay scan --format json --output scan.json",
    .options = options,
    .run = run_scan,
};
