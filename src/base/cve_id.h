/*
 * A CVE identifier as a number that sorts by year, then sequence number
 * (CVE Record Format 5.1, cveId: "CVE-YYYY-NNNN" with 4 to 19 digits; 12 are kept).
 */
#ifndef ASSAY_BASE_CVE_ID_H
#define ASSAY_BASE_CVE_ID_H

#include "base/str.h"

enum { CVE_ID_SIZE = 32 };

/* cve_id_parse reads "CVE-2024-0132" (any case). False when text is no CVE identifier. */
bool cve_id_parse(struct str text, uint64_t *ret_id);
/* cve_id_format writes "CVE-2024-0132"; returns out. */
const char *cve_id_format(uint64_t id, char out[CVE_ID_SIZE]);

/* cve_id_make is the identifier of a year and a sequence number below 2^40. */
static inline uint64_t cve_id_make(uint64_t year, uint64_t sequence)
{
    return year << 40 | sequence;
}

#endif
