#include "base/cve_id.h"

#include <stdio.h>

enum { SEQUENCE_BITS = 40, SEQUENCE_DIGITS = 12, PREFIX = 9 /* "CVE-YYYY-" */ };

bool cve_id_parse(struct str text, uint64_t *ret_id)
{
    uint64_t year, sequence;
    if (text.len < PREFIX + 4 || text.len > PREFIX + SEQUENCE_DIGITS ||
        !str_eq_nocase(str_sub(text, 0, 4), STR("CVE-")) || text.ptr[PREFIX - 1] != '-') {
        return false;
    }
    if (!str_to_u64(str_sub(text, 4, 4), &year) || !str_to_u64(str_skip(text, PREFIX), &sequence)) {
        return false;
    }
    if (sequence >> SEQUENCE_BITS != 0) {
        return false;
    }
    *ret_id = year << SEQUENCE_BITS | sequence;
    return true;
}

const char *cve_id_format(uint64_t id, char out[CVE_ID_SIZE])
{
    unsigned long long year = id >> SEQUENCE_BITS;
    unsigned long long sequence = id & ((1ULL << SEQUENCE_BITS) - 1);
    snprintf(out, CVE_ID_SIZE, "CVE-%04llu-%04llu", year % 10000, sequence);
    return out;
}
