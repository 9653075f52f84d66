#include "console/credential_output.h"

#include "report/text.h"

#include <stdio.h>
#include <unistd.h>

/* Says what goes with it. */
static void describe(struct vault_session *session, const struct credential *credential)
{
    struct record_uses uses = {0};
    struct str scope = credential_output_scope(&session->arena, credential);
    fprintf(stderr, "%.*s (%s), used for: %.*s\n",
            STR_ARG(text_clean(&session->arena, credential->name)),
            credential_kind_name(credential->kind), STR_ARG(scope));
    fprintf(stderr, "%s\n",
            credential->provider.len > 0
                ? "Its secret is with its provider and stays there."
                : "Its secret goes with it; it stays in the backup vault.assay.1 until the next "
                  "change.");
    if (record_find(session->folder, credential->id, &uses, NULL) == 0 && uses.count > 0) {
        struct str target = text_clean(&session->arena, str_from(uses.target));
        fprintf(stderr,
                "It was handed out %llu times, last for %.*s; targets that no other credential "
                "opens are not collected any more.\n",
                (unsigned long long)uses.count, STR_ARG(target));
    }
}

static int confirm(const struct cli_args *args)
{
    char answer[16];
    if (cli_flag(args, "yes")) {
        return CLI_DONE;
    }
    if (!cli_is_terminal(STDIN_FILENO)) {
        return cli_usage("there is no terminal to ask on; give --yes to remove it");
    }
    fprintf(stderr, "Remove it? [y/N] ");
    fflush(stderr);
    if (fgets(answer, sizeof answer, stdin) == NULL || (answer[0] != 'y' && answer[0] != 'Y')) {
        return cli_usage("nothing was removed");
    }
    return CLI_DONE;
}

static int remove_one(struct vault_session *session, const struct credential *credential)
{
    struct error err = ERROR_INIT;
    uint64_t id = credential->id;
    describe(session, credential);
    int status = confirm(session->args);
    if (status == CLI_DONE && vault_remove(session->vault, id, &err) < 0) {
        status = vault_session_fail(&err);
    }
    if (status == CLI_DONE) {
        printf("removed %s\n", session->args->arguments[0]);
    }
    return status;
}

static int run(const struct cli_args *args)
{
    struct vault_session session;
    int status = vault_session_begin(&session, args, VAULT_ABSENT_FAILS);
    if (status == CLI_DONE) {
        const struct credential *found = vault_session_find(&session, args->arguments[0]);
        status = found == NULL ? CLI_FAILED : remove_one(&session, found);
    }
    vault_session_end(&session);
    return status;
}

static const struct cli_option options[] = {
    {"yes", 'y', NULL, "do not ask"}, VAULT_OPTION_PASSPHRASE_FD, {0}};

const struct cli_command cmd_credential_remove = {
    .name = credential_remove_name,
    .usage = "[OPTION...] NAME",
    .summary = credential_remove_summary,
    .examples = "  assay credential remove web-root",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
