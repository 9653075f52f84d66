#include "console/credential_input.h"

#include <stdio.h>

static bool read_kind(const struct cli_args *args, enum credential_kind *ret)
{
    const char *kind = cli_value(args, "kind");
    if (kind == NULL && cli_flag(args, "key-file")) {
        *ret = CREDENTIAL_SSH_KEY;
        return true;
    }
    if (kind == NULL || !credential_kind_find(str_from(kind), ret)) {
        cli_usage("%s%s: %s; one of ssh-password, ssh-key, windows-local, windows-domain, vcenter, "
                  "http-proxy, api-key",
                  kind == NULL ? "" : "--kind ", kind == NULL ? "--kind" : kind,
                  kind == NULL ? "needed" : "not a kind");
        return false;
    }
    return true;
}

/* Reads the secret and keeps the credential. */
static int keep(struct vault_session *session, const struct credential *credential)
{
    struct error err = ERROR_INIT;
    struct credential_secret secret = {0};
    uint64_t id;
    int status = CLI_DONE;
    if (vault_find(session->vault, credential->name) != NULL) {
        return cli_usage("there is a credential named %.*s already; change it with `assay "
                         "credential edit`",
                         STR_ARG(credential->name));
    }
    if (credential->provider.len == 0) {
        status = credential_input_secret(session->args, credential, &secret);
    }
    if (status == CLI_DONE && vault_add(session->vault, credential, &secret, &id, &err) < 0) {
        status = vault_session_fail(&err);
    }
    credential_secret_done(&secret);
    if (status == CLI_DONE) {
        printf("kept %.*s (%s)\n", STR_ARG(credential->name),
               credential_kind_name(credential->kind));
    }
    return status;
}

static int run(const struct cli_args *args)
{
    struct vault_session session;
    struct arena arena;
    struct credential credential = {.name = str_from(args->arguments[0])};
    if (!read_kind(args, &credential.kind)) {
        return CLI_USAGE;
    }
    arena_init(&arena);
    int status = credential_input_name(args->arguments[0]);
    status = status == CLI_DONE ? credential_input_texts(args, &arena, &credential) : status;
    if (status == CLI_DONE) {
        status = vault_session_begin(&session, args, VAULT_ABSENT_IS_MADE);
        status = status == CLI_DONE ? keep(&session, &credential) : status;
        vault_session_end(&session);
    }
    arena_done(&arena);
    return status;
}

static const struct cli_option options[] = {
    {"kind", 0, "KIND", "what it is (see above); with --key-file an ssh-key"},
    CREDENTIAL_OPTIONS,
    VAULT_OPTION_PASSPHRASE_FD,
    {0},
};

const struct cli_command cmd_credential_add = {
    .name = credential_add_name,
    .usage = "[OPTION...] --kind KIND NAME",
    .summary = credential_add_summary,
    .detail =
        "KIND is one of ssh-password, ssh-key, windows-local, windows-domain, vcenter, "
        "http-proxy,\n"
        "api-key. The secret is asked for on the terminal, or read from --secret-fd or standard\n"
        "input (to its end, one line end dropped); it is never an argument. It is kept encrypted "
        "in\n"
        "the state folder; docs/security.md says what that protects against.\n"
        "A private key is kept with its passphrase; the file can be removed afterwards.\n"
        "A provider is a command that is run with NAME as its only argument and prints the secret\n"
        "whenever it is needed.\n"
        "Without --for-... the credential may be tried on every target; of those that are given,\n"
        "each must hold.",
    .examples = "  assay credential add web-root --kind ssh-password --user root\n"
                "  assay credential add deploy --user deploy --key-file ~/.ssh/id_ed25519\n"
                "  assay credential add dom --kind windows-domain --user scan@EXAMPLE.ORG \\\n"
                "      --for-domain example.org --for-range 10.1.0.0/16\n"
                "  pass show db | assay credential add db --kind ssh-password --user scan",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
