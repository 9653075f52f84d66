/* Every program that has a command line begins here: from the words to the command. */
#include "cli/help.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Takes the place of standard descriptors that are closed, so that no file gets their numbers:
 * opened the wrong way round, reading or writing them still fails. */
static void hold_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) {
            _exit(CLI_FAILED);
        }
    }
}

static bool asks_for_help(char **argv)
{
    for (; *argv != NULL && strcmp(*argv, "--") != 0; argv++) {
        if (strcmp(*argv, "--help") == 0 || strcmp(*argv, "-h") == 0) {
            return true;
        }
    }
    return false;
}

static int run_command(const struct cli_command *command, char **words)
{
    static struct cli_args args;
    if (asks_for_help(words)) {
        return cli_help_command(command);
    }
    int status = cli_args_read(command, words, &args);
    return status != CLI_DONE ? status : command->run(&args);
}

/* The command that the words name, longest first: "kb build" before "kb". */
static const struct cli_command *find_command(int argc, char **argv, int *ret_words)
{
    char two[128];
    snprintf(two, sizeof two, "%s %s", argv[1], argc > 2 ? argv[2] : "");
    for (int words = argc > 2 ? 2 : 1; words > 0; words--) {
        const char *name = words == 2 ? two : argv[1];
        for (unsigned i = 0; i < cli_command_count; i++) {
            if (strcmp(cli_commands[i]->name, name) == 0) {
                *ret_words = words;
                return cli_commands[i];
            }
        }
    }
    return NULL;
}

/* Runs the command that the words name; the exit status. */
static int run_program(int argc, char **argv)
{
    int words;
    if (argc < 2) {
        return cli_help_all(true);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("assay %s\n", ASSAY_VERSION);
        return CLI_DONE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        return cli_help_all(false);
    }
    const struct cli_command *command = find_command(argc, argv, &words);
    if (command != NULL) {
        return command->program != NULL ? cli_become(command->program, argv)
                                        : run_command(command, argv + 1 + words);
    }
    if (cli_help_group(argv[1], argc > 2 ? argv[2] : NULL)) {
        return argc > 2 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0)
                   ? CLI_DONE
                   : CLI_USAGE;
    }
    return cli_usage("%s: not a command; see `assay --help`", argv[1]);
}

int main(int argc, char **argv)
{
    hold_standard_descriptors();
    /* A reader that goes away (`assay scan | head`) is seen by the failing write. */
    signal(SIGPIPE, SIG_IGN);
    return cli_flush(run_program(argc, argv));
}
