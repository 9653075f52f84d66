#include "cli/cli.h"

#include <locale.h>
#include <signal.h>

int main(int argc, char **argv)
{
    /* A reader that goes away (`assay scan | head`) is seen by the failing write. */
    signal(SIGPIPE, SIG_IGN);
    setlocale(LC_CTYPE, "");
    return cli_main(argc, argv);
}
