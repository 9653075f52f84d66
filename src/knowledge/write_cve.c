#include "knowledge/writer.h"

#include <stdlib.h>
#include <string.h>

enum { RECORDS = CVE_RECORD_LIST + 1 };

/* reject leaves of a CVE its number and dates. */
static void reject(struct builder_cve *cve)
{
    cve->status = CVE_STATUS_REJECTED;
    cve->configuration_count = 0;
    cve->score = CVSS_NO_SCORE;
    cve->cvss_version = 0;
    cve->score_source = 0;
    cve->vector = 0;
    cve->rating = CVE_RATING_NONE;
    cve->text_block = KNOWLEDGE_NO_TEXT;
    cve->text_offset = 0;
    cve->described = false;
    cve->aside_block = KNOWLEDGE_NO_TEXT;
    cve->joined &= JOINED_PUBLISHED | JOINED_MODIFIED | JOINED_REJECTION;
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
        into->aside_block = into->text_block;
        into->aside_offset = into->text_offset;
        into->aside_described = into->described;
        into->joined |= JOINED_TEXT;
        into->text_block = list->text_block;
        into->text_offset = list->text_offset;
        into->described = true;
    }
    if (scores) {
        into->joined |= JOINED_SCORE;
        into->score = list->score;
        into->cvss_version = list->cvss_version;
        into->score_source = list->score_source;
        into->vector = list->vector;
    }
    if (into->configuration_count == 0 && list->configuration_count > 0) {
        into->joined |= JOINED_CONFIGURATIONS;
        take_configurations(into, list);
    }
    if (into->published == TIME_NONE && list->published != TIME_NONE) {
        into->joined |= JOINED_PUBLISHED;
        into->published = list->published;
    }
    if (into->modified == TIME_NONE && list->modified != TIME_NONE) {
        into->joined |= JOINED_MODIFIED;
        into->modified = list->modified;
    }
}

/* Joins the records of one CVE, of each kind the last modified, of equally old ones the last
 * read, into one of them, which is returned. One that either side rejects is rejected. */
static uint32_t join_records(struct knowledge_builder *builder, const struct order_key *keys,
                             uint32_t count)
{
    struct builder_cve *cves = builder->cves.items;
    uint32_t best[RECORDS] = {UNPLACED, UNPLACED, UNPLACED};
    for (uint32_t i = 0; i < count; i++) {
        uint32_t *kind = &best[cves[keys[i].index].record];
        if (*kind == UNPLACED || cves[keys[i].index].modified >= cves[*kind].modified) {
            *kind = keys[i].index;
        }
    }
    uint32_t list = best[CVE_RECORD_LIST], override = best[CVE_RECORD_OVERRIDE];
    uint32_t number = best[CVE_RECORD_NVD] != UNPLACED ? best[CVE_RECORD_NVD]
                      : list != UNPLACED               ? list
                                                       : override;
    struct builder_cve *cve = &cves[number];
    if (override != UNPLACED && cves[override].configuration_count > 0) {
        cve->joined |= JOINED_OVERRIDE;
        take_configurations(cve, &cves[override]);
    }
    if (list != UNPLACED && list != number) {
        take_missing(cve, &cves[list]);
    }
    bool rejected = cve->status == CVE_STATUS_REJECTED;
    if (!rejected && list != UNPLACED && cves[list].status == CVE_STATUS_REJECTED) {
        cve->joined |= JOINED_REJECTION;
        rejected = true;
    }
    if (rejected) {
        reject(cve);
    }
    return number;
}

void writer_choose_cves(struct writer *writer)
{
    struct knowledge_builder *builder = writer->builder;
    uint32_t count = builder->cves.count, kept = 0, same;
    struct order_key *keys = mem_grow(NULL, count ? count : 1, sizeof *keys);
    writer->cve_order = mem_grow(NULL, count ? count : 1, sizeof *writer->cve_order);
    for (uint32_t i = 0; i < count; i++) {
        keys[i] = (struct order_key){builder->cves.items[i].id, i};
    }
    order_sort(keys, count);
    for (uint32_t i = 0; i < count; i += same) {
        for (same = 1; i + same < count && keys[i + same].key == keys[i].key;) {
            same++;
        }
        writer->cve_order[kept++] = join_records(builder, &keys[i], same);
    }
    writer->cve_count = kept;
    free(keys);
}

