#include "identify/words.h"

#include "base/limits.h"

#include <string.h>

/* Letters of an ending that tells something, and at least so many before it. */
enum { ENDING_MIN = 2, ENDING_MAX = 6, BEFORE_ENDING = 3 };

struct words {
    const struct pattern_index *index;
    pattern_accept *accept;
    const void *context;
    uint32_t best; /* the first row found */
};

static bool is_of_word(char c)
{
    return str_is_alpha(c) || str_is_digit(c) || (unsigned char)c >= 0x80;
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_small(char c)
{
    return c >= 'a' && c <= 'z';
}

/* Cuts the next run of letters and digits off; false at the end. */
static bool next_run(struct str *text, struct str *ret_run)
{
    size_t start = 0, end;
    while (start < text->len && !is_of_word(text->ptr[start])) {
        start++;
    }
    for (end = start; end < text->len && is_of_word(text->ptr[end]); end++) {
    }
    *ret_run = str_sub(*text, start, end - start);
    *text = str_skip(*text, end);
    return end > start;
}

/* Cuts the next part off a run: "Free", "File" and "Sync" of "FreeFileSync". */
static bool next_part(struct str *run, struct str *ret_part)
{
    size_t end = run->len > 0 ? 1 : 0;
    while (end < run->len && !(is_capital(run->ptr[end]) && is_small(run->ptr[end - 1]))) {
        end++;
    }
    *ret_part = str_sub(*run, 0, end);
    *run = str_skip(*run, end);
    return end > 0;
}

static struct str drop_digits(struct str word)
{
    while (word.len > 0 && str_is_digit(word.ptr[word.len - 1])) {
        word.len--;
    }
    return word;
}

static void ask(struct words *words, struct str kind, struct str before, struct str word)
{
    char bytes[16 + 2 * LIMIT_NAME];
    size_t len = kind.len;
    memcpy(bytes, kind.ptr, len);
    if (before.len > 0) {
        memcpy(bytes + len, before.ptr, before.len);
        len += before.len;
        bytes[len++] = ' ';
    }
    memcpy(bytes + len, word.ptr, word.len);
    uint32_t row = pattern_index_exact(words->index, str_make(bytes, len + word.len), words->accept,
                                       words->context);
    words->best = row < words->best ? row : words->best;
}

/* A word as it is, without its number, and behind the one before it. */
static void ask_word(struct words *words, struct str before, struct str word)
{
    struct str letters = drop_digits(word);
    ask(words, STR("word:"), STR(""), word);
    if (letters.len > 0 && letters.len < word.len) {
        ask(words, STR("word:"), STR(""), letters);
    }
    if (before.len > 0) {
        ask(words, STR("word:"), before, word);
    }
}

static void ask_endings(struct words *words, struct str word)
{
    word = drop_digits(word);
    for (size_t len = ENDING_MIN; len <= ENDING_MAX && len + BEFORE_ENDING <= word.len; len++) {
        ask(words, STR("ending:"), STR(""), str_skip(word, word.len - len));
    }
}

uint32_t words_find(const struct pattern_index *index, struct str name, pattern_accept *accept,
                    const void *context)
{
    struct words words = {index, accept, context, PATTERN_NONE};
    struct str rest = str_sub(name, 0, LIMIT_NAME), run, part, before = {0};
    while (next_run(&rest, &run)) {
        struct str parts = run;
        ask_word(&words, before, run);
        ask_endings(&words, run);
        while (next_part(&parts, &part)) {
            if (part.len < run.len) {
                ask_word(&words, before, part);
            }
            before = part;
        }
    }
    return words.best;
}
