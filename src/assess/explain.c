#include "assess/explain.h"

#include "base/memory.h"

#include <stdlib.h>

/* ---- which software the CVE is connected with ---- */

static void add_product(struct explaining *explaining, uint32_t product)
{
    for (uint32_t i = 0; i < explaining->product_count; i++) {
        if (explaining->products[i] == product) {
            return;
        }
    }
    if (explaining->product_count < EXPLAIN_PRODUCTS) {
        explaining->products[explaining->product_count++] = product;
    }
}

static void read_node(struct explaining *explaining, uint32_t index)
{
    const struct knowledge *knowledge = explaining->engine.knowledge;
    struct knowledge_node node;
    if (!knowledge_node(knowledge, index, &node)) {
        return;
    }
    for (uint32_t i = 0; i < node.term_count; i++) {
        struct knowledge_term term;
        struct knowledge_match match;
        if (knowledge_term(knowledge, node.first_term + i, &term) && term.vulnerable &&
            knowledge_match(knowledge, term.match, &match)) {
            add_product(explaining, match.product);
        }
    }
}

static void read_record(struct explaining *explaining)
{
    const struct knowledge *knowledge = explaining->engine.knowledge;
    if (!knowledge || !knowledge_find_cve(knowledge, explaining->cve, &explaining->record)) {
        return;
    }
    explaining->has_record = true;
    explaining->rejected = explaining->record.status == CVE_STATUS_REJECTED;
    for (uint32_t i = 0; i < explaining->record.configuration_count; i++) {
        struct knowledge_configuration configuration;
        if (!knowledge_configuration(knowledge, explaining->record.first_configuration + i,
                                     &configuration)) {
            continue;
        }
        for (uint32_t k = 0; k < configuration.node_count; k++) {
            read_node(explaining, configuration.first_node + k);
        }
    }
}

static bool names_product(const struct explaining *explaining, const struct unit *unit)
{
    for (uint32_t i = 0; i < unit->identity->product_count; i++) {
        for (uint32_t k = 0; k < explaining->product_count; k++) {
            if (unit->identity->products[i].product.index == explaining->products[k]) {
                return true;
            }
        }
    }
    return false;
}

static bool names_evidence(struct explaining *explaining, const struct unit *unit)
{
    return !unit->covered && !unit->excluded && !unit->sibling_covered &&
           evidence_fixes(&explaining->engine, unit, explaining->cve);
}

static bool names_advisory(struct explaining *explaining, uint32_t unit_index)
{
    struct buf ids;
    if (!explaining->engine.units[unit_index].covered || !explaining->engine.knowledge) {
        return false;
    }
    buf_init(&ids, 4096);
    advisory_ids(&explaining->engine, unit_index, &ids);
    bool named = ids.len != 0;
    buf_done(&ids);
    return named;
}

static bool is_named(const struct explaining *explaining, const struct unit *unit,
                     struct str software)
{
    const struct inventory *inventory = explaining->engine.inventory;
    if (str_eq_nocase(unit->name, software)) {
        return true;
    }
    for (uint32_t i = 0; i < unit->package_count; i++) {
        const struct inventory_software *package = &inventory->software[unit->packages[i]];
        if (str_eq_nocase(package->name, software) || str_eq_nocase(package->source, software)) {
            return true;
        }
    }
    return false;
}

/* ---- verdicts ---- */

static struct str title_of(struct explaining *explaining, const struct unit *unit)
{
    struct engine *engine = &explaining->engine;
    if (unit->identity->supplier == SUPPLIER_MAKER) {
        return arena_printf(
            engine->arena, "%.*s %.*s (from %.*s)", STR_ARG(unit->name), STR_ARG(unit->version),
            STR_ARG(unit->identity->supplier_name.len ? unit->identity->supplier_name
                                                      : STR("its maker")));
    }
    return arena_printf(engine->arena, "%.*s %.*s (source package %.*s, %.*s)", STR_ARG(unit->name),
                        STR_ARG(unit->version), STR_ARG(unit->name),
                        STR_ARG(explain_os_title(engine)));
}

static void set_verdict(struct explanation *explanation, enum verdict verdict, struct str note)
{
    explanation->verdict = verdict;
    explanation->verdict_note = note;
}

/* What NVD alone would say of software that the distribution decides about. */
static enum outcome ask_nvd_aside(struct engine *engine, uint32_t unit_index)
{
    uint32_t drafts = engine->draft_count;
    enum outcome outcome = criteria_decide(engine, unit_index);
    engine->draft_count = drafts;
    return outcome;
}

