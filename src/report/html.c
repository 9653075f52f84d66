/*
 * One self-contained page: no request leaves it, nothing of the inventory is markup, and it can
 * be read without scripts.
 */
#include "report/html.h"

#include "report/formats.h"

#include <string.h>

/* The shapes; their colours come from the style sheet by class. */
static const char symbols[] =
    "<svg class=\"symbols\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>"
    "<symbol id=\"s-critical\" viewBox=\"0 0 12 12\"><path d=\"M6 .4 11.6 6 6 11.6.4 "
    "6Z\"/></symbol>"
    "<symbol id=\"s-high\" viewBox=\"0 0 12 12\"><path d=\"M6 .9 11.7 11H.3Z\"/></symbol>"
    "<symbol id=\"s-medium\" viewBox=\"0 0 12 12\"><circle cx=\"6\" cy=\"6\" r=\"5\"/></symbol>"
    "<symbol id=\"s-low\" viewBox=\"0 0 12 12\"><circle class=\"o\" cx=\"6\" cy=\"6\" r=\"4.2\"/>"
    "</symbol>"
    "<symbol id=\"s-unknown\" viewBox=\"0 0 12 12\"><circle class=\"o d\" cx=\"6\" cy=\"6\" "
    "r=\"4.4\"/>"
    "</symbol>"
    "<symbol id=\"s-supported\" viewBox=\"0 0 12 12\"><path class=\"o\" d=\"M1.5 6.5 4.7 9.7 10.5 "
    "2.7\"/>"
    "</symbol>"
    "<symbol id=\"s-extended\" viewBox=\"0 0 12 12\"><circle class=\"o\" cx=\"6\" cy=\"6\" "
    "r=\"4.8\"/>"
    "<path class=\"o\" d=\"M6 3V6L8.2 7.3\"/></symbol>"
    "<symbol id=\"s-ending\" viewBox=\"0 0 12 12\"><path class=\"o\" d=\"M2 1.2H10M2 10.8H10M3 "
    "1.2C3 4 "
    "6 4.6 6 6S3 8 3 10.8M9 1.2C9 4 6 4.6 6 6S9 8 9 10.8\"/></symbol>"
    "<symbol id=\"s-ended\" viewBox=\"0 0 12 12\"><path class=\"o\" d=\"M2 2 10 10M10 2 2 10\"/>"
    "</symbol>"
    "<pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
    "patternTransform=\"rotate(45)\"><rect class=\"hatch-ground\" width=\"6\" height=\"6\"/>"
    "<rect class=\"hatch-line\" width=\"2.5\" height=\"6\"/></pattern>"
    "</defs></svg>";

