/*
 * Names that Windows shows against the knowledge's own products. A display name has the maker
 * before the product, editions, years and numbers about it: what is left is tried from the
 * longest to the shortest, and counts when the vendor is the publisher.
 */
#include "identify/phrase.h"
#include "identify/publisher.h"
#include "identify/tables.h"

#include <string.h>

enum {
    LEADING_WORDS = 3, /* of the maker, before the product's name */
    SHORTEST_NAME = 3,
    NAMED_LOOKED_AT = 64 /* products of one name: more have "login" and the like */
};

/* How well a vendor is the one that Windows shows, best last. */
enum agreement { AGREES_NOT, AGREES_NAMESAKE, AGREES_PREFIX, AGREES_LISTED, AGREES_PUBLISHER };

struct search {
    const struct identify_tables *tables;
    const struct knowledge *knowledge;
    const struct inventory_software *software;
    struct publisher publisher;
    struct str vendors; /* what publishers.tsv knows it by in CPE names */
    struct phrase phrase;
    struct index_answer *answer;
    /* The words tried now. */
    struct str words[PHRASE_WORDS];
    unsigned count, start;
    unsigned without; /* kinds of words left out of what was found */
    /* The best product of this name so far, by how well its vendor agrees. */
    struct knowledge_product best;
    enum agreement agreement;
    bool written;
    /* All that agree: NVD has many a product under several vendors. */
    struct knowledge_product agreeing[INDEX_CANDIDATES];
    uint32_t agreeing_count;
};

/* ---- the vendor ---- */

static bool is_listed(struct str vendors, struct str vendor)
{
    struct str one;
    while (str_next_word(&vendors, &one)) {
        if (str_eq(one, vendor)) {
            return true;
        }
    }
    return false;
}

/* Words that any maker may call a program by. */
static bool is_general(struct str name)
{
    static const char *const names[] = {"agent",
                                        "client",
                                        "server",
                                        "monitor",
                                        "update",
                                        "updater",
                                        "setup",
                                        "manager",
                                        "viewer",
                                        "reader",
                                        "tools",
                                        "launcher",
                                        "service",
                                        "player",
                                        "driver",
                                        "drivers",
                                        "assistant",
                                        "helper",
                                        "backup",
                                        "mail",
                                        "chat",
                                        "browser",
                                        "security",
                                        "desktop",
                                        "remote",
                                        "control",
                                        "connect",
                                        "studio",
                                        "console",
                                        "support",
                                        "system",
                                        "runtime",
                                        "utility",
                                        "utilities",
                                        "installer",
                                        "help",
                                        "portal",
                                        "access",
                                        "office",
                                        "notes",
                                        "calendar",
                                        "core",
                                        "tool",
                                        "editor",
                                        "messenger",
                                        "gateway",
                                        "scanner",
                                        "dashboard",
                                        "workspace",
                                        "connector",
                                        "login",
                                        "project",
                                        "application",
                                        "app",
                                        "database",
                                        "firewall",
                                        "antivirus",
                                        "internet_security",
                                        "total_security",
                                        "endpoint_security",
                                        NULL};
    for (unsigned i = 0; names[i] != NULL; i++) {
        if (str_eq_text(name, names[i])) {
            return true;
        }
    }
    return false;
}

/* The words before the name, as the vendor is written: "pulse secure" of pulsesecure. */
static bool leads(const struct search *search, struct str vendor)
{
    char leading[LIMIT_NAME], own[LIMIT_NAME];
    struct str left =
        phrase_join(search->phrase.words, search->start, '\0', leading, sizeof leading);
    return left.len >= SHORTEST_NAME && str_eq(left, index_squash(vendor, own, sizeof own));
}

/* The words before the name stand for the publisher, so that what follows is the product. */
static bool leading_is_maker(const struct search *search)
{
    char leading[LIMIT_NAME];
    struct str left =
        phrase_join(search->phrase.words, search->start, '\0', leading, sizeof leading);
    if (str_starts(search->publisher.core, left) || str_starts(search->publisher.whole, left)) {
        return true;
    }
    for (unsigned i = 0; i < search->start; i++) {
        struct str word = search->phrase.words[i];
        if (!is_listed(search->vendors, word) && !publisher_has_word(&search->publisher, word)) {
            return false;
        }
    }
    return true;
}

