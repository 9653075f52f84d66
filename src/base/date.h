/*
 * Calendar dates as days, times as seconds, both since 1970-01-01 UTC, proleptic
 * Gregorian (ISO 8601-1:2019). No time zone of the machine ever enters.
 */
#ifndef ASSAY_BASE_DATE_H
#define ASSAY_BASE_DATE_H

#include "base/str.h"

/* DATE_NONE: no date known. */
#define DATE_NONE INT32_MIN
/* TIME_NONE: no time known. */
#define TIME_NONE INT64_MIN

/* A date in text needs DATE_SIZE bytes, a time TIME_SIZE. */
enum { DATE_SIZE = 16, TIME_SIZE = 24 };

/* date_from_civil returns the day, or DATE_NONE when there is no such day. Years 1 to 9999. */
int32_t date_from_civil(int year, int month, int day);
void date_to_civil(int32_t date, int *ret_year, int *ret_month, int *ret_day);

/* date_parse reads "YYYY-MM-DD" and nothing else. False when it is not a date. */
bool date_parse(struct str text, int32_t *ret_date);
/* time_parse reads an RFC 3339 time as feeds write them: "2024-01-31T12:30:59", with a
 * fraction or none, "Z", "+hh:mm", "+hh:" or no zone (UTC), a blank or T between, or a date
 * alone. Fractions are dropped. */
bool time_parse(struct str text, int64_t *ret_time);

/* date_format writes YYYY-MM-DD, "-" for DATE_NONE; returns out. */
const char *date_format(int32_t date, char out[DATE_SIZE]);
/* time_format writes YYYY-MM-DDThh:mm:ssZ, "-" for TIME_NONE; returns out. */
const char *time_format(int64_t time, char out[TIME_SIZE]);

/* time_to_date gives the day of a time, DATE_NONE for TIME_NONE and outside the years 1 to 9999. */
int32_t time_to_date(int64_t time);
/* date_checked and time_checked return what lies in the years 1 to 9999, else DATE_NONE and
 * TIME_NONE; for numbers from foreign files, so that differences of two cannot overflow. */
int32_t date_checked(int32_t date);
int64_t time_checked(int64_t time);
/* time_now is the clock of the machine. Only commands and collectors call it. */
int64_t time_now(void);
/* time_monotonic is for durations, in seconds. */
double time_monotonic(void);

/* duration_format writes a length in the largest unit that keeps meaning: "3 h", "208 d",
 * "2 y"; "now" below a minute. Returns out. */
const char *duration_format(int64_t seconds, char out[DATE_SIZE]);

#endif
