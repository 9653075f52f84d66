#include "console/credential_output.h"

static int run(const struct cli_args *args)
{
    struct vault_session session;
    int status = vault_session_begin(&session, args, VAULT_ABSENT_FAILS);
    if (status == CLI_DONE) {
        const struct credential *found = vault_session_find(&session, args->arguments[0]);
        status = found == NULL ? CLI_FAILED : credential_output_one(&session, found);
    }
    vault_session_end(&session);
    return status;
}

static const struct cli_option options[] = {VAULT_OPTION_FORMAT, VAULT_OPTION_PASSPHRASE_FD, {0}};

const struct cli_command cmd_credential_show = {
    .name = credential_show_name,
    .usage = "[OPTION...] NAME",
    .summary = credential_show_summary,
    .detail = "The secret itself is never shown.",
    .examples = "  assay credential show web-root",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
