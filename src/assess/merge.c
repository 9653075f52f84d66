#include "assess/engine.h"

#include "base/memory.h"
#include "base/order.h"

#include <stdlib.h>
#include <string.h>

/* One finding a CVE and source: drafts of several versions, binaries or modules of a source
 * become one that lists all packages. The best confidence speaks; of equals the later fix, and one
 * before none. */

static int compare_drafts(const void *context, uint32_t left, uint32_t right)
{
    const struct draft *drafts = context, *a = &drafts[left], *b = &drafts[right];
    int by = str_cmp(a->finding.software, b->finding.software);
    by = by ? by : (int)a->finding.confidence - (int)b->finding.confidence;
    return by ? by : (a->unit > b->unit) - (a->unit < b->unit);
}

/* The drafts by CVE, software, confidence, unit. */
static struct draft *sort_drafts(const struct draft *drafts, uint32_t count)
{
    struct order_key *keys = mem_alloc(count * sizeof *keys);
    struct draft *sorted = mem_alloc(count * sizeof *sorted);
    for (uint32_t i = 0; i < count; i++) {
        keys[i] = (struct order_key){drafts[i].finding.cve, i};
    }
    order_sort(keys, count);
    order_ties(keys, count, compare_drafts, drafts);
    for (uint32_t i = 0; i < count; i++) {
        sorted[i] = drafts[keys[i].index];
    }
    free(keys);
    return sorted;
}

static int compare_index(const void *left, const void *right)
{
    const uint32_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static bool same_finding(const struct draft *a, const struct draft *b)
{
    return a->finding.cve == b->finding.cve && str_eq(a->finding.software, b->finding.software);
}

static bool later_fix(const struct draft *a, const struct draft *b)
{
    return a->scheme == b->scheme && a->fixed.class &&
           (!b->fixed.class || version_key_compare(&a->fixed, &b->fixed) == VERSION_GREATER);
}

/* The packages of drafts[first .. first+count), each once, in the inventory's order. Only
 * those as sure as the best are the finding's. */
static void take_packages(struct engine *engine, struct draft *into, const struct draft *drafts,
                          uint32_t count)
{
    uint32_t total = 0, kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        total += engine->units[drafts[i].unit].package_count;
    }
    uint32_t *packages = arena_array(engine->arena, total, uint32_t);
    total = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct unit *unit = &engine->units[drafts[i].unit];
        if (finding_confirmed(&drafts[i].finding) != finding_confirmed(&drafts[0].finding)) {
            continue;
        }
        memcpy(packages + total, unit->packages, unit->package_count * sizeof *packages);
        total += unit->package_count;
    }
    qsort(packages, total, sizeof *packages, compare_index);
    for (uint32_t i = 0; i < total; i++) {
        if (!kept || packages[kept - 1] != packages[i]) {
            packages[kept++] = packages[i];
        }
    }
    into->finding.packages = packages;
    into->finding.package_count = kept;
    into->finding.first_software = packages[0];
}

void merge_drafts(struct engine *engine)
{
    struct draft *drafts = sort_drafts(engine->drafts, engine->draft_count);
    uint32_t kept = 0;
    for (uint32_t first = 0; first < engine->draft_count;) {
        uint32_t count = 1, best = first;
        while (first + count < engine->draft_count &&
               same_finding(&drafts[first], &drafts[first + count])) {
            const struct draft *other = &drafts[first + count];
            if (other->finding.confidence == drafts[best].finding.confidence &&
                later_fix(other, &drafts[best])) {
                best = first + count;
            }
            count++;
        }
        if (count > 1) {
            struct draft merged = drafts[best];
            take_packages(engine, &merged, drafts + first, count);
            drafts[kept++] = merged;
        } else if (kept++ < first) {
            drafts[kept - 1] = drafts[first];
        }
        first += count;
    }
    free(engine->drafts);
    engine->drafts = drafts;
    engine->draft_capacity = engine->draft_count;
    engine->draft_count = kept;
}
