/*
 * Software that no row of identities.tsv names: the knowledge's own products, by equal name.
 * Only an answer that leaves no choice counts.
 */
#include "identify/tables.h"

#include "base/limits.h"

#include <stdio.h>
#include <string.h>

enum { SHORTEST_NAME = 3, MATCHES_LOOKED_AT = 4 };

bool index_of_system(const struct knowledge *knowledge, const struct knowledge_product *product)
{
    static const char *const systems[] = {"linux", "linux_kernel", "windows", "unix", "x64", "x86"};
    uint32_t count =
        product->match_count < MATCHES_LOOKED_AT ? product->match_count : MATCHES_LOOKED_AT;
    for (uint32_t i = 0; i < count; i++) {
        struct knowledge_match match;
        if (!knowledge_match(knowledge, product->first_match + i, &match)) {
            continue;
        }
        if (str_eq_text(match.target_sw, "*") || str_eq_text(match.target_sw, "-")) {
            return true;
        }
        for (unsigned s = 0; s < sizeof systems / sizeof *systems; s++) {
            if (str_eq_text(match.target_sw, systems[s])) {
                return true;
            }
        }
    }
    return false;
}

/* ---- does the maker agree? ---- */

struct str index_squash(struct str text, char *out, size_t size)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len && len < size; i++) {
        if (str_is_digit(text.ptr[i]) || str_is_alpha(text.ptr[i])) {
            out[len++] = str_lower_byte(text.ptr[i]);
        }
    }
    return str_make(out, len);
}

bool index_is_namesake(struct str vendor, struct str product)
{
    static const char *const ends[] = {"", "_project", "project", ".org", "_software", "team"};
    for (unsigned i = 0; str_starts(vendor, product) && i < sizeof ends / sizeof *ends; i++) {
        if (str_eq_text(str_skip(vendor, product.len), ends[i])) {
            return true;
        }
    }
    return false;
}

/* Houses that many packages of distributions come from. */
static bool is_house(struct str vendor)
{
    static const char *const houses[] = {
        "gnu",    "gnome",         "kde",      "freedesktop", "x.org",      "apache", "debian",
        "redhat", "fedoraproject", "opensuse", "canonical",   "nlnetlabs",  "isc",    "kernel",
        "samba",  "python",        "perl",     "netfilter",   "clusterlabs"};
    for (unsigned i = 0; i < sizeof houses / sizeof *houses; i++) {
        if (str_eq_text(vendor, houses[i])) {
            return true;
        }
    }
    return false;
}

/* A vendor's name that stands in the publisher's, or the other way round. */
static bool is_publisher(struct str vendor, const struct inventory_software *software)
{
    enum { SHORTEST_MAKER = 3 };
    char left_bytes[LIMIT_NAME], right_bytes[LIMIT_NAME];
    if (str_ends(vendor, STR("_project"))) {
        vendor = str_sub(vendor, 0, vendor.len - 8);
    }
    struct str left = index_squash(vendor, left_bytes, sizeof left_bytes);
    struct str right = index_squash(software->vendor, right_bytes, sizeof right_bytes);
    return left.len >= SHORTEST_MAKER && right.len >= SHORTEST_MAKER &&
           (str_find(right, left) != SIZE_MAX || str_starts(left, right));
}

/* ---- products of one name ---- */

struct choice {
    const struct identify_tables *tables;
    struct index_answer *answer;
    struct knowledge_product namesake, publisher, house;
    unsigned namesakes, publishers, houses;
};

static void keep_candidate(struct choice *choice, const struct knowledge_product *product)
{
    struct index_answer *answer = choice->answer;
    for (uint32_t i = 0; i < answer->count; i++) {
        if (alias_same(choice->tables, &answer->products[i], product)) {
            return;
        }
    }
    if (answer->count < INDEX_CANDIDATES) {
        answer->products[answer->count++] = *product;
    }
}

static void look_at(const struct identify_tables *tables, const struct knowledge *knowledge,
                    const struct inventory_software *software, struct str name,
                    struct choice *choice)
{
    uint32_t first, count = knowledge_products_named(knowledge, name, &first);
    *choice = (struct choice){.tables = tables, .answer = choice->answer};
    for (uint32_t i = 0; i < count; i++) {
        struct knowledge_product product;
        if (!knowledge_product_named(knowledge, first + i, &product) || product.part == 'h' ||
            !index_of_system(knowledge, &product)) {
            continue;
        }
        keep_candidate(choice, &product);
        if (index_is_namesake(product.vendor, name)) {
            choice->namesake = product;
            choice->namesakes++;
        }
        if (is_publisher(product.vendor, software)) {
            choice->publisher = product;
            choice->publishers++;
        }
        if (is_house(product.vendor)) {
            choice->house = product;
            choice->houses++;
        }
    }
}

