#include "assess/engine.h"

static void join_scores(const struct knowledge_cve *cve, struct finding *finding)
{
    finding->score = cve->score;
    finding->cvss_version = cve->cvss_version;
    finding->score_source = cve->score_source;
    finding->vector = cve->vector;
    finding->published = cve->published;
    finding->level = level_of_score(cve->cvss_version, cve->score);
}

void record_join(struct engine *engine, struct finding *finding, int64_t advisory_published)
{
    struct knowledge_cve cve;
    struct knowledge_kev kev;
    struct knowledge_epss epss;
    finding->score = CVSS_NO_SCORE;
    finding->published = TIME_NONE;
    finding->exploited_since = DATE_NONE;
    finding->epss = finding->epss_percentile = -1;
    if (engine->knowledge && knowledge_find_cve(engine->knowledge, finding->cve, &cve)) {
        join_scores(&cve, finding);
    }
    if (finding->published == TIME_NONE) {
        finding->published = advisory_published;
    }
    if (engine->knowledge && knowledge_find_kev(engine->knowledge, finding->cve, &kev)) {
        finding->known_exploited = true;
        finding->ransomware = kev.ransomware;
        finding->exploited_since = kev.added;
    }
    if (engine->knowledge && knowledge_find_epss(engine->knowledge, finding->cve, &epss)) {
        finding->epss = epss.score;
        finding->epss_percentile = epss.percentile;
    }
    finding->age_days = -1;
    if (finding->published != TIME_NONE) {
        int32_t day = time_to_date(finding->published);
        finding->age_days = day <= engine->options->as_of ? engine->options->as_of - day : 0;
    }
}
