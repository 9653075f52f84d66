/* The vault's file before anything is authenticated: what is read lies within the file and is
 * written back to the same bytes. */
#include "base/limits.h"
#include "vault/format.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_within(struct str part, struct str bytes)
{
    if (part.ptr < bytes.ptr || part.ptr + part.len > bytes.ptr + bytes.len - VAULT_TRAILER) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = str_make((const char *)data, size);
    struct vault_file file;
    struct arena arena;
    struct buf out;
    struct error err = ERROR_INIT;
    arena_init(&arena);
    if (format_read(bytes, &arena, &file, &err) == 0) {
        check_within(file.wrap_section, bytes);
        for (uint32_t i = 0; i < file.record_count; i++) {
            check_within(file.records[i].details, bytes);
            check_within(file.records[i].secret, bytes);
        }
        buf_init(&out, LIMIT_VAULT);
        format_write(&file, &out);
        if (!str_eq(buf_view(&out), format_checked(bytes))) {
            abort();
        }
        buf_done(&out);
    } else if (err.message[0] == '\0') {
        abort();
    }
    arena_done(&arena);
    return 0;
}
