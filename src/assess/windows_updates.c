#include "assess/windows.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Updates before Windows 10 are single ones; monthly rollups, which hold the earlier ones, exist
 * since October 2016. */
enum { ROLLUPS_SINCE = 17075 /* 2016-10-01 */ };
/* Flash was taken out of Windows by the cumulative updates of July 2021 (KB4577586). */
enum { FLASH_GONE = 18821 /* 2021-07-13 */ };
/* Since the servicing stack is part of the cumulative update, an update that stands alone is
 * one released between two of them, and cumulative too. */
enum { STACK_INCLUDED = 18871 /* 2021-09-01 */ };
/* The least CVEs by which one of a chain of updates shows that the chain is the system's. */
enum { CHAIN_FIXES = 10 };
enum { NO_UPDATE = UINT32_MAX };

static uint32_t find_update(const struct windows *windows, uint32_t kb)
{
    uint32_t low = 0, high = windows->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (windows->updates[middle].update.kb < kb) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < windows->count && windows->updates[low].update.kb == kb ? low : NO_UPDATE;
}

const struct windows_update *windows_find_update(const struct windows *windows, uint32_t kb)
{
    uint32_t at = find_update(windows, kb);
    if (at != NO_UPDATE) {
        return &windows->updates[at];
    }
    return windows->base ? windows_find_update(windows->base, kb) : NULL;
}

/* The place among updates of edge number i of an update: what it replaces. */
static uint32_t replaced_by(const struct windows *windows, const struct windows_update *update,
                            uint32_t i)
{
    uint32_t kb;
    if (!knowledge_superseded(windows->engine->knowledge, update->update.first_superseded + i,
                              &kb)) {
        return NO_UPDATE;
    }
    return find_update(windows, kb);
}

/* ---- reading ---- */

static bool is_part_of_its_own(struct str component)
{
    return str_glob(STR("Adobe Flash Player|Windows Secure Boot|Servicing Stack Updates|Windows "
                        "Update Stack|Microsoft .NET Framework*|.NET Framework*"),
                    component);
}

static bool is_flash(const struct windows *windows, const struct windows_update *update)
{
    struct knowledge_fix fix;
    return update->update.fix_count &&
           knowledge_fix(windows->engine->knowledge, update->update.first_fix, &fix) &&
           str_starts(fix.component, STR("Adobe Flash"));
}

static bool is_of_browser(const struct windows *windows, const struct knowledge_update *update)
{
    for (uint32_t i = 0; i < update->fix_count; i++) {
        struct knowledge_fix fix;
        if (knowledge_fix(windows->engine->knowledge, update->first_fix + i, &fix) &&
            str_find(fix.component, STR("Internet Explorer")) == SIZE_MAX) {
            return false;
        }
    }
    return update->fix_count > 0;
}

static bool is_apart(const struct windows *windows, const struct knowledge_update *update)
{
    for (uint32_t i = 0; i < update->fix_count; i++) {
        struct knowledge_fix fix;
        if (knowledge_fix(windows->engine->knowledge, update->first_fix + i, &fix) &&
            !is_part_of_its_own(fix.component)) {
            return false;
        }
    }
    return update->fix_count > 0;
}

/* The revision that most CVEs of an update have as NVD's first fixed one. Few updates share a
 * CVE, so the vote needs no more than a leader. */
static uint32_t vote_revision(const struct windows *windows, const struct knowledge_update *update)
{
    uint32_t best = 0, best_votes = 0;
    for (uint32_t i = 0; i < update->fix_count; i++) {
        struct knowledge_fix fix;
        uint32_t votes = 0;
        if (!knowledge_fix(windows->engine->knowledge, update->first_fix + i, &fix)) {
            continue;
        }
        const struct windows_claim *claim = windows_find_claim(windows, fix.cve);
        if (!claim || !claim->revision || claim->revision == best) {
            continue;
        }
        for (uint32_t k = 0; k < update->fix_count; k++) {
            struct knowledge_fix other;
            const struct windows_claim *same =
                knowledge_fix(windows->engine->knowledge, update->first_fix + k, &other)
                    ? windows_find_claim(windows, other.cve)
                    : NULL;
            votes += same && same->revision == claim->revision;
        }
        if (votes > best_votes) {
            best = claim->revision;
            best_votes = votes;
        }
    }
    return best;
}

