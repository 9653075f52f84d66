#include "knowledge/restore.h"

#include <stdlib.h>
#include <string.h>

enum { STRING_ROOM = sizeof(uint16_t), VERSION_ROOM = sizeof(struct version_head) };

static uint32_t *new_map(size_t count)
{
    uint32_t *map = mem_grow(NULL, count + 1, sizeof *map);
    memset(map, 0xff, (count + 1) * sizeof *map);
    return map;
}

void restore_init(struct restore *restore, struct knowledge_builder *builder,
                  const struct knowledge *old)
{
    *restore = (struct restore){.builder = builder, .old = old};
    /* No two strings, and no two versions, begin closer together. */
    restore->strings = new_map(old->sections[SECTION_STRINGS].size / STRING_ROOM);
    restore->versions = new_map(old->sections[SECTION_VERSIONS].size / VERSION_ROOM);
    restore->packages = new_map(old->sections[SECTION_PACKAGES].count);
    for (unsigned id = 1; id < SECTION_COUNT; id++) {
        builder->old.sizes[id] = old->sections[id].size;
    }
}

void restore_done(struct restore *restore)
{
    free(restore->strings);
    free(restore->versions);
    free(restore->packages);
}

/* All strings, in their order: the first, the empty one, has its number already. What cannot be
 * walked through is damaged. */
static void restore_strings(struct restore *restore)
{
    const struct section *section = &restore->old->sections[SECTION_STRINGS];
    uint32_t count = 0, known = restore->builder->strings.count;
    struct str *texts = mem_grow(NULL, section->size / STRING_ROOM + 1, sizeof *texts);
    struct str text;
    for (size_t ref = 0; ref < section->size; ref += STRING_ROOM + text.len) {
        if (!knowledge_string(restore->old, (uint32_t)ref, &text) ||
            (ref == 0) != (text.len == 0)) {
            restore->damaged = true;
            break;
        }
        restore->strings[ref / STRING_ROOM] = ref == 0 ? 0 : known + count;
        texts[count] = text;
        count += ref > 0;
    }
    intern_fill(&restore->builder->strings, texts, count);
    free(texts);
}

static size_t version_size(const unsigned char *at)
{
    struct version_head head;
    memcpy(&head, at, sizeof head);
    return sizeof head + (head.has_epoch ? sizeof(uint32_t) : 0) + head.key_len + head.text_len;
}

static void restore_versions(struct restore *restore)
{
    struct knowledge_builder *builder = restore->builder;
    const struct section *section = &restore->old->sections[SECTION_VERSIONS];
    uint32_t known = builder->versions.count;
    struct version_key key;
    struct str text;
    for (size_t ref = 0; ref < section->size; ref += version_size(section->bytes + ref)) {
        if (!knowledge_version(restore->old, (uint32_t)ref, &key, &text)) {
            restore->damaged = true;
            break;
        }
        restore->versions[ref / VERSION_ROOM] = ref == 0 ? 0 : builder->versions.count;
        if (ref > 0) {
            *list_add(&builder->versions) = (struct builder_version){
                .class = key.class,
                .epoch = key.epoch,
                .text = intern_lend(&builder->strings, text),
                .key = (uint32_t)builder->keys.len,
                .key_len = (uint16_t)key.len,
            };
            buf_put(&builder->keys, key.bytes, key.len);
        }
    }
    builder_versions_fill(builder, known);
}

uint32_t restore_string(struct restore *restore, uint32_t ref)
{
    bool inside = ref < restore->old->sections[SECTION_STRINGS].size;
    uint32_t number = inside ? restore->strings[ref / STRING_ROOM] : RESTORE_NONE;
    restore->damaged = restore->damaged || number == RESTORE_NONE;
    return number != RESTORE_NONE ? number : 0;
}

uint32_t restore_version(struct restore *restore, uint32_t ref)
{
    bool inside = ref < restore->old->sections[SECTION_VERSIONS].size;
    uint32_t number = inside ? restore->versions[ref / VERSION_ROOM] : RESTORE_NONE;
    restore->damaged = restore->damaged || number == RESTORE_NONE;
    return number != RESTORE_NONE ? number : 0;
}

/* Products keep their numbers. Their names in the table are copies, for the list may move. */
static void restore_products(struct restore *restore)
{
    struct knowledge_builder *builder = restore->builder;
    uint32_t count = restore->old->sections[SECTION_PRODUCTS].count;
    struct builder_product *copies =
        arena_array(&builder->product_names.arena, (size_t)count + 1, struct builder_product);
    struct str *names = mem_grow(NULL, (size_t)count + 1, sizeof *names);
    for (uint32_t i = 0; i < count; i++) {
        struct record_product record;
        knowledge_record(restore->old, SECTION_PRODUCTS, i, &record);
        copies[i] = (struct builder_product){record.part, restore_string(restore, record.vendor),
                                             restore_string(restore, record.product)};
        names[i] = str_make((const char *)&copies[i], sizeof copies[i]);
        *list_add(&builder->products) = copies[i];
        *list_add(&builder->old.fingerprints) = record.fingerprint;
    }
    intern_fill(&builder->product_names, names, count);
    free(names);
    for (uint32_t i = 0; i < restore->old->sections[SECTION_PRODUCT_NAMES].count; i++) {
        uint32_t product = UINT32_MAX;
        knowledge_record(restore->old, SECTION_PRODUCT_NAMES, i, &product);
        restore->damaged = restore->damaged || product >= count;
        *list_add(&builder->old.product_names) = product;
    }
    restore->damaged = restore->damaged || builder->old.product_names.count != count;
}

static uint32_t *restore_qualifiers(struct restore *restore)
{
    uint32_t count = restore->old->sections[SECTION_QUALIFIERS].count;
    uint32_t *map = new_map(count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t strings[sizeof(struct record_qualifiers) / sizeof(uint32_t)];
        knowledge_record(restore->old, SECTION_QUALIFIERS, i, &strings);
        for (unsigned s = 0; s < sizeof strings / sizeof strings[0]; s++) {
            strings[s] = restore_string(restore, strings[s]);
        }
        map[i] = intern_add(&restore->builder->qualifiers,
                            str_make((const char *)strings, sizeof strings));
    }
    return map;
}

/* Matches keep their numbers too. */
static void restore_matches(struct restore *restore, const uint32_t *qualifiers)
{
    const struct knowledge *old = restore->old;
    struct knowledge_builder *builder = restore->builder;
    uint32_t count = old->sections[SECTION_MATCHES].count;
    list_reserve(&builder->matches, count);
    for (uint32_t i = 0; i < count; i++) {
        struct record_match record;
        knowledge_record(old, SECTION_MATCHES, i, &record);
        uint32_t number = record.shape & MATCH_QUALIFIERS;
        if (record.product >= builder->products.count ||
            number >= old->sections[SECTION_QUALIFIERS].count) {
            restore->damaged = true;
            return;
        }
        *list_add(&builder->matches) = (struct builder_match){
            .product = record.product,
            .shape = (record.shape & ~MATCH_QUALIFIERS) | qualifiers[number],
            .start = restore_version(restore, record.start),
            .end = restore_version(restore, record.end),
        };
    }
    builder_matches_fill(builder, 0);
}

void restore_criteria(struct restore *restore)
{
    restore_strings(restore);
    restore_versions(restore);
    restore_products(restore);
    uint32_t *qualifiers = restore_qualifiers(restore);
    if (!restore->damaged) {
        restore_matches(restore, qualifiers);
    }
    free(qualifiers);
    if (!restore->damaged) {
        restore_configurations(restore);
    }
}
