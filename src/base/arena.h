/*
 * An arena holds what dies together. Memory is handed out in order and freed at once.
 * Built with ASAN, every piece is its own block, so that an overrun is seen.
 */
#ifndef ASSAY_BASE_ARENA_H
#define ASSAY_BASE_ARENA_H

#include "base/str.h"

#include <stdarg.h>

struct arena_block;

struct arena {
    struct arena_block *blocks;
    char *at;    /* next free byte of the newest block */
    size_t left; /* bytes free there */
    size_t used; /* bytes handed out in all */
};

void arena_init(struct arena *arena);
void arena_done(struct arena *arena);
/* arena_clear forgets every piece and keeps a block for the next ones. */
void arena_clear(struct arena *arena);

/* arena_alloc returns size zeroed bytes, aligned for any type; never NULL. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((malloc, returns_nonnull));
#define arena_new(arena, type)          ((type *)arena_alloc((arena), sizeof(type)))
#define arena_array(arena, count, type) ((type *)arena_alloc((arena), (count) * sizeof(type)))

/* arena_str copies s and returns the copy, which is followed by a zero byte. */
struct str arena_str(struct arena *arena, struct str s);
/* arena_text is arena_str as terminated text. */
const char *arena_text(struct arena *arena, struct str s);
struct str arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct str arena_vprintf(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* arena_reserve makes room for one more element in an array that lives in an arena: the old
 * room is left behind when it grows. It sets items and capacity: name where they are kept. */
#define arena_reserve(arena, items, count, capacity)                                               \
    do {                                                                                           \
        if ((count) == (capacity)) {                                                               \
            (capacity) = (capacity) ? (capacity)*2 : 8;                                            \
            (items) = arena_grow((arena), (items), (count) * sizeof *(items),                      \
                                 (capacity) * sizeof *(items));                                    \
        }                                                                                          \
    } while (0)
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size)
    __attribute__((returns_nonnull));

#endif
