/*
 * Rows that fit by words of a name, where no pattern has the whole: "word:backup", "word:web
 * server" (two that stand together) and "ending:db" of a word. Not for other folders.
 */
#ifndef ASSAY_IDENTIFY_WORDS_H
#define ASSAY_IDENTIFY_WORDS_H

#include "identify/pattern.h"

/* The first row (in the order of rows) of all that a word of the name has and accept allows, or
 * PATTERN_NONE. Words are letters, digits and what is not ASCII; a capital letter behind a small
 * one begins another ("FreeFileSync"), and numbers at the end do not count ("php83"). */
uint32_t words_find(const struct pattern_index *index, struct str name, pattern_accept *accept,
                    const void *context);

#endif
