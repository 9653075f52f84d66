#include "knowledge/builder.h"

#include "base/limits.h"
#include "cvss/cvss.h"

#include <stdlib.h>

/* How many criteria ahead their places in the table are fetched. */
enum { AHEAD = 32 };

static void say_skipped(const struct builder_sink *sink, uint64_t cve,
                        const struct feed_match *match, enum feed_skip reason)
{
    char id[CVE_ID_SIZE];
    feed_report_skip(sink->report, reason, "%s: %.*s%s%.*s%s%.*s", cve_id_format(cve, id),
                     STR_ARG(match->criteria), match->start.len ? " from " : "",
                     STR_ARG(match->start), match->end.len ? " to " : "", STR_ARG(match->end));
}

/* False when the criterion cannot be read at all. */
static bool add_term(struct builder_sink *sink, uint64_t cve, const struct feed_match *match,
                     const uint64_t hash[2])
{
    struct knowledge_builder *builder = sink->builder;
    const struct builder_criterion *criterion = builder_criterion_add(builder, match, hash);
    if (criterion->skipped) {
        say_skipped(sink, cve, match, criterion->skip);
    }
    if (criterion->match == MATCH_NONE) {
        return false;
    }
    *list_add(&builder->terms) = criterion->match << 1 | match->vulnerable;
    return true;
}

/* Returns false for a node that is cut short, because a criterion of it cannot be read. */
static bool add_node(struct builder_sink *sink, uint64_t cve, const struct feed_node *published)
{
    struct knowledge_builder *builder = sink->builder;
    struct builder_node node = {
        .first_term = builder->terms.count,
        .flags = (published->is_and ? FLAG_AND : 0) | (published->negate ? FLAG_NEGATE : 0),
    };
    uint64_t hashes[AHEAD][2];
    bool whole = true;
    for (uint32_t i = 0; i < published->match_count; i += AHEAD) {
        uint32_t left = published->match_count - i, count = left < AHEAD ? left : AHEAD;
        for (uint32_t n = 0; n < count; n++) {
            builder_criterion_hash(&published->matches[i + n], hashes[n]);
            builder_criterion_prefetch(builder, hashes[n]);
        }
        for (uint32_t n = 0; n < count; n++) {
            whole = add_term(sink, cve, &published->matches[i + n], hashes[n]) && whole;
        }
    }
    node.term_count = builder->terms.count - node.first_term;
    *list_add(&builder->nodes) = node;
    return whole;
}

/* A criterion that is not understood names nothing. Under OR it is left out; where it would
 * have narrowed (AND) or turned (negate) the answer, the whole configuration is. */
static void add_configuration(struct builder_sink *sink, uint64_t cve,
                              const struct feed_configuration *published)
{
    struct knowledge_builder *builder = sink->builder;
    uint32_t nodes = builder->nodes.count, terms = builder->terms.count;
    struct builder_configuration configuration = {
        .first_node = nodes,
        .flags = (published->is_and ? FLAG_AND : 0) | (published->negate ? FLAG_NEGATE : 0) |
                 (uint32_t)published->origin << CONFIGURATION_ORIGIN_SHIFT |
                 (published->named ? CONFIGURATION_NAMED : 0),
    };
    bool usable = true;
    for (uint32_t i = 0; i < published->node_count; i++) {
        const struct feed_node *node = &published->nodes[i];
        bool whole = add_node(sink, cve, node);
        usable = usable && (whole || !(node->is_and || node->negate || published->negate));
    }
    if (!usable) {
        builder->nodes.count = nodes;
        builder->terms.count = terms;
        return;
    }
    configuration.node_count = builder->nodes.count - nodes;
    *list_add(&builder->configurations) = configuration;
}

/* Newest standard first, then who scored: NVD, CNA, ADP. */
static bool is_better(const struct feed_score *a, const struct builder_cve *b)
{
    if (b->score == CVSS_NO_SCORE || a->version != (enum cvss_version)b->cvss_version) {
        return b->score == CVSS_NO_SCORE || a->version > (enum cvss_version)b->cvss_version;
    }
    return a->source < (enum score_source)b->score_source;
}

