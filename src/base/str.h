/*
 * A str is a borrowed view of bytes: pointer and length, not terminated, never owned.
 */
#ifndef ASSAY_BASE_STR_H
#define ASSAY_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *ptr;
    size_t len;
};

/* STR makes a view of a literal. */
#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
/* STR_ARG expands to the two arguments of "%.*s". */
#define STR_ARG(s) ((int)((s).len < 4096 ? (s).len : 4096)), ((s).ptr ? (s).ptr : "")

/* str_from views a terminated text; NULL gives the empty view. */
struct str str_from(const char *text);

static inline struct str str_make(const char *ptr, size_t len)
{
    return (struct str){ptr, len};
}

/* str_sub returns the part [from, from+len), cut to what s has; str_skip s without its first n
 * bytes (empty when it has fewer). */
static inline struct str str_skip(struct str s, size_t n)
{
    if (n >= s.len) {
        return (struct str){s.ptr ? s.ptr + s.len : NULL, 0};
    }
    return (struct str){s.ptr + n, s.len - n};
}

static inline struct str str_sub(struct str s, size_t from, size_t len)
{
    s = str_skip(s, from);
    if (s.len > len) {
        s.len = len;
    }
    return s;
}

static inline bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_eq_text(struct str a, const char *b)
{
    /* Most are literals, whose length the compiler knows; of others most differ at once. */
    if (!__builtin_constant_p(strlen(b)) && a.len > 0 && b != NULL && b[0] != a.ptr[0]) {
        return false;
    }
    size_t len = __builtin_constant_p(strlen(b)) ? strlen(b) : str_from(b).len;
    return a.len == len && (len == 0 || memcmp(a.ptr, b, len) == 0);
}

/* str_cmp orders by bytes, a prefix before what it is a prefix of: <0, 0, >0. */
static inline int str_cmp(struct str a, struct str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common ? memcmp(a.ptr, b.ptr, common) : 0;
    if (order != 0) {
        return order;
    }
    return (a.len > b.len) - (a.len < b.len);
}

static inline bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_eq(str_sub(s, 0, prefix.len), prefix);
}

static inline bool str_ends(struct str s, struct str suffix)
{
    return s.len >= suffix.len && str_eq(str_skip(s, s.len - suffix.len), suffix);
}

bool str_eq_nocase(struct str a, struct str b); /* ASCII case only */

/* str_find returns the offset of the first needle, or SIZE_MAX. */
size_t str_find(struct str s, struct str needle);
size_t str_find_nocase(struct str s, struct str needle);
/* str_find_byte returns the offset of the first byte c, or SIZE_MAX. */
static inline size_t str_find_byte(struct str s, char c)
{
    const char *at = s.len ? (const char *)memchr(s.ptr, c, s.len) : NULL;
    return at ? (size_t)(at - s.ptr) : SIZE_MAX;
}

/* str_trim drops blanks, tabs and line ends at both ends. */
struct str str_trim(struct str s);

/* str_split_byte takes the part of *rest before the first c out of *rest (with c) and
 * gives it in *ret_part. False when *rest is exhausted: its ptr is then NULL. "a,,b"
 * gives "a", "", "b"; "" gives one empty part. */
static inline bool str_split_byte(struct str *rest, char c, struct str *ret_part)
{
    if (rest->ptr == NULL) {
        return false;
    }
    size_t at = str_find_byte(*rest, c);
    if (at == SIZE_MAX) {
        *ret_part = *rest;
        *rest = (struct str){NULL, 0};
        return true;
    }
    *ret_part = str_sub(*rest, 0, at);
    *rest = str_skip(*rest, at + 1);
    return true;
}
/* str_next_line is str_split_byte at '\n' that drops a final "\r" and gives no empty line
 * after a last "\n". */
bool str_next_line(struct str *rest, struct str *ret_line);
/* str_next_word gives the next run of non-blank bytes; false when there is none. */
bool str_next_word(struct str *rest, struct str *ret_word);

/* str_glob matches a shell-like pattern: `*` any run, `?` one byte, `|` separates
 * alternatives; ASCII case is ignored. Linear in pattern x text, no recursion. */
bool str_glob(struct str pattern, struct str text);

/* str_to_u64 reads all of s as a decimal number. False when s is empty, has another
 * character or does not fit. */
bool str_to_u64(struct str s, uint64_t *ret);
bool str_to_double(struct str s, double *ret);

/* str_hash is a 64-bit hash of the bytes, the same in every process and version. */
uint64_t str_hash(struct str s);
uint64_t str_hash_bytes(const void *bytes, size_t len, uint64_t seed);

static inline char str_lower_byte(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline bool str_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool str_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* str_utf8_length returns the bytes of the character that s begins with, 0 when s is empty or
 * begins with what is not well-formed UTF-8. */
size_t str_utf8_length(struct str s);
/* str_cut_utf8 returns at most the first max bytes of s, without a character cut in two. */
struct str str_cut_utf8(struct str s, size_t max);
/* str_valid_utf8 says whether s is well-formed UTF-8 (Unicode 15, section 3.9). */
bool str_valid_utf8(struct str s);

#endif
