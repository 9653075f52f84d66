#include "assess/windows.h"

#include "base/limits.h"
#include "base/memory.h"
#include "identify/programme.h"

#include <stdlib.h>
#include <string.h>

bool windows_open(struct engine *engine, struct windows *windows)
{
    *windows = (struct windows){.engine = engine};
    if (engine->inventory->os.family != OS_FAMILY_WINDOWS || !engine->knowledge) {
        return false;
    }
    if (!identify_windows_release(engine->inventory, engine->arena, &windows->release)) {
        engine_note(engine, "Windows build \"%.*s\" is not known: its updates are not assessed",
                    STR_ARG(engine->inventory->os.build));
        return false;
    }
    windows->has_product = knowledge_find_bulletin_product(
        engine->knowledge, windows->release.bulletin, &windows->product);
    windows->name = windows->release.name;
    windows_claims(windows);
    windows_read_lists(windows);
    windows_updates(windows);
    windows_list_remedies(windows);
    return true;
}

void windows_close(struct windows *windows)
{
    free(windows->claims);
    free(windows->remedies);
}

static int compare_remedies(const void *left, const void *right)
{
    const struct windows_remedy *a = left, *b = right;
    if (a->cve != b->cve) {
        return a->cve < b->cve ? -1 : 1;
    }
    return (a->update > b->update) - (a->update < b->update);
}

void windows_list_remedies(struct windows *windows)
{
    uint32_t capacity = 0;
    for (uint32_t u = 0; u < windows->count; u++) {
        const struct knowledge_update *update = &windows->updates[u].update;
        for (uint32_t i = 0; i < update->fix_count; i++) {
            struct knowledge_fix fix;
            if (!knowledge_fix(windows->engine->knowledge, update->first_fix + i, &fix)) {
                continue;
            }
            mem_reserve(windows->remedies, windows->remedy_count, capacity);
            windows->remedies[windows->remedy_count++] = (struct windows_remedy){fix.cve, u};
        }
    }
    if (windows->remedy_count) {
        qsort(windows->remedies, windows->remedy_count, sizeof *windows->remedies,
              compare_remedies);
    }
}

const struct windows_remedy *windows_remedies(const struct windows *windows, uint64_t cve,
                                              uint32_t *ret_count)
{
    uint32_t low = 0, high = windows->remedy_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (windows->remedies[middle].cve < cve) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *ret_count = 0;
    while (low + *ret_count < windows->remedy_count &&
           windows->remedies[low + *ret_count].cve == cve) {
        ++*ret_count;
    }
    return windows->remedies ? windows->remedies + low : NULL;
}

/* Of two updates that fix a CVE, the one to name: the cumulative before one of its own, that of
 * the longer chain before a hotpatch, then the older. */
static bool names_better(const struct windows_update *a, const struct windows_update *b)
{
    if (a->cumulative != b->cumulative) {
        return a->cumulative;
    }
    if (a->chain != b->chain) {
        return a->chain > b->chain;
    }
    return a->posted != b->posted ? a->posted < b->posted : a->update.kb < b->update.kb;
}

/* The updates that fix one CVE are alternatives: one is enough. */
static struct windows_answer judge_updates(const struct windows *windows,
                                           const struct windows_remedy *remedies, uint32_t count)
{
    struct windows_answer answer = {.outcome = OUTCOME_VULNERABLE,
                                    .confidence = CONFIDENCE_ADVISORY};
    for (uint32_t i = 0; i < count; i++) {
        const struct windows_update *update = &windows->updates[remedies[i].update];
        if (update->state == UPDATE_INSTALLED) {
            answer.outcome = OUTCOME_FIXED;
            answer.update = update;
            return answer;
        }
        if (update->state == UPDATE_UNDECIDED) {
            answer.confidence = CONFIDENCE_UNCONFIRMED;
        }
        if (!answer.update || names_better(update, answer.update)) {
            answer.update = update;
        }
    }
    return answer;
}

/* Until then a bulletin named every release that it is about; the lists since then have gaps. */
enum { BULLETINS_UNTIL = 17256 /* 2017-03-31 */ };

/* Whether the newest cumulative update of the server is for sure older than the day. */
static bool is_behind(const struct windows *windows, int32_t day)
{
    if (windows->newest) {
        return day > windows->newest->posted && !windows_may_be_newer(windows);
    }
    return windows->release.cumulative && windows->list_known && windows->stranger_count == 0 &&
           windows->below.day == DATE_NONE;
}

