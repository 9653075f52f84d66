/* Support horizon: one line a lifecycle on a common axis of quarters. */
#include "report/html.h"

enum { MOST_ROWS = 14, YEAR = 365 };

/* The days between which the axis runs, both on the first day of a quarter. */
struct axis {
    int32_t from, to;
};

static int32_t quarter_start(int32_t date, int add)
{
    int year, month, day;
    date_to_civil(date, &year, &month, &day);
    int quarters = year * 4 + (month - 1) / 3 + add;
    return date_from_civil(quarters / 4, quarters % 4 * 3 + 1, 1);
}

static struct axis make_axis(const struct page *page)
{
    int32_t now = page->assessment->as_of, first = now - YEAR / 2, last = now + 2 * YEAR;
    for (uint32_t i = 0; i < page->horizon_count; i++) {
        int32_t until = page->horizons[i].support->until;
        if (until != DATE_NONE) {
            first = until - 90 < first ? until - 90 : first;
            last = until > last ? until : last;
        }
    }
    first = first < now - 2 * YEAR ? now - 2 * YEAR : first;
    last = last > now + 5 * YEAR ? now + 5 * YEAR : last;
    return (struct axis){quarter_start(first, 0), quarter_start(last, 1)};
}

static double place(struct axis axis, int32_t date)
{
    double share = 100.0 * (date - axis.from) / (axis.to - axis.from);
    return share < 0 ? 0 : share > 100 ? 100 : share;
}

/* Quarters as fine lines, years as stronger ones. */
static void put_quarters(struct page *page, struct axis axis, bool names)
{
    for (int32_t at = quarter_start(axis.from, 1); at < axis.to; at = quarter_start(at, 1)) {
        int year, month, day;
        date_to_civil(at, &year, &month, &day);
        html_rawf(page, "<line class=\"%s\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%s\" y2=\"100%%\"/>",
                  month == 1 ? "year" : "quarter", place(axis, at), place(axis, at),
                  names && month == 1 ? "0"
                  : names             ? "75%"
                                      : "0");
        if (names && month == 1) {
            html_rawf(page, "<text class=\"year-name\" x=\"%.2f%%\" y=\"14\" dx=\"5\">%d</text>",
                      place(axis, at), year);
        }
    }
    double now = place(axis, page->assessment->as_of);
    html_rawf(page, "<line class=\"now\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%s\" y2=\"100%%\"/>", now,
              now, names ? "18" : "0");
    if (names) {
        html_rawf(page, "<text class=\"now-name\" x=\"%.2f%%\" y=\"30\" dx=\"5\">today</text>",
                  now);
    }
}

static void put_span(struct page *page, const char *class, double from, double to)
{
    if (to > from) {
        html_rawf(page,
                  "<rect class=\"%s\" x=\"%.2f%%\" y=\"50%%\" width=\"%.2f%%\" height=\"10\" "
                  "transform=\"translate(0 -5)\"/>",
                  class, from, to - from);
    }
}

static void put_bar(struct page *page, struct axis axis, const struct support *support)
{
    double end = support->until == DATE_NONE ? 100 : place(axis, support->until);
    double now = place(axis, page->assessment->as_of);
    double main = end;
    if (support->mainstream_until != DATE_NONE && support->mainstream_until < support->until) {
        main = place(axis, support->mainstream_until);
    }
    html_raw(page, "<svg class=\"plot\" width=\"100%\" height=\"36\" aria-hidden=\"true\">");
    put_quarters(page, axis, false);
    if (support->state == SUPPORT_ENDED) {
        end = support->until == DATE_NONE ? 0 : end;
        put_span(page, "span over", 0, end);
        html_rawf(page, "<line class=\"gap\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"18\" y2=\"18\"/>",
                  end, now);
    } else {
        put_span(page, "span", 0, main);
        put_span(page, "span more", main, end);
    }
    if (support->until != DATE_NONE && end > 0 && end < 100) {
        html_rawf(page,
                  "<rect class=\"end\" x=\"%.2f%%\" y=\"50%%\" width=\"2\" height=\"18\" "
                  "transform=\"translate(-1 -9)\"/>",
                  end);
    }
    html_raw(page, "</svg>");
}

static void put_name(struct page *page, const struct view_horizon *horizon)
{
    html_raw(page, horizon->support->product.len > 0 ? "<span class=\"hz-name\"><b>"
                                                     : "<span class=\"hz-name\"><b>not named");
    html_put(page, horizon->support->product);
    html_raw(page, "</b> ");
    html_put(page, horizon->support->release);
    html_raw(page, "<span class=\"detail\">");
    html_raw(page, horizon->is_os ? "operating system" : "");
    if (horizon->packages > 0) {
        html_raw(page, horizon->is_os ? " and " : "");
        text_put_count(page->out, horizon->packages, "package", "packages");
    }
    html_raw(page, "</span></span>");
}

