#include "version/key.h"

#include <string.h>

/* Digits of the longest number that a u64 always holds. */
enum { U64_DIGITS = 19, NUMBER_MARKERS = 9 };

static void put_long_number(struct key_draft *draft, struct str digits, unsigned marker)
{
    key_put(draft, (unsigned char)marker);
    key_put(draft, (unsigned char)(digits.len - U64_DIGITS - 1));
    key_put_text(draft, digits);
}

void key_put_number(struct key_draft *draft, struct str digits, unsigned base, unsigned span)
{
    unsigned small = span - NUMBER_MARKERS;
    while (digits.len > 0 && digits.ptr[0] == '0') {
        digits = (struct str){digits.ptr + 1, digits.len - 1};
    }
    if (digits.len > U64_DIGITS) {
        put_long_number(draft, digits, base + small + 8);
        return;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        value = value * 10 + (uint64_t)(digits.ptr[i] - '0');
    }
    if (value < small) {
        key_put(draft, (unsigned char)(base + value));
        return;
    }
    value -= small;
    unsigned bytes = value ? (unsigned)(71 - __builtin_clzll(value)) / 8 : 1;
    key_put(draft, (unsigned char)(base + small + bytes - 1));
    for (unsigned i = bytes; i-- > 0;) {
        key_put(draft, (unsigned char)(value >> (8 * i)));
    }
}

bool key_take_epoch(struct str *text, uint32_t *epoch)
{
    struct str rest = *text;
    struct str digits = key_take_digits(&rest);
    uint64_t value = 0;
    if (rest.len == 0 || rest.ptr[0] != ':') {
        return true;
    }
    if (digits.len > 0 && (!str_to_u64(digits, &value) || value >= VERSION_NO_EPOCH)) {
        return false;
    }
    *epoch = (uint32_t)value;
    *text = str_skip(rest, 1);
    return true;
}
