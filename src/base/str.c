#include "base/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct str str_from(const char *text)
{
    return (struct str){text ? text : "", text ? strlen(text) : 0};
}

bool str_eq_nocase(struct str a, struct str b)
{
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (str_lower_byte(a.ptr[i]) != str_lower_byte(b.ptr[i])) {
            return false;
        }
    }
    return true;
}

size_t str_find(struct str s, struct str needle)
{
    if (needle.len == 0) {
        return 0;
    }
    if (s.len == 0) {
        return SIZE_MAX;
    }
    const char *at = memmem(s.ptr, s.len, needle.ptr, needle.len);
    return at ? (size_t)(at - s.ptr) : SIZE_MAX;
}

size_t str_find_nocase(struct str s, struct str needle)
{
    char first = needle.len > 0 ? str_lower_byte(needle.ptr[0]) : '\0';
    for (size_t i = 0; i + needle.len <= s.len; i++) {
        if ((needle.len == 0 || str_lower_byte(s.ptr[i]) == first) &&
            str_eq_nocase(str_make(s.ptr + i, needle.len), needle)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
    while (s.len > 0 && is_space(s.ptr[0])) {
        s = str_skip(s, 1);
    }
    while (s.len > 0 && is_space(s.ptr[s.len - 1])) {
        s.len--;
    }
    return s;
}

bool str_next_line(struct str *rest, struct str *ret_line)
{
    if (rest->len == 0) {
        return false;
    }
    if (!str_split_byte(rest, '\n', ret_line)) {
        return false;
    }
    if (ret_line->len > 0 && ret_line->ptr[ret_line->len - 1] == '\r') {
        ret_line->len--;
    }
    return true;
}

bool str_next_word(struct str *rest, struct str *ret_word)
{
    while (rest->len > 0 && is_space(rest->ptr[0])) {
        *rest = str_skip(*rest, 1);
    }
    if (rest->len == 0) {
        return false;
    }
    size_t n = 0;
    while (n < rest->len && !is_space(rest->ptr[n])) {
        n++;
    }
    *ret_word = str_sub(*rest, 0, n);
    *rest = str_skip(*rest, n);
    return true;
}

/* Greedy match with one point of return: the last `*` seen is where a mismatch goes on. */
static bool glob_one(struct str pattern, struct str text)
{
    size_t p = 0, t = 0, star = SIZE_MAX, resume = 0;
    while (t < text.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.len && (pattern.ptr[p] == '?' || str_lower_byte(pattern.ptr[p]) ==
                                                                    str_lower_byte(text.ptr[t]))) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*') {
        p++;
    }
    return p == pattern.len;
}

bool str_glob(struct str pattern, struct str text)
{
    struct str alternative;
    while (str_split_byte(&pattern, '|', &alternative)) {
        if (glob_one(alternative, text)) {
            return true;
        }
    }
    return false;
}

bool str_to_u64(struct str s, uint64_t *ret)
{
    uint64_t value = 0;
    if (s.len == 0) {
        return false;
    }
    for (size_t i = 0; i < s.len; i++) {
        if (!str_is_digit(s.ptr[i]) || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(s.ptr[i] - '0'), &value)) {
            return false;
        }
    }
    *ret = value;
    return true;
}

bool str_to_double(struct str s, double *ret)
{
    char copy[64];
    if (s.len == 0 || s.len >= sizeof copy || is_space(s.ptr[0])) {
        return false;
    }
    memcpy(copy, s.ptr, s.len);
    copy[s.len] = '\0';
    char *end;
    double value = strtod(copy, &end);
    if (end != copy + s.len) {
        return false;
    }
    *ret = value;
    return true;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t read_tail(const unsigned char *bytes, size_t len)
{
    uint64_t value = 0;
    memcpy(&value, bytes, len);
    return value;
}

/* A multiply-and-fold hash in the manner of wyhash: 16 bytes a round. */
uint64_t str_hash_bytes(const void *data, size_t len, uint64_t seed)
{
    const uint64_t k0 = 0xa0761d6478bd642fULL, k1 = 0xe7037ed1a0b428dbULL;
    const unsigned char *bytes = data;
    uint64_t hash = seed ^ k0, left = len;
    while (left > 16) {
        hash = mix(read_tail(bytes, 8) ^ k1, read_tail(bytes + 8, 8) ^ hash);
        bytes += 16;
        left -= 16;
    }
    uint64_t low = left ? read_tail(bytes, left < 8 ? left : 8) : 0;
    uint64_t high = left > 8 ? read_tail(bytes + 8, left - 8) : 0;
    return mix(k1 ^ len, mix(low ^ k1, high ^ hash));
}

uint64_t str_hash(struct str s)
{
    return str_hash_bytes(s.ptr, s.len, 0);
}

size_t str_utf8_length(struct str s)
{
    const unsigned char *at = (const unsigned char *)s.ptr;
    size_t left = s.len;
    unsigned char lead = left > 0 ? at[0] : 0;
    if (lead < 0x80) {
        return left > 0;
    }
    size_t len = lead >= 0xf0 && lead <= 0xf4 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
    if (len == 0 || lead > 0xf4 || left < len) {
        return 0;
    }
    for (size_t i = 1; i < len; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool overlong = (lead == 0xe0 && at[1] < 0xa0) || (lead == 0xf0 && at[1] < 0x90);
    bool outside = (lead == 0xed && at[1] >= 0xa0) || (lead == 0xf4 && at[1] >= 0x90);
    return overlong || outside ? 0 : len;
}

struct str str_cut_utf8(struct str s, size_t max)
{
    if (s.len <= max) {
        return s;
    }
    size_t len = max;
    while (len > 0 && max - len < 3 && ((unsigned char)s.ptr[len] & 0xc0) == 0x80) {
        len--;
    }
    return str_sub(s, 0, len);
}

bool str_valid_utf8(struct str s)
{
    for (size_t at = 0; at < s.len;) {
        size_t len = str_utf8_length(str_make(s.ptr + at, s.len - at));
        if (len == 0) {
            return false;
        }
        at += len;
    }
    return true;
}
