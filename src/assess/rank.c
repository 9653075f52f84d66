#include "assess/engine.h"

#include "base/memory.h"
#include "base/order.h"

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

/* What comes first in the order of findings as one number, so that most are told apart by it. The
 * weight is at most 100 million. */
static uint64_t rank_of(const struct finding *finding)
{
    uint64_t rank = finding->accepted != NULL;
    rank = rank << 1 | !finding_confirmed(finding);
    rank = rank << 1 | !finding->known_exploited;
    rank = rank << 28 | (uint64_t)((1 << 27) - weight(finding));
    rank = rank << 3 | (uint64_t)(LEVEL_CRITICAL - finding->level);
    return rank << 8 | (uint64_t)(100 - finding->score);
}

static int compare_drafts(const void *context, uint32_t left, uint32_t right)
{
    const struct draft *drafts = context;
    const struct finding *a = &drafts[left].finding, *b = &drafts[right].finding;
    int by = str_cmp(a->software, b->software);
    by = by ? by : (a->cve > b->cve) - (a->cve < b->cve);
    return by ? by
              : (a->first_software > b->first_software) - (a->first_software < b->first_software);
}

void rank_drafts(const struct draft *drafts, uint32_t count, struct finding *ret_findings)
{
    struct order_key *keys = mem_alloc(count * sizeof *keys);
    for (uint32_t i = 0; i < count; i++) {
        keys[i] = (struct order_key){rank_of(&drafts[i].finding), i};
    }
    order_sort(keys, count);
    order_ties(keys, count, compare_drafts, drafts);
    for (uint32_t i = 0; i < count; i++) {
        ret_findings[i] = drafts[keys[i].index].finding;
    }
    free(keys);
}
