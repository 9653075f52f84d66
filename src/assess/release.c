#include "assess/engine.h"

/* Releases of a life cycle: which one a version is of, and what its dates say. */

/* ---- which one ---- */

static bool ends_component(struct str version, size_t at)
{
    if (at == version.len) {
        return true;
    }
    char before = version.ptr[at - 1], after = version.ptr[at];
    if (str_is_digit(before)) {
        return !str_is_digit(after);
    }
    return !str_is_digit(after) && !str_is_alpha(after);
}

bool support_find_release(const struct knowledge *knowledge,
                          const struct knowledge_lifecycle *lifecycle, struct str version,
                          struct knowledge_release *ret)
{
    size_t best = 0;
    for (uint32_t i = 0; i < lifecycle->release_count; i++) {
        struct knowledge_release release;
        if (!knowledge_release(knowledge, lifecycle->first_release + i, &release) ||
            release.name.len <= best || release.name.len > version.len) {
            continue;
        }
        if (!str_eq_nocase(release.name, str_sub(version, 0, release.name.len)) ||
            !ends_component(version, release.name.len)) {
            continue;
        }
        best = release.name.len;
        *ret = release;
    }
    return best != 0;
}

/* ---- dates to states ---- */

void support_set_until(struct support *support, int32_t until, int32_t as_of)
{
    support->until = until;
    support->has_days = until != DATE_NONE;
    support->days_left = support->has_days ? until - as_of : 0;
}

/* Support lasts through the day that the feed names. */
static bool past(int32_t date, int32_t as_of)
{
    return date != DATE_NONE && as_of > date;
}

static struct str extension_counts(const struct knowledge_release *release, struct str programme)
{
    bool later = release->extended_until != DATE_NONE &&
                 (release->supported_until == DATE_NONE ||
                  release->extended_until > release->supported_until);
    return later ? programme : STR("");
}

static enum support_state state_by_dates(const struct knowledge_release *release,
                                         const struct support *support, int32_t as_of)
{
    if (support->until != DATE_NONE && past(support->until, as_of)) {
        return SUPPORT_ENDED;
    }
    if (support->until == DATE_NONE && release->ended == FEED_FLAG_TRUE) {
        return SUPPORT_ENDED;
    }
    if (support->mainstream_until != DATE_NONE) {
        return past(support->mainstream_until, as_of) ? SUPPORT_EXTENDED : SUPPORT_MAINSTREAM;
    }
    if (support->until != DATE_NONE || release->ended == FEED_FLAG_FALSE) {
        bool extended = release->ended_active == FEED_FLAG_TRUE || support->programme.len;
        return extended ? SUPPORT_EXTENDED : SUPPORT_MAINSTREAM;
    }
    return SUPPORT_UNKNOWN;
}

static struct str reason_of(const struct knowledge_release *release, const struct support *support,
                            int32_t as_of, struct arena *arena)
{
    char mainstream[DATE_SIZE], until[DATE_SIZE], paid[DATE_SIZE];
    date_format(support->mainstream_until, mainstream);
    date_format(support->until, until);
    date_format(release->extended_until, paid);
    if (support->state == SUPPORT_UNKNOWN) {
        return STR("the feed states no dates for this release");
    }
    if (support->state == SUPPORT_ENDED && support->until == DATE_NONE) {
        return STR("support has ended, the date is not known");
    }
    if (support->state == SUPPORT_ENDED && release->extended_until != DATE_NONE &&
        !support->programme.len && !past(release->extended_until, as_of)) {
        return arena_printf(arena,
                            "support ended %s; an extension until %s exists, and nothing shows "
                            "that this machine is enrolled",
                            until, paid);
    }
    if (support->state == SUPPORT_ENDED) {
        return arena_printf(arena, "%.*s%ssupport ended %s", STR_ARG(support->programme),
                            support->programme.len ? ": " : "", until);
    }
    if (support->until == DATE_NONE) {
        return STR("supported, no end announced");
    }
    if (support->state == SUPPORT_MAINSTREAM) {
        return support->mainstream_until == support->until || support->mainstream_until == DATE_NONE
                   ? arena_printf(arena, "supported until %s", until)
                   : arena_printf(arena, "regular support until %s, then %s until %s", mainstream,
                                  support->programme.len ? support->programme.ptr
                                                         : "extended support",
                                  until);
    }
    return arena_printf(arena, "regular support ended %s, %s until %s", mainstream,
                        support->programme.len ? support->programme.ptr : "security support",
                        until);
}

