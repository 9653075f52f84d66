#include "cli/assess_run.h"
#include "cli/commands.h"

#include <string.h>

static int assess_inventory(struct assess_run *run, const char *word)
{
    struct inventory inventory;
    inventory_init(&inventory);
    int status = assess_run_read(word, &inventory);
    if (status == CLI_DONE) {
        struct str name = strcmp(word, "-") == 0 ? (struct str){0} : str_from(word);
        status = assess_run_finish(run, &inventory, name, -1);
    }
    inventory_done(&inventory);
    return status;
}

static int run_assess(const struct cli_args *args)
{
    struct assess_run run;
    int status = assess_run_begin(&run, args);
    if (status == CLI_DONE) {
        status = assess_inventory(&run, args->arguments[0]);
    }
    assess_run_end(&run);
    return status;
}

static const struct cli_option options[] = {ASSESS_RUN_OPTIONS, {0}};

const struct cli_command cmd_assess = {
    .name = "assess",
    .usage = "[OPTION...] INVENTORY",
    .summary = "Assess an inventory: support, vulnerabilities, updates, protection",
    .detail =
        "INVENTORY is an inventory document of assay, another document about one server that "
        "`assay\n"
        "import` reads (CycloneDX, SPDX, systeminfo, a list of packages, ...), `-` for one on\n"
        "standard input, or the name of a scan that was kept (`last` is the newest).",
    .examples = "  assay assess last\n"
                "  assay assess db01 --min-level high --all\n"
                "  assay assess sbom.cdx.json --fail-on critical\n"
                "  assay assess db01 --format html --output db01.html\n"
                "  assay assess db01 --format json | jq .risks",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_assess,
};
