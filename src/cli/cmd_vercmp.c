#include "cli/commands.h"
#include "cli/lines.h"
#include "version/version.h"

#include <stdio.h>

static void print_order(enum version_order order)
{
    static const char signs[] = "<=>?";
    putchar(signs[order - VERSION_LESS]);
    putchar('\n');
}

static bool answer(void *context, struct str line)
{
    const enum version_scheme *scheme = context;
    struct str a, b;
    if (!cli_split_pair(line, &a, &b)) {
        print_order(VERSION_INCOMPARABLE);
        return false;
    }
    print_order(version_compare(*scheme, a, b));
    return true;
}

static int run(const struct cli_args *args)
{
    enum version_scheme scheme = version_scheme_find(str_from(args->arguments[0]));
    if (scheme == VERSION_NONE) {
        return cli_usage("%s: not a version scheme; one of dpkg, rpm, apk, semver, windows, "
                         "nvd, java, bare, year",
                         args->arguments[0]);
    }
    if (args->argument_count == 1) {
        return cli_answer_lines(answer, &scheme);
    }
    if (args->argument_count == 2) {
        return cli_usage("vercmp compares two versions: assay vercmp %s A B", args->arguments[0]);
    }
    print_order(
        version_compare(scheme, str_from(args->arguments[1]), str_from(args->arguments[2])));
    return CLI_DONE;
}

static const struct cli_option options[] = {{0}};

const struct cli_command cmd_vercmp = {
    .name = "vercmp",
    .usage = "SCHEME [A B]",
    .summary = "Compare two versions",
    .detail =
        "Prints <, = or > for A before, equal to or after B, and ? where the two cannot be\n"
        "compared: another build or distribution, or no version of that scheme.\n"
        "SCHEME is dpkg, rpm, apk, semver, windows, nvd (the loose order of CPE versions), or\n"
        "that order with 8 update 201 as 1.8.0_201 (java), R33 as 33 (bare) or 2021.1 as 21.1\n"
        "(year).\n"
        "Without A and B, lines A<TAB>B are read from standard input and answered a line\n"
        "each; a line without a tab is answered ? and makes the exit status 3.",
    .examples = "  assay vercmp dpkg 1.0-1~bpo12+1 1.0-1\n"
                "  printf '1.0.2k\\t1.0.2l\\n' | assay vercmp nvd",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 3,
    .plumbing = true,
    .run = run,
};
