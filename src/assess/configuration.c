/* Configurations of CVE records: which of the criteria that stand together the server fulfils. */
#include "assess/engine.h"

#include "base/memory.h"

#include <stdlib.h>

/* A product that the server has: an installed piece of software, or its OS. */
struct present {
    uint32_t product;
    struct version_key key;
    struct match_world world;
};

/* Configurations already decided for this server: open addressing, configuration + 1. */
struct decided {
    uint32_t *slots;
    bool *answers;
    uint32_t count, mask;
};

struct configurations {
    struct present *items; /* by product */
    uint32_t count, capacity;
    struct decided decided;
};

/* ---- what the server has ---- */

static void add_present(struct configurations *configurations, struct present item)
{
    mem_reserve(configurations->items, configurations->count, configurations->capacity);
    configurations->items[configurations->count++] = item;
}

static int compare_present(const void *left, const void *right)
{
    const struct present *a = left, *b = right;
    return (a->product > b->product) - (a->product < b->product);
}

static void add_platforms(struct engine *engine, struct configurations *configurations)
{
    struct platform platforms[PLATFORMS_MAX];
    uint32_t count = platforms_of(engine->inventory, platforms, engine->arena);
    for (uint32_t i = 0; i < count; i++) {
        struct knowledge_product product;
        if (!knowledge_find_product(engine->knowledge, 'o', str_from(platforms[i].vendor),
                                    platforms[i].product, &product)) {
            continue;
        }
        add_present(configurations,
                    (struct present){product.index,
                                     engine_key(engine, VERSION_NVD, platforms[i].version),
                                     engine_world(engine)});
    }
}

void configurations_prepare(struct engine *engine)
{
    struct configurations *configurations = mem_alloc_zero(1, sizeof *configurations);
    engine->configurations = configurations;
    for (uint32_t i = 0; i < engine->unit_count; i++) {
        const struct unit *unit = &engine->units[i];
        for (uint32_t k = 0; k < unit->identity->product_count; k++) {
            const struct identity_product *product = &unit->identity->products[k];
            add_present(configurations, (struct present){product->product.index, product->key,
                                                         engine_world_of(engine, unit, product)});
        }
    }
    add_platforms(engine, configurations);
    if (configurations->count) {
        qsort(configurations->items, configurations->count, sizeof *configurations->items,
              compare_present);
    }
}

void configurations_done(struct engine *engine)
{
    if (!engine->configurations) {
        return;
    }
    free(engine->configurations->items);
    free(engine->configurations->decided.slots);
    free(engine->configurations->decided.answers);
    free(engine->configurations);
    engine->configurations = NULL;
}

