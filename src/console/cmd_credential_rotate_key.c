#include "console/vault_session.h"

#include <stdio.h>
#include <string.h>

static int read_lock(const struct vault_session *session, struct vault_lock *ret)
{
    const char *wrap = cli_value(session->args, "wrap");
    ret->wrap = session->vault != NULL ? vault_wrap_of(session->vault) : VAULT_WRAP_KEY_FILE;
    ret->tpm2_device = cli_value(session->args, "tpm2-device");
    if (wrap != NULL && !vault_wrap_find(str_from(wrap), &ret->wrap)) {
        return cli_usage("--wrap %s: not a way to keep the key; one of key-file, passphrase, tpm2",
                         wrap);
    }
    ret->tpm2_pcrs = cli_value(session->args, "tpm2-pcrs");
    if ((ret->tpm2_device != NULL || ret->tpm2_pcrs != NULL) && ret->wrap != VAULT_WRAP_TPM2) {
        return cli_usage("--tpm2-device and --tpm2-pcrs: only with --wrap tpm2");
    }
    if (ret->tpm2_pcrs != NULL && strspn(ret->tpm2_pcrs, "0123456789+") != strlen(ret->tpm2_pcrs)) {
        return cli_usage("--tpm2-pcrs %s: no registers; write them as 7+14", ret->tpm2_pcrs);
    }
    return CLI_DONE;
}

static int rotate(struct vault_session *session)
{
    struct error err = ERROR_INIT;
    struct vault_lock lock = {0};
    uint32_t count;
    int status = read_lock(session, &lock);
    if (status != CLI_DONE) {
        return status;
    }
    int result = session->vault != NULL
                     ? vault_rotate(session->vault, &lock, &session->asker, &err)
                     : vault_create(session->folder, &lock, &session->asker, &session->vault, &err);
    if (result < 0) {
        return vault_session_fail(&err);
    }
    vault_credentials(session->vault, &count);
    printf("%u credentials encrypted under a new key, kept by %s\n", count,
           vault_wrap_name(lock.wrap));
    return CLI_DONE;
}

static int run(const struct cli_args *args)
{
    struct vault_session session;
    int status = vault_session_begin(&session, args, VAULT_ABSENT_IS_EMPTY);
    status = status == CLI_DONE ? rotate(&session) : status;
    vault_session_end(&session);
    return status;
}

static const struct cli_option options[] = {
    {"wrap", 0, "WAY", "key-file, passphrase or tpm2; else as it is now"},
    {"tpm2-device", 0, "DEVICE", "TPM to use, as systemd-creds names it; else the machine's"},
    {"tpm2-pcrs", 0, "PCRS", "also bind it to these registers of the TPM, as 7 or 7+14"},
    VAULT_OPTION_PASSPHRASE_FD,
    {"new-passphrase-fd", 0, "N", "read the new passphrase from that descriptor"},
    {0},
};

const struct cli_command cmd_credential_rotate_key = {
    .name = credential_rotate_key_name,
    .usage = "[OPTION...]",
    .summary = credential_rotate_key_summary,
    .detail = "Everything is encrypted again under a new random key. The key is kept by:\n"
              "  key-file    a file beside the vault that only its owner can read (the default)\n"
              "  passphrase  nobody: it is encrypted by a passphrase, which every use asks for\n"
              "  tpm2        the machine's TPM, through systemd-creds\n"
              "docs/security.md says what each protects against. A vault that is not there yet is\n"
              "made.",
    .examples = "  assay credential rotate-key\n"
                "  assay credential rotate-key --wrap passphrase",
    .options = options,
    .run = run,
};
