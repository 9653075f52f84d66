#include "knowledge/restore.h"

#include <stdlib.h>
#include <string.h>

/* Feeds that are taken over as a whole. */

void restore_kev(struct restore *restore)
{
    for (uint32_t i = 0; i < restore->old->sections[SECTION_KEV].count; i++) {
        struct record_kev record;
        knowledge_record(restore->old, SECTION_KEV, i, &record);
        record.name = restore_string(restore, record.name);
        record.action = restore_string(restore, record.action);
        *list_add(&restore->builder->kev) = record;
    }
}

void restore_epss(struct restore *restore)
{
    struct knowledge_builder *builder = restore->builder;
    const struct section *epss = &restore->old->sections[SECTION_EPSS];
    list_reserve(&builder->epss, epss->count);
    if (epss->count > 0) {
        memcpy(builder->epss.items, epss->bytes, epss->size);
    }
    builder->epss.count = epss->count;
}

/* ---- lifecycles ---- */

static void add_releases(struct restore *restore, uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct record_release record;
        knowledge_record(restore->old, SECTION_RELEASES, first + i, &record);
        record.name = restore_string(restore, record.name);
        record.codename = restore_string(restore, record.codename);
        record.label = restore_string(restore, record.label);
        record.latest = restore_string(restore, record.latest);
        *list_add(&restore->builder->releases) = record;
    }
}

/* The positions of a section's records by their lifecycle: those of lifecycle i stand in
 * ret_places[first[i]] to first[i + 1]. */
static uint32_t *group(struct restore *restore, enum section_id id, uint32_t lifecycles,
                       uint32_t **ret_places)
{
    uint32_t count = restore->old->sections[id].count, lifecycle;
    uint32_t *first = mem_alloc_zero((size_t)lifecycles + 2, sizeof *first);
    uint32_t *places = mem_alloc_zero((size_t)count + 1, sizeof *places);
    uint32_t *of = mem_alloc_zero((size_t)count + 1, sizeof *of);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t words[3] = {0};
        knowledge_copy(restore->old, id, i, words, section_types[id].record);
        lifecycle = words[section_types[id].record / sizeof(uint32_t) - 1];
        restore->damaged = restore->damaged || lifecycle >= lifecycles;
        of[i] = lifecycle < lifecycles ? lifecycle : lifecycles - 1;
        first[of[i] + 2]++;
    }
    for (uint32_t i = 2; i <= lifecycles; i++) {
        first[i] += first[i - 1];
    }
    for (uint32_t i = 0; i < count; i++) {
        places[first[of[i] + 1]++] = i;
    }
    free(of);
    *ret_places = places;
    return first;
}

/* A name that stands among the names is not its own alias, once. */
static void add_aliases(struct restore *restore, const uint32_t *places, uint32_t count,
                        uint32_t name)
{
    bool found = false;
    for (uint32_t i = 0; i < count; i++) {
        struct record_lifecycle_name record;
        knowledge_record(restore->old, SECTION_LIFECYCLE_NAMES, places[i], &record);
        uint32_t string = restore_string(restore, record.name);
        if (string == name && !found) {
            found = true;
        } else {
            *list_add(&restore->builder->aliases) = string;
        }
    }
}

static void add_identifiers(struct restore *restore, const uint32_t *places, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct record_identifier record;
        knowledge_record(restore->old, SECTION_IDENTIFIERS, places[i], &record);
        record.id = restore_string(restore, record.id);
        *list_add(&restore->builder->identifiers) = record;
    }
}

void restore_lifecycles(struct restore *restore)
{
    struct knowledge_builder *builder = restore->builder;
    uint32_t count = restore->old->sections[SECTION_LIFECYCLES].count;
    uint32_t *name_places, *identifier_places;
    if (count == 0) {
        return;
    }
    uint32_t *names = group(restore, SECTION_LIFECYCLE_NAMES, count, &name_places);
    uint32_t *identifiers = group(restore, SECTION_IDENTIFIERS, count, &identifier_places);
    for (uint32_t i = 0; i < count && !restore->damaged; i++) {
        struct knowledge_lifecycle whole;
        struct record_lifecycle record;
        if (!knowledge_lifecycle(restore->old, i, &whole)) {
            restore->damaged = true;
            break;
        }
        knowledge_record(restore->old, SECTION_LIFECYCLES, i, &record);
        struct builder_lifecycle lifecycle = {
            .name = restore_string(restore, record.name),
            .label = restore_string(restore, record.label),
            .category = restore_string(restore, record.category),
            .link = restore_string(restore, record.link),
            .first_release = builder->releases.count,
            .release_count = whole.release_count,
            .first_alias = builder->aliases.count,
            .first_identifier = builder->identifiers.count,
        };
        add_releases(restore, whole.first_release, whole.release_count);
        add_aliases(restore, name_places + names[i], names[i + 1] - names[i], lifecycle.name);
        add_identifiers(restore, identifier_places + identifiers[i],
                        identifiers[i + 1] - identifiers[i]);
        lifecycle.alias_count = builder->aliases.count - lifecycle.first_alias;
        lifecycle.identifier_count = builder->identifiers.count - lifecycle.first_identifier;
        *list_add(&builder->lifecycles) = lifecycle;
    }
    free(names);
    free(name_places);
    free(identifiers);
    free(identifier_places);
}

/* ---- Microsoft's updates ---- */

static void copy_section(struct restore *restore, enum section_id id)
{
    const struct section *section = &restore->old->sections[id];
    struct buf *into = &restore->builder->old.bulletins[id];
    buf_init(into, section->size);
    buf_put(into, section->bytes, section->size);
}

/* Puts numbers of strings where references stood, at offset of each record. */
static void number_strings(struct restore *restore, enum section_id id, size_t offset)
{
    struct buf *section = &restore->builder->old.bulletins[id];
    for (uint32_t i = 0; i < restore->old->sections[id].count; i++) {
        char *at = section->data + (size_t)i * section_types[id].record + offset;
        uint32_t ref;
        memcpy(&ref, at, sizeof ref);
        ref = restore_string(restore, ref);
        memcpy(at, &ref, sizeof ref);
    }
}

/* Their sections have no other references into the rest of the file: they are taken over whole. */
void restore_bulletins(struct restore *restore)
{
    for (unsigned id = SECTION_BULLETIN_PRODUCTS; id <= SECTION_SUPERSEDERS; id++) {
        copy_section(restore, id);
    }
    number_strings(restore, SECTION_BULLETIN_FIXES,
                   offsetof(struct record_bulletin_fix, component));
    number_strings(restore, SECTION_BULLETIN_PRODUCTS,
                   offsetof(struct record_bulletin_product, name));
    restore->builder->old.has_bulletins = true;
}
