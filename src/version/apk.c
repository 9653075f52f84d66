/*
 * apk-tools 2.14: {digit}{.digit}...{letter}{_suffix{number}}...{~hash}{-rN}. The version is a
 * stream of values, each followed by the kind of the next token, which also has an order.
 * A number after a dot that begins with zeros counts its zeros first, downwards.
 *
 * Texts outside that grammar have an order too, as apk gives them one; where 2.14 and 3.0
 * differ about them, 3.0 is followed: what is wrong sorts before what is missing.
 *
 * Key: value (kind value)* END, by the kinds below in the order of their bytes.
 */
#include "version/key.h"

enum {
    /* Suffixes before a release; a word that is no suffix counts as the last of them. */
    BYTE_ALPHA = 0x01,
    BYTE_BETA = 0x02,
    BYTE_PRE = 0x03,
    BYTE_RC = 0x04,
    BYTE_EMPTY_DIGIT = 0x05, /* a dot that no digit follows */
    BYTE_INVALID = 0x06,
    BYTE_END = 0x07,
    BYTE_REVISION = 0x08,
    BYTE_HASH = 0x09,
    BYTE_SUFFIX_NUMBER = 0x0a,
    BYTE_CVS = 0x0b,
    BYTE_SVN = 0x0c,
    BYTE_GIT = 0x0d,
    BYTE_HG = 0x0e,
    BYTE_P = 0x0f,
    BYTE_LETTER = 0x10,
    BYTE_DIGIT = 0x11,
    BYTE_DOT = 0x12,
    /* Values. */
    BYTE_NUMBER = 0x01,
    NUMBER_SPAN = 0x100 - BYTE_NUMBER,
    VALUE_ZEROS = 0x01,
    VALUE_NUMBER = 0x02
};

/* In the order in which a later token may follow an earlier one. */
enum token {
    TOKEN_DOT,
    TOKEN_DIGIT,
    TOKEN_LETTER,
    TOKEN_SUFFIX,
    TOKEN_SUFFIX_NUMBER,
    TOKEN_HASH,
    TOKEN_REVISION,
    TOKEN_END
};

static const struct {
    struct str word;
    unsigned char byte;
} suffixes[] = {
    {{"alpha", 5}, BYTE_ALPHA}, {{"beta", 4}, BYTE_BETA}, {{"pre", 3}, BYTE_PRE},
    {{"rc", 2}, BYTE_RC},       {{"cvs", 3}, BYTE_CVS},   {{"svn", 3}, BYTE_SVN},
    {{"git", 3}, BYTE_GIT},     {{"hg", 2}, BYTE_HG},     {{"p", 1}, BYTE_P},
};

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static void put_number(struct key_draft *draft, struct str *rest)
{
    key_put_number(draft, key_take_digits(rest), BYTE_NUMBER, NUMBER_SPAN);
}

static enum token put_invalid(struct key_draft *draft, struct str *rest)
{
    key_put(draft, BYTE_INVALID);
    *rest = STR("");
    return TOKEN_END;
}

/* put_dotted writes the number after a dot. The zeros at its beginning (0, 00, 05) are a value
 * of their own, less with every zero, and the digits after them another. 2.14 itself takes an
 * end right after such zeros for more than any suffix (1.0_rc1 > 1.0), which is not followed. */
static enum token put_dotted(struct key_draft *draft, struct str *rest)
{
    if (rest->len == 0 || !str_is_digit(rest->ptr[0])) {
        key_put(draft, BYTE_EMPTY_DIGIT);
        return TOKEN_DOT;
    }
    key_put(draft, BYTE_DOT);
    if (rest->ptr[0] != '0') {
        key_put(draft, VALUE_NUMBER);
        put_number(draft, rest);
        return TOKEN_DOT;
    }
    size_t zeros = 0;
    while (zeros < rest->len && rest->ptr[zeros] == '0') {
        zeros++;
    }
    *rest = str_skip(*rest, zeros);
    key_put(draft, VALUE_ZEROS);
    key_put(draft, (unsigned char)(LIMIT_VERSION - zeros));
    put_number(draft, rest);
    return TOKEN_DIGIT;
}

static enum token put_suffix(struct key_draft *draft, struct str *rest)
{
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        if (str_starts(*rest, suffixes[i].word)) {
            key_put(draft, suffixes[i].byte);
            *rest = str_skip(*rest, suffixes[i].word.len);
            return TOKEN_SUFFIX;
        }
    }
    key_put(draft, BYTE_RC);
    return put_invalid(draft, rest);
}

static enum token put_hash(struct key_draft *draft, struct str *rest)
{
    key_put(draft, BYTE_HASH);
    while (rest->len > 0 &&
           (str_is_digit(rest->ptr[0]) || (rest->ptr[0] >= 'a' && rest->ptr[0] <= 'f'))) {
        key_put(draft, (unsigned char)rest->ptr[0]);
        *rest = str_skip(*rest, 1);
    }
    key_put(draft, 0);
    return TOKEN_HASH;
}

/* put_marked writes a token that its first character announces. */
static enum token put_marked(struct key_draft *draft, enum token last, struct str *rest)
{
    struct str at = *rest;
    char next = at.len > 1 ? at.ptr[1] : '\0';
    if (at.ptr[0] == '.' && last <= TOKEN_DIGIT) {
        *rest = str_skip(at, 1);
        return put_dotted(draft, rest);
    }
    if (at.ptr[0] == '_' && last <= TOKEN_SUFFIX_NUMBER) {
        *rest = str_skip(at, 1);
        return put_suffix(draft, rest);
    }
    if (at.ptr[0] == '~' && last < TOKEN_HASH) {
        *rest = str_skip(at, 1);
        return put_hash(draft, rest);
    }
    if (at.ptr[0] == '-' && next == 'r' && !(at.len > 2 && str_is_alpha(at.ptr[2])) &&
        last < TOKEN_REVISION) {
        *rest = str_skip(at, 2);
        key_put(draft, BYTE_REVISION);
        put_number(draft, rest);
        return TOKEN_REVISION;
    }
    return put_invalid(draft, rest);
}

static enum token put_token(struct key_draft *draft, enum token last, struct str *rest)
{
    char c = rest->ptr[0];
    if (last <= TOKEN_DIGIT && is_lower(c)) {
        key_put(draft, BYTE_LETTER);
        key_put(draft, (unsigned char)c);
        *rest = str_skip(*rest, 1);
        return TOKEN_LETTER;
    }
    if (last == TOKEN_LETTER && str_is_digit(c)) {
        key_put(draft, BYTE_DIGIT);
        put_number(draft, rest);
        return TOKEN_DIGIT;
    }
    if (last == TOKEN_SUFFIX && str_is_digit(c)) {
        key_put(draft, BYTE_SUFFIX_NUMBER);
        put_number(draft, rest);
        return TOKEN_SUFFIX_NUMBER;
    }
    return put_marked(draft, last, rest);
}

int version_apk_make(struct str text, struct key_draft *draft, struct error *err)
{
    enum token last = TOKEN_DIGIT;
    put_number(draft, &text);
    while (text.len > 0) {
        last = put_token(draft, last, &text);
    }
    key_put(draft, BYTE_END);
    return 0;
}
