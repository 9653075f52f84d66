#include "assess/windows.h"

#include "base/limits.h"
#include "base/memory.h"
#include "identify/programme.h"

#include <stdlib.h>
#include <string.h>

/* An update that fixes a CVE. */
struct remedy {
    uint64_t cve;
    uint32_t update; /* place among windows->updates */
};

struct remedies {
    struct remedy *items;
    uint32_t count;
};

/* What is decided about one CVE. */
struct answer {
    enum outcome outcome;
    enum confidence confidence;
    const struct windows_claim *claim;   /* NVD's, NULL when it says nothing */
    const struct windows_update *update; /* that fixes it or did, NULL when none is known */
    bool by_revision;
};

static bool prepare(struct engine *engine, struct windows *windows)
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
    windows_claims(windows);
    windows_updates(windows);
    return true;
}

static int compare_remedies(const void *left, const void *right)
{
    const struct remedy *a = left, *b = right;
    if (a->cve != b->cve) {
        return a->cve < b->cve ? -1 : 1;
    }
    return (a->update > b->update) - (a->update < b->update);
}

static struct remedies list_remedies(const struct windows *windows)
{
    struct remedies remedies = {0};
    uint32_t capacity = 0;
    for (uint32_t u = 0; u < windows->count; u++) {
        const struct knowledge_update *update = &windows->updates[u].update;
        for (uint32_t i = 0; i < update->fix_count; i++) {
            struct knowledge_fix fix;
            if (!knowledge_fix(windows->engine->knowledge, update->first_fix + i, &fix)) {
                continue;
            }
            mem_reserve(remedies.items, remedies.count, capacity);
            remedies.items[remedies.count++] = (struct remedy){fix.cve, u};
        }
    }
    if (remedies.count) {
        qsort(remedies.items, remedies.count, sizeof *remedies.items, compare_remedies);
    }
    return remedies;
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
static struct answer judge_updates(const struct windows *windows, const struct remedy *remedies,
                                   uint32_t count)
{
    struct answer answer = {.outcome = OUTCOME_VULNERABLE, .confidence = CONFIDENCE_ADVISORY};
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

/* A range of NVD for this build and the running revision leave no doubt; a pending update or one
 * listed and not yet running is told by the revision too. */
static void judge_claim(const struct windows *windows, const struct windows_claim *claim,
                        bool has_updates, struct answer *answer)
{
    struct knowledge_cve cve;
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
        return;
    }
    if (has_updates) {
        return;
    }
    answer->outcome = OUTCOME_VULNERABLE;
    answer->confidence = CONFIDENCE_UNCONFIRMED;
    if (!windows->release.cumulative ||
        !knowledge_find_cve(windows->engine->knowledge, claim->cve, &cve) ||
        cve.published == TIME_NONE) {
        return;
    }
    int32_t day = time_to_date(cve.published);
    if (windows->newest != UINT32_MAX && day <= windows->updates[windows->newest].posted) {
        answer->outcome = OUTCOME_FIXED;
        answer->update = &windows->updates[windows->newest];
    } else if (windows->below.day != DATE_NONE && day <= windows->below.day) {
        answer->outcome = OUTCOME_FIXED;
    }
}

/* ---- findings ---- */

static void put_updates(const struct windows *windows, const struct remedy *remedies,
                        uint32_t count, struct buf *out)
{
    for (uint32_t i = 0; i < count; i++) {
        buf_printf(out, "%sKB%u", i ? " or " : "", windows->updates[remedies[i].update].update.kb);
    }
}

static void put_criterion(const struct windows *windows, const struct answer *answer,
                          const struct remedy *remedies, uint32_t count, struct buf *out)
{
    if (answer->by_revision || !count) {
        struct knowledge_match match;
        if (answer->claim &&
            knowledge_match(windows->engine->knowledge, answer->claim->match, &match)) {
            match_text(windows->engine->knowledge, &match, out);
        }
        if (!answer->by_revision) {
            buf_put_text(out, answer->claim && answer->claim->revision
                                  ? "; the running revision is not known"
                                  : "; when it was fixed is not known");
        }
        return;
    }
    buf_printf(out, "%.*s: fixed by ", STR_ARG(windows->product.name));
    put_updates(windows, remedies, count, out);
    buf_put_text(out, "; ");
    windows_reason(windows, answer->update, out);
}

/* Whether a pending update is one of those or replaces one. */
static bool find_pending(const struct windows *windows, const struct remedy *remedies,
                         uint32_t count, uint32_t *ret_index)
{
    const struct inventory_updates *pending = &windows->engine->inventory->updates;
    for (uint32_t p = 0; p < pending->count; p++) {
        uint64_t kb;
        struct str id = pending->items[p].advisory;
        struct knowledge_update update;
        if (!str_starts(id, STR("KB")) || !str_to_u64(str_skip(id, 2), &kb) || kb > UINT32_MAX ||
            !knowledge_find_update(windows->engine->knowledge, &windows->product, (uint32_t)kb,
                                   &update)) {
            continue;
        }
        for (uint32_t i = 0; i < count; i++) {
            const struct windows_update *remedy = &windows->updates[remedies[i].update];
            bool holds = windows->release.cumulative && update.posted >= remedy->posted;
            if (remedy->update.kb == kb || holds) {
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

static void add_finding(const struct windows *windows, uint64_t cve, const struct answer *answer,
                        const struct remedy *remedies, uint32_t count)
{
    struct engine *engine = windows->engine;
    struct buf text;
    mem_reserve(engine->drafts, engine->draft_count, engine->draft_capacity);
    struct draft *draft = &engine->drafts[engine->draft_count++];
    *draft = (struct draft){.unit = UINT32_MAX};
    struct finding *finding = &draft->finding;
    finding->cve = cve;
    finding->software = windows->release.name;
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
        finding->update = engine->inventory->updates.items[finding->pending].advisory;
    }
    int64_t posted = answer->update && count ? (int64_t)answer->update->posted * 86400 : TIME_NONE;
    record_join(engine, finding, posted);
    if (finding->fixed_in.len) {
        finding->programme =
            find_programme(engine, posted != TIME_NONE ? posted : finding->published);
    }
}

/* ---- the walk ---- */

static struct answer decide(const struct windows *windows, uint64_t cve,
                            const struct remedy *remedies, uint32_t count)
{
    const struct windows_claim *claim = windows_find_claim(windows, cve);
    struct answer answer = {.outcome = OUTCOME_SILENT};
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

static void decide_one(const struct windows *windows, uint64_t cve, const struct remedy *remedies,
                       uint32_t count)
{
    struct answer answer = decide(windows, cve, remedies, count);
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
    if (windows->newest == UINT32_MAX) {
        engine->coverage.system =
            arena_printf(engine->arena, "Microsoft's updates for %.*s, newest installed not known",
                         STR_ARG(windows->product.name));
    } else {
        engine->coverage.system = arena_printf(
            engine->arena, "Microsoft's updates for %.*s, newest installed KB%u of %s",
            STR_ARG(windows->product.name), windows->updates[windows->newest].update.kb,
            date_format(windows->updates[windows->newest].posted, day));
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
    } else if (windows->newest == UINT32_MAX && windows->release.cumulative &&
               windows->below.day == DATE_NONE && windows->above.day == DATE_NONE) {
        engine_note(engine, "%.*s: no installed cumulative update can be dated%s",
                    STR_ARG(windows->release.name),
                    windows->release.has_revision ? "" : "; the revision (UBR) is not known");
    }
}

void windows_decide(struct engine *engine)
{
    struct windows windows;
    if (!prepare(engine, &windows)) {
        free(windows.claims);
        return;
    }
    struct remedies remedies = list_remedies(&windows);
    uint32_t claim = 0;
    for (uint32_t first = 0; first < remedies.count || claim < windows.claim_count;) {
        uint64_t cve = first < remedies.count ? remedies.items[first].cve : UINT64_MAX;
        if (claim < windows.claim_count && windows.claims[claim].cve < cve) {
            cve = windows.claims[claim].cve;
        }
        uint32_t count = 0;
        while (first + count < remedies.count && remedies.items[first + count].cve == cve) {
            count++;
        }
        while (claim < windows.claim_count && windows.claims[claim].cve == cve) {
            claim++;
        }
        decide_one(&windows, cve, remedies.items ? remedies.items + first : NULL, count);
        first += count;
    }
    tell_coverage(&windows);
    note_limits(&windows);
    free(remedies.items);
    free(windows.claims);
}

/* ---- explanation ---- */

static void trace_updates(const struct windows *windows, const struct remedy *remedies,
                          uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct windows_update *update = &windows->updates[remedies[i].update];
        struct str aside = update->state == UPDATE_INSTALLED ? STR("-> installed")
                           : update->state == UPDATE_MISSING ? STR("-> missing")
                                                             : STR("-> cannot be told");
        char day[DATE_SIZE];
        struct buf text;
        buf_init(&text, 1024);
        windows_reason(windows, update, &text);
        trace_step(windows->engine, "criterion", STR("Microsoft"), "KB%u of %s fixes it in %.*s",
                   update->update.kb, date_format(update->posted, day),
                   STR_ARG(windows->product.name));
        trace_step(windows->engine, "compare", aside, "%s", buf_text(&text));
        buf_done(&text);
    }
}

static void trace_claim(const struct windows *windows, const struct answer *answer)
{
    const struct windows_claim *claim = answer->claim;
    struct knowledge_match match;
    struct buf text;
    if (!claim || !knowledge_match(windows->engine->knowledge, claim->match, &match)) {
        return;
    }
    buf_init(&text, 2048);
    match_text(windows->engine->knowledge, &match, &text);
    trace_step(windows->engine, "criterion", STR("NVD"), "%s", buf_text(&text));
    buf_done(&text);
    if (answer->by_revision) {
        trace_step(windows->engine, "compare",
                   answer->outcome == OUTCOME_FIXED ? STR("-> fixed") : STR("-> vulnerable"),
                   "found 10.0.%u.%u   (the build is equal, the revision decides)",
                   windows->release.build, windows->release.revision);
    } else if (claim->revision) {
        trace_step(windows->engine, "compare", STR("-> unconfirmed"),
                   "the revision of build %u is not known", windows->release.build);
    }
}

enum outcome windows_explain(struct engine *engine, struct str *ret_title,
                             enum confidence *ret_confidence)
{
    struct windows windows;
    if (!prepare(engine, &windows)) {
        free(windows.claims);
        return OUTCOME_SILENT;
    }
    struct remedies remedies = list_remedies(&windows);
    uint32_t first = 0, count = 0;
    while (first < remedies.count && remedies.items[first].cve < engine->only) {
        first++;
    }
    while (first + count < remedies.count && remedies.items[first + count].cve == engine->only) {
        count++;
    }
    const struct remedy *mine = remedies.items ? remedies.items + first : NULL;
    struct answer answer = decide(&windows, engine->only, mine, count);
    *ret_title = arena_printf(engine->arena, "%.*s build %.*s", STR_ARG(windows.release.name),
                              STR_ARG(engine->inventory->os.build));
    *ret_confidence = answer.confidence;
    trace_step(engine, "identity", STR("build, edition, processor"), "%.*s",
               STR_ARG(windows.release.bulletin));
    trace_claim(&windows, &answer);
    trace_updates(&windows, mine, count);
    free(remedies.items);
    free(windows.claims);
    return answer.outcome;
}
