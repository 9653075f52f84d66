/*
 * Charts as SVG without a view box: horizontal places in per cent, vertical ones in pixels, so
 * that text keeps its size at every width. Each has its table behind it.
 */
#include "report/html.h"

#include <math.h>

static void open_chart(struct page *page, const char *class)
{
    html_rawf(page, "<figure class=\"chart %s\"><figcaption>", class);
}

static void open_table(struct page *page, const char *first, const char *second)
{
    html_rawf(page,
              "<details class=\"behind\"><summary>As a table</summary><table><thead><tr>"
              "<th scope=\"col\">%s</th><th scope=\"col\" class=\"n\">%s</th></tr></thead><tbody>",
              first, second);
}

static void put_table_row(struct page *page, const char *words, uint32_t number)
{
    html_rawf(page, "<tr><th scope=\"row\">%s</th><td class=\"n\">", words);
    html_number(page, number);
    html_raw(page, "</td></tr>");
}

static void close_chart(struct page *page)
{
    html_raw(page, "</tbody></table></details></figure>\n");
}

/* ---- by level: one stacked bar ---- */

/* Shares of the bar in per cent. A level that is there is never too narrow to be seen. */
static void share_levels(const struct level_counts *counts, double shares[LEVELS])
{
    const double least = 0.8;
    double sum = 0;
    for (int level = 0; level < LEVELS; level++) {
        double share = 100.0 * counts->by_level[level] / counts->total;
        shares[level] = counts->by_level[level] > 0 && share < least ? least : share;
        sum += shares[level];
    }
    for (int level = 0; level < LEVELS; level++) {
        shares[level] *= 100 / sum;
    }
}

static void put_level_segments(struct page *page, const struct level_counts *counts)
{
    double at = 0, shares[LEVELS];
    share_levels(counts, shares);
    html_raw(page, "<svg class=\"plot\" width=\"100%\" height=\"28\" aria-hidden=\"true\">");
    for (int level = LEVEL_CRITICAL; level >= LEVEL_UNKNOWN; level--) {
        if (shares[level] > 0) {
            html_rawf(page,
                      "<rect class=\"segment %s\" x=\"%.2f%%\" width=\"%.2f%%\" height=\"28\"/>",
                      level_name((enum level)level), at, shares[level]);
        }
        at += shares[level];
    }
    html_raw(page, "</svg>");
}

static void put_level_labels(struct page *page, const struct level_counts *counts)
{
    html_raw(page, "<ul class=\"levels\">");
    for (int level = LEVEL_CRITICAL; level >= LEVEL_UNKNOWN; level--) {
        if (counts->by_level[level] > 0) {
            html_rawf(page, "<li><a href=\"#vulnerabilities\" data-only=\"l=%d\">", level);
            html_mark(page, level_name((enum level)level));
            html_raw(page, "<b>");
            html_number(page, counts->by_level[level]);
            html_rawf(page, "</b> %s</a></li>", level_name((enum level)level));
        }
    }
    html_raw(page, "</ul>");
}

void html_levels(struct page *page)
{
    const struct level_counts *counts = &page->assessment->confirmed;
    uint32_t severe = view_critical_or_high(counts);
    open_chart(page, "wide");
    if (severe == 0) {
        html_raw(page, "None of the vulnerabilities is critical or high.");
    } else {
        html_number(page, severe);
        html_raw(page, " of ");
        text_put_count(page->out, counts->total, "vulnerability", "vulnerabilities");
        html_raw(page, severe == 1 ? " is critical or high." : " are critical or high.");
    }
    if (counts->by_level[LEVEL_UNKNOWN] > 0) {
        html_raw(page, " For ");
        html_number(page, counts->by_level[LEVEL_UNKNOWN]);
        html_raw(page, " neither a score nor a rating is published.");
    }
    html_raw(page, "</figcaption>");
    put_level_segments(page, counts);
    put_level_labels(page, counts);
    open_table(page, "Level", "Vulnerabilities");
    for (int level = LEVEL_CRITICAL; level >= LEVEL_UNKNOWN; level--) {
        put_table_row(page, level_name((enum level)level), counts->by_level[level]);
    }
    close_chart(page);
}

/* ---- age: a histogram ---- */

