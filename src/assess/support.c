#include "assess/engine.h"

#include "identify/programme.h"

/* ---- dates to states ---- */

static void set_days(struct support *support, int32_t as_of)
{
    support->has_days = support->until != DATE_NONE;
    support->days_left = support->has_days ? support->until - as_of : 0;
}

/* Support lasts through the day that the feed names. */
static bool past(int32_t date, int32_t as_of)
{
    return date != DATE_NONE && as_of > date;
}

static struct str extension_counts(const struct knowledge_release *release, struct str programme)
{
    bool later = release->extended_until != DATE_NONE &&
                 (release->supported_until == DATE_NONE ||
                  release->extended_until > release->supported_until);
    return later ? programme : STR("");
}

static enum support_state state_by_dates(const struct knowledge_release *release,
                                         const struct support *support, int32_t as_of)
{
    if (support->until != DATE_NONE && past(support->until, as_of)) {
        return SUPPORT_ENDED;
    }
    if (support->until == DATE_NONE && release->ended == FEED_FLAG_TRUE) {
        return SUPPORT_ENDED;
    }
    if (support->mainstream_until != DATE_NONE) {
        return past(support->mainstream_until, as_of) ? SUPPORT_EXTENDED : SUPPORT_MAINSTREAM;
    }
    if (support->until != DATE_NONE || release->ended == FEED_FLAG_FALSE) {
        bool extended = release->ended_active == FEED_FLAG_TRUE || support->programme.len;
        return extended ? SUPPORT_EXTENDED : SUPPORT_MAINSTREAM;
    }
    return SUPPORT_UNKNOWN;
}

static struct str reason_of(const struct knowledge_release *release, const struct support *support,
                            int32_t as_of, struct arena *arena)
{
    char mainstream[DATE_SIZE], until[DATE_SIZE], paid[DATE_SIZE];
    date_format(support->mainstream_until, mainstream);
    date_format(support->until, until);
    date_format(release->extended_until, paid);
    if (support->state == SUPPORT_UNKNOWN) {
        return STR("the feed states no dates for this release");
    }
    if (support->state == SUPPORT_ENDED && support->until == DATE_NONE) {
        return STR("support has ended, the date is not known");
    }
    if (support->state == SUPPORT_ENDED && release->extended_until != DATE_NONE &&
        !support->programme.len && !past(release->extended_until, as_of)) {
        return arena_printf(arena,
                            "support ended %s; an extension until %s exists, and nothing shows "
                            "that this machine is enrolled",
                            until, paid);
    }
    if (support->state == SUPPORT_ENDED) {
        return arena_printf(arena, "%.*s%ssupport ended %s", STR_ARG(support->programme),
                            support->programme.len ? ": " : "", until);
    }
    if (support->until == DATE_NONE) {
        return STR("supported, no end announced");
    }
    if (support->state == SUPPORT_MAINSTREAM) {
        return support->mainstream_until == support->until || support->mainstream_until == DATE_NONE
                   ? arena_printf(arena, "supported until %s", until)
                   : arena_printf(arena, "regular support until %s, then %s until %s", mainstream,
                                  support->programme.len ? support->programme.ptr
                                                         : "extended support",
                                  until);
    }
    return arena_printf(arena, "regular support ended %s, %s until %s", mainstream,
                        support->programme.len ? support->programme.ptr : "security support",
                        until);
}

struct support support_of_release(const struct knowledge_release *release, int32_t as_of,
                                  struct str programme, struct arena *arena)
{
    struct support support = {.source = STR("endoflife.date")};
    support.release = release->label.len ? release->label : release->name;
    support.programme = extension_counts(release, programme);
    support.until = support.programme.len ? release->extended_until : release->supported_until;
    support.mainstream_until = release->active_until != DATE_NONE        ? release->active_until
                               : release->ended_active == FEED_FLAG_TRUE ? DATE_NONE
                                                                         : release->supported_until;
    support.state = state_by_dates(release, &support, as_of);
    set_days(&support, as_of);
    support.reason = reason_of(release, &support, as_of, arena);
    return support;
}

/* ---- the OS ---- */

static struct support support_by_table(struct engine *engine)
{
    const struct inventory_os *os = &engine->inventory->os;
    struct knowledge_release release = {.active_until = DATE_NONE, .discontinued = DATE_NONE};
    if (!engine->tables || !identify_os_support(engine->tables, os, &release.supported_until,
                                                &release.extended_until)) {
        return (struct support){.mainstream_until = DATE_NONE,
                                .until = DATE_NONE,
                                .reason = STR("no source states the support of this system")};
    }
    release.name = os->version_id;
    struct support support =
        support_of_release(&release, engine->options->as_of,
                           programme_counts(engine->inventory, os->id), engine->arena);
    support.source = STR("share/os-support");
    return support;
}

