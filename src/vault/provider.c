#include "vault/provider.h"

#include "base/limits.h"
#include "base/memory.h"
#include "vault/command.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_ours(const struct stat *info)
{
    return info->st_uid == 0 || info->st_uid == geteuid();
}

/* A folder with the sticky bit is fine: others cannot put something else in place of what is ours.
 */
static int check_folders(const char *path, struct error *err)
{
    _cleanup_free_ char *copy = mem_dup_text(path);
    for (char *folder = dirname(copy);; folder = dirname(folder)) {
        struct stat info;
        if (stat(folder, &info) < 0) {
            return error_set_errno(err, "%s", folder);
        }
        if (!is_ours(&info) || ((info.st_mode & 022) != 0 && (info.st_mode & S_ISVTX) == 0)) {
            return error_set(err, ERR_USAGE,
                             "%s: others can change the folder %s, so what is in it is not run",
                             path, folder);
        }
        if (strcmp(folder, "/") == 0) {
            return 0;
        }
    }
}

int provider_check(const char *path, struct error *err)
{
    struct stat info;
    if (path[0] != '/') {
        return error_set(err, ERR_USAGE, "%s: a provider is named by its whole path", path);
    }
    if (strlen(path) >= LIMIT_URL) {
        return error_set(err, ERR_USAGE, "the path of a provider is longer than %u bytes",
                         LIMIT_URL);
    }
    _cleanup_free_ char *real = realpath(path, NULL);
    if (real == NULL || stat(real, &info) < 0) {
        error_set_errno(err, "%s", path);
        return ERR_USAGE;
    }
    if (!S_ISREG(info.st_mode) || access(real, X_OK) < 0) {
        return error_set(err, ERR_USAGE, "%s: no program that can be run", path);
    }
    if (!is_ours(&info) || (info.st_mode & 022) != 0) {
        return error_set(err, ERR_USAGE,
                         "%s: others can change it, so it is not run; it must belong to root or to "
                         "you, with mode 0755 or less",
                         path);
    }
    /* Both the way that is written and the one that it leads to. */
    int result = check_folders(path, err);
    return result < 0 ? result : check_folders(real, err);
}

/* A password is one line; frees what is refused. */
static int check_output(struct secret *output, bool key, const char *path, struct error *err)
{
    bool lines = !key && output->len > 0 &&
                 (memchr(output->ptr, '\n', output->len) != NULL ||
                  memchr(output->ptr, '\0', output->len) != NULL);
    if (output->len > 0 && !lines) {
        return 0;
    }
    secret_free(output);
    return error_set(err, ERR_IO,
                     lines ? "%s: printed more than one line" : "%s: printed no secret", path);
}

static int run_provider(const struct credential *credential, struct credential_secret *ret,
                        struct error *err)
{
    bool key = credential->kind == CREDENTIAL_SSH_KEY;
    struct arena arena;
    struct secret output;
    arena_init(&arena);
    const char *path = arena_text(&arena, credential->provider);
    const char *const argv[] = {path, arena_text(&arena, credential->name), NULL};
    const struct command command = {.argv = argv,
                                    .seconds = LIMIT_PROVIDER_SECONDS,
                                    .capacity = key ? LIMIT_PRIVATE_KEY : LIMIT_PASSWORD};
    int result = provider_check(path, err);
    result = result < 0 ? result : command_run(&command, &output, err);
    if (result == 0 && !key) {
        secret_drop_line_end(&output);
    }
    result = result < 0 ? result : check_output(&output, key, path, err);
    if (result == 0) {
        *ret = key ? (struct credential_secret){.private_key = output}
                   : (struct credential_secret){.password = output};
    }
    arena_done(&arena);
    if (result < 0 && result != ERR_TIMEOUT && result != ERR_LIMIT) {
        result = ERR_IO;
        err->code = ERR_IO;
    }
    return result;
}

int provider_reveal(const struct vault *vault, uint64_t id, struct secret *ret, struct error *err)
{
    const struct credential *credential = vault_find_id(vault, id);
    struct credential_secret secret = {0};
    struct secret form = {0};
    if (credential == NULL) {
        return error_set(err, ERR_NOT_FOUND, "there is no credential with number %llu any more",
                         (unsigned long long)id);
    }
    int result = credential->provider.len > 0 ? run_provider(credential, &secret, err)
                                              : vault_secret(vault, id, &secret, err);
    result =
        result < 0 ? result : secret_new(credential_form_size(credential, &secret), &form, err);
    result = result < 0 ? result : credential_encode(credential, &secret, &form, err);
    credential_secret_done(&secret);
    if (result < 0) {
        secret_free(&form);
        return result;
    }
    *ret = form;
    return 0;
}
