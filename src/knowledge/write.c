#include "knowledge/writer.h"

#include "base/file.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void fail(struct writer *writer, const char *what)
{
    if (writer->result == 0) {
        writer->result =
            error_set(writer->err, ERR_LIMIT, "more %s than a knowledge file holds", what);
    }
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

void writer_put_places(struct writer *writer, enum section_id id, const struct writer_place *places,
                       uint32_t count)
{
    uint32_t slots = count * PLACES_PER_NAME;
    struct record_place *table = mem_alloc_zero((size_t)slots + 1, sizeof *table);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t slot = knowledge_slot(places[i].hash, slots);
        while (table[slot].index_1 != 0) {
            slot = slot + 1 < slots ? slot + 1 : 0;
        }
        table[slot] = (struct record_place){(uint32_t)places[i].hash, places[i].index + 1};
    }
    buf_put(&writer->sections[id], table, slots * sizeof *table);
    free(table);
}

uint32_t *writer_map(uint32_t count)
{
    uint32_t *map = mem_grow(NULL, (size_t)count + 1, sizeof *map);
    memset(map, 0xff, ((size_t)count + 1) * sizeof *map);
    return map;
}

uint32_t writer_place_string(struct writer *writer, uint32_t number)
{
    struct buf *strings = &writer->sections[SECTION_STRINGS];
    struct str text = writer_text(writer, number);
    uint16_t len = (uint16_t)text.len;
    writer->string_refs[number] = (uint32_t)strings->len;
    buf_put(strings, &len, sizeof len);
    buf_put_str(strings, text);
    return writer->string_refs[number];
}

