#include "report/html.h"

#include <string.h>

void html_raw(struct page *page, const char *markup)
{
    buf_put_text(page->out, markup);
}

void html_rawf(struct page *page, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vprintf(page->out, format, args);
    va_end(args);
}

void html_put(struct page *page, struct str text)
{
    uint32_t character;
    while (text_next(&text, &character)) {
        switch (character) {
        case '<':
            html_raw(page, "&lt;");
            break;
        case '>':
            html_raw(page, "&gt;");
            break;
        case '&':
            html_raw(page, "&amp;");
            break;
        case '"':
            html_raw(page, "&quot;");
            break;
        case '\'':
            html_raw(page, "&#39;");
            break;
        default:
            text_put_character(page->out, character);
        }
    }
}

void html_number(struct page *page, uint64_t number)
{
    text_put_number(page->out, number);
}

void html_date(struct page *page, int32_t date)
{
    if (date == DATE_NONE) {
        html_raw(page, "–");
    } else {
        text_put_date(page->out, date);
    }
}

void html_or_dash(struct page *page, struct str text)
{
    if (text.len > 0) {
        html_put(page, text);
    } else {
        html_raw(page, "–");
    }
}

void html_mark(struct page *page, const char *symbol)
{
    html_rawf(page, "<svg class=\"m %s\" aria-hidden=\"true\"><use href=\"#s-%s\"/></svg>", symbol,
              symbol);
}

const char *html_support_symbol(enum view_support support)
{
    static const char *const symbols[VIEW_SUPPORTS] = {
        [VIEW_SUPPORT_UNKNOWN] = "unknown",     [VIEW_SUPPORT_ENDED] = "ended",
        [VIEW_SUPPORT_ENDING] = "ending",       [VIEW_SUPPORT_EXTENDED] = "extended",
        [VIEW_SUPPORT_SUPPORTED] = "supported",
    };
    return symbols[support];
}

void html_break_rows(struct page *page, uint32_t row)
{
    if (row == HTML_FIRST_ROWS) {
        html_raw(page, "</tbody><tbody class=\"rest\">\n");
    }
}

void html_count_cell(struct page *page, uint32_t count, uint32_t most)
{
    if (count == 0) {
        html_raw(page, "<td class=\"n soft\" data-v=\"0\">–</td>");
        return;
    }
    html_rawf(page, "<td class=\"n\" data-v=\"%u\"", count);
    if (most > 0) {
        html_rawf(page, " data-b=\"%.0f\"", 100.0 * count / most);
    }
    html_raw(page, ">");
    html_number(page, count);
    html_raw(page, "</td>");
}

void html_capital(struct page *page, const struct buf *sentence)
{
    struct str text = buf_view(sentence);
    if (text.len > 0) {
        char first = text.ptr[0];
        buf_put_byte(page->out, first >= 'a' && first <= 'z' ? (char)(first - 32) : first);
        html_put(page, str_skip(text, 1));
    }
}

void html_filter(struct page *page, const char *key, const char *value, const char *words,
                 uint32_t count)
{
    if (count == 0) {
        return;
    }
    html_rawf(page, "<button type=\"button\" data-set=\"%s=%s\" aria-pressed=\"false\">", key,
              value);
    if (strcmp(key, "l") == 0) {
        html_mark(page, words);
    }
    html_rawf(page, "<span>%s</span> <b>", words);
    html_number(page, count);
    html_raw(page, "</b></button>");
}
