/*
 * Text for people: what foreign strings become before they are shown, how wide they are, how
 * numbers and durations are written.
 */
#ifndef ASSAY_REPORT_TEXT_H
#define ASSAY_REPORT_TEXT_H

#include "base/arena.h"
#include "base/buf.h"

/* What stands where a byte or character cannot be shown: U+FFFD. */
#define TEXT_REPLACEMENT 0xfffdu

/* text_next takes the next character out of *rest. Malformed UTF-8 (one byte), control
 * characters and those that turn the direction of writing are given as TEXT_REPLACEMENT; tabs
 * and line ends as a blank. False at the end. */
bool text_next(struct str *rest, uint32_t *ret_character);
void text_put_character(struct buf *out, uint32_t character);

/* text_put_clean appends s with every character as text_next gives it. */
void text_put_clean(struct buf *out, struct str s);
/* text_clean copies s in that form to arena. */
struct str text_clean(struct arena *arena, struct str s);

/* text_width is the number of terminal columns that s takes. */
unsigned text_width(struct str s);
/* text_put_fit appends s cut to width columns, the last one "…" when it was cut, and returns
 * the columns used. */
unsigned text_put_fit(struct buf *out, struct str s, unsigned width);
/* text_put_middle is text_put_fit that leaves out from the middle. */
unsigned text_put_middle(struct buf *out, struct str s, unsigned width);
/* text_put_wrapped appends s broken at blanks into pieces of at most width columns; lines after
 * the first begin with indent blanks, which do not count. */
void text_put_wrapped(struct buf *out, struct str s, unsigned width, unsigned indent);
/* text_put_held is text_put_clean with no-break spaces for blanks: text_put_wrapped does not
 * break there and writes blanks again. */
void text_put_held(struct buf *out, struct str s);
void text_put_blanks(struct buf *out, unsigned count);

/* text_put_number groups digits: 12,345. */
void text_put_number(struct buf *out, uint64_t number);
/* text_put_count appends "1 package", "2,000 packages". */
void text_put_count(struct buf *out, uint64_t number, const char *one, const char *many);
/* text_put_days appends a number of days in the largest unit that keeps meaning, with words:
 * "1 day", "586 days", "3 years". */
void text_put_days(struct buf *out, int64_t days);
void text_put_date(struct buf *out, int32_t date);
/* text_put_score appends tenths as "9.8", "-" below 0. */
void text_put_score(struct buf *out, int score);
/* text_put_probability appends 0.71, 0.03, "<0.01", "-" below 0. */
void text_put_probability(struct buf *out, double probability);

#endif
