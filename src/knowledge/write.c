#include "knowledge/writer.h"

#include "base/file.h"
#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

static void fail(struct writer *writer, const char *what)
{
    if (writer->result == 0) {
        writer->result =
            error_set(writer->err, ERR_LIMIT, "more %s than a knowledge file holds", what);
    }
}

void writer_put(struct writer *writer, enum section_id id, const void *record)
{
    buf_put(&writer->sections[id], record, section_types[id].record);
}

void writer_put_u32(struct writer *writer, enum section_id id, uint32_t value)
{
    buf_put(&writer->sections[id], &value, sizeof value);
}

uint32_t writer_count(const struct writer *writer, enum section_id id)
{
    return (uint32_t)(writer->sections[id].len / section_types[id].record);
}

struct str writer_text(const struct writer *writer, uint32_t number)
{
    return intern_text(&writer->builder->strings, number);
}

uint64_t writer_mix(const uint64_t *parts, unsigned count)
{
    return str_hash_bytes(parts, count * sizeof *parts, 0);
}

uint32_t writer_string(struct writer *writer, uint32_t number)
{
    struct buf *strings = &writer->sections[SECTION_STRINGS];
    if (writer->string_refs[number] == UNPLACED) {
        struct str text = writer_text(writer, number);
        uint16_t len = (uint16_t)text.len;
        writer->string_refs[number] = (uint32_t)strings->len;
        buf_put(strings, &len, sizeof len);
        buf_put_str(strings, text);
    }
    return writer->string_refs[number];
}

uint32_t writer_version(struct writer *writer, uint32_t number)
{
    if (writer->version_refs[number] != UNPLACED) {
        return writer->version_refs[number];
    }
    const struct builder_version *version = &writer->builder->versions.items[number];
    struct buf *versions = &writer->sections[SECTION_VERSIONS];
    struct str text = writer_text(writer, version->text);
    uint32_t class_index = intern_add(
        &writer->classes, str_make((const char *)&version->class, sizeof version->class));
    struct version_head head = {
        .class_index = (uint16_t)class_index,
        .key_len = version->key_len,
        .text_len = (uint16_t)text.len,
        .has_epoch = version->epoch != VERSION_NO_EPOCH,
    };
    if (class_index > UINT16_MAX) {
        fail(writer, "kinds of versions");
    }
    writer->version_refs[number] = (uint32_t)versions->len;
    buf_put(versions, &head, sizeof head);
    buf_put(versions, &version->epoch, head.has_epoch ? sizeof version->epoch : 0);
    if (version->key_len > 0) {
        buf_put(versions, writer->builder->keys.data + version->key, version->key_len);
    }
    buf_put_str(versions, text);
    return writer->version_refs[number];
}

static void init_writer(struct writer *writer, struct knowledge_builder *builder, struct error *err)
{
    *writer = (struct writer){.builder = builder, .err = err};
    for (unsigned id = 1; id < SECTION_COUNT; id++) {
        buf_init(&writer->sections[id], LIMIT_KNOWLEDGE / 2);
    }
    intern_init(&writer->classes);
    writer->string_refs = mem_grow(NULL, builder->strings.count, sizeof(uint32_t));
    memset(writer->string_refs, 0xff, builder->strings.count * sizeof(uint32_t));
    writer->version_refs = mem_grow(NULL, builder->versions.count, sizeof(uint32_t));
    memset(writer->version_refs, 0xff, builder->versions.count * sizeof(uint32_t));
    /* Reference 0 is the empty text and no version. */
    writer_string(writer, 0);
    writer_version(writer, 0);
}

static void done_writer(struct writer *writer)
{
    for (unsigned id = 1; id < SECTION_COUNT; id++) {
        buf_done(&writer->sections[id]);
    }
    intern_done(&writer->classes);
    free(writer->string_refs);
    free(writer->version_refs);
    free(writer->cve_order);
    free(writer->product_order);
    free(writer->product_index);
    free(writer->match_index);
    free(writer->match_order);
    free(writer->match_hash);
    free(writer->product_fingerprints);
}

void writer_write_feeds(struct writer *writer)
{
    for (uint32_t i = 0; i < writer->builder->feeds.count; i++) {
        struct record_feed record = writer->builder->feeds.items[i];
        record.name = writer_string(writer, record.name);
        record.label = writer_string(writer, record.label);
        record.attribution = writer_string(writer, record.attribution);
        record.problem = writer_string(writer, record.problem);
        record.samples = writer_string(writer, record.samples);
        writer_put(writer, SECTION_FEEDS, &record);
    }
}