static void judge_silence(struct explaining *explaining, uint32_t unit_index,
                          struct explanation *explanation)
{
    struct engine *engine = &explaining->engine;
    bool in_nvd = ask_nvd_aside(engine, unit_index) == OUTCOME_VULNERABLE;
    if (in_nvd) {
        trace_step(engine, "compare", STR("-> not decided"),
                   "NVD's criterion names the upstream version; fixes may be backported");
    }
    set_verdict(explanation, in_nvd ? VERDICT_UNKNOWN : VERDICT_NOT_AFFECTED,
                STR("the distribution's advisories decide, and do not name it"));
}

static void judge_covered(struct explaining *explaining, uint32_t unit_index,
                          struct explanation *explanation)
{
    explain_asked_advisories(explaining, unit_index);
    switch (advisory_decide(&explaining->engine, unit_index)) {
    case OUTCOME_VULNERABLE:
        set_verdict(explanation, VERDICT_VULNERABLE, STR("confidence: advisory"));
        break;
    case OUTCOME_FIXED:
    case OUTCOME_FIXED_BY_CHANGELOG:
        set_verdict(explanation, VERDICT_FIXED, STR("confidence: advisory"));
        break;
    case OUTCOME_NOT_AFFECTED:
        set_verdict(explanation, VERDICT_NOT_AFFECTED, STR("confidence: advisory"));
        break;
    case OUTCOME_OTHER_STREAM:
        set_verdict(explanation, VERDICT_NOT_AFFECTED, STR("another module stream"));
        break;
    case OUTCOME_INCOMPARABLE:
        set_verdict(explanation, VERDICT_UNKNOWN, STR("cannot be compared"));
        break;
    case OUTCOME_SILENT:
        judge_silence(explaining, unit_index, explanation);
        break;
    }
}

/* Microsoft's updates, by the build. */
static void judge_built(struct engine *engine, uint32_t drafts, enum outcome outcome,
                        struct explanation *explanation)
{
    if (outcome != OUTCOME_VULNERABLE || engine->draft_count == drafts) {
        set_verdict(explanation, VERDICT_FIXED, STR("by build"));
        return;
    }
    const struct finding *finding = &engine->drafts[drafts].finding;
    set_verdict(
        explanation, finding_confirmed(finding) ? VERDICT_VULNERABLE : VERDICT_UNCONFIRMED,
        arena_printf(engine->arena, "confidence: %s", confidence_name(finding->confidence)));
}

static void judge_by_nvd(struct explaining *explaining, uint32_t unit_index,
                         struct explanation *explanation)
{
    struct engine *engine = &explaining->engine;
    const struct unit *unit = &engine->units[unit_index];
    enum outcome outcome;
    uint32_t drafts = engine->draft_count;
    if (builds_decide(engine, unit_index, &outcome)) {
        judge_built(engine, drafts, outcome, explanation);
        return;
    }
    explain_asked_nvd(engine, unit);
    outcome = criteria_decide(engine, unit_index);
    if (outcome == OUTCOME_VULNERABLE && engine->draft_count > drafts) {
        const struct finding *finding = &engine->drafts[drafts].finding;
        set_verdict(
            explanation, finding_confirmed(finding) ? VERDICT_VULNERABLE : VERDICT_UNCONFIRMED,
            arena_printf(engine->arena, "confidence: %s", confidence_name(finding->confidence)));
    } else if (outcome == OUTCOME_FIXED_BY_CHANGELOG ||
               evidence_fixes(engine, unit, explaining->cve)) {
        set_verdict(explanation, VERDICT_FIXED, STR("by changelog"));
    } else if (outcome == OUTCOME_FIXED) {
        set_verdict(explanation, VERDICT_FIXED, STR("by NVD's range"));
    } else if (outcome == OUTCOME_NOT_AFFECTED) {
        set_verdict(explanation, VERDICT_NOT_AFFECTED, STR("no criterion matches"));
    } else if (outcome == OUTCOME_INCOMPARABLE) {
        set_verdict(explanation, VERDICT_UNKNOWN, STR("cannot be compared"));
    } else {
        trace_step(engine, "criterion", STR(""), "no criterion of NVD names it for %s",
                   explaining->cve_text);
        set_verdict(explanation, VERDICT_UNKNOWN, STR("no source speaks of it"));
    }
}

static void judge_excluded(struct engine *engine, const struct unit *unit,
                           struct explanation *explanation)
{
    bool image = unit->excluded == EXCLUDED_NOT_RUNNING;
    trace_step(engine, "criterion", STR(""), "%s",
               image ? "it is a kernel image that does not run"
                     : "CVEs of the kernel count only against a kernel image, not its headers "
                       "or tools");
    set_verdict(explanation, VERDICT_NOT_AFFECTED,
                image ? STR("not the running kernel") : STR("not a kernel image"));
}

