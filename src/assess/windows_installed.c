/*
 * Which updates of the system, or of Internet Explorer, are installed: what the revision and the
 * server's lists say first, then what follows from it.
 */
#include "assess/windows.h"

/* Flash was taken out of Windows by the cumulative updates and rollups of July 2021 (KB4577586). */
enum { FLASH_GONE = 18821 /* 2021-07-13 */ };

/* Updates that hold all earlier ones of a release, though its updates are single ones. */
static const struct baseline {
    uint32_t build, kb;
    int32_t until;          /* holds what was published until that day */
    int32_t required_since; /* updates since then install upon it only; DATE_NONE: they do not */
} baselines[] = {
    {9600, 2919355, 16168 /* 2014-04-08 */, 16314 /* 2014-09-01 */},
    {7601, 3125574, 16903 /* 2016-04-12 */, DATE_NONE},
};

void windows_set_state(struct windows_update *update, enum update_state state,
                       enum update_reason reason, const struct windows_update *because)
{
    if (update->state != UPDATE_UNDECIDED) {
        return;
    }
    update->state = state;
    update->reason = reason;
    update->because = because;
}

/* ---- what is said ---- */

/* The running revision says more than a list: an update that waits for a restart is listed. */
static void ask_revision(struct windows *windows)
{
    for (uint32_t i = 0; windows->release.has_revision && i < windows->count; i++) {
        struct windows_update *update = &windows->updates[i];
        if (update->revision) {
            windows_set_state(update,
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
        uint32_t at = windows_place(windows, windows_pending_kb(&updates->items[i]));
        if (at != WINDOWS_NO_UPDATE) {
            windows_set_state(&windows->updates[at], UPDATE_MISSING, REASON_PENDING, NULL);
        }
    }
}

static void take_listed(struct windows *windows, uint32_t kb)
{
    uint32_t at = windows_place(windows, kb);
    if (at != WINDOWS_NO_UPDATE) {
        windows_set_state(&windows->updates[at], UPDATE_INSTALLED, REASON_LISTED, NULL);
    }
}

/* An update that the system's list has as well. */
static void ask_base(struct windows *windows)
{
    for (uint32_t i = 0; windows->base && i < windows->count; i++) {
        struct windows_update *update = &windows->updates[i];
        uint32_t at = windows_place(windows->base, update->update.kb);
        if (at != WINDOWS_NO_UPDATE) {
            const struct windows_update *same = &windows->base->updates[at];
            update->revision = same->revision;
            update->posted = same->posted;
            update->cumulative = same->cumulative;
            update->chain = same->chain;
            windows_set_state(update, same->state, same->reason, same->because);
        }
    }
}

/* ---- what follows ---- */

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
            uint32_t old = windows_replaced(windows, newer, k);
            if (old == WINDOWS_NO_UPDATE || windows->updates[old].state != UPDATE_UNDECIDED) {
                continue;
            }
            windows_set_state(&windows->updates[old], UPDATE_INSTALLED, REASON_SUPERSEDED, newer);
            queue[count++] = old;
        }
    }
}

static bool is_required(const struct windows *windows, const struct baseline *row)
{
    for (uint32_t i = 0; row->required_since != DATE_NONE && i < windows->count; i++) {
        const struct windows_update *update = &windows->updates[i];
        if (update->state == UPDATE_INSTALLED && update->posted >= row->required_since) {
            return true;
        }
    }
    return false;
}

static bool lists(const struct windows *windows, uint32_t kb)
{
    const struct inventory *inventory = windows->engine->inventory;
    for (uint32_t i = 0; i < inventory->hotfix_count; i++) {
        if (windows_kb(inventory->hotfixes[i].id) == kb) {
            return true;
        }
    }
    return false;
}

static bool lists_later(const struct windows *windows, uint32_t kb)
{
    const struct inventory *inventory = windows->engine->inventory;
    for (uint32_t i = 0; i < inventory->hotfix_count; i++) {
        if (windows_kb(inventory->hotfixes[i].id) > kb) {
            return true;
        }
    }
    return false;
}

