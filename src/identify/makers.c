/*
 * How makers number what Windows lists: the version that the installer states is often not the
 * one that they publish.
 */
#include "identify/tables.h"

#include <stdlib.h>
#include <string.h>

/* ---- numbers in texts ---- */

static size_t count_numeric(struct str text)
{
    size_t len = 0;
    while (len < text.len && (str_is_digit(text.ptr[len]) || text.ptr[len] == '.')) {
        len++;
    }
    return len;
}

static struct str first_numbers(struct str version, unsigned count)
{
    for (size_t i = 0; i < version.len; i++) {
        if (version.ptr[i] == '.' && --count == 0) {
            return str_sub(version, 0, i);
        }
    }
    return version;
}

static uint64_t number_at(struct str version, unsigned position)
{
    struct str part = {0};
    uint64_t number;
    for (unsigned i = 0; i <= position; i++) {
        if (!str_split_byte(&version, '.', &part)) {
            return 0;
        }
    }
    return str_to_u64(part, &number) ? number : 0;
}

/* A version among the words of a name: "v1.13.1", "(9.0.1)", "1.1.1t", "2.6.5-I001". It has a
 * dot, or stands in a name that has nothing better (then only whole numbers count). */
static struct str version_in_word(struct str word)
{
    static const struct str marks = {"(v", 2};
    while (word.len > 0 && str_find_byte(marks, word.ptr[0]) != SIZE_MAX) {
        word = str_skip(word, 1);
    }
    size_t len = count_numeric(word);
    if (len < 3 || !str_is_digit(word.ptr[0]) ||
        str_find_byte(str_sub(word, 0, len), '.') == SIZE_MAX) {
        return STR("");
    }
    bool lettered = len < word.len && str_is_alpha(word.ptr[len]) &&
                    (len + 1 == word.len || word.ptr[len + 1] == ')');
    return str_sub(word, 0, word.ptr[len - 1] == '.' ? len - 1 : len + lettered);
}

static struct str version_in_name(struct str name)
{
    struct str word;
    while (str_next_word(&name, &word)) {
        struct str version = version_in_word(word);
        if (version.len > 0) {
            return version;
        }
    }
    return STR("");
}

static struct str year_in_name(struct str name)
{
    struct str word;
    while (str_next_word(&name, &word)) {
        if (word.len == 4 && count_numeric(word) == 4 &&
            (str_starts(word, STR("20")) || str_starts(word, STR("199")))) {
            return word;
        }
    }
    return STR("");
}

/* The number after the words ("Service Pack 3"), "" when there is none. */
static struct str number_after(struct str name, const char *words)
{
    size_t at = str_find_nocase(name, str_from(words));
    if (at == SIZE_MAX) {
        return STR("");
    }
    struct str rest = str_skip(name, at + strlen(words));
    size_t len = 0;
    while (len < rest.len && str_is_digit(rest.ptr[len])) {
        len++;
    }
    return str_sub(rest, 0, len);
}

/* ---- builds.tsv ---- */

static int compare_builds(struct str a, struct str b)
{
    for (unsigned i = 0; i < 4; i++) {
        uint64_t left = number_at(a, i), right = number_at(b, i);
        if (left != right) {
            return left < right ? -1 : 1;
        }
    }
    return 0;
}

/* The last row of the product whose build is not above, in the same line of versions. */
static uint32_t find_build(const struct identify_tables *tables, const char *product,
                           struct str build)
{
    uint32_t best = PATTERN_NONE;
    for (uint32_t row = 0; tables != NULL && row < tables->tables[TABLE_BUILDS].count; row++) {
        struct str from = tables_cell(tables, TABLE_BUILDS, row, BUILD_FROM);
        if (!str_eq_text(tables_cell(tables, TABLE_BUILDS, row, BUILD_PRODUCT), product) ||
            number_at(from, 0) != number_at(build, 0) ||
            number_at(from, 1) != number_at(build, 1) || compare_builds(from, build) > 0) {
            continue;
        }
        if (best == PATTERN_NONE ||
            compare_builds(tables_cell(tables, TABLE_BUILDS, best, BUILD_FROM), from) < 0) {
            best = row;
        }
    }
    return best;
}

/* Past the first build of its release: updates to it are installed. */
static bool is_past_build(const struct identify_tables *tables, uint32_t row, struct str build)
{
    return compare_builds(tables_cell(tables, TABLE_BUILDS, row, BUILD_FROM), build) < 0;
}

/* ---- rules ---- */

static void fix_name(const struct identify_tables *tables,
                     const struct inventory_software *software, struct arena *arena,
                     struct upstream_version *ret)
{
    struct str version = version_in_name(software->name);
    ret->text = version.len > 0 ? version : ret->text;
}

/* "Erlang OTP 25 (13.2)": 13.2 is the runtime's, which no release is called by. */
static void fix_otp(const struct identify_tables *tables, const struct inventory_software *software,
                    struct arena *arena, struct upstream_version *ret)
{
    size_t at = str_find_nocase(software->name, STR("otp "));
    struct str rest = at == SIZE_MAX ? STR("") : str_skip(software->name, at + 4), word;
    if (str_next_word(&rest, &word) && str_is_digit(word.ptr[0])) {
        ret->text = word;
    }
}