static const char *const age_words[VIEW_AGES] = {
    [VIEW_AGE_30] = "to 30 days",      [VIEW_AGE_90] = "to 90 days", [VIEW_AGE_YEAR] = "to 1 year",
    [VIEW_AGE_2_YEARS] = "to 2 years", [VIEW_AGE_OLDER] = "older",   [VIEW_AGE_UNKNOWN] = "no date",
};

static void put_columns(struct page *page, const uint32_t counts[VIEW_AGES], uint32_t most)
{
    enum { TOP = 22, TALL = 182 };
    unsigned columns = VIEW_AGE_UNKNOWN;
    double band = 100.0 / columns;
    html_raw(page, "<svg class=\"plot\" width=\"100%\" height=\"232\" aria-hidden=\"true\">");
    for (unsigned i = 0; i < columns; i++) {
        double tall = most > 0 ? (double)counts[i] / most * TALL : 0;
        double height = counts[i] > 0 && tall < 2 ? 2 : tall, middle = band * (i + 0.5);
        html_rawf(page,
                  "<rect class=\"column\" x=\"%.2f%%\" y=\"%.0f\" width=\"%.2f%%\" "
                  "height=\"%.0f\"/>",
                  band * i + band * 0.12, TOP + TALL - height, band * 0.76, height);
        html_rawf(page, "<text class=\"count\" x=\"%.2f%%\" y=\"%.0f\">", middle,
                  TOP + TALL - height - 6);
        html_number(page, counts[i]);
        html_rawf(page, "</text><text class=\"tick\" x=\"%.2f%%\" y=\"224\">%s</text>", middle,
                  age_words[i]);
    }
    html_rawf(page, "<line class=\"axis\" x1=\"0\" x2=\"100%%\" y1=\"%d.5\" y2=\"%d.5\"/></svg>",
              TOP + TALL, TOP + TALL);
}

void html_ages(struct page *page)
{
    const struct assessment *assessment = page->assessment;
    uint32_t counts[VIEW_AGES] = {0}, most = 0;
    for (uint32_t i = 0; i < assessment->confirmed_count; i++) {
        counts[view_age(assessment->findings[i].age_days)]++;
    }
    for (unsigned i = 0; i < VIEW_AGE_UNKNOWN; i++) {
        most = counts[i] > most ? counts[i] : most;
    }
    uint32_t old = counts[VIEW_AGE_2_YEARS] + counts[VIEW_AGE_OLDER];
    open_chart(page, "ages");
    html_number(page, old);
    html_raw(page, old == 1 ? " has been public for more than a year."
                            : " have been public for more than a year.");
    html_raw(page, "</figcaption><p class=\"axis-name\">Vulnerabilities by time since they were "
                   "published</p>");
    put_columns(page, counts, most);
    if (counts[VIEW_AGE_UNKNOWN] > 0) {
        html_raw(page, "<p class=\"axis-name\">");
        html_number(page, counts[VIEW_AGE_UNKNOWN]);
        html_raw(page, " without a date left out.</p>");
    }
    open_table(page, "Published", "Vulnerabilities");
    for (unsigned i = 0; i < VIEW_AGES; i++) {
        put_table_row(page, age_words[i], counts[i]);
    }
    close_chart(page);
}

/* ---- exploit probability against CVSS: a scatter ---- */

enum { PLOT_TOP = 8, PLOT_TALL = 196, DECADES = 4, SCORES = 101, ROWS = 50, LABELS = 3 };
#define LEAST_EPSS  0.0001
#define LIKELY_EPSS 0.1
enum { SEVERE_SCORE = 70 };

struct point {
    uint32_t count;
    const struct finding *first; /* the worst of them */
    bool exploited;
};

static double score_place(int score)
{
    return 2 + score * 0.96;
}

/* The vertical place of a probability, 1 at the top, each grid line a tenth of the one above. */
static double epss_place(double epss)
{
    double clipped = epss < LEAST_EPSS ? LEAST_EPSS : epss > 1 ? 1 : epss;
    return PLOT_TOP - log10(clipped) / DECADES * PLOT_TALL;
}

