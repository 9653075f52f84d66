#include "assess/engine.h"

#include "base/limits.h"
#include "base/memory.h"

#include <stdio.h>

void engine_note(struct engine *engine, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    arena_reserve(engine->arena, engine->notes, engine->note_count, engine->note_capacity);
    engine->notes[engine->note_count++] = arena_vprintf(engine->arena, format, args);
    va_end(args);
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

struct match_world engine_world(const struct engine *engine)
{
    return (struct match_world){.family = engine->inventory->os.family,
                                .arch = engine->inventory->machine.arch};
}

struct match_world engine_world_of(const struct engine *engine, const struct unit *unit,
                                   const struct identity_product *product)
{
    struct match_world world = engine_world(engine);
    world.ecosystem = unit->software->ecosystem;
    world.name = unit->software->name;
    world.stated = unit->identity->stated;
    world.edition = edition_tell(unit->identity, product, unit->software->name);
    return world;
}
