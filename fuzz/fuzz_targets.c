/* Targets as people write them: one, or a list (docs/cli.md). */
#include "source/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore(void *context, uint64_t line, struct str column, const char *text)
{
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct str bytes = str_make((const char *)data, size);
    struct target_spec spec, again;
    struct target_entry *entries;
    char key[TARGET_KEY_SIZE];
    uint32_t count;
    arena_init(&arena);
    if (target_spec_parse(bytes, &arena, &spec, NULL) == 0) {
        uint64_t last = target_spec_count(&spec) - 1;
        target_spec_key(&spec, last, 22, key);
        /* A key names exactly one target. */
        if (target_spec_parse(str_from(key), &arena, &again, NULL) < 0 ||
            target_spec_count(&again) != 1) {
            __builtin_trap();
        }
    }
    target_list_read(bytes, &arena, ignore, NULL, &entries, &count, NULL);
    arena_done(&arena);
    return 0;
}
