#include "knowledge/pack.h"

#include "base/limits.h"
#include "base/memory.h"

#include <libdeflate.h>
#include <pthread.h>
#include <stdlib.h>

enum {
    PACK_LEVEL = 1, /* the best level is a sixth smaller and takes twenty times as long */
    QUEUE = 16      /* blocks that may wait */
};

struct packer {
    struct libdeflate_compressor *compressor;
    struct packed packed;
    struct buf queue[QUEUE];
    unsigned first, waiting;
    bool threaded, stop;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

static void pack_block(struct packer *packer, const struct buf *block)
{
    struct packed *packed = &packer->packed;
    size_t room = libdeflate_deflate_compress_bound(packer->compressor, block->len);
    char *at = buf_reserve(&packed->bytes, room);
    if (at == NULL) {
        return;
    }
    size_t len = libdeflate_deflate_compress(packer->compressor, block->data, block->len, at, room);
    mem_reserve(packed->blocks, packed->count, packed->capacity);
    packed->blocks[packed->count++] =
        (struct record_text_block){packed->bytes.len, (uint32_t)len, (uint32_t)block->len};
    packed->bytes.len += len;
}

static void *work(void *context)
{
    struct packer *packer = context;
    pthread_mutex_lock(&packer->lock);
    for (;;) {
        while (packer->waiting == 0 && !packer->stop) {
            pthread_cond_wait(&packer->changed, &packer->lock);
        }
        if (packer->waiting == 0) {
            break;
        }
        /* The block stays in its place until it is packed: drain counts it. */
        struct buf *block = &packer->queue[packer->first];
        pthread_mutex_unlock(&packer->lock);
        pack_block(packer, block);
        buf_clear(block);
        pthread_mutex_lock(&packer->lock);
        packer->first = (packer->first + 1) % QUEUE;
        packer->waiting--;
        pthread_cond_broadcast(&packer->changed);
    }
    pthread_mutex_unlock(&packer->lock);
    return NULL;
}

struct packer *packer_new(void)
{
    struct packer *packer = mem_alloc_zero(1, sizeof *packer);
    packer->compressor = libdeflate_alloc_compressor(PACK_LEVEL);
    buf_init(&packer->packed.bytes, LIMIT_KNOWLEDGE / 2);
    for (unsigned i = 0; i < QUEUE; i++) {
        buf_init(&packer->queue[i], LIMIT_KNOWLEDGE_BLOCK);
    }
    pthread_mutex_init(&packer->lock, NULL);
    pthread_cond_init(&packer->changed, NULL);
    packer->threaded = pthread_create(&packer->thread, NULL, work, packer) == 0;
    return packer;
}

void packer_free(struct packer *packer)
{
    if (packer == NULL) {
        return;
    }
    if (packer->threaded) {
        pthread_mutex_lock(&packer->lock);
        packer->stop = true;
        pthread_cond_broadcast(&packer->changed);
        pthread_mutex_unlock(&packer->lock);
        pthread_join(packer->thread, NULL);
    }
    pthread_mutex_destroy(&packer->lock);
    pthread_cond_destroy(&packer->changed);
    for (unsigned i = 0; i < QUEUE; i++) {
        buf_done(&packer->queue[i]);
    }
    buf_done(&packer->packed.bytes);
    free(packer->packed.blocks);
    libdeflate_free_compressor(packer->compressor);
    free(packer);
}

void packer_add(struct packer *packer, struct buf *block)
{
    if (!packer->threaded) {
        pack_block(packer, block);
        buf_clear(block);
        return;
    }
    pthread_mutex_lock(&packer->lock);
    while (packer->waiting == QUEUE) {
        pthread_cond_wait(&packer->changed, &packer->lock);
    }
    /* Swapped for the empty buffer of a block that was packed before. */
    struct buf *place = &packer->queue[(packer->first + packer->waiting) % QUEUE];
    struct buf empty = *place;
    *place = *block;
    *block = empty;
    packer->waiting++;
    pthread_cond_broadcast(&packer->changed);
    pthread_mutex_unlock(&packer->lock);
}

struct packed *packer_drain(struct packer *packer)
{
    pthread_mutex_lock(&packer->lock);
    while (packer->waiting > 0) {
        pthread_cond_wait(&packer->changed, &packer->lock);
    }
    pthread_mutex_unlock(&packer->lock);
    return &packer->packed;
}
