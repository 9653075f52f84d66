#include "../unit.h"

#include "base/intern.h"

#include <stdio.h>

static void numbers_in_order_of_first_sight(void **state)
{
    struct intern intern;
    (void)state;
    intern_init(&intern);
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 20000; i++) {
            char text[16];
            snprintf(text, sizeof text, "t%u", i);
            assert_int_equal(intern_add(&intern, str_from(text)), i);
        }
    }
    assert_int_equal(intern_find(&intern, STR("t19999")), 19999);
    assert_int_equal(intern_find(&intern, STR("none")), INTERN_NONE);
    assert_true(str_eq(intern_text(&intern, 7), STR("t7")));
    assert_int_equal(intern_add(&intern, STR("")), 20000);
    assert_int_equal(intern_find(&intern, STR("")), 20000);
    intern_done(&intern);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_in_order_of_first_sight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