static void fix_two(const struct identify_tables *tables, const struct inventory_software *software,
                    struct arena *arena, struct upstream_version *ret)
{
    ret->text = first_numbers(ret->text, 2);
}

static void fix_three(const struct identify_tables *tables,
                      const struct inventory_software *software, struct arena *arena,
                      struct upstream_version *ret)
{
    ret->text = first_numbers(ret->text, 3);
}

/* Office, SharePoint and the like are called by their year. */
static void fix_year(const struct identify_tables *tables,
                     const struct inventory_software *software, struct arena *arena,
                     struct upstream_version *ret)
{
    struct str year = year_in_name(software->name);
    ret->text = year.len > 0 ? year : ret->text;
    if (year.len == 0 && str_find_nocase(software->name, STR("Subscription Edition")) != SIZE_MAX) {
        ret->cycle = STR("subscription");
    }
    ret->release_only = true; /* updates to it leave the year as it is */
}

/* Setup states 17.8.3, or the build 17.8.34330.188, which no record speaks of: 17.8 then. */
static void fix_visual_studio(const struct identify_tables *tables,
                              const struct inventory_software *software, struct arena *arena,
                              struct upstream_version *ret)
{
    enum { FIRST_BUILD = 1000 };
    if (number_at(ret->text, 2) >= FIRST_BUILD) {
        ret->text = first_numbers(ret->text, 2);
        ret->release_only = true;
    }
}

/* ".NET Framework 4 Extended" is 4.0; what has no number in its name, the first two. */
static void fix_framework(const struct identify_tables *tables,
                          const struct inventory_software *software, struct arena *arena,
                          struct upstream_version *ret)
{
    struct str version = version_in_name(software->name);
    struct str pack = number_after(software->name, " SP");
    ret->text = version.len > 0 ? version : first_numbers(ret->text, 2);
    if (pack.len > 0) {
        ret->cycle = arena_printf(arena, "%.*s-sp%.*s", STR_ARG(ret->text), STR_ARG(pack));
    }
    ret->release_only = true; /* updates to it leave the number as it is */
}

/* Setup states service packs in the second number (13.2.5026.0), the engine does not. */
static void fix_sql_server(const struct identify_tables *tables,
                           const struct inventory_software *software, struct arena *arena,
                           struct upstream_version *ret)
{
    uint64_t major = number_at(ret->text, 0), minor = number_at(ret->text, 1);
    if (major >= 9 && minor > 0) {
        ret->text = arena_printf(
            arena, "%u.%u.%u.%u", (unsigned)major, major == 10 && minor >= 50 ? 50U : 0U,
            (unsigned)number_at(ret->text, 2), (unsigned)number_at(ret->text, 3));
    }
    uint32_t row = find_build(tables, "sql-server", ret->text);
    ret->cycle = STR("");
    if (row != PATTERN_NONE) {
        ret->cycle = tables_cell(tables, TABLE_BUILDS, row, BUILD_CYCLE);
        ret->also = tables_cell(tables, TABLE_BUILDS, row, BUILD_VERSION);
        ret->also_update = tables_cell(tables, TABLE_BUILDS, row, BUILD_UPDATE);
        ret->release_only = is_past_build(tables, row, ret->text);
    }
}

/* The name says year and cumulative update; where it does not, the build does. */
static void fix_exchange(const struct identify_tables *tables,
                         const struct inventory_software *software, struct arena *arena,
                         struct upstream_version *ret)
{
    struct str year = year_in_name(software->name);
    struct str cumulative = number_after(software->name, "Cumulative Update ");
    struct str pack = number_after(software->name, "Service Pack ");
    uint32_t row = find_build(tables, "exchange", ret->text);
    if (row != PATTERN_NONE) {
        ret->release_only = is_past_build(tables, row, ret->text);
        ret->text = tables_cell(tables, TABLE_BUILDS, row, BUILD_VERSION);
        ret->update = tables_cell(tables, TABLE_BUILDS, row, BUILD_UPDATE);
        ret->cycle = tables_cell(tables, TABLE_BUILDS, row, BUILD_CYCLE);
    } else if (year.len > 0) {
        ret->text = year;
    }
    if (cumulative.len > 0) {
        ret->update = arena_printf(arena, "cumulative_update_%.*s", STR_ARG(cumulative));
    } else if (pack.len > 0) {
        ret->update = arena_printf(arena, "sp%.*s", STR_ARG(pack));
    }
}

/* Citrix names releases YYMM: setup states 2203.0.3000.3300 or 22.3.2000.2105, whose third
 * number has the cumulative update of a long term release. */
