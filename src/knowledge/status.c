#include "knowledge/reader.h"

uint32_t knowledge_feed_count(const struct knowledge *knowledge)
{
    return knowledge->sections[SECTION_FEEDS].count;
}

bool knowledge_feed(const struct knowledge *knowledge, uint32_t index, struct knowledge_feed *ret)
{
    struct record_feed record;
    struct knowledge_feed feed;
    if (!knowledge_record(knowledge, SECTION_FEEDS, index, &record)) {
        return false;
    }
    const struct string_field fields[] = {
        {record.name, &feed.name},       {record.label, &feed.label},
        {record.problem, &feed.problem}, {record.attribution, &feed.attribution},
        {record.samples, &feed.samples},
    };
    if (!knowledge_strings(knowledge, fields, 5)) {
        return false;
    }
    feed.files = record.files;
    feed.records = record.records;
    feed.newest = time_checked(record.newest);
    feed.read = time_checked(record.read);
    feed.cadence_days = record.cadence_days;
    feed.present = record.present != 0;
    for (unsigned i = 0; i < FEED_SKIP_REASONS; i++) {
        feed.skipped[i] = record.skipped[i];
    }
    *ret = feed;
    return true;
}

bool knowledge_find_feed(const struct knowledge *knowledge, struct str name,
                         struct knowledge_feed *ret)
{
    for (uint32_t i = 0; i < knowledge_feed_count(knowledge); i++) {
        struct knowledge_feed feed;
        if (knowledge_feed(knowledge, i, &feed) && str_eq(feed.name, name)) {
            *ret = feed;
            return true;
        }
    }
    return false;
}