static void put_head(struct page *page)
{
    html_raw(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html_rawf(page,
              "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
              "style-src '%s'; script-src '%s' '%s'; base-uri 'none'; form-action 'none'\">\n",
              html_style_hash, html_start_hash, html_script_hash);
    html_raw(page, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<meta name=\"color-scheme\" content=\"light dark\">\n"
                   "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    html_put(page, view_server(page->assessment, page->options));
    html_raw(page, " · security insights</title>\n<style>");
    buf_put_str(page->out, html_style);
    html_raw(page, "</style>\n<script>");
    buf_put_str(page->out, html_start);
    html_raw(page, "</script>\n</head>\n<body>\n");
    html_raw(page, symbols);
}

static void put_link(struct page *page, const char *anchor, const char *words, uint32_t count)
{
    html_rawf(page, "<a href=\"#%s\">%s", anchor, words);
    if (count > 0) {
        html_raw(page, " <b>");
        html_number(page, count);
        html_raw(page, "</b>");
    }
    html_raw(page, "</a>");
}

static void put_navigation(struct page *page)
{
    const struct assessment *assessment = page->assessment;
    html_raw(page,
             "\n<header class=\"top\"><div class=\"in\"><a class=\"name\" href=\"#overview\">");
    html_put(page, view_server(assessment, page->options));
    html_raw(page, "</a><nav aria-label=\"Parts of this report\">");
    put_link(page, "vulnerabilities", "Vulnerabilities", assessment->confirmed.total);
    put_link(page, "support", "Support", 0);
    put_link(page, "software", "Software", assessment->software_count);
    put_link(page, "updates", "Updates", assessment->update_count);
    put_link(page, "about", "About", 0);
    html_raw(page,
             "</nav><button type=\"button\" id=\"theme\" hidden>Dark</button></div></header>\n");
}

/* The file may be of today and what it was built from not. */
static void put_old_feeds(struct page *page)
{
    unsigned old = 0, present = 0;
    for (uint32_t i = 0; i < knowledge_feed_count(page->knowledge); i++) {
        struct knowledge_feed feed;
        if (knowledge_feed(page->knowledge, i, &feed) && feed.present) {
            int64_t age = view_feed_age(page->assessment, page->options, &feed);
            present++;
            old += age > (int64_t)VIEW_OLD_DAYS * 86400;
        }
    }
    if (old > 0) {
        html_rawf(page,
                  ", <a href=\"#about\"><strong>%u of its %u feeds older than %d days</strong></a>",
                  old, present, VIEW_OLD_DAYS);
    }
}

/* The line below the headline: what, and as of when. */
static void put_subject(struct page *page)
{
    const struct inventory *inventory = page->assessment->inventory;
    html_raw(page, "<p class=\"subject\">");
    html_put(page, inventory->os.pretty.len > 0 ? inventory->os.pretty
                                                : STR("Operating system not known"));
    if (inventory->kernel.running.len > 0 && inventory->os.family != OS_FAMILY_WINDOWS) {
        html_raw(page, " · kernel ");
        html_put(page, inventory->kernel.running);
    }
    if (inventory->collected != TIME_NONE) {
        char time[TIME_SIZE];
        html_rawf(page, " · examined %.10s", time_format(inventory->collected, time));
    }
    if (page->knowledge != NULL && knowledge_built(page->knowledge) != TIME_NONE) {
        char time[TIME_SIZE];
        html_rawf(page, " · knowledge of %.10s",
                  time_format(knowledge_built(page->knowledge), time));
        put_old_feeds(page);
    }
    html_raw(page, "</p>\n");
}

static void put_hero(struct page *page)
{
    struct buf sentence;
    buf_init(&sentence, 16384);
    html_raw(page, "<section id=\"overview\" class=\"hero\">\n<h1>");
    view_put_headline(&sentence, page->assessment, page->options);
    html_put(page, buf_view(&sentence));
    html_raw(page, "</h1>\n");
    buf_clear(&sentence);
    view_put_fixes(&sentence, page->assessment);
    if (sentence.len > 0) {
        html_raw(page, "<p class=\"next\">");
        html_capital(page, &sentence);
        html_raw(page, ".</p>\n");
    }
    buf_done(&sentence);
    put_subject(page);
    html_cards(page);
    html_raw(page, "</section>\n");
}

static void put_charts(struct page *page)
{
    if (page->assessment->confirmed.total == 0) {
        return;
    }
    html_raw(page, "<section class=\"charts\" aria-label=\"Charts\">\n");
    html_levels(page);
    html_ages(page);
    html_scatter(page);
    html_raw(page, "</section>\n");
}

static void put_notices(struct page *page)
{
    html_raw(page, "<footer><p>");
    for (uint32_t i = 0; page->knowledge != NULL && i < knowledge_feed_count(page->knowledge);
         i++) {
        struct knowledge_feed feed;
        if (knowledge_feed(page->knowledge, i, &feed) && feed.present && feed.attribution.len > 0) {
            html_put(page, feed.attribution);
            html_raw(page, " ");
        }
    }
    html_rawf(page,
              "</p><p>Made by assay %s. Everything in this page is in this file; it loads "
              "nothing.</p></footer>\n",
              ASSAY_VERSION);
}

void report_html_write(const struct assessment *assessment, const struct knowledge *knowledge,
                       const struct report_options *options, struct buf *out)
{
    struct page page = {
        .assessment = assessment, .knowledge = knowledge, .options = options, .out = out};
    arena_init(&page.arena);
    page.horizons = view_horizons(assessment, &page.arena, &page.horizon_count);
    put_head(&page);
    put_navigation(&page);
    html_raw(&page, "<main class=\"in\">\n");
    put_hero(&page);
    put_charts(&page);
    html_findings(&page);
    html_horizon(&page);
    html_software(&page);
    html_updates(&page);
    html_about(&page);
    put_notices(&page);
    html_raw(&page, "</main>\n<script>");
    buf_put_str(out, html_script);
    html_raw(&page, "</script>\n</body>\n</html>\n");
    arena_done(&page.arena);
}
