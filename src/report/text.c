#include "report/text.h"

#include "base/date.h"

#include <stdlib.h>
#include <string.h>

enum { NO_BREAK_SPACE = 0xa0 };

/* The length of the UTF-8 sequence that a first byte announces, 0 for none. */
static unsigned sequence_length(unsigned char first)
{
    return first < 0x80   ? 1
           : first < 0xc2 ? 0
           : first < 0xe0 ? 2
           : first < 0xf0 ? 3
           : first < 0xf5 ? 4
                          : 0;
}

static uint32_t decode_sequence(struct str s, unsigned len)
{
    static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t character = (unsigned char)s.ptr[0] & masks[len];
    for (unsigned i = 1; i < len; i++) {
        character = character << 6 | ((unsigned char)s.ptr[i] & 0x3f);
    }
    return character;
}

/* Characters that move the cursor, hide text or turn it around. */
static bool is_unsafe(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);
}

bool text_next(struct str *rest, uint32_t *ret_character)
{
    if (rest->len == 0) {
        return false;
    }
    unsigned len = sequence_length((unsigned char)rest->ptr[0]);
    if (len == 0 || len > rest->len || !str_valid_utf8(str_sub(*rest, 0, len))) {
        *ret_character = TEXT_REPLACEMENT;
        *rest = str_skip(*rest, 1);
        return true;
    }
    uint32_t character = decode_sequence(*rest, len);
    *rest = str_skip(*rest, len);
    if (character == '\t' || character == '\n' || character == '\r') {
        character = ' ';
    }
    *ret_character = is_unsafe(character) ? TEXT_REPLACEMENT : character;
    return true;
}

void text_put_character(struct buf *out, uint32_t c)
{
    if (c < 0x80) {
        buf_put_byte(out, (char)c);
    } else if (c < 0x800) {
        buf_put(out, (char[]){(char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f))}, 2);
    } else if (c < 0x10000) {
        buf_put(out,
                (char[]){(char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3f)),
                         (char)(0x80 | (c & 0x3f))},
                3);
    } else {
        buf_put(out,
                (char[]){(char)(0xf0 | c >> 18), (char)(0x80 | (c >> 12 & 0x3f)),
                         (char)(0x80 | (c >> 6 & 0x3f)), (char)(0x80 | (c & 0x3f))},
                4);
    }
}

void text_put_clean(struct buf *out, struct str s)
{
    uint32_t character;
    while (text_next(&s, &character)) {
        text_put_character(out, character);
    }
}

struct str text_clean(struct arena *arena, struct str s)
{
    struct buf clean;
    bool plain = true;
    for (size_t i = 0; i < s.len && plain; i++) {
        plain = s.ptr[i] >= 0x20 && s.ptr[i] < 0x7f;
    }
    if (plain) {
        return s;
    }
    buf_init(&clean, 4 * s.len + 4); /* a byte becomes at most three */
    text_put_clean(&clean, s);
    struct str copy = arena_str(arena, buf_view(&clean));
    buf_done(&clean);
    return copy;
}

struct range {
    uint32_t first, last;
};

