/*
 * Makers: what Windows shows as the publisher against the vendors of CPE names.
 */
#ifndef ASSAY_IDENTIFY_PUBLISHER_H
#define ASSAY_IDENTIFY_PUBLISHER_H

#include "base/limits.h"
#include "base/str.h"

enum { PUBLISHER_WORDS = 12 };

/* A maker's name in letters and digits, lower case. */
struct publisher {
    struct str core;  /* without legal forms and the like: "foxit" */
    struct str whole; /* with them: "foxitsoftwareinc" */
    struct str word[PUBLISHER_WORDS];
    unsigned words, initial_count;
    char initials[LIMIT_NAME];
    char bytes[LIMIT_NAME], whole_bytes[LIMIT_NAME];
};

void publisher_cut(struct str text, struct publisher *ret);

/* publisher_is tells whether a vendor's name means the same maker. */
bool publisher_is(const struct publisher *publisher, struct str vendor);
bool publisher_has_word(const struct publisher *publisher, struct str word);

#endif
