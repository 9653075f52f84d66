#include "console/credential_input.h"

#include "base/limits.h"
#include "console/key_input.h"
#include "vault/provider.h"
#include "vault/scope.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME_LENGTH = 100 };

/* ---- texts ---- */

static bool is_clean(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < ' ' || c == 0x7f) {
            return false;
        }
    }
    return str_valid_utf8(text);
}

int credential_input_name(const char *name)
{
    struct str text = str_from(name);
    if (text.len == 0 || text.len > NAME_LENGTH || !is_clean(text) || name[0] == '-' ||
        str_trim(text).len != text.len) {
        return cli_usage(
            "%s: no name for a credential; one has 1 to %d characters, no blanks around "
            "it and no - before it",
            name, NAME_LENGTH);
    }
    return CLI_DONE;
}

static int check_text(const char *option, const char *value)
{
    return strlen(value) <= LIMIT_NAME && is_clean(str_from(value))
               ? CLI_DONE
               : cli_usage("--%s: at most %u bytes of text", option, LIMIT_NAME);
}

static bool is_windows(enum credential_kind kind)
{
    return kind == CREDENTIAL_WINDOWS_LOCAL || kind == CREDENTIAL_WINDOWS_DOMAIN;
}

/* DOMAIN\USER and, for an account of a domain, USER@REALM name both. */
static int read_user(const struct cli_args *args, struct arena *arena,
                     struct credential *credential)
{
    const char *given = cli_value(args, "user");
    if (given == NULL) {
        return CLI_DONE;
    }
    struct str user = str_from(given);
    size_t at = str_find_byte(user, '@'), back = str_find_byte(user, '\\');
    if (is_windows(credential->kind) && back != SIZE_MAX) {
        credential->domain = arena_str(arena, str_sub(user, 0, back));
        user = str_skip(user, back + 1);
    } else if (credential->kind == CREDENTIAL_WINDOWS_DOMAIN && at != SIZE_MAX) {
        credential->domain = arena_str(arena, str_skip(user, at + 1));
        user = str_sub(user, 0, at);
    }
    credential->user = arena_str(arena, user);
    return check_text("user", given);
}

static int check_account(const struct credential *credential)
{
    bool needs_user =
        credential->kind != CREDENTIAL_HTTP_PROXY && credential->kind != CREDENTIAL_API_KEY;
    if (needs_user && credential->user.len == 0) {
        return cli_usage("a credential of kind %s needs --user",
                         credential_kind_name(credential->kind));
    }
    if (credential->kind == CREDENTIAL_WINDOWS_DOMAIN && credential->domain.len == 0) {
        return cli_usage(
            "a credential of kind windows-domain needs its domain: --domain, or --user "
            "as USER@REALM or DOMAIN\\USER");
    }
    return CLI_DONE;
}

/* ---- scope ---- */

static int check_source(struct str text, struct error *err)
{
    return text.len <= LIMIT_NAME && is_clean(text)
               ? 0
               : error_set(err, ERR_USAGE, "no name of a source");
}

static int read_list(const struct cli_args *args, const char *option,
                     int (*check)(struct str text, struct error *err), struct arena *arena,
                     const struct str **ret_items, uint32_t *ret_count)
{
    struct str *items = arena_array(arena, CLI_MAX_OPTIONS, struct str);
    struct error err = ERROR_INIT;
    uint32_t count = 0;
    const char *value;
    while ((value = cli_value_at(args, option, count)) != NULL) {
        if (check(str_from(value), &err) < 0) {
            return cli_usage("--%s %s", option, err.message);
        }
        items[count++] = arena_str(arena, str_from(value));
    }
    *ret_items = items;
    *ret_count = count;
    return CLI_DONE;
}

static int read_scope(const struct cli_args *args, struct arena *arena,
                      struct credential *credential)
{
    if (!cli_flag(args, "for-source") && !cli_flag(args, "for-range") &&
        !cli_flag(args, "for-domain")) {
        return CLI_DONE;
    }
    int status = read_list(args, "for-source", check_source, arena, &credential->scope_sources,
                           &credential->scope_source_count);
    if (status == CLI_DONE) {
        status = read_list(args, "for-range", scope_check_range, arena, &credential->scope_ranges,
                           &credential->scope_range_count);
    }
    if (status == CLI_DONE) {
        status = read_list(args, "for-domain", scope_check_domain, arena,
                           &credential->scope_domains, &credential->scope_domain_count);
    }
    return status;
}

static int read_provider(const struct cli_args *args, struct arena *arena,
                         struct credential *credential)
{
    struct error err = ERROR_INIT;
    const char *path = cli_value(args, "provider");
    if (path == NULL) {
        return CLI_DONE;
    }
    if (cli_flag(args, "key-file") || cli_flag(args, "secret-fd")) {
        return cli_usage("--provider: the command has the secret, so none is given here");
    }
    if (provider_check(path, &err) < 0) {
        return cli_usage("--provider %s", err.message);
    }
    credential->provider = arena_str(arena, str_from(path));
    return CLI_DONE;
}

int credential_input_texts(const struct cli_args *args, struct arena *arena,
                           struct credential *credential)
{
    const char *domain = cli_value(args, "domain");
    int status = read_user(args, arena, credential);
    if (status == CLI_DONE && domain != NULL) {
        status = check_text("domain", domain);
        credential->domain = arena_str(arena, str_from(domain));
    }
    status = status == CLI_DONE ? check_account(credential) : status;
    status = status == CLI_DONE ? read_scope(args, arena, credential) : status;
    return status == CLI_DONE ? read_provider(args, arena, credential) : status;
}

/* ---- the secret ---- */

static int read_password(const struct cli_args *args, const struct credential *credential,
                         struct credential_secret *ret)
{
    char prompt[NAME_LENGTH + 64];
    struct error err = ERROR_INIT;
    snprintf(prompt, sizeof prompt,
             "%s for %.*s: ", credential->kind == CREDENTIAL_API_KEY ? "Key" : "Password",
             STR_ARG(credential->name));
    const struct secret_question question = {
        .prompt = prompt, .twice = true, .capacity = LIMIT_PASSWORD};
    struct secret password;
    if (secret_given(args, &question, &password, &err) < 0) {
        return vault_session_fail(&err);
    }
    *ret = (struct credential_secret){.password = password};
    return CLI_DONE;
}

int credential_input_secret(const struct cli_args *args, const struct credential *credential,
                            struct credential_secret *ret)
{
    const char *path = cli_value(args, "key-file");
    if (credential->kind != CREDENTIAL_SSH_KEY && path != NULL) {
        return cli_usage("--key-file: only for a credential of kind ssh-key");
    }
    if (credential->kind != CREDENTIAL_SSH_KEY) {
        return read_password(args, credential, ret);
    }
    return path == NULL ? cli_usage("a credential of kind ssh-key needs --key-file")
                        : key_input(args, path, credential, ret);
}
