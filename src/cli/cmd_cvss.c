#include "cli/commands.h"
#include "cli/lines.h"
#include "cvss/cvss.h"

#include <stdio.h>

static void print_score(enum cvss_version version, int score)
{
    if (score == CVSS_NO_SCORE) {
        putchar('-');
        return;
    }
    printf("%d.%d %s", score / 10, score % 10, cvss_severity_name(cvss_severity(version, score)));
}

/* print_all prints the three scores, each after its name on a line of its own, or without
 * names on one line. */
static void print_all(const struct cvss_scores *scores, bool one_line)
{
    static const char *const names[] = {"base", "temporal", "environmental"};
    const int values[] = {scores->base, scores->temporal, scores->environmental};
    for (int i = 0; i < 3; i++) {
        if (!one_line) {
            printf("%s ", names[i]);
        }
        print_score(scores->version, values[i]);
        putchar(one_line && i < 2 ? '\t' : '\n');
    }
}

static void print_scores(const struct cvss_scores *scores, bool all, bool one_line)
{
    if (all) {
        print_all(scores, one_line);
    } else {
        print_score(scores->version, scores->base);
        putchar('\n');
    }
}

static bool answer(void *context, struct str line)
{
    const bool *all = context;
    struct cvss_scores scores;
    if (cvss_score(line, &scores, NULL) < 0) {
        puts("invalid");
        return false;
    }
    print_scores(&scores, *all, true);
    return true;
}

static int run(const struct cli_args *args)
{
    bool all = cli_flag(args, "all");
    struct cvss_scores scores;
    struct error err = ERROR_INIT;
    char message[1024];
    if (args->argument_count == 0) {
        return cli_answer_lines(answer, &all);
    }
    if (cvss_score(str_from(args->arguments[0]), &scores, &err) < 0) {
        error_add_where(&err, args->arguments[0]);
        return cli_usage("%s", error_text(&err, message, sizeof message));
    }
    print_scores(&scores, all, false);
    return CLI_DONE;
}

static const struct cli_option options[] = {
    {"all", 0, NULL, "also the temporal and the environmental score"},
    {0},
};

const struct cli_command cmd_cvss = {
    .name = "cvss",
    .usage = "[OPTION...] [VECTOR]",
    .summary = "Score a CVSS vector",
    .detail =
        "Prints the base score and its severity (of 4.0 the score of the whole vector), as\n"
        "9.8 CRITICAL. VECTOR is of CVSS 2.0, 3.0, 3.1 or 4.0.\n"
        "--all prints the lines base, temporal and environmental, each with score and\n"
        "severity, or - where the vector has no such score.\n"
        "Without VECTOR, vectors are read from standard input and answered a line each (with\n"
        "--all the three scores with tabs between); what is no vector is answered invalid and\n"
        "makes the exit status 3.",
    .examples = "  assay cvss CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\n"
                "  assay cvss --all AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C",
    .options = options,
    .min_arguments = 0,
    .max_arguments = 1,
    .plumbing = true,
    .run = run,
};
