#include "knowledge/builder.h"
#include "knowledge/fold.h"

#include <string.h>

int knowledge_builder_open(struct knowledge_builder *builder, const char *path, struct error *err)
{
    int result = file_replace_begin_nameless(&builder->out, path, 0644, err);
    if (result == 0) {
        packer_write_to(builder->packer, builder->out.fd, KNOWLEDGE_FIRST_SECTION);
    }
    return result;
}

void knowledge_builder_maker(struct knowledge_builder *builder, uint64_t checksum)
{
    builder->maker = checksum;
}

void knowledge_builder_member(struct knowledge_builder *builder, const struct feed_member *member,
                              const struct feed_report *report)
{
    struct builder_member *reading = &builder->member;
    *reading = (struct builder_member){
        .record = {.name = knowledge_member_name(member->name),
                   .crc = member->crc,
                   .place_record = member->place << 1},
        .report = report,
        .records = report->records,
    };
    memcpy(reading->skipped, report->skipped, sizeof reading->skipped);
}

void knowledge_builder_member_end(struct knowledge_builder *builder)
{
    const struct builder_member *reading = &builder->member;
    struct record_member record = reading->record;
    record.place_record |= reading->report->records > reading->records;
    for (unsigned reason = 0; reason < FEED_SKIP_REASONS; reason++) {
        uint64_t count = reading->report->skipped[reason] - reading->skipped[reason];
        if (count > 0) {
            uint32_t most = count < MEMBER_SKIP_MOST ? (uint32_t)count : MEMBER_SKIP_MOST;
            *list_add(&builder->member_skips) =
                (struct record_member_skip){builder->members.count, reason << 24 | most};
        }
    }
    *list_add(&builder->members) = record;
    builder->member.report = NULL;
}

uint32_t builder_samples(struct knowledge_builder *builder, const struct feed_report *report)
{
    buf_clear(&builder->scratch);
    for (uint32_t i = 0; i < report->sample_count; i++) {
        buf_put_text(&builder->scratch, i > 0 ? "\n" : "");
        buf_put_text(&builder->scratch, report->samples[i]);
    }
    return builder_string(builder, buf_view(&builder->scratch));
}

void knowledge_builder_input(struct knowledge_builder *builder, const struct feed *feed,
                             const char *path, uint64_t size, uint64_t checksum,
                             const struct feed_report *report)
{
    struct record_input input = {
        .path = builder_string(builder, str_from(path)),
        .feed = builder_string(builder, str_from(feed->name)),
        .samples = builder_samples(builder, report),
        .first_member = builder->first_member,
        .size = size,
        .checksum = checksum,
        .records = report->records,
        .newest = report->newest,
    };
    memcpy(input.skipped, report->skipped, sizeof report->skipped);
    *list_add(&builder->inputs) = input;
}
