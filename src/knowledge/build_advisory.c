#include "knowledge/builder.h"
#include "knowledge/fold.h"

static uint32_t add_ecosystem(struct knowledge_builder *builder, struct str name)
{
    uint32_t number = intern_add(&builder->ecosystem_names, name);
    if (number == builder->ecosystems.count) {
        *list_add(&builder->ecosystems) =
            (struct builder_ecosystem){builder_string(builder, name), ecosystem_scheme(name)};
    }
    return number;
}

static uint32_t add_package(struct knowledge_builder *builder, uint32_t ecosystem, struct str name)
{
    struct builder_package package = {ecosystem, builder_string(builder, name)};
    uint32_t number =
        intern_add(&builder->package_names, str_make((const char *)&package, sizeof package));
    if (number == builder->packages.count) {
        *list_add(&builder->packages) = package;
    }
    return number;
}

uint32_t builder_place_version(struct builder_place *place, struct str text, bool *ret_keyed)
{
    uint32_t number =
        builder_version_add(place->sink->builder, place->scheme, text, STR(""), ret_keyed);
    if (!*ret_keyed) {
        feed_report_skip(place->sink->report, FEED_SKIP_VERSION, "%.*s: %.*s %.*s: %.*s",
                         STR_ARG(place->advisory->id), STR_ARG(place->published->ecosystem),
                         STR_ARG(place->published->package), STR_ARG(text));
    }
    return number;
}

/* Whether the advisory says the same of the package in another repository of the release. */
static bool is_repeated(const struct builder_place *place)
{
    const struct knowledge_builder *builder = place->sink->builder;
    uint32_t count = builder->affected.count;
    for (uint32_t i = count; i > 0 && count - i < BUILDER_BACK; i--) {
        const struct builder_affected *other = &builder->affected.items[i - 1];
        if (other->advisory != place->affected.advisory) {
            return false;
        }
        if (other->package == place->affected.package &&
            other->introduced == place->affected.introduced &&
            other->fixed == place->affected.fixed && other->last == place->affected.last) {
            return true;
        }
    }
    return false;
}

void builder_place_add(struct builder_place *place)
{
    if (!is_repeated(place)) {
        *list_add(&place->sink->builder->affected) = place->affected;
    }
}

static void add_affected(struct builder_sink *sink, const struct feed_advisory *advisory,
                         uint32_t number, const struct feed_affected *published)
{
    struct knowledge_builder *builder = sink->builder;
    arena_clear(&builder->parse);
    uint32_t ecosystem =
        add_ecosystem(builder, ecosystem_release(published->ecosystem, &builder->parse));
    struct builder_place place = {
        .sink = sink,
        .advisory = advisory,
        .published = published,
        .scheme = builder->ecosystems.items[ecosystem].scheme,
        .affected =
            {
                .advisory = number,
                .package = add_package(builder, ecosystem, published->package),
                .urgency = builder_string(builder, published->urgency),
            },
    };
    for (uint32_t i = 0; i < published->range_count; i++) {
        builder_stretches_add(&place, &published->ranges[i]);
    }
    builder_versions_enumerate(&place, published);
}

/* Whether a package manager of servers installs anything that the advisory names. */
static bool is_wanted(const struct feed_advisory *advisory)
{
    for (uint32_t i = 0; i < advisory->affected_count; i++) {
        if (ecosystem_scheme(advisory->affected[i].ecosystem) != VERSION_NONE) {
            return true;
        }
    }
    return false;
}

int builder_take_advisory(void *context, const struct feed_advisory *advisory, struct error *err)
{
    struct builder_sink *sink = context;
    struct knowledge_builder *builder = sink->builder;
    builder_criteria_forget(builder);
    builder->member.record.key = knowledge_advisory_key(advisory->id);
    if (advisory->withdrawn != TIME_NONE || !is_wanted(advisory)) {
        return 0;
    }
    uint32_t number = builder->advisories.count;
    *list_add(&builder->advisories) = (struct builder_advisory){
        .published = advisory->published,
        .modified = advisory->modified,
        .id = builder_string(builder, advisory->id),
        .summary = builder_string(builder, advisory->summary),
        .module = builder_string(builder, advisory->module),
        .first_cve = builder->advisory_cves.count,
        .cve_count = advisory->cve_count,
    };
    for (uint32_t i = 0; i < advisory->cve_count; i++) {
        *list_add(&builder->advisory_cves) = advisory->cves[i];
    }
    for (uint32_t i = 0; i < advisory->affected_count; i++) {
        if (ecosystem_scheme(advisory->affected[i].ecosystem) != VERSION_NONE) {
            add_affected(sink, advisory, number, &advisory->affected[i]);
        }
    }
    if (builder->affected.count >= UINT32_MAX / 4 ||
        builder->advisory_cves.count >= UINT32_MAX / 4) {
        return error_set(err, ERR_LIMIT, "more advisories than a knowledge file holds");
    }
    return 0;
}
