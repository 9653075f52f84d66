#include "cli/commands.h"
#include "cli/kb.h"

#include <stdio.h>
#include <stdlib.h>

static int run(const struct cli_args *args)
{
    struct error err = ERROR_INIT;
    char *path = NULL;
    int status = CLI_FAILED;
    struct knowledge *knowledge =
        kb_open(args, args->argument_count > 0 ? args->arguments[0] : NULL, &path);
    if (knowledge != NULL && knowledge_verify(knowledge, &err) < 0) {
        error_add_where(&err, path);
        cli_fail(&err);
    } else if (knowledge != NULL) {
        char built[TIME_SIZE];
        printf("%s: whole; %u CVEs, %u products, %u advisories, %u lifecycles; built %s\n", path,
               knowledge_cve_count(knowledge), knowledge_product_count(knowledge),
               knowledge_advisory_count(knowledge), knowledge_lifecycle_count(knowledge),
               time_format(knowledge_built(knowledge), built));
        status = CLI_DONE;
    }
    knowledge_close(knowledge);
    free(path);
    return status;
}

static const struct cli_option options[] = {CLI_OPTION_KNOWLEDGE, {0}};

const struct cli_command cmd_kb_verify = {
    .name = "kb verify",
    .usage = "[OPTION...] [FILE]",
    .summary = "Check every byte of a knowledge file",
    .detail =
        "Checksums, the order of every section and every cross-reference. Opening a file for\n"
        "other commands checks only its table of contents, and each reference where it is used.",
    .examples = "  assay kb verify\n  assay kb verify /srv/assay/knowledge.assay",
    .options = options,
    .max_arguments = 1,
    .run = run,
};
