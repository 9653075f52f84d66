#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
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

int main(int argc, char **argv)
{
    hold_standard_descriptors();
    /* A reader that goes away (`assay scan | head`) is seen by the failing write. */
    signal(SIGPIPE, SIG_IGN);
    return cli_flush(cli_main(argc, argv));
}
