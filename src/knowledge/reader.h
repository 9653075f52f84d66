/*
 * The inside of the reader: sections of the mapped file and the checked ways into them.
 */
#ifndef ASSAY_KNOWLEDGE_READER_H
#define ASSAY_KNOWLEDGE_READER_H

#include "base/file.h"
#include "knowledge/format.h"

struct section {
    const unsigned char *bytes;
    size_t size;
    uint32_t count; /* of records, without a sentinel */
    uint64_t checksum;
};

struct knowledge {
    struct file_map map; /* empty when the bytes are the caller's */
    struct str bytes;
    int64_t built;
    struct section sections[SECTION_COUNT];
    uint64_t faults;
};

/* knowledge_fault counts a reference that leads outside and returns false. */
bool knowledge_fault(const struct knowledge *knowledge);

/* knowledge_record copies a record of the section; index may be count for the sentinel. */
bool knowledge_record(const struct knowledge *knowledge, enum section_id id, uint32_t index,
                      void *ret_record);
/* knowledge_span turns the firsts of a record and of its follower into first and count,
 * checked against the section that they lead into. */
bool knowledge_span(const struct knowledge *knowledge, enum section_id target, uint32_t first,
                    uint32_t next, uint32_t *ret_first, uint32_t *ret_count);
bool knowledge_string(const struct knowledge *knowledge, uint32_t ref, struct str *ret);

/* A string of a record: where the reference stands and where its text goes. */
struct string_field {
    uint32_t ref;
    struct str *ret;
};
bool knowledge_strings(const struct knowledge *knowledge, const struct string_field *fields,
                       unsigned count);
/* knowledge_version gives key and text of a version; key and text may be NULL. */
bool knowledge_version(const struct knowledge *knowledge, uint32_t ref, struct version_key *ret_key,
                       struct str *ret_text);

/* knowledge_unpack_block replaces out's bytes by those of a text block; knowledge_parse_text
 * copies the record at offset of a block to arena. */
bool knowledge_unpack_block(const struct knowledge *knowledge, uint32_t index, struct buf *out);
bool knowledge_parse_text(const struct knowledge *knowledge, struct str block, uint32_t offset,
                          struct arena *arena, struct knowledge_cve_text *ret);

/* knowledge_search finds the first record of a sorted section that is not below key. order
 * compares record index with key: <0, 0, >0. Returns count when all are below. */
typedef int knowledge_order(const struct knowledge *knowledge, uint32_t index, const void *key);
uint32_t knowledge_search(const struct knowledge *knowledge, uint32_t count, knowledge_order *order,
                          const void *key);

/* knowledge_verify_bulletins checks the sections of Microsoft's updates. */
int knowledge_verify_bulletins(const struct knowledge *knowledge, struct error *err);

#endif
