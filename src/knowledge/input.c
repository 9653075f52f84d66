#include "knowledge/fold.h"
#include "knowledge/reader.h"

#include <stdio.h>
#include <string.h>

uint64_t knowledge_maker(const struct knowledge *knowledge)
{
    return knowledge->maker;
}

uint64_t knowledge_input_checksum(struct str bytes)
{
    return knowledge_checksum(bytes.len ? bytes.ptr : "", bytes.len, SECTION_INPUTS);
}

uint32_t knowledge_input_count(const struct knowledge *knowledge)
{
    return knowledge->sections[SECTION_INPUTS].count;
}

bool knowledge_input(const struct knowledge *knowledge, uint32_t index, struct knowledge_input *ret)
{
    struct record_input record, next;
    struct knowledge_input input;
    if (index >= knowledge_input_count(knowledge)) {
        return knowledge_fault(knowledge);
    }
    if (!knowledge_record(knowledge, SECTION_INPUTS, index, &record) ||
        !knowledge_record(knowledge, SECTION_INPUTS, index + 1, &next) ||
        !knowledge_span(knowledge, SECTION_MEMBERS, record.first_member, next.first_member,
                        &input.first_member, &input.member_count) ||
        !knowledge_string(knowledge, record.path, &input.path) ||
        !knowledge_string(knowledge, record.feed, &input.feed)) {
        return false;
    }
    feed_report_init(&input.report);
    input.size = record.size;
    input.checksum = record.checksum;
    input.report.files = 1;
    input.report.records = record.records;
    input.report.newest = time_checked(record.newest);
    memcpy(input.report.skipped, record.skipped, sizeof input.report.skipped);
    *ret = input;
    return true;
}

void knowledge_input_samples(const struct knowledge *knowledge, uint32_t index,
                             struct feed_report *report)
{
    struct record_input record;
    struct str samples, line;
    if (!knowledge_record(knowledge, SECTION_INPUTS, index, &record) ||
        !knowledge_string(knowledge, record.samples, &samples)) {
        return;
    }
    while (samples.len > 0 && str_next_line(&samples, &line) &&
           report->sample_count < FEED_SAMPLES) {
        snprintf(report->samples[report->sample_count++], FEED_SAMPLE_SIZE, "%.*s", STR_ARG(line));
    }
}

uint64_t knowledge_member_name(const char *name)
{
    return str_hash(str_from(name));
}

bool knowledge_member(const struct knowledge *knowledge, uint32_t index,
                      struct knowledge_member *ret)
{
    struct record_member record;
    if (!knowledge_record(knowledge, SECTION_MEMBERS, index, &record)) {
        return false;
    }
    *ret = (struct knowledge_member){record.key, record.name, record.crc};
    return true;
}

/* The first of a member's parts that were left out. */
uint32_t knowledge_member_skips(const struct knowledge *knowledge, uint32_t index)
{
    uint32_t low = 0, high = knowledge->sections[SECTION_MEMBER_SKIPS].count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct record_member_skip skip;
        knowledge_record(knowledge, SECTION_MEMBER_SKIPS, middle, &skip);
        if (skip.member < index) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

void knowledge_member_count(const struct knowledge *knowledge, uint32_t index,
                            struct feed_report *report)
{
    struct record_member record;
    struct record_member_skip skip;
    if (!knowledge_record(knowledge, SECTION_MEMBERS, index, &record)) {
        return;
    }
    report->records += record.place_record & 1;
    for (uint32_t at = knowledge_member_skips(knowledge, index);
         at < knowledge->sections[SECTION_MEMBER_SKIPS].count &&
         knowledge_record(knowledge, SECTION_MEMBER_SKIPS, at, &skip) && skip.member == index;
         at++) {
        unsigned reason = skip.reason_count >> 24;
        if (reason < FEED_SKIP_REASONS) {
            report->skipped[reason] += skip.reason_count & MEMBER_SKIP_MOST;
        }
    }
}

uint64_t knowledge_advisory_key(struct str id)
{
    return str_hash(id) | 1ULL << 63;
}
