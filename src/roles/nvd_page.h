/*
 * A page of NVD's API (cve_api_json_2.0): its envelope, which says where it stands among the
 * others, and whether it is what was asked for. The records are the builder's to read.
 */
#ifndef ASSAY_ROLES_NVD_PAGE_H
#define ASSAY_ROLES_NVD_PAGE_H

#include "base/date.h"
#include "base/error.h"
#include "base/str.h"

struct nvd_page {
    uint64_t start, total;  /* number of its first record, records of all pages */
    uint64_t count;         /* its records */
    int64_t timestamp;      /* when the service made it */
    int64_t oldest, newest; /* lastModified of its records; TIME_NONE without records */
};

/* What was asked for. */
struct nvd_query {
    int64_t from, to; /* lastModStartDate, lastModEndDate */
    uint64_t start;
};

/* Answers may state times in another zone than they are asked in, and the clock of this machine
 * may be wrong by less: ranges overlap by it. */
enum { NVD_OVERLAP = 12 * 3600 };

/* nvd_page_parse reads a page. ERR_FORMAT when it is not JSON as a whole, not an NVD 2.x page,
 * or contradicts itself: records that are no CVE, more or fewer than it says. */
int nvd_page_parse(struct str text, struct nvd_page *ret_page, struct error *err);
/* nvd_page_check compares a page with what was asked for: ERR_FORMAT when it is another one, has
 * records of another time, or was made by a clock that is behind this machine's. */
int nvd_page_check(const struct nvd_page *page, const struct nvd_query *query, struct error *err);

/* nvd_page_read parses a page that lies in a file, packed by gzip or not. */
int nvd_page_read(const char *path, struct nvd_page *ret_page, struct error *err);
/* nvd_page_pack replaces the file packed by the content of plain, packed by gzip. */
int nvd_page_pack(const char *plain, const char *packed, struct error *err);

#endif
