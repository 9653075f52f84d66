/* The program `vault` as the test of the client starts it, without a command line. */
#include "vault/serve.h"
#include "base/error.h"
#include "vault/protocol.h"

#include <signal.h>
#include <unistd.h>

static int refuse(void *context, bool fresh, struct secret *ret, struct error *err)
{
    (void)context;
    (void)fresh;
    (void)ret;
    return error_set(err, ERR_USAGE, "no passphrase here");
}

int main(int argc, char **argv)
{
    struct error err = ERROR_INIT;
    const struct vault_asker asker = {refuse, NULL};
    signal(SIGPIPE, SIG_IGN);
    _exit(argc == 4 && serve_run(VAULT_FD_SOCKET, argv[3], &asker, &err) == 0 ? 0 : 1);
}
