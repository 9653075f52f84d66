#include "knowledge/reader.h"

uint32_t knowledge_cve_count(const struct knowledge *knowledge)
{
    return knowledge->sections[SECTION_CVES].count;
}

bool knowledge_cve(const struct knowledge *knowledge, uint32_t index, struct knowledge_cve *ret)
{
    struct record_cve record, next;
    struct knowledge_cve cve;
    if (index >= knowledge_cve_count(knowledge)) {
        return knowledge_fault(knowledge);
    }
    if (!knowledge_record(knowledge, SECTION_CVES, index, &record) ||
        !knowledge_record(knowledge, SECTION_CVES, index + 1, &next) ||
        !knowledge_span(knowledge, SECTION_CONFIGURATIONS, record.first_configuration,
                        next.first_configuration, &cve.first_configuration,
                        &cve.configuration_count) ||
        !knowledge_string(knowledge, record.vector, &cve.vector)) {
        return false;
    }
    if (record.status > CVE_STATUS_REJECTED || record.cvss_version > CVSS_4_0 ||
        record.score_source > SCORE_SOURCE_ADP || record.score < CVSS_NO_SCORE ||
        record.score > 100) { /* K13 */
        return knowledge_fault(knowledge);
    }
    cve.index = index;
    cve.id = record.id;
    cve.published = time_checked(record.published);
    cve.modified = time_checked(record.modified);
    cve.status = record.status;
    cve.score = record.score;
    cve.cvss_version = record.cvss_version;
    cve.score_source = record.score_source;
    *ret = cve;
    return true;
}

/* Every section that is sorted by CVE begins its record with the identifier. */
struct id_key {
    enum section_id section;
    uint64_t id;
};

union id_record {
    struct record_cve cve;
    struct record_kev kev;
    struct record_epss epss;
    uint64_t id;
};

static int order_id(const struct knowledge *knowledge, uint32_t index, const void *key)
{
    const struct id_key *wanted = key;
    union id_record record;
    if (!knowledge_record(knowledge, wanted->section, index, &record)) {
        return 0;
    }
    return record.id < wanted->id ? -1 : record.id > wanted->id;
}

static bool find_id(const struct knowledge *knowledge, enum section_id section, uint64_t id,
                    uint32_t *ret_index)
{
    struct id_key key = {section, id};
    uint32_t count = knowledge->sections[section].count;
    uint32_t index = knowledge_search(knowledge, count, order_id, &key);
    *ret_index = index;
    return index < count && order_id(knowledge, index, &key) == 0;
}

bool knowledge_find_cve(const struct knowledge *knowledge, uint64_t id, struct knowledge_cve *ret)
{
    uint32_t index;
    return find_id(knowledge, SECTION_CVES, id, &index) && knowledge_cve(knowledge, index, ret);
}

bool knowledge_find_kev(const struct knowledge *knowledge, uint64_t id, struct knowledge_kev *ret)
{
    struct record_kev record;
    struct knowledge_kev kev;
    uint32_t index;
    if (!find_id(knowledge, SECTION_KEV, id, &index) ||
        !knowledge_record(knowledge, SECTION_KEV, index, &record) ||
        !knowledge_string(knowledge, record.name, &kev.name) ||
        !knowledge_string(knowledge, record.action, &kev.action)) {
        return false;
    }
    kev.added = date_checked(record.added);
    kev.due = record.due;
    kev.ransomware = record.ransomware != 0;
    *ret = kev;
    return true;
}

bool knowledge_find_epss(const struct knowledge *knowledge, uint64_t id, struct knowledge_epss *ret)
{
    struct record_epss record;
    uint32_t index;
    if (!find_id(knowledge, SECTION_EPSS, id, &index) ||
        !knowledge_record(knowledge, SECTION_EPSS, index, &record)) {
        return false;
    }
    if (record.score > KNOWLEDGE_EPSS_ONE || record.percentile > KNOWLEDGE_EPSS_ONE) { /* K14 */
        return knowledge_fault(knowledge);
    }
    ret->score = (double)record.score / KNOWLEDGE_EPSS_ONE;
    ret->percentile = (double)record.percentile / KNOWLEDGE_EPSS_ONE;
    return true;
}
