/*
 * Software that no row of identities.tsv names: the knowledge's own products, by equal name.
 * Only an answer that leaves no choice counts.
 */
#include "identify/tables.h"

#include "base/limits.h"

#include <stdio.h>
#include <string.h>

enum { SHORTEST_NAME = 3, MATCHES_LOOKED_AT = 4 };

/* A plug-in or a library of a language is not the system's software of that name. */
static bool of_system(const struct knowledge *knowledge, const struct knowledge_product *product)
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

/* A vendor that is called as the product, or that is the project of that name. */
static bool is_namesake(struct str vendor, struct str product)
{
    if (str_eq(vendor, product)) {
        return true;
    }
    return str_starts(vendor, product) && (str_eq_text(str_skip(vendor, product.len), "_project") ||
                                           str_eq_text(str_skip(vendor, product.len), "project"));
}

struct choice {
    struct knowledge_product only, namesake;
    unsigned count, namesakes;
};

static void look_at(const struct identify_tables *tables, const struct knowledge *knowledge,
                    struct str name, struct choice *choice)
{
    uint32_t first, count = knowledge_products_named(knowledge, name, &first);
    memset(choice, 0, sizeof *choice);
    for (uint32_t i = 0; i < count; i++) {
        struct knowledge_product product;
        if (!knowledge_product_named(knowledge, first + i, &product) || product.part == 'h' ||
            !of_system(knowledge, &product)) {
            continue;
        }
        if (is_namesake(product.vendor, name)) {
            choice->namesake = product;
            choice->namesakes++;
        }
        if (choice->count > 0 && products_same(tables, &choice->only, &product)) {
            continue;
        }
        if (choice->count++ == 0) {
            choice->only = product;
        }
    }
}

static bool find_named(const struct identify_tables *tables, const struct knowledge *knowledge,
                       struct str name, struct index_answer *ret)
{
    struct choice choice;
    if (name.len < SHORTEST_NAME) {
        return false;
    }
    look_at(tables, knowledge, name, &choice);
    if (choice.count == 1) {
        ret->product = choice.only;
        ret->rule = "index: only one vendor has this product";
        return true;
    }
    if (choice.namesakes == 1) {
        ret->product = choice.namesake;
        ret->rule = "index: the vendor of the same name";
        return true;
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

/* ---- Windows names ---- */

/* Puts a display name as CPE names are written: lower case, `_` between words, without what
 * stands in brackets, versions and architectures. */
static size_t normalise(struct str text, char *out, size_t size)
{
    static const char *const noise[] = {"x64",     "x86",     "amd64", "64-bit", "32-bit", "en-us",
                                        "version", "edition", "-",     "for",    "windows"};
    struct str word;
    size_t len = 0;
    unsigned depth = 0;
    while (str_next_word(&text, &word)) {
        bool skip = depth > 0 || word.ptr[0] == '(' || str_is_digit(word.ptr[0]) ||
                    (word.ptr[0] == 'v' && word.len > 1 && str_is_digit(word.ptr[1]));
        for (size_t i = 0; i < word.len; i++) {
            depth += word.ptr[i] == '(';
            depth -= word.ptr[i] == ')' && depth > 0;
        }
        for (unsigned i = 0; !skip && len > 0 && i < sizeof noise / sizeof *noise; i++) {
            skip = str_eq_nocase(word, str_from(noise[i]));
        }
        if (skip || len + word.len + 1 >= size) {
            continue;
        }
        if (len > 0) {
            out[len++] = '_';
        }
        for (size_t i = 0; i < word.len; i++) {
            out[len++] = str_lower_byte(word.ptr[i]);
        }
    }
    return len;
}

/* The maker without its legal form: "Adobe Systems, Inc." is adobe_systems. */
static struct str maker_name(struct str vendor, char *out, size_t size)
{
    static const char *const forms[] = {
        ",_inc.", "_inc.",     "_inc",         ",_llc",       "_llc",     "_ltd.",
        "_ltd",   "_gmbh",     "_corporation", "_corp.",      "_limited", "_s.r.o.",
        "_ag",    "_software", "_systems",     "_foundation", ","};
    struct str name = str_make(out, normalise(vendor, out, size));
    for (unsigned i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (str_ends(name, str_from(forms[i]))) {
            name = str_sub(name, 0, name.len - strlen(forms[i]));
        }
    }
    return name;
}

static bool find_windows(const struct identify_tables *tables, const struct knowledge *knowledge,
                         const struct inventory_software *software, struct index_answer *ret)
{
    char name_bytes[LIMIT_NAME], vendor_bytes[LIMIT_NAME];
    struct str name = str_make(name_bytes, normalise(software->name, name_bytes, LIMIT_NAME));
    struct str vendor = maker_name(software->vendor, vendor_bytes, LIMIT_NAME);
    ret->rule = "index: publisher and name";
    if (vendor.len > 0 && name.len > 0) {
        if (knowledge_find_product(knowledge, 'a', vendor, name, &ret->product)) {
            return true;
        }
        if (name.len > vendor.len + 1 && str_starts(name, vendor) && name.ptr[vendor.len] == '_' &&
            knowledge_find_product(knowledge, 'a', vendor, str_skip(name, vendor.len + 1),
                                   &ret->product)) {
            return true;
        }
    }
    return find_named(tables, knowledge, name, ret);
}

bool index_find(const struct identify_tables *tables, const struct knowledge *knowledge,
                const struct inventory_software *software, struct str source,
                struct index_answer *ret)
{
    char lower[LIMIT_NAME];
    if (knowledge == NULL || !tables_is_system(software->ecosystem)) {
        return false;
    }
    if (str_eq_text(software->ecosystem, "windows")) {
        return find_windows(tables, knowledge, software, ret);
    }
    source = source.len > 0 ? source : software->name;
    source = str_sub(source, 0, sizeof lower);
    for (size_t i = 0; i < source.len; i++) {
        lower[i] = str_lower_byte(source.ptr[i]);
    }
    struct str name = str_make(lower, source.len), stem = drop_version(name);
    return find_named(tables, knowledge, name, ret) ||
           (stem.len < name.len && find_named(tables, knowledge, stem, ret));
}
