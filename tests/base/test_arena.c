#include "../unit.h"

#include "base/arena.h"

static bool is_zero(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

static void clears_to_zeroed_memory(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t size = 1; size < 400000; size = size * 3 + 1) {
        char *piece = arena_alloc(&arena, size);
        assert_true(is_zero(piece, size));
        memset(piece, 0xff, size);
        piece = arena_alloc(&arena, 10);
        memset(piece, 0xff, 10);
        arena_clear(&arena);
        assert_int_equal(arena.used, 0);
    }
    arena_done(&arena);
}

static void clears_nothing(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena);
    arena_clear(&arena);
    assert_null(arena.blocks);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clears_to_zeroed_memory),
        cmocka_unit_test(clears_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
