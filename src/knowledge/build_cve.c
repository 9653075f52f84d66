#include "knowledge/builder.h"

#include "base/limits.h"
#include "cvss/cvss.h"

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
        .flags = (published->is_and ? FLAG_AND : 0) | (published->negate ? FLAG_NEGATE : 0),
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

int builder_take_cve(void *context, const struct feed_cve *published, struct error *err)
{
    struct builder_sink *sink = context;
    struct knowledge_builder *builder = sink->builder;
    struct builder_cve cve = {
        .id = published->id,
        .published = published->published,
        .modified = published->modified,
        .first_configuration = builder->configurations.count,
        .text_block = KNOWLEDGE_NO_TEXT,
        .score = CVSS_NO_SCORE,
        .status = (uint8_t)published->status,
    };
    if (published->status != CVE_STATUS_REJECTED) {
        choose_score(sink, published, &cve);
        for (uint32_t i = 0; i < published->configuration_count; i++) {
            add_configuration(sink, cve.id, &published->configurations[i]);
        }
        cve.configuration_count = builder->configurations.count - cve.first_configuration;
        builder_text_add(builder, published, sink->report, &cve);
    }
    *list_add(&builder->cves) = cve;
    /* Numbers of a match and of a configuration are kept with flags below them. */
    if (builder->configurations.count >= UINT32_MAX >> FLAG_BITS ||
        builder->matches.count >= UINT32_MAX >> 1 || builder->qualifiers.count > MATCH_QUALIFIERS ||
        builder->terms.count >= UINT32_MAX / 2) {
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
