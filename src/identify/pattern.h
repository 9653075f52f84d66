/*
 * Name patterns of the tables: `*` any run, `?` one byte, `#` one digit, `|` between
 * alternatives; ASCII case is ignored. An index finds the row whose pattern matches a name
 * without trying them all. Not for other folders.
 */
#ifndef ASSAY_IDENTIFY_PATTERN_H
#define ASSAY_IDENTIFY_PATTERN_H

#include "base/str.h"

/* pattern_match tries every alternative; the empty pattern matches nothing. */
bool pattern_match(struct str pattern, struct str text);

#define PATTERN_NONE UINT32_MAX

struct pattern_entry {
    struct str pattern; /* one alternative */
    uint32_t row;
    uint32_t next; /* in its slot, or PATTERN_NONE */
    uint32_t hash; /* of the whole pattern, of its first letters, or of some inside */
    bool loose;    /* nowhere enough letters together to be found by */
};

struct pattern_index {
    struct pattern_entry *entries;
    uint32_t count, capacity;
    uint32_t *slots;
    uint32_t slot_mask;
    uint32_t *loose; /* entries, in the order of rows */
    uint32_t loose_count, loose_capacity;
    uint64_t *filter; /* a bit for each hash: most names are told absent by it */
    uint32_t filter_mask;
    bool has_inside; /* patterns that begin with a wildcard and are not loose */
};

/* An index over rows: add each row's pattern, then freeze once. Patterns are borrowed. */
void pattern_index_add(struct pattern_index *index, struct str pattern, uint32_t row);
void pattern_index_freeze(struct pattern_index *index);
void pattern_index_done(struct pattern_index *index);

typedef bool pattern_accept(const void *context, uint32_t row);

/* Both return the first row (in the order of rows) that has the name and that accept allows,
 * or PATTERN_NONE: one looks only at patterns without wildcards, the other at the rest. */
uint32_t pattern_index_exact(const struct pattern_index *index, struct str name,
                             pattern_accept *accept, const void *context);
uint32_t pattern_index_glob(const struct pattern_index *index, struct str name,
                            pattern_accept *accept, const void *context);

#endif
