#include "assess/windows.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Since the servicing stack is part of the cumulative update, an update that stands alone is
 * one released between two of them, and cumulative too. */
enum { STACK_INCLUDED = 18871 /* 2021-09-01 */ };
/* The least CVEs by which one of a chain of updates shows that the chain is the system's. */
enum { CHAIN_FIXES = 10 };
/* Days by which a CVE may be older than the update that first fixes it: less than from one month's
 * update to the next. */
enum { LISTED_AGAIN = 20 };

uint32_t windows_first_update(const void *items, uint32_t count, size_t size, uint32_t kb)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct knowledge_update *update = (const void *)((const char *)items + middle * size);
        if (update->kb < kb) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

uint32_t windows_place(const struct windows *windows, uint32_t kb)
{
    uint32_t at =
        windows_first_update(windows->updates, windows->count, sizeof *windows->updates, kb);
    return at < windows->count && windows->updates[at].update.kb == kb ? at : WINDOWS_NO_UPDATE;
}

const struct windows_update *windows_find_update(const struct windows *windows, uint32_t kb)
{
    uint32_t at = windows_place(windows, kb);
    if (at != WINDOWS_NO_UPDATE) {
        return &windows->updates[at];
    }
    return windows->base ? windows_find_update(windows->base, kb) : NULL;
}

uint32_t windows_replaced(const struct windows *windows, const struct windows_update *update,
                          uint32_t i)
{
    uint32_t kb;
    if (!knowledge_superseded(windows->engine->knowledge, update->update.first_superseded + i,
                              &kb)) {
        return WINDOWS_NO_UPDATE;
    }
    return windows_place(windows, kb);
}

/* ---- reading ---- */

static bool is_part_of_its_own(struct str component)
{
    return str_glob(STR("Adobe Flash Player|Windows Secure Boot|Servicing Stack Updates|Windows "
                        "Update Stack|Microsoft .NET Framework*|.NET Framework*"),
                    component);
}

/* Whether the first fix of an update is of such a component. */
static bool is_of(const struct windows *windows, const struct knowledge_update *update,
                  struct str pattern)
{
    struct knowledge_fix fix;
    return update->fix_count &&
           knowledge_fix(windows->engine->knowledge, update->first_fix, &fix) &&
           str_glob(pattern, fix.component);
}

static bool is_of_browser(const struct windows *windows, const struct knowledge_update *update)
{
    for (uint32_t i = 0; i < update->fix_count; i++) {
        struct knowledge_fix fix;
        if (knowledge_fix(windows->engine->knowledge, update->first_fix + i, &fix) &&
            str_find(fix.component, STR("Internet Explorer")) == SIZE_MAX) {
            return false;
        }
    }
    return update->fix_count > 0;
}

static bool is_apart(const struct windows *windows, const struct knowledge_update *update)
{
    for (uint32_t i = 0; i < update->fix_count; i++) {
        struct knowledge_fix fix;
        if (knowledge_fix(windows->engine->knowledge, update->first_fix + i, &fix) &&
            !is_part_of_its_own(fix.component)) {
            return false;
        }
    }
    return update->fix_count > 0;
}

/* NVD's first fixed revision for the CVE of an update's fix, 0 when it has none or when that is of
 * an earlier update: Microsoft lists a CVE again where a later update completes its fix. */
static uint32_t fix_revision(const struct windows *windows, const struct knowledge_update *update,
                             uint32_t index)
{
    const struct knowledge *knowledge = windows->engine->knowledge;
    struct knowledge_fix fix;
    struct knowledge_cve cve;
    if (!knowledge_fix(knowledge, update->first_fix + index, &fix)) {
        return 0;
    }
    const struct windows_claim *claim = windows_find_claim(windows, fix.cve);
    if (!claim || !claim->revision || !knowledge_find_cve(knowledge, fix.cve, &cve)) {
        return 0;
    }
    bool earlier = cve.published != TIME_NONE && update->posted != DATE_NONE &&
                   time_to_date(cve.published) < update->posted - LISTED_AGAIN;
    return earlier ? 0 : claim->revision;
}

/* The revision that most CVEs of an update have. Few updates share a CVE, so the vote needs no
 * more than a leader. */
static uint32_t vote_revision(const struct windows *windows, const struct knowledge_update *update)
{
    uint32_t best = 0, best_votes = 0;
    for (uint32_t i = 0; i < update->fix_count; i++) {
        uint32_t revision = fix_revision(windows, update, i), votes = 0;
        if (!revision || revision == best) {
            continue;
        }
        for (uint32_t k = 0; k < update->fix_count; k++) {
            votes += fix_revision(windows, update, k) == revision;
        }
        if (votes > best_votes) {
            best = revision;
            best_votes = votes;
        }
    }
    return best;
}

static void read_updates(struct windows *windows)
{
    const struct knowledge *knowledge = windows->engine->knowledge;
    const struct knowledge_bulletin_product *product = &windows->product;
    windows->updates =
        arena_array(windows->engine->arena, product->update_count + 1, struct windows_update);
    for (uint32_t i = 0; i < product->update_count; i++) {
        struct windows_update *item = &windows->updates[windows->count];
        *item = (struct windows_update){0};
        if (!knowledge_update(knowledge, product->first_update + i, &item->update)) {
            continue;
        }
        item->posted = item->update.posted;
        item->apart = is_apart(windows, &item->update);
        item->flash = is_of(windows, &item->update, STR("Adobe Flash*"));
        item->framework = item->apart && windows->part == WINDOWS_SYSTEM &&
                          is_of(windows, &item->update, STR("*.NET Framework*"));
        item->browser = is_of_browser(windows, &item->update);
        item->revision = vote_revision(windows, &item->update);
        windows->count++;
    }
}

