#include "console/account_accepted.h"
#include "console/login_check.h"
#include "console/vault_session.h"

#include "base/file.h"
#include "base/memory.h"
#include "collect/failure.h"
#include "process/process.h"
#include "report/text.h"
#include "vault/provider.h"
#include "vault/record.h"
#include "vault/scope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct attempt {
    struct vault_session *session;
    const struct credential *credential;
    struct login_target target;
};

static bool is_for_ssh(enum credential_kind kind)
{
    return kind == CREDENTIAL_SSH_PASSWORD || kind == CREDENTIAL_SSH_KEY ||
           kind == CREDENTIAL_WINDOWS_DOMAIN;
}

/* Two texts, of which a target may have made any, as they can be shown. */
static void say(struct str first, const char *between, struct str second)
{
    struct buf line;
    buf_init(&line, 4096);
    text_put_clean(&line, first);
    buf_put_text(&line, between);
    text_put_clean(&line, second);
    puts(buf_text(&line));
    buf_done(&line);
}

static int tell_unknown_key(const struct login_answer *answer)
{
    say(answer->host_key_type, " ", answer->fingerprint);
    printf(
        "host key unknown; nothing was sent. Compare the fingerprint with the one on the target's\n"
        "console (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub), then give it with "
        "--accept-host-key.\n");
    return CLI_FAILED;
}

static int tell_failure(const struct login_answer *answer)
{
    const struct failure *failure = failure_find(answer->code);
    const char *word = str_eq_text(answer->code, "SSH-AUTH-DENIED")   ? "invalid"
                       : str_eq_text(answer->code, "SSH-AUTH-METHOD") ? "method not offered"
                                                                      : "not tested";
    say(str_from(word), ": ", answer->message);
    if (failure != NULL) {
        printf("%s %s\n", failure->cause, failure->remedy);
    }
    return CLI_FAILED;
}

static void ignore_line(void *context, struct str line)
{
    (void)context, (void)line;
}

/* An account that was refused in a run is used again. Where nothing was ever discovered, there is
 * nothing to note it in. */
static void note_accepted(const struct attempt *attempt)
{
    char number[32];
    int status = CLI_DONE;
    struct error err = ERROR_INIT;
    struct vault_session *session = attempt->session;
    _cleanup_free_ char *state = cli_state_folder();
    _cleanup_free_ char *store = file_join(state, "store.db");
    if (!file_exists(store)) {
        return;
    }
    snprintf(number, sizeof number, "%llu", (unsigned long long)attempt->credential->id);
    const char *const words[] = {ACCOUNT_ACCEPTED, number,
                                 arena_text(&session->arena, attempt->credential->name),
                                 session->args->arguments[1], NULL};
    if (process_run_role("manager", words, ignore_line, NULL, &status, &err) < 0 ||
        status != CLI_DONE) {
        cli_warn("that it works could not be noted (%s); `assay discover` may still leave it alone",
                 err.code != 0 ? err.message : store);
    }
}

static int tell(const struct attempt *attempt, const struct login_answer *answer)
{
    if (str_eq_text(answer->code, "SSH-HOST-KEY-UNKNOWN") ||
        (str_eq_text(answer->code, "SSH-HOST-KEY-CHANGED") && answer->fingerprint.len > 0 &&
         !cli_flag(attempt->session->args, "accept-host-key"))) {
        return tell_unknown_key(answer);
    }
    if (answer->code.len > 0 || answer->method.len == 0) {
        return tell_failure(answer);
    }
    say(STR("valid: the target accepted"), " ", answer->method);
    fflush(stdout);
    note_accepted(attempt);
    return CLI_DONE;
}

static int check_key_option(const char *key)
{
    return key == NULL || (strncmp(key, "SHA256:", 7) == 0 && strlen(key) < 100)
               ? CLI_DONE
               : cli_usage("--accept-host-key %s: no fingerprint; one begins with SHA256:", key);
}

static void warn_of_scope(const struct attempt *attempt)
{
    struct credential without_source = *attempt->credential;
    without_source.scope_source_count = 0;
    if (!scope_allows(&without_source, STR(""), str_from(attempt->target.host),
                      str_from(attempt->target.address))) {
        cli_warn(
            "the target is not within what %.*s is used for; `assay discover` would not try it "
            "there",
            STR_ARG(attempt->credential->name));
    }
}

/* Connects before the secret is taken out, so that an unreachable target costs nothing. */
static int log_in(struct attempt *attempt, struct error *err)
{
    struct vault_session *session = attempt->session;
    struct login_answer answer;
    struct secret form = {0};
    int socket = login_target_connect(&attempt->target, err);
    if (socket < 0) {
        return socket;
    }
    warn_of_scope(attempt);
    int result = provider_reveal(session->vault, attempt->credential->id, &form, err);
    result = result < 0 ? result
                        : record_use(session->folder, attempt->credential->id,
                                     str_from(session->args->arguments[1]), err);
    const struct login_check check = {
        .target = &attempt->target,
        .socket = socket,
        .host_key = cli_value(session->args, "accept-host-key"),
        .form = &form,
        .kerberos = cli_flag(session->args, "kerberos"),
        .sandbox_optional = cli_flag(session->args, "without-sandbox"),
    };
    result = result < 0 ? result : login_check_run(&check, &session->arena, &answer, err);
    secret_free(&form);
    close(socket);
    return result < 0 ? result : tell(attempt, &answer);
}

static int try_it(struct vault_session *session, const struct credential *credential)
{
    struct attempt attempt = {.session = session, .credential = credential};
    struct error err = ERROR_INIT;
    int status = check_key_option(cli_value(session->args, "accept-host-key"));
    if (status != CLI_DONE) {
        return status;
    }
    if (!is_for_ssh(credential->kind)) {
        return cli_usage("%s is of kind %s; only credentials for SSH can be tested",
                         session->args->arguments[0], credential_kind_name(credential->kind));
    }
    if (login_target_read(session->args->arguments[1], &session->arena, &attempt.target, &err) <
        0) {
        return vault_session_fail(&err);
    }
    int result = log_in(&attempt, &err);
    return result < 0 ? vault_session_fail(&err) : result;
}

static int run(const struct cli_args *args)
{
    struct vault_session session;
    int status = vault_session_begin(&session, args, VAULT_ABSENT_FAILS);
    if (status == CLI_DONE) {
        const struct credential *found = vault_session_find(&session, args->arguments[0]);
        status = found == NULL ? CLI_FAILED : try_it(&session, found);
    }
    vault_session_end(&session);
    return status;
}

static const struct cli_option options[] = {
    {"accept-host-key", 0, "SHA256:...", "host key that the target must show"},
    {"kerberos", 0, NULL, "a windows-domain account: by a Kerberos ticket"},
    {"without-sandbox", 0, NULL, "go on where the kernel can contain no process"},
    VAULT_OPTION_PASSPHRASE_FD,
    {0},
};

const struct cli_command cmd_credential_test = {
    .name = credential_test_name,
    .usage = "[OPTION...] NAME TARGET[:PORT]",
    .summary = credential_test_summary,
    .detail =
        "Connects to the target by SSH, logs in once and leaves; nothing else is done there. Says\n"
        "valid, invalid, method not offered, or host key unknown with the fingerprint: nothing\n"
        "is sent to a target whose host key was not given. An account that was refused and is not\n"
        "tried any more is used again when it is valid.",
    .examples = "  assay credential test web-root web01.example.org\n"
                "  assay credential test web-root web01:2222 --accept-host-key SHA256:...",
    .options = options,
    .min_arguments = 2,
    .max_arguments = 2,
    .run = run,
};
