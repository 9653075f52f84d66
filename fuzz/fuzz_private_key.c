/* Files given as private keys: what is taken is one block, and taken again as the same. */
#include "vault/private_key.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(const struct private_key *key, const struct secret *block)
{
    struct private_key again;
    struct secret copy;
    struct error err = ERROR_INIT;
    if (!str_starts(secret_view(block), STR("-----BEGIN ")) ||
        private_key_read(secret_view(block), &again, &copy, &err) < 0 ||
        !str_eq(secret_view(&copy), secret_view(block)) || again.encrypted != key->encrypted ||
        strcmp(again.form, key->form) != 0) {
        abort();
    }
    secret_free(&copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct private_key key;
    struct secret block;
    struct error err = ERROR_INIT;
    if (private_key_read(str_make((const char *)data, size), &key, &block, &err) == 0) {
        check_again(&key, &block);
        secret_free(&block);
    } else if (err.message[0] == '\0') {
        abort();
    }
    return 0;
}