static void choose_score(struct builder_sink *sink, const struct feed_cve *published,
                         struct builder_cve *cve)
{
    struct str vector = STR("");
    for (uint32_t i = 0; i < published->score_count; i++) {
        const struct feed_score *score = &published->scores[i];
        struct cvss_scores computed;
        int tenths = score->score;
        if (tenths < 0 && cvss_score(score->vector, &computed, NULL) == 0) {
            tenths = computed.base;
        }
        if (tenths >= 0 && tenths <= 100 && is_better(score, cve)) {
            cve->score = (int16_t)tenths;
            cve->cvss_version = (uint8_t)score->version;
            cve->score_source = (uint8_t)score->source;
            vector = score->vector;
        }
    }
    cve->vector = builder_string(sink->builder, str_sub(vector, 0, LIMIT_CVSS_VECTOR));
}

/* ---- what other records of a CVE say ---- */

enum { FIRST_PLACES = 4096 };

static uint32_t place_of(const struct cve_table *table, uint64_t id)
{
    return (uint32_t)(id * 0x9e3779b97f4a7c15ULL >> 32) & table->mask;
}

static void put_place(struct cve_table *table, uint64_t id, uint32_t number)
{
    uint32_t at = place_of(table, id);
    while (table->slots[at] != 0) {
        at = (at + 1) & table->mask;
    }
    table->slots[at] = number + 1;
    table->count++;
}

static void grow_places(struct knowledge_builder *builder)
{
    struct cve_table old = builder->known;
    uint32_t size = old.slots ? (old.mask + 1) * 2 : FIRST_PLACES;
    builder->known = (struct cve_table){mem_alloc_zero(size, sizeof(uint32_t)), size - 1, 0};
    for (uint32_t i = 0; old.slots != NULL && i <= old.mask; i++) {
        if (old.slots[i] != 0 && old.slots[i] <= builder->cves.count) {
            put_place(&builder->known, builder->cves.items[old.slots[i] - 1].id, old.slots[i] - 1);
        }
    }
    free(old.slots);
}

static void remember(struct knowledge_builder *builder, uint32_t number)
{
    if (builder->known.slots == NULL || builder->known.count > builder->known.mask / 2) {
        grow_places(builder);
    }
    put_place(&builder->known, builder->cves.items[number].id, number);
}

/* What the records read so far say of a CVE. */
struct said {
    bool rejected, configured, described, scored, dated;
};

/* Of each kind the record counts that writer_choose_cves will choose. */
static bool is_chosen(const struct knowledge_builder *builder, uint32_t number, uint32_t before)
{
    const struct builder_cve *cves = builder->cves.items;
    return before == UINT32_MAX || cves[number].modified > cves[before].modified ||
           (cves[number].modified == cves[before].modified && number > before);
}

static struct said look_up(const struct knowledge_builder *builder, uint64_t id)
{
    const struct cve_table *table = &builder->known;
    struct said said = {false, false, false, false, false};
    uint32_t chosen[CVE_RECORD_LIST] = {UINT32_MAX, UINT32_MAX};
    if (table->slots == NULL) {
        return said;
    }
    for (uint32_t at = place_of(table, id); table->slots[at] != 0; at = (at + 1) & table->mask) {
        uint32_t number = table->slots[at] - 1;
        if (number < builder->cves.count && builder->cves.items[number].id == id) {
            uint32_t *kind = &chosen[builder->cves.items[number].record];
            *kind = is_chosen(builder, number, *kind) ? number : *kind;
        }
    }
    for (unsigned i = 0; i < CVE_RECORD_LIST; i++) {
        if (chosen[i] != UINT32_MAX) {
            const struct builder_cve *cve = &builder->cves.items[chosen[i]];
            said.rejected |= cve->status == CVE_STATUS_REJECTED;
            said.configured |= cve->configuration_count > 0;
            said.described |= cve->described;
            said.scored |= cve->score != CVSS_NO_SCORE;
            said.dated |= cve->published != TIME_NONE;
        }
    }
    return said;
}

