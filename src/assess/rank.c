#include "assess/engine.h"

#include <stdlib.h>

/* What a CVE without score counts as when it is weighed with its EPSS: the middle. */
enum { NEUTRAL_SCORE = 50 };

bool finding_confirmed(const struct finding *finding)
{
    return !finding->accepted && finding->confidence <= CONFIDENCE_RANGE;
}

/* EPSS x CVSS in whole numbers, so that every machine sorts alike. */
static int64_t weight(const struct finding *finding)
{
    if (finding->epss < 0) {
        return 0;
    }
    int64_t millionths = (int64_t)(finding->epss * 1e6 + 0.5);
    return millionths * (finding->score < 0 ? NEUTRAL_SCORE : finding->score);
}

static int order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_rank(const void *left, const void *right)
{
    const struct finding *a = &((const struct draft *)left)->finding;
    const struct finding *b = &((const struct draft *)right)->finding;
    int by = order(a->accepted != NULL, b->accepted != NULL);
    by = by ? by : order(finding_confirmed(b), finding_confirmed(a));
    by = by ? by : order(b->known_exploited, a->known_exploited);
    by = by ? by : order(weight(b), weight(a));
    by = by ? by : order(b->level, a->level);
    by = by ? by : order(b->score, a->score);
    by = by ? by : str_cmp(a->software, b->software);
    by = by ? by : (a->cve > b->cve) - (a->cve < b->cve);
    return by ? by : order(a->first_software, b->first_software);
}

void rank_drafts(struct draft *drafts, uint32_t count)
{
    if (count) {
        qsort(drafts, count, sizeof *drafts, compare_rank);
    }
}
