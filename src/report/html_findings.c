/* The vulnerabilities as a table that sorts and filters; every row is there without scripts. */
#include "report/html.h"

/* How much of a description a row quotes, in bytes: the whole one is in the record that its CVE
 * links to, and ten thousand rows are to stay a page that a browser opens. */
enum { QUOTE = 400 };

static void put_heads(struct page *page)
{
    html_raw(page,
             "<thead><tr><th scope=\"col\" data-sort>CVE</th><th scope=\"col\" data-sort>Software"
             "</th><th scope=\"col\" data-sort=\"n\">Level</th><th scope=\"col\" "
             "data-sort=\"n\"><abbr title=\"in CISA's catalogue of known exploited "
             "vulnerabilities\">Exploited</abbr></th><th scope=\"col\" class=\"n\" "
             "data-sort=\"n\"><abbr title=\"probability of exploitation within 30 days\">EPSS"
             "</abbr></th><th scope=\"col\" class=\"n\" data-sort=\"n\">Age</th><th scope=\"col\" "
             "class=\"c7\" data-sort>Installed</th><th scope=\"col\" data-sort>Fixed in</th><th "
             "scope=\"col\" class=\"why\">Why</th></tr></thead>");
}

static void put_fix(struct page *page, const struct finding *finding)
{
    if (finding->accepted != NULL) {
        struct buf words;
        buf_init(&words, 256);
        view_put_accepted(&words, finding->accepted);
        html_raw(page, "<td class=\"soft\">");
        html_put(page, buf_view(&words));
        html_raw(page, "</td>");
        buf_done(&words);
    } else if (!view_is_confirmed(finding)) {
        html_raw(page, "<td class=\"soft\">not confirmed</td>");
    } else if (finding->fixed_in.len == 0) {
        struct buf words;
        buf_init(&words, 8192);
        view_put_without_fix(&words, finding);
        html_raw(page, "<td class=\"soft\">");
        html_put(page, buf_view(&words));
        html_raw(page, "</td>");
        buf_done(&words);
    } else {
        html_raw(page, finding->fixed_by_update ? "<td class=\"v up\">" : "<td class=\"v\">");
        html_put(page, finding->fixed_in);
        if (finding->programme.len > 0) {
            html_raw(page, " <span class=\"soft\">in ");
            html_put(page, finding->programme);
            html_raw(page, "</span>");
        }
        html_raw(page, "</td>");
    }
}

static void put_detail(struct page *page, const char *label, struct str text)
{
    if (text.len > 0) {
        html_rawf(page, "<p><b>%s</b> ", label);
        html_put(page, text);
        html_raw(page, "</p>");
    }
}

static void put_packages(struct page *page, const struct finding *finding)
{
    enum { MOST = 12 };
    const struct inventory *inventory = page->assessment->inventory;
    html_raw(page, "<p><b>Packages</b> ");
    for (uint32_t i = 0; i < finding->package_count && i < MOST; i++) {
        if (finding->packages[i] < inventory->software_count) {
            html_raw(page, i > 0 ? ", " : "");
            html_put(page, inventory->software[finding->packages[i]].name);
        }
    }
    if (finding->package_count > MOST) {
        html_raw(page, " and ");
        html_number(page, finding->package_count - MOST);
        html_raw(page, " more");
    }
    html_raw(page, "</p>");
}

static void put_acceptance(struct page *page, const struct accept_rule *rule)
{
    struct buf text;
    if (rule == NULL) {
        return;
    }
    buf_init(&text, 1 << 16);
    view_put_acceptance(&text, rule);
    put_detail(page, "Accepted", buf_view(&text));
    buf_done(&text);
}

static void put_rating(struct page *page, const struct finding *finding)
{
    struct buf text;
    if (finding->score != CVSS_NO_SCORE || finding->level == LEVEL_UNKNOWN) {
        return;
    }
    buf_init(&text, 4096);
    view_put_level_source(&text, finding);
    put_detail(page, "Rated", buf_view(&text));
    buf_done(&text);
}

