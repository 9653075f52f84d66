/*
 * Package URLs (package-url/purl-spec): "pkg:TYPE/NAMESPACE/NAME@VERSION?QUALIFIERS#SUBPATH".
 */
#ifndef ASSAY_PURL_PURL_H
#define ASSAY_PURL_PURL_H

#include "base/arena.h"
#include "base/error.h"

/* Qualifiers beyond this number are left out; the types that are known have up to ten. */
enum { PURL_QUALIFIERS = 32 };

struct purl_qualifier {
    struct str key, value;
};

struct purl {
    struct str type;      /* lower case */
    struct str namespace; /* decoded, segments joined by '/', "" when there is none */
    struct str name;      /* decoded, lower case where the type says so */
    struct str version;   /* decoded, "" when there is none */
    struct str subpath;
    struct purl_qualifier qualifiers[PURL_QUALIFIERS]; /* keys lower case, no empty values */
    unsigned qualifier_count;
};

/* purl_parse reads by the specification's "How to parse a purl string"; texts are in arena.
 * ERR_FORMAT says what is missing or wrong. What a type requires beyond that (a version, a
 * namespace) is not asked for. */
int purl_parse(struct str text, struct arena *arena, struct purl *ret, struct error *err);

/* purl_get returns a qualifier's value, "" when it has none. */
struct str purl_get(const struct purl *purl, const char *key);

#endif