/* Leaves of a CVE List record what NVD does not say. False when that is nothing. The text is
 * kept with the scores, which stand in it. */
static bool reduce(const struct knowledge_builder *builder, struct feed_cve *published,
                   bool *ret_text)
{
    struct said said = look_up(builder, published->id);
    bool scores = !said.scored && published->score_count > 0;
    *ret_text = !said.described || scores;
    if (published->record != CVE_RECORD_LIST) {
        *ret_text = published->record == CVE_RECORD_NVD;
        return true;
    }
    if (said.configured) {
        published->configuration_count = 0;
    }
    bool rejects = published->status == CVE_STATUS_REJECTED;
    return !said.rejected &&
           (rejects || *ret_text || !said.dated || published->configuration_count > 0);
}

void builder_cve_put(struct knowledge_builder *builder, const struct builder_cve *cve)
{
    *list_add(&builder->cves) = *cve;
    if (cve->record != CVE_RECORD_LIST) {
        remember(builder, builder->cves.count - 1);
    }
}

int builder_take_cve(void *context, const struct feed_cve *record, struct error *err)
{
    struct builder_sink *sink = context;
    struct knowledge_builder *builder = sink->builder;
    struct feed_cve published = *record;
    bool with_text;
    builder->member.record.key = record->id;
    if (!reduce(builder, &published, &with_text)) {
        return 0;
    }
    struct builder_cve cve = {
        .id = published.id,
        .published = published.published,
        .modified = published.modified,
        .first_configuration = builder->configurations.count,
        .text_block = KNOWLEDGE_NO_TEXT,
        .score = CVSS_NO_SCORE,
        .status = (uint8_t)published.status,
        .record = (uint8_t)published.record,
        .input = published.record == CVE_RECORD_NVD ? (uint16_t)(builder->inputs.count + 1) : 0,
        .aside_block = KNOWLEDGE_NO_TEXT,
    };
    if (published.status != CVE_STATUS_REJECTED) {
        choose_score(sink, &published, &cve);
        cve.rating = (uint8_t)published.rating;
        for (uint32_t i = 0; i < published.configuration_count; i++) {
            add_configuration(sink, cve.id, &published.configurations[i]);
        }
        cve.configuration_count = builder->configurations.count - cve.first_configuration;
        if (with_text) {
            cve.described = published.description.len > 0;
            builder_text_add(builder, &published, sink->report, &cve);
        }
    }
    builder_cve_put(builder, &cve);
    /* Numbers of a match and of a configuration are kept with flags below them. */
    if (builder->configurations.count >= UINT32_MAX >> FLAG_BITS ||
        builder->cves.count >= UINT32_MAX >> CONFIGURATION_BITS ||
        builder->matches.count >= UINT32_MAX >> 1 || builder->qualifiers.count > MATCH_QUALIFIERS ||
        builder->terms.count >= UINT32_MAX / 2 ||
        (cve.record == CVE_RECORD_NVD && builder->inputs.count >= UINT16_MAX)) {
        return error_set(err, ERR_LIMIT, "more criteria than a knowledge file holds");
    }
    return 0;
}

int builder_take_kev(void *context, const struct feed_kev *kev, struct error *err)
{
    struct builder_sink *sink = context;
    *list_add(&sink->builder->kev) = (struct record_kev){
        .id = kev->id,
        .added = kev->added,
        .due = kev->due,
        .name = builder_string(sink->builder, kev->name),
        .action = builder_string(sink->builder, kev->action),
        .ransomware = kev->ransomware,
    };
    return 0;
}

static uint32_t to_billionths(double value)
{
    double clamped = value > 0 ? (value < 1 ? value : 1) : 0;
    return (uint32_t)(clamped * KNOWLEDGE_EPSS_ONE + 0.5);
}

int builder_take_epss(void *context, const struct feed_epss *epss, struct error *err)
{
    struct builder_sink *sink = context;
    *list_add(&sink->builder->epss) = (struct record_epss){
        .id = epss->id,
        .score = to_billionths(epss->score),
        .percentile = to_billionths(epss->percentile),
    };
    return 0;
}