static void put_exploited(struct page *page, const struct finding *finding)
{
    html_raw(page, "<p><b>Exploited</b> ");
    if (finding->exploited_since != DATE_NONE) {
        html_raw(page, "listed since ");
        html_date(page, finding->exploited_since);
    } else {
        html_raw(page, "yes");
    }
    if (finding->exploited_due != DATE_NONE) {
        html_raw(page, ", to be fixed by ");
        html_date(page, finding->exploited_due);
    }
    html_raw(page, finding->ransomware ? ", used by ransomware</p>" : "</p>");
}

static void put_description(struct page *page, const struct finding *finding)
{
    struct arena arena;
    arena_init(&arena);
    struct str whole = view_description(page->knowledge, finding->cve, &arena);
    struct str quote = str_cut_utf8(whole, QUOTE);
    if (quote.len > 0) {
        html_raw(page, "<p><b>Record</b> ");
        html_put(page, quote);
        html_raw(page, quote.len < whole.len ? "…</p>" : "</p>");
    }
    arena_done(&arena);
}

static void put_why(struct page *page, const struct finding *finding)
{
    html_raw(page, "<td class=\"why\">");
    put_description(page, finding);
    put_acceptance(page, finding->accepted);
    put_detail(page, "Match", finding->criterion);
    html_raw(page, "<p><b>Source</b> ");
    html_put(page, finding->source);
    if (finding->advisory.len > 0) {
        html_raw(page, " ");
        html_put(page, finding->advisory);
    }
    html_rawf(page, ", confidence: %s</p>", confidence_name(finding->confidence));
    if (finding->package_count > 0) {
        put_packages(page, finding);
    }
    put_detail(page, "Update", finding->update);
    put_detail(page, "CVSS", finding->vector);
    put_rating(page, finding);
    if (finding->published != TIME_NONE) {
        html_raw(page, "<p><b>Published</b> ");
        html_date(page, time_to_date(finding->published));
        html_raw(page, "</p>");
    }
    if (finding->known_exploited) {
        put_exploited(page, finding);
    }
    html_raw(page, "</td>");
}

static void put_level_cell(struct page *page, const struct finding *finding)
{
    const char *name = level_name(finding->level);
    html_rawf(page, "<td class=\"lv %s\" data-v=\"%d\">%s", name,
              (int)finding->level * 1000 + finding->score, name);
    if (finding->score != CVSS_NO_SCORE) {
        html_raw(page, " <b>");
        text_put_score(page->out, finding->score);
        html_raw(page, "</b>");
    }
    html_raw(page, "</td>");
}

static void put_epss(struct page *page, double epss)
{
    if (epss < 0) {
        html_raw(page, "–");
    } else if (epss < 0.005) {
        html_raw(page, "&lt;0.01");
    } else {
        html_rawf(page, "%.2f", epss);
    }
}

static void put_row(struct page *page, const struct finding *finding)
{
    char cve[CVE_ID_SIZE];
    cve_id_format(finding->cve, cve);
    html_rawf(page, "<tr data-l=\"%d\"%s%s%s%s>", (int)finding->level,
              finding->known_exploited ? " data-k=\"1\"" : "",
              finding->fixed_by_update ? " data-f=\"1\"" : "",
              view_fix(finding) == VIEW_FIX_NONE ? " data-x=\"1\"" : "",
              finding->accepted != NULL    ? " data-a=\"1\""
              : view_is_confirmed(finding) ? ""
                                           : " data-u=\"1\"");
    html_rawf(page,
              "<td><a href=\"https://nvd.nist.gov/vuln/detail/%s\" rel=\"noreferrer\">%s</a>"
              "</td><td>",
              cve, cve);
    html_put(page, finding->software);
    html_raw(page, "</td>");
    put_level_cell(page, finding);
    html_raw(page, finding->known_exploited ? "<td data-v=\"1\"><b>yes</b></td>"
                                            : "<td class=\"soft\" data-v=\"0\">–</td>");
    html_rawf(page, "<td class=\"n\" data-v=\"%.5f\" data-b=\"%.0f\">", finding->epss,
              finding->epss > 0 ? finding->epss * 100 : 0);
    put_epss(page, finding->epss);
    html_rawf(page, "</td><td class=\"n\" data-v=\"%d\">", finding->age_days);
    if (finding->age_days >= 0) {
        view_put_age(page->out, finding->age_days);
    } else {
        html_raw(page, "–");
    }
    html_raw(page, "</td><td class=\"v c7\">");
    html_or_dash(page, finding->installed);
    html_raw(page, "</td>");
    put_fix(page, finding);
    put_why(page, finding);
    html_raw(page, "</tr>\n");
}

