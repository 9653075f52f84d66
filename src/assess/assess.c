#include "assess/engine.h"

#include <stdlib.h>

/* The longest text that is put together: names and bounds have ceilings of their own. */
enum { SCRATCH = 64 << 10 };

void engine_start(struct engine *engine)
{
    const struct inventory *inventory = engine->inventory;
    buf_init(&engine->scratch, SCRATCH);
    identify_os(engine->tables, engine->knowledge, inventory, engine->arena, &engine->os);
    engine->software =
        arena_array(engine->arena, inventory->software_count, struct software_insight);
    for (uint32_t i = 0; i < inventory->software_count; i++) {
        engine->software[i].software = i;
        identify_software(engine->tables, engine->knowledge, inventory, &engine->os,
                          &inventory->software[i], engine->arena, &engine->software[i].identity);
    }
    units_make(engine);
    evidence_prepare(engine);
    if (engine->knowledge) {
        configurations_prepare(engine);
    }
}

void engine_done(struct engine *engine)
{
    configurations_done(engine);
    evidence_done(engine);
    buf_done(&engine->scratch);
    free(engine->units);
    free(engine->drafts);
}

static void decide_units(struct engine *engine)
{
    for (uint32_t i = 0; engine->knowledge && i < engine->unit_count; i++) {
        const struct unit *unit = &engine->units[i];
        if (unit->excluded) {
            continue;
        }
        if (unit->covered) {
            advisory_decide(engine, i);
        } else if (!unit->sibling_covered) {
            enum outcome outcome;
            builds_decide(engine, i, &outcome);
            criteria_decide(engine, i);
        }
    }
}

static void give_findings(struct engine *engine, struct assessment *ret)
{
    struct finding *findings = arena_array(engine->arena, engine->draft_count, struct finding);
    rank_drafts(engine->drafts, engine->draft_count, findings);
    for (uint32_t i = 0; i < engine->draft_count; i++) {
        ret->confirmed_count += finding_confirmed(&findings[i]);
        ret->accepted_count += findings[i].accepted != NULL;
    }
    ret->findings = findings;
    ret->finding_count = engine->draft_count;
}

static void judge_support(struct engine *engine)
{
    engine->os_support = support_of_os(engine);
    for (uint32_t i = 0; i < engine->inventory->software_count; i++) {
        support_of_software(engine, i);
    }
}

void assess(const struct inventory *inventory, const struct identify_tables *tables,
            const struct knowledge *knowledge, const struct assess_options *options,
            struct arena *arena, struct assessment *ret)
{
    struct engine engine = {.inventory = inventory,
                            .tables = tables,
                            .knowledge = knowledge,
                            .options = options,
                            .arena = arena};
    *ret = (struct assessment){.inventory = inventory, .as_of = options->as_of};
    engine_start(&engine);
    judge_support(&engine);
    decide_units(&engine);
    merge_drafts(&engine);
    record_join_drafts(&engine);
    windows_decide(&engine);
    accepted_judge(&engine);
    updates_judge(&engine, ret);
    give_findings(&engine, ret);
    coverage_count(&engine);
    ret->os_identity = engine.os;
    ret->os_support = engine.os_support;
    ret->software = engine.software;
    ret->software_count = inventory->software_count;
    ret->coverage = engine.coverage;
    ret->has_knowledge = knowledge != NULL;
    insights_count(&engine, ret);
    coverage_note(&engine);
    ret->notes = engine.notes;
    ret->note_count = engine.note_count;
    engine_done(&engine);
}
