#include "cli/commands.h"

#include "cli/help.h"
#include "report/text.h"

#include <stdio.h>
#include <string.h>

static bool in_group(const struct cli_command *command, const char *group)
{
    size_t len = strlen(group);
    return strncmp(command->name, group, len) == 0 && command->name[len] == ' ';
}

static size_t widest_name(bool plumbing)
{
    size_t widest = 0;
    for (unsigned i = 0; i < cli_command_count; i++) {
        size_t len = strlen(cli_commands[i]->name);
        if (cli_commands[i]->plumbing == plumbing && len > widest) {
            widest = len;
        }
    }
    return widest;
}

static void print_commands(FILE *out, bool plumbing)
{
    int width = (int)widest_name(plumbing);
    for (unsigned i = 0; i < cli_command_count; i++) {
        const struct cli_command *command = cli_commands[i];
        if (command->plumbing == plumbing) {
            fprintf(out, "  %-*s  %s\n", width, command->name, command->summary);
        }
    }
}

int cli_help_all(bool nothing_asked)
{
    FILE *out = nothing_asked ? stderr : stdout;
    fprintf(out, "assay tells what you are about to migrate: software, support, vulnerabilities,\n"
                 "pending updates and protection of servers, without agents.\n\n"
                 "usage: assay COMMAND [OPTION...] [ARGUMENT...]\n\n");
    print_commands(out, false);
    fprintf(out, "\nplumbing, for scripts:\n");
    print_commands(out, true);
    fprintf(out,
            "\n`assay COMMAND --help` explains one; `assay --version` says which this is.\n"
            "Exit status: 0 done, 1 --fail-on met, 2 wrong usage, 3 done in part, 4 failed.\n");
    return nothing_asked ? CLI_USAGE : CLI_DONE;
}

/* An option in two columns; a long name has a line to itself. */
static void print_option(char letter, const char *name, const char *argument, const char *help)
{
    enum { LEFT = 28, WIDTH = 92 };
    struct buf line;
    buf_init(&line, (size_t)1 << 16);
    if (letter != '\0') {
        buf_printf(&line, "  -%c, ", letter);
    } else {
        text_put_blanks(&line, 6);
    }
    buf_printf(&line, "--%s%s%s", name, argument != NULL ? " " : "",
               argument != NULL ? argument : "");
    if (line.len + 2 > LEFT) {
        buf_put_byte(&line, '\n');
        text_put_blanks(&line, LEFT);
    } else {
        text_put_blanks(&line, LEFT - (unsigned)line.len);
    }
    text_put_wrapped(&line, str_from(help), WIDTH - LEFT, LEFT);
    puts(buf_text(&line));
    buf_done(&line);
}

static void print_options(const struct cli_option *options)
{
    printf("\noptions:\n");
    for (const struct cli_option *option = options; option->name != NULL; option++) {
        print_option(option->letter, option->name, option->argument, option->help);
    }
    print_option('h', "help", NULL, "this text");
}

/* The program of the command has its help. */
static int ask_program(const struct cli_command *command)
{
    static char assay[] = "assay", help[] = "--help";
    char name[128], *words[5] = {assay, name, NULL};
    unsigned count = 2;
    snprintf(name, sizeof name, "%s", command->name);
    char *blank = strchr(name, ' ');
    if (blank != NULL) {
        *blank = '\0';
        words[count++] = blank + 1;
    }
    words[count] = help;
    return cli_become(command->program, words);
}

int cli_help_command(const struct cli_command *command)
{
    if (command->program != NULL) {
        return ask_program(command);
    }
    printf("usage: assay %s %s\n\n%s.\n", command->name, command->usage, command->summary);
    if (command->detail != NULL) {
        printf("\n%s\n", command->detail);
    }
    print_options(command->options);
    if (command->examples != NULL) {
        printf("\nexamples:\n%s\n", command->examples);
    }
    return CLI_DONE;
}

static void print_group(const char *group)
{
    size_t widest = 0;
    for (unsigned i = 0; i < cli_command_count; i++) {
        size_t len = in_group(cli_commands[i], group) ? strlen(cli_commands[i]->name) : 0;
        widest = len > widest ? len : widest;
    }
    for (unsigned i = 0; i < cli_command_count; i++) {
        if (in_group(cli_commands[i], group)) {
            printf("  assay %-*s  %s\n", (int)widest, cli_commands[i]->name,
                   cli_commands[i]->summary);
        }
    }
}

bool cli_help_group(const char *group, const char *second)
{
    bool found = false,
         help = second != NULL && (strcmp(second, "--help") == 0 || strcmp(second, "-h") == 0);
    for (unsigned i = 0; i < cli_command_count && !found; i++) {
        found = in_group(cli_commands[i], group);
    }
    if (!found) {
        return false;
    }
    if (help) {
        print_group(group);
    } else if (second == NULL) {
        cli_usage("`assay %s` needs a verb; see `assay %s --help`", group, group);
    } else {
        cli_usage("%s %s: not a command; see `assay %s --help`", group, second, group);
    }
    return true;
}

static int run(const struct cli_args *args)
{
    if (args->argument_count == 0) {
        return cli_help_all(false);
    }
    char name[128];
    snprintf(name, sizeof name, "%s%s%s", args->arguments[0], args->argument_count > 1 ? " " : "",
             args->argument_count > 1 ? args->arguments[1] : "");
    for (unsigned i = 0; i < cli_command_count; i++) {
        if (strcmp(cli_commands[i]->name, name) == 0) {
            return cli_help_command(cli_commands[i]);
        }
    }
    if (args->argument_count == 1 && cli_help_group(args->arguments[0], "--help")) {
        return CLI_DONE;
    }
    return cli_usage("%s: not a command; see `assay --help`", name);
}

static const struct cli_option options[] = {{0}};

const struct cli_command cmd_help = {
    .name = "help",
    .usage = "[COMMAND]",
    .summary = "Explain a command",
    .examples = "  assay help kb build",
    .options = options,
    .max_arguments = 2,
    .run = run,
};
