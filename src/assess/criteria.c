#include "assess/engine.h"

#include "base/memory.h"
#include "knowledge/microsoft.h"

#include <stdlib.h>

/* A criterion that names a unit's version, in one configuration that holds. */
struct hit {
    uint64_t cve;
    enum confidence confidence;
    uint32_t match, product;
    bool has_fix;
    enum cve_origin origin;
    enum branch branch;
    uint32_t sibling; /* the criterion that may end the version's own branch */
};

struct hits {
    struct hit *items;
    uint32_t count, capacity;
};

/* ---- the walk ---- */

/* What matches by a name that a publisher wrote, or by the release of a build that has updates to
 * it, is no more than the product. */
static enum confidence confidence_of(const struct unit *unit, enum match_answer answer, bool named)
{
    if (unit->backported || answer == MATCH_UNCERTAIN) {
        return CONFIDENCE_UNCONFIRMED;
    }
    if (named) {
        return CONFIDENCE_PRODUCT;
    }
    return answer == MATCH_EXACT   ? CONFIDENCE_EXACT
           : answer == MATCH_RANGE ? CONFIDENCE_RANGE
                                   : CONFIDENCE_PRODUCT;
}

static bool has_fix(const struct knowledge_match *match)
{
    return match->kind == KNOWLEDGE_MATCH_RANGE && match->end.class && !match->end_including;
}

/* NVD's criteria for the kernel know nothing of what distributions backport to theirs. */
static bool is_distribution_kernel(const struct unit *unit, const struct identity_product *product)
{
    return unit->backported && str_eq_text(product->product.vendor, "linux") &&
           str_eq_text(product->product.product, "linux_kernel");
}

static struct str answer_aside(enum match_answer answer)
{
    switch (answer) {
    case MATCH_NO:
        return STR("-> not in range");
    case MATCH_WORLD:
        return STR("-> another platform or edition");
    case MATCH_UNDEFINED:
        return STR("-> no defined order, counted");
    case MATCH_UNCERTAIN:
        return STR("-> in range, platform unknown");
    case MATCH_PRODUCT:
        return STR("-> names the product");
    case MATCH_RANGE:
        return STR("-> in range");
    case MATCH_EXACT:
        return STR("-> this version");
    }
    return STR("");
}

static void trace_match(struct engine *engine, const struct identity_product *product,
                        const struct knowledge_match *match, enum match_answer answer,
                        enum cve_origin origin)
{
    if (!trace_on(engine)) {
        return;
    }
    struct buf text;
    buf_init(&text, 2048);
    match_text(engine->knowledge, match, &text);
    trace_step(engine, "criterion", str_from(knowledge_origin_name(origin)), "%s", buf_text(&text));
    trace_step(engine, "compare", answer_aside(answer), "found %.*s   (nvd order)",
               STR_ARG(product->version));
    buf_done(&text);
}

/* trace_branch writes down that the record ends the version's own branch elsewhere, or counts
 * otherwise. */
static void trace_branch(struct engine *engine, enum branch branch,
                         const struct knowledge_match *sibling)
{
    if (!trace_on(engine) || branch == BRANCH_NONE) {
        return;
    }
    if (branch == BRANCH_COUNTED_APART) {
        trace_step(engine, "branch", STR("-> unconfirmed"),
                   "the range counts otherwise than this version does");
        return;
    }
    trace_step(engine, "branch",
               branch == BRANCH_FIXED ? STR("-> fixed in its own branch")
                                      : STR("-> may be fixed in its own branch: unconfirmed"),
               "the record also says %s %.*s", sibling->end_including ? "<=" : "<",
               STR_ARG(sibling->end_text));
}

static enum outcome outcome_of_answer(const struct knowledge_match *match,
                                      const struct version_key *key, enum match_answer answer)
{
    if (answer == MATCH_UNDEFINED) {
        return OUTCOME_INCOMPARABLE;
    }
    if (answer == MATCH_NO && has_fix(match)) {
        enum version_order order = version_key_compare(key, &match->end);
        if (order == VERSION_EQUAL || order == VERSION_GREATER) {
            return OUTCOME_FIXED;
        }
    }
    return OUTCOME_NOT_AFFECTED;
}

/* trace_doubt writes down why a version in range says no more than the product. */
static void trace_doubt(struct engine *engine, const struct unit *unit, enum match_answer answer,
                        bool named, bool release_only)
{
    if (!trace_on(engine) || unit->backported || (answer != MATCH_RANGE && answer != MATCH_EXACT)) {
        return;
    }
    if (named) {
        trace_step(engine, "name", STR("-> names the product"),
                   "as its publisher wrote it: the record has no CPE name");
    } else if (release_only) {
        trace_step(engine, "version", STR("-> names the product"),
                   "the release alone is known, and there are updates to it");
    }
}

/* take_hit notes a criterion that holds on this server, unless the version is fixed in its own
 * branch. */
