/* A folder of its own for a vault in a test, and ways to make one. */
#ifndef ASSAY_TESTS_VAULT_FOLDER_H
#define ASSAY_TESTS_VAULT_FOLDER_H

#include "../unit.h"

#include "base/buf.h"
#include "base/file.h"
#include "vault/vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct folder {
    char path[64]; /* of the vault; made by it */
    char base[48];
};

static inline void folder_make(struct folder *folder)
{
    /* In memory where there is such a folder: tests replace files very often. */
    bool memory = access("/dev/shm", W_OK) == 0;
    strcpy(folder->base, memory ? "/dev/shm/assay-vault-XXXXXX" : "/tmp/assay-vault-XXXXXX");
    assert_non_null(mkdtemp(folder->base));
    snprintf(folder->path, sizeof folder->path, "%s/vault", folder->base);
}

static inline void folder_remove(const struct folder *folder)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder->base);
    assert_int_equal(system(command), 0);
}

static inline const char *folder_file(const struct folder *folder, const char *name)
{
    static char paths[4][128];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder->path, name);
    return path;
}

/* The passphrase that is asked for is the context. */
static inline int folder_ask(void *context, bool fresh, struct secret *ret, struct error *err)
{
    const char *text = context;
    (void)fresh;
    assert_non_null(text);
    assert_int_equal(secret_new(strlen(text) + 1, ret, err), 0);
    return secret_put(ret, text, strlen(text), err);
}

static inline struct vault *folder_create(const struct folder *folder)
{
    const struct vault_lock lock = {.wrap = VAULT_WRAP_KEY_FILE};
    const struct vault_asker asker = {folder_ask, NULL};
    struct vault *vault = NULL;
    struct error err = ERROR_INIT;
    if (vault_create(folder->path, &lock, &asker, &vault, &err) < 0) {
        fail_msg("%s", err.message);
    }
    return vault;
}

static inline int folder_open(const struct folder *folder, struct vault **ret, struct error *err)
{
    const struct vault_asker asker = {folder_ask, NULL};
    *err = (struct error)ERROR_INIT;
    return vault_open(folder->path, &asker, ret, err);
}

static inline struct credential folder_credential(const char *name)
{
    return (struct credential){
        .kind = CREDENTIAL_SSH_PASSWORD, .name = str_from(name), .user = STR("root")};
}

static inline struct credential_secret folder_secret(const char *password)
{
    struct credential_secret secret = {0};
    struct error err = ERROR_INIT;
    assert_int_equal(secret_new(strlen(password) + 1, &secret.password, &err), 0);
    assert_int_equal(secret_put(&secret.password, password, strlen(password), &err), 0);
    return secret;
}

static inline uint64_t folder_add(struct vault *vault, const char *name, const char *password)
{
    struct credential credential = folder_credential(name);
    struct credential_secret secret = folder_secret(password);
    struct error err = ERROR_INIT;
    uint64_t id = 0;
    if (vault_add(vault, &credential, &secret, &id, &err) < 0) {
        fail_msg("%s", err.message);
    }
    credential_secret_done(&secret);
    return id;
}

static inline void folder_check(const struct vault *vault, const char *name, const char *password)
{
    struct credential_secret secret = {0};
    struct error err = ERROR_INIT;
    const struct credential *found = vault_find(vault, str_from(name));
    assert_non_null(found);
    assert_int_equal(vault_secret(vault, found->id, &secret, &err), 0);
    assert_true(str_eq_text(secret_view(&secret.password), password));
    credential_secret_done(&secret);
}

#endif
