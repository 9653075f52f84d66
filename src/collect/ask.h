/*
 * Inside of collect/: what asking this machine and asking another have in common.
 */
#ifndef ASSAY_COLLECT_ASK_H
#define ASSAY_COLLECT_ASK_H

#include "inventory/inventory.h"

/* A nonce as text, with its zero byte. */
enum { ASK_NONCE = 33 };

int ask_make_nonce(char out[ASK_NONCE], struct error *err);
/* ask_note adds to the inventory's notes how the asking ended (NULL: well) and the first line of
 * what the probe complained of. */
void ask_note(const char *what, struct str complaints, struct inventory *inventory);

#endif
