#include "console/credential_output.h"

static int run(const struct cli_args *args)
{
    struct vault_session session;
    int status = vault_session_begin(&session, args, VAULT_ABSENT_IS_EMPTY);
    if (status == CLI_DONE) {
        uint32_t count = 0;
        const struct credential *credentials =
            session.vault != NULL ? vault_credentials(session.vault, &count) : NULL;
        status = credential_output_list(&session, credentials, count);
    }
    vault_session_end(&session);
    return status;
}

static const struct cli_option options[] = {
    VAULT_OPTION_FORMAT, CLI_OPTION_NO_COLOR, VAULT_OPTION_PASSPHRASE_FD, {0}};

const struct cli_command cmd_credential_list = {
    .name = credential_list_name,
    .usage = "[OPTION...]",
    .summary = credential_list_summary,
    .examples = "  assay credential list\n"
                "  assay credential list --format json | jq -r '.credentials[].name'",
    .options = options,
    .run = run,
};
