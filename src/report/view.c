#include "report/view.h"

#include <stdlib.h>
#include <string.h>

enum { DAY_SECONDS = 86400, SOON_DAYS = 365 };

bool view_shows(const struct report_options *options, const struct finding *finding)
{
    return finding->level >= options->min_level &&
           (!options->only_exploited || finding->known_exploited);
}

bool view_is_confirmed(const struct finding *finding)
{
    return finding->accepted == NULL && finding->confidence < CONFIDENCE_PRODUCT;
}

struct str view_description(const struct knowledge *knowledge, uint64_t cve, struct arena *arena)
{
    struct knowledge_cve record;
    struct knowledge_cve_text text;
    struct knowledge_kev kev;
    if (knowledge == NULL) {
        return STR("");
    }
    if (knowledge_find_cve(knowledge, cve, &record) &&
        knowledge_cve_text(knowledge, &record, arena, &text)) {
        return str_trim(text.description);
    }
    return knowledge_find_kev(knowledge, cve, &kev) ? str_trim(kev.name) : STR("");
}

void view_put_accepted(struct buf *out, const struct accept_rule *rule)
{
    if (accept_is_vex(rule)) {
        buf_put_text(out, accept_words(rule));
        return;
    }
    buf_put_text(out, "accepted");
    if (rule->until != DATE_NONE) {
        buf_put_text(out, " until ");
        text_put_date(out, rule->until);
    }
}

void view_put_acceptance(struct buf *out, const struct accept_rule *rule)
{
    text_put_clean(out, rule->reason);
    buf_put_text(out, " (by ");
    text_put_clean(out, rule->author);
    if (rule->until != DATE_NONE) {
        buf_put_text(out, ", until ");
        text_put_date(out, rule->until);
    }
    buf_printf(out, ", %s %u of ", accept_is_vex(rule) ? "statement" : "rule", rule->number);
    text_put_clean(out, rule->document);
    buf_put_byte(out, ')');
}

void view_put_accepted_count(struct buf *out, const struct assessment *assessment)
{
    uint32_t vex = 0, count = assessment->accepted_count;
    for (uint32_t i = assessment->finding_count - count; i < assessment->finding_count; i++) {
        vex += accept_is_vex(assessment->findings[i].accepted);
    }
    if (count > vex) {
        text_put_count(out, count - vex, "finding", "findings");
        buf_put_text(out, " accepted as risk");
    }
    if (vex > 0) {
        buf_put_text(out, count > vex ? " · " : "");
        text_put_count(out, vex, "finding", "findings");
        buf_put_text(out, " cleared by VEX");
    }
}

void view_put_level_source(struct buf *out, const struct finding *finding)
{
    static const char *const sources[] = {
        [SCORE_SOURCE_NVD] = "NVD", [SCORE_SOURCE_CNA] = "CNA", [SCORE_SOURCE_ADP] = "ADP"};
    if (finding->score != CVSS_NO_SCORE) {
        buf_put_text(out, sources[finding->score_source]);
    } else if (finding->level != LEVEL_UNKNOWN) {
        buf_put_str(out, finding->rating.by);
        buf_put_text(out, ": ");
        buf_put_str(out, finding->rating.word);
    }
}

uint32_t view_critical_or_high(const struct level_counts *counts)
{
    return counts->by_level[LEVEL_CRITICAL] + counts->by_level[LEVEL_HIGH];
}

struct str view_server(const struct assessment *assessment, const struct report_options *options)
{
    if (assessment->inventory->name.len > 0) {
        return assessment->inventory->name;
    }
    return options->inventory_name.len > 0 ? options->inventory_name : STR("this server");
}

enum view_fix view_fix(const struct finding *finding)
{
    return finding->fixed_in.len > 0                    ? VIEW_FIX_VERSION
           : finding->last_affected.len > 0             ? VIEW_FIX_AFTER
           : finding->confidence == CONFIDENCE_ADVISORY ? VIEW_FIX_NONE
                                                        : VIEW_FIX_UNSTATED;
}

void view_put_without_fix(struct buf *out, const struct finding *finding)
{
    switch (view_fix(finding)) {
    case VIEW_FIX_AFTER:
        buf_put_text(out, "after ");
        text_put_clean(out, finding->last_affected);
        break;
    case VIEW_FIX_NONE:
        buf_put_text(out, "no fix yet");
        break;
    default:
        buf_put_text(out, "not stated");
        break;
    }
}

enum view_age view_age(int32_t days)
{
    return days < 0      ? VIEW_AGE_UNKNOWN
           : days <= 30  ? VIEW_AGE_30
           : days <= 90  ? VIEW_AGE_90
           : days <= 365 ? VIEW_AGE_YEAR
           : days <= 730 ? VIEW_AGE_2_YEARS
                         : VIEW_AGE_OLDER;
}

void view_put_age(struct buf *out, int32_t days)
{
    enum { TWO_YEARS = 730, YEAR = 365 };
    if (days < 0) {
        buf_put_byte(out, '-');
    } else if (days < TWO_YEARS) {
        buf_printf(out, "%d d", days);
    } else {
        buf_printf(out, "%d y", days / YEAR);
    }
}

enum view_support view_support(const struct support *support)
{
    if (support->state == SUPPORT_ENDED) {
        return VIEW_SUPPORT_ENDED;
    }
    if (support->state == SUPPORT_UNKNOWN) {
        return VIEW_SUPPORT_UNKNOWN;
    }
    if (support->has_days && support->days_left <= SOON_DAYS) {
        return VIEW_SUPPORT_ENDING;
    }
    return support->state == SUPPORT_EXTENDED ? VIEW_SUPPORT_EXTENDED : VIEW_SUPPORT_SUPPORTED;
}

