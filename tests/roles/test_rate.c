#include "../unit.h"

#include "roles/rate.h"

static void allows_so_many_in_any_span(void **state)
{
    struct rate rate = {.most = 5, .span = 30};
    double now = 1000, made[40];
    (void)state;
    for (unsigned i = 0; i < 40; i++) {
        now += rate_wait(&rate, now);
        rate_note(&rate, now);
        made[i] = now;
        now += i % 7 * 0.5; /* what a request takes */
        assert_true(i < 5 || made[i] - made[i - 5] >= 30);
        assert_true(i < 5 || made[i] - made[i - 5] < 42);
    }
}

static void does_not_wait_without_need(void **state)
{
    struct rate rate = {.most = 5, .span = 30};
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        rate_note(&rate, 10);
        assert_true(rate_wait(&rate, 10) <= 0);
    }
    rate_note(&rate, 12);
    assert_true(rate_wait(&rate, 12) >= 28 && rate_wait(&rate, 12) <= 28);
    assert_true(rate_wait(&rate, 40) <= 0);
    assert_true(rate_wait(&rate, 5000) <= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allows_so_many_in_any_span),
        cmocka_unit_test(does_not_wait_without_need),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
