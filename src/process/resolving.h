/*
 * What the manager and the resolver say to each other, as messages (process/message.h) over a
 * socket pair: questions with a number, answers in any order.
 */
#ifndef ASSAY_PROCESS_RESOLVING_H
#define ASSAY_PROCESS_RESOLVING_H

#include "base/buf.h"
#include "base/error.h"

/* The resolver's descriptor. */
enum { RESOLVER_FD = 3 };

enum resolver_message {
    RESOLVER_QUESTION = 1, /* number (u32), name */
    RESOLVER_ANSWER = 2    /* number (u32), state (u8), then addresses: family (4 or 6), 16 bytes */
};

enum resolved_state { RESOLVED_OK, RESOLVED_UNKNOWN, RESOLVED_FAILED };

/* More addresses than a target can sensibly be tried at. */
enum { RESOLVED_MAX = 8 };

struct resolved_address {
    uint8_t family;
    uint8_t bytes[16];
};

struct resolved {
    uint32_t number;
    enum resolved_state state;
    struct resolved_address addresses[RESOLVED_MAX]; /* in the order in which to try them */
    unsigned count;
};

/* A question's body in out; resolving_read_question gives name as a view of body. */
void resolving_write_question(uint32_t number, struct str name, struct buf *out);
bool resolving_read_question(struct str body, uint32_t *ret_number, struct str *ret_name);
void resolving_write_answer(const struct resolved *answer, struct buf *out);
bool resolving_read_answer(struct str body, struct resolved *ret);

#endif
