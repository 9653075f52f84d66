/*
 * The loose order of CPE versions, which follow no grammar: numbers and words in the order
 * of the text, everything else only separates. Case has no meaning.
 *
 * Zeros at the end of a run of numbers are nothing (151.0 = 151.0.0). A word before a
 * release (rc1) sorts before the end, any other (the k of 1.0.2k, p9, sp1) after it and
 * before a further number. A text that begins with a word (snv_76, xp) is comparable only
 * with texts that begin with the same.
 *
 * Key: (PRE-WORD | WORD letters 0 | number)* END.
 */
#include "version/key.h"

#include <string.h>

enum {
    /* Words before a release, in their order. */
    WORD_DEV = 0x01,
    WORD_ALPHA = 0x02,
    WORD_BETA = 0x03,
    WORD_MILESTONE = 0x04,
    WORD_PRE = 0x05,
    WORD_RC = 0x06,
    WORD_SNAPSHOT = 0x07,
    BYTE_END = 0x08,
    WORD_OTHER = 0x09,
    BYTE_NUMBER = 0x10,
    NUMBER_SPAN = 0x100 - BYTE_NUMBER,
    LETTERS_END = 0x00,
    WORD_NOISE = 0x00 /* says nothing: "final" */
};

enum {
    MAX_WORD = 32,
    MIN_HASH = 7, /* the shortest abbreviation that git prints */
    MAX_PRE_NUMBER = 2,
    CLASS_BITS = 56
};

struct word {
    struct str text;
    unsigned char byte;
    struct str meaning; /* of WORD_OTHER: the one spelling that stands for all */
    bool number;        /* only when a number follows at once */
};

#define W(text)                                                                                    \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }
static const struct word words[] = {
    {W("dev"), WORD_DEV, W(""), false},
    {W("nightly"), WORD_DEV, W(""), false},
    {W("canary"), WORD_DEV, W(""), false},
    {W("alpha"), WORD_ALPHA, W(""), false},
    {W("test"), WORD_ALPHA, W(""), true},
    {W("beta"), WORD_BETA, W(""), false},
    {W("milestone"), WORD_MILESTONE, W(""), false},
    {W("pre"), WORD_PRE, W(""), false},
    {W("prerelease"), WORD_PRE, W(""), false},
    {W("preview"), WORD_PRE, W(""), false},
    {W("eap"), WORD_PRE, W(""), true},
    {W("rc"), WORD_RC, W(""), false},
    {W("cr"), WORD_RC, W(""), true},
    {W("candidate"), WORD_RC, W(""), false},
    {W("gamma"), WORD_RC, W(""), false},
    {W("snapshot"), WORD_SNAPSHOT, W(""), false},
    {W("final"), WORD_NOISE, W(""), false},
    {W("release"), WORD_NOISE, W(""), false},
    {W("ga"), WORD_NOISE, W(""), false},
    {W("gold"), WORD_NOISE, W(""), false},
    {W("rtm"), WORD_NOISE, W(""), false},
    {W("incubating"), WORD_NOISE, W(""), false},
    {W("patch"), WORD_OTHER, W("p"), false},
    {W("pl"), WORD_OTHER, W("p"), true},
    {W("patchlevel"), WORD_OTHER, W("p"), false},
    {W("update"), WORD_OTHER, W("u"), false},
    {W("upd"), WORD_OTHER, W("u"), false},
    {W("hotfix"), WORD_OTHER, W("hf"), false},
    {W("servicepack"), WORD_OTHER, W("sp"), false},
};

/* Two words that are written as one elsewhere: "cumulative_update_12" is "cu12". */
static const struct {
    struct str first, second, meaning;
} pairs[] = {
    {W("cumulative"), W("update"), W("cu")}, {W("service"), W("pack"), W("sp")},
    {W("fix"), W("pack"), W("fp")},          {W("maintenance"), W("release"), W("mr")},
    {W("release"), W("candidate"), W("rc")}, {W("maintenance"), W("pack"), W("mp")},
};

/* Texts that stand for the lack of a version. */
static const struct str placeholders[] = {
    W("n/a"),  W("na"),      W("unknown"), W("unspecified"),
    W("none"), W("various"), W("_nil_"),   W("all"),
};
#undef W

struct reader {
    struct key_draft *draft;
    struct str rest;
    char before; /* the character before rest, '\0' at the beginning */
    bool dotted; /* so far only numbers with dots between */
    bool padded; /* one of them has a leading zero */
    unsigned dots;
    unsigned zeros;   /* numbers 0 that are not yet known to matter */
    bool pre_follows; /* the update of a dotted version: its first word may be a1 or b2 */
};

static bool is_hex_letter(char c)
{
    c = str_lower_byte(c);
    return c >= 'a' && c <= 'f';
}