/* Whether the release is younger than the CVE. */
static bool is_younger(const struct windows *windows, int32_t day)
{
    for (uint32_t i = 0; i < windows->count; i++) {
        if (windows->updates[i].posted <= day) {
            return false;
        }
    }
    return windows->count > 0;
}

/* NVD names the release without a range, and Microsoft has no update of it for the CVE. */
static void judge_named(const struct windows *windows, struct windows_answer *answer)
{
    const struct knowledge *knowledge = windows->engine->knowledge;
    const struct windows_update *newest = windows->newest;
    const struct windows_claim *claim = answer->claim;
    struct knowledge_cve cve;
    answer->outcome = OUTCOME_VULNERABLE;
    answer->confidence = CONFIDENCE_UNCONFIRMED;
    if (!knowledge_find_cve(knowledge, claim->cve, &cve) || cve.published == TIME_NONE) {
        return;
    }
    int32_t day = time_to_date(cve.published);
    if (windows->has_product && knowledge_has_bulletin(knowledge, claim->cve) &&
        (day <= BULLETINS_UNTIL || (!claim->named && is_younger(windows, day)))) {
        answer->outcome = OUTCOME_NOT_AFFECTED;
    } else if (!windows->release.cumulative && day < windows->rollups_since) {
        return;
    } else if (newest && day <= newest->posted) {
        answer->outcome = OUTCOME_FIXED;
        answer->update = newest;
    } else if (windows->below.day != DATE_NONE && day <= windows->below.day) {
        answer->outcome = OUTCOME_FIXED;
    } else if (claim->named && !claim->revision && is_behind(windows, day)) {
        answer->confidence = CONFIDENCE_EXACT;
    }
}

/* A range of NVD for this build and the running revision leave no doubt; a pending update or one
 * listed and not yet running is told by the revision too. */
static void judge_claim(const struct windows *windows, const struct windows_claim *claim,
                        bool has_updates, struct windows_answer *answer)
{
    answer->claim = claim;
    /* A revision that is not that of the update which fixes the CVE is a slip of the record. */
    if (answer->update && answer->update->revision && answer->update->revision != claim->revision) {
        return;
    }
    if (claim->revision && windows->release.has_revision) {
        bool fixed = windows->release.revision >= claim->revision;
        answer->outcome = fixed ? OUTCOME_FIXED : OUTCOME_VULNERABLE;
        answer->confidence = CONFIDENCE_RANGE;
        answer->by_revision = true;
    } else if (!has_updates) {
        judge_named(windows, answer);
    }
}

/* ---- findings ---- */

static void put_updates(const struct windows *windows, const struct windows_remedy *remedies,
                        uint32_t count, struct buf *out)
{
    for (uint32_t i = 0; i < count; i++) {
        buf_printf(out, "%sKB%u", i ? " or " : "", windows->updates[remedies[i].update].update.kb);
    }
}

/* Why what NVD says of the release decides, or does not. */
static void put_doubt(const struct windows *windows, const struct windows_claim *claim, bool sure,
                      struct buf *out)
{
    char day[DATE_SIZE];
    if (sure && windows->newest) {
        buf_printf(out, "; the newest installed cumulative update is KB%u of %s",
                   windows->newest->update.kb, date_format(windows->newest->posted, day));
    } else if (sure) {
        buf_put_text(out, "; no cumulative update is listed as installed");
    } else if (claim && claim->revision) {
        buf_put_text(out, "; the running revision is not known");
    } else if (claim && knowledge_has_bulletin(windows->engine->knowledge, claim->cve)) {
        buf_put_text(out, "; Microsoft lists updates for it, none of them for this release");
    } else {
        buf_put_text(out, "; when it was fixed is not known");
    }
}

static void put_criterion(const struct windows *windows, const struct windows_answer *answer,
                          const struct windows_remedy *remedies, uint32_t count, struct buf *out)
{
    if (answer->by_revision || !count) {
        struct knowledge_match match;
        if (answer->claim &&
            knowledge_match(windows->engine->knowledge, answer->claim->match, &match)) {
            match_text(windows->engine->knowledge, &match, out);
        }
        if (!answer->by_revision) {
            put_doubt(windows, answer->claim, answer->confidence == CONFIDENCE_EXACT, out);
        }
        return;
    }
    buf_printf(out, "%.*s: fixed by ", STR_ARG(windows->product.name));
    put_updates(windows, remedies, count, out);
    buf_put_text(out, "; ");
    windows_reason(windows, answer->update, out);
}

