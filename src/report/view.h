/*
 * What several formats say of an assessment: which findings are shown, how they fall into
 * groups, and the sentences about support, protection and coverage.
 */
#ifndef ASSAY_REPORT_VIEW_H
#define ASSAY_REPORT_VIEW_H

#include "report/report.h"
#include "report/text.h"

/* view_shows says whether the options' filters let a finding through. */
bool view_shows(const struct report_options *options, const struct finding *finding);
/* view_is_confirmed: it counts as a vulnerability. One that is accepted does not. */
bool view_is_confirmed(const struct finding *finding);
/* view_put_accepted appends "accepted until 2026-12-31" or "not affected by VEX". */
void view_put_accepted(struct buf *out, const struct accept_rule *rule);
/* view_put_acceptance appends "REASON (by alice, until 2026-12-31, rule 3 of accepted.json)". */
void view_put_acceptance(struct buf *out, const struct accept_rule *rule);
/* view_put_accepted_count appends "3 findings accepted as risk", with what VEX says apart. */
void view_put_accepted_count(struct buf *out, const struct assessment *assessment);
uint32_t view_critical_or_high(const struct level_counts *counts);
/* view_description gives what the record of a CVE says of it, else its name among the known
 * exploited ones, "" where there is neither. It lies in arena or the knowledge. */
struct str view_description(const struct knowledge *knowledge, uint64_t cve, struct arena *arena);
/* view_server names the server: its name, else what the user called the inventory. */
struct str view_server(const struct assessment *assessment, const struct report_options *options);

/* What is known of the fix: the version that has it; that it is in one after the last affected;
 * that there is none; nothing, where the source names versions alone. */
enum view_fix { VIEW_FIX_VERSION, VIEW_FIX_AFTER, VIEW_FIX_NONE, VIEW_FIX_UNSTATED };
enum view_fix view_fix(const struct finding *finding);
/* view_put_without_fix appends "after 7.12", "no fix yet" or "not stated". */
void view_put_without_fix(struct buf *out, const struct finding *finding);

enum view_age {
    VIEW_AGE_30,
    VIEW_AGE_90,
    VIEW_AGE_YEAR,
    VIEW_AGE_2_YEARS,
    VIEW_AGE_OLDER,
    VIEW_AGE_UNKNOWN,
    VIEW_AGES
};
enum view_age view_age(int32_t days);
/* view_put_level_source appends whose score or rating the level is: "NVD", "Microsoft: Important",
 * nothing where it is unknown. */
void view_put_level_source(struct buf *out, const struct finding *finding);
/* view_put_age appends "208 d", "2 y", "-" when it is not known. */
void view_put_age(struct buf *out, int32_t days);

/* Support as a reader needs it: what ends soon is apart from what lasts. */
enum view_support {
    VIEW_SUPPORT_UNKNOWN,
    VIEW_SUPPORT_ENDED,
    VIEW_SUPPORT_ENDING, /* within 12 months */
    VIEW_SUPPORT_EXTENDED,
    VIEW_SUPPORT_SUPPORTED,
    VIEW_SUPPORTS
};
enum view_support view_support(const struct support *support);
const char *view_support_word(enum view_support support); /* "ends within 12 months" */
/* view_put_support appends "regular support ended 2026-07-11, long-term support until
 * 2028-06-30"; view_put_support_left "586 days left", "134 days ago" or nothing. */
void view_put_support(struct buf *out, const struct support *support);
void view_put_support_left(struct buf *out, const struct support *support);

/* A lifecycle with the software that follows it. The operating system's comes first, then what
 * ends first. */
struct view_horizon {
    const struct support *support;
    uint32_t packages;       /* how many follow it */
    uint32_t first_software; /* one of them; UINT32_MAX for the operating system itself */
    bool is_os;
};
/* view_horizons returns an array in arena of the lifecycles whose end or state is known. */
const struct view_horizon *view_horizons(const struct assessment *assessment, struct arena *arena,
                                         uint32_t *ret_count);

/* How urgent a server is. */
enum view_urgency { VIEW_UNKNOWN, VIEW_GOOD, VIEW_FAIR, VIEW_ATTENTION, VIEW_NOW };
enum view_urgency view_urgency(const struct assessment *assessment);
/* view_put_headline appends the sentence that answers "does this server need attention, and
 * why". */
void view_put_headline(struct buf *out, const struct assessment *assessment,
                       const struct report_options *options);
/* view_put_fixes appends "installing the 110 pending updates fixes 131 of them", or nothing. */
void view_put_fixes(struct buf *out, const struct assessment *assessment);
/* view_put_names appends the first few of names separated by commas, and how many more. */
void view_put_names(struct buf *out, struct str names);
/* view_put_protection: "no security software found · unattended-upgrades". */
void view_put_protection(struct buf *out, const struct assessment *assessment);
/* view_unconfirmed_reason says why findings cannot be confirmed on this server, or NULL. */
const char *view_unconfirmed_reason(const struct assessment *assessment);
/* view_put_coverage: "935 of 939 packages covered by Debian:12 advisories up to 2026-11-21". */
void view_put_coverage(struct buf *out, const struct assessment *assessment);

/* view_feed_age gives a feed's age in seconds at options->now, -1 when it is not known. */
int64_t view_feed_age(const struct assessment *assessment, const struct report_options *options,
                      const struct knowledge_feed *feed);
/* A feed whose data is older than this is named as old. */
enum { VIEW_OLD_DAYS = 30 };

#endif
