#include "knowledge/writer.h"

/* What was read, for the next time. */
void writer_write_inputs(struct writer *writer)
{
    const struct knowledge_builder *builder = writer->builder;
    for (uint32_t i = 0; i < builder->inputs.count; i++) {
        struct record_input record = builder->inputs.items[i];
        record.path = writer_string(writer, record.path);
        record.feed = writer_string(writer, record.feed);
        record.samples = writer_string(writer, record.samples);
        writer_put(writer, SECTION_INPUTS, &record);
    }
    struct record_input last = {.first_member = builder->members.count};
    writer_put(writer, SECTION_INPUTS, &last);
    buf_put(&writer->sections[SECTION_MEMBERS], builder->members.items,
            builder->members.count * sizeof *builder->members.items);
    buf_put(&writer->sections[SECTION_MEMBER_SKIPS], builder->member_skips.items,
            builder->member_skips.count * sizeof *builder->member_skips.items);
}
