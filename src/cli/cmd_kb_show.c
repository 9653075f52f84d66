#include "cli/commands.h"
#include "cli/kb.h"
#include "report/report.h"

#include <stdlib.h>
#include <unistd.h>

/* The notices that go wherever the data is. */
static void put_notices(struct kb_show *show)
{
    if (!show->json) {
        report_write_notice(report_nvd_notice(show->knowledge), show->width, false, &show->out);
    }
}

static int show_one(const struct cli_args *args, struct kb_show *show)
{
    struct str what = str_from(args->arguments[0]);
    uint64_t id;
    arena_init(&show->arena);
    buf_init(&show->out, (size_t)64 << 20);
    json_writer_init(&show->writer, &show->out);
    bool is_cve = cve_id_parse(what, &id);
    bool found = is_cve ? kb_show_cve(show, id) : kb_show_product(show, what);
    int status = CLI_FAILED;
    if (found) {
        put_notices(show);
        status = cli_write(args, buf_view(&show->out));
    } else if (is_cve) {
        cli_warn("%s: no feed of this knowledge file names it; `assay kb status` says how old they "
                 "are",
                 args->arguments[0]);
    } else {
        cli_warn(
            "%s: no CVE identifier, and no product or lifecycle of that name (write VENDOR:PRODUCT "
            "or a plain name)",
            args->arguments[0]);
    }
    buf_done(&show->out);
    arena_done(&show->arena);
    return status;
}

static int run(const struct cli_args *args)
{
    struct kb_show show = {.all = cli_flag(args, "all")};
    char *path = NULL;
    if (!kb_json(args, &show.json) || !cli_as_of(args, &show.day)) {
        return CLI_USAGE;
    }
    struct knowledge *knowledge = kb_open(args, NULL, &path);
    int status = CLI_FAILED;
    if (knowledge != NULL) {
        show.knowledge = knowledge;
        show.width = cli_width(STDOUT_FILENO) ? cli_width(STDOUT_FILENO) : 100;
        status = show_one(args, &show);
        kb_warn_stale(knowledge, show.day, NULL);
    }
    knowledge_close(knowledge);
    free(path);
    return status;
}

static const struct cli_option options[] = {
    {"format", 0, "FORMAT", "table (default) or json"},
    {"all", 'a', NULL, "every criterion and advisory"},
    CLI_OPTION_AS_OF,
    CLI_OPTION_KNOWLEDGE,
    CLI_OPTION_OUTPUT,
    {0},
};

const struct cli_command cmd_kb_show = {
    .name = "kb show",
    .usage = "[OPTION...] CVE-ID|PRODUCT",
    .summary = "What the knowledge file says of a CVE or a product",
    .detail = "A product is VENDOR:PRODUCT as in CPE names, a plain product name, or a name of\n"
              "endoflife.date.",
    .examples =
        "  assay kb show CVE-2021-44228\n  assay kb show nodejs:node.js\n  assay kb show debian",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
