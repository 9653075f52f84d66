/*
 * Records of comma-separated values (RFC 4180): a field in quotes may hold commas, line ends
 * and, doubled, quotes.
 */
#ifndef ASSAY_BASE_CSV_H
#define ASSAY_BASE_CSV_H

#include "base/arena.h"

/* Being read; begun as {.rest = text, .arena = arena}. */
struct csv {
    struct str rest;     /* what is not read yet */
    struct arena *arena; /* of fields with doubled quotes */
    char separator;      /* between fields; 0 is the comma */
    const char *record;  /* where the last record began */
};

enum csv_record {
    CSV_END,
    CSV_RECORD,
    CSV_BROKEN /* a quote that is never closed, or text behind a closing one */
};

/* csv_next reads one record. Fields beyond max are passed over; ret_count is how many there
 * are. Fields are borrowed from the text or the arena. A broken record ends at its line's end
 * (an open quote: at the end of its first line). An empty line is a record of one empty field. */
enum csv_record csv_next(struct csv *csv, struct str *fields, unsigned max, unsigned *ret_count);

#endif
