#include "assess/engine.h"

#include "base/memory.h"
#include "base/order.h"

#include <stdlib.h>
#include <string.h>

/* What one advisory says of one CVE and the unit. */
struct claim {
    uint64_t cve;
    uint32_t advisory; /* index in claims' judgement list */
    bool own;          /* the advisory is the record of this CVE alone, not a bulletin */
};

struct statement {
    struct knowledge_advisory advisory;
    struct judgement judgement;
    const struct identity_programme *programme; /* whose advisory it is, NULL: everybody's */
    bool own_build;                             /* being at its fix, the installed build has it */
};

struct claims {
    struct claim *items;
    uint32_t count, capacity;
    struct statement *advisories;
    uint32_t advisory_count, advisory_capacity;
    struct knowledge_affected *rows;
    uint32_t row_count, row_capacity;
};

static int compare_rows(const void *left, const void *right)
{
    const struct knowledge_affected *a = left, *b = right;
    return (a->advisory > b->advisory) - (a->advisory < b->advisory);
}

static void read_rows(struct engine *engine, const struct knowledge_package *package,
                      struct claims *claims)
{
    bool sorted = true;
    for (uint32_t i = 0; i < package->affected_count; i++) {
        struct knowledge_affected row;
        if (!knowledge_affected(engine->knowledge, package->first_affected + i, &row)) {
            continue;
        }
        mem_reserve(claims->rows, claims->row_count, claims->row_capacity);
        sorted = sorted && (!claims->row_count ||
                            claims->rows[claims->row_count - 1].advisory <= row.advisory);
        claims->rows[claims->row_count++] = row;
    }
    if (!sorted) {
        qsort(claims->rows, claims->row_count, sizeof *claims->rows, compare_rows);
    }
}

/* "DEBIAN-CVE-2024-0132" and "CVE-2024-0132" are the record of that CVE: 0 for a bulletin. */
static uint64_t own_record(struct str id)
{
    uint64_t own;
    for (size_t at = 0; at + 4 < id.len; at++) {
        if (id.ptr[at] == 'C' && memcmp(id.ptr + at, "CVE-", 4) == 0) {
            return cve_id_parse(str_skip(id, at), &own) ? own : 0;
        }
    }
    return 0;
}

static bool add_claims(struct engine *engine, const struct knowledge_advisory *advisory,
                       uint32_t index, struct claims *claims)
{
    bool added = false;
    uint64_t own = own_record(advisory->id);
    for (uint32_t i = 0; i < advisory->cve_count; i++) {
        uint64_t cve;
        if (!knowledge_advisory_cve(engine->knowledge, advisory->first_cve + i, &cve)) {
            continue;
        }
        if (engine->only && cve != engine->only) {
            continue;
        }
        mem_reserve(claims->items, claims->count, claims->capacity);
        claims->items[claims->count++] = (struct claim){cve, index, cve == own};
        added = true;
    }
    return added;
}

static const struct identity_programme *programme_of(const struct engine *engine, uint32_t index)
{
    struct knowledge_package package;
    for (uint32_t i = 0; i < engine->os.programme_count; i++) {
        if (knowledge_package(engine->knowledge, index, &package) &&
            package.ecosystem == engine->os.programmes[i].ecosystem.index) {
            return &engine->os.programmes[i];
        }
    }
    return NULL;
}

static void judge_advisory(struct engine *engine, const struct unit *unit,
                           const struct stretches *stretches, struct claims *claims)
{
    struct statement entry = {.programme = programme_of(engine, stretches->items[0].package)};
    if (!knowledge_advisory(engine->knowledge, stretches->items[0].advisory, &entry.advisory) ||
        !add_claims(engine, &entry.advisory, claims->advisory_count, claims)) {
        return;
    }
    entry.judgement = stretch_judge(&unit->identity->key, unit->identity->advisory_version,
                                    unit->software->module, &entry.advisory, stretches);
    entry.own_build =
        entry.judgement.own_platform || unit->identity->ecosystem.scheme != VERSION_RPM;
    engine->coverage.incomparable += entry.judgement.outcome == OUTCOME_INCOMPARABLE;
    engine->coverage.other_stream += entry.judgement.outcome == OUTCOME_OTHER_STREAM;
    mem_reserve(claims->advisories, claims->advisory_count, claims->advisory_capacity);
    claims->advisories[claims->advisory_count++] = entry;
}

