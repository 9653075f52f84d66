/*
 * Products whose versions are written with or without what says nothing: R33 of NGINX Plus is 33,
 * the 2021.001 of Acrobat 21.001. What is left is in the loose order of CPE versions.
 */
#include "version/key.h"

enum { YEAR_DIGITS = 4 };

/* A word at the beginning that a number follows: "R33", "build_7271". */
static struct str drop_word(struct str text)
{
    struct str rest = text;
    if (key_take_letters(&rest).len == 0) {
        return text;
    }
    if (rest.len > 0 && (rest.ptr[0] == '_' || rest.ptr[0] == ' ' || rest.ptr[0] == '-')) {
        rest = str_skip(rest, 1);
    }
    return rest.len > 0 && str_is_digit(rest.ptr[0]) ? rest : text;
}

int version_bare_make(struct str text, struct str update, struct key_draft *draft,
                      struct error *err)
{
    return version_nvd_make(drop_word(str_trim(text)), update, draft, err);
}

int version_year_make(struct str text, struct str update, struct key_draft *draft,
                      struct error *err)
{
    text = str_trim(text);
    struct str rest = text, year = key_take_digits(&rest);
    bool whole = year.len == YEAR_DIGITS && str_starts(year, STR("20"));
    return version_nvd_make(whole ? str_skip(text, YEAR_DIGITS / 2) : text, update, draft, err);
}