static bool in_ranges(uint32_t c, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (c >= ranges[i].first && c <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

/* Unicode 15: combining marks take no column; East Asian Wide and emoji take two. */
static unsigned character_width(uint32_t c)
{
    static const struct range marks[] = {
        {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},   {0x64b, 0x65f},
        {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
    };
    static const struct range wide[] = {
        {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},
        {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
        {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
        {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
    };
    if (c < 0x300) {
        return 1;
    }
    if (in_ranges(c, marks, sizeof marks / sizeof marks[0])) {
        return 0;
    }
    return in_ranges(c, wide, sizeof wide / sizeof wide[0]) ? 2 : 1;
}

unsigned text_width(struct str s)
{
    unsigned width = 0;
    uint32_t character;
    while (text_next(&s, &character)) {
        width += character_width(character);
    }
    return width;
}

unsigned text_put_fit(struct buf *out, struct str s, unsigned width)
{
    unsigned used = 0;
    uint32_t character;
    bool cut = text_width(s) > width;
    unsigned room = cut && width > 0 ? width - 1 : width;
    while (text_next(&s, &character) && used + character_width(character) <= room) {
        text_put_character(out, character);
        used += character_width(character);
    }
    if (cut && width > 0) {
        text_put_character(out, 0x2026);
        used++;
    }
    return used;
}

unsigned text_put_middle(struct buf *out, struct str s, unsigned width)
{
    unsigned total = text_width(s), used = 0, from = 0;
    if (total <= width || width < 4) {
        return text_put_fit(out, s, width);
    }
    unsigned head = (width - 1) / 2, tail = width - 1 - head;
    uint32_t character;
    while (text_next(&s, &character)) {
        unsigned end = from + character_width(character);
        if (end <= head || from >= total - tail) {
            text_put_character(out, character);
            used += end - from;
        } else if (from <= head && end > head) {
            text_put_character(out, 0x2026);
            used++;
        }
        from = end;
    }
    return used;
}

void text_put_blanks(struct buf *out, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        buf_put_byte(out, ' ');
    }
}

void text_put_held(struct buf *out, struct str s)
{
    uint32_t character;
    while (text_next(&s, &character)) {
        text_put_character(out, character == ' ' ? NO_BREAK_SPACE : character);
    }
}

/* Appends a word cut to width, its no-break spaces as blanks. */
static unsigned put_word(struct buf *out, struct str word, unsigned width)
{
    size_t start = out->len, to = start;
    unsigned used = text_put_fit(out, word, width);
    for (size_t at = start; at < out->len; at++, to++) {
        bool held = at + 1 < out->len && out->data[at] == '\xc2' && out->data[at + 1] == '\xa0';
        out->data[to] = held ? ' ' : out->data[at];
        at += held;
    }
    if (to < out->len) {
        out->data[to] = '\0';
    }
    out->len = to;
    return used;
}

void text_put_wrapped(struct buf *out, struct str s, unsigned width, unsigned indent)
{
    unsigned used = 0, room = width > 10 ? width : 10;
    struct str word;
    while (str_next_word(&s, &word)) {
        unsigned needed = text_width(word);
        if (used > 0 && used + 1 + needed > room) {
            buf_put_byte(out, '\n');
            text_put_blanks(out, indent);
            used = 0;
        } else if (used > 0) {
            buf_put_byte(out, ' ');
            used++;
        }
        used += put_word(out, word, room - used);
    }
}

void text_put_number(struct buf *out, uint64_t number)
{
    if (number >= 1000) {
        text_put_number(out, number / 1000);
        buf_printf(out, ",%03u", (unsigned)(number % 1000));
    } else {
        buf_printf(out, "%u", (unsigned)number);
    }
}

void text_put_count(struct buf *out, uint64_t number, const char *one, const char *many)
{
    text_put_number(out, number);
    buf_put_byte(out, ' ');
    buf_put_text(out, number == 1 ? one : many);
}

void text_put_days(struct buf *out, int64_t days)
{
    enum { YEAR = 365 };
    if (days < 2 * YEAR) {
        text_put_count(out, (uint64_t)(days < 0 ? 0 : days), "day", "days");
    } else {
        text_put_count(out, (uint64_t)(days / YEAR), "year", "years");
    }
}

void text_put_date(struct buf *out, int32_t date)
{
    char text[DATE_SIZE];
    buf_put_text(out, date_format(date, text));
}

void text_put_score(struct buf *out, int score)
{
    if (score < 0) {
        buf_put_byte(out, '-');
    } else {
        buf_printf(out, "%d.%d", score / 10, score % 10);
    }
}

void text_put_probability(struct buf *out, double probability)
{
    if (probability < 0) {
        buf_put_byte(out, '-');
    } else if (probability < 0.005) {
        buf_put_text(out, "<0.01");
    } else {
        buf_printf(out, "%.2f", probability);
    }
}
