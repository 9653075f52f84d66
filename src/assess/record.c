#include "assess/engine.h"

static void join_scores(const struct knowledge_cve *cve, struct finding *finding)
{
    finding->score = cve->score;
    finding->cvss_version = cve->cvss_version;
    finding->score_source = cve->score_source;
    finding->vector = cve->vector;
    finding->published = cve->published;
    finding->level = level_of_score(cve->cvss_version, cve->score);
    if (finding->rating.level == LEVEL_UNKNOWN) {
        finding->rating = rating_of_cve(cve->rating);
    }
}

/* A rating is a level and never a number: nobody published one. */
static void take_rating(struct finding *finding)
{
    if (finding->score == CVSS_NO_SCORE) {
        finding->level = finding->rating.level;
    }
}

/* finding->published is that of the advisory, TIME_NONE when there is none. */
static void join(const struct engine *engine, const struct knowledge_about *about,
                 struct finding *finding)
{
    finding->score = CVSS_NO_SCORE;
    finding->exploited_since = finding->exploited_due = DATE_NONE;
    finding->epss = finding->epss_percentile = -1;
    if (about->has_cve) {
        int64_t advisory_published = finding->published;
        join_scores(&about->cve, finding);
        if (finding->published == TIME_NONE) {
            finding->published = advisory_published;
        }
    }
    take_rating(finding);
    if (about->has_kev) {
        finding->known_exploited = true;
        finding->ransomware = about->kev.ransomware;
        finding->exploited_since = about->kev.added;
        finding->exploited_due = about->kev.due;
    }
    if (about->has_epss) {
        finding->epss = about->epss.score;
        finding->epss_percentile = about->epss.percentile;
    }
    finding->age_days = -1;
    if (finding->published != TIME_NONE) {
        int32_t day = time_to_date(finding->published);
        finding->age_days = day <= engine->options->as_of ? engine->options->as_of - day : 0;
    }
}

void record_join(struct engine *engine, struct finding *finding, int64_t advisory_published)
{
    struct knowledge_places places = {0};
    struct knowledge_about about;
    about.has_cve = about.has_kev = about.has_epss = false;
    finding->published = advisory_published;
    if (engine->knowledge) {
        knowledge_look_up(engine->knowledge, finding->cve, &places, &about);
    }
    join(engine, &about, finding);
}

void record_join_drafts(struct engine *engine)
{
    struct knowledge_places places = {0};
    struct knowledge_about about;
    uint32_t kept = 0;
    about.has_cve = about.has_kev = about.has_epss = false;
    for (uint32_t i = 0; i < engine->draft_count; i++) {
        struct draft *draft = &engine->drafts[i];
        if (engine->knowledge) {
            knowledge_look_up(engine->knowledge, draft->finding.cve, &places, &about);
        }
        if (about.has_cve && about.cve.status == CVE_STATUS_REJECTED) {
            continue;
        }
        join(engine, &about, &draft->finding);
        if (kept < i) {
            engine->drafts[kept] = *draft;
        }
        kept++;
    }
    engine->draft_count = kept;
}