static void put_grid(struct page *page)
{
    static const char *const names[] = {"100 %", "10 %", "1 %", "0.1 %", ""};
    static const struct {
        int from, to;
        const char *name;
    } bands[] = {{0, 40, "low"}, {40, 70, "medium"}, {70, 90, "high"}, {90, 100, "critical"}};
    html_rawf(page,
              "<rect class=\"first\" x=\"%.2f%%\" y=\"%d\" width=\"%.2f%%\" height=\"%.0f\"/>",
              score_place(SEVERE_SCORE), PLOT_TOP, 100 - score_place(SEVERE_SCORE),
              epss_place(LIKELY_EPSS) - PLOT_TOP);
    for (unsigned i = 0; i <= DECADES; i++) {
        double y = PLOT_TOP + i * (double)PLOT_TALL / DECADES;
        html_rawf(page,
                  "<line class=\"%s\" x1=\"0\" x2=\"100%%\" y1=\"%.1f\" y2=\"%.1f\"/>"
                  "<text class=\"grid-name\" x=\"0\" y=\"%.1f\">%s</text>",
                  i == DECADES ? "axis" : "grid", y + 0.5, y + 0.5, y + 14, names[i]);
    }
    for (unsigned i = 0; i < sizeof bands / sizeof bands[0]; i++) {
        double from = score_place(bands[i].from), to = score_place(bands[i].to);
        html_rawf(page, "<text class=\"tick\" x=\"%.2f%%\" y=\"%d\">%s</text>", (from + to) / 2,
                  PLOT_TOP + PLOT_TALL + 20, bands[i].name);
        if (i > 0) {
            html_rawf(page,
                      "<line class=\"grid\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%d\" y2=\"%d\"/>",
                      from, from, PLOT_TOP, PLOT_TOP + PLOT_TALL);
        }
    }
}

static void put_point(struct page *page, const struct point *point, double x, double y)
{
    char cve[CVE_ID_SIZE];
    double size = 9 + 2.5 * log2((double)point->count);
    size = size > 26 ? 26 : size;
    html_rawf(page,
              "<use href=\"#s-%s\" class=\"m %s\" x=\"%.2f%%\" y=\"%.1f\" width=\"%.1f\" "
              "height=\"%.1f\" transform=\"translate(%.1f %.1f)\"><title>",
              level_name(point->first->level), level_name(point->first->level), x, y, size, size,
              -size / 2, -size / 2);
    if (point->count == 1) {
        html_rawf(page, "%s ", cve_id_format(point->first->cve, cve));
        html_put(page, point->first->software);
    } else {
        html_number(page, point->count);
        html_raw(page, " vulnerabilities");
    }
    html_rawf(page, ": CVSS %d.%d, EPSS %.2g %%</title></use>", point->first->score / 10,
              point->first->score % 10, point->first->epss * 100);
    if (point->exploited) {
        html_rawf(page, "<circle class=\"kev\" cx=\"%.2f%%\" cy=\"%.1f\" r=\"%.1f\"/>", x, y,
                  size / 2 + 4);
    }
}

/* Names a known exploited one beside its point, unless the line is taken. The name stands to
 * the left of every ringed point of its line. */
static void put_point_label(struct page *page, const struct point *points,
                            const struct point *point, double places[LABELS], unsigned *count)
{
    enum { LINE = 18 };
    char cve[CVE_ID_SIZE];
    double y = epss_place(point->first->epss), x = score_place(point->first->score);
    for (unsigned i = 0; i < *count; i++) {
        if (fabs(places[i] - y) < LINE) {
            return;
        }
    }
    for (unsigned i = 0; i < SCORES * ROWS; i++) {
        if (points[i].exploited && fabs(epss_place(points[i].first->epss) - y) < LINE) {
            x = fmin(x, score_place(points[i].first->score));
        }
    }
    if (*count < LABELS && x > 30) {
        places[(*count)++] = y;
        html_rawf(page,
                  "<text class=\"name\" x=\"%.2f%%\" y=\"%.1f\" dx=\"-16\" "
                  "text-anchor=\"end\">%s</text>",
                  x, y + 4, cve_id_format(point->first->cve, cve));
    }
}

