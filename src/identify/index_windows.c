/*
 * Names that Windows shows against the knowledge's own products. A display name has the maker
 * before the product, editions, years and numbers about it: what is left is tried from the
 * longest to the shortest, and counts when the vendor is the publisher.
 */
#include "identify/index_search.h"

#include <string.h>

enum {
    LEADING_WORDS = 3,   /* of the maker, before the product's name */
    NAMED_LOOKED_AT = 64 /* products of one name: more have "login" and the like */
};

/* ---- products of one name ---- */

/* Made for other systems, or as a plug-in of something. */
static bool is_elsewhere(const struct knowledge *knowledge, const struct knowledge_product *product)
{
    static const char *const systems[] = {"android", "iphone_os", "ipados",   "ipad_os",   "ios",
                                          "macos",   "mac_os",    "mac_os_x", "wordpress", "joomla",
                                          "joomla!", "drupal",    "jenkins",  "chrome",    NULL};
    enum { MATCHES_LOOKED_AT = 4 };
    for (uint32_t i = 0; i < product->match_count && i < MATCHES_LOOKED_AT; i++) {
        struct knowledge_match match;
        bool other = false;
        if (!knowledge_match(knowledge, product->first_match + i, &match)) {
            continue;
        }
        for (unsigned k = 0; systems[k] != NULL; k++) {
            other = other || str_eq_text(match.target_sw, systems[k]);
        }
        if (!other) {
            return false;
        }
    }
    return true;
}

static void keep_candidate(struct search *search, const struct knowledge_product *product)
{
    struct index_answer *answer = search->answer;
    for (uint32_t i = 0; i < answer->count; i++) {
        const struct knowledge_product *other = &answer->products[i];
        if (other->index == product->index || alias_same(search->tables, other, product)) {
            return;
        }
    }
    if (answer->count < INDEX_CANDIDATES) {
        answer->products[answer->count++] = *product;
    }
}

/* Of several that agree: what NVD names before what publishers wrote, then the better known. */
static bool is_better(const struct search *search, enum agreement agreement, bool written,
                      const struct knowledge_product *product)
{
    if (agreement != search->agreement) {
        return agreement > search->agreement;
    }
    if (written != search->written) {
        return !written;
    }
    return product->match_count > search->best.match_count;
}

static void keep_agreeing(struct search *search, enum agreement agreement,
                          const struct knowledge_product *product)
{
    bool written = products_is_written(search->knowledge, product);
    if (is_better(search, agreement, written, product)) {
        search->best = *product;
        search->agreement = agreement;
        search->written = written;
    }
    if (search->agreeing_count < INDEX_CANDIDATES) {
        search->agreeing[search->agreeing_count++] = *product;
    }
}

static void look_at(struct search *search, const struct knowledge_product *product, struct str name,
                    bool candidates)
{
    enum agreement agreement = search_agree(search, product, name);
    if (agreement == AGREES_NOT && !candidates) {
        return;
    }
    bool here = agreement >= AGREES_LISTED ? !is_elsewhere(search->knowledge, product)
                                           : index_of_system(search->knowledge, product);
    if (here && candidates) {
        keep_candidate(search, product);
    }
    if (here && agreement > AGREES_NOT) {
        keep_agreeing(search, agreement, product);
    }
}

static void look_up(struct search *search, struct str name, bool candidates)
{
    uint32_t first, count = knowledge_products_named(search->knowledge, name, &first);
    for (uint32_t i = 0; i < count && i < NAMED_LOOKED_AT; i++) {
        struct knowledge_product product;
        if (knowledge_product_named(search->knowledge, first + i, &product) &&
            product.part != 'h') {
            look_at(search, &product, name, candidates);
        }
    }
}

/* "rocket-manager_x" as "rocket_manager_x". */
static struct str join_hyphens(struct str name, char *out)
{
    for (size_t i = 0; i < name.len; i++) {
        out[i] = name.ptr[i] == '-' ? '_' : name.ptr[i];
    }
    return str_make(out, name.len);
}

/* "server_&_monitor" as "server_and_monitor", "plug-in" as "plugin". "" where neither is in it. */
static struct str spell_out(struct str name, char *out, size_t size)
{
    static const struct {
        const char *from, *to;
    } ways[] = {{"&", "and"}, {"plug-in", "plugin"}, {"add-in", "addin"}, {"add-on", "addon"}};
    size_t len = 0, changed = 0;
    while (name.len > 0) {
        struct str from = str_sub(name, 0, 1), to = from;
        for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++) {
            if (str_starts(name, str_from(ways[i].from))) {
                from = str_from(ways[i].from);
                to = str_from(ways[i].to);
                changed++;
            }
        }
        if (len + to.len > size) {
            return STR("");
        }
        memcpy(out + len, to.ptr, to.len);
        len += to.len;
        name = str_skip(name, from.len);
    }
    return changed > 0 ? str_make(out, len) : STR("");
}