/* Rows of a package, those of an advisory together. */
static void claim_package(struct engine *engine, const struct unit *unit,
                          const struct knowledge_package *package, struct claims *claims)
{
    bool of_builds = unit->identity->ecosystem.scheme == VERSION_RPM;
    claims->row_count = 0;
    read_rows(engine, package, claims);
    for (uint32_t i = 0; i < claims->row_count;) {
        struct stretches stretches = {&claims->rows[i], 1, of_builds};
        while (i + stretches.count < claims->row_count &&
               claims->rows[i + stretches.count].advisory == claims->rows[i].advisory) {
            stretches.count++;
        }
        judge_advisory(engine, unit, &stretches, claims);
        i += stretches.count;
    }
}

/* By CVE; those of one CVE in the order of the advisories, as they were added. */
static void sort_claims(struct claims *claims)
{
    struct order_key *keys = mem_alloc(claims->count * sizeof *keys);
    struct claim *sorted = mem_alloc(claims->count * sizeof *sorted);
    for (uint32_t i = 0; i < claims->count; i++) {
        keys[i] = (struct order_key){claims->items[i].cve, i};
    }
    order_sort(keys, claims->count);
    for (uint32_t i = 0; i < claims->count; i++) {
        sorted[i] = claims->items[keys[i].index];
    }
    free(keys);
    free(claims->items);
    claims->items = sorted;
    claims->capacity = claims->count;
}

static void make_claims(struct engine *engine, const struct unit *unit, struct claims *claims)
{
    claim_package(engine, unit, &unit->identity->package, claims);
    for (uint32_t i = 0; i < unit->identity->extended_count; i++) {
        claim_package(engine, unit, &unit->identity->extended[i], claims);
    }
    sort_claims(claims);
}

static void free_claims(struct claims *claims)
{
    free(claims->items);
    free(claims->advisories);
    free(claims->rows);
}

/* Which of two claims about one CVE decides: the fix made for the installed build's minor
 * release ("2.28-236.el8_9.13" for el8_9, though el8_10 has a later one), else the worse; of
 * two vulnerable ones the later fix. */
static bool outdoes(const struct judgement *a, const struct judgement *b)
{
    bool a_decides = a->outcome >= OUTCOME_NOT_AFFECTED;
    bool b_decides = b->outcome >= OUTCOME_NOT_AFFECTED;
    if (a_decides && b_decides && a->own_platform != b->own_platform) {
        return a->own_platform;
    }
    if (a->outcome != b->outcome) {
        return a->outcome > b->outcome;
    }
    if (a->has_fix != b->has_fix) {
        return a->has_fix;
    }
    return a->has_fix && version_key_compare(&a->fixed, &b->fixed) == VERSION_GREATER;
}

/* Whose advisories: everybody's, those of a programme that the server is in, of another one. */
enum giver { GIVER_ALL, GIVER_ENROLLED, GIVER_OFFERED };

static enum giver giver_of(const struct statement *entry)
{
    if (!entry->programme) {
        return GIVER_ALL;
    }
    return entry->programme->enrolled ? GIVER_ENROLLED : GIVER_OFFERED;
}

static const struct statement *strongest(const struct claims *claims, uint32_t first,
                                         uint32_t count, enum giver giver, bool own)
{
    const struct statement *best = NULL;
    for (uint32_t i = first; i < first + count; i++) {
        const struct statement *entry = &claims->advisories[claims->items[i].advisory];
        if (claims->items[i].own == own && giver_of(entry) == giver &&
            (!best || outdoes(&entry->judgement, &best->judgement))) {
            best = entry;
        }
    }
    return best;
}

static bool decided(const struct statement *entry)
{
    return entry && entry->judgement.outcome >= OUTCOME_NOT_AFFECTED;
}

