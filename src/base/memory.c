#include "base/memory.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void __attribute__((noreturn)) out_of_memory(void)
{
    static const char text[] = "assay: out of memory\n";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
    _exit(4);
}

void *mem_alloc(size_t size)
{
    void *block = malloc(size ? size : 1);
    if (block == NULL) {
        out_of_memory();
    }
    return block;
}

void *mem_alloc_zero(size_t count, size_t size)
{
    void *block = calloc(count ? count : 1, size ? size : 1);
    if (block == NULL) {
        out_of_memory();
    }
    return block;
}

void *mem_grow(void *block, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        out_of_memory();
    }
    block = realloc(block, bytes ? bytes : 1);
    if (block == NULL) {
        out_of_memory();
    }
    return block;
}

char *mem_dup_text(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(mem_alloc(size), text, size);
}

void mem_free_pointer(void *pointer_address)
{
    void **pointer = pointer_address;
    free(*pointer);
    *pointer = NULL;
}

/* The heap goes on one page before a boundary of large pages, with room for all that an assessment
 * takes: a large page must not be touched before it is asked for, and malloc writes at the
 * beginning of what it gets. What is freed stays, and arrays grow in the heap instead of in
 * mappings of their own. */
void mem_expect_much(void)
{
    const uintptr_t page = 4096, large = 2 << 20, room = 32 * large;
    uintptr_t end = (uintptr_t)sbrk(0), start = (end + page + large - 1) & ~(large - 1);
    if (end == UINTPTR_MAX || sbrk((intptr_t)(start - page - end)) == (void *)-1) {
        return;
    }
    mallopt(M_TRIM_THRESHOLD, 2 * (int)room);
    mallopt(M_MMAP_THRESHOLD, (int)room / 2);
    /* malloc maps what is above the threshold, so two halves. */
    void *volatile low = malloc(room / 2 - page), *volatile high = malloc(room / 2 - page);
    free(high);
    free(low);
    madvise((void *)start, room, MADV_HUGEPAGE);
}