/* ---- fingerprints of products ---- */

/* The hash of a match's content, made when it is asked for first. */
static uint64_t hash_of(struct writer *writer, uint32_t match)
{
    uint64_t *hash = &writer->match_hash[match];
    if (*hash == 0) {
        *hash = writer_hash_match(writer, match);
    }
    return *hash;
}

/* Content only, no numbers of this build. */
static uint64_t hash_configuration(struct writer *writer,
                                   const struct builder_configuration *configuration)
{
    const struct knowledge_builder *builder = writer->builder;
    uint64_t hash = configuration->flags;
    for (uint32_t n = 0; n < configuration->node_count; n++) {
        const struct builder_node *node = &builder->nodes.items[configuration->first_node + n];
        uint64_t terms = node->flags;
        for (uint32_t t = 0; t < node->term_count; t++) {
            uint32_t term = builder->terms.items[node->first_term + t];
            terms = writer_mix((uint64_t[]){terms, hash_of(writer, term >> 1), term & 1}, 3);
        }
        hash = writer_mix((uint64_t[]){hash, terms}, 2);
    }
    return hash;
}

struct place {
    uint64_t cve, configuration; /* identifier, content hash */
};

/* Adds the places of a node's criteria to the fingerprints of their products, or takes them out. */
static void count_node(struct writer *writer, const struct builder_node *node, struct place place,
                       uint32_t position, bool out)
{
    const struct knowledge_builder *builder = writer->builder;
    for (uint32_t t = 0; t < node->term_count; t++) {
        uint32_t term = builder->terms.items[node->first_term + t], match = term >> 1;
        uint32_t product = writer->product_index[builder->matches.items[match].product];
        uint64_t hash = writer_mix((uint64_t[]){hash_of(writer, match), place.cve,
                                                place.configuration, position << 1 | (term & 1)},
                                   4);
        if (product != UNPLACED) {
            /* A sum, so that the order of uses does not matter. */
            writer->product_fingerprints[product] += out ? -hash : hash;
        }
    }
}

static void count_cve(struct writer *writer, const struct builder_cve *cve, bool out)
{
    const struct knowledge_builder *builder = writer->builder;
    for (uint32_t c = 0; c < cve->configuration_count; c++) {
        const struct builder_configuration *configuration =
            &builder->configurations.items[cve->first_configuration + c];
        struct place place = {cve->id, hash_configuration(writer, configuration)};
        for (uint32_t n = 0; n < configuration->node_count; n++) {
            count_node(writer, &builder->nodes.items[configuration->first_node + n], place, n, out);
        }
    }
}

/* Of CVEs that stand as in the old file the fingerprints tell already. */
static void count_gone(struct writer *writer)
{
    const struct builder_old *old = &writer->builder->old;
    for (uint32_t i = 0; i < old->fingerprints.count; i++) {
        if (writer->product_index[i] != UNPLACED) {
            writer->product_fingerprints[writer->product_index[i]] = old->fingerprints.items[i];
        }
    }
    for (uint32_t i = 0; i < old->gone.count; i++) {
        count_cve(writer, &old->gone.items[i], true);
    }
}

/* ---- the sections ---- */

static void write_terms(struct writer *writer, const struct builder_node *node)
{
    const uint32_t *terms = &writer->builder->terms.items[node->first_term];
    struct buf *section = &writer->sections[SECTION_TERMS];
    char *at = buf_reserve(section, node->term_count * sizeof *terms);
    if (at == NULL) {
        return;
    }
    for (uint32_t t = 0; t < node->term_count; t++) {
        uint32_t term = writer->match_index[terms[t] >> 1] << 1 | (terms[t] & 1);
        memcpy(at + t * sizeof term, &term, sizeof term);
    }
    section->len += node->term_count * sizeof *terms;
}