static void ask_baselines(struct windows *windows)
{
    for (unsigned b = 0; b < sizeof baselines / sizeof *baselines; b++) {
        const struct baseline *row = &baselines[b];
        if (windows->part != WINDOWS_SYSTEM || row->build != windows->release.build ||
            (!lists(windows, row->kb) && !is_required(windows, row))) {
            continue;
        }
        for (uint32_t i = 0; i < windows->count; i++) {
            struct windows_update *update = &windows->updates[i];
            if (update->posted <= row->until && !update->apart && !update->browser) {
                windows_set_state(update, UPDATE_INSTALLED, REASON_BASELINE, NULL);
                update->told = row->kb;
            }
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
    if (update->flash) {
        return day >= FLASH_GONE;
    }
    /* A monthly rollup holds all of Internet Explorer, from before there were rollups too. */
    if (update->browser && day >= windows->rollups_since && windows_browser_version(windows) > 0) {
        return true;
    }
    return windows->release.cumulative ||
           (!update->apart && update->posted >= windows->rollups_since);
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

bool windows_may_be_newer(const struct windows *windows)
{
    const struct windows_update *newest = windows->newest;
    return windows->release.has_revision && newest->reason != REASON_LISTED
               ? windows->release.revision != newest->revision
               : windows->release.has_revision && newest->revision &&
                     windows->release.revision > newest->revision;
}

/* Neither listed, nor is anything that could be a later update of which the data knows nothing. */
static void decide_unlisted(struct windows *windows, struct windows_update *update)
{
    /* What is listed of .NET Framework is not among the system's updates. */
    if (!windows->list_known || (update->framework && lists_later(windows, update->update.kb))) {
        return;
    }
    update->told = windows_stranger_above(windows, update->update.kb);
    if (!update->told) {
        windows_set_state(update, UPDATE_MISSING, REASON_NOT_LISTED, NULL);
    }
}

static void decide_cumulative(struct windows *windows, struct windows_update *update)
{
    if (!update->apart && is_past_revision(windows, update)) {
        windows_set_state(update, UPDATE_MISSING, REASON_REVISION, NULL);
    } else if (update->apart) {
        decide_unlisted(windows, update);
    } else if (windows->newest) {
        if (!windows_may_be_newer(windows)) {
            windows_set_state(update, UPDATE_MISSING, REASON_CUMULATIVE, windows->newest);
        }
    } else if (windows->below.day == DATE_NONE) {
        decide_unlisted(windows, update);
    }
}

static void decide_single(struct windows *windows, struct windows_update *update)
{
    bool rolled_up = windows->newest && update->posted < windows->rollups_since;
    if (update->apart) {
        decide_unlisted(windows, update);
    } else if (windows->list_known && !rolled_up) {
        windows_set_state(update, UPDATE_MISSING, REASON_NOT_LISTED, NULL);
    }
}

static void decide_rest(struct windows *windows)
{
    for (uint32_t i = 0; i < windows->count; i++) {
        struct windows_update *update = &windows->updates[i];
        if (update->state != UPDATE_UNDECIDED) {
            continue;
        }
        if (windows->newest && is_held(windows, update, windows->newest->posted)) {
            windows_set_state(update, UPDATE_INSTALLED, REASON_CUMULATIVE, windows->newest);
        } else if (windows->below.day != DATE_NONE &&
                   is_held(windows, update, windows->below.day)) {
            windows_set_state(update, UPDATE_INSTALLED, REASON_DATED, NULL);
        } else if (windows->above.day != DATE_NONE && !update->apart &&
                   update->posted >= windows->above.day) {
            windows_set_state(update, UPDATE_MISSING, REASON_DATED, NULL);
        } else if (windows->release.cumulative) {
            decide_cumulative(windows, update);
        } else {
            decide_single(windows, update);
        }
    }
}

void windows_decide_installed(struct windows *windows)
{
    ask_base(windows);
    ask_revision(windows);
    ask_pending(windows);
    windows_each_listed(windows, take_listed);
    follow_superseded(windows);
    ask_baselines(windows);
    find_newest(windows);
    if (windows->part == WINDOWS_FRAMEWORK) {
        windows_decide_framework(windows);
    } else {
        decide_rest(windows);
    }
    windows_ask_search(windows);
}