/* The verdict stays what the sources say; beside it stands that it does not count. */
static const struct finding *add_acceptance(struct explaining *explaining, const struct unit *unit,
                                            struct explanation *explanation)
{
    const struct finding *finding = explain_accepted(explaining, unit);
    if (finding && finding->accepted) {
        explanation->verdict_note = arena_printf(
            explaining->engine.arena, "%.*s%s%s", STR_ARG(explanation->verdict_note),
            explanation->verdict_note.len ? "; " : "", accept_words(finding->accepted));
    }
    return finding;
}

static void explain_unit(struct explaining *explaining, uint32_t unit_index)
{
    struct engine *engine = &explaining->engine;
    const struct unit *unit = &engine->units[unit_index];
    struct trace trace = {0};
    struct explanation explanation = {.software = title_of(explaining, unit)};
    engine->trace = &trace;
    explain_identity(engine, unit);
    if (!engine->knowledge) {
        set_verdict(&explanation, VERDICT_UNKNOWN, STR("there is no knowledge"));
    } else if (unit->excluded) {
        judge_excluded(engine, unit, &explanation);
    } else if (explaining->rejected) {
        set_verdict(&explanation, VERDICT_NOT_AFFECTED, STR("the CVE was rejected"));
    } else if (unit->covered) {
        judge_covered(explaining, unit_index, &explanation);
    } else if (unit->sibling_covered) {
        explain_asked_nvd(engine, unit);
        set_verdict(&explanation, VERDICT_NOT_AFFECTED,
                    STR("the advisories of its source do not list it"));
    } else {
        judge_by_nvd(explaining, unit_index, &explanation);
    }
    if (trace.dropped) {
        trace.steps[trace.count - 1].aside =
            arena_printf(engine->arena, "%u more not shown", trace.dropped);
    }
    trace.dropped = 0;
    if (explanation.verdict == VERDICT_VULNERABLE || explanation.verdict == VERDICT_UNCONFIRMED) {
        add_acceptance(explaining, unit, &explanation);
    }
    explain_therefore(explaining, unit, explanation.verdict);
    explain_record(explaining, explain_find(explaining, unit));
    explanation.steps = trace.steps;
    explanation.step_count = trace.count;
    engine->trace = NULL;
    arena_reserve(engine->arena, explaining->items, explaining->count, explaining->capacity);
    explaining->items[explaining->count++] = explanation;
}

static void step_therefore_system(struct engine *engine, const struct finding *finding,
                                  const char *cve, bool sure)
{
    struct str fix = finding ? finding->fixed_in : STR("");
    struct str programme = finding ? finding->programme : STR("");
    trace_step(engine, "therefore",
               programme.len ? STR("nothing shows that the server is enrolled") : STR(""),
               "%s %s here%s%.*s%s%.*s", cve, sure ? "is not fixed" : "may not be fixed",
               fix.len ? ": install " : "", STR_ARG(fix), programme.len ? ", available with " : "",
               STR_ARG(programme));
}

/* Windows itself, whose updates are no software of the inventory. */
static void explain_windows(struct explaining *explaining)
{
    struct engine *engine = &explaining->engine;
    struct trace trace = {0};
    struct explanation explanation = {0};
    enum confidence confidence;
    engine->trace = &trace;
    enum outcome outcome = windows_explain(engine, &explanation.software, &confidence);
    if (outcome == OUTCOME_FIXED) {
        set_verdict(&explanation, VERDICT_FIXED, STR("an update that fixes it is installed"));
        trace_step(engine, "therefore", STR(""), "%s is fixed here", explaining->cve_text);
    } else if (outcome == OUTCOME_VULNERABLE) {
        bool sure = confidence <= CONFIDENCE_RANGE;
        set_verdict(&explanation, sure ? VERDICT_VULNERABLE : VERDICT_UNCONFIRMED,
                    arena_printf(engine->arena, "confidence: %s", confidence_name(confidence)));
        step_therefore_system(engine, add_acceptance(explaining, NULL, &explanation),
                              explaining->cve_text, sure);
    }
    if (outcome >= OUTCOME_FIXED) {
        explain_record(explaining, explain_find(explaining, NULL));
        explanation.steps = trace.steps;
        explanation.step_count = trace.count;
        arena_reserve(engine->arena, explaining->items, explaining->count, explaining->capacity);
        explaining->items[explaining->count++] = explanation;
    }
    engine->trace = NULL;
}

