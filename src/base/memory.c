#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
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