static void put_end(struct page *page, const struct support *support)
{
    enum view_support view = view_support(support);
    html_raw(page, "<span class=\"hz-end\">");
    html_mark(page, html_support_symbol(view));
    if (support->until == DATE_NONE) {
        html_raw(page,
                 view == VIEW_SUPPORT_ENDED ? "ended, date not known" : "no end date published");
    } else {
        html_raw(page, view == VIEW_SUPPORT_ENDED ? "ended " : "until ");
        html_date(page, support->until);
        html_raw(page, "<span class=\"detail\">");
        view_put_support_left(page->out, support);
        if (support->state == SUPPORT_EXTENDED) {
            html_raw(page, ", ");
            html_put(page, support->programme.len > 0 ? support->programme : STR("extended"));
        }
        html_raw(page, "</span>");
    }
    html_raw(page, "</span>");
}

static void put_takeaway(struct page *page)
{
    uint32_t ended = 0, ending = 0;
    for (uint32_t i = 0; i < page->horizon_count; i++) {
        ended += view_support(page->horizons[i].support) == VIEW_SUPPORT_ENDED;
        ending += view_support(page->horizons[i].support) == VIEW_SUPPORT_ENDING;
    }
    if (ended + ending == 0) {
        html_raw(page, "Everything whose support is known has more than a year left.");
        return;
    }
    if (ended > 0) {
        text_put_count(page->out, ended, "product is", "products are");
        html_raw(page, " past end of support");
        html_raw(page, ending > 0 ? ", and " : ".");
    }
    if (ending > 0) {
        html_number(page, ending);
        html_raw(page, ending == 1 ? " more reaches it within 12 months."
                                   : " more reach it within 12 months.");
    }
}

static void put_behind(struct page *page)
{
    html_raw(page, "<details class=\"behind\"><summary>As a table</summary><table><thead><tr>"
                   "<th scope=\"col\">Product</th><th scope=\"col\">Release</th><th "
                   "scope=\"col\">Support</th><th scope=\"col\">Regular until</th><th "
                   "scope=\"col\">Until</th><th scope=\"col\">Why</th></tr></thead><tbody>");
    for (uint32_t i = 0; i < page->horizon_count; i++) {
        const struct support *support = page->horizons[i].support;
        html_raw(page, "<tr><th scope=\"row\">");
        html_put(page, support->product);
        html_raw(page, "</th><td>");
        html_put(page, support->release);
        html_rawf(page, "</td><td>%s</td><td>", view_support_word(view_support(support)));
        html_date(page, support->mainstream_until);
        html_raw(page, "</td><td>");
        html_date(page, support->until);
        html_raw(page, "</td><td>");
        html_put(page, support->reason);
        html_raw(page, "</td></tr>");
    }
    html_raw(page, "</tbody></table></details>");
}

static void put_rows(struct page *page)
{
    struct axis axis = make_axis(page);
    uint32_t shown = page->horizon_count < MOST_ROWS ? page->horizon_count : MOST_ROWS;
    html_raw(page, "<div class=\"horizon\"><div class=\"hz axis-row\"><span></span><svg "
                   "class=\"plot\" width=\"100%\" height=\"36\" aria-hidden=\"true\">");
    put_quarters(page, axis, true);
    html_raw(page, "</svg><span></span></div>");
    for (uint32_t i = 0; i < shown; i++) {
        html_raw(page, "<div class=\"hz\">");
        put_name(page, &page->horizons[i]);
        put_bar(page, axis, page->horizons[i].support);
        put_end(page, page->horizons[i].support);
        html_raw(page, "</div>");
    }
    html_raw(page, "</div>");
    if (shown < page->horizon_count) {
        html_raw(page, "<p class=\"axis-name\">");
        html_number(page, page->horizon_count - shown);
        html_raw(page, " that end later are in the table.</p>");
    }
}

void html_horizon(struct page *page)
{
    html_raw(page, "<section id=\"support\">\n<h2>Support</h2>\n");
    if (page->horizon_count == 0) {
        html_raw(page, "<p class=\"empty\">Not known for the operating system or any software");
        html_raw(page, page->assessment->has_knowledge
                           ? ": the knowledge has no lifecycle of them.</p></section>\n"
                           : " without knowledge. Build it with <code>assay kb build</code>, then "
                             "assess again.</p></section>\n");
        return;
    }
    html_raw(page, "<p class=\"sentence\">");
    put_takeaway(page);
    html_raw(page, "</p>");
    put_rows(page);
    put_behind(page);
    html_raw(page, "</section>\n");
}
