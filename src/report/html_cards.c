/* The few numbers that the first sentence is made of; each links to the list that it counts. */
#include "report/html.h"

struct card {
    const char *anchor;
    const char *filter; /* "k=1" or NULL */
    const char *label;
    bool loud; /* asks for attention */
};

static void open_card(struct page *page, const struct card *card)
{
    html_rawf(page, "<a class=\"card%s\" href=\"#%s\"", card->loud ? " loud" : "", card->anchor);
    if (card->filter != NULL) {
        html_rawf(page, " data-only=\"%s\"", card->filter);
    }
    html_rawf(page, "><span class=\"label\">%s</span><span class=\"value\">", card->label);
}

static void between(struct page *page)
{
    html_raw(page, "</span><span class=\"detail\">");
}

static void close_card(struct page *page)
{
    html_raw(page, "</span></a>\n");
}

static void put_of_vulnerabilities(struct page *page)
{
    between(page);
    html_raw(page, "of ");
    text_put_count(page->out, page->assessment->confirmed.total, "vulnerability",
                   "vulnerabilities");
    close_card(page);
}

static void put_vulnerability_cards(struct page *page)
{
    const struct level_counts *counts = &page->assessment->confirmed;
    uint32_t severe = view_critical_or_high(counts);
    if (!page->assessment->has_knowledge) {
        open_card(page, &(struct card){"vulnerabilities", NULL, "Vulnerabilities", true});
        html_raw(page, "not known");
        between(page);
        html_raw(page, "there is no knowledge to compare with");
        close_card(page);
        return;
    }
    open_card(page, &(struct card){"vulnerabilities", "k=1", "Known exploited",
                                   counts->known_exploited > 0});
    html_number(page, counts->known_exploited);
    put_of_vulnerabilities(page);
    open_card(page, &(struct card){"vulnerabilities", "l=4,l=3", "Critical or high", severe > 0});
    if (counts->by_level[LEVEL_CRITICAL] > 0) {
        html_mark(page, "critical");
    }
    if (counts->by_level[LEVEL_HIGH] > 0) {
        html_mark(page, "high");
    }
    html_number(page, severe);
    put_of_vulnerabilities(page);
    open_card(page, &(struct card){"vulnerabilities", "f=1", "Fixed by pending updates", false});
    html_number(page, counts->fixed_by_updates);
    put_of_vulnerabilities(page);
}

static void put_update_card(struct page *page)
{
    const struct assessment *assessment = page->assessment;
    uint32_t security =
        assessment->update_classes[UPDATE_CRITICAL] + assessment->update_classes[UPDATE_SECURITY];
    open_card(page, &(struct card){"updates", NULL, "Pending updates", security > 0});
    if (assessment->updates_known != TRUTH_YES) {
        html_raw(page, "not known");
        between(page);
        html_put(page, assessment->inventory->updates.reason);
    } else {
        html_number(page, assessment->update_count);
        between(page);
        html_number(page, security);
        html_raw(page, " critical or security");
    }
    close_card(page);
}

static void put_os_card(struct page *page)
{
    const struct support *support = &page->assessment->os_support;
    enum view_support view = view_support(support);
    open_card(page, &(struct card){"support", NULL, "Operating system support",
                                   view == VIEW_SUPPORT_ENDED || view == VIEW_SUPPORT_ENDING});
    if (view != VIEW_SUPPORT_UNKNOWN) {
        html_mark(page, html_support_symbol(view));
    }
    if (support->has_days && view != VIEW_SUPPORT_UNKNOWN) {
        view_put_support_left(page->out, support);
    } else {
        html_raw(page, view_support_word(view));
    }
    between(page);
    if (view == VIEW_SUPPORT_UNKNOWN) {
        html_put(page, support->reason);
    } else if (support->until != DATE_NONE) {
        html_raw(page, view == VIEW_SUPPORT_ENDED ? "ended " : "");
        if (view != VIEW_SUPPORT_ENDED) {
            html_put(page, support->state == SUPPORT_EXTENDED && support->programme.len > 0
                               ? support->programme
                               : STR("supported"));
            html_raw(page, " until ");
        }
        html_date(page, support->until);
    }
    close_card(page);
}

static void put_software_card(struct page *page)
{
    const struct assessment *assessment = page->assessment;
    open_card(page, &(struct card){"software", "s=ended", "Software past support",
                                   assessment->ended_software > 0});
    if (assessment->software_count == 0 && assessment->inventory->software_known != TRUTH_YES) {
        html_raw(page, "not known");
        between(page);
        html_raw(page, "the software list could not be taken");
        close_card(page);
        return;
    }
    html_number(page, assessment->ended_software);
    between(page);
    html_raw(page, "of ");
    text_put_count(page->out, assessment->software_count, "package", "packages");
    close_card(page);
}

static void put_protection_card(struct page *page, const struct card *card, enum truth found,
                                struct str names)
{
    open_card(page, card);
    html_raw(page, found == TRUTH_YES ? "found" : found == TRUTH_NO ? "none found" : "not known");
    between(page);
    if (found == TRUTH_YES) {
        struct buf list;
        buf_init(&list, 1 << 16);
        view_put_names(&list, names);
        html_put(page, buf_view(&list));
        buf_done(&list);
    } else {
        html_raw(page, found == TRUTH_NO ? "among the installed software"
                                         : "the software list could not be taken");
    }
    close_card(page);
}

void html_cards(struct page *page)
{
    const struct assessment *assessment = page->assessment;
    html_raw(page, "<div class=\"cards\">\n");
    put_vulnerability_cards(page);
    put_update_card(page);
    put_os_card(page);
    put_software_card(page);
    put_protection_card(
        page,
        &(struct card){"software", "sec=1", "Security software", assessment->risk_security > 0},
        assessment->security_software, assessment->security_names);
    put_protection_card(
        page, &(struct card){"software", "pat=1", "Patch management", assessment->risk_patch > 0},
        assessment->patch_software, assessment->patch_names);
    html_raw(page, "</div>\n");
}
