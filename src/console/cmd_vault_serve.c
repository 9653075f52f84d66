/* The vault as a child of another program; vault/client.h starts it. */
#include "console/vault_commands.h"

#include "base/limits.h"
#include "console/secret_input.h"
#include "vault/protocol.h"
#include "vault/serve.h"

#include <unistd.h>

static int ask(void *context, bool fresh, struct secret *ret, struct error *err)
{
    const struct cli_args *args = context;
    const struct secret_question question = {
        .prompt = "Passphrase of the vault: ", .take_terminal = true, .capacity = LIMIT_PASSWORD};
    if (fresh) {
        return error_set(err, ERR_UNSUPPORTED, "no new passphrase is taken here");
    }
    return cli_flag(args, "passphrase")
               ? secret_from_fd("passphrase", VAULT_FD_PASSPHRASE_TEXT, LIMIT_PASSWORD, ret, err)
               : secret_ask(&question, ret, err);
}

static int run(const struct cli_args *args)
{
    struct error err = ERROR_INIT;
    const struct vault_asker asker = {ask, (void *)args};
    const char *folder = cli_value(args, "folder");
    serve_harden();
    if (folder == NULL) {
        return cli_usage("serve: --folder is needed");
    }
    /* The other side is told what fails; it tells the user. */
    _exit(serve_run(VAULT_FD_SOCKET, folder, &asker, &err) < 0 ? CLI_FAILED : CLI_DONE);
}

static const struct cli_option options[] = {
    {"folder", 0, "DIR", "of the vault"},
    {"passphrase", 0, NULL, "read the vault's passphrase from descriptor 4"},
    {0},
};

const struct cli_command cmd_vault_serve = {
    .name = "serve",
    .usage = "[OPTION...]",
    .summary = "Answer another program of this tree on descriptor 3",
    .options = options,
    .plumbing = true,
    .run = run,
};