static void read_updates(struct windows *windows)
{
    const struct knowledge *knowledge = windows->engine->knowledge;
    const struct knowledge_bulletin_product *product = &windows->product;
    windows->updates =
        arena_array(windows->engine->arena, product->update_count + 1, struct windows_update);
    for (uint32_t i = 0; i < product->update_count; i++) {
        struct windows_update *item = &windows->updates[windows->count];
        *item = (struct windows_update){0};
        if (!knowledge_update(knowledge, product->first_update + i, &item->update)) {
            continue;
        }
        item->posted = item->update.posted;
        item->apart = is_apart(windows, &item->update);
        item->browser = is_of_browser(windows, &item->update);
        item->revision = vote_revision(windows, &item->update);
        windows->count++;
    }
}

/* An update is not newer than one that replaces it, whatever its rows say. */
static void correct_days(struct windows *windows)
{
    bool changed = true;
    for (unsigned round = 0; changed && round < 4; round++) {
        changed = false;
        for (uint32_t i = 0; i < windows->count; i++) {
            const struct windows_update *newer = &windows->updates[i];
            for (uint32_t k = 0; k < newer->update.superseded_count; k++) {
                uint32_t old = replaced_by(windows, newer, k);
                if (old != NO_UPDATE && windows->updates[old].posted > newer->posted) {
                    windows->updates[old].posted = newer->posted;
                    changed = true;
                }
            }
        }
    }
}

/* ---- which updates are cumulative ---- */

