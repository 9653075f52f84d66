/*
 * The words of a name that Windows shows, in lower case, each with what it is: a name of the
 * product, or noise of the installer (architecture, language, version, edition).
 */
#ifndef ASSAY_IDENTIFY_PHRASE_H
#define ASSAY_IDENTIFY_PHRASE_H

#include "base/limits.h"
#include "base/str.h"

enum { PHRASE_WORDS = 16 }; /* longer names tell no more */

enum word_kind {
    WORD_PLAIN,
    WORD_EDITION, /* "professional": NVD has it in some names */
    WORD_NUMBER,  /* a whole number: of the version, or of the name ("pgAdmin 4") */
    WORD_YEAR     /* likewise */
};

struct phrase {
    struct str words[PHRASE_WORDS]; /* in bytes */
    enum word_kind kinds[PHRASE_WORDS];
    unsigned count;
    char bytes[LIMIT_NAME];
};

/* phrase_cut leaves out what is never part of a product's name: versions, architectures,
 * languages, marks of brands and what stands in brackets. */
void phrase_cut(struct str name, struct phrase *ret);

/* phrase_plain writes "u" for the micro sign and leaves out marks of brands and blanks too many,
 * no-break ones with them. */
struct str phrase_plain(struct str name, char *out, size_t size);

/* phrase_join writes count words with joint between them ('\0': letters and digits alone, none
 * between); "" when they do not fit. */
struct str phrase_join(const struct str *words, unsigned count, char joint, char *out, size_t size);

#endif
