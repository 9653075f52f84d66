/* The sentences about a server as a whole. */
#include "report/view.h"

enum { MOST_CLAUSES = 3 };

/* Why silence says nothing about this server, or NULL when it does. */
static const char *blind_reason(const struct assessment *assessment)
{
    const struct inventory *inventory = assessment->inventory;
    if (!assessment->has_knowledge) {
        return "its vulnerabilities are not known, for there is no knowledge to compare its "
               "software with";
    }
    if (inventory->software_known != TRUTH_YES && inventory->software_count == 0) {
        return "its list of software could not be taken";
    }
    if (assessment->coverage.packages > 0 && !assessment->coverage.has_ecosystem) {
        return "knowledge has no advisories for its operating system";
    }
    return NULL;
}

enum view_urgency view_urgency(const struct assessment *assessment)
{
    const struct level_counts *counts = &assessment->confirmed;
    uint32_t security_updates =
        assessment->update_classes[UPDATE_CRITICAL] + assessment->update_classes[UPDATE_SECURITY];
    if (counts->known_exploited > 0 || counts->by_level[LEVEL_CRITICAL] > 0 ||
        assessment->os_support.state == SUPPORT_ENDED) {
        return VIEW_NOW;
    }
    if (counts->by_level[LEVEL_HIGH] > 0 || security_updates > 0 ||
        assessment->ended_software > 0) {
        return VIEW_ATTENTION;
    }
    if (blind_reason(assessment) != NULL) {
        return VIEW_UNKNOWN;
    }
    return assessment->risks > 0 ? VIEW_FAIR : VIEW_GOOD;
}

/* The clauses of a headline: collected first, so that they can be joined as a sentence is. */
struct clauses {
    struct str texts[8];
    unsigned count;
    struct arena *arena;
};

static void add_clause(struct clauses *clauses, struct buf *text)
{
    if (clauses->count < sizeof clauses->texts / sizeof clauses->texts[0]) {
        clauses->texts[clauses->count++] = arena_str(clauses->arena, buf_view(text));
    }
    buf_clear(text);
}

/* Where most have no level, that few are critical says little. */
static void put_unscored(struct buf *text, const struct level_counts *counts)
{
    if (counts->by_level[LEVEL_UNKNOWN] > counts->total / 2) {
        buf_put_text(text, " (");
        text_put_number(text, counts->by_level[LEVEL_UNKNOWN]);
        buf_put_text(text, " have no published score or rating)");
    }
}

static void add_vulnerabilities(struct clauses *clauses, const struct assessment *assessment,
                                struct buf *text)
{
    const struct level_counts *counts = &assessment->confirmed;
    uint32_t severe = view_critical_or_high(counts);
    if (counts->known_exploited > 0) {
        buf_put_text(text, "attackers already use ");
        text_put_number(text, counts->known_exploited);
        buf_put_text(text, " of its ");
        text_put_count(text, counts->total, "vulnerability", "vulnerabilities");
        add_clause(clauses, text);
    }
    if (severe > 0) {
        text_put_number(text, severe);
        if (clauses->count == 0) {
            buf_put_text(text, " of its ");
            text_put_count(text, counts->total, "vulnerability", "vulnerabilities");
        }
        buf_put_text(text, severe == 1 ? " is critical or high" : " are critical or high");
        put_unscored(text, counts);
        add_clause(clauses, text);
    } else if (counts->total > 0 && clauses->count == 0) {
        text_put_count(text, counts->total, "known vulnerability", "known vulnerabilities");
        buf_put_text(text, ", none critical or high");
        put_unscored(text, counts);
        add_clause(clauses, text);
    }
}

static void add_support(struct clauses *clauses, const struct assessment *assessment,
                        struct buf *text)
{
    if (assessment->os_support.state == SUPPORT_ENDED) {
        buf_put_text(text, "its operating system's ");
        view_put_support(text, &assessment->os_support);
        add_clause(clauses, text);
    }
    if (assessment->ended_software > 0) {
        text_put_count(text, assessment->ended_software, "package is", "packages are");
        buf_put_text(text, " past end of support");
        add_clause(clauses, text);
    }
}

static void add_updates(struct clauses *clauses, const struct assessment *assessment,
                        struct buf *text)
{
    uint32_t security =
        assessment->update_classes[UPDATE_CRITICAL] + assessment->update_classes[UPDATE_SECURITY];
    if (security > 0) {
        text_put_count(text, security, "security update waits", "security updates wait");
        add_clause(clauses, text);
    } else if (assessment->update_count > 0 && clauses->count == 0) {
        text_put_count(text, assessment->update_count, "update waits", "updates wait");
        add_clause(clauses, text);
    }
    if (assessment->risk_security > 0 && clauses->count < 2) {
        buf_put_text(text, "no security software was found");
        add_clause(clauses, text);
    }
    if (assessment->risk_patch > 0 && clauses->count < 2) {
        buf_put_text(text, "nothing manages its patches");
        add_clause(clauses, text);
    }
}

static void join_clauses(struct buf *out, const struct clauses *clauses)
{
    unsigned count = clauses->count < MOST_CLAUSES ? clauses->count : MOST_CLAUSES;
    for (unsigned i = 0; i < count; i++) {
        if (i > 0) {
            buf_put_text(out, i + 1 == count ? " and " : ", ");
        }
        buf_put_str(out, clauses->texts[i]);
    }
}

