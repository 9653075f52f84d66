/* What is not secret of a credential: what is read is written back to the same bytes. */
#include "base/limits.h"
#include "vault/details.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = str_make((const char *)data, size);
    struct credential credential;
    struct arena arena;
    struct error err = ERROR_INIT;
    struct buf out;
    arena_init(&arena);
    buf_init(&out, size + 1);
    if (details_read(&bytes, &arena, &credential, &err) == 0) {
        details_write(&credential, &out);
        if (!str_eq(buf_view(&out), str_make((const char *)data, size - bytes.len))) {
            abort();
        }
    } else if (err.message[0] == '\0') {
        abort();
    }
    buf_done(&out);
    arena_done(&arena);
    return 0;
}