uint32_t writer_place_version(struct writer *writer, uint32_t number)
{
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

/* A section of some size will be about as large as it was in the old file. */
static void expect(struct buf *section, unsigned id, uint64_t old)
{
    if (old >= 1 << 20 && id != SECTION_TEXT) {
        buf_reserve(section, old + old / 16);
    }
}

static void init_writer(struct writer *writer, struct knowledge_builder *builder, struct error *err)
{
    *writer = (struct writer){.builder = builder, .err = err};
    for (unsigned id = 1; id < SECTION_COUNT; id++) {
        buf_init(&writer->sections[id], LIMIT_KNOWLEDGE / 2);
        expect(&writer->sections[id], id, builder->old.sizes[id]);
    }
    intern_init(&writer->classes);
    writer->string_refs = writer_map(builder->strings.count);
    writer->version_refs = writer_map(builder->versions.count);
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
    free(writer->qualifiers_index);
    free(writer->match_hash);
    free(writer->qualifiers_hash);
    free(writer->product_fingerprints);
}

static void write_feeds(struct writer *writer)
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

/* ---- the file ---- */

/* The texts come first, the others in the order of their numbers. */
static unsigned section_at(unsigned place)
{
    return place == 0 ? SECTION_TEXT : place < SECTION_TEXT ? place : place + 1;
}

/* The strings of the feeds stand behind those of all other sections, so that they are known last:
 * their number says how much room they need. */
static uint64_t section_size(const struct writer *writer, unsigned id)
{
    return id == SECTION_FEEDS  ? writer->builder->feeds.count * sizeof(struct record_feed)
           : id == SECTION_TEXT ? writer->packed->size
                                : writer->sections[id].len;
}

static int write_at(int fd, struct str bytes, uint64_t offset, struct error *err)
{
    for (size_t done = 0; done < bytes.len;) {
        ssize_t wrote = pwrite(fd, bytes.ptr + done, bytes.len - done, (off_t)(offset + done));
        if (wrote > 0) {
            done += (size_t)wrote;
        } else if (wrote == 0 || errno != EINTR) {
            return error_set_errno(err, "write");
        }
    }
    return 0;
}

static void checksum_texts(struct flush *flush, struct toc_entry *entry)
{
    uint64_t end = entry->offset + entry->size;
    void *bytes = mmap(NULL, end, PROT_READ, MAP_SHARED, flush->fd, 0);
    if (bytes == MAP_FAILED) {
        flush->result = error_set_errno(&flush->err, "map");
        return;
    }
    entry->checksum = knowledge_checksum((char *)bytes + entry->offset, entry->size, entry->id);
    munmap(bytes, end);
}

/* The texts are in the file already; the feeds follow with the header. */
static void write_section(struct flush *flush, struct buf *section, struct toc_entry *entry)
{
    struct str bytes = buf_view(section);
    if (entry->id == SECTION_TEXT) {
        checksum_texts(flush, entry);
        return;
    }
    entry->checksum = knowledge_checksum(bytes.ptr, bytes.len, entry->id);
    flush->result = write_at(flush->fd, bytes, entry->offset, &flush->err);
}

static void write_flush(void *context)
{
    struct flush *flush = context;
    struct writer *writer = flush->writer;
    for (unsigned i = flush->first; flush->result == 0 && i < flush->end; i++) {
        unsigned id = section_at(i);
        if (id != SECTION_FEEDS) {
            write_section(flush, &writer->sections[id], &writer->contents.entries[id - 1]);
        }
    }
    sync_file_range(flush->fd, (off_t)flush->from, (off_t)(flush->to - flush->from),
                    SYNC_FILE_RANGE_WRITE);
}

static void join_flush(struct writer *writer)
{
    struct flush *flush = &writer->flush;
    task_join(&flush->task);
    for (unsigned i = flush->first; i < flush->end; i++) {
        if (section_at(i) != SECTION_FEEDS) {
            buf_done(&writer->sections[section_at(i)]);
        }
    }
    flush->end = flush->first;
    if (flush->result < 0 && writer->result == 0) {
        writer->result = flush->result;
        if (writer->err != NULL) {
            *writer->err = flush->err;
        }
    }
}

/* Gives sections their places up to the one named and has them written beside what is done next,
 * which may read but not change them. Their memory is freed when the next are given theirs. */
static void flush_through(struct writer *writer, unsigned last)
{
    struct flush *flush = &writer->flush;
    join_flush(writer);
    if (writer->result < 0) {
        return;
    }
    *flush = (struct flush){.writer = writer,
                            .fd = writer->builder->out.fd,
                            .first = writer->flushed,
                            .from = writer->end,
                            .err = ERROR_INIT};
    for (unsigned id = 0; id != last; writer->flushed++) {
        id = section_at(writer->flushed);
        uint64_t offset =
            (writer->end + KNOWLEDGE_ALIGNMENT - 1) / KNOWLEDGE_ALIGNMENT * KNOWLEDGE_ALIGNMENT;
        if (writer->sections[id].overflow) {
            fail(writer, section_types[id].name);
        }
        writer->contents.entries[id - 1] = (struct toc_entry){
            .id = id,
            .record = section_types[id].record,
            .offset = offset,
            .size = section_size(writer, id),
        };
        writer->end = offset + writer->contents.entries[id - 1].size;
    }
    flush->end = writer->flushed;
    flush->to = writer->end;
    task_start(&flush->task, write_flush, flush);
}

/* The texts are in the file, whole; what follows them there is what was rolled back. */
static void finish_texts(struct writer *writer)
{
    struct knowledge_builder *builder = writer->builder;
    writer->end = sizeof writer->contents;
    writer->result = packer_flush(builder->packer, writer->err);
    writer->packed = packer_drain(builder->packer);
    if (writer->packed->bytes.overflow) {
        fail(writer, "text");
    }
    if (writer->result == 0 &&
        ftruncate(builder->out.fd, (off_t)(writer->end + writer->packed->size)) < 0) {
        writer->result = error_set_errno(writer->err, "write");
    }
    flush_through(writer, SECTION_TEXT);
}

static void write_blocks(struct writer *writer)
{
    if (writer->packed->count > 0) {
        buf_put(&writer->sections[SECTION_TEXT_BLOCKS], writer->packed->blocks,
                writer->packed->count * sizeof *writer->packed->blocks);
    }
}

static void write_classes(struct writer *writer)
{
    for (uint32_t i = 0; i < writer->classes.count; i++) {
        buf_put_str(&writer->sections[SECTION_CLASSES], intern_text(&writer->classes, i));
    }
}

/* Sections are made in groups. Strings, versions and classes grow until the last of them, and so
 * does what stands behind. */
static void write_groups(struct writer *writer)
{
    writer_order_advisories(writer);
    writer_choose_cves(writer);

    writer_order_products(writer);

    writer_write_cves(writer);

    write_blocks(writer);
    flush_through(writer, SECTION_TEXT_BLOCKS);

    writer_write_scores(writer);

    writer_write_products(writer);

    flush_through(writer, SECTION_USES);

    writer_write_advisories(writer);

    flush_through(writer, SECTION_ADVISORY_PLACES);
    writer_write_lifecycles(writer);

    writer_write_bulletins(writer);

    writer_write_inputs(writer);
    write_feeds(writer);
    write_classes(writer);
}

static void write_header(struct writer *writer, int64_t built)
{
    struct knowledge_builder *builder = writer->builder;
    struct file_header *header = &writer->contents.header;
    struct str of_feeds = buf_view(&writer->sections[SECTION_FEEDS]);
    struct toc_entry *entry = &writer->contents.entries[SECTION_FEEDS - 1];
    entry->checksum = knowledge_checksum(of_feeds.ptr, of_feeds.len, SECTION_FEEDS);
    memcpy(header->magic, KNOWLEDGE_MAGIC, sizeof header->magic);
    header->version = KNOWLEDGE_VERSION;
    header->section_count = SECTION_COUNT - 1;
    header->file_size = writer->end;
    header->built = built;
    header->maker = builder->maker;
    header->text_built = builder->text_built ? builder->text_built : writer->packed->size;
    header->toc_checksum = knowledge_contents_checksum(header, writer->contents.entries);
    struct str bytes = str_make((const char *)&writer->contents, sizeof writer->contents);
    if (writer->result == 0) {
        writer->result = write_at(builder->out.fd, of_feeds, entry->offset, writer->err);
    }
    if (writer->result == 0) {
        writer->result = write_at(builder->out.fd, bytes, 0, writer->err);
    }
}

/* What is not needed any more once all bytes are written. */
static void free_all(void *context)
{
    struct writer *writer = context;
    done_writer(writer);
    builder_empty(writer->builder);
}

int knowledge_builder_write(struct knowledge_builder *builder, const char *path, int64_t built,
                            struct error *err)
{
    struct writer writer;
    struct task task;
    int result = builder->out.fd < 0 ? knowledge_builder_open(builder, path, err) : 0;
    if (result < 0) {
        return result;
    }
    init_writer(&writer, builder, err);
    builder_text_close(builder);
    finish_texts(&writer);
    write_groups(&writer);
    flush_through(&writer, SECTION_COUNT - 1);
    join_flush(&writer);
    write_header(&writer, built);
    result = writer.result;
    struct file_replace out = builder->out;
    builder->out = (struct file_replace){.fd = -1};
    task_start(&task, free_all, &writer);
    if (result < 0) {
        file_replace_abort(&out);
        error_add_where(err, path);
    } else {
        result = file_replace_commit(&out, err);
    }
    task_join(&task);
    return result;
}