static enum outcome take_hit(struct engine *engine, const struct unit *unit, uint32_t position,
                             const struct knowledge_match *match, const struct knowledge_use *use,
                             enum match_answer answer, uint64_t cve,
                             const struct knowledge_configuration *configuration, struct hits *hits)
{
    const struct identity_product *product = &unit->identity->products[position];
    struct knowledge_match sibling = {0};
    enum branch branch =
        configuration->negate ? BRANCH_NONE : branch_judge(engine, use, match, product, &sibling);
    trace_branch(engine, branch, &sibling);
    if (branch == BRANCH_FIXED) {
        return OUTCOME_FIXED;
    }
    trace_doubt(engine, unit, answer, configuration->named, product->release_only);
    answer = branch == BRANCH_NONE ? answer : MATCH_UNCERTAIN;
    mem_reserve(hits->items, hits->count, hits->capacity);
    hits->items[hits->count++] = (struct hit){
        .cve = cve,
        .confidence = confidence_of(unit, answer, configuration->named || product->release_only),
        .match = match->index,
        .product = position,
        .has_fix = has_fix(match),
        .origin = configuration->origin,
        .branch = branch,
        .sibling = sibling.index};
    return OUTCOME_VULNERABLE;
}

static void use_match(struct engine *engine, uint32_t unit_index, uint32_t product_position,
                      const struct knowledge_match *match, const struct knowledge_use *use,
                      enum match_answer answer, struct hits *hits, enum outcome *outcome)
{
    const struct unit *unit = &engine->units[unit_index];
    const struct identity_product *product = &unit->identity->products[product_position];
    struct knowledge_configuration configuration;
    struct knowledge_cve cve;
    if (!knowledge_cve(engine->knowledge, use->cve, &cve) || cve.status == CVE_STATUS_REJECTED ||
        (engine->only && cve.id != engine->only)) {
        return;
    }
    if (!knowledge_configuration(engine->knowledge, use->configuration, &configuration)) {
        return;
    }
    trace_match(engine, product, match, answer, configuration.origin);
    enum outcome found = outcome_of_answer(match, &product->key, answer);
    if (answer >= MATCH_UNCERTAIN) {
        configuration_trace(engine, use, match->index);
        if (configuration_decide(engine, use, match->index)) {
            found = take_hit(engine, unit, product_position, match, use, answer, cve.id,
                             &configuration, hits);
        }
    }
    *outcome = found > *outcome ? found : *outcome;
}

static void walk_match(struct engine *engine, uint32_t unit_index, uint32_t product_position,
                       const struct match_world *world, struct knowledge_match *match,
                       struct hits *hits, enum outcome *outcome)
{
    const struct identity_product *product =
        &engine->units[unit_index].identity->products[product_position];
    if (product->exact_only && match->kind != KNOWLEDGE_MATCH_EXACT) {
        return;
    }
    /* Most criteria are about another version. */
    enum match_answer answer = match_version(match, &product->key);
    if ((answer > MATCH_UNDEFINED || engine->only) &&
        !knowledge_match_qualify(engine->knowledge, match)) {
        return;
    }
    answer = answer > MATCH_UNDEFINED ? match_answer(match, &product->key, world) : answer;
    engine->coverage.incomparable += answer == MATCH_UNDEFINED;
    if (answer < MATCH_UNCERTAIN && !engine->only) {
        return;
    }
    for (uint32_t i = 0; i < match->use_count; i++) {
        struct knowledge_use use;
        if (knowledge_use(engine->knowledge, match->first_use + i, &use) && use.vulnerable) {
            use_match(engine, unit_index, product_position, match, &use, answer, hits, outcome);
        }
    }
}

/* ---- findings ---- */

static int compare_hits(const void *left, const void *right)
{
    const struct hit *a = left, *b = right;
    if (a->cve != b->cve) {
        return a->cve < b->cve ? -1 : 1;
    }
    if (a->confidence != b->confidence) {
        return a->confidence < b->confidence ? -1 : 1;
    }
    if (a->has_fix != b->has_fix) {
        return a->has_fix ? -1 : 1;
    }
    if (a->origin != b->origin) {
        return a->origin < b->origin ? -1 : 1;
    }
    if (a->product != b->product) {
        return a->product < b->product ? -1 : 1;
    }
    return (a->match > b->match) - (a->match < b->match);
}

/* put_doubt says why a criterion that holds is not certain. */
static void put_doubt(struct engine *engine, const struct hit *hit, struct buf *text)
{
    struct knowledge_match sibling;
    if (hit->branch == BRANCH_COUNTED_APART) {
        buf_put_text(text, ", which counts otherwise than the range does");
    } else if (hit->branch == BRANCH_DOUBT &&
               knowledge_match_bounds(engine->knowledge, hit->sibling, &sibling)) {
        buf_put_text(text, "; may be fixed in its own branch (the record also says ");
        buf_put_text(text, sibling.end_including ? "<= " : "< ");
        buf_put_str(text, sibling.end_text);
        buf_put_byte(text, ')');
    }
}