struct support support_of_release(const struct knowledge_release *release, int32_t as_of,
                                  struct str programme, struct arena *arena)
{
    struct support support = {.source = STR("endoflife.date")};
    support.release = release->label.len ? release->label : release->name;
    support.programme = extension_counts(release, programme);
    support_set_until(&support,
                      support.programme.len ? release->extended_until : release->supported_until,
                      as_of);
    support.mainstream_until = release->active_until != DATE_NONE        ? release->active_until
                               : release->ended_active == FEED_FLAG_TRUE ? DATE_NONE
                                                                         : release->supported_until;
    support.state = state_by_dates(release, &support, as_of);
    support.reason = reason_of(release, &support, as_of, arena);
    return support;
}

/* ---- versions that no release fits ---- */

static uint64_t take_number(struct str *rest)
{
    uint64_t number = 0;
    size_t len = 0;
    while (len < rest->len && len < 9 && str_is_digit(rest->ptr[len])) {
        number = number * 10 + (uint64_t)(rest->ptr[len++] - '0');
    }
    *rest = str_skip(*rest, len);
    if (rest->len > 1 && rest->ptr[0] == '.') {
        *rest = str_skip(*rest, 1);
    }
    return number;
}

/* How far two numbers at the same place may be apart to be of one counting: 20.3 is not before
 * FileMaker 2023, 8.9 not before Horizon 8.2006, and what setup calls 11.0 not before 11.32. */
static bool is_near(uint64_t from, uint64_t to, unsigned place)
{
    return to - from <= (place == 0 ? 5 : 20);
}

/* By the numbers that both have; 0 when one goes on where the other ends. *ret_near tells whether
 * a smaller a is near b. */
static int compare_numbers(struct str a, struct str b, bool *ret_near)
{
    *ret_near = false;
    for (unsigned place = 0; a.len && b.len && str_is_digit(a.ptr[0]) && str_is_digit(b.ptr[0]);
         place++) {
        uint64_t left = take_number(&a), right = take_number(&b);
        if (left != right) {
            *ret_near = left < right && is_near(left, right, place);
            return left < right ? -1 : 1;
        }
    }
    return 0;
}

/* Of "13.0" and "13.0-sp3", which no number tells apart, the one that lasts. */
static bool comes_sooner(const struct knowledge_release *a, const struct knowledge_release *b)
{
    bool near;
    int order = compare_numbers(a->name, b->name, &near);
    return order < 0 || (order == 0 && a->supported_until > b->supported_until);
}

/* False also where a release may be the version's own ("3.5-sp1" of 3.5). */
static bool find_next(const struct knowledge *knowledge,
                      const struct knowledge_lifecycle *lifecycle, struct str version,
                      struct knowledge_release *ret)
{
    bool found = false;
    for (uint32_t i = 0; i < lifecycle->release_count; i++) {
        struct knowledge_release release;
        if (!knowledge_release(knowledge, lifecycle->first_release + i, &release) ||
            !str_is_digit(release.name.len ? release.name.ptr[0] : 0)) {
            continue;
        }
        bool near;
        int order = compare_numbers(version, release.name, &near);
        if (order == 0) {
            return false;
        }
        if (near && (!found || comes_sooner(&release, ret))) {
            *ret = release;
            found = true;
        }
    }
    return found;
}

struct support support_of_unlisted(const struct knowledge *knowledge,
                                   const struct knowledge_lifecycle *lifecycle, struct str version,
                                   int32_t as_of, struct arena *arena)
{
    struct support support = {.mainstream_until = DATE_NONE, .until = DATE_NONE};
    struct knowledge_release next;
    support.product = lifecycle->label;
    support.source = STR("endoflife.date");
    support.reason = arena_printf(arena, "no release of %.*s fits %.*s", STR_ARG(lifecycle->label),
                                  STR_ARG(version));
    if (!version.len || !str_is_digit(version.ptr[0]) ||
        !find_next(knowledge, lifecycle, version, &next)) {
        return support;
    }
    struct support later = support_of_release(&next, as_of, STR(""), arena);
    if (later.state == SUPPORT_ENDED) {
        support.state = SUPPORT_ENDED;
        support.reason =
            arena_printf(arena, "%.*s is no longer listed, and the next release, %.*s: %.*s",
                         STR_ARG(version), STR_ARG(next.name), STR_ARG(later.reason));
    }
    return support;
}