/* What the filters count: rows of the list, where a vulnerability of two packages is two. */
struct finding_totals {
    uint32_t by_level[LEVELS], exploited, fixed, unfixed, unconfirmed, accepted;
};

static struct finding_totals count_findings(const struct page *page)
{
    struct finding_totals totals = {0};
    for (uint32_t i = 0; i < page->assessment->finding_count; i++) {
        const struct finding *finding = &page->assessment->findings[i];
        if (!view_shows(page->options, finding)) {
            continue;
        }
        if (finding->accepted != NULL) {
            totals.accepted++;
            continue;
        }
        if (!view_is_confirmed(finding)) {
            totals.unconfirmed++;
            continue;
        }
        totals.by_level[finding->level]++;
        totals.exploited += finding->known_exploited;
        totals.fixed += finding->fixed_by_update;
        totals.unfixed += view_fix(finding) == VIEW_FIX_NONE;
    }
    return totals;
}

static void put_filters(struct page *page)
{
    const struct finding_totals totals = count_findings(page);
    html_raw(page,
             "<div class=\"filters\" hidden><input type=\"search\" placeholder=\"CVE, package "
             "or version\" aria-label=\"Find in the vulnerabilities\">");
    for (int level = LEVEL_CRITICAL; level >= LEVEL_UNKNOWN; level--) {
        char value[4] = {(char)('0' + level), '\0'};
        html_filter(page, "l", value, level_name((enum level)level), totals.by_level[level]);
    }
    html_filter(page, "k", "1", "known exploited", totals.exploited);
    html_filter(page, "f", "1", "fixed by a pending update", totals.fixed);
    html_filter(page, "x", "1", "no fix yet", totals.unfixed);
    html_filter(page, "u", "1", "not confirmed", totals.unconfirmed);
    html_filter(page, "a", "1", "accepted", totals.accepted);
    html_raw(page, "</div>\n");
}

static void put_empty(struct page *page)
{
    if (!page->assessment->has_knowledge) {
        html_raw(page, "<p class=\"empty\">Not known. There is no knowledge of vulnerabilities to "
                       "compare the software with: build it with <code>assay kb build --from "
                       "FOLDER|URL</code>, then run <code>assay assess ");
        html_put(page, view_server(page->assessment, page->options));
        html_raw(page, " --format html</code>.</p>");
        return;
    }
    struct buf sentence;
    buf_init(&sentence, 4096);
    html_raw(page, "<p class=\"empty\">None known: ");
    view_put_coverage(&sentence, page->assessment);
    html_put(page, buf_view(&sentence));
    html_raw(page, ".</p>");
    buf_done(&sentence);
}

/* How many rows the filters of the command line left out. */
static void put_left_out(struct page *page, uint32_t shown)
{
    uint32_t left_out = page->assessment->finding_count - shown;
    if (left_out > 0) {
        html_raw(page, "<p class=\"axis-name\">");
        html_number(page, left_out);
        html_raw(page, " are left out of this list, as <code>--min-level</code> or "
                       "<code>--kev</code> asked.</p>");
    }
}

void html_findings(struct page *page)
{
    const struct assessment *assessment = page->assessment;
    uint32_t shown = 0;
    html_raw(page, "<section id=\"vulnerabilities\">\n<h2>Vulnerabilities</h2>\n");
    if (assessment->finding_count == 0) {
        put_empty(page);
        html_raw(page, "</section>\n");
        return;
    }
    put_filters(page);
    html_raw(page, "<p class=\"sentence\">Worst first: known exploited, then by probability of "
                   "exploitation and severity.</p>\n");
    html_raw(page, "<table class=\"list\" data-one=\"finding\" data-many=\"findings\" "
                   "data-hide=\"u=1,a=1\">");
    put_heads(page);
    html_raw(page, "<tbody>\n");
    for (uint32_t i = 0; i < assessment->finding_count; i++) {
        if (view_shows(page->options, &assessment->findings[i])) {
            html_break_rows(page, shown++);
            put_row(page, &assessment->findings[i]);
        }
    }
    html_raw(page, "</tbody></table>\n");
    put_left_out(page, shown);
    html_raw(page, "</section>\n");
}
