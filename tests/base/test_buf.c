#include "../unit.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

#include <stdlib.h>

static void stops_at_its_ceiling(void **state)
{
    struct buf buf;
    (void)state;
    buf_init(&buf, 8);
    buf_put_text(&buf, "12345");
    buf_printf(&buf, "%d", 678);
    assert_false(buf.overflow);
    buf_put_byte(&buf, '9');
    assert_true(buf.overflow);
    assert_string_equal(buf_text(&buf), "12345678");
    buf_put_text(&buf, "");
    assert_int_equal(buf.len, 8);
    buf_clear(&buf);
    buf_put_text(&buf, "again");
    assert_string_equal(buf_text(&buf), "again");
    buf_done(&buf);
}

static void arenas_grow_arrays(void **state)
{
    struct arena arena;
    uint32_t *items = NULL, count = 0, capacity = 0;
    (void)state;
    arena_init(&arena);
    for (uint32_t i = 0; i < 10000; i++) {
        arena_reserve(&arena, items, count, capacity);
        items[count++] = i;
    }
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(items[i], i);
    }
    struct str text = arena_printf(&arena, "%s-%d", "x", 5);
    assert_int_equal(text.len, 3);
    assert_string_equal(text.ptr, "x-5");
    char *large = arena_alloc(&arena, 1000000);
    assert_int_equal(large[999999], 0);
    arena_done(&arena);
}

static void errors_are_one_line(void **state)
{
    struct error err = ERROR_INIT;
    char text[128];
    (void)state;
    assert_int_equal(error_set_at(&err, ERR_FORMAT, 91204, "cut\nshort"), ERR_FORMAT);
    error_add_where(&err, "nvd.json.gz");
    error_add_where(&err, "other");
    assert_string_equal(error_text(&err, text, sizeof text), "nvd.json.gz: byte 91204: cut?short");
    assert_string_equal(error_code_name(err.code), "format");
    error_set(&err, ERR_FORMAT,
              "a\033b\177c\xc2\x9b"
              "d\x9b"
              "e\xc3\xa9");
    assert_string_equal(error_text(&err, text, sizeof text), "a?b?c??d?e\xc3\xa9");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stops_at_its_ceiling),
        cmocka_unit_test(arenas_grow_arrays),
        cmocka_unit_test(errors_are_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
