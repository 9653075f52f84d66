#include "console/credential_input.h"
#include "console/credential_output.h"

#include <stdio.h>

/* Where the secret of the credential is from now on. */
enum secret_change { SECRET_STAYS, SECRET_IS_GIVEN, SECRET_IS_FORGOTTEN };

static enum secret_change secret_change(const struct cli_args *args)
{
    if (cli_flag(args, "provider")) {
        return SECRET_IS_FORGOTTEN;
    }
    return cli_flag(args, "secret") || cli_flag(args, "secret-fd") || cli_flag(args, "key-file")
               ? SECRET_IS_GIVEN
               : SECRET_STAYS;
}

static int read_texts(const struct cli_args *args, struct arena *arena, struct credential *now)
{
    const char *name = cli_value(args, "rename");
    int status = CLI_DONE;
    if (name != NULL) {
        status = credential_input_name(name);
        now->name = str_from(name);
    }
    if (cli_flag(args, "everywhere")) {
        now->scope_source_count = now->scope_range_count = now->scope_domain_count = 0;
    }
    return status == CLI_DONE ? credential_input_texts(args, arena, now) : status;
}

static int edit(struct vault_session *session, const struct credential *was, struct arena *arena)
{
    struct error err = ERROR_INIT;
    struct credential now = *was;
    struct credential_secret secret = {0};
    enum secret_change change = secret_change(session->args);
    int status = read_texts(session->args, arena, &now);
    if (status == CLI_DONE && change == SECRET_IS_GIVEN) {
        now.provider = (struct str){0};
        status = credential_input_secret(session->args, &now, &secret);
    }
    if (status == CLI_DONE &&
        vault_change(session->vault, &now, change == SECRET_STAYS ? NULL : &secret, &err) < 0) {
        status = vault_session_fail(&err);
    }
    credential_secret_done(&secret);
    if (status == CLI_DONE) {
        const struct credential *found = vault_find_id(session->vault, now.id);
        status = found == NULL ? CLI_FAILED : credential_output_one(session, found);
    }
    return status;
}

static int run(const struct cli_args *args)
{
    struct vault_session session;
    struct arena arena;
    if (args->given_count == 0) {
        return cli_usage("nothing to change was given; see `assay credential edit --help`");
    }
    arena_init(&arena);
    int status = vault_session_begin(&session, args, VAULT_ABSENT_FAILS);
    if (status == CLI_DONE) {
        const struct credential *found = vault_session_find(&session, args->arguments[0]);
        status = found == NULL ? CLI_FAILED : edit(&session, found, &arena);
    }
    vault_session_end(&session);
    arena_done(&arena);
    return status;
}

static const struct cli_option options[] = {
    {"rename", 0, "NEW", "give it another name"},
    {"secret", 0, NULL, "ask for a new secret"},
    {"everywhere", 0, NULL, "drop all --for-... that it has"},
    CREDENTIAL_OPTIONS,
    VAULT_OPTION_PASSPHRASE_FD,
    {0},
};

const struct cli_command cmd_credential_edit = {
    .name = credential_edit_name,
    .usage = "[OPTION...] NAME",
    .summary = credential_edit_summary,
    .detail = "What is not given stays. Giving any --for-... replaces all of them. --secret, "
              "--secret-fd\n"
              "or --key-file replace the secret; --provider forgets the kept one.",
    .examples = "  assay credential edit web-root --secret\n"
                "  assay credential edit web-root --for-range 10.1.0.0/16 --for-range 10.2.0.0/16",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
