/*
 * Versions as CVE records state them: in fields, or in words within the field "version".
 * What is not understood is not guessed.
 */
#include "feed/cvelist.h"

#include <stdio.h>
#include <string.h>

static void add(struct stretches *into, struct stretch stretch)
{
    arena_reserve(into->arena, into->items, into->count, into->capacity);
    into->items[into->count++] = stretch;
}

/* ---- one version ---- */

static bool is_hash(struct str text)
{
    size_t at = 0;
    while (at < text.len && (str_is_digit(text.ptr[at]) || (str_lower_byte(text.ptr[at]) >= 'a' &&
                                                            str_lower_byte(text.ptr[at]) <= 'f'))) {
        at++;
    }
    return at == text.len && text.len >= 32;
}

/* What may stand before the digits of a version: "v1.2", "release-1.2". */
static size_t noise_before(struct str text)
{
    static const struct str noise[] = {{"release", 7}, {"version", 7}, {"ver", 3}, {"v", 1}};
    for (size_t i = 0; i < sizeof noise / sizeof noise[0]; i++) {
        size_t len = noise[i].len;
        if (text.len > len && str_eq_nocase(str_sub(text, 0, len), noise[i])) {
            return len + (strchr(".-_", text.ptr[len]) != NULL);
        }
    }
    return 0;
}

/* "1.2", "v1.2", "12.2(33)SXI"; "R2024a" is none: versions begin with a digit. */
static bool is_version(struct str text)
{
    size_t at = noise_before(text);
    if (at >= text.len || !str_is_digit(text.ptr[at]) || is_hash(text) ||
        str_glob(STR("*.x"), text)) {
        return false;
    }
    for (; at < text.len; at++) {
        unsigned char c = (unsigned char)text.ptr[at];
        if (c <= ' ' || c >= 0x7f || strchr("<>=,;[]\"'\\*?", c) != NULL) {
            return false;
        }
    }
    return true;
}

static bool ends_open(struct str text)
{
    return text.len > 2 && text.ptr[text.len - 2] == '.' &&
           strchr("*xX", text.ptr[text.len - 1]) != NULL;
}

/* "2.4.x", "2.4.*" and "2.4.x.x" to "2.4". */
static bool split_wildcard(struct str text, struct str *ret_prefix)
{
    if (!ends_open(text)) {
        return false;
    }
    while (ends_open(text)) {
        text.len -= 2;
    }
    *ret_prefix = text;
    return is_version(text);
}

/* "2.4" to "2.5": the first version behind all of 2.4. */
static bool next_branch(struct arena *arena, struct str prefix, struct str *ret_next)
{
    size_t at = prefix.len;
    uint64_t number;
    char digits[24];
    while (at > 0 && str_is_digit(prefix.ptr[at - 1])) {
        at--;
    }
    if (prefix.len - at > 9 || !str_to_u64(str_skip(prefix, at), &number)) {
        return false;
    }
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number + 1);
    char *next = arena_alloc(arena, at + (size_t)len);
    memcpy(next, prefix.ptr, at);
    memcpy(next + at, digits, (size_t)len);
    *ret_next = (struct str){next, at + (size_t)len};
    return true;
}

static bool add_exact(struct stretches *into, struct str version)
{
    struct str prefix, next;
    if (is_version(version)) {
        add(into, (struct stretch){.start = version, .end = STR(""), .exact = true});
        return true;
    }
    if (split_wildcard(version, &prefix) && next_branch(into->arena, prefix, &next)) {
        add(into, (struct stretch){.start = prefix, .end = next});
        return true;
    }
    return false;
}

/* ---- ranges ---- */

static bool set_end(struct stretches *into, struct str end, bool including, struct stretch *range)
{
    struct str prefix;
    if (is_version(end)) {
        range->end = end;
        range->end_including = including;
        return true;
    }
    range->end_including = false;
    if (!split_wildcard(end, &prefix)) {
        return false;
    }
    range->end = prefix;
    return !including || next_branch(into->arena, prefix, &range->end);
}

