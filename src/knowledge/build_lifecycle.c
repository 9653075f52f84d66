#include "knowledge/builder.h"

#include "base/limits.h"
#include "cpe/cpe.h"

/* A CPE as the prefix that look-ups use, "cpe:2.3:a:nodejs:node.js", whichever binding it was
 * published in; other identifiers as they are. */
static struct str identifier_text(struct knowledge_builder *builder,
                                  const struct feed_lifecycle_identifier *identifier)
{
    struct cpe_name name;
    buf_clear(&builder->scratch);
    if (identifier->kind != LIFECYCLE_CPE || !str_starts(identifier->id, STR("cpe:/"))) {
        return identifier->id;
    }
    arena_done(&builder->parse);
    if (cpe_parse(identifier->id, &builder->parse, &name, NULL) < 0) {
        return identifier->id;
    }
    cpe_format_fs(&name, &builder->scratch);
    struct str text = buf_view(&builder->scratch);
    while (str_ends(text, STR(":*"))) {
        text.len -= 2;
    }
    return text;
}

static uint32_t release_flags(const struct feed_release *release)
{
    return (uint32_t)release->ended_active << RELEASE_ENDED_ACTIVE_SHIFT |
           (uint32_t)release->ended << RELEASE_ENDED_SHIFT |
           (uint32_t)release->ended_extended << RELEASE_ENDED_EXTENDED_SHIFT |
           (release->lts ? RELEASE_LTS : 0);
}

static void add_release(struct knowledge_builder *builder, const struct feed_release *release)
{
    struct record_release record = {
        .name = builder_string(builder, release->name),
        .codename = builder_string(builder, release->codename),
        .label = builder_string(builder, release->label),
        .latest = builder_string(builder, release->latest),
        .released = release->released,
        .lts_from = release->lts_from,
        .active_until = release->active_until,
        .supported_until = release->supported_until,
        .extended_until = release->extended_until,
        .discontinued = release->discontinued,
        .latest_date = release->latest_date,
        .flags = release_flags(release),
    };
    *list_add(&builder->releases) = record;
}

int builder_take_lifecycle(void *context, const struct feed_lifecycle *published, struct error *err)
{
    struct builder_sink *sink = context;
    struct knowledge_builder *builder = sink->builder;
    struct builder_lifecycle lifecycle = {
        .name = builder_string(builder, published->name),
        .label = builder_string(builder, published->label),
        .category = builder_string(builder, published->category),
        .link = builder_string(builder, published->link),
        .first_release = builder->releases.count,
        .release_count = published->release_count,
        .first_alias = builder->aliases.count,
        .alias_count = published->alias_count,
        .first_identifier = builder->identifiers.count,
        .identifier_count = published->identifier_count,
    };
    for (uint32_t i = 0; i < published->release_count; i++) {
        add_release(builder, &published->releases[i]);
    }
    for (uint32_t i = 0; i < published->alias_count; i++) {
        *list_add(&builder->aliases) = builder_string(builder, published->aliases[i]);
    }
    for (uint32_t i = 0; i < published->identifier_count; i++) {
        struct record_identifier identifier = {.kind = published->identifiers[i].kind};
        struct str text = identifier_text(builder, &published->identifiers[i]);
        identifier.id = builder_string(builder, text);
        *list_add(&builder->identifiers) = identifier;
    }
    *list_add(&builder->lifecycles) = lifecycle;
    return 0;
}
