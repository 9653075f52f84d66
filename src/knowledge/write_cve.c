#include "knowledge/writer.h"

#include <stdlib.h>

enum { RECORDS = CVE_RECORD_LIST + 1 };

static void reject(struct builder_cve *cve)
{
    cve->status = CVE_STATUS_REJECTED;
    cve->configuration_count = 0;
    cve->score = CVSS_NO_SCORE;
    cve->cvss_version = 0;
    cve->score_source = 0;
    cve->vector = 0;
    cve->text_block = KNOWLEDGE_NO_TEXT;
    cve->text_offset = 0;
}

static void take_configurations(struct builder_cve *into, const struct builder_cve *from)
{
    into->first_configuration = from->first_configuration;
    into->configuration_count = from->configuration_count;
}

/* Fills what NVD leaves open from the CVE List. The text brings the scores that stand in it. */
static void take_missing(struct builder_cve *into, const struct builder_cve *list)
{
    bool scores = into->score == CVSS_NO_SCORE && list->score != CVSS_NO_SCORE;
    if (list->described && (scores || !into->described)) {
        into->text_block = list->text_block;
        into->text_offset = list->text_offset;
        into->described = true;
    }
    if (scores) {
        into->score = list->score;
        into->cvss_version = list->cvss_version;
        into->score_source = list->score_source;
        into->vector = list->vector;
    }
    if (into->configuration_count == 0) {
        take_configurations(into, list);
    }
    into->published = into->published == TIME_NONE ? list->published : into->published;
    into->modified = into->modified == TIME_NONE ? list->modified : into->modified;
}

/* Joins the records of one CVE, of each kind the last modified, of equally old ones the last
 * read, into one of them, which is returned. One that either side rejects is rejected. */
static uint32_t join_records(struct knowledge_builder *builder, const struct sort_key *keys,
                             uint32_t count)
{
    struct builder_cve *cves = builder->cves.items;
    uint32_t best[RECORDS] = {UNPLACED, UNPLACED, UNPLACED};
    for (uint32_t i = 0; i < count; i++) {
        uint32_t *kind = &best[cves[keys[i].value].record];
        if (*kind == UNPLACED || cves[keys[i].value].modified >= cves[*kind].modified) {
            *kind = keys[i].value;
        }
    }
    uint32_t list = best[CVE_RECORD_LIST], override = best[CVE_RECORD_OVERRIDE];
    uint32_t number = best[CVE_RECORD_NVD] != UNPLACED ? best[CVE_RECORD_NVD]
                      : list != UNPLACED               ? list
                                                       : override;
    struct builder_cve *cve = &cves[number];
    if (override != UNPLACED && cves[override].configuration_count > 0) {
        take_configurations(cve, &cves[override]);
    }
    if (list != UNPLACED && list != number) {
        take_missing(cve, &cves[list]);
    }
    if (cve->status == CVE_STATUS_REJECTED ||
        (list != UNPLACED && cves[list].status == CVE_STATUS_REJECTED)) {
        reject(cve);
    }
    return number;
}

void writer_choose_cves(struct writer *writer)
{
    struct knowledge_builder *builder = writer->builder;
    uint32_t count = builder->cves.count, kept = 0, same;
    struct sort_key *keys = mem_grow(NULL, count ? count : 1, sizeof *keys);
    writer->cve_order = mem_grow(NULL, count ? count : 1, sizeof *writer->cve_order);
    for (uint32_t i = 0; i < count; i++) {
        keys[i] = (struct sort_key){builder->cves.items[i].id, i};
    }
    sort_keys(keys, count);
    for (uint32_t i = 0; i < count; i += same) {
        for (same = 1; i + same < count && keys[i + same].key == keys[i].key;) {
            same++;
        }
        writer->cve_order[kept++] = join_records(builder, &keys[i], same);
    }
    writer->cve_count = kept;
    free(keys);
}

/* Content only, no numbers of this build. */
static uint64_t hash_configuration(const struct writer *writer,
                                   const struct builder_configuration *configuration)
{
    const struct knowledge_builder *builder = writer->builder;
    uint64_t hash = configuration->flags;
    for (uint32_t n = 0; n < configuration->node_count; n++) {
        const struct builder_node *node = &builder->nodes.items[configuration->first_node + n];
        uint64_t terms = node->flags;
        for (uint32_t t = 0; t < node->term_count; t++) {
            uint32_t term = builder->terms.items[node->first_term + t];
            terms = writer_mix((uint64_t[]){terms, writer->match_hash[term >> 1], term & 1}, 3);
        }
        hash = writer_mix((uint64_t[]){hash, terms}, 2);
    }
    return hash;
}

struct place {
    uint64_t cve, configuration; /* identifier, content hash */
};