/* Whether the source knows a fix for the installed version: one of a stretch that begins later is
 * none. */
static bool brings_fix(const struct judgement *judgement)
{
    return judgement->has_fix && judgement->outcome >= OUTCOME_FIXED;
}

/* A record of the CVE itself says more exactly than a bulletin about many where it is fixed;
 * only a fix that it does not know yet is taken from the bulletin. */
static const struct statement *deciding_of(const struct claims *claims, uint32_t first,
                                           uint32_t count, enum giver giver)
{
    const struct statement *own = strongest(claims, first, count, giver, true);
    const struct statement *bulletin = strongest(claims, first, count, giver, false);
    if (!decided(own)) {
        return bulletin && (!own || outdoes(&bulletin->judgement, &own->judgement)) ? bulletin
                                                                                    : own;
    }
    if (own->judgement.outcome == OUTCOME_VULNERABLE && !own->judgement.has_fix &&
        decided(bulletin) && brings_fix(&bulletin->judgement)) {
        return bulletin;
    }
    return own;
}

/* A build of extended support has the fixes of its programme, whoever installed it. Elsewhere its
 * advisories say what a server gets that is enrolled; for others they only name the fix that
 * everybody's lack. */
static const struct statement *extended(const struct statement *all, const struct statement *paid)
{
    if (!decided(all) || !decided(paid)) {
        return decided(paid) || !all ? paid : all;
    }
    const struct judgement *a = &all->judgement, *p = &paid->judgement;
    if (p->outcome == OUTCOME_FIXED && a->outcome == OUTCOME_VULNERABLE && a->has_fix) {
        /* An rpm that came from a later minor release can be above the fix and be without it. */
        return paid->own_build ? paid : all;
    }
    if (paid->programme->enrolled) {
        return paid;
    }
    return a->outcome == OUTCOME_VULNERABLE && !a->has_fix && brings_fix(p) ? paid : all;
}

static const struct statement *deciding(const struct claims *claims, uint32_t first, uint32_t count)
{
    const struct statement *best = deciding_of(claims, first, count, GIVER_ALL);
    best = extended(best, deciding_of(claims, first, count, GIVER_ENROLLED));
    return extended(best, deciding_of(claims, first, count, GIVER_OFFERED));
}

/* One record can speak for everybody and for a programme. */
static bool is_named(const struct buf *out, size_t start, struct str id)
{
    return str_ends(str_skip(buf_view(out), start), id);
}

/* Every advisory that names the CVE, bulletins first: "DSA-5417-1, DEBIAN-CVE-2023-0464". */
static void put_ids(const struct claims *claims, uint32_t first, uint32_t count, struct buf *out)
{
    size_t start = out->len;
    for (int own = 0; own < 2; own++) {
        for (uint32_t i = first; i < first + count; i++) {
            struct str id = claims->advisories[claims->items[i].advisory].advisory.id;
            if (claims->items[i].own != (own == 1) || is_named(out, start, id)) {
                continue;
            }
            if (out->len > start) {
                buf_put_text(out, ", ");
            }
            buf_put_str(out, id);
        }
    }
}

static struct str bulletin_id(const struct claims *claims, uint32_t first, uint32_t count,
                              const struct statement *decider)
{
    struct str id = decider->advisory.id;
    for (uint32_t i = first; i < first + count; i++) {
        const struct statement *entry = &claims->advisories[claims->items[i].advisory];
        if (!claims->items[i].own && entry->judgement.outcome >= OUTCOME_FIXED) {
            id = entry->advisory.id;
        }
    }
    return id;
}

static struct str feed_label(const struct unit *unit)
{
    struct str name = unit->identity->ecosystem.name;
    size_t colon = str_find_byte(name, ':');
    return colon == SIZE_MAX ? name : str_sub(name, 0, colon);
}

/* Why there may never be a fix: the distribution calls it unimportant, or the package ended. */
static void put_rating(const struct judgement *judgement, struct buf *text)
{
    if (judgement->urgency.len && !str_glob(STR("not yet assigned"), judgement->urgency)) {
        buf_put_text(text, " (rated ");
        buf_put_str(text, judgement->urgency);
        buf_put_byte(text, ')');
    }
}

