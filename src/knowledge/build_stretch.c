/*
 * Affected versions as stretches of the line of versions: [introduced, fixed) or [introduced,
 * last]. The evaluation algorithm of the OSV schema (1.7) asks for each version anew; walking the
 * events once in the order of versions gives the stretches in which its answer is "affected".
 */
#include "knowledge/builder.h"

/* An event with its version's number, 0: from the beginning. */
struct point {
    enum feed_event_kind kind;
    uint32_t version;
    bool keyed;
};

/* The points of one range. Most have two. */
enum { FEW = 8 };

struct points {
    struct point few[FEW];
    struct point *items;
    uint32_t count;
    bool has_limit;
};

static struct point make_point(struct builder_place *place, const struct feed_event *event)
{
    struct point point = {.kind = event->kind, .keyed = true};
    if (event->kind != FEED_INTRODUCED || !str_eq(event->version, STR("0"))) {
        point.version = builder_place_version(place, event->version, &point.keyed);
    }
    return point;
}

static void read_points(struct builder_place *place, const struct feed_range *range,
                        struct points *points)
{
    points->items = points->few;
    if (range->event_count > FEW) {
        points->items = arena_array(&place->sink->builder->parse, range->event_count, struct point);
    }
    points->count = 0;
    points->has_limit = false;
    for (uint32_t i = 0; i < range->event_count; i++) {
        const struct feed_event *event = &range->events[i];
        if (event->kind == FEED_LIMIT && str_eq(event->version, STR("*"))) {
            continue; /* no limit, which is what none says too */
        }
        points->has_limit = points->has_limit || event->kind == FEED_LIMIT;
        points->items[points->count++] = make_point(place, event);
    }
}

static enum version_order order_points(const struct knowledge_builder *builder,
                                       const struct point *a, const struct point *b)
{
    if (!a->version || !b->version) {
        return a->version ? VERSION_GREATER : b->version ? VERSION_LESS : VERSION_EQUAL;
    }
    if (!a->keyed || !b->keyed) {
        return VERSION_INCOMPARABLE;
    }
    return builder_version_order(builder, a->version, b->version);
}

/* Of events at one version the beginning comes first: what begins where it ends is empty. */
static bool comes_before(const struct knowledge_builder *builder, const struct point *a,
                         const struct point *b)
{
    enum version_order order = order_points(builder, a, b);
    return order == VERSION_LESS || (order == VERSION_EQUAL && a->kind < b->kind);
}

/* Points of different classes stay in the order of the record. */
static void sort_points(const struct knowledge_builder *builder, struct points *points)
{
    for (uint32_t i = 1; i < points->count; i++) {
        struct point point = points->items[i];
        uint32_t at = i;
        for (; at > 0 && comes_before(builder, &point, &points->items[at - 1]); at--) {
            points->items[at] = points->items[at - 1];
        }
        points->items[at] = point;
    }
}

/* The last of the limits: a version beyond all of them is not affected. */
static const struct point *last_limit(const struct knowledge_builder *builder,
                                      const struct points *points)
{
    const struct point *last = NULL;
    for (uint32_t i = 0; points->has_limit && i < points->count; i++) {
        const struct point *point = &points->items[i];
        if (point->kind == FEED_LIMIT &&
            (!last || order_points(builder, point, last) == VERSION_GREATER)) {
            last = point;
        }
    }
    return last;
}

/* Whether a stretch from begin to end (NULL: without one) goes beyond the limit. */
static bool goes_beyond(const struct knowledge_builder *builder, const struct point *end,
                        const struct point *limit)
{
    return limit && (!end || order_points(builder, limit, end) == VERSION_LESS);
}

static void put_stretch(struct builder_place *place, const struct point *begin,
                        const struct point *end, const struct point *limit)
{
    const struct knowledge_builder *builder = place->sink->builder;
    struct builder_affected *affected = &place->affected;
    if (limit && order_points(builder, begin, limit) != VERSION_LESS) {
        return;
    }
    end = goes_beyond(builder, end, limit) ? limit : end;
    affected->introduced = begin->version;
    affected->fixed = end && end->kind != FEED_LAST_AFFECTED ? end->version : 0;
    affected->last = end && end->kind == FEED_LAST_AFFECTED ? end->version : 0;
    affected->never = !begin->keyed || (end && !end->keyed);
    builder_place_add(place);
}

void builder_stretches_add(struct builder_place *place, const struct feed_range *range)
{
    const struct knowledge_builder *builder = place->sink->builder;
    struct points points;
    read_points(place, range, &points);
    sort_points(builder, &points);
    const struct point *limit = last_limit(builder, &points), *begin = NULL;
    for (uint32_t i = 0; i < points.count; i++) {
        const struct point *point = &points.items[i];
        if (point->kind == FEED_INTRODUCED) {
            begin = begin ? begin : point;
        } else if (begin && point->kind != FEED_LIMIT) {
            put_stretch(place, begin, point, limit);
            begin = NULL;
        }
    }
    if (begin) {
        put_stretch(place, begin, NULL, limit);
    }
}

/* ---- enumerated versions ---- */

static bool holds(const struct knowledge_builder *builder, const struct builder_affected *stretch,
                  const struct version_key *key)
{
    enum version_order begin = VERSION_GREATER, end = VERSION_LESS;
    if (stretch->introduced) {
        begin = builder_version_compare(builder, key, stretch->introduced);
    }
    if (stretch->fixed || stretch->last) {
        end =
            builder_version_compare(builder, key, stretch->fixed ? stretch->fixed : stretch->last);
    }
    return !stretch->never && (begin == VERSION_GREATER || begin == VERSION_EQUAL) &&
           (end == VERSION_LESS || (end == VERSION_EQUAL && !stretch->fixed));
}

/* Most records enumerate what is in their ranges, which needs no stretches. */
static bool is_held(struct builder_place *place, struct str version)
{
    struct knowledge_builder *builder = place->sink->builder;
    uint32_t count = builder->affected.count;
    struct version_key key;
    buf_clear(&builder->scratch);
    if (version_key_make(place->scheme, version, &builder->scratch, &key, NULL) < 0) {
        return false;
    }
    for (uint32_t i = count; i > 0 && count - i < BUILDER_BACK; i--) {
        const struct builder_affected *stretch = &builder->affected.items[i - 1];
        if (stretch->advisory != place->affected.advisory) {
            return false;
        }
        if (stretch->package == place->affected.package && holds(builder, stretch, &key)) {
            return true;
        }
    }
    return false;
}

void builder_versions_enumerate(struct builder_place *place, const struct feed_affected *published)
{
    for (uint32_t i = 0; i < published->version_count; i++) {
        struct str version = published->versions[i];
        if (!is_held(place, version)) {
            const struct feed_event events[] = {{FEED_INTRODUCED, version},
                                                {FEED_LAST_AFFECTED, version}};
            builder_stretches_add(place, &(struct feed_range){events, 2});
        }
    }
}
