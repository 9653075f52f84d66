/*
 * deb-version(7): [epoch:]upstream[-revision]. Runs of other characters alternate with
 * numbers; `~` sorts before the end of a run, the end before letters, letters before the
 * rest. Refused is what dpkg itself refuses; what it only warns of has an order.
 *
 * Ubuntu's FIPS builds ("1.1.1f-1ubuntu2.fips.22", "3.0.2-0ubuntu1.10+Fips1") are a class of their
 * own: dpkg would put them above every plain build, whatever fixes these have.
 *
 * Key: upstream, then revision, each: (characters, number)* END. A number's first byte
 * doubles as the end of the characters before it.
 */
#include "version/key.h"

enum {
    BYTE_TILDE = 0x01,
    BYTE_END = 0x02, /* after a number; a number after characters starts from here too */
    NUMBER_SPAN = 'A' - BYTE_END,
    OTHER_CHARACTER = 0x80
};

static void put_character(struct key_draft *draft, char c)
{
    if (c == '~') {
        key_put(draft, BYTE_TILDE);
    } else if (str_is_alpha(c)) {
        key_put(draft, (unsigned char)c);
    } else {
        key_put(draft, (unsigned char)c | OTHER_CHARACTER);
    }
}

static void put_part(struct key_draft *draft, struct str part)
{
    do {
        while (part.len > 0 && !str_is_digit(part.ptr[0])) {
            put_character(draft, part.ptr[0]);
            part = str_skip(part, 1);
        }
        key_put_number(draft, key_take_digits(&part), BYTE_END, NUMBER_SPAN);
    } while (part.len > 0);
    key_put(draft, BYTE_END);
}

static size_t find_last(struct str s, char c)
{
    for (size_t i = s.len; i-- > 0;) {
        if (s.ptr[i] == c) {
            return i;
        }
    }
    return SIZE_MAX;
}

enum { CLASS_FIPS = 1 };

static bool is_fips(struct str revision)
{
    size_t at = str_find_nocase(revision, STR("fips"));
    return at != SIZE_MAX && at > 0 && (revision.ptr[at - 1] == '.' || revision.ptr[at - 1] == '+');
}

int version_dpkg_make(struct str text, struct key_draft *draft, struct error *err)
{
    uint32_t epoch = VERSION_NO_EPOCH;
    size_t colon = str_find_byte(text, ':');
    if (!key_take_epoch(&text, &epoch) || colon == 0 ||
        (colon != SIZE_MAX && epoch == VERSION_NO_EPOCH)) {
        return error_set(err, ERR_FORMAT, "the epoch is no number");
    }
    size_t hyphen = find_last(text, '-');
    struct str revision = hyphen == SIZE_MAX ? STR("") : str_skip(text, hyphen + 1);
    struct str upstream = str_sub(text, 0, hyphen);
    if (upstream.len == 0 || (hyphen != SIZE_MAX && revision.len == 0)) {
        return error_set(err, ERR_FORMAT, "upstream version or revision is empty");
    }
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] >= 0x80) {
            return error_set(err, ERR_FORMAT, "a character that is not ASCII");
        }
    }
    draft->epoch = epoch == VERSION_NO_EPOCH ? 0 : epoch;
    draft->class = is_fips(revision) ? CLASS_FIPS : 0;
    put_part(draft, upstream);
    put_part(draft, revision);
    return 0;
}
