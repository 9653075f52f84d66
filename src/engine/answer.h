/* What only src/engine sees: what a worker says (enum worker_message), put together. A worker may
 * have been taken over by its target: everything is checked as foreign bytes are. */
#ifndef ASSAY_ENGINE_ANSWER_H
#define ASSAY_ENGINE_ANSWER_H

#include "collect/failure.h"
#include "collect/job.h"
#include "inventory/inventory.h"
#include "process/message.h"

enum { ANSWER_KEYS = 16 };

struct answer_key {
    bool jump, is_new;
    struct str type, fingerprint;
};

struct answer {
    struct arena arena;
    unsigned messages;
    bool done, authenticated, jump_authenticated;
    bool has_inventory;
    struct inventory inventory;
    const struct failure *failure; /* the last one, PROBE-PARTIAL too; NULL: none */
    struct str phase, message, method, checks;
    struct answer_key keys[ANSWER_KEYS];
    unsigned key_count;
};

void answer_init(struct answer *answer);
void answer_done(struct answer *answer);
/* answer_take adds a message. ERR_FORMAT for what no worker says, ERR_LIMIT for too many. */
int answer_take(struct answer *answer, const struct message *message, struct error *err);

#endif