/* Whether a pending update is the remedy, or one that holds it. */
static bool brings(const struct windows *windows, const struct windows_update *pending,
                   const struct windows_update *remedy)
{
    if (pending->update.kb == remedy->update.kb) {
        return true;
    }
    if (windows->part == WINDOWS_FRAMEWORK) {
        return windows->release.cumulative && pending->update.kb > remedy->update.kb;
    }
    return windows->release.cumulative && pending->cumulative && pending->posted >= remedy->posted;
}

/* What is offered for .NET Framework holds the updates of its versions, each with a number of its
 * own, lower than the one offered. */
static bool brings_framework(const struct windows *windows, const struct inventory_update *pending,
                             const struct windows_update *remedy)
{
    return windows->part == WINDOWS_FRAMEWORK && windows->release.cumulative &&
           windows_names_framework(pending) && windows_pending_kb(pending) > remedy->update.kb;
}

static bool find_pending(const struct windows *windows, const struct windows_remedy *remedies,
                         uint32_t count, uint32_t *ret_index)
{
    const struct inventory_updates *pending = &windows->engine->inventory->updates;
    for (uint32_t p = 0; p < pending->count; p++) {
        uint32_t kb = windows_pending_kb(&pending->items[p]);
        const struct windows_update *update = kb ? windows_find_update(windows, kb) : NULL;
        for (uint32_t i = 0; i < count; i++) {
            const struct windows_update *remedy = &windows->updates[remedies[i].update];
            if (update ? brings(windows, update, remedy)
                       : brings_framework(windows, &pending->items[p], remedy)) {
                *ret_index = p;
                return true;
            }
        }
    }
    return false;
}

/* What was fixed past the end of support is for those in the programme that extends it. */
static struct str find_programme(const struct engine *engine, int64_t fixed)
{
    const struct identity_os *os = &engine->os;
    if (!os->has_release || os->release.supported_until == DATE_NONE || fixed == TIME_NONE ||
        time_to_date(fixed) <= os->release.supported_until) {
        return STR("");
    }
    return programme_offered(engine->inventory, os->lifecycle.name, &os->release);
}

/* The worst rating of the CVE in the product: it can be in two components. */
static struct rating find_rating(const struct windows *windows, uint64_t cve,
                                 const struct windows_remedy *remedies, uint32_t count)
{
    struct rating worst = {.level = LEVEL_UNKNOWN};
    for (uint32_t i = 0; i < count; i++) {
        const struct windows_update *update = &windows->updates[remedies[i].update];
        struct knowledge_fix fix;
        if (!knowledge_find_fix(windows->engine->knowledge, &update->update, cve, &fix)) {
            continue;
        }
        struct rating rating = rating_of_fix(&fix);
        worst = rating.level > worst.level ? rating : worst;
    }
    return worst;
}

static void add_finding(const struct windows *windows, uint64_t cve,
                        const struct windows_answer *answer, const struct windows_remedy *remedies,
                        uint32_t count)
{
    struct engine *engine = windows->engine;
    struct buf text;
    mem_reserve(engine->drafts, engine->draft_count, engine->draft_capacity);
    struct draft *draft = &engine->drafts[engine->draft_count++];
    *draft = (struct draft){.unit = UINT32_MAX};
    struct finding *finding = &draft->finding;
    finding->cve = cve;
    finding->software = windows->name;
    finding->first_software = FINDING_OF_OS;
    finding->installed = engine->inventory->os.build;
    finding->source = answer->by_revision || !count ? STR("NVD") : STR("Microsoft");
    finding->confidence = answer->confidence;
    if (answer->update) {
        finding->fixed_in = arena_printf(engine->arena, "KB%u", answer->update->update.kb);
    } else if (answer->claim && answer->claim->revision) {
        finding->fixed_in =
            arena_printf(engine->arena, "%u.%u", windows->release.build, answer->claim->revision);
    }
    if (count) {
        finding->advisory = finding->fixed_in;
    }
    buf_init(&text, 4096);
    put_criterion(windows, answer, remedies, count, &text);
    finding->criterion = arena_str(engine->arena, buf_view(&text));
    buf_done(&text);
    finding->fixed_by_update = find_pending(windows, remedies, count, &finding->pending);
    if (finding->fixed_by_update) {
        finding->update =
            arena_printf(engine->arena, "KB%u",
                         windows_pending_kb(&engine->inventory->updates.items[finding->pending]));
    }
    int64_t posted = answer->update && count ? (int64_t)answer->update->posted * 86400 : TIME_NONE;
    finding->rating = find_rating(windows, cve, remedies, count);
    record_join(engine, finding, posted);
    if (finding->fixed_in.len) {
        finding->programme =
            find_programme(engine, posted != TIME_NONE ? posted : finding->published);
    }
}

