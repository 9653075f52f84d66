#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static const struct cli_option *find_option(const struct cli_command *command, struct str name,
                                            char letter)
{
    for (const struct cli_option *option = command->options; option->name != NULL; option++) {
        if (letter ? option->letter == letter : str_eq_text(name, option->name)) {
            return option;
        }
    }
    return NULL;
}

/* Joins an option with its value: in the word itself ("--format=json") or the next one. */
static int take_option(const struct cli_option *option, const char *shown, const char *attached,
                       char **argv, int *at, struct cli_args *args)
{
    const char *value = attached;
    if (option->argument == NULL && attached != NULL) {
        return cli_usage("%s: takes no value", shown);
    }
    if (option->argument != NULL && value == NULL) {
        value = argv[*at + 1];
        *at += value != NULL;
    }
    if (option->argument != NULL && (value == NULL || *value == '\0')) {
        return cli_usage("%s: needs a value, %s", shown, option->argument);
    }
    if (args->given_count == CLI_MAX_OPTIONS) {
        return cli_usage("%s: more than %d options", shown, CLI_MAX_OPTIONS);
    }
    args->given[args->given_count++] = (struct cli_given){option, value};
    return CLI_DONE;
}

static int read_long(const struct cli_command *command, char **argv, int *at, struct cli_args *args)
{
    struct str word = str_from(argv[*at]);
    size_t equals = str_find_byte(word, '=');
    struct str name = str_skip(str_sub(word, 0, equals), 2);
    const struct cli_option *option = find_option(command, name, 0);
    if (option == NULL) {
        return cli_usage("--%.*s: not an option of `assay %s`; see `assay %s --help`",
                         STR_ARG(name), command->name, command->name);
    }
    char shown[80];
    snprintf(shown, sizeof shown, "--%s", option->name);
    const char *attached = equals == SIZE_MAX ? NULL : word.ptr + equals + 1;
    return take_option(option, shown, attached, argv, at, args);
}

/* Letters without a value may stand together ("-aq"); what follows one with a value is its value.
 */
static int read_short(const struct cli_command *command, char **argv, int *at,
                      struct cli_args *args)
{
    int status = CLI_DONE;
    for (const char *letter = argv[*at] + 1; status == CLI_DONE && *letter != '\0'; letter++) {
        char shown[4] = {'-', *letter, '\0', '\0'};
        const struct cli_option *option = find_option(command, (struct str){0}, *letter);
        if (option == NULL) {
            return cli_usage("%s: not an option of `assay %s`; see `assay %s --help`", shown,
                             command->name, command->name);
        }
        if (option->argument != NULL) {
            return take_option(option, shown, letter[1] ? letter + 1 : NULL, argv, at, args);
        }
        status = take_option(option, shown, NULL, argv, at, args);
    }
    return status;
}

/* Reads one word of the command line. */
static int read_word(const struct cli_command *command, char **argv, int *at, bool *only_arguments,
                     struct cli_args *args)
{
    const char *word = argv[*at];
    if (!*only_arguments && strcmp(word, "--") == 0) {
        *only_arguments = true;
        return CLI_DONE;
    }
    if (!*only_arguments && word[0] == '-' && word[1] == '-') {
        return read_long(command, argv, at, args);
    }
    if (!*only_arguments && word[0] == '-' && word[1] != '\0') {
        return read_short(command, argv, at, args);
    }
    if (args->argument_count == CLI_MAX_ARGUMENTS) {
        return cli_usage("%s: more than %d arguments", word, CLI_MAX_ARGUMENTS);
    }
    args->arguments[args->argument_count++] = word;
    return CLI_DONE;
}

static int check_argument_count(const struct cli_command *command, const struct cli_args *args)
{
    if (args->argument_count < command->min_arguments) {
        return cli_usage("`assay %s` needs %s; see `assay %s --help`", command->name,
                         command->usage, command->name);
    }
    if (args->argument_count > command->max_arguments) {
        return cli_usage("%s: one word too many for `assay %s`; see `assay %s --help`",
                         args->arguments[command->max_arguments], command->name, command->name);
    }
    return CLI_DONE;
}

int cli_args_read(const struct cli_command *command, char **words, struct cli_args *args)
{
    bool only_arguments = false;
    for (int at = 0; words[at] != NULL; at++) {
        int status = read_word(command, words, &at, &only_arguments, args);
        if (status != CLI_DONE) {
            return status;
        }
    }
    return check_argument_count(command, args);
}

bool cli_flag(const struct cli_args *args, const char *name)
{
    for (unsigned i = 0; i < args->given_count; i++) {
        if (strcmp(args->given[i].option->name, name) == 0) {
            return true;
        }
    }
    return false;
}

const char *cli_value(const struct cli_args *args, const char *name)
{
    for (unsigned i = args->given_count; i-- > 0;) {
        if (strcmp(args->given[i].option->name, name) == 0) {
            return args->given[i].value;
        }
    }
    return NULL;
}

const char *cli_value_at(const struct cli_args *args, const char *name, unsigned n)
{
    for (unsigned i = 0; i < args->given_count; i++) {
        if (strcmp(args->given[i].option->name, name) == 0 && n-- == 0) {
            return args->given[i].value;
        }
    }
    return NULL;
}
