#include "assess/engine.h"

#include "base/limits.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The longest text that is put together: names and bounds have ceilings of their own. */
enum { SCRATCH = 64 << 10 };

void engine_note(struct engine *engine, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    arena_reserve(engine->arena, engine->notes, engine->note_count, engine->note_capacity);
    engine->notes[engine->note_count++] = arena_str(engine->arena, str_from(text));
}

struct version_key engine_key(struct engine *engine, enum version_scheme scheme, struct str text)
{
    struct version_key key = {0};
    struct buf bytes;
    if (!text.len || scheme == VERSION_NONE) {
        return key;
    }
    buf_init(&bytes, LIMIT_VERSION_KEY);
    if (version_key_make(scheme, text, &bytes, &key, NULL) < 0) {
        key = (struct version_key){0};
    } else {
        key.bytes = (const unsigned char *)arena_str(engine->arena,
                                                     str_make((const char *)key.bytes, key.len))
                        .ptr;
    }
    buf_done(&bytes);
    return key;
}

bool engine_rejected(const struct engine *engine, uint64_t cve)
{
    struct knowledge_cve record;
    return engine->knowledge && knowledge_find_cve(engine->knowledge, cve, &record) &&
           record.status == CVE_STATUS_REJECTED;
}

struct draft *engine_draft(struct engine *engine, uint32_t unit_index, uint64_t cve)
{
    const struct unit *unit = &engine->units[unit_index];
    mem_reserve(engine->drafts, engine->draft_count, engine->draft_capacity);
    struct draft *draft = &engine->drafts[engine->draft_count++];
    *draft = (struct draft){.unit = unit_index};
    draft->finding.cve = cve;
    draft->finding.software = unit->name;
    draft->finding.first_software = unit->packages[0];
    draft->finding.packages = unit->packages;
    draft->finding.package_count = unit->package_count;
    return draft;
}

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
        criteria_prepare(engine);
    }
}

void engine_done(struct engine *engine)
{
    criteria_done(engine);
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
