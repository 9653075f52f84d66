/*
 * How a scheme writes a key. The bytes go to a draft of fixed size first, so that a scheme
 * writes without looking for room and nothing is appended to the caller's buffer on error.
 * Not for other folders.
 */
#ifndef ASSAY_VERSION_KEY_H
#define ASSAY_VERSION_KEY_H

#include "base/error.h"
#include "base/limits.h"
#include "version/version.h"

struct key_draft {
    uint64_t class; /* what the scheme adds below its own byte */
    uint32_t epoch;
    uint32_t len;
    bool overflow;
    unsigned char bytes[LIMIT_VERSION_KEY];
};

static inline void key_put(struct key_draft *draft, unsigned char byte)
{
    if (draft->len < sizeof draft->bytes) {
        draft->bytes[draft->len++] = byte;
    } else {
        draft->overflow = true;
    }
}

static inline void key_put_text(struct key_draft *draft, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        key_put(draft, (unsigned char)text.ptr[i]);
    }
}

/* key_put_number appends the decimal digits (any count, leading zeros without meaning, none
 * for 0) so that memcmp orders by value. The first byte is in [base, base + span): small
 * numbers are that byte alone, larger ones say there how many bytes follow. span is more
 * than 9. */
void key_put_number(struct key_draft *draft, struct str digits, unsigned base, unsigned span);

/* key_take_digits takes the digits at the beginning of *text out of it. */
static inline struct str key_take_digits(struct str *text)
{
    size_t n = 0;
    while (n < text->len && str_is_digit(text->ptr[n])) {
        n++;
    }
    struct str digits = {text->ptr, n};
    *text = (struct str){text->ptr + n, text->len - n};
    return digits;
}

static inline struct str key_take_letters(struct str *text)
{
    size_t n = 0;
    while (n < text->len && str_is_alpha(text->ptr[n])) {
        n++;
    }
    struct str letters = {text->ptr, n};
    *text = (struct str){text->ptr + n, text->len - n};
    return letters;
}

/* key_take_epoch takes "digits:" off the beginning of *text, when it is there. False when
 * the number is too large for an epoch. */
bool key_take_epoch(struct str *text, uint32_t *epoch);

/* The schemes, one file each. text is not empty, at most LIMIT_VERSION bytes, and without
 * blanks and control characters. */
int version_dpkg_make(struct str text, struct key_draft *draft, struct error *err);
int version_rpm_make(struct str text, struct key_draft *draft, struct error *err);
int version_apk_make(struct str text, struct key_draft *draft, struct error *err);
int version_semver_make(struct str text, struct key_draft *draft, struct error *err);
int version_windows_make(struct str text, struct key_draft *draft, struct error *err);
/* update is the CPE update attribute, or empty. */
int version_nvd_make(struct str text, struct str update, struct key_draft *draft,
                     struct error *err);
int version_java_make(struct str text, struct str update, struct key_draft *draft,
                      struct error *err);
int version_bare_make(struct str text, struct str update, struct key_draft *draft,
                      struct error *err);
int version_year_make(struct str text, struct str update, struct key_draft *draft,
                      struct error *err);

/* version_rpm_comparable says whether two rpm classes can be compared. */
bool version_rpm_comparable(uint64_t a, uint64_t b);

#endif
