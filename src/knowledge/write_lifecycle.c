#include "knowledge/writer.h"

#include <stdlib.h>

/* A text that leads to a lifecycle: a name, an alias or an identifier. */
struct entry {
    uint32_t kind; /* identifiers: enum lifecycle_identifier; names: 0, aliases: 1 */
    uint32_t string;
    struct str text;
    uint32_t lifecycle;
};

static int order_by_text(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    int text = str_cmp(left->text, right->text);
    if (text != 0) {
        return text;
    }
    if (left->kind != right->kind) {
        return left->kind < right->kind ? -1 : 1;
    }
    return (left->lifecycle > right->lifecycle) - (left->lifecycle < right->lifecycle);
}

static int order_by_kind(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    if (left->kind != right->kind) {
        return left->kind < right->kind ? -1 : 1;
    }
    return order_by_text(a, b);
}

static struct entry make_entry(const struct writer *writer, uint32_t kind, uint32_t string,
                               uint32_t lifecycle)
{
    return (struct entry){kind, string, writer_text(writer, string), lifecycle};
}

/* The kept lifecycles sorted by name; of one name the last read stays. lifecycle is the
 * builder's number here. */
static struct entry *sort_lifecycles(const struct writer *writer, uint32_t *ret_count)
{
    const struct knowledge_builder *builder = writer->builder;
    uint32_t count = builder->lifecycles.count, kept = 0;
    struct entry *list = mem_grow(NULL, count + 1, sizeof *list);
    for (uint32_t i = 0; i < count; i++) {
        list[i] = make_entry(writer, 0, builder->lifecycles.items[i].name, i);
    }
    qsort(list, count, sizeof *list, order_by_text);
    for (uint32_t i = 0; i < count; i++) {
        if (i + 1 == count || !str_eq(list[i].text, list[i + 1].text)) {
            list[kept++] = list[i];
        }
    }
    *ret_count = kept;
    return list;
}

static void write_release(struct writer *writer, const struct record_release *release,
                          uint32_t lifecycle)
{
    struct record_release record = *release;
    record.lifecycle = lifecycle;
    record.name = writer_string(writer, record.name);
    record.codename = writer_string(writer, record.codename);
    record.label = writer_string(writer, record.label);
    record.latest = writer_string(writer, record.latest);
    writer_put(writer, SECTION_RELEASES, &record);
}

static void write_lifecycle(struct writer *writer, const struct builder_lifecycle *lifecycle,
                            uint32_t number)
{
    struct record_lifecycle record = {
        .name = writer_string(writer, lifecycle->name),
        .label = writer_string(writer, lifecycle->label),
        .category = writer_string(writer, lifecycle->category),
        .link = writer_string(writer, lifecycle->link),
        .first_release = writer_count(writer, SECTION_RELEASES),
    };
    writer_put(writer, SECTION_LIFECYCLES, &record);
    for (uint32_t i = 0; i < lifecycle->release_count; i++) {
        write_release(writer, &writer->builder->releases.items[lifecycle->first_release + i],
                      number);
    }
}

static void write_names(struct writer *writer, const struct entry *kept, uint32_t count)
{
    const struct knowledge_builder *builder = writer->builder;
    struct entry *names = mem_grow(NULL, count + builder->aliases.count + 1, sizeof *names);
    uint32_t total = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct builder_lifecycle *lifecycle = &builder->lifecycles.items[kept[i].lifecycle];
        names[total++] = make_entry(writer, 0, lifecycle->name, i);
        for (uint32_t a = 0; a < lifecycle->alias_count; a++) {
            uint32_t alias = builder->aliases.items[lifecycle->first_alias + a];
            names[total++] = make_entry(writer, 1, alias, i);
        }
    }
    qsort(names, total, sizeof *names, order_by_text);
    for (uint32_t i = 0; i < total; i++) {
        struct record_lifecycle_name record = {writer_string(writer, names[i].string),
                                               names[i].lifecycle};
        writer_put(writer, SECTION_LIFECYCLE_NAMES, &record);
    }
    free(names);
}

static void write_identifiers(struct writer *writer, const struct entry *kept, uint32_t count)
{
    const struct knowledge_builder *builder = writer->builder;
    struct entry *list = mem_grow(NULL, builder->identifiers.count + 1, sizeof *list);
    uint32_t total = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct builder_lifecycle *lifecycle = &builder->lifecycles.items[kept[i].lifecycle];
        for (uint32_t n = 0; n < lifecycle->identifier_count; n++) {
            const struct record_identifier *identifier =
                &builder->identifiers.items[lifecycle->first_identifier + n];
            list[total++] = make_entry(writer, identifier->kind, identifier->id, i);
        }
    }
    qsort(list, total, sizeof *list, order_by_kind);
    for (uint32_t i = 0; i < total; i++) {
        struct record_identifier record = {list[i].kind, writer_string(writer, list[i].string),
                                           list[i].lifecycle};
        bool again = i > 0 && order_by_kind(&list[i - 1], &list[i]) == 0;
        if (!again) {
            writer_put(writer, SECTION_IDENTIFIERS, &record);
        }
    }
    free(list);
}

void writer_write_lifecycles(struct writer *writer)
{
    uint32_t count;
    struct entry *kept = sort_lifecycles(writer, &count);
    for (uint32_t i = 0; i < count; i++) {
        write_lifecycle(writer, &writer->builder->lifecycles.items[kept[i].lifecycle], i);
    }
    struct record_lifecycle last = {.first_release = writer_count(writer, SECTION_RELEASES)};
    writer_put(writer, SECTION_LIFECYCLES, &last);
    write_names(writer, kept, count);
    write_identifiers(writer, kept, count);
    free(kept);
}
