#include "assess/engine.h"

#include "identify/programme.h"

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
            support_set_until(support, row->since, as_of);
        }
        return;
    }
    if (support->state == SUPPORT_ENDED) {
        return;
    }
    insight->unsupported_by_distribution = true;
    support->state = SUPPORT_ENDED;
    support_set_until(support, row->since, as_of);
    support->reason =
        arena_printf(engine->arena, "no longer supported by the distribution%s%s%s%.*s",
                     row->since == DATE_NONE ? "" : " since ",
                     row->since == DATE_NONE ? "" : date_format(row->since, since),
                     row->note.len ? ": " : "", STR_ARG(row->note));
}

static void apply_stream(struct engine *engine, struct software_insight *insight,
                         const struct identify_stream *stream)
{
    struct support *support = &insight->support;
    char until[DATE_SIZE];
    bool ended = engine->options->as_of > stream->until;
    if (support->state == SUPPORT_ENDED ||
        (support->until != DATE_NONE && support->until <= stream->until)) {
        return;
    }
    insight->unsupported_by_distribution = ended;
    support->state = ended ? SUPPORT_ENDED : support->state;
    support_set_until(support, stream->until, engine->options->as_of);
    support->reason =
        arena_printf(engine->arena, "the distribution %s the module stream %.*s:%.*s until %s",
                     ended ? "supported" : "supports", STR_ARG(stream->module),
                     STR_ARG(stream->stream), date_format(stream->until, until));
}

static void support_of_package(struct engine *engine, const struct inventory_software *software,
                               struct software_insight *insight)
{
    const struct identity *identity = &insight->identity;
    struct identify_unsupported unsupported;
    struct identify_stream stream;
    insight->support = engine->os_support;
    if (insight->support.state != SUPPORT_UNKNOWN) {
        insight->support.reason = arena_printf(engine->arena, "follows its distribution: %.*s",
                                               STR_ARG(engine->os_support.reason));
    }
    if (find_unsupported(engine, identity, software, &unsupported)) {
        insight->support.source = engine->os_support.product;
        apply_unsupported(engine, insight, &unsupported);
    }
    if (engine->tables &&
        identify_stream(engine->tables, &engine->inventory->os, software, identity, &stream)) {
        insight->support.source = engine->os_support.product;
        apply_stream(engine, insight, &stream);
    }
}

void support_of_software(struct engine *engine, uint32_t index)
{
    struct software_insight *insight = &engine->software[index];
    const struct inventory_software *software = &engine->inventory->software[index];
    if (insight->identity.supplier == SUPPLIER_DISTRIBUTION) {
        support_of_package(engine, software, insight);
    } else {
        insight->support = support_of_maker(engine, &insight->identity, software);
    }
}

struct support
support_of_distribution(const struct inventory *inventory, const struct identify_tables *tables,
                        const struct knowledge *knowledge, const struct identity_os *os,
                        const struct inventory_software *software, const struct identity *identity,
                        int32_t as_of, struct arena *arena)
{
    const struct assess_options options = {.as_of = as_of};
    struct engine engine = {.inventory = inventory,
                            .tables = tables,
                            .knowledge = knowledge,
                            .options = &options,
                            .arena = arena,
                            .os = *os};
    struct software_insight insight = {.identity = *identity};
    engine.os_support = support_of_os(&engine);
    support_of_package(&engine, software, &insight);
    return insight.support;
}
