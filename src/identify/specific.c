/*
 * Rows of identities.tsv whose pattern ends in a wildcard fit names that say more than they do:
 * "Zoom*" fits "Zoom Rooms" and "Zoom Outlook Plugin". The knowledge's own products of the whole
 * name, and words that speak of a part, tell such names apart.
 */
#include "identify/phrase.h"
#include "identify/publisher.h"
#include "identify/tables.h"

#include <string.h>

/* The alternative of a row's pattern that fits, and what it says in letters. */
static struct str fitting_alternative(struct str pattern, struct str name)
{
    struct str one;
    while (str_split_byte(&pattern, '|', &one)) {
        if (pattern_match(one, name)) {
            return one;
        }
    }
    return STR("");
}

/* "Product*" as "Product", "" when wildcards are elsewhere. */
static struct str beginning_of(struct str alternative)
{
    size_t star = str_find_byte(alternative, '*');
    bool last = star != SIZE_MAX && star + 1 == alternative.len;
    return last && str_find_byte(alternative, '#') == SIZE_MAX ? str_sub(alternative, 0, star)
                                                               : STR("");
}

/* Parts that a program has, and programs about it. */
static bool is_part(struct str word)
{
    static const char *const parts[] = {
        "plugin",       "plug-in",       "plugins",      "plug-ins",
        "add-in",       "addin",         "add-ins",      "add-on",
        "addon",        "add-ons",       "extension",    "extensions",
        "sdk",          "language",      "langpack",     "converter",
        "helper",       "updater",       "installer",    "documentation",
        "docs",         "help",          "samples",      "examples",
        "tutorials",    "driver",        "drivers",      "utilities",
        "templates",    "libraries",     "localization", "integration",
        "exporter",     "importer",      "migration",    "fonts",
        "dictionaries", "prerequisites", "bootstrapper", "redistributable",
        "launcher",     "uninstaller",   "wizard",       "spelling",
        "sprachpaket",  "cleaner",       "provider",     "additions",
        "tools",        "jvm",           "toolbox",      NULL};
    for (unsigned i = 0; parts[i] != NULL; i++) {
        if (str_eq_text(word, parts[i])) {
            return true;
        }
    }
    return false;
}

/* "Zoom" of Zoom Video Communications. */
static bool is_maker(struct str beginning, struct str publisher_name)
{
    char bytes[LIMIT_NAME];
    struct publisher publisher;
    struct str word = index_squash(beginning, bytes, sizeof bytes);
    publisher_cut(publisher_name, &publisher);
    return publisher.words > 0 && (str_eq(word, publisher.word[0]) || str_eq(word, publisher.core));
}

/* Whether one of a row's vendors is the publisher. */
static bool is_of_publisher(const struct identify_tables *tables, struct str products,
                            struct str publisher)
{
    struct str one, vendor;
    while (str_next_word(&products, &one)) {
        if (str_split_byte(&one, ':', &vendor) && index_is_publisher(tables, publisher, vendor)) {
            return true;
        }
    }
    return false;
}

/* What follows the beginning of a pattern. Where that is one word, it may be the maker's name, and
 * two words more are another program of the maker ("WithSecure Elements Agent"); and where the
 * publisher is another than the product's, one more is another program ("PuTTY CAC"). */
static bool speaks_of_part(const struct identify_tables *tables, uint32_t row, struct str beginning,
                           const struct inventory_software *software)
{
    struct phrase phrase;
    unsigned plain = 0;
    phrase_cut(str_skip(software->name, beginning.len), &phrase);
    for (unsigned i = 0; i < phrase.count; i++) {
        if (is_part(phrase.words[i])) {
            return true;
        }
        plain += phrase.kinds[i] == WORD_PLAIN;
    }
    if (str_find_byte(str_trim(beginning), ' ') != SIZE_MAX) {
        return false;
    }
    if (plain > 1 && is_maker(beginning, software->vendor)) {
        return true;
    }
    return plain > 0 && software->vendor.len > 0 &&
           tables_cell(tables, TABLE_IDENTITIES, row, ID_VENDOR).len == 0 &&
           !is_of_publisher(tables, tables_cell(tables, TABLE_IDENTITIES, row, ID_CPE),
                            software->vendor);
}

static bool is_in_row(const struct identify_tables *tables, struct str products,
                      const struct knowledge_product *product)
{
    struct str one, vendor;
    while (str_next_word(&products, &one)) {
        struct knowledge_product other = {.part = 'a'};
        if (str_split_byte(&one, ':', &vendor)) {
            other.vendor = vendor;
            other.product = one;
            if ((str_eq(vendor, product->vendor) && str_eq(one, product->product)) ||
                alias_same(tables, &other, product)) {
                return true;
            }
        }
    }
    return false;
}

/* Whether each word of a row's first product stands in the name. */
static bool name_says(struct str name, struct str products)
{
    struct str first, vendor, word;
    if (!str_next_word(&products, &first) || !str_split_byte(&first, ':', &vendor)) {
        return true;
    }
    while (str_split_byte(&first, '_', &word)) {
        if (str_find_nocase(name, word) == SIZE_MAX) {
            return false;
        }
    }
    return true;
}

static bool is_of_vendor(struct str products, struct str vendor)
{
    struct str first;
    return str_split_byte(&products, ':', &first) && str_eq(first, vendor);
}

enum row_verdict specific_judge(const struct identify_tables *tables,
                                const struct knowledge *knowledge,
                                const struct inventory_software *software, uint32_t row,
                                struct index_answer *ret)
{
    char bytes[LIMIT_NAME];
    struct str products = tables_cell(tables, TABLE_IDENTITIES, row, ID_CPE);
    struct str alternative =
        fitting_alternative(tables_cell(tables, TABLE_IDENTITIES, row, ID_NAME), software->name);
    struct str beginning = beginning_of(alternative);
    size_t used;
    if (products.len > 0 && index_windows_whole(tables, knowledge, software, ret, &used)) {
        const struct knowledge_product *whole = &ret->products[0];
        bool own = is_in_row(tables, products, whole);
        if (products_is_written(knowledge, whole)) {
            return own ? ROW_HOLDS : ROW_HOLDS_AND_MORE;
        }
        if (!own && index_squash(alternative, bytes, sizeof bytes).len < used) {
            return ROW_SAYS_LESS;
        }
        return (own || !is_of_vendor(products, whole->vendor)) &&
                       !name_says(software->name, products)
                   ? ROW_NAMED_BY_INDEX
                   : ROW_HOLDS;
    }
    ret->count = 0;
    if (products.len > 0 && beginning.len > 0 && speaks_of_part(tables, row, beginning, software)) {
        return ROW_SPEAKS_OF_WHOLE;
    }
    return ROW_HOLDS;
}
