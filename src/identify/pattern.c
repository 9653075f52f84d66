#include "identify/pattern.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Letters that a pattern is filed under: enough to tell most names apart. */
enum { PREFIX_MAX = 4, INSIDE_LEN = 3 };

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

/* A letter as hashes take it: equal for both cases. Other characters may become equal too, which is
 * why every candidate is matched in the end. */
static uint32_t fold(char c)
{
    return (unsigned char)c | 0x20u;
}

enum { WHOLE = 1, BEGINNING = 2 }; /* seeds */

static uint32_t add_byte(uint32_t hash, char c)
{
    return (hash ^ fold(c)) * 16777619u;
}

static uint32_t finish_hash(uint32_t hash)
{
    return hash ^ (hash >> 15);
}

static uint32_t hash_text(struct str text, uint32_t seed)
{
    uint32_t hash = seed * 2166136261u;
    for (size_t i = 0; i < text.len; i++) {
        hash = add_byte(hash, text.ptr[i]);
    }
    return finish_hash(hash);
}

/* Three letters in one number, as they go by: the one before without its first, and the next. */
static uint32_t slide(uint32_t letters, char next)
{
    return letters >> 8 | fold(next) << 16;
}

static uint32_t hash_letters(uint32_t letters)
{
    return finish_hash(letters * 2654435761u);
}

/* The word of the filter that a hash is in, and its bit. */
static uint64_t *find_bit(const struct pattern_index *index, uint32_t hash, uint64_t *ret_bit)
{
    *ret_bit = UINT64_C(1) << (hash >> 26);
    return &index->filter[hash >> 8 & index->filter_mask];
}

static bool may_have(const struct pattern_index *index, uint32_t hash)
{
    uint64_t bit;
    return (*find_bit(index, hash, &bit) & bit) != 0;
}

/* The first letters together that a pattern without a beginning has, as many as it is filed under;
 * empty: it has nowhere so many. */
static struct str find_inside(struct str pattern)
{
    size_t start = 0;
    for (size_t i = 0; i < pattern.len; i++) {
        start = is_wild(pattern.ptr[i]) ? i + 1 : start;
        if (i + 1 - start == INSIDE_LEN) {
            return str_sub(pattern, start, INSIDE_LEN);
        }
    }
    return STR("");
}

/* Patterns without wildcards are filed whole, the rest under their first letters, those that begin
 * with a wildcard under the first letters inside; the few that have none of these are loose. */