static void put_points(struct page *page, const struct point *points)
{
    double places[LABELS];
    unsigned labels = 0;
    for (unsigned i = 0; i < SCORES * ROWS; i++) {
        if (points[i].count > 0) {
            put_point(page, &points[i], score_place(points[i].first->score),
                      epss_place(points[i].first->epss));
        }
    }
    for (unsigned row = 0; row < ROWS; row++) {
        for (unsigned score = SCORES; score-- > 0;) {
            const struct point *point = &points[score * ROWS + row];
            if (point->exploited) {
                put_point_label(page, points, point, places, &labels);
            }
        }
    }
}

/* Findings of nearly one place are one point. Returns how many have both numbers. */
static uint32_t gather_points(const struct assessment *assessment, struct point *points,
                              uint32_t *ret_first)
{
    uint32_t placed = 0;
    *ret_first = 0;
    for (uint32_t i = 0; i < assessment->confirmed_count; i++) {
        const struct finding *finding = &assessment->findings[i];
        if (finding->score < 0 || finding->score >= SCORES || !(finding->epss >= 0)) {
            continue;
        }
        double y = (epss_place(finding->epss) - PLOT_TOP) / PLOT_TALL * (ROWS - 1);
        struct point *point = &points[finding->score * ROWS + (int)(y + 0.5)];
        if (point->count++ == 0 || (finding->known_exploited && !point->exploited)) {
            point->first = finding;
        }
        point->exploited |= finding->known_exploited;
        *ret_first += finding->score >= SEVERE_SCORE && finding->epss >= LIKELY_EPSS;
        placed++;
    }
    return placed;
}

static void put_scatter_table(struct page *page)
{
    static const struct {
        const char *name;
        double from, to;
    } rows[] = {{"10 % and more", 0.1, 2}, {"1 to 10 %", 0.01, 0.1}, {"below 1 %", 0, 0.01}};
    const struct assessment *assessment = page->assessment;
    html_raw(page, "<details class=\"behind\"><summary>As a table</summary><table><thead><tr>"
                   "<th scope=\"col\">Exploit probability</th><th scope=\"col\" class=\"n\">CVSS "
                   "below 7</th><th scope=\"col\" class=\"n\">7 and more</th></tr></thead><tbody>");
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t counts[2] = {0};
        for (uint32_t f = 0; f < assessment->confirmed_count; f++) {
            const struct finding *finding = &assessment->findings[f];
            if (finding->score >= 0 && finding->epss >= rows[i].from &&
                finding->epss < rows[i].to) {
                counts[finding->score >= SEVERE_SCORE]++;
            }
        }
        html_rawf(page, "<tr><th scope=\"row\">%s</th><td class=\"n\">", rows[i].name);
        html_number(page, counts[0]);
        html_raw(page, "</td><td class=\"n\">");
        html_number(page, counts[1]);
        html_raw(page, "</td></tr>");
    }
    close_chart(page);
}

void html_scatter(struct page *page)
{
    struct point *points = arena_array(&page->arena, SCORES * ROWS, struct point);
    uint32_t first, placed = gather_points(page->assessment, points, &first);
    uint32_t total = page->assessment->confirmed.total;
    open_chart(page, "scatter");
    if (placed == 0) {
        html_raw(page,
                 "How likely exploitation is, is not known.</figcaption><p class=\"empty\">No "
                 "vulnerability has both a CVSS score and an exploit probability "
                 "(EPSS).</p></figure>\n");
        return;
    }
    if (first == 0) {
        html_raw(page, placed < total
                           ? "Of those with both numbers, none is severe and likely to be "
                             "exploited."
                           : "None is both severe and likely to be exploited.");
    } else {
        html_number(page, first);
        html_raw(page, first == 1 ? " is severe and likely to be exploited: start there."
                                  : " are severe and likely to be exploited: start there.");
    }
    html_raw(page, "</figcaption><p class=\"axis-name\">Probability of exploitation within 30 days "
                   "(EPSS) against severity (CVSS); ringed: known exploited</p>"
                   "<svg class=\"plot\" width=\"100%\" height=\"232\" role=\"img\" "
                   "aria-label=\"Scatter of exploit probability against CVSS score\">");
    put_grid(page);
    put_points(page, points);
    html_raw(page, "</svg>");
    if (placed < total) {
        html_raw(page, "<p class=\"axis-name\">");
        html_number(page, total - placed);
        html_raw(page, " without score or probability left out.</p>");
    }
    put_scatter_table(page);
}
