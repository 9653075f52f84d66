#include "knowledge/writer.h"

#include <stdlib.h>
#include <string.h>

/* How advisories, ecosystems and packages are numbered in the file, by builder's numbers;
 * UNPLACED where they are left out. */
struct writer_advisories {
    struct task task;
    struct writer *writer;
    uint32_t *advisories, *ecosystems, *packages;
    uint32_t advisory_count, ecosystem_count, package_count;
    uint32_t *package_order;     /* the file's to the builder's */
    uint32_t *ecosystem_order;   /* the same */
    uint64_t *advisory_hash;     /* by builder's number */
    struct order_key *stretches; /* in the file's order */
    uint32_t stretch_count;
};

struct named {
    struct str first, second;
    uint32_t number;
};

static int order_named(const void *a, const void *b)
{
    const struct named *left = a, *right = b;
    int first = str_cmp(left->first, right->first);
    int second = first != 0 ? first : str_cmp(left->second, right->second);
    return second != 0 ? second : (left->number > right->number) - (left->number < right->number);
}

/* Of advisories with the same identifier the last modified, else the last read, stays. The
 * kept ones are numbered by identifier. */
static void number_advisories(struct writer *writer, struct writer_advisories *numbers)
{
    const struct knowledge_builder *builder = writer->builder;
    uint32_t count = builder->advisories.count, kept = 0;
    struct named *list = mem_grow(NULL, count + 1, sizeof *list);
    for (uint32_t i = 0; i < count; i++) {
        list[i] = (struct named){writer_text(writer, builder->advisories.items[i].id), {0}, i};
    }
    qsort(list, count, sizeof *list, order_named);
    for (uint32_t i = 0; i < count; i++) {
        const struct builder_advisory *items = builder->advisories.items;
        bool same = kept > 0 && str_eq(list[kept - 1].first, list[i].first);
        if (!same) {
            list[kept++] = list[i];
        } else if (items[list[i].number].modified >= items[list[kept - 1].number].modified) {
            list[kept - 1] = list[i];
        }
    }
    numbers->advisories = writer_map(count);
    numbers->advisory_count = kept;
    for (uint32_t i = 0; i < kept; i++) {
        numbers->advisories[list[i].number] = i;
    }
    free(list);
}

static void number_ecosystems(struct writer *writer, struct writer_advisories *numbers)
{
    const struct knowledge_builder *builder = writer->builder;
    uint32_t count = 0;
    struct named *list = mem_grow(NULL, builder->ecosystems.count + 1, sizeof *list);
    for (uint32_t i = 0; i < builder->ecosystems.count; i++) {
        struct str name = writer_text(writer, builder->ecosystems.items[i].name);
        if (numbers->ecosystems[i] != UNPLACED) {
            list[count++] = (struct named){name, {0}, i};
        }
    }
    qsort(list, count, sizeof *list, order_named);
    numbers->ecosystem_order = writer_map(count);
    numbers->ecosystem_count = count;
    for (uint32_t i = 0; i < count; i++) {
        numbers->ecosystems[list[i].number] = i;
        numbers->ecosystem_order[i] = list[i].number;
    }
    free(list);
}

static void number_packages(struct writer *writer, struct writer_advisories *numbers)
{
    const struct knowledge_builder *builder = writer->builder;
    uint32_t count = 0;
    struct named *list = mem_grow(NULL, builder->packages.count + 1, sizeof *list);
    for (uint32_t i = 0; i < builder->packages.count; i++) {
        const struct builder_package *package = &builder->packages.items[i];
        uint32_t ecosystem = builder->ecosystems.items[package->ecosystem].name;
        if (numbers->packages[i] != UNPLACED) {
            list[count++] = (struct named){writer_text(writer, ecosystem),
                                           writer_text(writer, package->name), i};
        }
    }
    qsort(list, count, sizeof *list, order_named);
    numbers->package_order = writer_map(count);
    numbers->package_count = count;
    for (uint32_t i = 0; i < count; i++) {
        numbers->packages[list[i].number] = i;
        numbers->package_order[i] = list[i].number;
    }
    free(list);
}