static struct pattern_entry make_entry(struct str pattern, uint32_t row)
{
    struct pattern_entry entry = {.pattern = pattern, .row = row, .next = PATTERN_NONE};
    size_t literal = 0;
    while (literal < pattern.len && !is_wild(pattern.ptr[literal])) {
        literal++;
    }
    if (literal == pattern.len) {
        entry.hash = hash_text(pattern, WHOLE);
    } else if (literal > 0) {
        entry.hash =
            hash_text(str_sub(pattern, 0, literal < PREFIX_MAX ? literal : PREFIX_MAX), BEGINNING);
    } else {
        struct str inside = find_inside(pattern);
        for (size_t i = 0; i < inside.len; i++) {
            entry.hash = slide(entry.hash, inside.ptr[i]);
        }
        entry.hash = hash_letters(entry.hash);
        entry.loose = inside.len == 0;
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

static void file_loose(struct pattern_index *index, uint32_t entry)
{
    mem_reserve(index->loose, index->loose_count, index->loose_capacity);
    index->loose[index->loose_count++] = entry;
}

/* A bit is set in one of sixteen places: few absent names meet one. */
static void make_filter(struct pattern_index *index)
{
    uint32_t words = 1;
    while (words * 4 < index->count) {
        words *= 2;
    }
    index->filter_mask = words - 1;
    index->filter = mem_alloc(words * sizeof *index->filter);
    memset(index->filter, 0, words * sizeof *index->filter);
    for (uint32_t i = 0; i < index->count; i++) {
        uint64_t bit, *word = find_bit(index, index->entries[i].hash, &bit);
        *word |= index->entries[i].loose ? 0 : bit;
    }
}

static bool is_inside(const struct pattern_entry *entry)
{
    return !entry->loose && entry->pattern.len > 0 && is_wild(entry->pattern.ptr[0]);
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
    make_filter(index);
    for (uint32_t i = 0; i < index->count; i++) {
        if (index->entries[i].loose) {
            file_loose(index, i);
        }
        index->has_inside |= is_inside(&index->entries[i]);
    }
    for (uint32_t i = index->count; i-- > 0;) {
        if (!index->entries[i].loose) {
            uint32_t *slot = &index->slots[index->entries[i].hash & index->slot_mask];
            index->entries[i].next = *slot;
            *slot = i;
        }
    }
}

void pattern_index_done(struct pattern_index *index)
{
    free(index->entries);
    free(index->slots);
    free(index->filter);
    free(index->loose);
    memset(index, 0, sizeof *index);
}

/* Entries of a slot stand in the order of rows: the first that fits is the answer. */
static uint32_t find_in_slot(const struct pattern_index *index, uint32_t hash, struct str name,
                             uint32_t limit, pattern_accept *accept, const void *context)
{
    uint32_t at = index->slots[hash & index->slot_mask];
    for (; at != PATTERN_NONE; at = index->entries[at].next) {
        const struct pattern_entry *entry = &index->entries[at];
        if (entry->row >= limit) {
            break;
        }
        if (entry->hash == hash && match_one(entry->pattern, name) &&
            (accept == NULL || accept(context, entry->row))) {
            return entry->row;
        }
    }
    return limit;
}

static uint32_t find_inside_of(const struct pattern_index *index, struct str name, uint32_t limit,
                               pattern_accept *accept, const void *context)
{
    uint32_t letters = 0;
    for (size_t i = 0; i < name.len; i++) {
        letters = slide(letters, name.ptr[i]);
        uint32_t hash = hash_letters(letters);
        if (may_have(index, hash) && i + 1 >= INSIDE_LEN) {
            limit = find_in_slot(index, hash, name, limit, accept, context);
        }
    }
    return limit;
}

static uint32_t find_loose(const struct pattern_index *index, struct str name, uint32_t limit,
                           pattern_accept *accept, const void *context)
{
    for (uint32_t i = 0; i < index->loose_count; i++) {
        const struct pattern_entry *entry = &index->entries[index->loose[i]];
        if (entry->row >= limit) {
            break;
        }
        if (match_one(entry->pattern, name) && (accept == NULL || accept(context, entry->row))) {
            return entry->row;
        }
    }
    return limit;
}

uint32_t pattern_index_exact(const struct pattern_index *index, struct str name,
                             pattern_accept *accept, const void *context)
{
    if (index->slots == NULL || name.len == 0) {
        return PATTERN_NONE;
    }
    uint32_t hash = hash_text(name, WHOLE);
    return may_have(index, hash) ? find_in_slot(index, hash, name, PATTERN_NONE, accept, context)
                                 : PATTERN_NONE;
}

uint32_t pattern_index_glob(const struct pattern_index *index, struct str name,
                            pattern_accept *accept, const void *context)
{
    if (index->slots == NULL || name.len == 0) {
        return PATTERN_NONE;
    }
    uint32_t best = PATTERN_NONE;
    uint32_t hash = BEGINNING * 2166136261u;
    for (size_t len = 1; len <= PREFIX_MAX && len <= name.len; len++) {
        hash = add_byte(hash, name.ptr[len - 1]);
        if (may_have(index, finish_hash(hash))) {
            best = find_in_slot(index, finish_hash(hash), name, best, accept, context);
        }
    }
    best = index->has_inside ? find_inside_of(index, name, best, accept, context) : best;
    return find_loose(index, name, best, accept, context);
}
