/*
 * Sorting by a number: what is sorted stays where it is, an order of indexes comes out. Two to four
 * times as fast as qsort for some thousand things, since nothing is called for each comparison.
 */
#ifndef ASSAY_BASE_ORDER_H
#define ASSAY_BASE_ORDER_H

#include <stdint.h>

struct order_key {
    uint64_t key;
    uint32_t index; /* of the thing that it stands for */
};

/* order_sort sorts by key; equal keys stay in their order. */
void order_sort(struct order_key *keys, uint32_t count);

/* order_ties sorts each run of equal keys, which order_sort leaves, by what compare says of two
 * indexes: <0, 0, >0. */
typedef int order_compare(const void *context, uint32_t a, uint32_t b);
void order_ties(struct order_key *keys, uint32_t count, order_compare *compare,
                const void *context);

#endif
