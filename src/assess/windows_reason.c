#include "assess/windows.h"

/* Why nothing tells. */
static void put_undecided(const struct windows *windows, const struct windows_update *update,
                          struct buf *out)
{
    const struct windows_release *release = &windows->release;
    if (update->told) {
        buf_printf(
            out, "not listed, but KB%u is, of which Microsoft's data says nothing: it may hold it",
            update->told);
    } else if (windows->part == WINDOWS_FRAMEWORK && windows->list_known) {
        buf_put_text(out, windows_lists_framework(windows)
                              ? "older than the rollups, of which one is listed"
                              : "patches of .NET Framework 4 are not in this release's list");
    } else if (!windows->list_known &&
               (!release->cumulative || windows->part == WINDOWS_FRAMEWORK)) {
        buf_put_text(out, "the installed updates are not known");
    } else if (release->cumulative) {
        buf_put_text(out, release->has_revision || windows->newest
                              ? "the running revision cannot be dated"
                              : "the revision is not known and no cumulative update is listed");
    } else if (update->browser && windows_browser_version(windows) == 0) {
        buf_put_text(out, "not listed, and the version of Internet Explorer is not known");
    } else {
        buf_put_text(out, "not listed; later rollups hold most of what was published before them");
    }
    if (windows->searched == DATE_NONE && windows->engine->inventory->updates.known == TRUTH_YES) {
        buf_put_text(out, "; whether Microsoft's servers were searched for updates is not known");
    }
}

static void put_dated(const struct windows *windows, const struct windows_update *update,
                      struct buf *out)
{
    char day[DATE_SIZE];
    const struct windows_point *point =
        update->state == UPDATE_INSTALLED ? &windows->below : &windows->above;
    buf_printf(out, "the running revision is %u.%u, and %u.%u is of %s", windows->release.build,
               windows->release.revision, windows->release.build, point->revision,
               date_format(point->day, day));
}

void windows_reason(const struct windows *windows, const struct windows_update *update,
                    struct buf *out)
{
    char day[DATE_SIZE];
    const struct windows_update *other = update->because;
    switch (update->reason) {
    case REASON_NONE:
        put_undecided(windows, update, out);
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
    case REASON_DATED:
        put_dated(windows, update, out);
        break;
    case REASON_BASELINE:
        buf_printf(out, "the installed KB%u holds what was published before it", update->told);
        break;
    case REASON_NOT_LISTED:
        buf_put_text(out, "neither it nor one that replaces it is listed as installed");
        break;
    case REASON_PENDING:
        buf_put_text(out, "it still waits to be installed");
        break;
    case REASON_NOT_OFFERED:
        buf_printf(out, "Microsoft's servers were searched on %s and offer nothing of the kind",
                   date_format(windows->searched, day));
        break;
    }
}
