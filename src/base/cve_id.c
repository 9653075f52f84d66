#include "base/cve_id.h"

#include <string.h>

enum { SEQUENCE_BITS = 40, SEQUENCE_DIGITS = 12, PREFIX = 9 /* "CVE-YYYY-" */ };

/* At most SEQUENCE_DIGITS digits, which fit. */
static bool take_digits(struct str text, uint64_t *number)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!str_is_digit(text.ptr[i])) {
            return false;
        }
        *number = *number * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    return true;
}

bool cve_id_parse(struct str text, uint64_t *ret_id)
{
    uint64_t year = 0, sequence = 0;
    if (text.len < PREFIX + 4 || text.len > PREFIX + SEQUENCE_DIGITS ||
        !str_eq_nocase(str_sub(text, 0, 4), STR("CVE-")) || text.ptr[PREFIX - 1] != '-' ||
        !take_digits(str_sub(text, 4, 4), &year) ||
        !take_digits(str_skip(text, PREFIX), &sequence)) {
        return false;
    }
    if (sequence >> SEQUENCE_BITS != 0) {
        return false;
    }
    *ret_id = year << SEQUENCE_BITS | sequence;
    return true;
}

/* As "CVE-%04llu-%04llu", by hand: reports hold thousands. */
const char *cve_id_format(uint64_t id, char out[CVE_ID_SIZE])
{
    uint64_t year = (id >> SEQUENCE_BITS) % 10000, sequence = id & ((1ULL << SEQUENCE_BITS) - 1);
    char digits[CVE_ID_SIZE];
    unsigned count = 0;
    do {
        digits[count++] = (char)('0' + sequence % 10);
        sequence /= 10;
    } while (sequence > 0 || count < 4);
    memcpy(out, "CVE-0000-", PREFIX);
    for (unsigned at = PREFIX - 2; year > 0; at--) {
        out[at] = (char)('0' + year % 10);
        year /= 10;
    }
    for (unsigned i = 0; i < count; i++) {
        out[PREFIX + i] = digits[count - 1 - i];
    }
    out[PREFIX + count] = '\0';
    return out;
}