/* is_hash: hexadecimal digits only, letters among them, and not merely a date or build with
 * a letter at its end. */
static bool is_hash(struct str text)
{
    size_t letters = 0;
    if (text.len < MIN_HASH) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (is_hex_letter(text.ptr[i])) {
            letters++;
        } else if (!str_is_digit(text.ptr[i])) {
            return false;
        }
    }
    return letters > 1 || (letters == 1 && !is_hex_letter(text.ptr[text.len - 1]));
}

static bool is_placeholder(struct str text)
{
    if (text.len == 0 || str_is_digit(text.ptr[0])) {
        return false;
    }
    for (size_t i = 0; i < sizeof placeholders / sizeof placeholders[0]; i++) {
        if (str_eq_nocase(text, placeholders[i])) {
            return true;
        }
    }
    return false;
}

/* is_branch: "8.0.x" stands for many versions. */
static bool is_branch(struct str text)
{
    size_t len = text.len;
    return len > 2 && str_lower_byte(text.ptr[len - 1]) == 'x' && text.ptr[len - 2] == '.' &&
           str_is_digit(text.ptr[len - 3]);
}

static int refuse_text(struct str text, struct error *err)
{
    if (text.len > 0 && text.ptr[0] == '#') {
        return error_set(err, ERR_FORMAT, "the number of something else");
    }
    if (is_hash(text)) {
        return error_set(err, ERR_FORMAT, "a commit hash has no order");
    }
    if (is_branch(text)) {
        return error_set(err, ERR_FORMAT, "a branch is no version");
    }
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < ' ' || c >= 0x7f || c == '<' || c == '>' || c == '=' || c == '*' || c == '?') {
            return error_set_at(err, ERR_FORMAT, i, "a character that no version has");
        }
    }
    return 0;
}

static struct str take_lower_word(struct reader *reader, char storage[MAX_WORD])
{
    struct str letters = key_take_letters(&reader->rest);
    reader->before = letters.ptr[letters.len - 1];
    if (letters.len > MAX_WORD) {
        letters.len = MAX_WORD;
    }
    for (size_t i = 0; i < letters.len; i++) {
        storage[i] = str_lower_byte(letters.ptr[i]);
    }
    return (struct str){storage, letters.len};
}

static struct str skip_separators(struct str text)
{
    while (text.len > 0 && !str_is_digit(text.ptr[0]) && !str_is_alpha(text.ptr[0])) {
        text = str_skip(text, 1);
    }
    return text;
}

static bool next_is_digit(struct str text)
{
    return text.len > 0 && str_is_digit(text.ptr[0]);
}

/* join_pair gives the meaning of word and the word after it, where both are one. */
static struct str join_pair(struct reader *reader, struct str word)
{
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (str_eq(word, pairs[i].first)) {
            struct str after = skip_separators(reader->rest);
            struct str second = key_take_letters(&after);
            if (str_eq_nocase(second, pairs[i].second)) {
                reader->rest = after;
                return pairs[i].meaning;
            }
        }
    }
    return word;
}

/* is_python_pre: "3.14.0a1" and "2.0b2" are before 3.14.0 and 2.0, and so is the update b2 of
 * 9.2.0, while in "1.06b43" and "2.1.b20230101" b counts builds. */
static bool is_python_pre(const struct reader *reader, char before)
{
    struct str after = reader->rest;
    struct str digits = key_take_digits(&after);
    bool plain = reader->pre_follows ||
                 (reader->dotted && !reader->padded && reader->dots > 0 && str_is_digit(before));
    return plain && digits.len > 0 && digits.len <= MAX_PRE_NUMBER &&
           (digits.len == 1 || digits.ptr[0] != '0');
}

/* find_letter_word tells what a single letter means that a number follows. A number in
 * parentheses before the m is a release of Cisco IOS, whose m is a train. */
static unsigned char find_letter_word(const struct reader *reader, char letter, char before)
{
    if (letter == 'm' && before != ')' && next_is_digit(reader->rest)) {
        return WORD_MILESTONE;
    }
    if ((letter == 'a' || letter == 'b') && is_python_pre(reader, before)) {
        return letter == 'a' ? WORD_ALPHA : WORD_BETA;
    }
    return WORD_OTHER;
}

static unsigned char find_word(const struct reader *reader, struct str *word, char before)
{
    if (word->len == 1) {
        return find_letter_word(reader, word->ptr[0], before);
    }
    if (before == '-' && str_eq(*word, STR("ea"))) {
        return WORD_PRE;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (word->ptr[0] == words[i].text.ptr[0] && str_eq(*word, words[i].text) &&
            (!words[i].number || next_is_digit(skip_separators(reader->rest)))) {
            if (words[i].byte == WORD_OTHER) {
                *word = words[i].meaning;
            }
            return words[i].byte;
        }
    }
    return WORD_OTHER;
}