/* An update is not newer than one that replaces it, whatever its rows say. */
static void correct_days(struct windows *windows)
{
    bool changed = true;
    for (unsigned round = 0; changed && round < 4; round++) {
        changed = false;
        for (uint32_t i = 0; i < windows->count; i++) {
            const struct windows_update *newer = &windows->updates[i];
            for (uint32_t k = 0; k < newer->update.superseded_count; k++) {
                uint32_t old = windows_replaced(windows, newer, k);
                if (old != WINDOWS_NO_UPDATE && windows->updates[old].posted > newer->posted) {
                    windows->updates[old].posted = newer->posted;
                    changed = true;
                }
            }
        }
    }
}

/* ---- which updates are cumulative ---- */

static uint32_t root_of(uint32_t *parents, uint32_t at)
{
    while (parents[at] != at) {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    return at;
}

static bool may_be_cumulative(const struct windows *windows, uint32_t index)
{
    const struct windows_update *update = &windows->updates[index];
    return windows->part == WINDOWS_BROWSER ||
           (windows->part == WINDOWS_SYSTEM && !update->apart &&
            (windows->release.cumulative || update->posted >= windows->rollups_since));
}

/* Whether an update replaces one of the same line (replaces), or one of them replaces it. */
static bool has_edge(const struct windows *windows, uint32_t index, bool replaces)
{
    const struct windows_update *update = &windows->updates[index];
    for (uint32_t k = 0; replaces && k < update->update.superseded_count; k++) {
        uint32_t old = windows_replaced(windows, update, k);
        if (old != WINDOWS_NO_UPDATE && may_be_cumulative(windows, old)) {
            return true;
        }
    }
    uint32_t first;
    return !replaces && knowledge_superseders(windows->engine->knowledge, &windows->product,
                                              update->update.kb, &first) > 0;
}

/* How many CVEs two updates share. */
static uint32_t count_shared(const struct windows *windows, const struct knowledge_update *a,
                             const struct knowledge_update *b)
{
    const struct knowledge *knowledge = windows->engine->knowledge;
    uint32_t count = 0;
    for (uint32_t i = 0; i < a->fix_count; i++) {
        struct knowledge_fix fix, same;
        count += knowledge_fix(knowledge, a->first_fix + i, &fix) &&
                 knowledge_find_fix(knowledge, b, fix.cve, &same);
    }
    return count;
}

/* A rollup and a security-only update of one day fix the same. Both can stand in chains, for the
 * data has wrong edges: the rollup is the one that replaces another and is replaced. */
static bool is_security_only(const struct windows *windows, uint32_t index)
{
    const struct windows_update *update = &windows->updates[index];
    bool replaces = has_edge(windows, index, true), replaced = has_edge(windows, index, false);
    for (uint32_t i = 0; i < windows->count && !(replaces && replaced); i++) {
        const struct windows_update *twin = &windows->updates[i];
        if (i != index && twin->posted == update->posted &&
            2 * count_shared(windows, &update->update, &twin->update) >= update->update.fix_count &&
            has_edge(windows, i, true) && (!replaces || has_edge(windows, i, false))) {
            return true;
        }
    }
    return false;
}

/* Updates that replace one another are a chain; the system's own is the one of which an update
 * fixes many CVEs (that of Internet Explorer never does). Security-only updates stand alone. */
static void mark_cumulative(struct windows *windows)
{
    uint32_t *parents = arena_array(windows->engine->arena, windows->count + 1, uint32_t);
    uint32_t *sizes = arena_array(windows->engine->arena, windows->count + 1, uint32_t);
    bool *large = arena_array(windows->engine->arena, windows->count + 1, bool);
    bool *linked = arena_array(windows->engine->arena, windows->count + 1, bool);
    for (uint32_t i = 0; i < windows->count; i++) {
        parents[i] = i;
    }
    for (uint32_t i = 0; i < windows->count; i++) {
        for (uint32_t k = 0; k < windows->updates[i].update.superseded_count; k++) {
            uint32_t old = windows_replaced(windows, &windows->updates[i], k);
            if (old == WINDOWS_NO_UPDATE || !may_be_cumulative(windows, i) ||
                !may_be_cumulative(windows, old)) {
                continue;
            }
            parents[root_of(parents, i)] = root_of(parents, old);
            linked[i] = linked[old] = true;
        }
    }
    for (uint32_t i = 0; i < windows->count; i++) {
        uint32_t root = root_of(parents, i);
        sizes[root]++;
        large[root] = large[root] || windows->part == WINDOWS_BROWSER ||
                      windows->updates[i].update.fix_count >= CHAIN_FIXES;
    }
    for (uint32_t i = 0; i < windows->count; i++) {
        struct windows_update *update = &windows->updates[i];
        update->chain = sizes[root_of(parents, i)];
        bool alone = windows->release.cumulative && !linked[i] && may_be_cumulative(windows, i) &&
                     (update->update.fix_count >= CHAIN_FIXES || update->posted >= STACK_INCLUDED);
        /* What Internet Explorer's replace in a month without fixes of it is not in its list. */
        alone = alone || (windows->part == WINDOWS_BROWSER && update->update.superseded_count > 0);
        /* A revision is given to the system by a cumulative update alone. */
        update->cumulative = alone || (linked[i] && large[root_of(parents, i)]) ||
                             (windows->release.cumulative && update->revision != 0);
        if (windows->part == WINDOWS_SYSTEM && !windows->release.cumulative && update->cumulative) {
            update->cumulative = !is_security_only(windows, i);
        }
    }
}

void windows_updates(struct windows *windows)
{
    windows->newest = NULL;
    if (!windows->has_product) {
        return;
    }
    read_updates(windows);
    correct_days(windows);
    mark_cumulative(windows);
    windows_decide_installed(windows);
}