static void write_configuration(struct writer *writer,
                                const struct builder_configuration *configuration, uint32_t cve)
{
    struct buf *nodes = &writer->sections[SECTION_NODES];
    struct buf *configurations = &writer->sections[SECTION_CONFIGURATIONS];
    const struct buf *terms = &writer->sections[SECTION_TERMS];
    uint32_t number = (uint32_t)(configurations->len / sizeof(struct record_configuration));
    struct record_configuration record = {
        .cve_flags = cve << CONFIGURATION_BITS | configuration->flags,
        .first_node = (uint32_t)(nodes->len / sizeof(struct record_node)),
    };
    buf_put(configurations, &record, sizeof record);
    for (uint32_t n = 0; n < configuration->node_count; n++) {
        const struct builder_node *node =
            &writer->builder->nodes.items[configuration->first_node + n];
        struct record_node written = {
            .configuration_flags = number << FLAG_BITS | node->flags,
            .first_term = (uint32_t)(terms->len / sizeof(uint32_t)),
        };
        buf_put(nodes, &written, sizeof written);
        write_terms(writer, node);
    }
}

static void write_aside(struct writer *writer, const struct builder_cve *cve, uint32_t number)
{
    struct record_aside aside = {number, cve->aside_block, cve->aside_offset, cve->aside_described};
    if ((cve->joined & JOINED_TEXT) && cve->aside_block != KNOWLEDGE_NO_TEXT) {
        writer_put(writer, SECTION_ASIDE, &aside);
    }
}

static void write_cve(struct writer *writer, const struct builder_cve *cve, uint32_t number)
{
    struct record_cve record = {
        .id = cve->id,
        .published = cve->published,
        .modified = cve->modified,
        .vector = writer_string(writer, cve->vector),
        .first_configuration = (uint32_t)(writer->sections[SECTION_CONFIGURATIONS].len /
                                          sizeof(struct record_configuration)),
        .text_block = cve->text_block,
        .text_offset = cve->text_offset,
        .score = cve->score,
        .status = cve->status,
        .cvss_version = cve->cvss_version,
        .score_source = cve->score_source,
        .joined = cve->joined | (cve->described ? JOINED_DESCRIBED : 0),
        .input = cve->input,
        .rating = cve->rating,
    };
    buf_put(&writer->sections[SECTION_CVES], &record, sizeof record);
    write_aside(writer, cve, number);
    for (uint32_t c = 0; c < cve->configuration_count; c++) {
        write_configuration(
            writer, &writer->builder->configurations.items[cve->first_configuration + c], number);
    }
    if (!cve->settled) {
        count_cve(writer, cve, false);
    }
}

void writer_write_cves(struct writer *writer)
{
    count_gone(writer);
    for (uint32_t i = 0; i < writer->cve_count; i++) {
        write_cve(writer, &writer->builder->cves.items[writer->cve_order[i]], i);
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
    struct order_key *keys = mem_grow(NULL, count + 1, sizeof *keys);
    for (uint32_t i = 0; i < count; i++) {
        keys[i] = (struct order_key){builder->kev.items[i].id, i};
    }
    order_sort(keys, count);
    for (uint32_t i = 0; i < count; i++) {
        struct record_kev record = builder->kev.items[keys[i].index];
        if (i + 1 < count && keys[i + 1].key == record.id) {
            continue; /* the last read stays */
        }
        record.name = writer_string(writer, record.name);
        record.action = writer_string(writer, record.action);
        writer_put(writer, SECTION_KEV, &record);
    }
    free(keys);
}

/* Ascending, each once: as a file has them that changes are folded into. */
static bool is_written(const struct record_epss *items, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        if (items[i].id <= items[i - 1].id) {
            return false;
        }
    }
    return true;
}

static void write_epss(struct writer *writer)
{
    const struct knowledge_builder *builder = writer->builder;
    uint32_t count = builder->epss.count;
    if (is_written(builder->epss.items, count)) {
        buf_put(&writer->sections[SECTION_EPSS], builder->epss.items,
                count * sizeof *builder->epss.items);
        return;
    }
    struct order_key *keys = mem_grow(NULL, count + 1, sizeof *keys);
    for (uint32_t i = 0; i < count; i++) {
        keys[i] = (struct order_key){builder->epss.items[i].id, i};
    }
    order_sort(keys, count);
    for (uint32_t i = 0; i < count; i++) {
        if (i + 1 == count || keys[i + 1].key != keys[i].key) {
            writer_put(writer, SECTION_EPSS, &builder->epss.items[keys[i].index]);
        }
    }
    free(keys);
}

void writer_write_scores(struct writer *writer)
{
    write_kev(writer);
    write_epss(writer);
}