static void fix_citrix(const struct identify_tables *tables,
                       const struct inventory_software *software, struct arena *arena,
                       struct upstream_version *ret)
{
    uint64_t year = number_at(ret->text, 0), month = number_at(ret->text, 1);
    unsigned update = (unsigned)number_at(ret->text, 2) / 1000;
    if (year >= 18 && year < 50 && month >= 1 && month <= 12) {
        ret->text = arena_printf(arena, "%02u%02u", (unsigned)year, (unsigned)month);
    } else if (year >= 1800 && year < 5000) {
        ret->text = first_numbers(ret->text, 1);
    } else {
        return;
    }
    if (update > 0) {
        ret->update = arena_printf(arena, "cu%u", update);
    }
}

/* MinIO: RELEASE.2023-03-20T20-16-18Z, as a package 20230320201618.0.0. */
static void fix_minio(const struct identify_tables *tables,
                      const struct inventory_software *software, struct arena *arena,
                      struct upstream_version *ret)
{
    struct str text = ret->text;
    if (str_starts(text, STR("RELEASE."))) {
        ret->text = str_skip(text, 8);
    } else if (count_numeric(first_numbers(text, 1)) == 14) {
        const char *at = text.ptr;
        ret->text = arena_printf(arena, "%.4s-%.2s-%.2st%.2s-%.2s-%.2sz", at, at + 4, at + 6,
                                 at + 8, at + 10, at + 12);
    }
}

/* ImageMagick: setup states 7.1.1.21 for 7.1.1-21. */
static void fix_imagemagick(const struct identify_tables *tables,
                            const struct inventory_software *software, struct arena *arena,
                            struct upstream_version *ret)
{
    struct str three = first_numbers(ret->text, 3);
    if (three.len < ret->text.len) {
        ret->text = arena_printf(arena, "%.*s-%.*s", STR_ARG(three),
                                 STR_ARG(str_skip(ret->text, three.len + 1)));
    }
}

const struct upstream_maker upstream_makers[] = {
    {"name-version", fix_name},
    {"otp", fix_otp},
    {"two", fix_two},
    {"three", fix_three},
    {"visual-studio", fix_visual_studio},
    {"year", fix_year},
    {"dotnetfx", fix_framework},
    {"sql-server", fix_sql_server},
    {"exchange", fix_exchange},
    {"citrix", fix_citrix},
    {"minio", fix_minio},
    {"imagemagick", fix_imagemagick},
};
const unsigned upstream_maker_count = sizeof upstream_makers / sizeof *upstream_makers;

/* ---- what any installer writes ---- */

/* Numbers that stand for something else: "(Python 3.9)", "for .NET Framework 2.0". */
static bool is_of_another(struct str before)
{
    static const char *const words[] = {"for",    "framework", "python", "windows", "java",
                                        "with",   "using",     ".net",   "server",  "and",
                                        "tomcat", "core",      "driver", NULL};
    for (unsigned i = 0; words[i] != NULL; i++) {
        if (str_eq_nocase(before, str_from(words[i]))) {
            return true;
        }
    }
    return false;
}

/* The version that a name states of the program itself. */
static struct str own_version(struct str name)
{
    struct str word, before = {0};
    while (str_next_word(&name, &word) && word.ptr[0] != '(' && word.ptr[0] != '[') {
        struct str version = version_in_word(word);
        if (version.len > 0 && !is_of_another(before)) {
            return version;
        }
        before = word;
    }
    return STR("");
}

static bool goes_on(struct str version, struct str longer)
{
    return str_starts(longer, version) &&
           (longer.len == version.len || !str_is_digit(longer.ptr[version.len]));
}

/* What setup states is often a number of its own (48.100.4028 for .NET 6.0.25, 233.13135.103 for
 * 2023.3.2): where it is no longer or shorter form of the name's version, the name is right. */
static struct str choose_version(struct str stated, struct str name)
{
    struct str own = own_version(name);
    return own.len == 0 || goes_on(own, stated) ? stated : own;
}

/* The word that begins with a digit, without the installer's own revision: "ad 7.1.13",
 * "v5.2", "5.14.10 (19202)", "14.8-1". What setup does not state may stand in the name. */
static struct str stated_version(const struct inventory_software *software)
{
    struct str rest = software->version, word = {0}, found = {0};
    while (found.len == 0 && str_next_word(&rest, &word)) {
        bool marked = word.len > 1 && str_lower_byte(word.ptr[0]) == 'v';
        word = marked ? str_skip(word, 1) : word;
        found = str_is_digit(word.ptr[0]) ? word : found;
    }
    found = found.len == 0 ? software->version : found;
    size_t len = count_numeric(found);
    bool revision = len > 0 && len + 1 < found.len && found.ptr[len] == '-';
    for (size_t i = len + 1; revision && i < found.len; i++) {
        revision = str_is_digit(found.ptr[i]) && i < len + 3;
    }
    return revision ? str_sub(found, 0, len) : found;
}

struct str upstream_windows(const struct inventory_software *software, bool by_rule)
{
    if (software->version.len == 0) {
        return version_in_name(software->name);
    }
    struct str stated = stated_version(software);
    return by_rule ? stated : choose_version(stated, software->name);
}