/* ---- the walk ---- */

struct windows_answer windows_answer(const struct windows *windows, uint64_t cve,
                                     const struct windows_remedy *remedies, uint32_t count)
{
    const struct windows_claim *claim = windows_find_claim(windows, cve);
    struct windows_answer answer = {.outcome = OUTCOME_SILENT};
    if (count) {
        answer = judge_updates(windows, remedies, count);
    }
    if (claim) {
        judge_claim(windows, claim, count > 0, &answer);
    }
    if (engine_rejected(windows->engine, cve)) {
        answer.outcome = OUTCOME_SILENT;
    }
    return answer;
}

static void decide_one(const struct windows *windows, uint64_t cve,
                       const struct windows_remedy *remedies, uint32_t count)
{
    struct windows_answer answer = windows_answer(windows, cve, remedies, count);
    if (answer.outcome == OUTCOME_VULNERABLE) {
        add_finding(windows, cve, &answer, remedies, count);
    }
}

/* What the system was compared with, and how new it is. */
static void tell_coverage(const struct windows *windows)
{
    struct engine *engine = windows->engine;
    char day[DATE_SIZE];
    if (!windows->has_product) {
        return;
    }
    if (!windows->newest) {
        engine->coverage.system =
            arena_printf(engine->arena, "Microsoft's updates for %.*s, newest installed not known",
                         STR_ARG(windows->product.name));
    } else {
        engine->coverage.system =
            arena_printf(engine->arena, "Microsoft's updates for %.*s, newest installed KB%u of %s",
                         STR_ARG(windows->product.name), windows->newest->update.kb,
                         date_format(windows->newest->posted, day));
    }
}

/* Why nothing, or not everything, about the system could be decided. */
static void note_limits(const struct windows *windows)
{
    struct engine *engine = windows->engine;
    if (!windows->has_product && !windows->claim_count) {
        engine_note(engine, "the knowledge says nothing of %.*s",
                    STR_ARG(windows->release.bulletin));
    } else if (!windows->has_product) {
        engine_note(engine, "the knowledge has no updates of Microsoft for %.*s",
                    STR_ARG(windows->release.bulletin));
    } else if (!windows->newest && windows->release.cumulative && windows->below.day == DATE_NONE &&
               windows->above.day == DATE_NONE) {
        engine_note(engine, "%.*s: no installed cumulative update can be dated%s",
                    STR_ARG(windows->release.name),
                    windows->release.has_revision ? "" : "; the revision (UBR) is not known");
    }
}

/* What the system's updates fix is said of the system. */
static bool is_said(const struct windows *windows, uint64_t cve)
{
    uint32_t count = 0;
    if (windows->base) {
        windows_remedies(windows->base, cve, &count);
    }
    return count > 0;
}

static void walk(const struct windows *windows)
{
    uint32_t claim = 0;
    for (uint32_t first = 0; first < windows->remedy_count || claim < windows->claim_count;) {
        uint64_t cve = first < windows->remedy_count ? windows->remedies[first].cve : UINT64_MAX;
        if (claim < windows->claim_count && windows->claims[claim].cve < cve) {
            cve = windows->claims[claim].cve;
        }
        uint32_t count = 0;
        while (first + count < windows->remedy_count &&
               windows->remedies[first + count].cve == cve) {
            count++;
        }
        while (claim < windows->claim_count && windows->claims[claim].cve == cve) {
            claim++;
        }
        if (!is_said(windows, cve)) {
            decide_one(windows, cve, windows->remedies ? windows->remedies + first : NULL, count);
        }
        first += count;
    }
}

void windows_decide(struct engine *engine)
{
    struct windows windows, parts[WINDOWS_PARTS];
    if (!windows_open(engine, &windows)) {
        return;
    }
    walk(&windows);
    uint32_t count = windows_parts(&windows, parts);
    for (uint32_t i = 0; i < count; i++) {
        walk(&parts[i]);
        windows_close(&parts[i]);
    }
    tell_coverage(&windows);
    note_limits(&windows);
    windows_close(&windows);
}