/* Marks (with 0) the packages and ecosystems that kept advisories name. */
static void mark_packages(struct writer *writer, struct writer_advisories *numbers)
{
    const struct knowledge_builder *builder = writer->builder;
    numbers->packages = writer_map(builder->packages.count);
    numbers->ecosystems = writer_map(builder->ecosystems.count);
    for (uint32_t i = 0; i < builder->affected.count; i++) {
        const struct builder_affected *affected = &builder->affected.items[i];
        if (numbers->advisories[affected->advisory] != UNPLACED) {
            numbers->packages[affected->package] = 0;
            numbers->ecosystems[builder->packages.items[affected->package].ecosystem] = 0;
        }
    }
}

static void hash_advisories(struct writer *writer, struct writer_advisories *numbers)
{
    const struct knowledge_builder *builder = writer->builder;
    numbers->advisory_hash =
        mem_grow(NULL, builder->advisories.count + 1, sizeof *numbers->advisory_hash);
    for (uint32_t i = 0; i < builder->advisories.count; i++) {
        const struct builder_advisory *advisory = &builder->advisories.items[i];
        uint64_t parts[] = {
            str_hash(writer_text(writer, advisory->id)),
            str_hash(writer_text(writer, advisory->module)),
            (uint64_t)advisory->published,
            (uint64_t)advisory->modified,
            advisory->cve_count > 0 ? writer_mix(&builder->advisory_cves.items[advisory->first_cve],
                                                 advisory->cve_count)
                                    : 0,
        };
        numbers->advisory_hash[i] = writer_mix(parts, sizeof parts / sizeof parts[0]);
    }
}

static uint64_t hash_affected(const struct writer *writer, const struct writer_advisories *numbers,
                              const struct builder_affected *affected)
{
    const struct builder_version *versions = writer->builder->versions.items;
    uint64_t parts[] = {
        numbers->advisory_hash[affected->advisory],
        str_hash(writer_text(writer, versions[affected->introduced].text)),
        str_hash(writer_text(writer, versions[affected->fixed].text)),
        str_hash(writer_text(writer, versions[affected->last].text)),
        str_hash(writer_text(writer, affected->urgency)),
        affected->never,
    };
    return writer_mix(parts, sizeof parts / sizeof parts[0]);
}

/* Stretches in the order of their packages, within one in that of their advisories, then in the
 * order read. */
static void sort_affected(const struct writer *writer, struct writer_advisories *numbers)
{
    const struct knowledge_builder *builder = writer->builder;
    struct order_key *keys = mem_grow(NULL, builder->affected.count + 1, sizeof *keys);
    uint32_t count = 0;
    for (uint32_t i = 0; i < builder->affected.count; i++) {
        const struct builder_affected *affected = &builder->affected.items[i];
        uint32_t advisory = numbers->advisories[affected->advisory];
        if (advisory != UNPLACED) {
            uint64_t package = numbers->packages[affected->package];
            keys[count++] = (struct order_key){package << 32 | advisory, i};
        }
    }
    order_sort(keys, count);
    numbers->stretches = keys;
    numbers->stretch_count = count;
}