static void write_node(struct writer *writer, const struct builder_node *node, struct place place,
                       uint32_t position)
{
    const struct knowledge_builder *builder = writer->builder;
    struct record_node record = {
        .configuration_flags =
            (writer_count(writer, SECTION_CONFIGURATIONS) - 1) << FLAG_BITS | node->flags,
        .first_term = writer_count(writer, SECTION_TERMS),
    };
    writer_put(writer, SECTION_NODES, &record);
    for (uint32_t t = 0; t < node->term_count; t++) {
        uint32_t term = builder->terms.items[node->first_term + t], match = term >> 1;
        uint32_t product = builder->matches.items[match].product;
        writer_put_u32(writer, SECTION_TERMS, writer->match_index[match] << 1 | (term & 1));
        /* A sum, so that the order of uses does not matter. */
        writer->product_fingerprints[writer->product_index[product]] +=
            writer_mix((uint64_t[]){writer->match_hash[match], place.cve, place.configuration,
                                    position << 1 | (term & 1)},
                       4);
    }
}

static void write_configuration(struct writer *writer,
                                const struct builder_configuration *configuration, uint64_t cve)
{
    struct record_configuration record = {
        .cve_flags =
            (writer_count(writer, SECTION_CVES) - 1) << CONFIGURATION_BITS | configuration->flags,
        .first_node = writer_count(writer, SECTION_NODES),
    };
    struct place place = {cve, hash_configuration(writer, configuration)};
    writer_put(writer, SECTION_CONFIGURATIONS, &record);
    for (uint32_t n = 0; n < configuration->node_count; n++) {
        const struct builder_node *node =
            &writer->builder->nodes.items[configuration->first_node + n];
        write_node(writer, node, place, n);
    }
}

static void write_cve(struct writer *writer, const struct builder_cve *cve)
{
    struct record_cve record = {
        .id = cve->id,
        .published = cve->published,
        .modified = cve->modified,
        .vector = writer_string(writer, cve->vector),
        .first_configuration = writer_count(writer, SECTION_CONFIGURATIONS),
        .text_block = cve->text_block,
        .text_offset = cve->text_offset,
        .score = cve->score,
        .status = cve->status,
        .cvss_version = cve->cvss_version,
        .score_source = cve->score_source,
    };
    writer_put(writer, SECTION_CVES, &record);
    for (uint32_t c = 0; c < cve->configuration_count; c++) {
        write_configuration(
            writer, &writer->builder->configurations.items[cve->first_configuration + c], cve->id);
    }
}

void writer_write_cves(struct writer *writer)
{
    for (uint32_t i = 0; i < writer->cve_count; i++) {
        write_cve(writer, &writer->builder->cves.items[writer->cve_order[i]]);
    }
    struct record_cve last = {.id = UINT64_MAX,
                              .first_configuration = writer_count(writer, SECTION_CONFIGURATIONS)};
    struct record_configuration last_configuration = {.first_node =
                                                          writer_count(writer, SECTION_NODES)};
    struct record_node last_node = {.first_term = writer_count(writer, SECTION_TERMS)};
    writer_put(writer, SECTION_CVES, &last);
    writer_put(writer, SECTION_CONFIGURATIONS, &last_configuration);
    writer_put(writer, SECTION_NODES, &last_node);
}

static void write_kev(struct writer *writer)
{
    const struct knowledge_builder *builder = writer->builder;
    uint32_t count = builder->kev.count;
    struct sort_key *keys = mem_grow(NULL, count + 1, sizeof *keys);
    for (uint32_t i = 0; i < count; i++) {
        keys[i] = (struct sort_key){builder->kev.items[i].id, i};
    }
    sort_keys(keys, count);
    for (uint32_t i = 0; i < count; i++) {
        struct record_kev record = builder->kev.items[keys[i].value];
        if (i + 1 < count && keys[i + 1].key == record.id) {
            continue; /* the last read stays */
        }
        record.name = writer_string(writer, record.name);
        record.action = writer_string(writer, record.action);
        writer_put(writer, SECTION_KEV, &record);
    }
    free(keys);
}

static void write_epss(struct writer *writer)
{
    const struct knowledge_builder *builder = writer->builder;
    uint32_t count = builder->epss.count;
    struct sort_key *keys = mem_grow(NULL, count + 1, sizeof *keys);
    for (uint32_t i = 0; i < count; i++) {
        keys[i] = (struct sort_key){builder->epss.items[i].id, i};
    }
    sort_keys(keys, count);
    for (uint32_t i = 0; i < count; i++) {
        if (i + 1 == count || keys[i + 1].key != keys[i].key) {
            writer_put(writer, SECTION_EPSS, &builder->epss.items[keys[i].value]);
        }
    }
    free(keys);
}

void writer_write_scores(struct writer *writer)
{
    write_kev(writer);
    write_epss(writer);
}
