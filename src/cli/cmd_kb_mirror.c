#include "cli/commands.h"
#include "cli/kb_roles.h"

#include "base/file.h"

static int run(const struct cli_args *args)
{
    struct error err = ERROR_INIT;
    struct kb_roles roles = {.args = args, .quiet = cli_flag(args, "quiet"), .passphrase_fd = -1};
    const char *from = cli_value(args, "from");
    int status = kb_check_source(args, from);
    if (status != CLI_DONE) {
        return status;
    }
    status = kb_open_passphrase(&roles);
    if (status != CLI_DONE) {
        return status;
    }
    status = kb_fetch(&roles, from ? from : "live", args->arguments[0], false, &err);
    kb_close_passphrase(&roles);
    if (status < 0) {
        return cli_fail(&err);
    }
    /* A file that a source does not have is no failure: no mirror has all. */
    return status == CLI_PARTLY && roles.failed == 0 ? CLI_DONE : status;
}

static const struct cli_option options[] = {
    {"from", 0, "SOURCE", "another mirror: a folder, or a URL of one"},
    {"only", 0, "FEED", "only that feed; may be given again"},
    {"force", 0, NULL, "download all anew"},
    {"timeout", 0, "SECONDS", "how long to try a host (default: 10)"},
    KB_OPTION_PASSPHRASE,
    CLI_OPTION_QUIET,
    {0},
};

const struct cli_command cmd_kb_mirror = {
    .name = "kb mirror",
    .usage = "[OPTION...] DIR",
    .summary = "Write a copy of all feeds for machines without internet",
    .detail =
        "The folder is laid out as HOST/PATH: carry it to the other machine, or let a web server\n"
        "show it. Run again, it downloads only what has changed. Exit status 3: some files could\n"
        "not be fetched; those that were there stay as they were.",
    .examples = "  assay kb mirror /srv/mirror\n"
                "  assay kb update --from /srv/mirror",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
