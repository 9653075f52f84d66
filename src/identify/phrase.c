#include "identify/phrase.h"

#include <string.h>

/* ---- kinds of words ---- */

static bool is_one_of(struct str word, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (str_eq_text(word, *list)) {
            return true;
        }
    }
    return false;
}

static bool all_digits(struct str word)
{
    for (size_t i = 0; i < word.len; i++) {
        if (!str_is_digit(word.ptr[i])) {
            return false;
        }
    }
    return word.len > 0;
}

/* "sp3", "cu14", "r2", "u3". */
static bool is_update(struct str word)
{
    static const char *const marks[] = {"sp", "cu", "rc", "r", "u"};
    for (unsigned i = 0; i < sizeof marks / sizeof *marks; i++) {
        struct str mark = str_from(marks[i]);
        struct str digits = str_skip(word, mark.len);
        if (str_starts(word, mark) && all_digits(digits) && digits.len < 3) {
            return true;
        }
    }
    return false;
}

static bool is_noise(struct str word)
{
    static const char *const noise[] = {
        "x64",          "x86",      "x86_64",  "amd64",        "arm64",
        "win64",        "win32",    "64-bit",  "32-bit",       "64bit",
        "32bit",        "64bits",   "intel64", "ia32",         "bit",
        "x64-based",    "release",  "version", "ver",          "build",
        "rev",          "revision", "-",       "\xe2\x80\x93", ":",
        "the",          "+",        "msi",     "exe",          "beta",
        "alpha",        "rc",       "enu",     "deu",          "fra",
        "esn",          "esp",      "ita",     "jpn",          "chs",
        "cht",          "kor",      "rus",     "ptb",          "nld",
        "plk",          "english",  "german",  "french",       "deutsch",
        "multilingual", "mui",      "en",      "de",           NULL};
    bool tag = word.len == 5 && word.ptr[2] == '-' && str_is_alpha(word.ptr[0]) &&
               str_is_alpha(word.ptr[1]) && str_is_alpha(word.ptr[3]);
    return tag || is_update(word) || is_one_of(word, noise);
}

static bool is_edition(struct str word)
{
    static const char *const editions[] = {
        "edition",  "professional", "pro",       "enterprise", "standard", "premium",
        "free",     "community",    "home",      "ultimate",   "personal", "basic",
        "business", "trial",        "lite",      "le",         "ce",       "oss",
        "ltsr",     "lts",          "ltsc",      "retail",     "volume",   "developer",
        "starter",  "plus",         "corporate", "evaluation", "full",     "international",
        "stable",   "dev",          "preview",   "portable",   "user",     "machine",
        "se",       "ee",           "online",    "offline",    NULL};
    return is_one_of(word, editions);
}

/* What any program may be called, at the end of its name. */
static bool is_kind(struct str word)
{
    static const char *const kinds[] = {"suite",   "software", "application", "app", "program",
                                        "package", "kit",      "system",      NULL};
    return is_one_of(word, kinds);
}

/* "12.6.0", "v9.76", "1.0.2u", "5.2a-b3": digits with a dot. */
static bool is_version(struct str word)
{
    bool marked = word.len > 1 && word.ptr[0] == 'v' && str_is_digit(word.ptr[1]);
    size_t at = marked, dots = 0;
    while (at < word.len && (str_is_digit(word.ptr[at]) || word.ptr[at] == '.')) {
        dots += word.ptr[at] == '.';
        at++;
    }
    return at > marked && str_is_digit(word.ptr[marked]) && dots > 0;
}

static bool is_year(struct str word)
{
    bool release = word.len > 5 && word.ptr[0] == 'r'; /* "R2023a" */
    struct str year = release ? str_sub(word, 1, 4) : word;
    return year.len == 4 && all_digits(year) &&
           (str_starts(year, STR("20")) || str_starts(year, STR("199")));
}

/* "Update 391", "Patch 12", "Service Pack 3": the number is the version's. */
static bool drop_counter(struct phrase *phrase)
{
    static const char *const counters[] = {"update", "hotfix", "patch", "pack", "cumulative", NULL};
    bool dropped = false;
    while (phrase->count > 0 &&
           (is_one_of(phrase->words[phrase->count - 1], counters) ||
            (dropped && str_eq_text(phrase->words[phrase->count - 1], "service")))) {
        phrase->count--;
        dropped = true;
    }
    return dropped;
}

/* "12c", "19c", "11g": how Oracle counts. */
static bool is_lettered(struct str word)
{
    char last = word.len > 1 ? word.ptr[word.len - 1] : '\0';
    return (last == 'c' || last == 'g') && word.len < 4 &&
           all_digits(str_sub(word, 0, word.len - 1));
}

/* "Acrobat XI", "V3". */
static bool is_number(struct str word)
{
    static const char *const roman[] = {"ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", NULL};
    return is_one_of(word, roman) || all_digits(word) || is_lettered(word) ||
           (word.len > 1 && word.ptr[0] == 'v' && all_digits(str_skip(word, 1)));
}

