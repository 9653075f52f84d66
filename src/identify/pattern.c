#include "identify/pattern.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Letters that a pattern is filed under: enough to tell most names apart. */
enum { PREFIX_MAX = 4 };

static bool is_wild(char c)
{
    return c == '*' || c == '?' || c == '#';
}

static bool match_byte(char pattern, char text)
{
    if (pattern == '?') {
        return true;
    }
    return pattern == '#' ? str_is_digit(text) : str_lower_byte(pattern) == str_lower_byte(text);
}

static bool match_one(struct str pattern, struct str text)
{
    size_t p = 0, t = 0, star = SIZE_MAX, mark = 0;
    while (t < text.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.len && match_byte(pattern.ptr[p], text.ptr[t])) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*') {
        p++;
    }
    return p == pattern.len;
}

bool pattern_match(struct str pattern, struct str text)
{
    struct str one;
    if (pattern.len == 0) {
        return false;
    }
    while (str_split_byte(&pattern, '|', &one)) {
        if (match_one(one, text)) {
            return true;
        }
    }
    return false;
}

static uint32_t hash_lower(const char *ptr, size_t len, uint32_t seed)
{
    uint32_t hash = 2166136261u ^ seed;
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ (unsigned char)str_lower_byte(ptr[i])) * 16777619u;
    }
    return hash ^ (hash >> 15);
}

/* A bit for each pair of neighbouring bytes: a pattern whose bits a text lacks cannot match,
 * which spares
 * most patterns that begin with `*`. The others are told apart by their first letters. */
static uint64_t pair_bits(struct str text, bool pattern)
{
    uint64_t bits = 0;
    for (size_t i = 1; i < text.len; i++) {
        unsigned char a = (unsigned char)str_lower_byte(text.ptr[i - 1]);
        unsigned char b = (unsigned char)str_lower_byte(text.ptr[i]);
        if (!pattern || (!is_wild((char)a) && !is_wild((char)b))) {
            bits |= UINT64_C(1) << ((a * 37u + b * 11u) & 63);
        }
    }
    return bits;
}

/* Exact patterns are hashed whole with seed 0, others by their first letters with seed 1. */
static struct pattern_entry make_entry(struct str pattern, uint32_t row)
{
    struct pattern_entry entry = {.pattern = pattern, .row = row, .next = PATTERN_NONE};
    size_t literal = 0;
    while (literal < pattern.len && !is_wild(pattern.ptr[literal])) {
        literal++;
    }
    if (literal == pattern.len) {
        entry.hash = hash_lower(pattern.ptr, pattern.len, 0);
    } else if (literal >= PREFIX_MAX) {
        entry.hash = hash_lower(pattern.ptr, PREFIX_MAX, 1);
    } else {
        entry.hash = hash_lower(pattern.ptr, literal, 1);
        entry.pairs = pair_bits(pattern, true);
    }
    return entry;
}

void pattern_index_add(struct pattern_index *index, struct str pattern, uint32_t row)
{
    struct str one;
    if (pattern.len == 0) {
        return;
    }
    while (str_split_byte(&pattern, '|', &one)) {
        mem_reserve(index->entries, index->count, index->capacity);
        index->entries[index->count++] = make_entry(one, row);
    }
}

void pattern_index_freeze(struct pattern_index *index)
{
    uint32_t slots = 16;
    while (slots < index->count * 2) {
        slots *= 2;
    }
    index->slot_mask = slots - 1;
    index->slots = mem_alloc(slots * sizeof *index->slots);
    memset(index->slots, 0xff, slots * sizeof *index->slots);
    for (uint32_t i = index->count; i-- > 0;) {
        uint32_t *slot = &index->slots[index->entries[i].hash & index->slot_mask];
        index->entries[i].next = *slot;
        *slot = i;
    }
}

void pattern_index_done(struct pattern_index *index)
{
    free(index->entries);
    free(index->slots);
    memset(index, 0, sizeof *index);
}

/* Entries of a slot stand in the order of rows: the first that fits is the answer. */
static uint32_t find_in_slot(const struct pattern_index *index, uint32_t hash, struct str name,
                             uint64_t pairs, uint32_t limit, pattern_accept *accept,
                             const void *context)
{
    uint32_t at = index->slots[hash & index->slot_mask];
    for (; at != PATTERN_NONE; at = index->entries[at].next) {
        const struct pattern_entry *entry = &index->entries[at];
        if (entry->row >= limit) {
            break;
        }
        if (entry->hash == hash && (entry->pairs & ~pairs) == 0 &&
            match_one(entry->pattern, name) && (accept == NULL || accept(context, entry->row))) {
            return entry->row;
        }
    }
    return PATTERN_NONE;
}

uint32_t pattern_index_exact(const struct pattern_index *index, struct str name,
                             pattern_accept *accept, const void *context)
{
    if (index->slots == NULL || name.len == 0) {
        return PATTERN_NONE;
    }
    return find_in_slot(index, hash_lower(name.ptr, name.len, 0), name, UINT64_MAX, PATTERN_NONE,
                        accept, context);
}

uint32_t pattern_index_glob(const struct pattern_index *index, struct str name,
                            pattern_accept *accept, const void *context)
{
    uint32_t best = PATTERN_NONE;
    if (index->slots == NULL || name.len == 0) {
        return PATTERN_NONE;
    }
    uint64_t pairs = pair_bits(name, false);
    for (size_t len = 0; len <= PREFIX_MAX && len <= name.len; len++) {
        uint32_t row =
            find_in_slot(index, hash_lower(name.ptr, len, 1), name, pairs, best, accept, context);
        best = row < best ? row : best;
    }
    return best;
}