/* "libxml2 < 2.9.14+dfsg-1.3~deb12u2 in DSA-5391-1, DEBIAN-CVE-..." */
static struct str criterion_text(struct engine *engine, const struct unit *unit,
                                 const struct judgement *judgement, const struct claims *claims,
                                 uint32_t first, uint32_t count)
{
    const struct identity *identity = unit->identity;
    struct buf *text = &engine->scratch;
    buf_clear(text);
    buf_put_str(text, identity->advisory_name.len ? identity->advisory_name : unit->name);
    if (judgement->introduced_text.len && !str_eq_text(judgement->introduced_text, "0")) {
        buf_put_text(text, " >= ");
        buf_put_str(text, judgement->introduced_text);
        buf_put_text(text, judgement->has_fix || judgement->last_text.len ? "," : "");
    }
    if (judgement->has_fix) {
        buf_put_text(text, " < ");
        buf_put_str(text, judgement->fixed_text);
    } else if (judgement->last_text.len) {
        buf_put_text(text, " <= ");
        buf_put_str(text, judgement->last_text);
    } else {
        buf_put_text(text, ", no fix known");
        put_rating(judgement, text);
        buf_put_byte(text, ',');
    }
    buf_put_text(text, " in ");
    put_ids(claims, first, count, text);
    return arena_str(engine->arena, buf_view(text));
}

/* The record that decides, or where it has no rating the lowest of the others: a bulletin bears the
 * rating of the worst of its CVEs, so none of them is worse than that of any bulletin about it. */
static struct rating rating_of(struct str by, const struct claims *claims, uint32_t first,
                               uint32_t count, const struct statement *decider)
{
    struct rating best = rating_of_advisory(by, decider->judgement.urgency, &decider->advisory);
    if (best.level != LEVEL_UNKNOWN) {
        return best;
    }
    for (uint32_t i = first; i < first + count; i++) {
        const struct statement *entry = &claims->advisories[claims->items[i].advisory];
        struct rating rating = rating_of_advisory(by, entry->judgement.urgency, &entry->advisory);
        if (rating.level != LEVEL_UNKNOWN &&
            (best.level == LEVEL_UNKNOWN || rating.level < best.level)) {
            best = rating;
        }
    }
    return best;
}

static void add_finding(struct engine *engine, uint32_t unit_index, const struct claims *claims,
                        uint32_t first, uint32_t count, const struct statement *entry)
{
    const struct unit *unit = &engine->units[unit_index];
    struct draft *draft = engine_draft(engine, unit_index, claims->items[first].cve);
    struct finding *finding = &draft->finding;
    finding->installed = unit->identity->advisory_version;
    finding->source = feed_label(unit);
    finding->advisory = bulletin_id(claims, first, count, entry);
    finding->confidence = CONFIDENCE_ADVISORY;
    finding->criterion = criterion_text(engine, unit, &entry->judgement, claims, first, count);
    finding->fixed_in = entry->judgement.has_fix ? entry->judgement.fixed_text : STR("");
    finding->last_affected = entry->judgement.has_fix ? STR("") : entry->judgement.last_text;
    if (entry->judgement.has_fix && giver_of(entry) == GIVER_OFFERED) {
        finding->programme = entry->programme->name;
    }
    draft->fixed = entry->judgement.has_fix ? entry->judgement.fixed : (struct version_key){0};
    draft->scheme = unit->identity->ecosystem.scheme;
    finding->published = entry->advisory.published;
    finding->rating = rating_of(finding->source, claims, first, count, entry);
}

