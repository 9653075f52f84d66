#include "base/limits.h"
#include "base/memory.h"
#include "knowledge/reader.h"

#include <stdlib.h>
#include <string.h>

#define REBUILD "build it again with `assay kb build`"

void knowledge_count_fault(const struct knowledge *knowledge)
{
    /* The handle is shared between threads and otherwise constant. */
    __atomic_fetch_add((uint64_t *)&knowledge->faults, 1, __ATOMIC_RELAXED);
}

uint64_t knowledge_faults(const struct knowledge *knowledge)
{
    return __atomic_load_n(&knowledge->faults, __ATOMIC_RELAXED);
}

int64_t knowledge_built(const struct knowledge *knowledge)
{
    return knowledge->built;
}

static int read_header(struct str bytes, struct file_header *ret_header, struct error *err)
{
    struct file_header header;
    if (bytes.len < sizeof header || memcmp(bytes.ptr, KNOWLEDGE_MAGIC, 8) != 0) { /* K1 */
        return error_set_at(err, ERR_FORMAT, 0, "not a knowledge file; " REBUILD);
    }
    memcpy(&header, bytes.ptr, sizeof header);
    if (header.version != KNOWLEDGE_VERSION) { /* K2 */
        return error_set_at(err, ERR_VERSION, 8,
                            "format version %u, this program reads %u; " REBUILD, header.version,
                            KNOWLEDGE_VERSION);
    }
    if (header.file_size != bytes.len) { /* K3 */
        return error_set_at(err, ERR_FORMAT, bytes.len,
                            "%llu bytes where it should have %llu: cut short or damaged; " REBUILD,
                            (unsigned long long)bytes.len, (unsigned long long)header.file_size);
    }
    if (header.section_count > KNOWLEDGE_TOC_MAX ||
        header.section_count * sizeof(struct toc_entry) > bytes.len - sizeof header) { /* K4 */
        return error_set_at(err, ERR_FORMAT, 12, "table of contents does not fit; " REBUILD);
    }
    *ret_header = header;
    return 0;
}

static int read_entry(struct knowledge *knowledge, const struct toc_entry *entry, uint64_t at,
                      struct error *err)
{
    const struct section_type *type = &section_types[entry->id];
    uint64_t records = entry->size / type->record;
    if (entry->record != type->record || entry->size % type->record != 0 || records >= UINT32_MAX ||
        (type->sentinel && records == 0)) { /* K6, K8, K9 */
        return error_set_at(err, ERR_FORMAT, at, "section %s has a wrong size; " REBUILD,
                            type->name);
    }
    knowledge->sections[entry->id] = (struct section){
        .bytes = (const unsigned char *)knowledge->bytes.ptr + entry->offset,
        .size = entry->size,
        .count = (uint32_t)records - (type->sentinel ? 1 : 0),
        .readable = (uint32_t)records,
        .checksum = entry->checksum,
    };
    return 0;
}

static struct toc_entry read_toc_entry(const struct knowledge *knowledge, uint32_t index)
{
    struct toc_entry entry;
    memcpy(&entry, knowledge->bytes.ptr + sizeof(struct file_header) + index * sizeof entry,
           sizeof entry);
    return entry;
}

/* The sections' numbers ascend (K5); they lie behind each other in that order, but for the texts,
 * which come first (K7). */
static int check_contents(const struct knowledge *knowledge, const struct file_header *header,
                          struct error *err)
{
    uint64_t start = sizeof *header + header->section_count * sizeof(struct toc_entry);
    uint64_t first = start, end = 0;
    uint32_t previous = 0;
    for (uint32_t i = 0; i < header->section_count; i++) {
        struct toc_entry entry = read_toc_entry(knowledge, i);
        bool inside = entry.offset % KNOWLEDGE_ALIGNMENT == 0 && entry.offset >= start &&
                      entry.offset <= knowledge->bytes.len &&
                      entry.size <= knowledge->bytes.len - entry.offset;
        bool text = entry.id == SECTION_TEXT;
        if (text && inside) {
            first = entry.offset + entry.size;
        }
        if (entry.id <= previous || !inside || (!text && entry.offset < end)) {
            return error_set_at(err, ERR_FORMAT, sizeof *header + i * sizeof entry,
                                "section %u lies outside the file; " REBUILD, entry.id);
        }
        previous = entry.id;
        end = text ? end : entry.offset + entry.size;
    }
    for (uint32_t i = 0; i < header->section_count; i++) {
        struct toc_entry entry = read_toc_entry(knowledge, i);
        if (entry.id != SECTION_TEXT && entry.offset < first) {
            return error_set_at(err, ERR_FORMAT, sizeof *header + i * sizeof entry,
                                "section %u lies in the texts; " REBUILD, entry.id);
        }
    }
    return 0;
}