static enum agreement agree_by_publisher(const struct search *search, struct str vendor)
{
    bool itself = publisher_is(&search->publisher, vendor);
    if (!itself && !is_listed(search->vendors, vendor)) {
        return AGREES_NOT;
    }
    if (search->start > 0 && !leading_is_maker(search) && !leads(search, vendor)) {
        return AGREES_NOT;
    }
    return itself ? AGREES_PUBLISHER : AGREES_LISTED;
}

/* "palemoon" for "pale_moon", "winscp" for "winscp". */
static bool is_namesake(struct str vendor, struct str name)
{
    char left[LIMIT_NAME], right[LIMIT_NAME];
    return index_is_namesake(vendor, name) ||
           str_eq(index_squash(vendor, left, sizeof left), index_squash(name, right, sizeof right));
}

static enum agreement agree(const struct search *search, const struct knowledge_product *product,
                            struct str name)
{
    enum agreement agreement = agree_by_publisher(search, product->vendor);
    if (agreement > AGREES_NOT || is_general(name) || product->part != 'a') {
        return agreement;
    }
    if (search->start > 0) {
        return leads(search, product->vendor) ? AGREES_PREFIX : AGREES_NOT;
    }
    return is_namesake(product->vendor, name) ? AGREES_NAMESAKE : AGREES_NOT;
}

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

/* ---- products of one name ---- */

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
    enum agreement agreement = agree(search, product, name);
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

/* The words in the ways that CPE names are written. */
static void try_words(struct search *search, bool candidates)
{
    enum { WAYS = 4 };
    char bytes[WAYS][LIMIT_NAME];
    struct str names[WAYS];
    /* Words before the name that are not the publisher's rarely are a vendor's: one way will do. */
    bool likely = search->start == 0 || leading_is_maker(search);
    names[0] = phrase_join(search->words, search->count, '_', bytes[0], LIMIT_NAME);
    names[1] = phrase_join(search->words, search->count, '-', bytes[1], LIMIT_NAME);
    names[2] = phrase_join(search->words, search->count, '\0', bytes[2], LIMIT_NAME);
    names[3] = join_hyphens(names[0], bytes[3]);
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

/* A product of the publisher that the name begins with: what follows may be a part of it, or
 * something else. *ret_sure: it is the only product of a vendor of that name, and what follows
 * says what it does ("Netskope Client"). */
static bool begins_with_product(struct search *search, bool *ret_sure)
{
    for (unsigned start = 0; start <= leading_words(search) && start < 2; start++) {
        take_words(search, start, EDITION | YEAR | NUMBER);
        for (unsigned all = search->count; all > 1; all--) {
            struct str last = search->words[all - 1];
            search->count = all - 1;
            search->agreement = AGREES_NOT;
            search->agreeing_count = 0;
            try_words(search, false);
            if (search->agreement == AGREES_PUBLISHER) {
                *ret_sure = all == 2 && start == 0 && is_role(last) &&
                            is_only_product(search, &search->best);
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
           !is_general(squashed);
}

uint32_t index_find_publisher(const struct identify_tables *tables, struct str publisher)
{
    uint32_t row = pattern_index_exact(&tables->publishers, publisher, NULL, NULL);
    return row != PATTERN_NONE ? row
                               : pattern_index_glob(&tables->publishers, publisher, NULL, NULL);
}

bool index_is_publisher(const struct identify_tables *tables, struct str name, struct str vendor)
{
    struct publisher publisher;
    uint32_t row = index_find_publisher(tables, name);
    publisher_cut(name, &publisher);
    return publisher_is(&publisher, vendor) ||
           (row != PATTERN_NONE &&
            is_listed(tables_cell(tables, TABLE_PUBLISHERS, row, PUB_VENDORS), vendor));
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
