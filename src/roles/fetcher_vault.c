/* Credentials that assay.conf names as "vault:NAME": asked for before the fetcher is shut in. */
#include "roles/fetcher.h"

#include "base/limits.h"
#include "vault/client.h"
#include "vault/scope.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct asking {
    struct settings *settings;
    struct vault_client *client;
    struct arena arena;
};

/* The host of "scheme://host:port/path". */
static struct str host_of(const char *url)
{
    const char *start = strstr(url, "://");
    start = start ? start + 3 : url;
    bool bracketed = *start == '[';
    start += bracketed;
    return str_make(start, strcspn(start, bracketed ? "]" : ":/"));
}

static bool is_numeric(struct str host)
{
    return str_find_byte(host, ':') != SIZE_MAX ||
           (host.len > 0 && str_is_digit(host.ptr[host.len - 1]));
}

static int find_credential(struct asking *asking, const char *setting, const char *name,
                           enum credential_kind kind, struct str host, uint64_t *ret_id,
                           struct error *err)
{
    const struct credential *all;
    uint32_t count;
    int result = vault_client_list(asking->client, &asking->arena, &all, &count, err);
    for (uint32_t i = 0; result == 0 && i < count; i++) {
        if (!str_eq_text(all[i].name, name)) {
            continue;
        }
        if (all[i].kind != kind) {
            return error_set(err, ERR_USAGE, "%s: credential %s is of the kind %s, not %s", setting,
                             name, credential_kind_name(all[i].kind), credential_kind_name(kind));
        }
        if (!scope_allows(&all[i], STR(""), host, is_numeric(host) ? host : STR(""))) {
            return error_set(err, ERR_USAGE, "%s: credential %s is not for %.*s", setting, name,
                             STR_ARG(host));
        }
        *ret_id = all[i].id;
        return 0;
    }
    return result < 0 ? result
                      : error_set(err, ERR_USAGE,
                                  "%s: there is no credential %s; `assay credential add` keeps one",
                                  setting, name);
}

/* The vault writes the credential into a pipe that nobody else has; its form is smaller than what
 * a pipe holds. */
static int take_credential(struct asking *asking, uint64_t id, struct str host,
                           struct credential *ret, struct credential_secret *ret_secret,
                           struct error *err)
{
    int ends[2];
    struct secret form = {0};
    if (pipe2(ends, O_CLOEXEC) < 0) {
        return error_set_errno(err, "pipe");
    }
    int result = vault_client_send(asking->client, &id, 1, host, ends[1], err);
    close(ends[1]);
    result = result < 0 ? result : secret_read(ends[0], LIMIT_SECRET, &form, err);
    close(ends[0]);
    if (result == 0) {
        struct str bytes = secret_view(&form);
        result = credential_decode(&bytes, &asking->arena, ret, ret_secret, err);
    }
    secret_free(&form);
    return result;
}

static int ask(struct asking *asking, const char *setting, const char *name,
               enum credential_kind kind, struct str host, struct error *err)
{
    uint64_t id = 0;
    struct credential credential;
    struct credential_secret secret = {0};
    int result = find_credential(asking, setting, name, kind, host, &id, err);
    result = result < 0 ? result : take_credential(asking, id, host, &credential, &secret, err);
    if (result == 0) {
        struct str password = secret_view(&secret.password);
        result = kind == CREDENTIAL_API_KEY
                     ? settings_set_api_key(asking->settings, password, err)
                     : settings_set_credentials(asking->settings, credential.user, password, err);
    }
    credential_secret_done(&secret);
    return result;
}

static int ask_all(struct asking *asking, const char *proxy, const char *key, struct error *err)
{
    struct settings *settings = asking->settings;
    const char *api = settings->nvd_api_url[0] ? settings->nvd_api_url : "services.nvd.nist.gov";
    int result = 0;
    if (proxy != NULL) {
        result = ask(asking, "proxy_credentials", proxy, CREDENTIAL_HTTP_PROXY,
                     host_of(settings->proxy), err);
    }
    return result == 0 && key != NULL
               ? ask(asking, "nvd_api_key", key, CREDENTIAL_API_KEY, host_of(api), err)
               : result;
}

int fetcher_ask_vault(struct fetcher *fetcher, struct error *err)
{
    struct asking asking = {.settings = &fetcher->settings};
    const char *proxy = settings_in_vault(fetcher->settings.credentials_file);
    const char *key = settings_in_vault(fetcher->settings.nvd_api_key_file);
    const struct vault_unlock unlock = {.folder = fetcher->options.vault,
                                        .passphrase_fd = (int)fetcher->options.passphrase_fd};
    if (proxy == NULL && key == NULL) {
        return 0;
    }
    if (unlock.folder == NULL) {
        return error_set(err, ERR_USAGE, "--vault is missing, and the settings name credentials");
    }
    int result = vault_client_start(&unlock, &asking.client, err);
    if (result == ERR_NOT_FOUND) {
        return error_set(err, ERR_USAGE, "%s: there is no vault; `assay credential add` makes it",
                         unlock.folder);
    }
    if (result < 0) {
        return result;
    }
    arena_init(&asking.arena);
    result = ask_all(&asking, proxy, key, err);
    arena_done(&asking.arena);
    vault_client_stop(asking.client);
    return result;
}
