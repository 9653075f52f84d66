/*
 * Records that give the last or first fixed version of several branches and no beginning of any:
 * "before 13.3.9 and before 13.5.2". Each of them is about its own branch: 13.3.10 has the fix,
 * though 13.5.2 comes later.
 */
#include "assess/engine.h"

enum { NUMBERS = 8, MAX_DIGITS = 9 };

/* The numbers of a version that is nothing but numbers with dots between; count 0 for others. */
struct numbers {
    uint64_t items[NUMBERS];
    unsigned count;
};

static struct numbers read_numbers(struct str text)
{
    struct numbers ret = {0};
    struct str part;
    while (str_split_byte(&text, '.', &part)) {
        if (ret.count == NUMBERS || part.len > MAX_DIGITS ||
            !str_to_u64(part, &ret.items[ret.count])) {
            return (struct numbers){0};
        }
        ret.count++;
    }
    return ret;
}

/* Whether both begin with the same count numbers, what a version lacks being 0. */
static bool begin_alike(const struct numbers *a, const struct numbers *b, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint64_t left = i < a->count ? a->items[i] : 0, right = i < b->count ? b->items[i] : 0;
        if (left != right) {
            return false;
        }
    }
    return true;
}

/* match holds for version, which is not below the end of sibling. */
static enum branch judge_sibling(const struct numbers *version, const struct numbers *end,
                                 const struct numbers *sibling, bool sibling_including)
{
    unsigned own = sibling->count - 1;
    if (own > 0 && begin_alike(version, sibling, own) && !begin_alike(end, sibling, own)) {
        return own > 1 && !sibling_including ? BRANCH_FIXED : BRANCH_DOUBT;
    }
    bool major = !sibling_including && sibling->count > 1 && begin_alike(version, sibling, 1) &&
                 !begin_alike(end, sibling, 1);
    return major ? BRANCH_DOUBT : BRANCH_NONE;
}

static bool is_past(const struct version_key *key, const struct knowledge_match *sibling)
{
    enum version_order order = version_key_compare(key, &sibling->end);
    return order == VERSION_GREATER || (order == VERSION_EQUAL && !sibling->end_including);
}

/* Whether both speak of the same versions but for their ends. */
static bool is_sibling(const struct knowledge_match *match, const struct knowledge_match *other)
{
    return other->index != match->index && other->product == match->product &&
           other->qualifiers == match->qualifiers && other->kind == KNOWLEDGE_MATCH_RANGE &&
           other->end.class &&
           (!match->start.class || str_eq(match->start_text, other->start_text));
}

static bool next_sibling(const struct engine *engine, const struct knowledge_node *node,
                         const struct knowledge_match *match, uint32_t *at,
                         struct knowledge_match *ret)
{
    while (*at < node->term_count) {
        struct knowledge_term term;
        uint32_t index = node->first_term + (*at)++;
        if (knowledge_term(engine->knowledge, index, &term) && term.vulnerable &&
            knowledge_match_bounds(engine->knowledge, term.match, ret) && is_sibling(match, ret)) {
            return true;
        }
    }
    return false;
}

/* Old records list the last of many releases of one branch so: none of them ends it. */
static bool is_listed(const struct engine *engine, const struct knowledge_node *node,
                      const struct knowledge_match *match, const struct knowledge_match *sibling,
                      const struct numbers *numbers)
{
    struct knowledge_match other;
    for (uint32_t at = 0; next_sibling(engine, node, match, &at, &other);) {
        struct numbers end = read_numbers(other.end_text);
        if (other.index != sibling->index && end.count > 0 &&
            begin_alike(&end, numbers, numbers->count - 1)) {
            return true;
        }
    }
    return false;
}

enum branch branch_judge(const struct engine *engine, const struct knowledge_use *use,
                         const struct knowledge_match *match, const struct version_key *key,
                         struct str version, struct knowledge_match *ret_sibling)
{
    struct knowledge_node node;
    struct numbers numbers = read_numbers(version), end = read_numbers(match->end_text);
    enum branch ret = BRANCH_NONE;
    if (match->kind != KNOWLEDGE_MATCH_RANGE || numbers.count == 0 || end.count == 0 ||
        !knowledge_node(engine->knowledge, use->node, &node) || node.is_and || node.negate) {
        return BRANCH_NONE;
    }
    struct knowledge_match sibling;
    for (uint32_t at = 0;
         ret != BRANCH_FIXED && next_sibling(engine, &node, match, &at, &sibling);) {
        struct numbers other = read_numbers(sibling.end_text);
        if (other.count == 0 || !is_past(key, &sibling)) {
            continue;
        }
        enum branch found = judge_sibling(&numbers, &end, &other, sibling.end_including);
        if (found > ret &&
            !(sibling.end_including && is_listed(engine, &node, match, &sibling, &other))) {
            ret = found;
            *ret_sibling = sibling;
        }
    }
    return ret;
}