/* The words in the ways that CPE names are written. */
static void try_words(struct search *search, bool candidates)
{
    enum { WAYS = 5 };
    char bytes[WAYS][LIMIT_NAME];
    struct str names[WAYS];
    /* Words before the name that are not the publisher's rarely are a vendor's: one way will do. */
    bool likely = search->start == 0 || search_leading_is_maker(search);
    names[0] = phrase_join(search->words, search->count, '_', bytes[0], LIMIT_NAME);
    names[1] = phrase_join(search->words, search->count, '-', bytes[1], LIMIT_NAME);
    names[2] = phrase_join(search->words, search->count, '\0', bytes[2], LIMIT_NAME);
    names[3] = join_hyphens(names[0], bytes[3]);
    names[4] = spell_out(names[0], bytes[4], LIMIT_NAME);
    for (unsigned i = 0; i < (likely ? WAYS : 1u); i++) {
        bool again = names[i].len < SHORTEST_NAME;
        for (unsigned k = 0; k < i; k++) {
            again = again || str_eq(names[i], names[k]);
        }
        if (!again) {
            look_up(search, names[i], candidates);
        }
    }
}

/* ---- which words ---- */

static bool has_kind(const struct phrase *phrase, enum word_kind kind)
{
    for (unsigned i = 0; i < phrase->count; i++) {
        if (phrase->kinds[i] == kind) {
            return true;
        }
    }
    return false;
}

/* Words from start on, without the kinds of the mask. */
static void take_words(struct search *search, unsigned start, unsigned without)
{
    const struct phrase *phrase = &search->phrase;
    search->start = start;
    search->count = 0;
    for (unsigned i = start; i < phrase->count; i++) {
        if ((without >> phrase->kinds[i] & 1) == 0) {
            search->words[search->count++] = phrase->words[i];
        }
    }
}

/* How many leading words may be the maker's: they stand in the publisher, or any few may be
 * those of a vendor that is called so. */
static unsigned leading_words(const struct search *search)
{
    unsigned most = search->phrase.count > 0 ? search->phrase.count - 1 : 0;
    return most < LEADING_WORDS ? most : LEADING_WORDS;
}

/* The best first, then what else agrees as well. */
static bool take(struct search *search, const char *rule)
{
    struct index_answer *answer = search->answer;
    answer->products[0] = search->best;
    answer->count = 1;
    answer->rule = rule;
    for (uint32_t i = 0; i < search->agreeing_count; i++) {
        if (search->agreeing[i].index != search->best.index) {
            keep_candidate(search, &search->agreeing[i]);
        }
    }
    return true;
}

static const char *rule_of(enum agreement agreement)
{
    switch (agreement) {
    case AGREES_PUBLISHER:
        return "index: the publisher's product of this name";
    case AGREES_LISTED:
        return "index: a product of this name, of a vendor that the publisher is known by";
    case AGREES_PREFIX:
        return "index: vendor and product are both in the name";
    default:
        return "index: the vendor of the same name";
    }
}

enum { YEAR = 1 << WORD_YEAR, NUMBER = 1 << WORD_NUMBER, EDITION = 1 << WORD_EDITION };

/* The whole name, each time with less of what may not belong to it. */
static bool find_whole(struct search *search, bool candidates)
{
    static const unsigned kinds[] = {0,       YEAR,           YEAR | NUMBER,
                                     EDITION, EDITION | YEAR, EDITION | YEAR | NUMBER};
    unsigned present = (has_kind(&search->phrase, WORD_YEAR) ? YEAR : 0) |
                       (has_kind(&search->phrase, WORD_NUMBER) ? NUMBER : 0) |
                       (has_kind(&search->phrase, WORD_EDITION) ? EDITION : 0);
    unsigned tried = 0; /* a bit for each mask */
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        unsigned without = kinds[i] & present;
        if (tried >> without & 1) {
            continue;
        }
        tried |= 1u << without;
        search->agreement = AGREES_NOT;
        search->agreeing_count = 0;
        for (unsigned start = 0; start <= leading_words(search); start++) {
            take_words(search, start, without);
            if (search->count > 0) {
                try_words(search, candidates && start == 0);
            }
        }
        if (search->agreement != AGREES_NOT) {
            search->without = without;
            return true;
        }
    }
    return false;
}

/* A vendor with this product alone. */
static bool is_only_product(const struct search *search, const struct knowledge_product *product)
{
    struct knowledge_product before, after;
    return !(product->index > 0 &&
             knowledge_product(search->knowledge, product->index - 1, &before) &&
             str_eq(before.vendor, product->vendor)) &&
           !(knowledge_product(search->knowledge, product->index + 1, &after) &&
             str_eq(after.vendor, product->vendor));
}

static bool is_role(struct str word)
{
    static const char *const roles[] = {"client", "agent", "desktop", "server", "service", NULL};
    for (unsigned i = 0; roles[i] != NULL; i++) {
        if (str_eq_text(word, roles[i])) {
            return true;
        }
    }
    return false;
}

