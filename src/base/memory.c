#include "base/memory.h"

#include <malloc.h>
#include <stdbool.h>
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

enum { LARGE_PAGE = 2 << 20 };

static bool large_arrays; /* mem_expect_arrays was called */

/* Asks for large pages for what of a block lies in whole ones. */
static void *place_array(void *block, size_t bytes)
{
    if (large_arrays && bytes >= LARGE_PAGE) {
        uintptr_t start = ((uintptr_t)block + LARGE_PAGE - 1) & ~(uintptr_t)(LARGE_PAGE - 1);
        uintptr_t end = ((uintptr_t)block + bytes) & ~(uintptr_t)(LARGE_PAGE - 1);
        if (end > start) {
            madvise((void *)start, end - start, MADV_HUGEPAGE);
        }
    }
    return block;
}

void *mem_alloc(size_t size)
{
    void *block = malloc(size ? size : 1);
    if (block == NULL) {
        out_of_memory();
    }
    return place_array(block, size);
}

void *mem_alloc_zero(size_t count, size_t size)
{
    void *block = calloc(count ? count : 1, size ? size : 1);
    if (block == NULL) {
        out_of_memory();
    }
    return place_array(block, count * size);
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
    return place_array(block, bytes);
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

/* The heap goes on one page before a boundary of large pages, with room for what is expected: a
 * large page must not be touched before it is asked for, and malloc writes at the beginning of what
 * it gets. What is freed stays. */
static void reserve_heap(size_t room)
{
    const uintptr_t page = 4096, large = LARGE_PAGE;
    uintptr_t end = (uintptr_t)sbrk(0), start = (end + page + large - 1) & ~(large - 1);
    if (end == UINTPTR_MAX || sbrk((intptr_t)(start - page - end)) == (void *)-1) {
        return;
    }
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_MMAP_MAX, 0); /* so much at once would be a mapping of its own */
    void *volatile block = malloc(room - page);
    free(block);
    mallopt(M_MMAP_MAX, 1 << 16);
    madvise((void *)start, room, MADV_HUGEPAGE);
}

void mem_expect_much(void)
{
    reserve_heap((size_t)64 << 20);
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
}

/* Arrays are mappings, which move without being copied when they grow; tasks share the heap, so
 * that what one frees is there for the next. */
void mem_expect_arrays(void)
{
    reserve_heap((size_t)192 << 20);
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_TOP_PAD, 64 << 20);
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    large_arrays = true;
}
