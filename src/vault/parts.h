/* What only src/vault sees: integers and texts in its binary forms (little-endian; a text is its
 * length in 4 bytes and its bytes). */
#ifndef ASSAY_VAULT_PARTS_H
#define ASSAY_VAULT_PARTS_H

#include "base/buf.h"

/* The takers move *bytes on; false when it has too few. */
bool part_take_u32(struct str *bytes, uint32_t *ret);
bool part_take_u64(struct str *bytes, uint64_t *ret);
bool part_take_bytes(struct str *bytes, size_t len, struct str *ret);
bool part_take_text(struct str *bytes, struct str *ret);

void part_put_u32(struct buf *out, uint32_t value);
void part_put_u64(struct buf *out, uint64_t value);
void part_put_text(struct buf *out, struct str text);

/* The same into bytes that are there. */
void part_write_u32(unsigned char out[4], uint32_t value);
void part_write_u64(unsigned char out[8], uint64_t value);

#endif