static int read_contents(struct knowledge *knowledge, const struct file_header *header,
                         struct error *err)
{
    int result = check_contents(knowledge, header, err);
    for (uint32_t i = 0; result == 0 && i < header->section_count; i++) {
        struct toc_entry entry = read_toc_entry(knowledge, i);
        if (entry.id < SECTION_COUNT) {
            result = read_entry(knowledge, &entry, sizeof *header + i * sizeof entry, err);
        }
    }
    for (uint32_t id = 1; result == 0 && id < SECTION_COUNT; id++) {
        if (knowledge->sections[id].bytes == NULL) { /* K5 */
            return error_set_at(err, ERR_FORMAT, sizeof *header, "section %s is missing; " REBUILD,
                                section_types[id].name);
        }
    }
    return result;
}

int knowledge_open_bytes(struct str bytes, struct knowledge **ret_knowledge, struct error *err)
{
    struct file_header header = {0};
    int result = read_header(bytes, &header, err);
    if (result < 0) {
        return result;
    }
    struct knowledge *knowledge = mem_alloc_zero(1, sizeof *knowledge);
    knowledge->bytes = bytes;
    knowledge->built = time_checked(header.built);
    knowledge->maker = header.maker;
    knowledge->text_built = header.text_built;
    result = read_contents(knowledge, &header, err);
    if (result < 0) {
        free(knowledge);
        return result;
    }
    *ret_knowledge = knowledge;
    return 0;
}

int knowledge_open(const char *path, struct knowledge **ret_knowledge, struct error *err)
{
    struct file_map map;
    int result = file_map(path, &map, err);
    if (result < 0) {
        return result;
    }
    struct str bytes = {(const char *)map.bytes, map.len};
    result = map.len > LIMIT_KNOWLEDGE
                 ? error_set(err, ERR_LIMIT, "larger than any knowledge file; " REBUILD)
                 : knowledge_open_bytes(bytes, ret_knowledge, err);
    if (result < 0) {
        file_unmap(&map);
        return error_add_where(err, path), result;
    }
    (*ret_knowledge)->map = map;
    return 0;
}

void knowledge_close(struct knowledge *knowledge)
{
    if (knowledge != NULL) {
        file_unmap(&knowledge->map);
        free(knowledge);
    }
}

bool knowledge_version(const struct knowledge *knowledge, uint32_t ref, struct version_key *ret_key,
                       struct str *ret_text)
{
    const struct section *versions = &knowledge->sections[SECTION_VERSIONS];
    struct version_head head;
    if (versions->size < sizeof head || ref > versions->size - sizeof head) {
        return knowledge_fault(knowledge); /* K12 */
    }
    const unsigned char *at = versions->bytes + ref;
    memcpy(&head, at, sizeof head);
    at += sizeof head;
    uint32_t epoch = VERSION_NO_EPOCH, epoch_len = head.has_epoch ? sizeof epoch : 0;
    size_t need = (size_t)epoch_len + head.key_len + head.text_len;
    uint64_t class;
    if (need > versions->size - sizeof head - ref ||
        !knowledge_record(knowledge, SECTION_CLASSES, head.class_index, &class)) {
        return knowledge_fault(knowledge); /* K12 */
    }
    memcpy(&epoch, at, epoch_len);
    at += epoch_len;
    if (ret_key != NULL) {
        *ret_key = (struct version_key){class, epoch, head.key_len, at};
    }
    if (ret_text != NULL) {
        *ret_text = str_make((const char *)at + head.key_len, head.text_len);
    }
    return true;
}