/* Whether anything at all is known of the CVE. */
static bool is_known(const struct explaining *explaining)
{
    const struct knowledge *knowledge = explaining->engine.knowledge;
    struct knowledge_kev kev;
    struct knowledge_epss epss;
    uint32_t first;
    return explaining->has_record ||
           (knowledge && (knowledge_advisories_naming(knowledge, explaining->cve, &first) ||
                          knowledge_find_kev(knowledge, explaining->cve, &kev) ||
                          knowledge_find_epss(knowledge, explaining->cve, &epss)));
}

/* Nothing installed is connected with the CVE: say what was asked and found. */
static void explain_nothing(struct explaining *explaining, struct str software)
{
    struct engine *engine = &explaining->engine;
    struct trace trace = {0};
    engine->trace = &trace;
    struct explanation explanation = {.software = software, .verdict = VERDICT_UNKNOWN};
    if (software.len) {
        explanation.verdict_note = STR("not installed");
        trace_step(engine, "identity", STR(""), "no installed software is called %.*s",
                   STR_ARG(software));
    } else if (!explaining->has_record) {
        explanation.verdict_note = is_known(explaining)
                                       ? STR("nothing installed is connected with it")
                                       : STR("no source of the knowledge names it");
        trace_step(engine, "asked", STR(""), "no source connects %s with installed software",
                   explaining->cve_text);
    } else {
        set_verdict(&explanation, explaining->rejected ? VERDICT_NOT_AFFECTED : VERDICT_UNKNOWN,
                    explaining->rejected ? STR("the CVE was rejected")
                                         : STR("nothing installed is connected with it"));
        for (uint32_t i = 0; i < explaining->product_count && i < 8; i++) {
            struct knowledge_product product;
            if (knowledge_product(engine->knowledge, explaining->products[i], &product)) {
                trace_step(engine, "asked", STR("-> not identified on this server"),
                           "NVD: cpe:2.3:%c:%.*s:%.*s", product.part, STR_ARG(product.vendor),
                           STR_ARG(product.product));
            }
        }
    }
    explain_record(explaining, NULL);
    explanation.steps = trace.steps;
    explanation.step_count = trace.count;
    engine->trace = NULL;
    arena_reserve(engine->arena, explaining->items, explaining->count, explaining->capacity);
    explaining->items[explaining->count++] = explanation;
}

/* Whether Microsoft's updates for the unit's build speak of the CVE. */
static bool names_update(struct engine *engine, uint32_t unit_index)
{
    enum outcome outcome;
    uint32_t drafts = engine->draft_count;
    bool named = engine->knowledge && builds_decide(engine, unit_index, &outcome);
    engine->draft_count = drafts;
    return named;
}

static int compare_explanations(const void *left, const void *right)
{
    static const int order[] = {[VERDICT_VULNERABLE] = 0,
                                [VERDICT_UNCONFIRMED] = 1,
                                [VERDICT_UNKNOWN] = 2,
                                [VERDICT_FIXED] = 3,
                                [VERDICT_NOT_AFFECTED] = 4};
    const struct explanation *a = left, *b = right;
    if (a->verdict != b->verdict) {
        return order[a->verdict] - order[b->verdict];
    }
    return str_cmp(a->software, b->software);
}

void assess_explain(const struct inventory *inventory, const struct identify_tables *tables,
                    const struct knowledge *knowledge, const struct assess_options *options,
                    uint64_t cve, struct str software, struct arena *arena,
                    const struct explanation **ret_explanations, uint32_t *ret_count)
{
    struct explaining *explaining = mem_alloc_zero(1, sizeof *explaining);
    struct engine *engine = &explaining->engine;
    explaining->cve = cve;
    cve_id_format(cve, explaining->cve_text);
    assess(inventory, tables, knowledge, options, arena, &explaining->assessment);
    *engine = (struct engine){.inventory = inventory,
                              .tables = tables,
                              .knowledge = knowledge,
                              .options = options,
                              .arena = arena,
                              .only = cve};
    engine_start(engine);
    read_record(explaining);
    for (uint32_t i = 0; i < engine->unit_count; i++) {
        const struct unit *unit = &engine->units[i];
        bool wanted = software.len
                          ? is_named(explaining, unit, software)
                          : names_product(explaining, unit) || names_advisory(explaining, i) ||
                                names_evidence(explaining, unit) || names_update(engine, i);
        if (wanted) {
            explain_unit(explaining, i);
        }
    }
    if (!software.len || str_find_nocase(software, STR("windows")) != SIZE_MAX) {
        explain_windows(explaining);
    }
    if (!explaining->count) {
        explain_nothing(explaining, software);
    }
    qsort(explaining->items, explaining->count, sizeof *explaining->items, compare_explanations);
    *ret_explanations = explaining->items;
    *ret_count = explaining->count;
    engine_done(engine);
    free(explaining);
}
