/*
 * A table that gives every distinct text a number, from 0 in order of first sight.
 */
#ifndef ASSAY_BASE_INTERN_H
#define ASSAY_BASE_INTERN_H

#include "base/arena.h"

#define INTERN_NONE UINT32_MAX

struct intern_slot {
    uint32_t hash;
    uint32_t id; /* INTERN_NONE: empty */
};

struct intern {
    struct arena arena;
    struct str *texts; /* by id */
    uint32_t count, capacity;
    struct intern_slot *slots;
    uint32_t slot_mask; /* slots - 1, a power of two minus one; 0 while empty */
};

void intern_init(struct intern *intern);
void intern_done(struct intern *intern);
/* intern_reserve makes room for count texts, which are then added faster. */
void intern_reserve(struct intern *intern, uint32_t count);
/* intern_add returns the text's number, copying the text when it is new. */
uint32_t intern_add(struct intern *intern, struct str text);
/* intern_lend is intern_add that does not copy: the text must stay as long as the table. */
uint32_t intern_lend(struct intern *intern, struct str text);
/* intern_fill lends many texts, none of which is in the table, each once; they get the next
 * numbers in order. The array may go afterwards. */
void intern_fill(struct intern *intern, const struct str *texts, uint32_t count);
/* intern_find returns the text's number, or INTERN_NONE. */
uint32_t intern_find(const struct intern *intern, struct str text);
/* intern_text borrows the text of a number that intern_add gave. */
struct str intern_text(const struct intern *intern, uint32_t id);

#endif