/* Words before the version tell its product ("Android 12"), words behind it repeat the range. */
static struct str first_version(struct str text)
{
    struct str word, rest = text, prefix;
    while (str_next_word(&rest, &word)) {
        while (word.len > 0 && (word.ptr[0] == '<' || word.ptr[0] == '=' || word.ptr[0] == '>')) {
            word = str_skip(word, 1);
        }
        word.len -= word.len > 0 && strchr(",;", word.ptr[word.len - 1]) != NULL;
        if (is_version(word) || split_wildcard(word, &prefix)) {
            return word;
        }
    }
    return STR("");
}

bool stretches_add_range(struct stretches *into, struct str start, struct str end,
                         bool end_including)
{
    struct stretch range = {.start = STR(""), .end = STR("")};
    struct str first = first_version(start), prefix;
    end = str_trim(end);
    if (!str_eq(end, STR("*")) && !set_end(into, first_version(end), end_including, &range)) {
        return false;
    }
    if (!str_eq(first, STR("0"))) {
        range.start = split_wildcard(first, &prefix) ? prefix : first;
    }
    add(into, range);
    return true;
}

/* ---- words ---- */

enum word {
    WORD_OTHER,
    WORD_NOISE,
    WORD_ALL,
    WORD_FROM,
    WORD_TO,
    WORD_BEFORE,
    WORD_PRIOR,
    WORD_EARLIER,
    WORD_INCLUDING,
    /* comparisons of the next version */
    WORD_LESS,
    WORD_MOST,
    WORD_MORE,
    WORD_LEAST,
    WORD_EQUAL
};

static const struct {
    const char *text;
    enum word word;
} words[] = {
    {"<", WORD_LESS},
    {"<=", WORD_MOST},
    {">", WORD_MORE},
    {">=", WORD_LEAST},
    {"=", WORD_EQUAL},
    {"==", WORD_EQUAL},
    {"version", WORD_NOISE},
    {"versions", WORD_NOISE},
    {"ver.", WORD_NOISE},
    {"ver", WORD_NOISE},
    {"v", WORD_NOISE},
    {"release", WORD_NOISE},
    {"releases", WORD_NOISE},
    {"and", WORD_NOISE},
    {"or", WORD_NOISE},
    {"the", WORD_NOISE},
    {"up", WORD_NOISE},
    {"||", WORD_NOISE},
    {"all", WORD_ALL},
    {"any", WORD_ALL},
    {"*", WORD_ALL},
    {"from", WORD_FROM},
    {"since", WORD_FROM},
    {"to", WORD_TO},
    {"through", WORD_TO},
    {"thru", WORD_TO},
    {"until", WORD_TO},
    {"-", WORD_TO},
    {"~", WORD_TO},
    {"before", WORD_BEFORE},
    {"prior", WORD_PRIOR},
    {"earlier", WORD_EARLIER},
    {"below", WORD_EARLIER},
    {"older", WORD_EARLIER},
    {"lower", WORD_EARLIER},
    {"previous", WORD_PRIOR},
    {"including", WORD_INCLUDING},
};

static enum word find_word(struct str text)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (str_eq_nocase(text, str_from(words[i].text))) {
            return words[i].word;
        }
    }
    return WORD_OTHER;
}

/* Reading of a statement: what the next version is, and the stretch that is open. */
struct statement {
    struct stretches *into;
    enum word pending; /* WORD_EQUAL: the version itself */
    struct stretch open;
    bool has_start, has_end, all;
};

static bool close_stretch(struct statement *statement)
{
    struct stretch *open = &statement->open;
    bool good = true;
    if (open->exact) {
        good = add_exact(statement->into, open->start);
    } else if (statement->has_start || statement->has_end) {
        add(statement->into, *open);
    }
    *open = (struct stretch){.start = STR(""), .end = STR("")};
    statement->has_start = statement->has_end = false;
    return good;
}

static bool take_end(struct statement *statement, struct str version, bool including)
{
    bool good = !statement->has_end || close_stretch(statement);
    statement->has_start = statement->has_start || statement->open.exact;
    statement->open.exact = false;
    statement->has_end = true;
    return set_end(statement->into, version, including, &statement->open) && good;
}

static bool take_start(struct statement *statement, struct str version, bool excluding)
{
    struct str prefix;
    bool good = close_stretch(statement);
    statement->open.start = split_wildcard(version, &prefix) ? prefix : version;
    statement->open.start_excluding = excluding;
    statement->has_start = true;
    return good;
}

