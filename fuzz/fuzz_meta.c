/* A .meta file of NVD: what is read of it is a digest of 64 lower-case hexadecimal digits. */
#include "roles/meta.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct meta meta;
    struct error err = ERROR_INIT;
    if (meta_parse((struct str){(const char *)data, size}, &meta, &err) < 0) {
        return 0;
    }
    if (strspn(meta.sha256, "0123456789abcdef") != META_SHA256_SIZE - 1 ||
        meta.sha256[META_SHA256_SIZE - 1] != '\0') {
        abort();
    }
    return 0;
}
