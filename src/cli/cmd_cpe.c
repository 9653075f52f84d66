#include "cli/commands.h"
#include "cli/lines.h"
#include "cpe/cpe.h"

#include <stdio.h>

static bool answer(void *context, struct str line)
{
    struct arena arena;
    struct str source, target;
    struct cpe_name source_name, target_name;
    (void)context;
    arena_init(&arena);
    bool valid = cli_split_pair(line, &source, &target) &&
                 cpe_parse(source, &arena, &source_name, NULL) == 0 &&
                 cpe_parse(target, &arena, &target_name, NULL) == 0;
    puts(valid ? cpe_relation_name(cpe_compare(&source_name, &target_name)) : "invalid");
    arena_done(&arena);
    return valid;
}

static bool read_argument(const char *text, struct arena *arena, struct cpe_name *ret_name)
{
    struct error err = ERROR_INIT;
    char message[1024];
    if (cpe_parse(str_from(text), arena, ret_name, &err) == 0) {
        return true;
    }
    error_add_where(&err, text);
    cli_usage("%s", error_text(&err, message, sizeof message));
    return false;
}

static int run(const struct cli_args *args)
{
    struct arena arena;
    struct cpe_name source, target;
    int status = CLI_USAGE;
    if (args->argument_count == 0) {
        return cli_answer_lines(answer, NULL);
    }
    if (args->argument_count == 1) {
        return cli_usage("cpe match compares two names: assay cpe match SOURCE TARGET");
    }
    arena_init(&arena);
    if (read_argument(args->arguments[0], &arena, &source) &&
        read_argument(args->arguments[1], &arena, &target)) {
        puts(cpe_relation_name(cpe_compare(&source, &target)));
        status = CLI_DONE;
    }
    arena_done(&arena);
    return status;
}

static const struct cli_option options[] = {{0}};

const struct cli_command cmd_cpe_match = {
    .name = "cpe match",
    .usage = "[SOURCE TARGET]",
    .summary = "Tell how two CPE names relate",
    .detail =
        "Prints what SOURCE is to TARGET by NISTIR 7696: superset, subset, equal, disjoint or\n"
        "undefined. Names are CPE 2.3 formatted strings or CPE 2.2 URIs.\n"
        "Without names, lines SOURCE<TAB>TARGET are read from standard input and answered a\n"
        "line each; a line with a bad name is answered invalid and makes the exit status 3.",
    .examples = "  assay cpe match 'cpe:2.3:a:f5:nginx:1.*:*:*:*:*:*:*:*' cpe:/a:f5:nginx:1.18.0",
    .options = options,
    .min_arguments = 0,
    .max_arguments = 2,
    .plumbing = true,
    .run = run,
};