static bool take_version(struct statement *statement, struct str version, bool listed)
{
    enum word pending = statement->pending;
    statement->pending = WORD_EQUAL;
    switch (pending) {
    case WORD_LESS:
    case WORD_MOST:
    case WORD_TO:
        return take_end(statement, version, pending != WORD_LESS);
    case WORD_MORE:
    case WORD_LEAST:
        return take_start(statement, version, pending == WORD_MORE);
    default:
        break;
    }
    bool good = close_stretch(statement);
    statement->open.start = version;
    statement->open.exact = true;
    return good && (!listed || close_stretch(statement));
}

/* "1.4 and earlier": what stood alone is the end. */
static bool turn_around(struct statement *statement)
{
    struct str version = statement->open.start;
    if (!statement->open.exact) {
        return false;
    }
    statement->open = (struct stretch){.start = STR(""), .end = STR("")};
    return take_end(statement, version, true);
}

static bool take_word(struct statement *statement, enum word word)
{
    bool before = statement->pending == WORD_LESS || statement->pending == WORD_MOST;
    switch (word) {
    case WORD_OTHER:
        return false;
    case WORD_NOISE:
        return true;
    case WORD_ALL:
        statement->all = true;
        return true;
    case WORD_EARLIER:
        return turn_around(statement);
    case WORD_PRIOR:
        if (statement->open.exact) {
            return turn_around(statement);
        }
        statement->pending = WORD_LESS;
        return true;
    case WORD_TO:
        statement->pending = before ? statement->pending : WORD_TO;
        return true;
    case WORD_INCLUDING:
        statement->pending = before ? WORD_MOST : statement->pending;
        return true;
    case WORD_FROM:
        statement->pending = WORD_LEAST;
        return true;
    case WORD_BEFORE:
        statement->pending = WORD_LESS;
        return true;
    default:
        statement->pending = word;
        return true;
    }
}

/* A word may begin with a comparison and end with a comma: "<=1.2,". */
static bool take_token(struct statement *statement, struct str token)
{
    size_t sign = 0;
    struct str prefix;
    while (sign < token.len && memchr("<>=", token.ptr[sign], 3) != NULL) {
        sign++;
    }
    if (sign > 0 && !take_word(statement, find_word(str_sub(token, 0, sign)))) {
        return false;
    }
    token = str_skip(token, sign);
    bool listed =
        token.len > 0 && (token.ptr[token.len - 1] == ',' || token.ptr[token.len - 1] == ';');
    token.len -= listed;
    if (token.len == 0) {
        return sign > 0;
    }
    return is_version(token) || split_wildcard(token, &prefix)
               ? take_version(statement, token, listed)
               : take_word(statement, find_word(token));
}

static bool is_anything(struct str text)
{
    return text.len == 0 || str_eq(text, STR("*")) || str_glob(STR("n/a|na|unspecified|0|-"), text);
}

bool stretches_add_text(struct stretches *into, struct str text)
{
    struct statement statement = {
        .into = into, .pending = WORD_EQUAL, .open = {.start = STR(""), .end = STR("")}};
    uint32_t before = into->count;
    struct str rest = str_trim(text), token;
    bool good = true;
    if (is_anything(rest)) {
        add(into, (struct stretch){.start = STR(""), .end = STR("")});
        return true;
    }
    while (good && str_next_word(&rest, &token)) {
        good = take_token(&statement, token);
    }
    good = good && statement.pending == WORD_EQUAL && close_stretch(&statement);
    if (good && into->count == before && statement.all) {
        add(into, (struct stretch){.start = STR(""), .end = STR("")});
    }
    good = good && into->count > before;
    into->count = good ? into->count : before;
    return good;
}

/* ---- what is left when the unaffected is taken away ---- */

void stretches_invert(struct stretches *stretches)
{
    struct stretches affected = {.arena = stretches->arena};
    struct stretch gap = {.start = STR(""), .end = STR("")};
    bool open = true;
    for (uint32_t i = 0; open && i < stretches->count; i++) {
        const struct stretch *safe = &stretches->items[i];
        if (safe->start.len > 0) {
            gap.end = safe->start;
            gap.end_including = safe->start_excluding;
            add(&affected, gap);
        }
        gap = (struct stretch){
            .start = safe->end, .end = STR(""), .start_excluding = safe->end_including};
        open = safe->end.len > 0;
    }
    if (open) {
        add(&affected, gap);
    }
    *stretches = affected;
}
