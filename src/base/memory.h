/*
 * Allocation. Running out of memory ends the program with one line: every size that
 * foreign input can reach has a ceiling in base/limits.h, so what remains is a machine
 * without memory (docs/adr/0003-memory.md).
 */
#ifndef ASSAY_BASE_MEMORY_H
#define ASSAY_BASE_MEMORY_H

#include <stddef.h>

/* mem_alloc, mem_alloc_zero (count elements of size bytes, all zero) and mem_dup_text return memory
 * to free(). */
void *mem_alloc(size_t size) __attribute__((malloc, returns_nonnull));
void *mem_alloc_zero(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
/* mem_grow resizes to count elements of size bytes; the product is checked. */
void *mem_grow(void *block, size_t count, size_t size) __attribute__((returns_nonnull));
char *mem_dup_text(const char *text) __attribute__((malloc, returns_nonnull));

/* mem_expect_much, called early in main, tells that some megabytes will be needed soon: they come
 * in large pages where the system has them. Touching memory first costs 1 to 4 us for each page of
 * 4 kB, more than most work that is then done on it. */
void mem_expect_much(void);

/* mem_expect_arrays is mem_expect_much for hundreds of megabytes, most of them in large arrays. It
 * is for a program of one job: what is freed is kept until the end. */
void mem_expect_arrays(void);

/* Cleanup helpers for locals: `_cleanup_free_ char *path = NULL;` */
void mem_free_pointer(void *pointer_address);
#define _cleanup_free_ __attribute__((cleanup(mem_free_pointer)))

/* mem_reserve makes room for one more element in a growing array: ITEMS is the array, COUNT its
 * length, CAPACITY its room. It sets ITEMS and CAPACITY: name where they are kept, not a copy. */
#define mem_reserve(items, count, capacity)                                                        \
    do {                                                                                           \
        if ((count) == (capacity)) {                                                               \
            (capacity) = (capacity) ? (capacity)*2 : 16;                                           \
            (items) = mem_grow((items), (capacity), sizeof *(items));                              \
        }                                                                                          \
    } while (0)

#endif
