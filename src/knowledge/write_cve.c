#include "knowledge/writer.h"

#include <stdlib.h>

/* Of several records of one CVE the last modified stays, of equally old ones the last read. */
void writer_choose_cves(struct writer *writer)
{
    const struct knowledge_builder *builder = writer->builder;
    uint32_t count = builder->cves.count, kept = 0;
    struct sort_key *keys = mem_grow(NULL, count ? count : 1, sizeof *keys);
    writer->cve_order = mem_grow(NULL, count ? count : 1, sizeof *writer->cve_order);
    for (uint32_t i = 0; i < count; i++) {
        keys[i] = (struct sort_key){builder->cves.items[i].id, i};
    }
    sort_keys(keys, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct builder_cve *cve = &builder->cves.items[keys[i].value];
        const struct builder_cve *last =
            kept > 0 ? &builder->cves.items[writer->cve_order[kept - 1]] : NULL;
        if (last == NULL || last->id != cve->id) {
            writer->cve_order[kept++] = keys[i].value;
        } else if (cve->modified >= last->modified) {
            writer->cve_order[kept - 1] = keys[i].value;
        }
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
        .cve_flags = (writer_count(writer, SECTION_CVES) - 1) << FLAG_BITS | configuration->flags,
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
