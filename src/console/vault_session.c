#include "console/vault_session.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "vault/serve.h"

#include <stdlib.h>
#include <string.h>

int vault_session_fail(const struct error *err)
{
    char text[1024];
    if (err->code == ERR_USAGE) {
        return cli_usage("%s", error_text(err, text, sizeof text));
    }
    return cli_fail(err);
}

static int ask_passphrase(void *context, bool fresh, struct secret *ret, struct error *err)
{
    const struct vault_session *session = context;
    const char *number = cli_value(session->args, fresh ? "new-passphrase-fd" : "passphrase-fd");
    if (number != NULL) {
        return secret_from_fd(fresh ? "new-passphrase-fd" : "passphrase-fd", number, LIMIT_PASSWORD,
                              ret, err);
    }
    const struct secret_question question = {
        .prompt = fresh ? "New passphrase of the vault: " : "Passphrase of the vault: ",
        .twice = fresh,
        .capacity = LIMIT_PASSWORD,
    };
    int result = secret_ask(&question, ret, err);
    if (result == ERR_USAGE && strstr(err->message, "no terminal") != NULL) {
        return error_set(err, ERR_USAGE,
                         "the vault needs its passphrase, and there is no terminal to ask on; give "
                         "it with --%s",
                         fresh ? "new-passphrase-fd" : "passphrase-fd");
    }
    return result;
}

static int make(struct vault_session *session, struct error *err)
{
    const struct vault_lock lock = {.wrap = VAULT_WRAP_KEY_FILE};
    int result = vault_create(session->folder, &lock, &session->asker, &session->vault, err);
    /* Another process may have made it at the same time. */
    return result < 0 && vault_exists(session->folder)
               ? vault_open(session->folder, &session->asker, &session->vault, err)
               : result;
}

static int open_vault(struct vault_session *session, enum vault_absent absent)
{
    struct error err = ERROR_INIT;
    int result = vault_open(session->folder, &session->asker, &session->vault, &err);
    if (result == ERR_NOT_FOUND && absent == VAULT_ABSENT_IS_MADE) {
        result = cli_make_state_folder(&err);
        result = result < 0 ? result : make(session, &err);
    }
    if (result == ERR_NOT_FOUND && absent == VAULT_ABSENT_IS_EMPTY) {
        return CLI_DONE;
    }
    return result < 0 ? vault_session_fail(&err) : CLI_DONE;
}

int vault_session_begin(struct vault_session *session, const struct cli_args *args,
                        enum vault_absent absent)
{
    const char *format = cli_value(args, "format");
    _cleanup_free_ char *state = cli_state_folder();
    serve_harden();
    *session = (struct vault_session){.args = args, .folder = file_join(state, "vault")};
    session->asker = (struct vault_asker){ask_passphrase, session};
    arena_init(&session->arena);
    session->json = format != NULL && strcmp(format, "json") == 0;
    if (format != NULL && !session->json && strcmp(format, "table") != 0) {
        return cli_usage("--format %s: not a format; one of table, json", format);
    }
    return open_vault(session, absent);
}

void vault_session_end(struct vault_session *session)
{
    vault_close(session->vault);
    arena_done(&session->arena);
    free(session->folder);
}

const struct credential *vault_session_find(const struct vault_session *session, const char *name)
{
    const struct credential *found = vault_find(session->vault, str_from(name));
    if (found == NULL) {
        struct error err = ERROR_INIT;
        error_set(&err, ERR_NOT_FOUND, "%s: no such credential; see `assay credential list`", name);
        cli_fail(&err);
    }
    return found;
}
