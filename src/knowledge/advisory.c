#include "knowledge/reader.h"

uint32_t knowledge_ecosystem_count(const struct knowledge *knowledge)
{
    return knowledge->sections[SECTION_ECOSYSTEMS].count;
}

bool knowledge_ecosystem(const struct knowledge *knowledge, uint32_t index,
                         struct knowledge_ecosystem *ret)
{
    struct record_ecosystem record, next;
    struct knowledge_ecosystem ecosystem;
    uint32_t first;
    if (index >= knowledge_ecosystem_count(knowledge)) {
        return knowledge_fault(knowledge);
    }
    if (!knowledge_record(knowledge, SECTION_ECOSYSTEMS, index, &record) ||
        !knowledge_record(knowledge, SECTION_ECOSYSTEMS, index + 1, &next) ||
        !knowledge_span(knowledge, SECTION_PACKAGES, record.first_package, next.first_package,
                        &first, &ecosystem.package_count) ||
        !knowledge_string(knowledge, record.name, &ecosystem.name)) {
        return false;
    }
    if (record.scheme >= VERSION_SCHEMES) { /* K21 */
        return knowledge_fault(knowledge);
    }
    ecosystem.index = index;
    ecosystem.scheme = record.scheme;
    ecosystem.advisory_count = record.advisory_count;
    ecosystem.newest = time_checked(record.newest);
    *ret = ecosystem;
    return true;
}

static int order_ecosystem(const struct knowledge *knowledge, uint32_t index, const void *key)
{
    const struct str *wanted = key;
    struct record_ecosystem record;
    struct str name;
    if (!knowledge_record(knowledge, SECTION_ECOSYSTEMS, index, &record) ||
        !knowledge_string(knowledge, record.name, &name)) {
        return 0;
    }
    return str_cmp(name, *wanted);
}

bool knowledge_find_ecosystem(const struct knowledge *knowledge, struct str name,
                              struct knowledge_ecosystem *ret)
{
    uint32_t count = knowledge_ecosystem_count(knowledge);
    uint32_t index = knowledge_search(knowledge, count, order_ecosystem, &name);
    return index < count && order_ecosystem(knowledge, index, &name) == 0 &&
           knowledge_ecosystem(knowledge, index, ret);
}

static uint32_t package_count(const struct knowledge *knowledge)
{
    return knowledge->sections[SECTION_PACKAGES].count;
}

bool knowledge_package(const struct knowledge *knowledge, uint32_t index,
                       struct knowledge_package *ret)
{
    struct record_package record, next;
    struct knowledge_package package;
    if (index >= package_count(knowledge)) {
        return knowledge_fault(knowledge);
    }
    if (!knowledge_record(knowledge, SECTION_PACKAGES, index, &record) ||
        !knowledge_record(knowledge, SECTION_PACKAGES, index + 1, &next) ||
        !knowledge_span(knowledge, SECTION_AFFECTED, record.first_affected, next.first_affected,
                        &package.first_affected, &package.affected_count) ||
        !knowledge_string(knowledge, record.name, &package.name)) {
        return false;
    }
    package.index = index;
    package.ecosystem = record.ecosystem;
    package.fingerprint = record.fingerprint;
    *ret = package;
    return true;
}

struct package_key {
    uint32_t ecosystem;
    struct str name;
};

static int order_package(const struct knowledge *knowledge, uint32_t index, const void *key)
{
    const struct package_key *wanted = key;
    struct record_package record;
    struct str name;
    if (!knowledge_record(knowledge, SECTION_PACKAGES, index, &record) ||
        !knowledge_string(knowledge, record.name, &name)) {
        return 0;
    }
    if (record.ecosystem != wanted->ecosystem) {
        return record.ecosystem < wanted->ecosystem ? -1 : 1;
    }
    return str_cmp(name, wanted->name);
}

bool knowledge_find_package(const struct knowledge *knowledge, uint32_t ecosystem, struct str name,
                            struct knowledge_package *ret)
{
    struct package_key key = {ecosystem, name};
    uint32_t index = knowledge_place(knowledge, SECTION_PACKAGE_PLACES,
                                     knowledge_hash_package(ecosystem, name), order_package, &key);
    return index < package_count(knowledge) && knowledge_package(knowledge, index, ret);
}