/* Office by Click-to-Run: the version is a build, 16.0.17928.20156, and records have a link in
 * place of the one with the fix. */
static bool is_click_to_run(const struct unit *unit, const struct identity_product *product)
{
    return str_eq_text(product->product.vendor, "microsoft") && unit->software &&
           str_glob(STR("365_apps|office|office_long_term_servicing_channel|visio|project"),
                    product->product.product) &&
           str_glob(STR("16.0.?????.*"), unit->software->version);
}

static struct str criterion_text(struct engine *engine, const struct knowledge_match *match,
                                 const struct finding *finding, const struct hit *hit)
{
    struct buf *text = &engine->scratch;
    char cve[CVE_ID_SIZE];
    buf_clear(text);
    match_text(engine->knowledge, match, text);
    buf_put_text(text, " in ");
    buf_put_text(text, cve_id_format(finding->cve, cve));
    buf_put_text(text, "; found ");
    buf_put_str(text, finding->installed);
    put_doubt(engine, hit, text);
    return arena_str(engine->arena, buf_view(text));
}

static void add_finding(struct engine *engine, uint32_t unit_index, const struct hit *hit)
{
    const struct unit *unit = &engine->units[unit_index];
    const struct identity_product *product = &unit->identity->products[hit->product];
    struct knowledge_match match;
    if (!knowledge_match(engine->knowledge, hit->match, &match)) {
        return;
    }
    struct draft *draft = engine_draft(engine, unit_index, hit->cve);
    struct finding *finding = &draft->finding;
    if (hit->has_fix) {
        finding->fixed_in = match.end_text;
        draft->fixed = match.end;
    } else if (match.kind == KNOWLEDGE_MATCH_RANGE && match.end_including) {
        finding->last_affected = match.end_text;
    }
    draft->scheme = version_of_product(product->product.vendor, product->product.product);
    finding->installed = product->version.len ? product->version : unit->version;
    finding->source = str_from(knowledge_origin_name(hit->origin));
    finding->confidence = hit->confidence;
    finding->criterion = criterion_text(engine, &match, finding, hit);
    if (hit->confidence == CONFIDENCE_PRODUCT && is_click_to_run(unit, product)) {
        finding->criterion = arena_printf(
            engine->arena, "%.*s; no record names the build of Click-to-Run with the fix",
            STR_ARG(finding->criterion));
    }
    finding->published = TIME_NONE;
}

static bool product_seen(const struct identity *identity, uint32_t position)
{
    for (uint32_t i = 0; i < position; i++) {
        if (identity->products[i].product.index == identity->products[position].product.index &&
            identity->products[i].exact_only == identity->products[position].exact_only) {
            return true;
        }
    }
    return false;
}

/* give_hits makes a finding of each CVE, unless the package's changelog names it as fixed;
 * returns how many. */
static uint32_t give_hits(struct engine *engine, uint32_t unit_index, const struct hits *hits)
{
    const struct unit *unit = &engine->units[unit_index];
    uint32_t count = 0;
    for (uint32_t i = 0; i < hits->count; i++) {
        const struct hit *hit = &hits->items[i];
        if (i && hit->cve == hits->items[i - 1].cve) {
            continue;
        }
        if (unit->built && knowledge_has_bulletin(engine->knowledge, hit->cve)) {
            continue; /* NVD names releases, Microsoft's updates their builds */
        }
        if (evidence_fixes(engine, unit, hit->cve)) {
            evidence_settle(engine, unit, hit->cve);
            continue;
        }
        add_finding(engine, unit_index, hit);
        count++;
    }
    return count;
}

enum outcome criteria_decide(struct engine *engine, uint32_t unit_index)
{
    const struct unit *unit = &engine->units[unit_index];
    const struct identity *identity = unit->identity;
    struct hits hits = {0};
    enum outcome outcome = OUTCOME_SILENT;
    for (uint32_t i = 0; i < identity->product_count; i++) {
        const struct knowledge_product *product = &identity->products[i].product;
        if (product_seen(identity, i) || is_distribution_kernel(unit, &identity->products[i])) {
            continue;
        }
        struct match_world world = engine_world_of(engine, unit, &identity->products[i]);
        for (uint32_t k = 0; k < product->match_count; k++) {
            struct knowledge_match match;
            if (knowledge_match_bounds(engine->knowledge, product->first_match + k, &match)) {
                walk_match(engine, unit_index, i, &world, &match, &hits, &outcome);
            }
        }
    }
    if (hits.count) {
        qsort(hits.items, hits.count, sizeof *hits.items, compare_hits);
    }
    uint32_t open = give_hits(engine, unit_index, &hits);
    if (hits.count && !open) {
        outcome = OUTCOME_FIXED_BY_CHANGELOG;
    }
    free(hits.items);
    return outcome;
}