static uint32_t first_present(const struct configurations *configurations, uint32_t product)
{
    uint32_t low = 0, high = configurations->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (configurations->items[middle].product < product) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* ---- configurations ---- */

static bool term_holds(const struct engine *engine, const struct knowledge_term *term)
{
    const struct configurations *configurations = engine->configurations;
    struct knowledge_match match;
    if (!knowledge_match(engine->knowledge, term->match, &match)) {
        return false;
    }
    for (uint32_t i = first_present(configurations, match.product);
         i < configurations->count && configurations->items[i].product == match.product; i++) {
        const struct present *item = &configurations->items[i];
        if (match_answer(&match, &item->key, &item->world) >= MATCH_UNCERTAIN) {
            return true;
        }
    }
    return false;
}

/* known is a match that is known to hold. */
static bool node_holds(const struct engine *engine, const struct knowledge_node *node,
                       uint32_t known)
{
    bool holds = node->is_and;
    for (uint32_t i = 0; i < node->term_count; i++) {
        struct knowledge_term term;
        if (!knowledge_term(engine->knowledge, node->first_term + i, &term)) {
            return false;
        }
        bool term_true = term.match == known || term_holds(engine, &term);
        if (term_true != node->is_and) {
            holds = term_true;
            break;
        }
    }
    return holds != node->negate;
}

static bool same_bounds(const struct knowledge_match *a, const struct knowledge_match *b)
{
    return a->kind == KNOWLEDGE_MATCH_RANGE && b->kind == KNOWLEDGE_MATCH_RANGE &&
           a->start_excluding == b->start_excluding && a->end_including == b->end_including &&
           str_eq(a->start_text, b->start_text) && str_eq(a->end_text, b->end_text);
}

static bool has_bounds(const struct engine *engine, const struct knowledge_node *node,
                       const struct knowledge_match *wanted)
{
    for (uint32_t i = 0; i < node->term_count; i++) {
        struct knowledge_term term;
        struct knowledge_match match;
        if (knowledge_term(engine->knowledge, node->first_term + i, &term) && term.vulnerable &&
            knowledge_match(engine->knowledge, term.match, &match) && same_bounds(&match, wanted)) {
            return true;
        }
    }
    return false;
}

/* Some records put the names that software has had into an AND beside its platform: Firefox AND
 * Firefox ESR AND Windows, git_for_windows AND git AND Windows. Nodes of vulnerable software with
 * the same ranges are such names, of which one is enough. */
static bool is_other_name(const struct engine *engine, const struct knowledge_node *node,
                          uint32_t named)
{
    struct knowledge_node other;
    if (!knowledge_node(engine->knowledge, named, &other) || node->is_and || other.is_and ||
        node->negate || other.negate || node->term_count != other.term_count) {
        return false;
    }
    for (uint32_t i = 0; i < node->term_count; i++) {
        struct knowledge_term term;
        struct knowledge_match match;
        if (!knowledge_term(engine->knowledge, node->first_term + i, &term) || !term.vulnerable ||
            !knowledge_match(engine->knowledge, term.match, &match) ||
            !has_bounds(engine, &other, &match)) {
            return false;
        }
    }
    return true;
}

static bool configuration_holds(const struct engine *engine,
                                const struct knowledge_configuration *configuration,
                                const struct knowledge_use *use, uint32_t known)
{
    bool holds = configuration->is_and;
    for (uint32_t i = 0; i < configuration->node_count; i++) {
        uint32_t index = configuration->first_node + i;
        struct knowledge_node node;
        if (!knowledge_node(engine->knowledge, index, &node)) {
            return false;
        }
        bool short_cut = index == use->node && !node.is_and;
        bool node_true = short_cut ? !node.negate : node_holds(engine, &node, known);
        if (!node_true && configuration->is_and) {
            node_true = index != use->node && is_other_name(engine, &node, use->node);
        }
        if (node_true != configuration->is_and) {
            holds = node_true;
            break;
        }
    }
    return holds != configuration->negate;
}

static void grow_decided(struct decided *decided)
{
    struct decided old = *decided;
    uint32_t size = old.mask ? (old.mask + 1) * 2 : 1024;
    decided->mask = size - 1;
    decided->slots = mem_alloc_zero(size, sizeof *decided->slots);
    decided->answers = mem_alloc_zero(size, sizeof *decided->answers);
    for (uint32_t i = 0; old.mask && i <= old.mask; i++) {
        if (!old.slots[i]) {
            continue;
        }
        uint32_t at = (old.slots[i] * 2654435761u) & decided->mask;
        while (decided->slots[at]) {
            at = (at + 1) & decided->mask;
        }
        decided->slots[at] = old.slots[i];
        decided->answers[at] = old.answers[i];
    }
    free(old.slots);
    free(old.answers);
}

bool configuration_decide(struct engine *engine, const struct knowledge_use *use, uint32_t known)
{
    struct decided *decided = &engine->configurations->decided;
    struct knowledge_configuration configuration;
    if (decided->count * 2 >= decided->mask) {
        grow_decided(decided);
    }
    uint32_t name = use->configuration + 1;
    uint32_t at = (name * 2654435761u) & decided->mask;
    while (decided->slots[at] && decided->slots[at] != name) {
        at = (at + 1) & decided->mask;
    }
    if (decided->slots[at]) {
        return decided->answers[at];
    }
    decided->slots[at] = name;
    decided->count++;
    decided->answers[at] =
        knowledge_configuration(engine->knowledge, use->configuration, &configuration) &&
        configuration_holds(engine, &configuration, use, known);
    return decided->answers[at];
}

/* ---- for an explanation ---- */

/* What a configuration wants besides, and whether the server has it. */
static void trace_terms(struct engine *engine, const struct knowledge_node *node, uint32_t known)
{
    for (uint32_t i = 0; i < node->term_count; i++) {
        struct knowledge_term term;
        struct knowledge_match match;
        struct knowledge_product product = {0};
        if (!knowledge_term(engine->knowledge, node->first_term + i, &term) ||
            term.match == known || !knowledge_match(engine->knowledge, term.match, &match)) {
            continue;
        }
        struct buf text;
        buf_init(&text, 2048);
        match_text(engine->knowledge, &match, &text);
        knowledge_product(engine->knowledge, match.product, &product);
        struct str aside = term_holds(engine, &term) ? STR("-> present")
                           : product.part == 'h' ? STR("-> hardware, not known: taken as absent")
                                                 : STR("-> not on this server");
        trace_step(engine, "criterion", aside, "together with %s%s", node->negate ? "not " : "",
                   buf_text(&text));
        buf_done(&text);
    }
}

void configuration_trace(struct engine *engine, const struct knowledge_use *use, uint32_t known)
{
    struct knowledge_configuration configuration;
    if (!trace_on(engine) ||
        !knowledge_configuration(engine->knowledge, use->configuration, &configuration) ||
        !configuration.is_and) {
        return;
    }
    for (uint32_t i = 0; i < configuration.node_count; i++) {
        struct knowledge_node node;
        uint32_t index = configuration.first_node + i;
        if (index != use->node && knowledge_node(engine->knowledge, index, &node) &&
            !is_other_name(engine, &node, use->node)) {
            trace_terms(engine, &node, known);
        }
    }
}
