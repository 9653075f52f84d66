#include "knowledge/pack.h"

#include "base/limits.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PACK_LEVEL = 1, /* the best level is a sixth smaller and takes twenty times as long */
    QUEUE = 16,     /* blocks that may wait */
    CHUNK = 1 << 20 /* bytes that are written at once */
};

struct packer {
    struct libdeflate_compressor *compressor;
    struct packed packed;
    struct buf queue[QUEUE];
    struct str kept; /* to be written before the first block */
    int fd;          /* -1: none */
    uint64_t offset; /* of the first block in the file */
    unsigned first, waiting;
    bool threaded, stop;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

/* Writes bytes, which follow what was written before, and has the disk begin with them. */
static void write_bytes(struct packer *packer, struct str bytes, uint64_t at)
{
    uint64_t offset = packer->offset + at;
    for (size_t done = 0; done < bytes.len && packer->packed.failure == 0;) {
        ssize_t wrote =
            pwrite(packer->fd, bytes.ptr + done, bytes.len - done, (off_t)(offset + done));
        if (wrote > 0) {
            done += (size_t)wrote;
        } else if (wrote == 0 || errno != EINTR) {
            packer->packed.failure = wrote == 0 ? EIO : errno;
        }
    }
    sync_file_range(packer->fd, (off_t)offset, (off_t)bytes.len, SYNC_FILE_RANGE_WRITE);
}

static void write_kept(struct packer *packer)
{
    if (packer->fd >= 0) {
        write_bytes(packer, packer->kept, 0);
    } else {
        buf_put_str(&packer->packed.bytes, packer->kept);
    }
}

static void write_packed(struct packer *packer)
{
    struct packed *packed = &packer->packed;
    write_bytes(packer, buf_view(&packed->bytes), packed->size - packed->bytes.len);
    buf_clear(&packed->bytes);
}

static void pack_block(struct packer *packer, const struct buf *block)
{
    struct packed *packed = &packer->packed;
    size_t room = libdeflate_deflate_compress_bound(packer->compressor, block->len);
    if (packer->fd >= 0 && packed->bytes.len >= CHUNK) {
        write_packed(packer);
    }
    char *at = buf_reserve(&packed->bytes, room);
    if (at == NULL || packed->size > LIMIT_KNOWLEDGE / 2) {
        packed->bytes.overflow = true;
        return;
    }
    size_t len = libdeflate_deflate_compress(packer->compressor, block->data, block->len, at, room);
    mem_reserve(packed->blocks, packed->count, packed->capacity);
    packed->blocks[packed->count++] =
        (struct record_text_block){packed->size, (uint32_t)len, (uint32_t)block->len};
    packed->bytes.len += len;
    packed->size += len;
}

static void *work(void *context)
{
    struct packer *packer = context;
    pthread_mutex_lock(&packer->lock);
    for (;;) {
        while (packer->waiting == 0 && packer->kept.len == 0 && !packer->stop) {
            pthread_cond_wait(&packer->changed, &packer->lock);
        }
        if (packer->kept.len > 0) {
            pthread_mutex_unlock(&packer->lock);
            write_kept(packer);
            pthread_mutex_lock(&packer->lock);
            packer->kept = STR("");
            pthread_cond_broadcast(&packer->changed);
            continue;
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
    packer->fd = -1;
    packer->kept = STR("");
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

const struct packed *packer_drain(struct packer *packer)
{
    pthread_mutex_lock(&packer->lock);
    while (packer->waiting > 0 || (packer->threaded && packer->kept.len > 0)) {
        pthread_cond_wait(&packer->changed, &packer->lock);
    }
    pthread_mutex_unlock(&packer->lock);
    return &packer->packed;
}

void packer_write_to(struct packer *packer, int fd, uint64_t offset)
{
    packer->fd = fd;
    packer->offset = offset;
}

void packer_keep(struct packer *packer, struct str bytes, const void *blocks, uint32_t count)
{
    struct packed *packed = &packer->packed;
    packed->blocks = mem_grow(packed->blocks, count ? count : 1, sizeof *packed->blocks);
    packed->count = packed->capacity = count;
    if (count > 0) {
        memcpy(packed->blocks, blocks, count * sizeof *packed->blocks);
    }
    pthread_mutex_lock(&packer->lock);
    packed->size = bytes.len;
    packer->kept = bytes;
    if (!packer->threaded) {
        write_kept(packer);
        packer->kept = STR("");
    }
    pthread_cond_broadcast(&packer->changed);
    pthread_mutex_unlock(&packer->lock);
}

void packer_cut(struct packer *packer, uint32_t count, uint64_t size)
{
    struct packed *packed = &packer->packed;
    packer_drain(packer);
    uint64_t written = packed->size - packed->bytes.len;
    packed->bytes.len = size > written ? size - written : 0;
    packed->count = count;
    packed->size = size;
}

int packer_flush(struct packer *packer, struct error *err)
{
    packer_drain(packer);
    write_packed(packer);
    errno = packer->packed.failure;
    return errno != 0 ? error_set_errno(err, "write") : 0;
}
