/*
 * Whether the vendor of a CPE product is the publisher that Windows shows: "Foxit Software Inc."
 * and foxitsoftware, "Massachusetts Institute of Technology" and mit.
 */
#include "identify/publisher.h"

#include <string.h>

enum { SHORTEST_MAKER = 4 };

/* What a maker's name may have or lack. */
static bool is_legal_form(struct str word)
{
    static const char *const forms[] = {"inc",
                                        "incorporated",
                                        "llc",
                                        "ltd",
                                        "limited",
                                        "gmbh",
                                        "ag",
                                        "se",
                                        "sa",
                                        "s",
                                        "r",
                                        "o",
                                        "srl",
                                        "sarl",
                                        "bv",
                                        "b",
                                        "v",
                                        "nv",
                                        "ab",
                                        "as",
                                        "oy",
                                        "oyj",
                                        "plc",
                                        "pty",
                                        "pvt",
                                        "pte",
                                        "kg",
                                        "co",
                                        "company",
                                        "corp",
                                        "corporation",
                                        "software",
                                        "systems",
                                        "system",
                                        "technologies",
                                        "technology",
                                        "tech",
                                        "foundation",
                                        "project",
                                        "team",
                                        "developers",
                                        "development",
                                        "group",
                                        "international",
                                        "solutions",
                                        "labs",
                                        "community",
                                        "and",
                                        "the",
                                        "of",
                                        "its",
                                        "affiliates",
                                        "others",
                                        "worldwide",
                                        "usa",
                                        "us",
                                        "global",
                                        "holdings",
                                        "com",
                                        "org",
                                        "net",
                                        "io",
                                        "de",
                                        "http",
                                        "https",
                                        "www",
                                        "contributors",
                                        "authors",
                                        "organization",
                                        "enterprises",
                                        "electronics",
                                        "networks",
                                        NULL};
    for (unsigned i = 0; forms[i] != NULL; i++) {
        if (str_eq_text(word, forms[i])) {
            return true;
        }
    }
    return false;
}

static bool is_letter(char c)
{
    return str_is_alpha(c) || str_is_digit(c) || (c & 0x80);
}

/* The next run of letters and digits, in lower case at out. */
static bool next_word(struct str *rest, char *out, size_t size, struct str *ret)
{
    size_t len = 0, at = 0;
    while (at < rest->len && !is_letter(rest->ptr[at])) {
        at++;
    }
    while (at < rest->len && is_letter(rest->ptr[at]) && len < size) {
        out[len++] = str_lower_byte(rest->ptr[at++]);
    }
    *rest = str_skip(*rest, at);
    *ret = str_make(out, len);
    return len > 0;
}

void publisher_cut(struct str text, struct publisher *ret)
{
    struct str word;
    size_t len = 0, whole = 0;
    text = str_sub(text, 0, sizeof ret->bytes);
    ret->words = ret->initial_count = 0;
    while (ret->words < PUBLISHER_WORDS &&
           next_word(&text, ret->bytes + len, sizeof ret->bytes - len, &word)) {
        memcpy(ret->whole_bytes + whole, word.ptr, word.len);
        whole += word.len;
        if (!str_eq_text(word, "of") && !str_eq_text(word, "the")) {
            ret->initials[ret->initial_count++] = word.ptr[0];
        }
        if (!is_legal_form(word)) {
            ret->word[ret->words++] = word;
            len += word.len;
        }
    }
    ret->whole = str_make(ret->whole_bytes, whole);
    ret->core = len > 0 ? str_make(ret->bytes, len) : ret->whole;
}

bool publisher_has_word(const struct publisher *publisher, struct str word)
{
    for (unsigned i = 0; i < publisher->words; i++) {
        if (str_eq(publisher->word[i], word)) {
            return true;
        }
    }
    return false;
}

static bool starts_alike(struct str a, struct str b)
{
    return (a.len >= SHORTEST_MAKER && str_starts(b, a)) ||
           (b.len >= SHORTEST_MAKER && str_starts(a, b));
}

bool publisher_is(const struct publisher *publisher, struct str vendor)
{
    struct publisher own;
    publisher_cut(vendor, &own);
    struct str core = own.core;
    if (publisher->core.len == 0 || core.len < 2) {
        return false;
    }
    return str_eq(core, publisher->core) || str_eq(own.whole, publisher->whole) ||
           (publisher->words > 0 && str_eq(core, publisher->word[0])) ||
           starts_alike(core, publisher->core) || starts_alike(own.whole, publisher->whole) ||
           (core.len >= SHORTEST_MAKER && publisher_has_word(publisher, core)) ||
           (core.len >= 3 && str_eq(core, str_make(publisher->initials, publisher->initial_count)));
}
