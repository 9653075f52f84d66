/*
 * Packing text blocks beside the reading of feeds, in a thread of its own where one can be
 * had: it costs as much as the parsing. Blocks come out in the order they went in.
 */
#ifndef ASSAY_KNOWLEDGE_PACK_H
#define ASSAY_KNOWLEDGE_PACK_H

#include "base/buf.h"
#include "knowledge/format.h"

struct packer;

/* What was packed; the caller may look at and cut it after packer_drain. */
struct packed {
    struct buf bytes; /* overflow: more than a knowledge file holds */
    struct record_text_block *blocks;
    uint32_t count, capacity;
};

struct packer *packer_new(void);
void packer_free(struct packer *packer);
/* packer_add takes a block's bytes out of *block, which is empty afterwards. */
void packer_add(struct packer *packer, struct buf *block);
/* packer_drain waits until everything is packed and gives the result, the packer's own. */
struct packed *packer_drain(struct packer *packer);

#endif
