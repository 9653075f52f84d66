/* Calls every getter of a knowledge file with every index, and some outside: whatever the bytes
 * are, no getter may crash, read outside or run for ever. */
#ifndef ASSAY_TESTS_KNOWLEDGE_EXERCISE_H
#define ASSAY_TESTS_KNOWLEDGE_EXERCISE_H

#include "base/buf.h"
#include "knowledge/knowledge.h"
#include "knowledge/microsoft.h"

/* A hostile count can be large; what is past this is like what is before it. */
enum { EXERCISE_MOST = 300 };

static inline uint32_t exercise_end(uint32_t count)
{
    return (count < EXERCISE_MOST ? count : EXERCISE_MOST) + 2;
}

/* Touches the bytes, so that a sanitizer sees a view that leads outside. */
static inline unsigned exercise_sum(struct str text)
{
    unsigned sum = 0;
    for (size_t i = 0; i < text.len; i++) {
        sum += (unsigned char)text.ptr[i];
    }
    return sum;
}

static inline unsigned exercise_key(const struct version_key *key)
{
    return exercise_sum(str_make((const char *)key->bytes, key->len));
}

static inline unsigned exercise_cves(const struct knowledge *knowledge)
{
    unsigned sum = 0;
    for (uint32_t i = 0; i < exercise_end(knowledge_cve_count(knowledge)); i++) {
        struct knowledge_cve cve, found;
        struct knowledge_cve_text text;
        struct knowledge_kev kev;
        struct knowledge_epss epss;
        struct arena arena;
        if (!knowledge_cve(knowledge, i, &cve)) {
            continue;
        }
        sum += exercise_sum(cve.vector) + knowledge_find_cve(knowledge, cve.id, &found);
        arena_init(&arena);
        if (knowledge_cve_text(knowledge, &cve, &arena, &text)) {
            sum += exercise_sum(text.description);
            for (uint32_t n = 0; n < text.reference_count; n++) {
                sum += exercise_sum(text.references[n]);
            }
            for (uint32_t n = 0; n < text.score_count; n++) {
                sum += exercise_sum(text.scores[n].vector);
            }
        }
        arena_done(&arena);
        if (knowledge_find_kev(knowledge, cve.id, &kev)) {
            sum += exercise_sum(kev.name) + exercise_sum(kev.action);
        }
        sum += knowledge_find_epss(knowledge, cve.id, &epss);
    }
    return sum;
}

static inline unsigned exercise_products(const struct knowledge *knowledge)
{
    unsigned sum = 0;
    for (uint32_t i = 0; i < exercise_end(knowledge_product_count(knowledge)); i++) {
        struct knowledge_product product, found;
        uint32_t first;
        sum += knowledge_product_named(knowledge, i, &found);
        if (knowledge_product(knowledge, i, &product)) {
            sum += exercise_sum(product.vendor) + exercise_sum(product.product);
            sum += knowledge_find_product(knowledge, product.part, product.vendor, product.product,
                                          &found);
            sum += knowledge_products_named(knowledge, product.product, &first);
        }
    }
    for (uint32_t i = 0; i < EXERCISE_MOST; i++) {
        struct knowledge_match match;
        struct buf cpe;
        if (!knowledge_match(knowledge, i, &match)) {
            continue;
        }
        buf_init(&cpe, 1 << 20);
        knowledge_match_cpe(knowledge, &match, &cpe);
        sum += exercise_sum(buf_view(&cpe)) + exercise_sum(match.start_text) +
               exercise_sum(match.end_text) + exercise_key(&match.start) +
               exercise_key(&match.end) + exercise_key(&match.version);
        buf_done(&cpe);
    }
    return sum;
}

static inline unsigned exercise_trees(const struct knowledge *knowledge)
{
    unsigned sum = 0;
    for (uint32_t i = 0; i < EXERCISE_MOST; i++) {
        struct knowledge_configuration configuration;
        struct knowledge_node node;
        struct knowledge_term term;
        struct knowledge_use use;
        sum += knowledge_configuration(knowledge, i, &configuration);
        sum += knowledge_node(knowledge, i, &node);
        sum += knowledge_term(knowledge, i, &term);
        sum += knowledge_use(knowledge, i, &use);
    }
    return sum;
}

