#include "assess/windows.h"

#include "base/memory.h"

#include <stdlib.h>

/* Reads the revision of "10.0.17763.5458" when it is one of the build; 0 otherwise: ends of
 * another branch and slips of the pen decide nothing. */
static uint32_t revision_of(struct str text, uint32_t build)
{
    struct str parts[5];
    uint64_t number, revision;
    unsigned count = 0;
    while (count < 5 && str_split_byte(&text, '.', &parts[count])) {
        count++;
    }
    if (count != 4 || !str_to_u64(parts[2], &number) || number != build ||
        !str_to_u64(parts[3], &revision) || revision == 0 || revision >= UINT32_MAX) {
        return 0;
    }
    return (uint32_t)revision;
}

/* arch words of NVD against the processor's. */
static bool fits_arch(const struct windows *windows, struct str target_hw)
{
    struct match_world world = {OS_FAMILY_WINDOWS, STR("windows"), STR(""),
                                windows->engine->inventory->machine.arch};
    struct knowledge_match match = {.edition = STR("*"),
                                    .language = STR("*"),
                                    .sw_edition = STR("*"),
                                    .target_sw = STR("*"),
                                    .target_hw = target_hw,
                                    .other = STR("*")};
    return match_applies(&match, &world) != MATCH_WORLD;
}

/* What a criterion says of the release: *ret_revision is the first fixed one, 0 when it names
 * the release as a whole. only is the version that means this release, "" where the product
 * itself does. */
static bool read_match(const struct windows *windows, const struct knowledge_match *match,
                       struct str only, uint32_t *ret_revision)
{
    uint32_t build = windows->release.build;
    *ret_revision = 0;
    if (!fits_arch(windows, match->target_hw)) {
        return false;
    }
    switch (match->kind) {
    case KNOWLEDGE_MATCH_RANGE:
        *ret_revision = match->end.class ? revision_of(match->end_text, build) : 0;
        *ret_revision += *ret_revision && match->end_including;
        return *ret_revision != 0;
    case KNOWLEDGE_MATCH_EXACT:
        return only.len && str_eq_nocase(match->version_text, only);
    case KNOWLEDGE_MATCH_NA:
        return !only.len || str_eq_text(only, "-");
    case KNOWLEDGE_MATCH_ANY:
        return true;
    case KNOWLEDGE_MATCH_NEVER:
        break;
    }
    return false;
}

/* A configuration that asks for something else besides is about that. */
static bool stands_alone(const struct windows *windows, const struct knowledge_use *use)
{
    struct knowledge_configuration configuration;
    return knowledge_configuration(windows->engine->knowledge, use->configuration,
                                   &configuration) &&
           (!configuration.is_and || configuration.node_count < 2);
}

static void add_uses(struct windows *windows, const struct knowledge_match *match,
                     uint32_t revision, bool named)
{
    const struct knowledge *knowledge = windows->engine->knowledge;
    for (uint32_t i = 0; i < match->use_count; i++) {
        struct knowledge_use use;
        struct knowledge_cve cve;
        if (!knowledge_use(knowledge, match->first_use + i, &use) || !use.vulnerable ||
            !knowledge_cve(knowledge, use.cve, &cve) || cve.status == CVE_STATUS_REJECTED ||
            !stands_alone(windows, &use)) {
            continue;
        }
        mem_reserve(windows->claims, windows->claim_count, windows->claim_capacity);
        windows->claims[windows->claim_count++] =
            (struct windows_claim){cve.id, revision, match->index, named};
    }
}

static void read_product(struct windows *windows, struct str name, struct str only)
{
    const struct knowledge *knowledge = windows->engine->knowledge;
    struct knowledge_product product;
    if (!knowledge_find_product(knowledge, 'o', STR("microsoft"), name, &product)) {
        return;
    }
    for (uint32_t i = 0; i < product.match_count; i++) {
        struct knowledge_match match;
        uint32_t revision;
        if (knowledge_match(knowledge, product.first_match + i, &match) &&
            read_match(windows, &match, only, &revision)) {
            add_uses(windows, &match, revision, !only.len || match.kind != KNOWLEDGE_MATCH_ANY);
        }
    }
}

/* By CVE; one with a revision before one without, the lower first; one that names the release
 * before one that does not. */
static int compare_claims(const void *left, const void *right)
{
    const struct windows_claim *a = left, *b = right;
    if (a->cve != b->cve) {
        return a->cve < b->cve ? -1 : 1;
    }
    if (a->revision - 1 != b->revision - 1) {
        return a->revision - 1 < b->revision - 1 ? -1 : 1;
    }
    if (a->named != b->named) {
        return a->named ? -1 : 1;
    }
    return (a->match > b->match) - (a->match < b->match);
}

/* ---- days of revisions ---- */

/* A slip of one record, or a CVE that was published late, must not date a revision: so many CVEs
 * have to share revision and day. */
enum { POINT_VOTES = 3 };

static int compare_points(const void *left, const void *right)
{
    const struct windows_point *a = left, *b = right;
    if (a->revision != b->revision) {
        return a->revision < b->revision ? -1 : 1;
    }
    return (a->day > b->day) - (a->day < b->day);
}

static uint32_t list_points(const struct windows *windows, struct windows_point *points)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < windows->claim_count; i++) {
        const struct windows_claim *claim = &windows->claims[i];
        struct knowledge_cve cve;
        bool repeated = i && windows->claims[i - 1].cve == claim->cve;
        if (claim->revision && !repeated &&
            knowledge_find_cve(windows->engine->knowledge, claim->cve, &cve) &&
            cve.published != TIME_NONE) {
            points[count++] = (struct windows_point){claim->revision, time_to_date(cve.published)};
        }
    }
    if (count) {
        qsort(points, count, sizeof *points, compare_points);
    }
    return count;
}

/* The nearest dated revisions around the running one. */
static void date_revision(struct windows *windows)
{
    windows->below = windows->above = (struct windows_point){0, DATE_NONE};
    if (!windows->release.has_revision || !windows->release.cumulative || !windows->claim_count) {
        return;
    }
    struct windows_point *points = mem_alloc(windows->claim_count * sizeof *points);
    uint32_t count = list_points(windows, points);
    for (uint32_t first = 0, votes; first < count; first += votes) {
        for (votes = 1; first + votes < count &&
                        compare_points(&points[first], &points[first + votes]) == 0;) {
            votes++;
        }
        if (votes < POINT_VOTES) {
            continue;
        }
        const struct windows_point *point = &points[first];
        if (point->revision <= windows->release.revision) {
            windows->below = *point;
        } else if (windows->above.day == DATE_NONE) {
            windows->above = *point;
        }
    }
    free(points);
}

void windows_claims(struct windows *windows)
{
    struct str rest = windows->release.cpe, word;
    while (str_next_word(&rest, &word)) {
        size_t at = str_find_byte(word, '@');
        if (at == SIZE_MAX) {
            read_product(windows, word, STR(""));
        } else {
            read_product(windows, str_sub(word, 0, at), str_skip(word, at + 1));
        }
    }
    if (windows->claim_count) {
        qsort(windows->claims, windows->claim_count, sizeof *windows->claims, compare_claims);
    }
    date_revision(windows);
}

const struct windows_claim *windows_find_claim(const struct windows *windows, uint64_t cve)
{
    uint32_t low = 0, high = windows->claim_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (windows->claims[middle].cve < cve) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < windows->claim_count && windows->claims[low].cve == cve ? &windows->claims[low]
                                                                         : NULL;
}
