/* Software and pending updates as tables. */
#include "report/html.h"

#include <stdlib.h>

static int compare_insights(const void *left, const void *right, void *context)
{
    const struct software_insight *insights = context;
    const struct software_insight *a = &insights[*(const uint32_t *)left];
    const struct software_insight *b = &insights[*(const uint32_t *)right];
    bool a_ended = a->support.state == SUPPORT_ENDED, b_ended = b->support.state == SUPPORT_ENDED;
    if (a->known_exploited != b->known_exploited) {
        return a->known_exploited > b->known_exploited ? -1 : 1;
    }
    if (a_ended != b_ended) {
        return a_ended ? -1 : 1;
    }
    if (a->critical != b->critical) {
        return a->critical > b->critical ? -1 : 1;
    }
    if (a->findings != b->findings) {
        return a->findings > b->findings ? -1 : 1;
    }
    return a->software < b->software ? -1 : 1;
}

/* Indexes of the insights, worst first. */
static uint32_t *sort_insights(struct page *page)
{
    uint32_t count = page->assessment->software_count;
    uint32_t *order = arena_array(&page->arena, count > 0 ? count : 1, uint32_t);
    for (uint32_t i = 0; i < count; i++) {
        order[i] = i;
    }
    qsort_r(order, count, sizeof *order, compare_insights, (void *)page->assessment->software);
    return order;
}

static void put_support_cell(struct page *page, const struct software_insight *insight)
{
    const struct support *support = &insight->support;
    enum view_support view = view_support(support);
    html_rawf(page, "<td data-v=\"%d\">",
              support->until != DATE_NONE    ? support->until
              : view == VIEW_SUPPORT_ENDED   ? 0
              : view == VIEW_SUPPORT_UNKNOWN ? 999998
                                             : 999999);
    if (view == VIEW_SUPPORT_UNKNOWN) {
        html_raw(page, "<span class=\"soft\">not known</span>");
    } else {
        html_mark(page, html_support_symbol(view));
        if (support->until == DATE_NONE) {
            html_raw(page, view_support_word(view));
        } else {
            html_raw(page, view == VIEW_SUPPORT_ENDED ? "ended " : "until ");
            html_date(page, support->until);
        }
    }
    if (insight->unsupported_by_distribution) {
        html_raw(page, " <span class=\"soft\">not supported by the distribution</span>");
    } else if (insight->limited_support) {
        html_raw(page, " <span class=\"soft\">limited support</span>");
    }
    html_raw(page, "</td>");
}

static const char *support_key(const struct software_insight *insight)
{
    enum view_support view = view_support(&insight->support);
    return view == VIEW_SUPPORT_ENDED    ? " data-s=\"ended\""
           : view == VIEW_SUPPORT_ENDING ? " data-s=\"ending\""
                                         : "";
}

static void put_software_row(struct page *page, const struct software_insight *insight,
                             uint32_t most)
{
    const struct inventory_software *software =
        &page->assessment->inventory->software[insight->software];
    html_rawf(page, "<tr%s%s%s%s%s><td>", support_key(insight),
              insight->findings > 0 ? " data-w=\"1\"" : "",
              insight->identity.security ? " data-sec=\"1\"" : "",
              insight->identity.patch ? " data-pat=\"1\"" : "",
              insight->identity.supplier == SUPPLIER_MAKER ? " data-m=\"1\"" : "");
    html_put(page, software->name);
    html_raw(page, "</td><td class=\"v\">");
    html_or_dash(page, software->version);
    html_raw(page, "</td><td class=\"c7\">");
    html_or_dash(page, insight->identity.supplier_name);
    html_raw(page, "</td><td class=\"c7\">");
    html_or_dash(page, insight->identity.subcategory.len > 0 ? insight->identity.subcategory
                                                             : insight->identity.category);
    html_raw(page, "</td>");
    put_support_cell(page, insight);
    html_count_cell(page, insight->findings, most);
    html_count_cell(page, insight->known_exploited, 0);
    html_raw(page, "</tr>\n");
}

struct software_totals {
    uint32_t ended, ending, vulnerable, security, patch, makers, most;
};

static struct software_totals count_software(const struct assessment *assessment)
{
    struct software_totals totals = {0};
    for (uint32_t i = 0; i < assessment->software_count; i++) {
        const struct software_insight *insight = &assessment->software[i];
        enum view_support view = view_support(&insight->support);
        totals.ended += view == VIEW_SUPPORT_ENDED;
        totals.ending += view == VIEW_SUPPORT_ENDING;
        totals.vulnerable += insight->findings > 0;
        totals.security += insight->identity.security;
        totals.patch += insight->identity.patch;
        totals.makers += insight->identity.supplier == SUPPLIER_MAKER;
        totals.most = insight->findings > totals.most ? insight->findings : totals.most;
    }
    return totals;
}

static void put_software_filters(struct page *page, const struct software_totals *totals)
{
    html_raw(page,
             "<div class=\"filters\" hidden><input type=\"search\" placeholder=\"Name, version "
             "or supplier\" aria-label=\"Find in the software\">");
    html_filter(page, "s", "ended", "support ended", totals->ended);
    html_filter(page, "s", "ending", "support ends within 12 months", totals->ending);
    html_filter(page, "w", "1", "with vulnerabilities", totals->vulnerable);
    html_filter(page, "m", "1", "from its maker", totals->makers);
    html_filter(page, "sec", "1", "security software", totals->security);
    html_filter(page, "pat", "1", "patch management", totals->patch);
    html_raw(page, "</div>\n");
}

