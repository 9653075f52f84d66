/* Two names a line apart: what is read can be written and read again as the same. */
#include "base/limits.h"
#include "cpe/cpe.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_same(const struct cpe_name *a, const struct cpe_name *b)
{
    for (int i = 0; i < CPE_ATTRIBUTES; i++) {
        if (a->values[i].kind != b->values[i].kind ||
            !str_eq(a->values[i].text, b->values[i].text)) {
            return false;
        }
    }
    return true;
}

static void check_again(const struct cpe_name *name, struct arena *arena,
                        void (*format)(const struct cpe_name *name, struct buf *out))
{
    struct buf buf;
    struct cpe_name again;
    buf_init(&buf, (size_t)8 * LIMIT_CPE);
    format(name, &buf);
    /* Percent codes and quoting can make a name longer than is read. */
    if (buf.len <= LIMIT_CPE &&
        (cpe_parse(buf_view(&buf), arena, &again, NULL) < 0 || !is_same(name, &again))) {
        abort();
    }
    buf_done(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size}, line;
    struct cpe_name names[2];
    int count = 0;
    struct arena arena;
    arena_init(&arena);
    while (count < 2 && str_split_byte(&rest, '\n', &line)) {
        cpe_value_quote(line, &arena);
        if (cpe_parse(line, &arena, &names[count], NULL) == 0) {
            check_again(&names[count], &arena, cpe_format_fs);
            check_again(&names[count], &arena, cpe_format_uri);
            count++;
        }
    }
    if (count == 2) {
        cpe_compare(&names[0], &names[1]);
        cpe_compare(&names[1], &names[0]);
    }
    arena_done(&arena);
    return 0;
}
