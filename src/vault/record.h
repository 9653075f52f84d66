/*
 * The record of use: which credential was handed out for which target, a line each, beside the
 * vault. Nothing in it is secret.
 */
#ifndef ASSAY_VAULT_RECORD_H
#define ASSAY_VAULT_RECORD_H

#include "base/error.h"
#include "base/str.h"

/* record_use appends a line; above LIMIT_VAULT_RECORD the file is put aside (used.log.1) first. */
int record_use(const char *folder, uint64_t id, struct str target, struct error *err);

/* Uses of one credential in the records that are there. */
struct record_uses {
    uint64_t count;
    int64_t last;     /* TIME_NONE: never */
    char target[256]; /* of the last */
};
/* record_find reads them; a line that is not understood is passed over. */
int record_find(const char *folder, uint64_t id, struct record_uses *ret, struct error *err);

#endif