/* Packages in the file's order with their stretches. */
static void write_packages(struct writer *writer, const struct writer_advisories *numbers)
{
    const struct knowledge_builder *builder = writer->builder;
    const struct order_key *keys = numbers->stretches;
    uint32_t count = numbers->stretch_count, at = 0;
    struct writer_place *places =
        mem_grow(NULL, (size_t)numbers->package_count + 1, sizeof *places);
    for (uint32_t i = 0; i < numbers->package_count; i++) {
        const struct builder_package *package = &builder->packages.items[numbers->package_order[i]];
        struct record_package record = {
            .ecosystem = numbers->ecosystems[package->ecosystem],
            .name = writer_string(writer, package->name),
            .first_affected = at,
        };
        for (; at < count && keys[at].key >> 32 == i; at++) {
            const struct builder_affected *affected = &builder->affected.items[keys[at].index];
            struct record_affected stretch = {
                .advisory = numbers->advisories[affected->advisory],
                .package = i,
                .introduced = writer_version(writer, affected->introduced),
                .fixed = writer_version(writer, affected->fixed),
                .last = writer_version(writer, affected->last),
                .urgency = writer_string(writer, affected->urgency),
                .never = affected->never,
            };
            writer_put(writer, SECTION_AFFECTED, &stretch);
            record.fingerprint += hash_affected(writer, numbers, affected);
        }
        writer_put(writer, SECTION_PACKAGES, &record);
        places[i] = (struct writer_place){
            knowledge_hash_package(record.ecosystem, writer_text(writer, package->name)), i};
    }
    writer_put_places(writer, SECTION_PACKAGE_PLACES, places, numbers->package_count);
    free(places);
    struct record_package last = {.first_affected = at};
    writer_put(writer, SECTION_PACKAGES, &last);
}

/* Where each advisory's stretches are, by advisory: pairs sorted, positions written. Returns
 * the pairs for the advisories' spans. */
static struct order_key *write_places(struct writer *writer, uint32_t *ret_count)
{
    uint32_t count = writer_count(writer, SECTION_AFFECTED);
    const char *records = writer->sections[SECTION_AFFECTED].data;
    struct order_key *keys = mem_grow(NULL, count + 1, sizeof *keys);
    for (uint32_t i = 0; i < count; i++) {
        struct record_affected record;
        memcpy(&record, records + i * sizeof record, sizeof record);
        keys[i] = (struct order_key){record.advisory, i};
    }
    order_sort(keys, count);
    for (uint32_t i = 0; i < count; i++) {
        writer_put_u32(writer, SECTION_ADVISORY_PLACES, keys[i].index);
    }
    *ret_count = count;
    return keys;
}

static void write_advisory(struct writer *writer, const struct builder_advisory *advisory,
                           uint32_t first_place)
{
    struct record_advisory record = {
        .published = advisory->published,
        .modified = advisory->modified,
        .id = writer_string(writer, advisory->id),
        .summary = writer_string(writer, advisory->summary),
        .module = writer_string(writer, advisory->module),
        .first_cve = writer_count(writer, SECTION_ADVISORY_CVES),
        .first_place = first_place,
    };
    uint32_t number = writer_count(writer, SECTION_ADVISORIES);
    writer_put(writer, SECTION_ADVISORIES, &record);
    for (uint32_t i = 0; i < advisory->cve_count; i++) {
        uint64_t id = writer->builder->advisory_cves.items[advisory->first_cve + i];
        struct record_advisory_cve cve = {(uint32_t)id, (uint32_t)(id >> 32), number};
        writer_put(writer, SECTION_ADVISORY_CVES, &cve);
    }
}

static void write_advisories(struct writer *writer, const struct writer_advisories *numbers)
{
    const struct knowledge_builder *builder = writer->builder;
    uint32_t place_count, place = 0;
    struct order_key *places = write_places(writer, &place_count);
    uint32_t *order = writer_map(numbers->advisory_count);
    for (uint32_t i = 0; i < builder->advisories.count; i++) {
        if (numbers->advisories[i] != UNPLACED) {
            order[numbers->advisories[i]] = i;
        }
    }
    for (uint32_t i = 0; i < numbers->advisory_count; i++) {
        write_advisory(writer, &builder->advisories.items[order[i]], place);
        while (place < place_count && places[place].key == i) {
            place++;
        }
    }
    struct record_advisory last = {.first_cve = writer_count(writer, SECTION_ADVISORY_CVES),
                                   .first_place = place};
    writer_put(writer, SECTION_ADVISORIES, &last);
    free(order);
    free(places);
}

