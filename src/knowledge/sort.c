#include "knowledge/writer.h"

#include <stdlib.h>
#include <string.h>

enum { DIGITS = 8, DIGIT_VALUES = 256 };

static bool is_sorted(const struct sort_key *items, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        if (items[i].key < items[i - 1].key) {
            return false;
        }
    }
    return true;
}

static unsigned digit_of(const struct sort_key *item, unsigned digit)
{
    return item->key >> (digit * 8) & 0xff;
}

/* Distributes by one digit. False when all items have the same, and nothing was moved. */
static bool distribute(const struct sort_key *from, struct sort_key *to, uint32_t count,
                       unsigned digit)
{
    uint32_t places[DIGIT_VALUES] = {0};
    for (uint32_t i = 0; i < count; i++) {
        places[digit_of(&from[i], digit)]++;
    }
    if (places[digit_of(&from[0], digit)] == count) {
        return false;
    }
    uint32_t sum = 0;
    for (unsigned value = 0; value < DIGIT_VALUES; value++) {
        uint32_t here = places[value];
        places[value] = sum;
        sum += here;
    }
    for (uint32_t i = 0; i < count; i++) {
        to[places[digit_of(&from[i], digit)]++] = from[i];
    }
    return true;
}

void sort_keys(struct sort_key *items, uint32_t count)
{
    if (count == 0 || is_sorted(items, count)) {
        return;
    }
    struct sort_key *spare = mem_grow(NULL, count, sizeof *spare);
    struct sort_key *from = items, *to = spare;
    for (unsigned digit = 0; digit < DIGITS; digit++) {
        if (distribute(from, to, count, digit)) {
            struct sort_key *swap = from;
            from = to;
            to = swap;
        }
    }
    if (from != items) {
        memcpy(items, from, count * sizeof *items);
    }
    free(spare);
}