static void lay_out(struct writer *writer)
{
    struct knowledge_builder *builder = writer->builder;
    builder_text_close(builder);
    writer->packed = packer_drain(builder->packer);
    writer_choose_cves(writer);
    writer_order_products(writer);
    writer_write_cves(writer);
    writer_write_products(writer);
    writer_write_scores(writer);
    writer_write_advisories(writer);
    writer_write_lifecycles(writer);
    writer_write_bulletins(writer);
    writer_write_feeds(writer);
    if (writer->packed->count > 0) {
        buf_put(&writer->sections[SECTION_TEXT_BLOCKS], writer->packed->blocks,
                writer->packed->count * sizeof *writer->packed->blocks);
    }
    for (uint32_t i = 0; i < writer->classes.count; i++) {
        buf_put_str(&writer->sections[SECTION_CLASSES], intern_text(&writer->classes, i));
    }
    if (writer->packed->bytes.overflow) {
        fail(writer, "text");
    }
    for (unsigned id = 1; id < SECTION_COUNT; id++) {
        if (writer->sections[id].overflow) {
            fail(writer, section_types[id].name);
        }
    }
}

/* The section's bytes: those of the text are the builder's own. */
static struct str section_bytes(const struct writer *writer, unsigned id)
{
    return buf_view(id == SECTION_TEXT ? &writer->packed->bytes : &writer->sections[id]);
}

struct contents {
    struct file_header header;
    struct toc_entry entries[SECTION_COUNT - 1];
};

static void fill_contents(const struct writer *writer, int64_t built, struct contents *contents)
{
    uint64_t offset = sizeof *contents;
    memset(contents, 0, sizeof *contents);
    for (unsigned id = 1; id < SECTION_COUNT; id++) {
        struct str bytes = section_bytes(writer, id);
        offset = (offset + KNOWLEDGE_ALIGNMENT - 1) / KNOWLEDGE_ALIGNMENT * KNOWLEDGE_ALIGNMENT;
        contents->entries[id - 1] = (struct toc_entry){
            .id = id,
            .record = section_types[id].record,
            .offset = offset,
            .size = bytes.len,
            .checksum = knowledge_checksum(bytes.ptr, bytes.len, id),
        };
        offset += bytes.len;
    }
    struct file_header *header = &contents->header;
    memcpy(header->magic, KNOWLEDGE_MAGIC, sizeof header->magic);
    header->version = KNOWLEDGE_VERSION;
    header->section_count = SECTION_COUNT - 1;
    header->file_size = offset;
    header->built = built;
    header->toc_checksum = knowledge_contents_checksum(header, contents->entries);
}

static int write_sections(const struct writer *writer, const struct contents *contents, int fd,
                          struct error *err)
{
    static const char padding[KNOWLEDGE_ALIGNMENT];
    uint64_t at = sizeof *contents;
    int result = file_write_all(fd, contents, sizeof *contents, err);
    for (unsigned id = 1; result == 0 && id < SECTION_COUNT; id++) {
        const struct toc_entry *entry = &contents->entries[id - 1];
        result = file_write_all(fd, padding, entry->offset - at, err);
        if (result == 0) {
            result = file_write_all(fd, section_bytes(writer, id).ptr, entry->size, err);
        }
        at = entry->offset + entry->size;
    }
    return result;
}

static int write_file(const struct writer *writer, const char *path, int64_t built,
                      struct error *err)
{
    struct contents contents;
    struct file_replace replace;
    fill_contents(writer, built, &contents);
    int result = file_replace_begin(&replace, path, 0644, err);
    if (result < 0) {
        return result;
    }
    result = write_sections(writer, &contents, replace.fd, err);
    if (result < 0) {
        file_replace_abort(&replace);
        return error_add_where(err, path), result;
    }
    return file_replace_commit(&replace, err);
}

int knowledge_builder_write(struct knowledge_builder *builder, const char *path, int64_t built,
                            struct error *err)
{
    struct writer writer;
    init_writer(&writer, builder, err);
    lay_out(&writer);
    int result = writer.result;
    if (result == 0) {
        result = write_file(&writer, path, built, err);
    }
    done_writer(&writer);
    return result;
}
