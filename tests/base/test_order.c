#include "../unit.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/order.h"

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 11;
}

static void check_sorted(const struct order_key *keys, const uint64_t *things, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(keys[i].key, things[keys[i].index]);
        if (i > 0) {
            assert_true(keys[i - 1].key < keys[i].key ||
                        (keys[i - 1].key == keys[i].key && keys[i - 1].index < keys[i].index));
        }
    }
}

/* Below and above the size from which on it goes by digits; keys that share digits, all of them,
 * and keys of all 64 bits. */
static void sorts_and_keeps_the_order_of_equals(void **state)
{
    static const uint32_t counts[] = {0, 1, 2, 47, 48, 49, 50, 1000, 5000};
    static const uint64_t masks[] = {0, 1, 0xff00, 0xff000000ff, 0xffff, UINT64_MAX};
    (void)state;
    for (unsigned c = 0; c < sizeof counts / sizeof *counts; c++) {
        for (unsigned m = 0; m < sizeof masks / sizeof *masks; m++) {
            uint64_t *things = mem_alloc(counts[c] * sizeof *things), seed = c * 100 + m;
            struct order_key *keys = mem_alloc(counts[c] * sizeof *keys);
            for (uint32_t i = 0; i < counts[c]; i++) {
                things[i] = (next_random(&seed) << 20 ^ next_random(&seed)) & masks[m];
                keys[i] = (struct order_key){things[i], i};
            }
            order_sort(keys, counts[c]);
            check_sorted(keys, things, counts[c]);
            free(things);
            free(keys);
        }
    }
}

/* A few keys before many that are in order already: between them, before, behind, equal. */
static void sorts_what_stands_before_a_sorted_list(void **state)
{
    static const uint32_t heads[] = {1, 2, 60, 249, 250, 251, 999};
    enum { COUNT = 1000 };
    (void)state;
    for (unsigned h = 0; h < sizeof heads / sizeof *heads; h++) {
        uint64_t things[COUNT], seed = h + 1;
        struct order_key keys[COUNT];
        for (uint32_t i = 0; i < COUNT; i++) {
            things[i] = i < heads[h] ? next_random(&seed) % 3000 : 500 + i / 2 * 2;
            keys[i] = (struct order_key){things[i], i};
        }
        order_sort(keys, COUNT);
        check_sorted(keys, things, COUNT);
    }
}

static int compare_downwards(const void *context, uint32_t a, uint32_t b)
{
    assert_ptr_equal(context, compare_downwards);
    return (a < b) - (a > b);
}

static void sorts_ties_by_the_callers_word(void **state)
{
    enum { COUNT = 3000 };
    struct order_key keys[COUNT];
    (void)state;
    for (uint32_t i = 0; i < COUNT; i++) {
        /* Runs of one, of three, and one of half of all. */
        keys[i] = (struct order_key){i % 2 ? 0 : i % 3 ? i : i / 18 + COUNT, i};
    }
    order_sort(keys, COUNT);
    order_ties(keys, COUNT, compare_downwards, (const void *)compare_downwards);
    for (uint32_t i = 1; i < COUNT; i++) {
        assert_true(keys[i - 1].key < keys[i].key ||
                    (keys[i - 1].key == keys[i].key && keys[i - 1].index > keys[i].index));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorts_and_keeps_the_order_of_equals),
        cmocka_unit_test(sorts_what_stands_before_a_sorted_list),
        cmocka_unit_test(sorts_ties_by_the_callers_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