/* What is left to say when nothing asks for attention. */
static void put_calm(struct buf *out, const struct assessment *assessment)
{
    if (blind_reason(assessment) != NULL) {
        buf_put_text(out, blind_reason(assessment));
        return;
    }
    buf_put_text(out, "no known vulnerabilities");
    if (assessment->os_support.until != DATE_NONE) {
        buf_put_text(out, " and an operating system that is supported until ");
        text_put_date(out, assessment->os_support.until);
    }
}

void view_put_headline(struct buf *out, const struct assessment *assessment,
                       const struct report_options *options)
{
    static const char *const openings[] = {
        [VIEW_UNKNOWN] = " cannot be judged yet: ", [VIEW_GOOD] = " is in good shape: ",
        [VIEW_FAIR] = " is in fair shape: ",        [VIEW_ATTENTION] = " needs attention: ",
        [VIEW_NOW] = " needs attention now: ",
    };
    enum view_urgency urgency = view_urgency(assessment);
    struct arena arena;
    struct clauses clauses = {.arena = &arena};
    struct buf text;
    arena_init(&arena);
    buf_init(&text, 4096);
    add_vulnerabilities(&clauses, assessment, &text);
    add_support(&clauses, assessment, &text);
    add_updates(&clauses, assessment, &text);
    text_put_clean(out, view_server(assessment, options));
    buf_put_text(out, openings[urgency]);
    if (clauses.count > 0 && urgency >= VIEW_FAIR) {
        join_clauses(out, &clauses);
    } else {
        put_calm(out, assessment);
    }
    buf_put_byte(out, '.');
    buf_done(&text);
    arena_done(&arena);
}

void view_put_fixes(struct buf *out, const struct assessment *assessment)
{
    uint32_t fixed = assessment->confirmed.fixed_by_updates, total = assessment->confirmed.total;
    if (fixed == 0 || assessment->update_count == 0) {
        return;
    }
    buf_put_text(out, "installing the ");
    text_put_count(out, assessment->update_count, "pending update", "pending updates");
    buf_put_text(out, " fixes ");
    if (fixed == total) {
        buf_put_text(out, total == 1 ? "it" : "all of them");
    } else {
        text_put_number(out, fixed);
        buf_put_text(out, " of the ");
        text_put_count(out, total, "vulnerability", "vulnerabilities");
    }
}

void view_put_names(struct buf *out, struct str names)
{
    enum { MOST = 4 };
    struct str name;
    unsigned count = 0;
    while (str_split_byte(&names, ',', &name)) {
        if (count++ < MOST) {
            buf_put_text(out, count > 1 ? ", " : "");
            text_put_clean(out, str_trim(name));
        }
    }
    if (count > MOST) {
        buf_printf(out, " and %u more", count - MOST);
    }
}

static void put_found(struct buf *out, enum truth found, struct str names, const char *none,
                      const char *unknown)
{
    if (found == TRUTH_YES && names.len > 0) {
        view_put_names(out, names);
    } else if (found == TRUTH_YES) {
        buf_put_text(out, "found");
    } else {
        buf_put_text(out, found == TRUTH_NO ? none : unknown);
    }
}

void view_put_protection(struct buf *out, const struct assessment *assessment)
{
    put_found(out, assessment->security_software, assessment->security_names,
              "no security software found", "security software not known");
    buf_put_text(out, " · ");
    put_found(out, assessment->patch_software, assessment->patch_names, "no patch management found",
              "patch management not known");
}

const char *view_unconfirmed_reason(const struct assessment *assessment)
{
    const struct coverage *coverage = &assessment->coverage;
    return coverage->packages > 0 && !coverage->has_ecosystem
               ? "knowledge has no advisories for this release"
               : NULL;
}

void view_put_coverage(struct buf *out, const struct assessment *assessment)
{
    const struct coverage *coverage = &assessment->coverage;
    if (!assessment->has_knowledge) {
        buf_put_text(out, "nothing was compared with published vulnerabilities");
        return;
    }
    if (coverage->has_ecosystem) {
        text_put_number(out, coverage->covered);
        buf_put_text(out, " of ");
        text_put_count(out, coverage->packages, "package", "packages");
        buf_put_text(out, " covered by ");
        text_put_clean(out, coverage->ecosystem);
        buf_put_text(out, " advisories");
        if (coverage->until != TIME_NONE) {
            buf_put_text(out, " up to ");
            text_put_date(out, time_to_date(coverage->until));
        }
    } else if (coverage->system.len > 0) {
        text_put_clean(out, coverage->system);
    } else {
        buf_put_text(out, "knowledge has no advisories for ");
        text_put_clean(out, coverage->ecosystem.len > 0 ? coverage->ecosystem
                                                        : STR("this operating system"));
    }
    if (coverage->from_makers > 0) {
        buf_put_text(out, " · ");
        text_put_number(out, coverage->from_makers);
        buf_put_text(out, " from their makers");
    }
    if (coverage->identified > 0) {
        buf_put_text(out, " · ");
        text_put_number(out, coverage->identified);
        buf_put_text(out, " compared by product name");
    }
    if (coverage->by_changelog > 0) {
        buf_put_text(out, " · ");
        text_put_count(out, coverage->by_changelog, "CVE", "CVEs");
        buf_put_text(out, " decided by changelog");
    }
}
