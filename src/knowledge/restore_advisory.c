#include "knowledge/restore.h"

static uint32_t find_ecosystem(struct restore *restore, uint32_t index)
{
    struct knowledge_builder *builder = restore->builder;
    struct record_ecosystem record = {0};
    if (index >= restore->old->sections[SECTION_ECOSYSTEMS].count) {
        restore->damaged = true;
    } else {
        knowledge_record(restore->old, SECTION_ECOSYSTEMS, index, &record);
    }
    uint32_t string = restore_string(restore, record.name);
    uint32_t number = intern_add(&builder->ecosystem_names, intern_text(&builder->strings, string));
    if (number == builder->ecosystems.count) {
        *list_add(&builder->ecosystems) =
            (struct builder_ecosystem){string, (enum version_scheme)record.scheme};
    }
    return number;
}

static uint32_t find_package(struct restore *restore, uint32_t index)
{
    struct knowledge_builder *builder = restore->builder;
    struct record_package record = {0};
    if (index >= restore->old->sections[SECTION_PACKAGES].count) {
        restore->damaged = true;
        return 0;
    }
    if (restore->packages[index] != RESTORE_NONE) {
        return restore->packages[index];
    }
    knowledge_record(restore->old, SECTION_PACKAGES, index, &record);
    struct builder_package package = {find_ecosystem(restore, record.ecosystem),
                                      restore_string(restore, record.name)};
    uint32_t number =
        intern_add(&builder->package_names, str_make((const char *)&package, sizeof package));
    if (number == builder->packages.count) {
        *list_add(&builder->packages) = package;
    }
    restore->packages[index] = number;
    return number;
}

static void add_affected(struct restore *restore, uint32_t position)
{
    struct knowledge_builder *builder = restore->builder;
    struct record_affected record;
    uint32_t index;
    if (!knowledge_record(restore->old, SECTION_ADVISORY_PLACES, position, &index) ||
        !knowledge_record(restore->old, SECTION_AFFECTED, index, &record)) {
        restore->damaged = true;
        return;
    }
    struct builder_affected affected = {
        .advisory = builder->advisories.count - 1,
        .package = find_package(restore, record.package),
        .introduced = restore_version(restore, record.introduced),
        .fixed = restore_version(restore, record.fixed),
        .last = restore_version(restore, record.last),
        .urgency = restore_string(restore, record.urgency),
        .never = record.never != 0,
    };
    if (!restore->damaged) {
        *list_add(&builder->affected) = affected;
    }
}

void restore_advisory(struct restore *restore, uint32_t index)
{
    struct knowledge_builder *builder = restore->builder;
    struct knowledge_advisory advisory;
    struct record_advisory record;
    if (!knowledge_advisory(restore->old, index, &advisory) ||
        !knowledge_record(restore->old, SECTION_ADVISORIES, index, &record)) {
        restore->damaged = true;
        return;
    }
    *list_add(&builder->advisories) = (struct builder_advisory){
        .published = advisory.published,
        .modified = advisory.modified,
        .id = restore_string(restore, record.id),
        .summary = restore_string(restore, record.summary),
        .module = restore_string(restore, record.module),
        .first_cve = builder->advisory_cves.count,
        .cve_count = advisory.cve_count,
    };
    for (uint32_t i = 0; i < advisory.cve_count; i++) {
        uint64_t id = 0;
        knowledge_advisory_cve(restore->old, advisory.first_cve + i, &id);
        *list_add(&builder->advisory_cves) = id;
    }
    for (uint32_t i = 0; i < advisory.place_count; i++) {
        add_affected(restore, advisory.first_place + i);
    }
}
