/*
 * What only src/vault sees: the vault's file as bytes, before anything in it is believed
 * (docs/formats/vault.md). Nothing here decrypts.
 */
#ifndef ASSAY_VAULT_FORMAT_H
#define ASSAY_VAULT_FORMAT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

enum {
    VAULT_ID_SIZE = 16,
    VAULT_HEADER = 64,
    VAULT_BOUND = 32, /* bytes of the header that the wrapped key is bound to */
    VAULT_CHECKSUM = 16,
    VAULT_MAC = 32,
    VAULT_TRAILER = VAULT_CHECKSUM + VAULT_MAC,
    VAULT_BOX_EXTRA = 24 + 16, /* nonce before, tag behind */
    VAULT_WRAP_SECTION = 64 << 10
};

struct vault_record {
    uint64_t id;
    uint32_t kind, version;
    struct str details, secret; /* boxes */
};

struct vault_file {
    uint32_t wrap;
    unsigned char vault_id[VAULT_ID_SIZE];
    uint64_t generation; /* grows by one with every change */
    uint64_t next_id;
    struct str wrap_section;
    struct vault_record *records; /* by id */
    uint32_t record_count;
};

/* format_read takes the file apart; records are put in arena, texts stay views of bytes. ERR_FORMAT
 * for what is no vault, is cut or has more than its parts, ERR_VERSION, ERR_LIMIT. */
int format_read(struct str bytes, struct arena *arena, struct vault_file *ret, struct error *err);

/* The trailer's two values and what each is computed of. bytes were read. */
struct str format_checked(struct str bytes);
struct str format_checksum(struct str bytes);
struct str format_authenticated(struct str bytes);
struct str format_mac(struct str bytes);

/* format_write appends all but the trailer. */
void format_write(const struct vault_file *file, struct buf *out);
/* format_bound writes the bytes of the header that the wrapped key is bound to. */
void format_bound(const struct vault_file *file, unsigned char out[VAULT_BOUND]);

#endif
