#include "base/limits.h"
#include "knowledge/reader.h"

#include <libdeflate.h>
#include <string.h>

/* What is left of a text record. ok turns false at the first read past its end. */
struct cursor {
    struct str rest;
    bool ok;
};

static void take(struct cursor *cursor, void *out, size_t len)
{
    if (cursor->rest.len < len) {
        cursor->ok = false;
        memset(out, 0, len);
        return;
    }
    memcpy(out, cursor->rest.ptr, len);
    cursor->rest = str_skip(cursor->rest, len);
}

static uint32_t take_u32(struct cursor *cursor)
{
    uint32_t value;
    take(cursor, &value, sizeof value);
    return value;
}

static uint16_t take_u16(struct cursor *cursor)
{
    uint16_t value;
    take(cursor, &value, sizeof value);
    return value;
}

static struct str take_str(struct cursor *cursor, size_t len)
{
    struct str text = str_sub(cursor->rest, 0, len);
    cursor->ok = cursor->ok && text.len == len;
    cursor->rest = str_skip(cursor->rest, len);
    return text;
}

bool knowledge_unpack_block(const struct knowledge *knowledge, uint32_t index, struct buf *out)
{
    const struct section *text = &knowledge->sections[SECTION_TEXT];
    struct record_text_block block;
    if (!knowledge_record(knowledge, SECTION_TEXT_BLOCKS, index, &block)) {
        return false;
    }
    buf_clear(out);
    if (block.offset > text->size || block.packed > text->size - block.offset ||
        block.unpacked > LIMIT_KNOWLEDGE_BLOCK || buf_reserve(out, block.unpacked) == NULL) {
        return knowledge_fault(knowledge); /* K16 */
    }
    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    enum libdeflate_result result = LIBDEFLATE_BAD_DATA;
    if (inflater != NULL) {
        result = libdeflate_deflate_decompress(inflater, text->bytes + block.offset, block.packed,
                                               out->data, block.unpacked, NULL);
        libdeflate_free_decompressor(inflater);
    }
    out->len = result == LIBDEFLATE_SUCCESS ? block.unpacked : 0;
    return result == LIBDEFLATE_SUCCESS || knowledge_fault(knowledge); /* K16 */
}

static void take_references(struct cursor *cursor, struct arena *arena,
                            struct knowledge_cve_text *ret)
{
    uint32_t count = take_u32(cursor);
    if (count > cursor->rest.len / sizeof(uint16_t)) {
        cursor->ok = false;
        return;
    }
    struct str *references = arena_array(arena, count, struct str);
    for (uint32_t i = 0; i < count; i++) {
        references[i] = take_str(cursor, take_u16(cursor));
    }
    ret->references = references;
    ret->reference_count = count;
}

static void take_scores(struct cursor *cursor, struct arena *arena, struct knowledge_cve_text *ret)
{
    uint32_t count = take_u16(cursor);
    if (count > cursor->rest.len / 6) {
        cursor->ok = false;
        return;
    }
    struct feed_score *scores = arena_array(arena, count, struct feed_score);
    for (uint32_t i = 0; i < count; i++) {
        uint16_t kind = take_u16(cursor);
        int16_t tenths = (int16_t)take_u16(cursor);
        cursor->ok = cursor->ok && kind >> 8 <= CVSS_4_0 && (kind & 0xff) <= SCORE_SOURCE_ADP &&
                     tenths >= CVSS_NO_SCORE && tenths <= 100; /* K13 */
        scores[i].version = kind >> 8;
        scores[i].source = kind & 0xff;
        scores[i].score = tenths;
        scores[i].vector = take_str(cursor, take_u16(cursor));
    }
    ret->scores = scores;
    ret->score_count = count;
}

bool knowledge_parse_text(const struct knowledge *knowledge, struct str block, uint32_t offset,
                          struct arena *arena, struct knowledge_cve_text *ret)
{
    struct knowledge_cve_text text = {0};
    struct cursor cursor = {str_skip(block, offset), true};
    uint32_t len = take_u32(&cursor);
    struct str record = take_str(&cursor, len);
    if (!cursor.ok) {
        return knowledge_fault(knowledge); /* K17 */
    }
    cursor.rest = arena_str(arena, record);
    text.description = take_str(&cursor, take_u32(&cursor));
    take_references(&cursor, arena, &text);
    take_scores(&cursor, arena, &text);
    if (!cursor.ok) {
        return knowledge_fault(knowledge); /* K17 */
    }
    *ret = text;
    return true;
}

bool knowledge_cve_text(const struct knowledge *knowledge, const struct knowledge_cve *cve,
                        struct arena *arena, struct knowledge_cve_text *ret)
{
    struct record_cve record;
    struct buf block;
    if (!knowledge_record(knowledge, SECTION_CVES, cve->index, &record) ||
        record.text_block == KNOWLEDGE_NO_TEXT) {
        return false;
    }
    buf_init(&block, LIMIT_KNOWLEDGE_BLOCK);
    bool good = knowledge_unpack_block(knowledge, record.text_block, &block) &&
                knowledge_parse_text(knowledge, buf_view(&block), record.text_offset, arena, ret);
    buf_done(&block);
    return good;
}
