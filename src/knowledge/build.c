#include "knowledge/builder.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

static void for_interns(struct knowledge_builder *builder, void (*act)(struct intern *intern))
{
    struct intern *const interns[] = {
        &builder->strings,         &builder->version_names,       &builder->heads,
        &builder->tails,           &builder->product_names,       &builder->qualifiers,
        &builder->ecosystem_names, &builder->package_names,       &builder->bulletin_products,
        &builder->bulletin_cves,   &builder->bulletin_components,
    };
    for (unsigned i = 0; i < sizeof interns / sizeof interns[0]; i++) {
        act(interns[i]);
    }
}

struct knowledge_builder *knowledge_builder_new(void)
{
    struct knowledge_builder *builder = mem_alloc_zero(1, sizeof *builder);
    for_interns(builder, intern_init);
    buf_init(&builder->keys, UINT32_MAX / 2);
    buf_init(&builder->scratch, LIMIT_RECORD_TEXT * 4);
    buf_init(&builder->block, LIMIT_KNOWLEDGE_BLOCK);
    arena_init(&builder->parse);
    builder->packer = packer_new();
    builder->last_head = INTERN_NONE;
    builder->last_bulletin_product = INTERN_NONE;
    builder->out.fd = -1;
    builder_string(builder, STR(""));
    builder_version_put(builder, &(struct builder_version){.epoch = VERSION_NO_EPOCH});
    intern_add(&builder->version_names, STR(""));
    *list_add(&builder->named_versions) = 0;
    return builder;
}

void builder_empty(struct knowledge_builder *builder)
{
    for_interns(builder, intern_done);
    void *const lists[] = {
        builder->versions.items,
        builder->criteria.slots,
        builder->head_products.items,
        builder->tail_qualifiers.items,
        builder->products.items,
        builder->cves.items,
        builder->configurations.items,
        builder->nodes.items,
        builder->terms.items,
        builder->matches.items,
        builder->kev.items,
        builder->epss.items,
        builder->ecosystems.items,
        builder->packages.items,
        builder->advisories.items,
        builder->advisory_cves.items,
        builder->affected.items,
        builder->lifecycles.items,
        builder->releases.items,
        builder->aliases.items,
        builder->identifiers.items,
        builder->feeds.items,
        builder->bulletin_names.items,
        builder->bulletins.items,
        builder->superseded.items,
        builder->known.slots,
        builder->named_versions.items,
        builder->component_names.items,
        builder->version_set.slots,
        builder->match_set.slots,
        builder->inputs.items,
        builder->members.items,
        builder->member_skips.items,
        builder->old.fingerprints.items,
        builder->old.product_names.items,
        builder->old.gone.items,
    };
    for (unsigned i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        free(lists[i]);
    }
    while (builder->sinks != NULL) {
        struct builder_sink *next = builder->sinks->next;
        free(builder->sinks);
        builder->sinks = next;
    }
    for (unsigned id = 1; id < SECTION_COUNT; id++) {
        buf_done(&builder->old.bulletins[id]);
    }
    buf_done(&builder->keys);
    buf_done(&builder->scratch);
    buf_done(&builder->block);
    arena_done(&builder->parse);
    packer_free(builder->packer);
    file_replace_abort(&builder->out);
    *builder = (struct knowledge_builder){.out.fd = -1};
}

void knowledge_builder_free(struct knowledge_builder *builder)
{
    if (builder != NULL) {
        builder_empty(builder);
        free(builder);
    }
}

struct feed_sink knowledge_builder_sink(struct knowledge_builder *builder,
                                        struct feed_report *report)
{
    struct builder_sink *sink = mem_alloc(sizeof *sink);
    *sink = (struct builder_sink){builder->sinks, builder, report};
    builder->sinks = sink;
    return (struct feed_sink){
        .context = sink,
        .cve = builder_take_cve,
        .kev = builder_take_kev,
        .epss = builder_take_epss,
        .advisory = builder_take_advisory,
        .lifecycle = builder_take_lifecycle,
        .bulletin = builder_take_bulletin,
    };
}

void knowledge_builder_feed(struct knowledge_builder *builder, const struct feed *feed,
                            const struct feed_report *report, int64_t read, bool present,
                            const char *problem)
{
    struct record_feed record = {
        .name = builder_string(builder, str_from(feed->name)),
        .label = builder_string(builder, str_from(feed->label)),
        .attribution = builder_string(builder, str_from(feed->attribution)),
        .problem = builder_string(builder, str_from(problem)),
        .cadence_days = feed->cadence_days,
        .present = present,
        .files = report->files,
        .records = report->records,
        .newest = report->newest,
        .read = read,
    };
    for (unsigned i = 0; i < FEED_SKIP_REASONS; i++) {
        record.skipped[i] = report->skipped[i];
    }
    record.samples = builder_samples(builder, report);
    *list_add(&builder->feeds) = record;
}

void knowledge_builder_begin(struct knowledge_builder *builder)
{
    builder_text_close(builder);
    builder->marked = true;
    builder->mark = (struct builder_mark){
        .cves = builder->cves.count,
        .configurations = builder->configurations.count,
        .nodes = builder->nodes.count,
        .terms = builder->terms.count,
        .blocks = builder->block_count,
        .kev = builder->kev.count,
        .epss = builder->epss.count,
        .advisories = builder->advisories.count,
        .advisory_cves = builder->advisory_cves.count,
        .affected = builder->affected.count,
        .lifecycles = builder->lifecycles.count,
        .releases = builder->releases.count,
        .aliases = builder->aliases.count,
        .identifiers = builder->identifiers.count,
        .bulletins = builder->bulletins.count,
        .superseded = builder->superseded.count,
        .members = builder->members.count,
        .member_skips = builder->member_skips.count,
        .text = packer_drain(builder->packer)->size,
    };
    builder->first_member = builder->members.count;
}

void knowledge_builder_commit(struct knowledge_builder *builder)
{
    builder->marked = false;
}

void knowledge_builder_rollback(struct knowledge_builder *builder)
{
    const struct builder_mark *mark = &builder->mark;
    if (!builder->marked) {
        return;
    }
    builder->marked = false;
    builder->cves.count = mark->cves;
    builder->configurations.count = mark->configurations;
    builder->nodes.count = mark->nodes;
    builder->terms.count = mark->terms;
    builder->block_count = mark->blocks;
    packer_cut(builder->packer, mark->blocks, mark->text);
    builder->kev.count = mark->kev;
    builder->epss.count = mark->epss;
    builder->advisories.count = mark->advisories;
    builder->advisory_cves.count = mark->advisory_cves;
    builder->affected.count = mark->affected;
    builder->lifecycles.count = mark->lifecycles;
    builder->releases.count = mark->releases;
    builder->aliases.count = mark->aliases;
    builder->identifiers.count = mark->identifiers;
    builder->bulletins.count = mark->bulletins;
    builder->superseded.count = mark->superseded;
    builder->members.count = mark->members;
    builder->member_skips.count = mark->member_skips;
    buf_clear(&builder->block);
}
