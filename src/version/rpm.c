/*
 * rpm: [epoch:]version[-release], each part by rpmvercmp (rpm 4.18, rpmio/rpmvercmp.c):
 * runs of letters and of digits, all else only separates; `~` < end < `^` < letters <
 * digits. No release sorts before any release, as rpm's own comparison of labels has it.
 *
 * Builds that rpm could order, and whose order says nothing about fixes, get classes of
 * their own: the release of the distribution (el7, el8), module streams, ksplice, FIPS,
 * Rocky's cloud and CentOS's rebuilds.
 */
#include "version/key.h"

#include <string.h>

enum {
    BYTE_NO_RELEASE = 0x00,
    BYTE_TILDE = 0x01,
    BYTE_END = 0x02,
    BYTE_CARET = 0x03,
    BYTE_LETTERS = 0x04,
    BYTE_NUMBER = 0x05,
    NUMBER_SPAN = 0x100 - BYTE_NUMBER,
    LETTERS_END = 0x00
};

/* The class below the scheme's byte: flags, family of the distribution, its release. */
enum {
    CLASS_FAMILY_SHIFT = 32,
    CLASS_FLAG_SHIFT = 40,
    FAMILY_MAX_DIGITS = 9,
    FLAG_MODULAR = 1,
    FLAG_KSPLICE = 2,
    FLAG_FIPS = 4,
    FLAG_CLOUD = 8,
    FLAG_CENTOS = 16
};

static void put_part(struct key_draft *draft, struct str part)
{
    while (part.len > 0) {
        char c = part.ptr[0];
        if (str_is_digit(c)) {
            key_put_number(draft, key_take_digits(&part), BYTE_NUMBER, NUMBER_SPAN);
        } else if (str_is_alpha(c)) {
            key_put(draft, BYTE_LETTERS);
            key_put_text(draft, key_take_letters(&part));
            key_put(draft, LETTERS_END);
        } else {
            if (c == '~' || c == '^') {
                key_put(draft, c == '~' ? BYTE_TILDE : BYTE_CARET);
            }
            part = str_skip(part, 1);
        }
    }
    key_put(draft, BYTE_END);
}

/* Build tags of distributions: the tag is followed by the distribution's release. */
static const struct {
    char tag[5];
    unsigned char len;
    unsigned char family;
} families[] = {
    {"el", 2, 1}, {"fc", 2, 2}, {"amzn", 4, 3}, {"azl", 3, 4}, {"cm", 2, 5}, {"mga", 3, 6},
};

/* find_family reads a tag at the beginning of a run of letters and digits: "el8" of
 * "1.el8_4". 0 when there is none. */
static uint64_t find_family(struct str run)
{
    struct str rest = run;
    struct str letters = key_take_letters(&rest);
    struct str digits = key_take_digits(&rest);
    uint64_t release;
    if (digits.len == 0 || digits.len > FAMILY_MAX_DIGITS ||
        (rest.len && str_is_alpha(*rest.ptr)) || !str_to_u64(digits, &release)) {
        return 0;
    }
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        if (letters.len == families[i].len &&
            memcmp(letters.ptr, families[i].tag, letters.len) == 0) {
            return (uint64_t)families[i].family << CLASS_FAMILY_SHIFT | release;
        }
    }
    return 0;
}

static bool is_separator(char c)
{
    return !str_is_digit(c) && !str_is_alpha(c);
}

/* find_flags looks at what follows a separator ("." of ".module+el8", "_" of "_fips"). */
static unsigned find_flags(char separator, struct str run)
{
    bool dot = separator == '.';
    switch (run.ptr[0]) {
    case 'm':
        if (dot && (str_starts(run, STR("module_el")) || str_starts(run, STR("module+el")) ||
                    str_starts(run, STR("module_f")) || str_starts(run, STR("module+f")))) {
            return FLAG_MODULAR;
        }
        return 0;
    case 'k':
        return str_starts(run, STR("ksplice")) ? FLAG_KSPLICE : 0;
    case 'f':
        return str_starts(run, STR("fips")) ? FLAG_FIPS : 0;
    case 'c':
        if (dot && str_starts(run, STR("cloud"))) {
            return FLAG_CLOUD;
        }
        return dot && str_starts(run, STR("centos")) ? FLAG_CENTOS : 0;
    default:
        return 0;
    }
}

static uint64_t find_class(struct str text)
{
    uint64_t family = 0, flags = 0;
    for (size_t i = 1; i < text.len; i++) {
        if (str_is_alpha(text.ptr[i]) && is_separator(text.ptr[i - 1])) {
            struct str run = str_skip(text, i);
            flags |= find_flags(text.ptr[i - 1], run);
            family = family ? family : find_family(run);
        }
    }
    return family | flags << CLASS_FLAG_SHIFT;
}

bool version_rpm_comparable(uint64_t a, uint64_t b)
{
    uint64_t dist = ((uint64_t)1 << CLASS_FLAG_SHIFT) - 1;
    return (a & ~dist) == (b & ~dist) && ((a & dist) == (b & dist) || !(a & dist) || !(b & dist));
}

int version_rpm_make(struct str text, struct key_draft *draft, struct error *err)
{
    if (!key_take_epoch(&text, &draft->epoch)) {
        return error_set(err, ERR_FORMAT, "the epoch is too large");
    }
    size_t hyphen = text.len;
    while (hyphen > 0 && text.ptr[hyphen - 1] != '-') {
        hyphen--;
    }
    draft->class = find_class(text);
    if (hyphen == 0) {
        put_part(draft, text);
        key_put(draft, BYTE_NO_RELEASE);
    } else {
        put_part(draft, str_sub(text, 0, hyphen - 1));
        put_part(draft, str_skip(text, hyphen));
    }
    return 0;
}