struct support support_of_os(struct engine *engine)
{
    const struct identity_os *os = &engine->os;
    const struct inventory_os *stated = &engine->inventory->os;
    struct support support;
    if (os->has_lifecycle && os->has_release) {
        support = support_of_release(&os->release, engine->options->as_of,
                                     programme_counts(engine->inventory, os->lifecycle.name),
                                     engine->arena);
    } else {
        support = support_by_table(engine);
    }
    support.product = os->has_lifecycle ? os->lifecycle.label : stated->name;
    if (!support.release.len) {
        support.release = stated->version_id;
    }
    return support;
}

/* ---- software ---- */

static struct str upstream_version(const struct identity *identity,
                                   const struct inventory_software *software)
{
    if (identity->upstream.len) {
        return identity->upstream;
    }
    if (identity->product_count && identity->products[0].version.len) {
        return identity->products[0].version;
    }
    return unit_has_packager(software->ecosystem) ? unit_upstream(software->version)
                                                  : software->version;
}

static struct support support_of_maker(struct engine *engine, const struct identity *identity,
                                       const struct inventory_software *software)
{
    struct support support = {.mainstream_until = DATE_NONE, .until = DATE_NONE};
    struct knowledge_release release;
    if (!identity->has_lifecycle || !engine->knowledge) {
        support.reason = STR("no lifecycle is known for it");
        return support;
    }
    struct str version = upstream_version(identity, software);
    if (!support_find_release(engine->knowledge, &identity->lifecycle, version, &release)) {
        return support_of_unlisted(engine->knowledge, &identity->lifecycle, version,
                                   engine->options->as_of, engine->arena);
    }
    support = support_of_release(&release, engine->options->as_of,
                                 programme_counts(engine->inventory, identity->lifecycle.name),
                                 engine->arena);
    support.product = identity->lifecycle.label;
    return support;
}

/* What the distribution says of a source package that it no longer supports. */
static bool find_unsupported(const struct engine *engine, const struct identity *identity,
                             const struct inventory_software *software,
                             struct identify_unsupported *ret)
{
    const struct inventory *inventory = engine->inventory;
    struct str source = software->source.len ? software->source : software->name;
    for (uint32_t i = 0; i < inventory->unsupported_count; i++) {
        const struct inventory_unsupported *row = &inventory->unsupported[i];
        if (str_eq(row->package, source)) {
            *ret = (struct identify_unsupported){row->limited, row->since, row->note};
            return true;
        }
    }
    if (inventory->unsupported_known == TRUTH_YES || !engine->tables) {
        return false;
    }
    return identify_unsupported(engine->tables, engine->os.ecosystem_name, source, ret);
}

static void apply_unsupported(struct engine *engine, struct software_insight *insight,
                              const struct identify_unsupported *row)
{
    struct support *support = &insight->support;
    int32_t as_of = engine->options->as_of;
    char since[DATE_SIZE];
    if (row->limited) {
        insight->limited_support = true;
        support->reason = arena_printf(engine->arena, "limited support by the distribution%s%.*s",
                                       row->note.len ? ": " : "", STR_ARG(row->note));
        return;
    }
    if (row->since != DATE_NONE && row->since > as_of) {
        if (support->until == DATE_NONE || row->since < support->until) {
            support->until = row->since;
            set_days(support, as_of);
        }
        return;
    }
    if (support->state == SUPPORT_ENDED) {
        return;
    }
    insight->unsupported_by_distribution = true;
    support->state = SUPPORT_ENDED;
    support->until = row->since;
    set_days(support, as_of);
    support->reason =
        arena_printf(engine->arena, "no longer supported by the distribution%s%s%s%.*s",
                     row->since == DATE_NONE ? "" : " since ",
                     row->since == DATE_NONE ? "" : date_format(row->since, since),
                     row->note.len ? ": " : "", STR_ARG(row->note));
}

void support_of_software(struct engine *engine, uint32_t index)
{
    struct software_insight *insight = &engine->software[index];
    const struct inventory_software *software = &engine->inventory->software[index];
    const struct identity *identity = &insight->identity;
    struct identify_unsupported unsupported;
    if (identity->supplier != SUPPLIER_DISTRIBUTION) {
        insight->support = support_of_maker(engine, identity, software);
        return;
    }
    insight->support = engine->os_support;
    if (insight->support.state != SUPPORT_UNKNOWN) {
        insight->support.reason = arena_printf(engine->arena, "follows its distribution: %.*s",
                                               STR_ARG(engine->os_support.reason));
    }
    if (find_unsupported(engine, identity, software, &unsupported)) {
        insight->support.source = engine->os_support.product;
        apply_unsupported(engine, insight, &unsupported);
    }
}
