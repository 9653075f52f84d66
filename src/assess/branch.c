/*
 * Records that give the last or first fixed version of several branches and no beginning of any:
 * "before 13.3.9 and before 13.5.2". Each of them is about its own branch: 13.3.10 has the fix,
 * though 13.5.2 comes later. And ranges that count otherwise than the version does.
 */
#include "assess/engine.h"

enum { NUMBERS = 8, MAX_DIGITS = 9, FIRST_BUILD = 1000, FIRST_YEAR = 1990, LAST_YEAR = 2099 };

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

/* The numbers that a version begins with: 11.0.0 of 11.0.0-m1. */
static struct numbers read_beginning(struct str text)
{
    size_t len = 0;
    while (len < text.len && (str_is_digit(text.ptr[len]) || text.ptr[len] == '.')) {
        len++;
    }
    while (len > 0 && text.ptr[len - 1] == '.') {
        len--;
    }
    return read_numbers(str_sub(text, 0, len));
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

/* A single number that is no year, 35979, counts builds; 25.11.4 does not. */
static bool is_build_number(const struct numbers *end, const struct numbers *version)
{
    bool year = end->items[0] >= FIRST_YEAR && end->items[0] <= LAST_YEAR;
    return end->count == 1 && end->items[0] >= FIRST_BUILD && !year && version->count > 1 &&
           version->items[0] < FIRST_BUILD;
}

/* Jenkins has two numbers in weekly releases and three in long-term ones. Criteria of before 2019
 * do not say which they are about. */
static bool is_other_line(const struct knowledge_match *match,
                          const struct identity_product *product, const struct numbers *end,
                          const struct numbers *version)
{
    return str_eq_text(match->sw_edition, "*") &&
           str_eq_text(product->product.product, "jenkins") &&
           str_glob(STR("jenkins|cloudbees"), product->product.vendor) && end->count > 1 &&
           version->count > 1 && (end->count == 2) != (version->count == 2);
}

/* Packages of NGINX Plus do not say their patch: 36 may be R36 P7. */
static bool hides_patch(const struct knowledge_match *match, const struct identity_product *product,
                        const struct numbers *version)
{
    if (!str_eq_text(product->product.product, "nginx_plus") || match->end_text.len == 0 ||
        str_is_digit(match->end_text.ptr[0])) {
        return false;
    }
    struct str release = str_skip(match->end_text, 1);
    size_t patch = str_find_byte(release, ' ');
    struct numbers end = read_beginning(release);
    return patch != SIZE_MAX && end.count == 1 && version->count == 1 &&
           end.items[0] == version->items[0];
}

enum branch branch_judge(const struct engine *engine, const struct knowledge_use *use,
                         const struct knowledge_match *match,
                         const struct identity_product *product,
                         struct knowledge_match *ret_sibling)
{
    struct knowledge_node node;
    struct numbers numbers = read_numbers(product->version);
    struct numbers end = read_beginning(match->end_text);
    if (match->kind == KNOWLEDGE_MATCH_RANGE && hides_patch(match, product, &numbers)) {
        return BRANCH_COUNTED_APART;
    }
    if (match->kind != KNOWLEDGE_MATCH_RANGE || numbers.count == 0 || end.count == 0) {
        return BRANCH_NONE;
    }
    bool apart = is_build_number(&end, &numbers) || is_other_line(match, product, &end, &numbers);
    enum branch ret = apart ? BRANCH_COUNTED_APART : BRANCH_NONE;
    if (!knowledge_node(engine->knowledge, use->node, &node) || node.is_and || node.negate) {
        return ret;
    }
    struct knowledge_match sibling;
    for (uint32_t at = 0;
         ret != BRANCH_FIXED && next_sibling(engine, &node, match, &at, &sibling);) {
        struct numbers other = read_numbers(sibling.end_text);
        if (other.count == 0 || !is_past(&product->key, &sibling)) {
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
