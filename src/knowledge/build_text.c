#include "knowledge/builder.h"

#include "base/limits.h"

#include <string.h>

enum { SCORES_MAX = 32 }; /* NVD lists a handful */

/* What description and references may take together: a block is at most one record above
 * KNOWLEDGE_BLOCK. */
#define TEXTS_MAX                                                                                  \
    (LIMIT_KNOWLEDGE_BLOCK - KNOWLEDGE_BLOCK - SCORES_MAX * (LIMIT_CVSS_VECTOR + 8) - 64)

static void put_u16(struct buf *out, uint16_t value)
{
    buf_put(out, &value, sizeof value);
}

static void put_u32(struct buf *out, uint32_t value)
{
    buf_put(out, &value, sizeof value);
}

static void set_u32(struct buf *out, size_t at, uint32_t value)
{
    memcpy(out->data + at, &value, sizeof value);
}

/* References that no longer fit are left out; returns how many. */
static uint32_t put_references(struct buf *out, const struct feed_cve *cve, size_t start)
{
    size_t count_at = out->len;
    uint32_t count = 0;
    put_u32(out, 0);
    for (uint32_t i = 0; i < cve->reference_count; i++) {
        struct str url = cve->references[i];
        if (url.len <= LIMIT_RECORD_TEXT / 2 && out->len - start + url.len < TEXTS_MAX) {
            put_u16(out, (uint16_t)url.len);
            buf_put_str(out, url);
            count++;
        }
    }
    set_u32(out, count_at, count);
    return cve->reference_count - count;
}

static void put_scores(struct buf *out, const struct feed_cve *cve)
{
    uint32_t count = cve->score_count < SCORES_MAX ? cve->score_count : SCORES_MAX;
    put_u16(out, (uint16_t)count);
    for (uint32_t i = 0; i < count; i++) {
        const struct feed_score *score = &cve->scores[i];
        struct str vector = str_sub(score->vector, 0, LIMIT_CVSS_VECTOR);
        put_u16(out, (uint16_t)(score->version << 8 | score->source));
        put_u16(out, (uint16_t)(int16_t)score->score);
        put_u16(out, (uint16_t)vector.len);
        buf_put_str(out, vector);
    }
}

void builder_text_close(struct knowledge_builder *builder)
{
    if (builder->block.len > 0) {
        packer_add(builder->packer, &builder->block);
        builder->block_count++;
    }
}

void builder_text_add(struct knowledge_builder *builder, const struct feed_cve *cve,
                      struct feed_report *report, struct builder_cve *into)
{
    struct buf *block = &builder->block;
    size_t start = block->len;
    struct str description = str_sub(cve->description, 0, LIMIT_RECORD_TEXT);
    into->text_block = builder->block_count;
    into->text_offset = (uint16_t)start;
    put_u32(block, 0);
    put_u32(block, (uint32_t)description.len);
    buf_put_str(block, description);
    uint32_t dropped = put_references(block, cve, start);
    put_scores(block, cve);
    set_u32(block, start, (uint32_t)(block->len - start - sizeof(uint32_t)));
    if (dropped > 0) {
        char id[CVE_ID_SIZE];
        feed_report_skip(report, FEED_SKIP_LIMIT, "%s: %u references too many or too long",
                         cve_id_format(cve->id, id), dropped);
    }
    if (block->len >= KNOWLEDGE_BLOCK) {
        builder_text_close(builder);
    }
}
