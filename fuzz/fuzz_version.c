/* Two versions a line apart, read in every scheme: order is antisymmetric, equal to itself. */
#include "base/limits.h"
#include "version/version.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size}, a, b = {NULL, 0};
    if (!str_split_byte(&rest, '\n', &a)) {
        return 0;
    }
    str_split_byte(&rest, '\n', &b);
    for (int i = VERSION_NONE; i <= VERSION_SCHEMES; i++) {
        enum version_scheme scheme = (enum version_scheme)i;
        enum version_order order = version_compare(scheme, a, b);
        enum version_order back = version_compare(scheme, b, a);
        enum version_order self = version_compare(scheme, a, a);
        if ((order == VERSION_INCOMPARABLE ? back != order : (int)order != -(int)back) ||
            (self != VERSION_EQUAL && self != VERSION_INCOMPARABLE)) {
            abort();
        }
    }
    struct buf buf;
    struct version_key key;
    buf_init(&buf, LIMIT_VERSION_KEY);
    if (version_cpe_key_make(VERSION_NVD, a, b, &buf, &key, NULL) == 0 && key.len != buf.len) {
        abort();
    }
    buf_done(&buf);
    return 0;
}