static void write_cve_order(struct writer *writer)
{
    uint32_t count = writer_count(writer, SECTION_ADVISORY_CVES);
    const char *records = writer->sections[SECTION_ADVISORY_CVES].data;
    struct order_key *keys = mem_grow(NULL, count + 1, sizeof *keys);
    for (uint32_t i = 0; i < count; i++) {
        struct record_advisory_cve record;
        memcpy(&record, records + i * sizeof record, sizeof record);
        keys[i] = (struct order_key){(uint64_t)record.id_high << 32 | record.id_low, i};
    }
    order_sort(keys, count);
    for (uint32_t i = 0; i < count; i++) {
        writer_put_u32(writer, SECTION_CVE_ADVISORIES, keys[i].index);
    }
    free(keys);
}

/* What an ecosystem's page says: how many advisories, the newest of them. */
struct summary {
    uint32_t advisories, last_advisory;
    int64_t newest;
};

static struct summary *summarize(const struct writer *writer,
                                 const struct writer_advisories *numbers)
{
    const struct knowledge_builder *builder = writer->builder;
    struct summary *summaries = mem_alloc_zero(builder->ecosystems.count + 1, sizeof *summaries);
    for (uint32_t i = 0; i < builder->ecosystems.count; i++) {
        summaries[i] = (struct summary){0, UNPLACED, TIME_NONE};
    }
    for (uint32_t i = 0; i < builder->affected.count; i++) {
        const struct builder_affected *affected = &builder->affected.items[i];
        struct summary *summary = &summaries[builder->packages.items[affected->package].ecosystem];
        if (numbers->advisories[affected->advisory] != UNPLACED &&
            summary->last_advisory != affected->advisory) {
            int64_t modified = builder->advisories.items[affected->advisory].modified;
            summary->advisories++;
            summary->last_advisory = affected->advisory;
            summary->newest = modified > summary->newest ? modified : summary->newest;
        }
    }
    return summaries;
}

static void write_ecosystems(struct writer *writer, const struct writer_advisories *numbers)
{
    const struct knowledge_builder *builder = writer->builder;
    struct summary *summaries = summarize(writer, numbers);
    uint32_t package = 0;
    for (uint32_t i = 0; i < numbers->ecosystem_count; i++) {
        uint32_t number = numbers->ecosystem_order[i];
        const struct builder_ecosystem *ecosystem = &builder->ecosystems.items[number];
        struct record_ecosystem record = {
            .newest = summaries[number].newest,
            .name = writer_string(writer, ecosystem->name),
            .scheme = ecosystem->scheme,
            .first_package = package,
            .advisory_count = summaries[number].advisories,
        };
        writer_put(writer, SECTION_ECOSYSTEMS, &record);
        while (package < numbers->package_count &&
               builder->packages.items[numbers->package_order[package]].ecosystem == number) {
            package++;
        }
    }
    struct record_ecosystem last = {.first_package = package};
    writer_put(writer, SECTION_ECOSYSTEMS, &last);
    free(summaries);
}

static void order_advisories(void *context)
{
    struct writer_advisories *numbers = context;
    struct writer *writer = numbers->writer;
    number_advisories(writer, numbers);
    mark_packages(writer, numbers);
    number_ecosystems(writer, numbers);
    number_packages(writer, numbers);
    hash_advisories(writer, numbers);
    sort_affected(writer, numbers);
}

void writer_order_advisories(struct writer *writer)
{
    writer->advisories = mem_alloc_zero(1, sizeof *writer->advisories);
    writer->advisories->writer = writer;
    task_start(&writer->advisories->task, order_advisories, writer->advisories);
}

static void free_order(struct writer_advisories *numbers)
{
    free(numbers->advisories);
    free(numbers->ecosystems);
    free(numbers->packages);
    free(numbers->package_order);
    free(numbers->ecosystem_order);
    free(numbers->advisory_hash);
    free(numbers->stretches);
    free(numbers);
}

void writer_write_advisories(struct writer *writer)
{
    struct writer_advisories *numbers = writer->advisories;
    task_join(&numbers->task);
    write_ecosystems(writer, numbers);
    write_packages(writer, numbers);
    write_advisories(writer, numbers);
    write_cve_order(writer);
    free_order(numbers);
}
