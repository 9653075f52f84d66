/* What the files of the HTML report share. */
#ifndef ASSAY_REPORT_HTML_H
#define ASSAY_REPORT_HTML_H

#include "report/view.h"

struct page {
    const struct assessment *assessment;
    const struct knowledge *knowledge;
    const struct report_options *options;
    struct arena arena;
    struct buf *out;
    const struct view_horizon *horizons;
    uint32_t horizon_count;
};

/* html_put appends foreign text, clean and escaped for content and quoted attributes. */
void html_put(struct page *page, struct str text);
/* html_raw appends markup of our own. */
void html_raw(struct page *page, const char *markup);
void html_rawf(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
void html_number(struct page *page, uint64_t number);
void html_date(struct page *page, int32_t date);
/* html_or_dash appends text, or a dash where there is none. */
void html_or_dash(struct page *page, struct str text);

/* html_mark appends a symbol by name: a level's or a state's shape. */
void html_mark(struct page *page, const char *symbol);
const char *html_support_symbol(enum view_support support);
/* html_break_rows begins a new table body before row number HTML_FIRST_ROWS: a browser lays out
 * the rows before it alone until the script pages them. */
enum { HTML_FIRST_ROWS = 50 };
void html_break_rows(struct page *page, uint32_t row);
/* html_count_cell appends a table cell with a number; the script draws a small bar for its
 * share of most (0: none). */
void html_count_cell(struct page *page, uint32_t count, uint32_t most);
/* html_capital appends a sentence of our own with its first letter as a capital. */
void html_capital(struct page *page, const struct buf *sentence);

/* The parts, in the order of the page. */
void html_cards(struct page *page);
void html_levels(struct page *page);
void html_ages(struct page *page);
void html_scatter(struct page *page);
void html_horizon(struct page *page);
void html_findings(struct page *page);
void html_software(struct page *page);
void html_updates(struct page *page);
void html_about(struct page *page);

/* A button that narrows a table to the rows whose data-KEY is VALUE. Those of the key "l" are
 * levels and bear their shape. */
void html_filter(struct page *page, const char *key, const char *value, const char *words,
                 uint32_t count);

/* Made of assets/ at build time. The hashes are as the Content-Security-Policy writes them. */
extern const struct str html_style, html_start, html_script;
extern const char html_style_hash[], html_start_hash[], html_script_hash[];

#endif
