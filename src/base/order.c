#include "base/order.h"

#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { RADIX_BITS = 8, RADIX = 1 << RADIX_BITS, DIGITS = 64 / RADIX_BITS, FEW = 48 };

static void sort_few(struct order_key *keys, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        struct order_key key = keys[i];
        uint32_t at = i;
        for (; at > 0 && keys[at - 1].key > key.key; at--) {
            keys[at] = keys[at - 1];
        }
        keys[at] = key;
    }
}

/* Where the ascending keys at the end begin: 0 when all are. */
static uint32_t find_sorted_end(const struct order_key *keys, uint32_t count)
{
    uint32_t at = count;
    while (at > 1 && keys[at - 2].key <= keys[at - 1].key) {
        at--;
    }
    return at > 0 ? at - 1 : 0;
}

/* Merges the first keys, which are sorted, with the rest, which are too. */
static void merge(struct order_key *keys, uint32_t first, uint32_t count)
{
    struct order_key *spare = mem_alloc(first * sizeof *spare);
    uint32_t taken = 0, right = first;
    memcpy(spare, keys, first * sizeof *spare);
    for (uint32_t at = 0; taken < first; at++) {
        bool left = right == count || spare[taken].key <= keys[right].key;
        keys[at] = left ? spare[taken++] : keys[right++];
    }
    free(spare);
}

static void count_digits(const struct order_key *keys, uint32_t count,
                         uint32_t counts[DIGITS][RADIX])
{
    for (uint32_t i = 0; i < count; i++) {
        for (unsigned digit = 0; digit < DIGITS; digit++) {
            counts[digit][keys[i].key >> (digit * RADIX_BITS) & (RADIX - 1)]++;
        }
    }
}

static void move_by_digit(const struct order_key *from, struct order_key *to, uint32_t count,
                          unsigned shift, uint32_t counts[RADIX])
{
    uint32_t places[RADIX], place = 0;
    for (unsigned value = 0; value < RADIX; value++) {
        places[value] = place;
        place += counts[value];
    }
    for (uint32_t i = 0; i < count; i++) {
        to[places[from[i].key >> shift & (RADIX - 1)]++] = from[i];
    }
}

/* Digit by digit from the lowest; those that all keys have in common are passed over. */
static void sort_many(struct order_key *keys, uint32_t count)
{
    struct order_key *spare = mem_alloc(count * sizeof *spare), *from = keys, *to = spare;
    uint32_t(*counts)[RADIX] = mem_alloc_zero(DIGITS, sizeof *counts);
    count_digits(keys, count, counts);
    for (unsigned digit = 0; digit < DIGITS; digit++) {
        unsigned shift = digit * RADIX_BITS;
        if (counts[digit][keys[0].key >> shift & (RADIX - 1)] == count) {
            continue;
        }
        move_by_digit(from, to, count, shift, counts[digit]);
        struct order_key *moved = to;
        to = from;
        from = moved;
    }
    if (from != keys) {
        memcpy(keys, from, count * sizeof *keys);
    }
    free(counts);
    free(spare);
}

void order_sort(struct order_key *keys, uint32_t count)
{
    if (count <= FEW) {
        sort_few(keys, count);
        return;
    }
    /* What is added to a sorted list often stands before it. */
    uint32_t first = find_sorted_end(keys, count);
    if (first > count / 4) {
        sort_many(keys, count);
    } else if (first > 0) {
        order_sort(keys, first);
        merge(keys, first, count);
    }
}

struct ties {
    order_compare *compare;
    const void *context;
};

static int compare_ties(const void *left, const void *right, void *context)
{
    const struct order_key *a = left, *b = right;
    const struct ties *ties = context;
    return ties->compare(ties->context, a->index, b->index);
}

/* Most runs are of two or three, and in order. */
static void sort_run(struct order_key *keys, uint32_t count, struct ties *ties)
{
    if (count > FEW) {
        qsort_r(keys, count, sizeof *keys, compare_ties, ties);
        return;
    }
    for (uint32_t i = 1; i < count; i++) {
        struct order_key key = keys[i];
        uint32_t at = i;
        while (at > 0 && ties->compare(ties->context, keys[at - 1].index, key.index) > 0) {
            keys[at] = keys[at - 1];
            at--;
        }
        keys[at] = key;
    }
}

void order_ties(struct order_key *keys, uint32_t count, order_compare *compare, const void *context)
{
    struct ties ties = {compare, context};
    for (uint32_t first = 0; first < count;) {
        uint32_t end = first + 1;
        while (end < count && keys[end].key == keys[first].key) {
            end++;
        }
        sort_run(keys + first, end - first, &ties);
        first = end;
    }
}