static uint32_t root_of(uint32_t *parents, uint32_t at)
{
    while (parents[at] != at) {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    return at;
}

static bool may_be_cumulative(const struct windows *windows, uint32_t index)
{
    const struct windows_update *update = &windows->updates[index];
    return windows->part == WINDOWS_BROWSER ||
           (windows->part == WINDOWS_SYSTEM && !update->apart &&
            (windows->release.cumulative || update->posted >= ROLLUPS_SINCE));
}

/* Updates that replace one another are a chain; the system's own is the one of which an update
 * fixes many CVEs (that of Internet Explorer never does). Security-only updates stand alone. */
static void mark_cumulative(struct windows *windows)
{
    uint32_t *parents = arena_array(windows->engine->arena, windows->count + 1, uint32_t);
    uint32_t *sizes = arena_array(windows->engine->arena, windows->count + 1, uint32_t);
    bool *large = arena_array(windows->engine->arena, windows->count + 1, bool);
    bool *linked = arena_array(windows->engine->arena, windows->count + 1, bool);
    for (uint32_t i = 0; i < windows->count; i++) {
        parents[i] = i;
    }
    for (uint32_t i = 0; i < windows->count; i++) {
        for (uint32_t k = 0; k < windows->updates[i].update.superseded_count; k++) {
            uint32_t old = replaced_by(windows, &windows->updates[i], k);
            if (old == NO_UPDATE || !may_be_cumulative(windows, i) ||
                !may_be_cumulative(windows, old)) {
                continue;
            }
            parents[root_of(parents, i)] = root_of(parents, old);
            linked[i] = linked[old] = true;
        }
    }
    for (uint32_t i = 0; i < windows->count; i++) {
        uint32_t root = root_of(parents, i);
        sizes[root]++;
        large[root] = large[root] || windows->part == WINDOWS_BROWSER ||
                      windows->updates[i].update.fix_count >= CHAIN_FIXES;
    }
    for (uint32_t i = 0; i < windows->count; i++) {
        struct windows_update *update = &windows->updates[i];
        update->chain = sizes[root_of(parents, i)];
        bool alone = windows->release.cumulative && !linked[i] && may_be_cumulative(windows, i) &&
                     (update->update.fix_count >= CHAIN_FIXES || update->posted >= STACK_INCLUDED);
        /* What Internet Explorer's replace in a month without fixes of it is not in its list. */
        alone = alone || (windows->part == WINDOWS_BROWSER && update->update.superseded_count > 0);
        /* A revision is given to the system by a cumulative update alone. */
        update->cumulative = alone || (linked[i] && large[root_of(parents, i)]) ||
                             (windows->release.cumulative && update->revision != 0);
    }
}

/* ---- which are installed ---- */

static uint32_t kb_of(struct str id)
{
    uint64_t number;
    id = str_trim(id);
    if (id.len > 2 && str_eq_nocase(str_sub(id, 0, 2), STR("KB"))) {
        id = str_skip(id, 2);
    }
    return str_to_u64(id, &number) && number < UINT32_MAX ? (uint32_t)number : 0;
}

uint32_t windows_pending_kb(const struct inventory_update *update)
{
    uint32_t kb = kb_of(update->advisory);
    size_t at = str_find(update->name, STR("KB"));
    struct str digits = at == SIZE_MAX ? STR("") : str_skip(update->name, at + 2);
    size_t len = 0;
    while (len < digits.len && str_is_digit(digits.ptr[len])) {
        len++;
    }
    return kb ? kb : kb_of(str_sub(digits, 0, len));
}

static void set_state(struct windows_update *update, enum update_state state,
                      enum update_reason reason, const struct windows_update *because)
{
    if (update->state != UPDATE_UNDECIDED) {
        return;
    }
    update->state = state;
    update->reason = reason;
    update->because = because;
}

/* The running revision says more than a list: an update that waits for a restart is listed. */
static void ask_revision(struct windows *windows)
{
    for (uint32_t i = 0; windows->release.has_revision && i < windows->count; i++) {
        struct windows_update *update = &windows->updates[i];
        if (update->revision) {
            set_state(update,
                      windows->release.revision >= update->revision ? UPDATE_INSTALLED
                                                                    : UPDATE_MISSING,
                      REASON_REVISION, NULL);
        }
    }
}

/* What waits to be installed is missing, whether or not it is listed as well. */
static void ask_pending(struct windows *windows)
{
    const struct inventory_updates *updates = &windows->engine->inventory->updates;
    for (uint32_t i = 0; i < updates->count; i++) {
        uint32_t at = find_update(windows, windows_pending_kb(&updates->items[i]));
        if (at != NO_UPDATE) {
            set_state(&windows->updates[at], UPDATE_MISSING, REASON_PENDING, NULL);
        }
    }
}

static void ask_list(struct windows *windows)
{
    const struct inventory *inventory = windows->engine->inventory;
    for (uint32_t i = 0; i < inventory->hotfix_count; i++) {
        uint32_t at = find_update(windows, kb_of(inventory->hotfixes[i].id));
        if (at != NO_UPDATE) {
            set_state(&windows->updates[at], UPDATE_INSTALLED, REASON_LISTED, NULL);
        }
    }
}

/* What an installed update replaces is installed, and what that replaces. */
static void follow_superseded(struct windows *windows)
{
    uint32_t *queue = arena_array(windows->engine->arena, windows->count + 1, uint32_t);
    uint32_t count = 0;
    for (uint32_t i = 0; i < windows->count; i++) {
        if (windows->updates[i].state == UPDATE_INSTALLED) {
            queue[count++] = i;
        }
    }
    for (uint32_t next = 0; next < count; next++) {
        const struct windows_update *newer = &windows->updates[queue[next]];
        for (uint32_t k = 0; k < newer->update.superseded_count; k++) {
            uint32_t old = replaced_by(windows, newer, k);
            if (old == NO_UPDATE || windows->updates[old].state != UPDATE_UNDECIDED) {
                continue;
            }
            set_state(&windows->updates[old], UPDATE_INSTALLED, REASON_SUPERSEDED, newer);
            queue[count++] = old;
        }
    }
}

static void find_newest(struct windows *windows)
{
    /* A part is held by the system's updates too. */
    windows->newest = windows->part == WINDOWS_BROWSER ? windows->base->newest : NULL;
    for (uint32_t i = 0; i < windows->count; i++) {
        const struct windows_update *update = &windows->updates[i];
        if (update->cumulative && update->state == UPDATE_INSTALLED &&
            (!windows->newest || update->posted > windows->newest->posted)) {
            windows->newest = update;
        }
    }
}

/* What a cumulative update of that day holds. */
static bool is_held(const struct windows *windows, const struct windows_update *update, int32_t day)
{
    if (update->posted > day) {
        return false;
    }
    if (windows->part == WINDOWS_BROWSER) {
        return true;
    }
    if (is_flash(windows, update)) {
        return windows->release.cumulative && day >= FLASH_GONE;
    }
    /* A monthly rollup holds all of Internet Explorer, from before there were rollups too. */
    if (update->browser && day >= ROLLUPS_SINCE && windows_browser_version(windows) > 0) {
        return true;
    }
    return windows->release.cumulative || (!update->apart && update->posted >= ROLLUPS_SINCE);
}

/* Whether an update that the revision does not reach is as old as this one or older. */
static bool is_past_revision(const struct windows *windows, const struct windows_update *update)
{
    for (uint32_t i = 0; i < windows->count; i++) {
        const struct windows_update *other = &windows->updates[i];
        if (other->state == UPDATE_MISSING && other->reason == REASON_REVISION &&
            other->posted <= update->posted) {
            return true;
        }
    }
    return false;
}

/* Whether the revision may be that of an update newer than the newest known to be installed. */
static bool may_be_newer(const struct windows *windows)
{
    const struct windows_update *newest = windows->newest;
    return windows->release.has_revision && newest->reason != REASON_LISTED
               ? windows->release.revision != newest->revision
               : windows->release.has_revision && newest->revision &&
                     windows->release.revision > newest->revision;
}

static void decide_cumulative(struct windows *windows, struct windows_update *update)
{
    if (is_past_revision(windows, update)) {
        set_state(update, UPDATE_MISSING, REASON_REVISION, NULL);
    } else if (windows->newest && !update->apart && !may_be_newer(windows)) {
        set_state(update, UPDATE_MISSING, REASON_CUMULATIVE, windows->newest);
    }
}

static void decide_single(struct windows *windows, struct windows_update *update)
{
    bool rolled_up = windows->newest && update->posted < ROLLUPS_SINCE;
    if (windows->list_known && !update->apart && !rolled_up) {
        set_state(update, UPDATE_MISSING, REASON_NOT_LISTED, NULL);
    }
}

/* An update that the system's list has as well. */
static void ask_base(struct windows *windows)
{
    for (uint32_t i = 0; windows->base && i < windows->count; i++) {
        struct windows_update *update = &windows->updates[i];
        uint32_t at = find_update(windows->base, update->update.kb);
        if (at != NO_UPDATE) {
            const struct windows_update *same = &windows->base->updates[at];
            update->revision = same->revision;
            update->posted = same->posted;
            update->cumulative = same->cumulative;
            update->chain = same->chain;
            set_state(update, same->state, same->reason, same->because);
        }
    }
}

/* Updates of the framework hold the earlier ones since Windows 10, and are numbered as they came
 * out, while the days of their rows are those of late corrections. What is not listed can have
 * come under another number: the list of the system names them apart. */
static void decide_framework(struct windows *windows)
{
    const struct windows_update *newest = NULL;
    for (uint32_t i = 0; i < windows->count; i++) {
        newest = windows->updates[i].state == UPDATE_INSTALLED ? &windows->updates[i] : newest;
    }
    for (uint32_t i = 0; newest && windows->release.cumulative && i < windows->count; i++) {
        if (windows->updates[i].update.kb < newest->update.kb) {
            set_state(&windows->updates[i], UPDATE_INSTALLED, REASON_CUMULATIVE, newest);
        }
    }
}

static void decide_rest(struct windows *windows)
{
    if (windows->part == WINDOWS_FRAMEWORK) {
        decide_framework(windows);
        return;
    }
    for (uint32_t i = 0; i < windows->count; i++) {
        struct windows_update *update = &windows->updates[i];
        if (update->state != UPDATE_UNDECIDED) {
            continue;
        }
        if (windows->newest && is_held(windows, update, windows->newest->posted)) {
            set_state(update, UPDATE_INSTALLED, REASON_CUMULATIVE, windows->newest);
        } else if (windows->below.day != DATE_NONE &&
                   is_held(windows, update, windows->below.day)) {
            set_state(update, UPDATE_INSTALLED, REASON_DATED, NULL);
        } else if (windows->above.day != DATE_NONE && !update->apart &&
                   update->posted >= windows->above.day) {
            set_state(update, UPDATE_MISSING, REASON_DATED, NULL);
        } else if (windows->release.cumulative) {
            decide_cumulative(windows, update);
        } else {
            decide_single(windows, update);
        }
    }
}

void windows_updates(struct windows *windows)
{
    windows->newest = NULL;
    windows->list_known = windows->engine->inventory->hotfixes_known == TRUTH_YES;
    if (!windows->has_product) {
        return;
    }
    read_updates(windows);
    correct_days(windows);
    mark_cumulative(windows);
    ask_base(windows);
    ask_revision(windows);
    ask_pending(windows);
    ask_list(windows);
    follow_superseded(windows);
    find_newest(windows);
    decide_rest(windows);
}

void windows_reason(const struct windows *windows, const struct windows_update *update,
                    struct buf *out)
{
    char day[DATE_SIZE];
    const struct windows_update *other = update->because;
    switch (update->reason) {
    case REASON_NONE:
        buf_put_text(out, windows->part == WINDOWS_FRAMEWORK
                              ? "not listed, and Windows may list it under another number"
                          : windows->release.cumulative && !windows->release.has_revision &&
                                  !windows->newest
                              ? "the revision is not known and no cumulative update is listed"
                          : windows->release.cumulative ? "the running revision cannot be dated"
                          : windows->list_known ? "not listed; later rollups hold most of it"
                                                : "the installed updates are not known");
        break;
    case REASON_LISTED:
        buf_put_text(out, "listed as installed");
        break;
    case REASON_REVISION:
        buf_printf(out, "the running revision is %u.%u", windows->release.build,
                   windows->release.revision);
        if (update->revision) {
            buf_printf(out, ", it brings %u.%u", windows->release.build, update->revision);
        }
        break;
    case REASON_SUPERSEDED:
        buf_printf(out, "the installed KB%u replaces it", other->update.kb);
        break;
    case REASON_CUMULATIVE:
        buf_printf(out, "the newest installed cumulative update is KB%u of %s", other->update.kb,
                   date_format(other->posted, day));
        break;
    case REASON_DATED: {
        const struct windows_point *point =
            update->state == UPDATE_INSTALLED ? &windows->below : &windows->above;
        buf_printf(out, "the running revision is %u.%u, and %u.%u is of %s", windows->release.build,
                   windows->release.revision, windows->release.build, point->revision,
                   date_format(point->day, day));
        break;
    }
    case REASON_NOT_LISTED:
        buf_put_text(out, "neither it nor one that replaces it is listed as installed");
        break;
    case REASON_PENDING:
        buf_put_text(out, "it still waits to be installed");
        break;
    }
}