const char *view_support_word(enum view_support support)
{
    static const char *const words[VIEW_SUPPORTS] = {
        [VIEW_SUPPORT_UNKNOWN] = "not known",
        [VIEW_SUPPORT_ENDED] = "ended",
        [VIEW_SUPPORT_ENDING] = "ends within 12 months",
        [VIEW_SUPPORT_EXTENDED] = "extended",
        [VIEW_SUPPORT_SUPPORTED] = "supported",
    };
    return words[support];
}

static void put_programme(struct buf *out, const struct support *support)
{
    text_put_clean(out, support->programme.len > 0 ? support->programme : STR("extended support"));
}

/* "regular support ended 2026-07-11, long-term support until 2028-06-30" */
static void put_two_ends(struct buf *out, const struct support *support)
{
    bool over = support->state == SUPPORT_EXTENDED;
    if (support->mainstream_until != DATE_NONE) {
        buf_put_text(out, over ? "regular support ended " : "regular support until ");
        text_put_date(out, support->mainstream_until);
        buf_put_text(out, ", ");
    }
    put_programme(out, support);
    if (support->until != DATE_NONE) {
        buf_put_text(out, " until ");
        text_put_date(out, support->until);
    }
}

void view_put_support(struct buf *out, const struct support *support)
{
    bool dated = support->until != DATE_NONE;
    if (support->state == SUPPORT_UNKNOWN) {
        buf_put_text(out, "support not known");
    } else if (support->state == SUPPORT_ENDED) {
        buf_put_text(out, dated ? "support ended " : "support ended, date not known");
        if (dated) {
            text_put_date(out, support->until);
        }
    } else if (support->state == SUPPORT_EXTENDED || support->programme.len > 0) {
        put_two_ends(out, support);
    } else {
        buf_put_text(out, dated ? "supported until " : "supported, no end date published");
        if (dated) {
            text_put_date(out, support->until);
        }
    }
}

void view_put_support_left(struct buf *out, const struct support *support)
{
    if (support->state == SUPPORT_UNKNOWN || !support->has_days) {
        return;
    }
    if (support->state == SUPPORT_ENDED || support->days_left < 0) {
        text_put_days(out, -(int64_t)support->days_left);
        buf_put_text(out, " ago");
    } else {
        text_put_days(out, support->days_left);
        buf_put_text(out, " left");
    }
}

static bool same_cycle(const struct support *a, const struct support *b)
{
    return a->until == b->until && a->state == b->state && str_eq(a->product, b->product) &&
           str_eq(a->release, b->release);
}

static int compare_horizons(const void *left, const void *right)
{
    const struct view_horizon *a = left, *b = right;
    if (a->is_os != b->is_os) {
        return a->is_os ? -1 : 1;
    }
    int32_t a_until = a->support->until == DATE_NONE ? INT32_MAX : a->support->until;
    int32_t b_until = b->support->until == DATE_NONE ? INT32_MAX : b->support->until;
    if (a_until != b_until) {
        return a_until < b_until ? -1 : 1;
    }
    int order = str_cmp(a->support->product, b->support->product);
    return order != 0 ? order : a->first_software < b->first_software ? -1 : 1;
}

static struct view_horizon *find_horizon(struct view_horizon *horizons, uint32_t count,
                                         const struct support *support)
{
    for (uint32_t i = 0; i < count; i++) {
        if (same_cycle(horizons[i].support, support)) {
            return &horizons[i];
        }
    }
    return NULL;
}

const struct view_horizon *view_horizons(const struct assessment *assessment, struct arena *arena,
                                         uint32_t *ret_count)
{
    /* More lifecycles than this on one server are no picture any more. */
    enum { MOST = 400 };
    struct view_horizon *horizons = arena_array(arena, MOST, struct view_horizon);
    uint32_t count = 0;
    if (assessment->os_support.state != SUPPORT_UNKNOWN) {
        horizons[count++] = (struct view_horizon){&assessment->os_support, 0, UINT32_MAX, true};
    }
    for (uint32_t i = 0; i < assessment->software_count; i++) {
        const struct support *support = &assessment->software[i].support;
        if (support->state == SUPPORT_UNKNOWN) {
            continue;
        }
        struct view_horizon *known = find_horizon(horizons, count, support);
        if (known != NULL) {
            known->packages++;
        } else if (count < MOST) {
            horizons[count++] =
                (struct view_horizon){support, 1, assessment->software[i].software, false};
        }
    }
    qsort(horizons, count, sizeof *horizons, compare_horizons);
    *ret_count = count;
    return horizons;
}

int64_t view_feed_age(const struct assessment *assessment, const struct report_options *options,
                      const struct knowledge_feed *feed)
{
    int64_t then = feed->newest != TIME_NONE ? feed->newest : feed->read;
    int64_t now = options->now;
    if (now == TIME_NONE || now == 0) {
        now = (int64_t)(assessment->as_of + 1) * DAY_SECONDS;
    }
    if (then == TIME_NONE) {
        return -1;
    }
    /* In days it is the calendar that counts, as it does for the ages of vulnerabilities. */
    if (now - then >= 2 * DAY_SECONDS) {
        return (int64_t)(time_to_date(now - 1) - time_to_date(then)) * DAY_SECONDS;
    }
    return now > then ? now - then : 0;
}
