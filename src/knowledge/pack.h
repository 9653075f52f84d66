/*
 * Packing text blocks beside the reading of feeds, in a thread of its own where one can be
 * had: it costs as much as the parsing. Blocks come out in the order they went in, into memory
 * or, once there is one, into a file. Not for other folders.
 */
#ifndef ASSAY_KNOWLEDGE_PACK_H
#define ASSAY_KNOWLEDGE_PACK_H

#include "base/buf.h"
#include "base/error.h"
#include "knowledge/format.h"

struct packer;

/* What was packed, as packer_drain gives it. */
struct packed {
    uint64_t size;    /* bytes of all blocks */
    struct buf bytes; /* those that are not in the file; overflow: more than a file holds */
    struct record_text_block *blocks;
    uint32_t count, capacity;
    int failure; /* errno of the first write that failed */
};

struct packer *packer_new(void);
void packer_free(struct packer *packer);
/* packer_write_to has blocks written to fd from now on, the first one of all at offset. */
void packer_write_to(struct packer *packer, int fd, uint64_t offset);
/* packer_keep takes blocks over as they are, before any other; bytes must stay until
 * packer_drain. */
void packer_keep(struct packer *packer, struct str bytes, const void *blocks, uint32_t count);
/* packer_add takes a block's bytes out of *block, which is empty afterwards. */
void packer_add(struct packer *packer, struct buf *block);
/* packer_drain waits until everything is packed and gives the result, the packer's own. */
const struct packed *packer_drain(struct packer *packer);
/* packer_cut forgets all but the first count blocks, which have size bytes. */
void packer_cut(struct packer *packer, uint32_t count, uint64_t size);
/* packer_flush writes what is left in memory; then all of it is in the file. */
int packer_flush(struct packer *packer, struct error *err);

#endif