/* No other product of the vendor begins with the name: nothing else can be meant by it. */
static bool is_only_beginning(const struct search *search, const struct knowledge_product *product)
{
    enum { SHORTEST_BEGINNING = 3 };
    struct knowledge_product after;
    return product->product.len >= SHORTEST_BEGINNING && !search_is_general(product->product) &&
           !(knowledge_product(search->knowledge, product->index + 1, &after) &&
             str_eq(after.vendor, product->vendor) && str_starts(after.product, product->product));
}

/* What a program is, after its own name, where a client or an agent may be another program. */
static bool is_itself(struct str word)
{
    return str_eq_text(word, "server") || str_eq_text(word, "compiler") ||
           str_eq_text(word, "cli") || str_eq_text(word, "broker");
}

/* A product of the publisher that the name begins with: what follows may be a part of it, or
 * something else. *ret_sure: it is the only product of a vendor of that name, and what follows
 * says what it does ("Netskope Client"), or what it is ("Zen Server"). */
static bool begins_with_product(struct search *search, bool *ret_sure)
{
    for (unsigned start = 0; start <= leading_words(search) && start < 2; start++) {
        take_words(search, start, EDITION | YEAR | NUMBER);
        unsigned count = search->count;
        for (unsigned all = count; all > 1; all--) {
            struct str last = search->words[all - 1];
            search->count = all - 1;
            search->agreement = AGREES_NOT;
            search->agreeing_count = 0;
            try_words(search, false);
            if (search->agreement == AGREES_PUBLISHER) {
                *ret_sure =
                    (all == 2 && start == 0 && is_role(last) &&
                     is_only_product(search, &search->best)) ||
                    (all == count && is_itself(last) && is_only_beginning(search, &search->best));
                return true;
            }
        }
    }
    return false;
}

/* The publisher is called as its program, and only one vendor has a program of that name. */
static bool is_publishers_own(const struct search *search)
{
    char name[LIMIT_NAME];
    const struct index_answer *answer = search->answer;
    struct str squashed =
        answer->count == 1 ? index_squash(answer->products[0].product, name, sizeof name) : STR("");
    return squashed.len > SHORTEST_NAME && str_eq(squashed, search->publisher.core) &&
           !search_is_general(squashed);
}

static void begin(struct search *search, const struct identify_tables *tables,
                  const struct knowledge *knowledge, const struct inventory_software *software,
                  struct index_answer *answer)
{
    search->tables = tables;
    search->knowledge = knowledge;
    search->software = software;
    search->answer = answer;
    search->vendors = STR("");
    answer->count = 0;
    answer->rule = "";
    publisher_cut(software->vendor, &search->publisher);
    phrase_cut(software->name, &search->phrase);
    uint32_t row = index_find_publisher(tables, software->vendor);
    if (row != PATTERN_NONE) {
        search->vendors = tables_cell(tables, TABLE_PUBLISHERS, row, PUB_VENDORS);
    }
}

bool index_windows_whole(const struct identify_tables *tables, const struct knowledge *knowledge,
                         const struct inventory_software *software, struct index_answer *ret,
                         size_t *ret_used)
{
    struct search search;
    begin(&search, tables, knowledge, software, ret);
    if (!find_whole(&search, false) || search.agreement != AGREES_PUBLISHER ||
        (search.without & (EDITION | NUMBER)) != 0) {
        return false;
    }
    char bytes[LIMIT_NAME];
    take_words(&search, 0, EDITION | YEAR | NUMBER);
    *ret_used = phrase_join(search.words, search.count, '\0', bytes, sizeof bytes).len;
    return take(&search, rule_of(search.agreement));
}

/* A name that nobody else would think of. */
static bool is_distinctive(const struct search *search)
{
    enum { WORDS = 3, LETTERS = 16 };
    char bytes[LIMIT_NAME];
    unsigned words = 1;
    if (search->answer->count != 1) {
        return false;
    }
    struct str product = search->answer->products[0].product;
    for (size_t i = 0; i < product.len; i++) {
        words += product.ptr[i] == '_' || product.ptr[i] == '-';
    }
    return words >= WORDS && index_squash(product, bytes, sizeof bytes).len >= LETTERS;
}

bool index_windows(const struct identify_tables *tables, const struct knowledge *knowledge,
                   const struct inventory_software *software, struct index_answer *ret)
{
    struct search search;
    bool sure = false;
    begin(&search, tables, knowledge, software, ret);
    if (find_whole(&search, true)) {
        return take(&search, rule_of(search.agreement));
    }
    if (is_publishers_own(&search)) {
        ret->rule = "index: called as its publisher, and only one vendor has it";
        return true;
    }
    if (is_distinctive(&search)) {
        ret->rule = "index: only one vendor has a product of this long name";
        return true;
    }
    if (ret->count > 0) {
        ret->rule = "index: products of this name, and nothing that says which";
    } else if (begins_with_product(&search, &sure)) {
        if (sure) {
            return take(&search, "index: the publisher's only product");
        }
        keep_candidate(&search, &search.best);
        ret->rule = "index: the name begins with a product of the publisher";
    }
    return false;
}
