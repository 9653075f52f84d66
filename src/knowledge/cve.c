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
        record.score > 100 || record.rating > CVE_RATING_CRITICAL) { /* K13 */
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
    cve.rating = record.rating;
    *ret = cve;
    return true;
}

/* ---- look-ups by identifier ---- */

/* Every section that is sorted by CVE begins its record with the identifier. */
struct ids {
    const unsigned char *bytes;
    size_t record;
    uint32_t count;
};

static struct ids ids_of(const struct knowledge *knowledge, enum section_id id, size_t record)
{
    const struct section *section = &knowledge->sections[id];
    return (struct ids){section->bytes, record, section->count};
}

static uint64_t id_at(const struct ids *ids, uint32_t index)
{
    uint64_t id;
    memcpy(&id, ids->bytes + index * ids->record, sizeof id);
    return id;
}

/* The first of low to high - 1 that is not below id, else high. */
static uint32_t search_ids(const struct ids *ids, uint32_t low, uint32_t high, uint64_t id)
{
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (id_at(ids, middle) < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Moves *at on to id in ever larger steps: the next of ascending identifiers is near, and what is
 * near is in memory already. */
static bool seek_id(const struct ids *ids, uint32_t *at, uint64_t id)
{
    uint32_t low = *at, step = 1;
    if (low > ids->count || (low > 0 && id_at(ids, low - 1) >= id)) {
        low = 0; /* asked out of order: from the beginning */
    }
    while (step <= ids->count - low && id_at(ids, low + step - 1) < id) {
        low += step;
        step *= 2;
    }
    uint32_t high = step <= ids->count - low ? low + step - 1 : ids->count;
    *at = search_ids(ids, low, high, id);
    return *at < ids->count && id_at(ids, *at) == id;
}

static bool view_kev(const struct knowledge *knowledge, uint32_t index, struct knowledge_kev *ret)
{
    struct record_kev record;
    struct knowledge_kev kev;
    if (!knowledge_record(knowledge, SECTION_KEV, index, &record) ||
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

static bool view_epss(const struct knowledge *knowledge, uint32_t index, struct knowledge_epss *ret)
{
    struct record_epss record;
    if (!knowledge_record(knowledge, SECTION_EPSS, index, &record)) {
        return false;
    }
    if (record.score > KNOWLEDGE_EPSS_ONE || record.percentile > KNOWLEDGE_EPSS_ONE) { /* K14 */
        return knowledge_fault(knowledge);
    }
    ret->score = (double)record.score / KNOWLEDGE_EPSS_ONE;
    ret->percentile = (double)record.percentile / KNOWLEDGE_EPSS_ONE;
    return true;
}

void knowledge_look_up(const struct knowledge *knowledge, uint64_t id,
                       struct knowledge_places *places, struct knowledge_about *ret)
{
    struct ids cves = ids_of(knowledge, SECTION_CVES, sizeof(struct record_cve));
    struct ids kevs = ids_of(knowledge, SECTION_KEV, sizeof(struct record_kev));
    struct ids epss = ids_of(knowledge, SECTION_EPSS, sizeof(struct record_epss));
    ret->has_cve =
        seek_id(&cves, &places->cve, id) && knowledge_cve(knowledge, places->cve, &ret->cve);
    ret->has_kev = seek_id(&kevs, &places->kev, id) && view_kev(knowledge, places->kev, &ret->kev);
    ret->has_epss =
        seek_id(&epss, &places->epss, id) && view_epss(knowledge, places->epss, &ret->epss);
}

static bool find_id(const struct ids *ids, uint64_t id, uint32_t *ret_index)
{
    *ret_index = search_ids(ids, 0, ids->count, id);
    return *ret_index < ids->count && id_at(ids, *ret_index) == id;
}

bool knowledge_find_cve(const struct knowledge *knowledge, uint64_t id, struct knowledge_cve *ret)
{
    struct ids ids = ids_of(knowledge, SECTION_CVES, sizeof(struct record_cve));
    uint32_t index;
    return find_id(&ids, id, &index) && knowledge_cve(knowledge, index, ret);
}

bool knowledge_find_kev(const struct knowledge *knowledge, uint64_t id, struct knowledge_kev *ret)
{
    struct ids ids = ids_of(knowledge, SECTION_KEV, sizeof(struct record_kev));
    uint32_t index;
    return find_id(&ids, id, &index) && view_kev(knowledge, index, ret);
}

bool knowledge_find_epss(const struct knowledge *knowledge, uint64_t id, struct knowledge_epss *ret)
{
    struct ids ids = ids_of(knowledge, SECTION_EPSS, sizeof(struct record_epss));
    uint32_t index;
    return find_id(&ids, id, &index) && view_epss(knowledge, index, ret);
}
