#include "base/arena.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ONE_BLOCK_EACH 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ONE_BLOCK_EACH 1
#endif
#endif
#ifndef ONE_BLOCK_EACH
#define ONE_BLOCK_EACH 0
#endif

enum { ALIGNMENT = 16, BLOCK_SIZE = 64 * 1024 };

struct arena_block {
    struct arena_block *next;
    char pad[ALIGNMENT - sizeof(struct arena_block *)];
    char bytes[];
};

void arena_init(struct arena *arena)
{
    *arena = (struct arena){0};
}

void arena_done(struct arena *arena)
{
    struct arena_block *block = arena->blocks;
    while (block != NULL) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
    *arena = (struct arena){0};
}

static void add_block(struct arena *arena, size_t size)
{
    struct arena_block *block = mem_alloc(sizeof *block + size);
    block->next = arena->blocks;
    arena->blocks = block;
    arena->at = block->bytes;
    arena->left = size;
}

/* The next size bytes, as they are. */
static char *take_piece(struct arena *arena, size_t size)
{
    size_t rounded = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (ONE_BLOCK_EACH) {
        add_block(arena, size);
        arena->left = 0;
        arena->used += size;
        return arena->at;
    }
    if (rounded > arena->left) {
        add_block(arena, rounded > BLOCK_SIZE ? rounded : BLOCK_SIZE);
    }
    char *piece = arena->at;
    arena->at += rounded;
    arena->left -= rounded;
    arena->used += rounded;
    return piece;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(take_piece(arena, size), 0, size);
}

/* The newest block stays. */
void arena_clear(struct arena *arena)
{
    struct arena_block *kept = ONE_BLOCK_EACH ? NULL : arena->blocks;
    if (kept == NULL) {
        arena_done(arena);
        return;
    }
    size_t used = (size_t)(arena->at - kept->bytes);
    struct arena rest = {.blocks = kept->next};
    arena_done(&rest);
    kept->next = NULL;
    *arena = (struct arena){.blocks = kept, .at = kept->bytes, .left = arena->left + used};
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size)
{
    void *bigger = arena_alloc(arena, new_size);
    if (old_size > 0) {
        memcpy(bigger, old, old_size);
    }
    return bigger;
}

struct str arena_str(struct arena *arena, struct str s)
{
    char *copy = take_piece(arena, s.len + 1);
    if (s.len > 0) {
        memcpy(copy, s.ptr, s.len);
    }
    copy[s.len] = '\0';
    return (struct str){copy, s.len};
}

const char *arena_text(struct arena *arena, struct str s)
{
    return arena_str(arena, s).ptr;
}

struct str arena_vprintf(struct arena *arena, const char *format, va_list args)
{
    char small[256];
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(small, sizeof small, format, args);
    size_t size = len < 0 ? 0 : (size_t)len;
    char *text = take_piece(arena, size + 1);
    if (size < sizeof small) {
        memcpy(text, small, size);
        text[size] = '\0';
    } else {
        vsnprintf(text, size + 1, format, again);
    }
    va_end(again);
    return (struct str){text, size};
}

struct str arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct str text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}
