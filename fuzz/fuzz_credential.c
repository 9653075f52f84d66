/* The form in which a credential travels: what is read is written back to the same bytes. */
#include "vault/credential.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same(const struct credential *credential, const struct credential_secret *secret,
                       struct str was)
{
    struct secret out;
    struct error err = ERROR_INIT;
    if (secret_new(LIMIT_SECRET, &out, &err) < 0) {
        return;
    }
    if (credential_encode(credential, secret, &out, &err) < 0 || !str_eq(secret_view(&out), was)) {
        abort();
    }
    secret_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = str_make((const char *)data, size);
    struct credential credential;
    struct credential_secret secret;
    struct arena arena;
    struct error err = ERROR_INIT;
    arena_init(&arena);
    for (struct str before = bytes;
         credential_decode(&bytes, &arena, &credential, &secret, &err) == 0; before = bytes) {
        check_same(&credential, &secret, str_sub(before, 0, before.len - bytes.len));
        credential_secret_done(&secret);
    }
    if (err.message[0] == '\0') {
        abort();
    }
    arena_done(&arena);
    return 0;
}
