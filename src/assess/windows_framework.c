/*
 * Which updates of .NET Framework are installed. Since Windows 10 each holds the earlier ones of
 * its product; before, rollups do, and security-only updates stand beside them. They are numbered
 * as they come out, while the days of their rows are those of late corrections.
 */
#include "assess/windows.h"

/* Numbers of the first rollups, of October 2016, and after them. */
enum { ROLLUPS_FROM = 3185000 };
/* Since then a month has one update of a product, except where it is extended. */
enum { ONE_A_MONTH = 19662 /* 2023-11-01 */ };
/* Windows 7 and Server 2008 R2 are the last that keep patches of .NET Framework 4 with its
 * installer instead of the list of updates. */
enum { LAST_WITH_INSTALLER = 7601 };

/* Whether an update of the part besides this one fixes what it fixes. */
static bool has_twin(const struct windows *windows, uint32_t index)
{
    const struct knowledge *knowledge = windows->engine->knowledge;
    const struct knowledge_update *update = &windows->updates[index].update;
    for (uint32_t i = 0; i < windows->count; i++) {
        for (uint32_t k = 0; i != index && k < update->fix_count; k++) {
            struct knowledge_fix fix, same;
            if (knowledge_fix(knowledge, update->first_fix + k, &fix) &&
                knowledge_find_fix(knowledge, &windows->updates[i].update, fix.cve, &same)) {
                return true;
            }
        }
    }
    return false;
}

/* Rollups replace rollups; security-only updates replace single updates of the time before. */
static bool is_rollup(const struct windows *windows, uint32_t index)
{
    const struct windows_update *update = &windows->updates[index];
    for (uint32_t k = 0; k < update->update.superseded_count; k++) {
        uint32_t kb;
        if (knowledge_superseded(windows->engine->knowledge, update->update.first_superseded + k,
                                 &kb) &&
            kb >= ROLLUPS_FROM) {
            return true;
        }
    }
    return windows->release.cumulative ||
           (update->posted >= ONE_A_MONTH && !has_twin(windows, index));
}

static const struct windows_update *find_newest(const struct windows *windows)
{
    const struct windows_update *newest = NULL;
    for (uint32_t i = 0; i < windows->count; i++) {
        struct windows_update *update = &windows->updates[i];
        update->cumulative = is_rollup(windows, i);
        newest = update->cumulative && update->state == UPDATE_INSTALLED ? update : newest;
    }
    return newest;
}

bool windows_lists_framework(const struct windows *windows)
{
    struct str version = str_skip(windows->name, sizeof ".NET Framework " - 1);
    return windows->list_known &&
           (windows->release.build > LAST_WITH_INSTALLER || !str_starts(version, STR("4")));
}

/* An update that the list does not name and no installed one holds. An update of a later number
 * of which Microsoft's data says nothing may be one of the part: those without security fixes
 * are not in it. */
static void decide_unlisted(struct windows *windows, struct windows_update *update)
{
    const struct windows_update *newest = windows->newest;
    if (!windows_lists_framework(windows)) {
        return;
    }
    if (newest && windows->release.cumulative && newest->reason == REASON_LISTED) {
        /* A later one would stand in the list in its place. */
        windows_set_state(update, UPDATE_MISSING, REASON_CUMULATIVE, newest);
        return;
    }
    update->told = windows_stranger_above(windows, update->update.kb);
    bool rolled_up = newest && update->posted < windows->rollups_since;
    if (!update->told && !rolled_up) {
        windows_set_state(update, UPDATE_MISSING, REASON_NOT_LISTED, NULL);
    }
}

void windows_decide_framework(struct windows *windows)
{
    windows->newest = find_newest(windows);
    for (uint32_t i = 0; i < windows->count; i++) {
        struct windows_update *update = &windows->updates[i];
        bool held = windows->newest && update->update.kb < windows->newest->update.kb &&
                    (windows->release.cumulative || update->posted >= windows->rollups_since);
        if (held) {
            windows_set_state(update, UPDATE_INSTALLED, REASON_CUMULATIVE, windows->newest);
        } else if (update->state == UPDATE_UNDECIDED) {
            decide_unlisted(windows, update);
        }
    }
}