static void put_other_word(struct key_draft *draft, struct str word)
{
    key_put(draft, WORD_OTHER);
    key_put_text(draft, word);
    key_put(draft, LETTERS_END);
}

static void put_word(struct reader *reader)
{
    char storage[MAX_WORD];
    char before = reader->before;
    struct str word = join_pair(reader, take_lower_word(reader, storage));
    unsigned char byte = find_word(reader, &word, before);
    if (byte == WORD_NOISE) {
        return;
    }
    reader->zeros = 0;
    reader->dotted = false;
    reader->pre_follows = false;
    if (byte == WORD_OTHER) {
        put_other_word(reader->draft, word);
    } else {
        key_put(reader->draft, byte);
    }
}

static void put_number(struct reader *reader)
{
    struct str digits = key_take_digits(&reader->rest);
    reader->before = digits.ptr[digits.len - 1];
    reader->padded |= digits.len > 1 && digits.ptr[0] == '0';
    while (digits.len > 0 && digits.ptr[0] == '0') {
        digits = str_skip(digits, 1);
    }
    if (digits.len == 0) {
        reader->zeros++;
        return;
    }
    for (; reader->zeros > 0; reader->zeros--) {
        key_put(reader->draft, BYTE_NUMBER);
    }
    key_put_number(reader->draft, digits, BYTE_NUMBER, NUMBER_SPAN);
}

/* is_java_update: the `_` of "1.8.0_201", which other records write "1.8.0 update 201". */
static bool is_java_update(const struct reader *reader)
{
    return reader->dotted && reader->dots == 2 && str_is_digit(reader->before) &&
           reader->rest.ptr[0] == '_' && next_is_digit(str_skip(reader->rest, 1));
}

static void put_rest(struct reader *reader)
{
    while (reader->rest.len > 0) {
        char c = reader->rest.ptr[0];
        if (str_is_digit(c)) {
            put_number(reader);
        } else if (str_is_alpha(c)) {
            put_word(reader);
        } else {
            if (is_java_update(reader)) {
                reader->zeros = 0;
                put_other_word(reader->draft, STR("u"));
            }
            reader->dotted &= c == '.';
            reader->dots += c == '.';
            reader->before = c;
            reader->rest = str_skip(reader->rest, 1);
        }
    }
}

/* put_beginning drops what says nothing before a number (v, version, release) and makes
 * another word at the beginning the class. */
static int put_beginning(struct reader *reader, struct error *err)
{
    static const struct str noise[] = {
        {"v", 1}, {"ver", 3}, {"version", 7}, {"rel", 3}, {"release", 7}};
    char storage[MAX_WORD];
    reader->rest = skip_separators(reader->rest);
    if (reader->rest.len == 0) {
        return error_set(err, ERR_FORMAT, "neither a number nor a word in a version");
    }
    if (str_is_digit(reader->rest.ptr[0])) {
        return 0;
    }
    struct str word = take_lower_word(reader, storage);
    for (size_t i = 0; i < sizeof noise / sizeof noise[0]; i++) {
        if (str_eq(word, noise[i]) && next_is_digit(skip_separators(reader->rest))) {
            reader->rest = skip_separators(reader->rest);
            reader->before = '\0';
            return 0;
        }
    }
    if (str_eq(word, STR("commit"))) {
        return error_set(err, ERR_FORMAT, "a commit hash has no order");
    }
    reader->draft->class = (str_hash(word) & (((uint64_t)1 << CLASS_BITS) - 1)) | 1;
    return 0;
}

int version_nvd_make(struct str text, struct str update, struct key_draft *draft, struct error *err)
{
    struct reader reader = {.draft = draft, .rest = str_trim(text), .dotted = true};
    if (is_placeholder(reader.rest)) {
        return error_set(err, ERR_FORMAT, "no version but a word for none");
    }
    update = str_trim(update);
    if (is_placeholder(update)) {
        update = STR("");
    }
    int result = refuse_text(reader.rest, err);
    if (result == 0) {
        result = refuse_text(update, err);
    }
    if (result == 0) {
        result = put_beginning(&reader, err);
    }
    if (result < 0) {
        return result;
    }
    put_rest(&reader);
    reader.rest = skip_separators(update);
    reader.pre_follows = reader.dotted && !reader.padded && reader.dots > 0;
    reader.before = '_';
    reader.zeros = 0;
    reader.dotted = false;
    /* A number alone is not one more number of the version. */
    if (next_is_digit(reader.rest)) {
        put_other_word(draft, STR(""));
    }
    put_rest(&reader);
    key_put(draft, BYTE_END);
    return 0;
}