static void trace_order(struct engine *engine, const struct unit *unit,
                        const struct statement *entry)
{
    const struct judgement *judgement = &entry->judgement;
    struct str installed = unit->identity->advisory_version;
    const char *scheme = version_scheme_name(unit->identity->ecosystem.scheme);
    const char *sign = judgement->outcome == OUTCOME_VULNERABLE ? "<" : ">=";
    struct str aside = judgement->outcome == OUTCOME_VULNERABLE ? STR("-> vulnerable")
                       : judgement->outcome == OUTCOME_FIXED    ? STR("-> fixed")
                                                                : STR("-> not affected");
    if (judgement->outcome <= OUTCOME_INCOMPARABLE) {
        trace_step(engine, "compare", STR("-> no match, counted"), "%.*s with %.*s: %.*s",
                   STR_ARG(installed), STR_ARG(judgement->fixed_text), STR_ARG(judgement->why));
    } else if (judgement->outcome == OUTCOME_NOT_AFFECTED) {
        trace_step(engine, "compare", aside, "%.*s is before %.*s, the first affected   (%s order)",
                   STR_ARG(installed), STR_ARG(judgement->introduced_text), scheme);
    } else if (judgement->has_fix) {
        trace_step(engine, "compare", aside, "%.*s %s %.*s   (%s order)", STR_ARG(installed), sign,
                   STR_ARG(judgement->fixed_text), scheme);
    } else if (judgement->last_text.len) {
        trace_step(engine, "compare", aside, "%.*s %s %.*s, the last affected   (%s order)",
                   STR_ARG(installed), judgement->outcome == OUTCOME_VULNERABLE ? "<=" : ">",
                   STR_ARG(judgement->last_text), scheme);
    } else {
        trace_step(engine, "compare", aside, "every version is affected, no fix is known");
    }
}

static void trace_claim(struct engine *engine, const struct unit *unit,
                        const struct statement *entry, const struct statement *decider)
{
    const struct judgement *judgement = &entry->judgement;
    struct str aside = entry == decider ? STR("") : STR("another record decides");
    if (judgement->outcome <= OUTCOME_INCOMPARABLE && entry->advisory.module.len) {
        trace_step(engine, "criterion", aside, "%.*s for the module stream %.*s",
                   STR_ARG(entry->advisory.id), STR_ARG(entry->advisory.module));
    } else if (judgement->has_fix) {
        struct str programme = entry->programme ? entry->programme->name : STR("");
        trace_step(engine, "criterion", aside, "%.*s: fixed in %.*s%s%.*s",
                   STR_ARG(entry->advisory.id), STR_ARG(judgement->fixed_text),
                   programme.len ? ", in " : "", STR_ARG(programme));
    } else {
        trace_step(engine, "criterion", aside, "%.*s: affected, no fix known",
                   STR_ARG(entry->advisory.id));
    }
    trace_order(engine, unit, entry);
}

static void trace_claims(struct engine *engine, const struct unit *unit,
                         const struct claims *claims, uint32_t first, uint32_t count,
                         const struct statement *decider)
{
    for (uint32_t i = first; i < first + count; i++) {
        trace_claim(engine, unit, &claims->advisories[claims->items[i].advisory], decider);
    }
}

enum outcome advisory_decide(struct engine *engine, uint32_t unit_index)
{
    const struct unit *unit = &engine->units[unit_index];
    struct claims claims = {0};
    enum outcome outcome = OUTCOME_SILENT;
    make_claims(engine, unit, &claims);
    for (uint32_t first = 0; first < claims.count;) {
        uint32_t count = 1;
        while (first + count < claims.count &&
               claims.items[first + count].cve == claims.items[first].cve) {
            count++;
        }
        const struct statement *decider = deciding(&claims, first, count);
        outcome = decider->judgement.outcome;
        if (trace_on(engine)) {
            trace_claims(engine, unit, &claims, first, count, decider);
        }
        if (outcome == OUTCOME_VULNERABLE) {
            add_finding(engine, unit_index, &claims, first, count, decider);
        }
        first += count;
    }
    free_claims(&claims);
    return outcome;
}

void advisory_ids(struct engine *engine, uint32_t unit_index, struct buf *out)
{
    struct claims claims = {0};
    struct coverage counted = engine->coverage;
    make_claims(engine, &engine->units[unit_index], &claims);
    put_ids(&claims, 0, claims.count, out);
    engine->coverage = counted;
    free_claims(&claims);
}