static inline unsigned exercise_advisories(const struct knowledge *knowledge)
{
    unsigned sum = 0;
    for (uint32_t i = 0; i < EXERCISE_MOST; i++) {
        struct knowledge_ecosystem ecosystem;
        struct knowledge_package package;
        struct knowledge_affected affected;
        struct knowledge_advisory advisory;
        uint32_t first;
        uint64_t id;
        if (knowledge_ecosystem(knowledge, i, &ecosystem)) {
            sum += knowledge_find_ecosystem(knowledge, ecosystem.name, &ecosystem);
        }
        if (knowledge_package(knowledge, i, &package)) {
            sum += knowledge_find_package(knowledge, package.ecosystem, package.name, &package);
        }
        if (knowledge_affected(knowledge, i, &affected)) {
            sum += exercise_sum(affected.urgency) + exercise_sum(affected.fixed_text) +
                   exercise_key(&affected.introduced) + exercise_key(&affected.fixed) +
                   exercise_key(&affected.last);
        }
        if (knowledge_advisory(knowledge, i, &advisory)) {
            sum += exercise_sum(advisory.id) + exercise_sum(advisory.summary) +
                   exercise_sum(advisory.module);
        }
        if (knowledge_advisory_cve(knowledge, i, &id)) {
            sum += knowledge_advisories_naming(knowledge, id, &first);
        }
        sum += knowledge_advisory_place(knowledge, i, &affected);
        sum += knowledge_advisory_naming(knowledge, i, &advisory);
    }
    return sum;
}

static inline unsigned exercise_lifecycles(const struct knowledge *knowledge)
{
    unsigned sum = 0;
    for (uint32_t i = 0; i < EXERCISE_MOST; i++) {
        struct knowledge_lifecycle lifecycle;
        struct knowledge_release release;
        struct knowledge_feed feed;
        if (knowledge_lifecycle(knowledge, i, &lifecycle)) {
            sum += knowledge_find_lifecycle(knowledge, lifecycle.name, &lifecycle);
        }
        if (knowledge_release(knowledge, i, &release)) {
            sum += exercise_sum(release.name) + exercise_sum(release.latest);
        }
        if (knowledge_feed(knowledge, i, &feed)) {
            sum += exercise_sum(feed.samples);
        }
    }
    sum += knowledge_find_lifecycle_by(knowledge, LIFECYCLE_PURL, STR("pkg:deb/debian/nodejs"),
                                       &(struct knowledge_lifecycle){0});
    return sum;
}

static inline unsigned exercise_update(const struct knowledge *knowledge,
                                       const struct knowledge_bulletin_product *product,
                                       uint32_t index)
{
    unsigned sum = 0;
    struct knowledge_update update, same;
    struct knowledge_fix fix;
    uint32_t first, kb;
    if (!knowledge_update(knowledge, index, &update)) {
        return 0;
    }
    sum += knowledge_find_update(knowledge, product, update.kb, &same);
    sum += knowledge_superseders(knowledge, product, update.kb, &first);
    for (uint32_t i = 0; i < exercise_end(update.fix_count); i++) {
        if (knowledge_fix(knowledge, update.first_fix + i, &fix)) {
            sum += exercise_sum(fix.component) + fix.severity;
            sum += knowledge_find_fix(knowledge, &update, fix.cve, &fix);
        }
    }
    for (uint32_t i = 0; i < exercise_end(update.superseded_count); i++) {
        sum += knowledge_superseded(knowledge, update.first_superseded + i, &kb);
    }
    return sum;
}

static inline unsigned exercise_bulletins(const struct knowledge *knowledge)
{
    unsigned sum = 0;
    for (uint32_t i = 0; i < exercise_end(knowledge_bulletin_product_count(knowledge)); i++) {
        struct knowledge_bulletin_product product, found;
        struct knowledge_superseder superseder;
        if (!knowledge_bulletin_product(knowledge, i, &product)) {
            continue;
        }
        sum += exercise_sum(product.name) +
               knowledge_find_bulletin_product(knowledge, product.name, &found);
        for (uint32_t u = 0; u < exercise_end(product.update_count); u++) {
            sum += exercise_update(knowledge, &product, product.first_update + u);
        }
        for (uint32_t s = 0; s < exercise_end(product.superseder_count); s++) {
            sum += knowledge_superseder(knowledge, product.first_superseder + s, &superseder);
        }
    }
    return sum;
}

/* The sum is for nothing but to keep the compiler from leaving the calls out. */
static inline unsigned exercise_all(const struct knowledge *knowledge)
{
    return exercise_cves(knowledge) + exercise_products(knowledge) + exercise_trees(knowledge) +
           exercise_advisories(knowledge) + exercise_lifecycles(knowledge) +
           exercise_bulletins(knowledge);
}

#endif