static void add_word(struct phrase *phrase, struct str word)
{
    bool number = all_digits(word);
    if ((number && drop_counter(phrase)) || is_version(word) || is_noise(word) ||
        phrase->count == PHRASE_WORDS) {
        return;
    }
    phrase->words[phrase->count] = word;
    phrase->kinds[phrase->count] = is_year(word)      ? WORD_YEAR
                                   : is_number(word)  ? WORD_NUMBER
                                   : is_edition(word) ? WORD_EDITION
                                                      : WORD_PLAIN;
    phrase->count++;
}

/* ---- cutting ---- */

/* How many bytes of a mark of brands the text begins with, 0 for none. */
static size_t mark_length(struct str text)
{
    static const char *const marks[] = {"(r)",      "(tm)",         "(c)",
                                        "\xc2\xae", "\xe2\x84\xa2", "\xc2\xa9"};
    if (text.ptr[0] != '(' && (text.ptr[0] & 0x80) == 0) {
        return 0;
    }
    for (unsigned i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t len = strlen(marks[i]);
        if (text.len >= len && str_eq_nocase(str_sub(text, 0, len), str_from(marks[i]))) {
            return len;
        }
    }
    return 0;
}

static size_t blank_length(struct str text)
{
    return text.ptr[0] == ' ' || text.ptr[0] == '\t' ? 1
           : str_starts(text, STR("\xc2\xa0"))       ? 2
                                                     : 0;
}

/* The micro sign and the Greek letter, both for "u". */
static bool is_micro(struct str text)
{
    return str_starts(text, STR("\xc2\xb5")) || str_starts(text, STR("\xce\xbc"));
}

struct str phrase_plain(struct str name, char *out, size_t size)
{
    size_t len = 0;
    while (name.len > 0 && len < size) {
        size_t mark = mark_length(name), blank = mark > 0 ? 0 : blank_length(name);
        if (is_micro(name)) {
            out[len++] = 'u';
            mark = 2;
        } else if (mark + blank == 0) {
            out[len++] = name.ptr[0];
        } else if (blank > 0 && len > 0 && out[len - 1] != ' ') {
            out[len++] = ' ';
        }
        name = str_skip(name, mark + blank > 0 ? mark + blank : 1);
    }
    len -= len > 0 && out[len - 1] == ' ';
    return str_make(out, len);
}

/* Lower case, without what stands in brackets. */
static struct str clean(struct str name, char *out, size_t size)
{
    char plain[LIMIT_NAME];
    size_t len = 0;
    unsigned depth = 0;
    name = phrase_plain(name, plain, sizeof plain);
    for (size_t i = 0; i < name.len && len < size; i++) {
        char c = name.ptr[i];
        bool opens = c == '(' || c == '[', closes = c == ')' || c == ']';
        depth += opens;
        if (depth == 0 || (opens && depth == 1)) {
            bool blank = opens || c == ',' || c == ';' || c == '"';
            out[len++] = blank ? ' ' : str_lower_byte(c);
        }
        depth -= closes && depth > 0;
    }
    return str_make(out, len);
}

/* "for Windows" at the end says only where it runs, "Suite" only that it is software. */
static void mark_end(struct phrase *phrase)
{
    unsigned at = phrase->count;
    for (unsigned last = at; last > 1 && phrase->kinds[last - 1] != WORD_PLAIN; last--) {
        at = last - 1;
    }
    if (at > 1 && is_kind(phrase->words[at - 1])) {
        phrase->kinds[at - 1] = WORD_EDITION;
    }
    at = phrase->count;
    if (at == 0 || !str_eq_text(phrase->words[at - 1], "windows")) {
        return;
    }
    phrase->kinds[--at] = WORD_EDITION;
    if (at > 0 && str_eq_text(phrase->words[at - 1], "microsoft")) {
        phrase->kinds[--at] = WORD_EDITION;
    }
    if (at > 0 && str_eq_text(phrase->words[at - 1], "for")) {
        phrase->kinds[--at] = WORD_EDITION;
    }
}

void phrase_cut(struct str name, struct phrase *ret)
{
    struct str rest = clean(name, ret->bytes, sizeof ret->bytes), word;
    ret->count = 0;
    while (str_next_word(&rest, &word)) {
        while (word.len > 1 && (word.ptr[word.len - 1] == ':' || word.ptr[word.len - 1] == '.')) {
            word = str_sub(word, 0, word.len - 1);
        }
        add_word(ret, word);
    }
    mark_end(ret);
}

struct str phrase_join(const struct str *words, unsigned count, char joint, char *out, size_t size)
{
    size_t len = 0;
    for (unsigned i = 0; i < count; i++) {
        if (len + words[i].len + 1 > size) {
            return STR("");
        }
        if (i > 0 && joint != '\0') {
            out[len++] = joint;
        }
        for (size_t k = 0; k < words[i].len; k++) {
            char c = words[i].ptr[k];
            if (joint != '\0' || str_is_digit(c) || str_is_alpha(c) || (c & 0x80)) {
                out[len++] = c;
            }
        }
    }
    return str_make(out, len);
}
