/*
 * Semantic Versioning 2.0.0, section 11. Read with leniency, since feeds write "1.2" and
 * "v1.2.3.4": a leading v is dropped, any count of numbers is taken, missing ones are 0.
 * Build metadata has no part in the order.
 *
 * Key: number* (without zeros at the end), then END or PRE and the identifiers.
 */
#include "version/key.h"

enum {
    BYTE_PRE = 0x01,
    BYTE_END = 0x02,
    BYTE_NUMBER = 0x03,
    NUMBER_SPAN = 0x100 - BYTE_NUMBER,
    IDENTIFIERS_END = 0x00,
    IDENTIFIER_NUMBER = 0x01,
    IDENTIFIER_TEXT = 0x02,
    TEXT_END = 0x00
};

static int refuse(struct error *err)
{
    return error_set(err, ERR_FORMAT, "no semantic version");
}

static bool is_zero(struct str digits)
{
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] != '0') {
            return false;
        }
    }
    return true;
}

/* put_numbers writes the numbers up to the last that is not 0. */
static int put_numbers(struct str *text, struct key_draft *draft, struct error *err)
{
    uint32_t meaningful = draft->len;
    for (;;) {
        struct str digits = key_take_digits(text);
        if (digits.len == 0) {
            return refuse(err);
        }
        key_put_number(draft, digits, BYTE_NUMBER, NUMBER_SPAN);
        if (!is_zero(digits)) {
            meaningful = draft->len;
        }
        if (text->len == 0 || text->ptr[0] != '.') {
            break;
        }
        *text = str_skip(*text, 1);
    }
    draft->len = meaningful;
    return 0;
}

static bool is_identifier_character(char c)
{
    return str_is_digit(c) || str_is_alpha(c) || c == '-';
}

static int put_identifier(struct str identifier, struct key_draft *draft, struct error *err)
{
    struct str rest = identifier;
    struct str digits = key_take_digits(&rest);
    if (identifier.len == 0) {
        return refuse(err);
    }
    if (rest.len == 0) {
        key_put(draft, IDENTIFIER_NUMBER);
        key_put_number(draft, digits, 0, 0x100);
        return 0;
    }
    for (size_t i = 0; i < identifier.len; i++) {
        if (!is_identifier_character(identifier.ptr[i])) {
            return refuse(err);
        }
    }
    key_put(draft, IDENTIFIER_TEXT);
    key_put_text(draft, identifier);
    key_put(draft, TEXT_END);
    return 0;
}

int version_semver_make(struct str text, struct key_draft *draft, struct error *err)
{
    size_t plus = str_find_byte(text, '+');
    text = str_sub(text, 0, plus);
    if (text.len > 1 && (text.ptr[0] == 'v' || text.ptr[0] == 'V')) {
        text = str_skip(text, 1);
    }
    int result = put_numbers(&text, draft, err);
    if (result < 0) {
        return result;
    }
    if (text.len == 0) {
        key_put(draft, BYTE_END);
        return 0;
    }
    if (text.ptr[0] != '-') {
        return refuse(err);
    }
    text = str_skip(text, 1);
    key_put(draft, BYTE_PRE);
    struct str identifier;
    while (str_split_byte(&text, '.', &identifier)) {
        result = put_identifier(identifier, draft, err);
        if (result < 0) {
            return result;
        }
    }
    key_put(draft, IDENTIFIERS_END);
    return 0;
}
