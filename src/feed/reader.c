#include "feed/reader.h"

#include "base/limits.h"
#include "base/memory.h"

#include <libdeflate.h>
#include <stdlib.h>

struct feed_reader *feed_reader_new(void)
{
    struct feed_reader *reader = mem_alloc_zero(1, sizeof *reader);
    reader->member = "";
    reader->unpacked_most = LIMIT_FEED_MEMBER;
    arena_init(&reader->arena);
    return reader;
}

void feed_reader_free(struct feed_reader *reader)
{
    if (reader == NULL) {
        return;
    }
    tape_parser_free(reader->json);
    if (reader->inflater != NULL) {
        libdeflate_free_decompressor(reader->inflater);
    }
    arena_done(&reader->arena);
    free(reader->bytes);
    free(reader);
}

void feed_reader_reserve(struct feed_reader *reader, size_t len)
{
    if (reader->capacity < len + FEED_PADDING) {
        reader->capacity = len + FEED_PADDING;
        reader->bytes = mem_grow(reader->bytes, reader->capacity, 1);
    }
}

int feed_parse_json(struct feed_reader *reader, struct str bytes, struct tape_value *ret_root,
                    struct error *err)
{
    if (reader->json == NULL) {
        reader->json = tape_parser_new();
    }
    return tape_parse(reader->json, bytes, ret_root, err);
}

bool feed_parse_member(struct feed_run *run, struct str bytes, struct tape_value *ret_root)
{
    struct error err = ERROR_INIT;
    arena_clear(&run->reader->arena);
    if (feed_parse_json(run->reader, bytes, ret_root, &err) == 0) {
        return true;
    }
    char reason[sizeof err.message];
    feed_report_skip(run->report, FEED_SKIP_JSON, "%.*s%s%s", STR_ARG(run->record),
                     run->record.len > 0 ? ": " : "", error_text(&err, reason, sizeof reason));
    return false;
}

int feed_read_items(struct feed_run *run, struct tape_value list,
                    int (*read)(struct feed_run *run, struct tape_value item, uint32_t index,
                                struct error *err),
                    struct error *err)
{
    struct tape_walk walk = tape_begin(list);
    struct tape_value item;
    int result = 0;
    for (uint32_t index = 0; result >= 0 && tape_next_item(&walk, &item); index++) {
        arena_clear(&run->reader->arena);
        result = read(run, item, index, err);
    }
    return result < 0 ? result : 0;
}
