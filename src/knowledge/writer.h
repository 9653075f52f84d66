/*
 * The inside of knowledge_builder_write: records are sorted, numbered anew and laid out
 * section by section. Strings and versions are placed at their first mention, so that what is
 * read together lies together and what no record mentions is left out.
 */
#ifndef ASSAY_KNOWLEDGE_WRITER_H
#define ASSAY_KNOWLEDGE_WRITER_H

#include "base/order.h"
#include "base/task.h"
#include "knowledge/builder.h"

struct contents {
    struct file_header header;
    struct toc_entry entries[SECTION_COUNT - 1];
};

/* Sections that are being written. */
struct flush {
    struct writer *writer;
    struct task task;
    int fd, result;
    struct error err;
    unsigned first, end; /* places in the file */
    uint64_t from, to;   /* bytes */
};

struct writer {
    struct knowledge_builder *builder;
    struct buf sections[SECTION_COUNT];
    struct contents contents;
    uint64_t end;     /* of the sections that have their place */
    unsigned flushed; /* how many sections have one */
    struct flush flush;
    uint32_t *string_refs;  /* by number; UNPLACED until mentioned */
    uint32_t *version_refs; /* by number */
    struct intern classes;
    const struct packed *packed; /* the texts */

    uint32_t *cve_order; /* builder's CVEs that are kept, by identifier */
    uint32_t cve_count;

    uint32_t *product_order; /* builder's products that are kept, sorted */
    uint32_t product_count;
    uint32_t *product_index; /* builder's product to the file's; UNPLACED: not kept */
    uint32_t *match_index;   /* builder's match to the file's; UNPLACED: not kept */
    uint32_t *match_order;   /* the file's match to the builder's */
    uint32_t match_count;
    uint32_t *qualifiers_index;     /* builder's to the file's; UNPLACED: not kept */
    uint64_t *match_hash;           /* of content, by builder's match; 0: not made yet */
    uint64_t *qualifiers_hash;      /* the same, by builder's qualifiers */
    uint64_t *product_fingerprints; /* by the file's product */

    struct writer_advisories *advisories; /* how they are numbered, which is found out beside */

    int result; /* first failure, with err */
    struct error *err;
};
#define UNPLACED UINT32_MAX

uint32_t writer_place_string(struct writer *writer, uint32_t number);
static inline uint32_t writer_string(struct writer *writer, uint32_t number)
{
    uint32_t ref = writer->string_refs[number];
    return ref != UNPLACED ? ref : writer_place_string(writer, number);
}

uint32_t writer_place_version(struct writer *writer, uint32_t number);
static inline uint32_t writer_version(struct writer *writer, uint32_t number)
{
    uint32_t ref = writer->version_refs[number];
    return ref != UNPLACED ? ref : writer_place_version(writer, number);
}

static inline void writer_put(struct writer *writer, enum section_id id, const void *record)
{
    buf_put(&writer->sections[id], record, section_types[id].record);
}

/* writer_put_u32 is for sections of plain numbers. */
static inline void writer_put_u32(struct writer *writer, enum section_id id, uint32_t value)
{
    buf_put(&writer->sections[id], &value, sizeof value);
}

/* writer_put_places writes a table that finds records by the hashes of their names (K27): those of
 * count names, each with the record's index. */
struct writer_place {
    uint64_t hash;
    uint32_t index;
};
void writer_put_places(struct writer *writer, enum section_id id, const struct writer_place *places,
                       uint32_t count);

/* writer_count is how many records a section has so far. */
uint32_t writer_count(const struct writer *writer, enum section_id id);
/* writer_map makes a map of count numbers, all UNPLACED; free() it. */
uint32_t *writer_map(uint32_t count);
struct str writer_text(const struct writer *writer, uint32_t number);
/* writer_hash_match makes the hash of a match's content. */
uint64_t writer_hash_match(const struct writer *writer, uint32_t number);
uint64_t writer_mix(const uint64_t *parts, unsigned count);

/* writer_order_advisories begins to order advisories and packages beside the steps before
 * writer_write_advisories, which waits for it. */
void writer_order_advisories(struct writer *writer);
/* One step each of writing, in this order. */
void writer_choose_cves(struct writer *writer);
void writer_order_products(struct writer *writer);
void writer_write_cves(struct writer *writer);
void writer_write_products(struct writer *writer);
void writer_write_scores(struct writer *writer);
void writer_write_advisories(struct writer *writer);
void writer_write_lifecycles(struct writer *writer);
void writer_write_bulletins(struct writer *writer);
void writer_write_inputs(struct writer *writer);

#endif
