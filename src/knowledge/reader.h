/*
 * The inside of the reader: sections of the mapped file and the checked ways into them.
 */
#ifndef ASSAY_KNOWLEDGE_READER_H
#define ASSAY_KNOWLEDGE_READER_H

#include "base/file.h"
#include "knowledge/format.h"

#include <string.h>

struct section {
    const unsigned char *bytes;
    size_t size;
    uint32_t count;    /* of records, without a sentinel */
    uint32_t readable; /* with it */
    uint64_t checksum;
};

struct knowledge {
    struct file_map map; /* empty when the bytes are the caller's */
    struct str bytes;
    int64_t built;
    uint64_t maker, text_built; /* as in the header */
    struct section sections[SECTION_COUNT];
    uint64_t faults;
};

void knowledge_count_fault(const struct knowledge *knowledge) __attribute__((cold));
/* knowledge_fault counts a reference that leads outside and returns false. */
static inline bool knowledge_fault(const struct knowledge *knowledge)
{
    knowledge_count_fault(knowledge);
    return false;
}

/* The ways into the sections stand here, whole, since an assessment takes them some hundred
 * thousand times and each is a few instructions once the compiler sees the size of the record. */

static inline bool knowledge_copy(const struct knowledge *knowledge, enum section_id id,
                                  uint32_t index, void *ret_record, size_t size)
{
    const struct section *section = &knowledge->sections[id];
    if (index >= section->readable) {
        return knowledge_fault(knowledge); /* K10 */
    }
    memcpy(ret_record, section->bytes + (size_t)index * size, size);
    return true;
}
/* knowledge_record copies a record of the section, whose type is that of *ret_record; index may be
 * count for the sentinel. */
#define knowledge_record(knowledge, id, index, ret_record)                                         \
    knowledge_copy((knowledge), (id), (index), (ret_record), sizeof *(ret_record))

/* knowledge_owner is knowledge_record without the sentinel, which owns nothing. */
#define knowledge_owner(knowledge, id, index, ret_record)                                          \
    ((index) < (knowledge)->sections[id].count                                                     \
         ? knowledge_record(knowledge, id, index, ret_record)                                      \
         : knowledge_fault(knowledge))

/* knowledge_span turns the firsts of a record and of its follower into first and count,
 * checked against the section that they lead into. */
static inline bool knowledge_span(const struct knowledge *knowledge, enum section_id target,
                                  uint32_t first, uint32_t next, uint32_t *ret_first,
                                  uint32_t *ret_count)
{
    if (first > next || next > knowledge->sections[target].count) {
        return knowledge_fault(knowledge); /* K9 */
    }
    *ret_first = first;
    *ret_count = next - first;
    return true;
}

static inline bool knowledge_string(const struct knowledge *knowledge, uint32_t ref,
                                    struct str *ret)
{
    const struct section *strings = &knowledge->sections[SECTION_STRINGS];
    uint16_t len;
    if (strings->size < sizeof len || ref > strings->size - sizeof len) {
        return knowledge_fault(knowledge); /* K11 */
    }
    memcpy(&len, strings->bytes + ref, sizeof len);
    if (len > strings->size - sizeof len - ref) {
        return knowledge_fault(knowledge); /* K11 */
    }
    *ret = str_make((const char *)strings->bytes + ref + sizeof len, len);
    return true;
}

/* A string of a record: where the reference stands and where its text goes. */
struct string_field {
    uint32_t ref;
    struct str *ret;
};
static inline bool knowledge_strings(const struct knowledge *knowledge,
                                     const struct string_field *fields, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (!knowledge_string(knowledge, fields[i].ref, fields[i].ret)) {
            return false;
        }
    }
    return true;
}

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
static inline uint32_t knowledge_search(const struct knowledge *knowledge, uint32_t count,
                                        knowledge_order *order, const void *key)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (order(knowledge, middle, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* knowledge_place finds the record with a name by the hash of it in a table of places (K27); order
 * is that of knowledge_search. Returns UINT32_MAX for none; an index that a damaged file gives may
 * be outside the section. */
static inline uint32_t knowledge_place(const struct knowledge *knowledge, enum section_id places,
                                       uint64_t hash, knowledge_order *order, const void *key)
{
    uint32_t slots = knowledge->sections[places].count, slot = knowledge_slot(hash, slots);
    for (uint32_t tried = 0; tried < slots; tried++) {
        struct record_place place;
        if (!knowledge_record(knowledge, places, slot, &place) || place.index_1 == 0) {
            break;
        }
        if (place.tag == (uint32_t)hash && order(knowledge, place.index_1 - 1, key) == 0) {
            return place.index_1 - 1;
        }
        slot = slot + 1 < slots ? slot + 1 : 0;
    }
    return UINT32_MAX;
}

/* knowledge_member_skips is the first of a member's records of SECTION_MEMBER_SKIPS. */
uint32_t knowledge_member_skips(const struct knowledge *knowledge, uint32_t index);
/* knowledge_verify_bulletins checks the sections of Microsoft's updates. */
int knowledge_verify_bulletins(const struct knowledge *knowledge, struct error *err);

#endif