void html_software(struct page *page)
{
    const struct assessment *assessment = page->assessment;
    html_raw(page, "<section id=\"software\">\n<h2>Software</h2>\n");
    if (assessment->software_count == 0) {
        html_raw(page, "<p class=\"empty\">No software is known: the list of packages could not be "
                       "taken or is empty. The section About says why.</p></section>\n");
        return;
    }
    struct software_totals totals = count_software(assessment);
    const uint32_t *order = sort_insights(page);
    put_software_filters(page, &totals);
    html_raw(page,
             "<p class=\"sentence\">What is exploited or past support first, then by number of "
             "vulnerabilities.</p>\n<table class=\"list\" data-one=\"package\" "
             "data-many=\"packages\" data-print=\"25\"><thead><tr><th scope=\"col\" "
             "data-sort>Name</th><th scope=\"col\" "
             "data-sort>Version</th><th scope=\"col\" class=\"c7\" data-sort>From</th><th "
             "scope=\"col\" class=\"c7\" data-sort>Category</th><th scope=\"col\" data-sort=\"n\">"
             "Support</th><th scope=\"col\" class=\"n\" data-sort=\"n\">Vulnerabilities</th><th "
             "scope=\"col\" class=\"n\" data-sort=\"n\">Exploited</th></tr></thead><tbody>\n");
    for (uint32_t i = 0; i < assessment->software_count; i++) {
        const struct software_insight *insight = &assessment->software[order[i]];
        if (insight->software < assessment->inventory->software_count) {
            html_break_rows(page, i);
            put_software_row(page, insight, totals.most);
        }
    }
    html_raw(page, "</tbody></table>\n</section>\n");
}

static void put_update_row(struct page *page, const struct inventory_update *update,
                           const struct update_insight *insight, uint32_t most)
{
    html_rawf(page, "<tr data-c=\"%s\"><td>", update_class_name(insight->class));
    html_put(page, update->name);
    html_rawf(page, "</td><td class=\"k\" data-v=\"%d\">%s%s%s</td><td class=\"v\">",
              (int)insight->class, insight->class == UPDATE_CRITICAL ? "<b>" : "",
              update_class_name(insight->class), insight->class == UPDATE_CRITICAL ? "</b>" : "");
    if (update->from.len > 0) {
        html_put(page, update->from);
    } else {
        html_raw(page, "<span class=\"soft\">new</span>");
    }
    html_raw(page, "</td><td class=\"v\">");
    html_or_dash(page, update->to);
    html_raw(page, "</td>");
    html_count_cell(page, insight->fixes, most);
    html_raw(page, "<td class=\"c7 w\">");
    html_put(page, insight->why);
    html_raw(page, "</td></tr>\n");
}

static void put_update_filters(struct page *page)
{
    const struct assessment *assessment = page->assessment;
    html_raw(page, "<div class=\"filters\" hidden><input type=\"search\" placeholder=\"Package or "
                   "version\" aria-label=\"Find in the updates\">");
    for (int class = UPDATE_CRITICAL; class >= UPDATE_UNKNOWN; class --) {
        const char *name = update_class_name((enum update_class) class);
        html_filter(page, "c", name, class == UPDATE_UNKNOWN ? "class not known" : name,
                    assessment->update_classes[class]);
    }
    html_raw(page, "</div>\n");
}

static bool put_no_updates(struct page *page)
{
    const struct assessment *assessment = page->assessment;
    if (assessment->updates_known != TRUTH_YES) {
        html_raw(page, "<p class=\"empty\">Not known");
        if (assessment->inventory->updates.reason.len > 0) {
            html_raw(page, ": ");
            html_put(page, assessment->inventory->updates.reason);
        }
        html_raw(page, ".</p></section>\n");
        return true;
    }
    if (assessment->update_count == 0) {
        html_raw(page,
                 "<p class=\"empty\">None pending: the package manager has nothing newer than "
                 "what is installed.</p></section>\n");
        return true;
    }
    return false;
}

void html_updates(struct page *page)
{
    const struct assessment *assessment = page->assessment;
    const struct inventory_updates *updates = &assessment->inventory->updates;
    uint32_t most = 0;
    html_raw(page, "<section id=\"updates\">\n<h2>Pending updates</h2>\n");
    if (put_no_updates(page)) {
        return;
    }
    for (uint32_t i = 0; i < assessment->update_count; i++) {
        most = assessment->updates[i].fixes > most ? assessment->updates[i].fixes : most;
    }
    put_update_filters(page);
    html_raw(
        page,
        "<p class=\"sentence\">Most urgent first.</p>\n<table class=\"list\" data-one=\"update\" "
        "data-many=\"updates\" data-print=\"25\"><thead><tr><th scope=\"col\" "
        "data-sort>Package</th><th "
        "scope=\"col\" data-sort=\"n\">Class</th><th scope=\"col\" data-sort>Installed</th><th "
        "scope=\"col\" data-sort>To</th><th scope=\"col\" class=\"n\" data-sort=\"n\">Fixes</th>"
        "<th scope=\"col\" class=\"c7\">Why</th></tr></thead><tbody>\n");
    for (uint32_t i = 0; i < assessment->update_count; i++) {
        const struct update_insight *insight = &assessment->updates[i];
        if (insight->update < updates->count) {
            html_break_rows(page, i);
            put_update_row(page, &updates->items[insight->update], insight, most);
        }
    }
    html_raw(page, "</tbody></table>\n</section>\n");
}
