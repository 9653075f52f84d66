#include "knowledge/restore.h"

#include <string.h>

static void add_terms(struct restore *restore)
{
    struct knowledge_builder *builder = restore->builder;
    const struct section *terms = &restore->old->sections[SECTION_TERMS];
    uint32_t matches = restore->old->sections[SECTION_MATCHES].count;
    list_reserve(&builder->terms, terms->count);
    if (terms->count > 0) {
        memcpy(builder->terms.items, terms->bytes, terms->size);
    }
    for (uint32_t i = 0; i < terms->count; i++) {
        restore->damaged = restore->damaged || builder->terms.items[i] >> 1 >= matches;
    }
    builder->terms.count = terms->count;
}

static void add_nodes(struct restore *restore)
{
    struct knowledge_builder *builder = restore->builder;
    const struct section *nodes = &restore->old->sections[SECTION_NODES];
    uint32_t terms = restore->old->sections[SECTION_TERMS].count;
    struct record_node record, next;
    list_reserve(&builder->nodes, nodes->count);
    memcpy(&record, nodes->bytes, sizeof record);
    for (uint32_t i = 0; i < nodes->count; i++) {
        memcpy(&next, nodes->bytes + (i + 1) * sizeof next, sizeof next);
        if (record.first_term > next.first_term || next.first_term > terms) {
            restore->damaged = true;
            return;
        }
        builder->nodes.items[i] = (struct builder_node){
            .first_term = record.first_term,
            .term_count = next.first_term - record.first_term,
            .flags = record.configuration_flags & ((1u << FLAG_BITS) - 1),
        };
        record = next;
    }
    builder->nodes.count = nodes->count;
}

void restore_configurations(struct restore *restore)
{
    struct knowledge_builder *builder = restore->builder;
    const struct section *configurations = &restore->old->sections[SECTION_CONFIGURATIONS];
    uint32_t nodes = restore->old->sections[SECTION_NODES].count;
    struct record_configuration record, next;
    add_terms(restore);
    add_nodes(restore);
    list_reserve(&builder->configurations, configurations->count);
    memcpy(&record, configurations->bytes, sizeof record);
    for (uint32_t i = 0; i < configurations->count; i++) {
        memcpy(&next, configurations->bytes + (i + 1) * sizeof next, sizeof next);
        if (record.first_node > next.first_node || next.first_node > nodes) {
            restore->damaged = true;
            return;
        }
        builder->configurations.items[i] = (struct builder_configuration){
            .first_node = record.first_node,
            .node_count = next.first_node - record.first_node,
            .flags = record.cve_flags & ((1u << CONFIGURATION_BITS) - 1),
        };
        record = next;
    }
    builder->configurations.count = configurations->count;
}

/* Where the configurations of an old CVE begin; false: there is no such record. */
static bool find_first(const struct knowledge *old, uint32_t index, uint32_t *ret)
{
    const struct section *section = &old->sections[SECTION_CVES];
    size_t at = (size_t)index * sizeof(struct record_cve);
    if (at + sizeof(struct record_cve) > section->size) {
        return false;
    }
    memcpy(ret, section->bytes + at + offsetof(struct record_cve, first_configuration),
           sizeof *ret);
    return true;
}

/* The configurations of an old CVE, which have kept their numbers. */
static void set_configurations(struct restore *restore, const struct record_cve *record,
                               uint32_t index, struct builder_cve *cve)
{
    uint32_t next;
    if (!find_first(restore->old, index + 1, &next) ||
        !knowledge_span(restore->old, SECTION_CONFIGURATIONS, record->first_configuration, next,
                        &cve->first_configuration, &cve->configuration_count)) {
        restore->damaged = true;
    }
}

static int order_asides(const struct knowledge *old, uint32_t index, const void *key)
{
    const uint32_t *cve = key;
    struct record_aside record;
    knowledge_record(old, SECTION_ASIDE, index, &record);
    return (record.cve > *cve) - (record.cve < *cve);
}

/* NVD's text of a CVE that has another's. CVEs are asked for in their order, mostly. */
static void find_aside(struct restore *restore, uint32_t index, struct builder_cve *cve)
{
    const struct knowledge *old = restore->old;
    uint32_t count = old->sections[SECTION_ASIDE].count;
    struct record_aside record = {.cve = UINT32_MAX};
    if (restore->next_aside < count) {
        knowledge_record(old, SECTION_ASIDE, restore->next_aside, &record);
    }
    if (record.cve != index) {
        restore->next_aside = knowledge_search(old, count, order_asides, &index);
        if (restore->next_aside < count) {
            knowledge_record(old, SECTION_ASIDE, restore->next_aside, &record);
        }
    }
    if (record.cve == index) {
        restore->next_aside++;
        cve->aside_block = record.text_block;
        cve->aside_offset = record.text_offset;
        cve->aside_described = record.described != 0;
    }
}

static struct builder_cve read_cve(struct restore *restore, uint32_t index,
                                   const struct record_cve *record)
{
    struct builder_cve cve = {
        .id = record->id,
        .published = time_checked(record->published),
        .modified = time_checked(record->modified),
        .vector = restore_string(restore, record->vector),
        .text_block = record->text_block,
        .text_offset = record->text_offset,
        .score = record->score,
        .status = record->status,
        .cvss_version = record->cvss_version,
        .score_source = record->score_source,
        .rating = (uint8_t)record->rating,
        .record = CVE_RECORD_NVD,
        .joined = record->joined & (uint8_t)~JOINED_DESCRIBED,
        .described = record->joined & JOINED_DESCRIBED,
        .aside_block = KNOWLEDGE_NO_TEXT,
    };
    if (cve.joined & JOINED_TEXT) {
        find_aside(restore, index, &cve);
    }
    return cve;
}

void restore_cve(struct restore *restore, uint32_t index, const struct record_cve *record,
                 uint16_t input)
{
    struct builder_cve cve = read_cve(restore, index, record);
    cve.input = input;
    cve.settled = true;
    set_configurations(restore, record, index, &cve);
    *list_add(&restore->builder->cves) = cve;
}

void restore_gone(struct restore *restore, uint32_t index, const struct record_cve *record)
{
    struct builder_cve cve = read_cve(restore, index, record);
    set_configurations(restore, record, index, &cve);
    *list_add(&restore->builder->old.gone) = cve;
}

/* What came from other records goes. What they put in its place is not known any more: they must
 * do so again, which knowledge_fold_finish looks at. */
void restore_nvd(struct restore *restore, uint32_t index, const struct record_cve *record,
                 uint16_t input)
{
    struct builder_cve cve = read_cve(restore, index, record);
    cve.input = input;
    if (cve.joined & JOINED_TEXT) {
        cve.text_block = cve.aside_block;
        cve.text_offset = cve.aside_offset;
        cve.described = cve.aside_described;
        cve.aside_block = KNOWLEDGE_NO_TEXT;
    }
    if (cve.joined & JOINED_SCORE) {
        cve.score = CVSS_NO_SCORE;
        cve.cvss_version = 0;
        cve.score_source = 0;
        cve.vector = 0;
    }
    if (!(cve.joined & (JOINED_CONFIGURATIONS | JOINED_OVERRIDE))) {
        set_configurations(restore, record, index, &cve);
    }
    cve.published = (cve.joined & JOINED_PUBLISHED) ? TIME_NONE : cve.published;
    cve.modified = (cve.joined & JOINED_MODIFIED) ? TIME_NONE : cve.modified;
    cve.status = (cve.joined & JOINED_REJECTION) ? CVE_STATUS_OTHER : cve.status;
    cve.joined = 0;
    builder_cve_put(restore->builder, &cve);
}
