/* What only src/accept sees: reading one document. */
#ifndef ASSAY_ACCEPT_READER_H
#define ASSAY_ACCEPT_READER_H

#include "accept/accept.h"
#include "json/json_reader.h"

struct accept_reader {
    struct accept_rules *rules;
    struct arena *arena;
    struct str document;
    uint32_t bad; /* items left out so far */
};

/* accept_add appends a rule. ERR_LIMIT above LIMIT_ACCEPT_RULES. */
int accept_add(struct accept_reader *reader, const struct accept_rule *rule, struct error *err);

/* accept_text reads a member that must be a text of 1 to limit bytes that is not blank. */
int accept_text(struct json holder, const char *key, size_t limit, struct str *ret,
                struct error *err);
/* accept_problem notes what readers of reports must know of the document. */
void accept_problem(struct accept_reader *reader, struct str problem);
/* accept_bad notes that an item was left out, and why; the first ones each. */
void accept_bad(struct accept_reader *reader, const struct error *err);
/* ACCEPT_NAMED: items whose fault is worked out. */
enum { ACCEPT_NAMED = 20 };

/* rules.c, vex.c: one document each, whose root is an object. */
int accept_read_rules(struct accept_reader *reader, struct json root, struct error *err);
int accept_read_vex(struct accept_reader *reader, struct json root, struct error *err);

#endif