static bool take(struct index_answer *ret, const struct knowledge_product *product,
                 const char *rule)
{
    ret->products[0] = *product;
    ret->count = 1;
    ret->rule = rule;
    return true;
}

/* One vendor alone is no evidence: an unrelated product may have that name. */
static bool find_named(const struct identify_tables *tables, const struct knowledge *knowledge,
                       const struct inventory_software *software, struct str name,
                       struct index_answer *ret)
{
    struct choice choice = {.answer = ret};
    if (name.len < SHORTEST_NAME) {
        return false;
    }
    look_at(tables, knowledge, software, name, &choice);
    if (choice.publishers == 1) {
        return take(ret, &choice.publisher, "index: the publisher's product of this name");
    }
    if (choice.namesakes == 1) {
        return take(ret, &choice.namesake, "index: the vendor of the same name");
    }
    if (ret->count == 1 && choice.houses == 1) {
        return take(ret, &choice.house, "index: only one vendor has this product");
    }
    if (ret->count > 0) {
        ret->rule = "index: products of this name, and nothing that says which";
    }
    return false;
}

/* "llvm-toolchain-14" and "tcl8.6" without their version; "argon2" keeps its digit. */
static struct str drop_version(struct str name)
{
    size_t len = name.len;
    while (len > 0 && (str_is_digit(name.ptr[len - 1]) || name.ptr[len - 1] == '.')) {
        len--;
    }
    if (len > 0 && len < name.len && name.ptr[len - 1] == '-') {
        return str_sub(name, 0, len - 1);
    }
    bool dotted = str_find_byte(str_skip(name, len), '.') != SIZE_MAX;
    return dotted ? str_sub(name, 0, len) : name;
}

/* Packages are called "apm-server" or "NessusAgent", products "apm_server" and "nessus_agent": its
 * publisher's, or nobody's. */
bool index_find_spelled(const struct identify_tables *tables, const struct knowledge *knowledge,
                        const struct inventory_software *software, struct str source,
                        struct index_answer *ret)
{
    char bytes[LIMIT_NAME * 2];
    struct choice choice = {.answer = ret};
    size_t len = 0;
    if (knowledge == NULL || !tables_is_packaged(software->ecosystem)) {
        return false;
    }
    source = source.len > 0 ? source : software->name;
    for (size_t i = 0; i < source.len && i < LIMIT_NAME; i++) {
        char c = source.ptr[i], lower = str_lower_byte(c);
        if (i > 0 && c != lower && str_lower_byte(source.ptr[i - 1]) == source.ptr[i - 1] &&
            str_is_alpha(source.ptr[i - 1])) {
            bytes[len++] = '_';
        }
        bytes[len++] = lower;
        if (c == '-') {
            bytes[len - 1] = '_';
        }
    }
    if (str_find_byte(str_make(bytes, len), '_') == SIZE_MAX) {
        return false;
    }
    look_at(tables, knowledge, software, str_make(bytes, len), &choice);
    if (choice.publishers == 1) {
        return take(ret, &choice.publisher, "index: the publisher's product of this name");
    }
    ret->count = 0;
    return false;
}

bool index_find(const struct identify_tables *tables, const struct knowledge *knowledge,
                const struct inventory_software *software, struct str source,
                struct index_answer *ret)
{
    char lower[LIMIT_NAME];
    ret->count = 0;
    ret->rule = "";
    if (knowledge == NULL || !tables_is_system(software->ecosystem)) {
        return false;
    }
    if (str_eq_text(software->ecosystem, "windows")) {
        return index_windows(tables, knowledge, software, ret);
    }
    source = source.len > 0 ? source : software->name;
    source = str_sub(source, 0, sizeof lower);
    for (size_t i = 0; i < source.len; i++) {
        lower[i] = str_lower_byte(source.ptr[i]);
    }
    struct str name = str_make(lower, source.len), stem = drop_version(name);
    return find_named(tables, knowledge, software, name, ret) ||
           (ret->count == 0 && stem.len < name.len &&
            find_named(tables, knowledge, software, stem, ret));
}