bool knowledge_affected(const struct knowledge *knowledge, uint32_t index,
                        struct knowledge_affected *ret)
{
    struct record_affected record;
    struct knowledge_affected affected;
    if (!knowledge_record(knowledge, SECTION_AFFECTED, index, &record) ||
        !knowledge_version(knowledge, record.introduced, &affected.introduced,
                           &affected.introduced_text) ||
        !knowledge_version(knowledge, record.fixed, &affected.fixed, &affected.fixed_text) ||
        !knowledge_version(knowledge, record.last, &affected.last, &affected.last_text) ||
        !knowledge_string(knowledge, record.urgency, &affected.urgency)) {
        return false;
    }
    affected.advisory = record.advisory;
    affected.package = record.package;
    affected.never = record.never != 0;
    *ret = affected;
    return true;
}

uint32_t knowledge_advisory_count(const struct knowledge *knowledge)
{
    return knowledge->sections[SECTION_ADVISORIES].count;
}

bool knowledge_advisory(const struct knowledge *knowledge, uint32_t index,
                        struct knowledge_advisory *ret)
{
    struct record_advisory record, next;
    struct knowledge_advisory advisory;
    if (index >= knowledge_advisory_count(knowledge)) {
        return knowledge_fault(knowledge);
    }
    if (!knowledge_record(knowledge, SECTION_ADVISORIES, index, &record) ||
        !knowledge_record(knowledge, SECTION_ADVISORIES, index + 1, &next) ||
        !knowledge_span(knowledge, SECTION_ADVISORY_CVES, record.first_cve, next.first_cve,
                        &advisory.first_cve, &advisory.cve_count) ||
        !knowledge_span(knowledge, SECTION_ADVISORY_PLACES, record.first_place, next.first_place,
                        &advisory.first_place, &advisory.place_count)) {
        return false;
    }
    const struct string_field fields[] = {{record.id, &advisory.id},
                                          {record.summary, &advisory.summary},
                                          {record.module, &advisory.module}};
    if (!knowledge_strings(knowledge, fields, 3)) {
        return false;
    }
    advisory.index = index;
    advisory.published = time_checked(record.published);
    advisory.modified = time_checked(record.modified);
    *ret = advisory;
    return true;
}

static uint64_t cve_of(const struct record_advisory_cve *record)
{
    return (uint64_t)record->id_high << 32 | record->id_low;
}

bool knowledge_advisory_cve(const struct knowledge *knowledge, uint32_t index, uint64_t *ret_id)
{
    struct record_advisory_cve record;
    if (!knowledge_record(knowledge, SECTION_ADVISORY_CVES, index, &record)) {
        return false;
    }
    *ret_id = cve_of(&record);
    return true;
}

bool knowledge_advisory_place(const struct knowledge *knowledge, uint32_t position,
                              struct knowledge_affected *ret)
{
    uint32_t index;
    return knowledge_record(knowledge, SECTION_ADVISORY_PLACES, position, &index) &&
           knowledge_affected(knowledge, index, ret);
}

/* The order of section cve advisories: CVE, then advisory (K23). */
static int order_naming(const struct knowledge *knowledge, uint32_t position, const void *key)
{
    const uint64_t *wanted = key;
    struct record_advisory_cve record;
    uint32_t index;
    if (!knowledge_record(knowledge, SECTION_CVE_ADVISORIES, position, &index) ||
        !knowledge_record(knowledge, SECTION_ADVISORY_CVES, index, &record)) {
        return 0;
    }
    uint64_t id = cve_of(&record);
    return id < *wanted ? -1 : id > *wanted;
}

uint32_t knowledge_advisories_naming(const struct knowledge *knowledge, uint64_t cve,
                                     uint32_t *ret_first)
{
    uint32_t total = knowledge->sections[SECTION_CVE_ADVISORIES].count;
    uint32_t first = knowledge_search(knowledge, total, order_naming, &cve);
    uint32_t count = 0;
    while (first + count < total && order_naming(knowledge, first + count, &cve) == 0) {
        count++;
    }
    *ret_first = first;
    return count;
}

bool knowledge_advisory_naming(const struct knowledge *knowledge, uint32_t position,
                               struct knowledge_advisory *ret)
{
    struct record_advisory_cve record;
    uint32_t index;
    return knowledge_record(knowledge, SECTION_CVE_ADVISORIES, position, &index) &&
           knowledge_record(knowledge, SECTION_ADVISORY_CVES, index, &record) &&
           knowledge_advisory(knowledge, record.advisory, ret);
}
