#include "knowledge/reader.h"

uint32_t knowledge_lifecycle_count(const struct knowledge *knowledge)
{
    return knowledge->sections[SECTION_LIFECYCLES].count;
}

bool knowledge_lifecycle(const struct knowledge *knowledge, uint32_t index,
                         struct knowledge_lifecycle *ret)
{
    struct record_lifecycle record, next;
    struct knowledge_lifecycle lifecycle;
    if (index >= knowledge_lifecycle_count(knowledge)) {
        return knowledge_fault(knowledge);
    }
    if (!knowledge_record(knowledge, SECTION_LIFECYCLES, index, &record) ||
        !knowledge_record(knowledge, SECTION_LIFECYCLES, index + 1, &next) ||
        !knowledge_span(knowledge, SECTION_RELEASES, record.first_release, next.first_release,
                        &lifecycle.first_release, &lifecycle.release_count)) {
        return false;
    }
    const struct string_field fields[] = {{record.name, &lifecycle.name},
                                          {record.label, &lifecycle.label},
                                          {record.category, &lifecycle.category},
                                          {record.link, &lifecycle.link}};
    if (!knowledge_strings(knowledge, fields, 4)) {
        return false;
    }
    lifecycle.index = index;
    *ret = lifecycle;
    return true;
}

/* Names and identifiers are looked up alike: kind (0 for names), then text. */
struct text_key {
    uint32_t kind;
    struct str text;
};

static int order_lifecycle_name(const struct knowledge *knowledge, uint32_t index, const void *key)
{
    const struct text_key *wanted = key;
    struct record_lifecycle_name record;
    struct str name;
    if (!knowledge_record(knowledge, SECTION_LIFECYCLE_NAMES, index, &record) ||
        !knowledge_string(knowledge, record.name, &name)) {
        return 0;
    }
    return str_cmp(name, wanted->text);
}

static int order_identifier(const struct knowledge *knowledge, uint32_t index, const void *key)
{
    const struct text_key *wanted = key;
    struct record_identifier record;
    struct str id;
    if (!knowledge_record(knowledge, SECTION_IDENTIFIERS, index, &record) ||
        !knowledge_string(knowledge, record.id, &id)) {
        return 0;
    }
    if (record.kind != wanted->kind) {
        return record.kind < wanted->kind ? -1 : 1;
    }
    return str_cmp(id, wanted->text);
}

bool knowledge_find_lifecycle(const struct knowledge *knowledge, struct str name,
                              struct knowledge_lifecycle *ret)
{
    struct text_key key = {0, name};
    struct record_lifecycle_name record;
    uint32_t count = knowledge->sections[SECTION_LIFECYCLE_NAMES].count;
    uint32_t index = knowledge_search(knowledge, count, order_lifecycle_name, &key);
    return index < count && order_lifecycle_name(knowledge, index, &key) == 0 &&
           knowledge_record(knowledge, SECTION_LIFECYCLE_NAMES, index, &record) &&
           knowledge_lifecycle(knowledge, record.lifecycle, ret);
}

bool knowledge_find_lifecycle_by(const struct knowledge *knowledge, enum lifecycle_identifier kind,
                                 struct str id, struct knowledge_lifecycle *ret)
{
    struct text_key key = {kind, id};
    struct record_identifier record;
    uint32_t count = knowledge->sections[SECTION_IDENTIFIERS].count;
    uint32_t index = knowledge_search(knowledge, count, order_identifier, &key);
    return index < count && order_identifier(knowledge, index, &key) == 0 &&
           knowledge_record(knowledge, SECTION_IDENTIFIERS, index, &record) &&
           knowledge_lifecycle(knowledge, record.lifecycle, ret);
}

static enum feed_flag flag_at(uint32_t flags, unsigned shift)
{
    return flags >> shift & 3;
}

bool knowledge_release(const struct knowledge *knowledge, uint32_t index,
                       struct knowledge_release *ret)
{
    struct record_release record;
    struct knowledge_release release;
    if (!knowledge_record(knowledge, SECTION_RELEASES, index, &record)) {
        return false;
    }
    const struct string_field fields[] = {{record.name, &release.name},
                                          {record.codename, &release.codename},
                                          {record.label, &release.label},
                                          {record.latest, &release.latest}};
    if (!knowledge_strings(knowledge, fields, 4)) {
        return false;
    }
    release.index = index;
    release.lifecycle = record.lifecycle;
    release.released = date_checked(record.released);
    release.lts_from = date_checked(record.lts_from);
    release.active_until = date_checked(record.active_until);
    release.supported_until = date_checked(record.supported_until);
    release.extended_until = date_checked(record.extended_until);
    release.discontinued = date_checked(record.discontinued);
    release.latest_date = date_checked(record.latest_date);
    release.ended_active = flag_at(record.flags, RELEASE_ENDED_ACTIVE_SHIFT);
    release.ended = flag_at(record.flags, RELEASE_ENDED_SHIFT);
    release.ended_extended = flag_at(record.flags, RELEASE_ENDED_EXTENDED_SHIFT);
    release.lts = (record.flags & RELEASE_LTS) != 0;
    *ret = release;
    return true;
}
