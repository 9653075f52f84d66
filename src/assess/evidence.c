#include "assess/engine.h"

#include "base/memory.h"

#include <stdlib.h>

/* What the changelogs of installed packages name as fixed, by CVE and source package. */

struct evidence {
    uint64_t cve;
    const struct inventory_evidence *entry;
};

static int compare_evidence(const void *left, const void *right)
{
    const struct evidence *a = left, *b = right;
    if (a->cve != b->cve) {
        return a->cve < b->cve ? -1 : 1;
    }
    int by = str_cmp(a->entry->source, b->entry->source);
    return by ? by : (a->entry > b->entry) - (a->entry < b->entry);
}

void evidence_prepare(struct engine *engine)
{
    const struct inventory *inventory = engine->inventory;
    uint32_t capacity = 0;
    for (uint32_t i = 0; i < inventory->evidence_count; i++) {
        const struct inventory_evidence *entry = &inventory->evidence[i];
        for (uint32_t k = 0; k < entry->cve_count; k++) {
            uint64_t cve;
            if (!cve_id_parse(entry->cves[k], &cve)) {
                continue;
            }
            mem_reserve(engine->evidence, engine->evidence_count, capacity);
            engine->evidence[engine->evidence_count++] = (struct evidence){cve, entry};
        }
    }
    if (engine->evidence_count) {
        qsort(engine->evidence, engine->evidence_count, sizeof *engine->evidence, compare_evidence);
    }
}

void evidence_done(struct engine *engine)
{
    free(engine->evidence);
    free(engine->settled);
    engine->evidence = NULL;
    engine->settled = NULL;
}

static uint32_t first_evidence(const struct engine *engine, uint64_t cve)
{
    uint32_t low = 0, high = engine->evidence_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (engine->evidence[middle].cve < cve) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static struct str source_of(const struct unit *unit)
{
    return unit->software->source.len ? unit->software->source : unit->software->name;
}

static struct str source_version_of(const struct unit *unit)
{
    return unit->software->source_version.len ? unit->software->source_version
                                              : unit->software->version;
}

/* The changelog of a module's build counts its entries without the stream's tag, which
 * versions of other packages need for an order: "1.18.0-6" of "1.18.0-6.module+el8.4.0+1+f". */
static struct str numbers_of(struct str installed, struct str entry)
{
    size_t tag = str_find(installed, STR(".module"));
    return str_find(entry, STR(".module")) == SIZE_MAX ? str_sub(installed, 0, tag) : installed;
}

/* Whether the installed version is that of the entry or later; traces the comparison. */
static bool has_version(struct engine *engine, const struct unit *unit,
                        const struct inventory_evidence *entry)
{
    enum version_scheme scheme = version_scheme_find(entry->ecosystem);
    struct str installed = source_version_of(unit);
    struct version_key fixed = engine_key(engine, scheme, entry->version);
    struct version_key found = engine_key(engine, scheme, numbers_of(installed, entry->version));
    if (!fixed.class || !found.class) {
        return false;
    }
    enum version_order order = version_key_compare(&found, &fixed);
    bool has = order == VERSION_EQUAL || order == VERSION_GREATER;
    trace_step(engine, "compare",
               has                     ? STR("-> fixed, by changelog")
               : order == VERSION_LESS ? STR("-> before that entry")
                                       : STR("-> no defined order"),
               "%.*s %s %.*s   (%.*s order)", STR_ARG(installed),
               has                     ? ">="
               : order == VERSION_LESS ? "<"
                                       : "?",
               STR_ARG(entry->version), STR_ARG(entry->ecosystem));
    return has;
}

bool evidence_fixes(struct engine *engine, const struct unit *unit, uint64_t cve)
{
    char text[CVE_ID_SIZE];
    if (!unit->backported) {
        return false;
    }
    for (uint32_t i = first_evidence(engine, cve);
         i < engine->evidence_count && engine->evidence[i].cve == cve; i++) {
        const struct inventory_evidence *entry = engine->evidence[i].entry;
        if (!str_eq(entry->source, source_of(unit)) ||
            !str_eq(entry->ecosystem, unit->software->ecosystem)) {
            continue;
        }
        trace_step(engine, "criterion", STR("changelog"),
                   "changelog of %.*s names %s as fixed in %.*s", STR_ARG(entry->source),
                   cve_id_format(cve, text), STR_ARG(entry->version));
        if (has_version(engine, unit, entry)) {
            return true;
        }
    }
    return false;
}

void evidence_settle(struct engine *engine, const struct unit *unit, uint64_t cve)
{
    mem_reserve(engine->settled, engine->settled_count, engine->settled_capacity);
    engine->settled[engine->settled_count++] = (struct settled){cve, unit->name};
}

static int compare_settled(const void *left, const void *right)
{
    const struct settled *a = left, *b = right;
    if (a->cve != b->cve) {
        return a->cve < b->cve ? -1 : 1;
    }
    return str_cmp(a->software, b->software);
}

uint32_t evidence_count_settled(struct engine *engine)
{
    uint32_t count = 0;
    if (engine->settled_count) {
        qsort(engine->settled, engine->settled_count, sizeof *engine->settled, compare_settled);
    }
    for (uint32_t i = 0; i < engine->settled_count; i++) {
        count += !i || compare_settled(&engine->settled[i - 1], &engine->settled[i]) != 0;
    }
    return count;
}
