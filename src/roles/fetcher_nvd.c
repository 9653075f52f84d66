#include "roles/fetcher.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "roles/meta.h"
#include "roles/nvd_api.h"
#include "roles/nvd_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* With the API at hand the files of the years are fetched anew to take in all changes at once,
 * not to be current. */
enum { YEARS_CADENCE = 30 };
/* More than that of changes is more than the files of the years. */
enum { CHANGES_MOST = 30 * 86400 };
/* A file of a year that had not changed when it was asked for may be of the last run, a day ago. */
enum { YEARS_LAG = 2 * 86400 };

struct nvd {
    struct fetcher *fetcher;
    const struct feed_source *source;
    char *folder; /* of pages */
    struct changes changes;
};

/* ---- of which time the files of the years are ---- */

/* What a file states, or its own time; TIME_NONE when it is not there. */
static int64_t time_of_file(const struct nvd *nvd, const char *path)
{
    char beside[FETCHER_PATH];
    struct meta meta;
    struct stat info;
    struct error ignored = ERROR_INIT;
    _cleanup_free_ char *target = file_join(nvd->fetcher->options.into, path);
    if (stat(target, &info) < 0) {
        return TIME_NONE;
    }
    fetcher_meta_path(path, ".meta", beside);
    _cleanup_free_ char *described = file_join(nvd->fetcher->options.into, beside);
    bool stated = meta_read(described, &meta, &ignored) == 0 && meta.modified != TIME_NONE;
    return stated ? meta.modified : info.st_mtime;
}

/* TIME_NONE for what comes from a mirror: it may not have asked NVD itself as late. */
static int64_t time_asked(const struct nvd *nvd, const char *path)
{
    const struct fetcher *fetcher = nvd->fetcher;
    if (fetcher->options.from != NULL) {
        return TIME_NONE;
    }
    _cleanup_free_ char *target = file_join(fetcher->options.into, path);
    const struct fetched_file *known =
        fetched_find(&fetcher->fetched, path, target, fetcher_source(fetcher));
    return known ? known->checked : TIME_NONE;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The time up to which the files of the years tell everything. All are made in one run, and one
 * in which nothing has changed keeps its time: it is as new as the newest of them was when it was
 * last asked for. TIME_NONE when there is none. */
static int64_t find_base(const struct nvd *nvd)
{
    char path[FETCHER_PATH];
    int64_t newest = TIME_NONE, base = TIME_NONE;
    int year = nvd->fetcher->options.year;
    for (unsigned i = 0; feed_source_path(nvd->source, year, i, path, sizeof path); i++) {
        newest = later(newest, time_of_file(nvd, path));
    }
    for (unsigned i = 0; feed_source_path(nvd->source, year, i, path, sizeof path); i++) {
        int64_t stated = time_of_file(nvd, path), asked = time_asked(nvd, path);
        if (stated == TIME_NONE) {
            continue;
        }
        int64_t run = asked == TIME_NONE ? stated : asked - YEARS_LAG;
        int64_t known = later(stated, run < newest ? run : newest);
        base = base == TIME_NONE || known < base ? known : base;
    }
    return base;
}

static int64_t find_mark(const struct nvd *nvd)
{
    int64_t base = find_base(nvd), now = nvd->fetcher->now;
    return nvd->fetcher->options.force || base == TIME_NONE
               ? base
               : changes_mark(&nvd->changes, base, now + NVD_OVERLAP);
}

/* ---- changes by the API ---- */

static void take_page(void *context, enum download_state state, const char *path, uint64_t bytes)
{
    struct nvd *nvd = context;
    char detail[64];
    snprintf(detail, sizeof detail, "%llu bytes", (unsigned long long)bytes);
    fetcher_say(state == DOWNLOAD_OK ? "ok" : "same", nvd->source->name, path,
                state == DOWNLOAD_OK ? detail : "");
    nvd->fetcher->asked++;
    nvd->fetcher->got++;
}

static void say_failure(struct nvd *nvd, const char *path, const struct error *err)
{
    char text[1024];
    fetcher_say("failed", nvd->source->name, path, error_text(err, text, sizeof text));
    nvd->fetcher->asked++;
}

/* True when all changes are here, as far as they are due. */
static bool ask_api(struct nvd *nvd)
{
    struct fetcher *fetcher = nvd->fetcher;
    struct error err = ERROR_INIT;
    int64_t mark = find_mark(nvd);
    if (mark == TIME_NONE) {
        return false;
    }
    unsigned days = fetcher_cadence(&fetcher->options, nvd->source->name);
    if (!fetcher_is_due(fetcher, mark, days) || fetcher->now - mark <= NVD_PAUSE) {
        fetcher_say("fresh", nvd->source->name, FEED_FOLDER_NVD_CHANGES, "");
        fetcher->asked++;
        fetcher->got++;
        return true;
    }
    const struct nvd_api api = {.into = fetcher->options.into,
                                .downloader = fetcher->downloader,
                                .settings = &fetcher->settings,
                                .now = fetcher->now,
                                .should_stop = fetcher_should_stop,
                                .page = take_page,
                                .context = nvd};
    if (nvd_api_fetch(&api, mark, &nvd->changes, &err) < 0) {
        say_failure(nvd, FEED_FOLDER_NVD_CHANGES, &err);
        return false;
    }
    return true;
}

/* ---- changes that a mirror has ---- */

static int check_listed(void *context, const char *file, struct error *err)
{
    return change_page_check(context, file, err);
}

static bool get_listed_page(struct nvd *nvd, struct change_page *page)
{
    char path[FETCHER_PATH];
    struct error err = ERROR_INIT;
    struct download_result result;
    _cleanup_free_ char *target = file_join(nvd->folder, page->name);
    snprintf(path, sizeof path, FEED_FOLDER_NVD_CHANGES "/%s", page->name);
    const struct download_request request = {
        .path = path, .target = target, .always = true, .check = check_listed, .context = page};
    bool here = !nvd->fetcher->options.force && change_page_check(page, target, &err) == 0;
    err = (struct error)ERROR_INIT;
    enum download_state state =
        here ? DOWNLOAD_SAME : fetcher_get(nvd->fetcher, &request, &result, &err);
    if (state == DOWNLOAD_OK || state == DOWNLOAD_SAME) {
        take_page(nvd, state, path, page->bytes);
        return true;
    }
    say_failure(nvd, path, &err);
    return false;
}

/* Adds the ranges of which every page could be had. */
static void get_listed_pages(struct nvd *nvd, struct changes *listed)
{
    for (unsigned first = 0, end; first < listed->count && !fetcher_should_stop(); first = end) {
        bool whole = true;
        end = changes_end_of_range(listed, first);
        for (unsigned i = first; i < end; i++) {
            whole = get_listed_page(nvd, &listed->pages[i]) && whole;
        }
        for (unsigned i = first; whole && i < end; i++) {
            changes_add(&nvd->changes, &listed->pages[i]);
        }
    }
}

static int read_list(const char *path, struct changes *listed, struct error *err)
{
    struct buf text;
    buf_init(&text, LIMIT_SHARE_TABLE);
    int result = file_read(path, &text, err);
    if (result == 0) {
        result = changes_parse(buf_view(&text), listed, err);
    }
    buf_done(&text);
    return result;
}

/* What the mirror no longer lists its files of the years have taken in. */
static void drop_unlisted(struct nvd *nvd, const struct changes *listed)
{
    for (unsigned i = nvd->changes.count; i-- > 0;) {
        if (changes_find(listed, nvd->changes.pages[i].name) == NULL) {
            changes_remove(&nvd->changes, i, nvd->folder);
        }
    }
}

/* A mirror need not have any. whole: its files of the years are all here. */
static void ask_mirror(struct nvd *nvd, bool whole)
{
    static const char path[] = FEED_FOLDER_NVD_CHANGES "/" NVD_CHANGES_LIST;
    struct error err = ERROR_INIT;
    struct download_result result;
    struct changes listed = {0};
    _cleanup_free_ char *fresh = file_join(nvd->folder, NVD_CHANGES_LIST ".new");
    const struct download_request request = {.path = path, .target = fresh, .always = true};
    enum download_state state = fetcher_get(nvd->fetcher, &request, &result, &err);
    if (state == DOWNLOAD_MISSING) {
        return;
    }
    if (state != DOWNLOAD_OK || read_list(fresh, &listed, &err) < 0) {
        say_failure(nvd, path, &err);
    } else {
        get_listed_pages(nvd, &listed);
        if (whole) {
            drop_unlisted(nvd, &listed);
        }
    }
    unlink(fresh);
    changes_done(&listed);
}

/* ---- both ---- */

/* NVD's own, or the one that the settings name: a mirror without one has pages. */
static bool has_api(const struct fetcher *fetcher)
{
    bool live = fetcher->options.from == NULL;
    return fetcher->downloader != NULL && !fetcher->settings.no_nvd_api &&
           (live || fetcher->settings.nvd_api_url[0] != '\0');
}

/* With few changes missing they come first: when they are all here, the files of the years are as
 * good as new. */
static void get_by_api(struct nvd *nvd)
{
    struct fetcher *fetcher = nvd->fetcher;
    int64_t mark = find_mark(nvd);
    if (mark != TIME_NONE && fetcher->now - mark <= CHANGES_MOST && !fetcher->options.force) {
        fetcher->years_cadence = ask_api(nvd) ? YEARS_CADENCE : 0;
        fetcher_get_source(fetcher, nvd->source);
        fetcher->years_cadence = 0;
    } else {
        fetcher_get_source(fetcher, nvd->source);
        ask_api(nvd);
    }
}

/* Pages belong to the files of the years that the mirror has: they are asked for together. */
static void get_from_mirror(struct nvd *nvd)
{
    struct fetcher *fetcher = nvd->fetcher;
    unsigned failed = fetcher->failed, fresh = fetcher->fresh;
    fetcher_get_source(fetcher, nvd->source);
    if (fetcher->options.from != NULL && fetcher->fresh == fresh) {
        ask_mirror(nvd, fetcher->failed == failed);
    }
}

/* What the files of the years have taken in is not needed as a change. */
static void prune(struct nvd *nvd)
{
    int64_t base = find_base(nvd);
    if (base != TIME_NONE) {
        changes_prune(&nvd->changes, nvd->folder, base);
    }
}

static int write_list(const struct nvd *nvd, struct error *err)
{
    _cleanup_free_ char *list = file_join(nvd->folder, NVD_CHANGES_LIST);
    return nvd->changes.count > 0 || file_exists(list)
               ? changes_write(&nvd->changes, nvd->folder, err)
               : 0;
}

void fetcher_get_nvd(struct fetcher *fetcher, const struct feed_source *source)
{
    struct error err = ERROR_INIT;
    struct nvd nvd = {.fetcher = fetcher,
                      .source = source,
                      .folder = file_join(fetcher->options.into, FEED_FOLDER_NVD_CHANGES)};
    if (changes_read(nvd.folder, &nvd.changes, &err) < 0) {
        err = (struct error)ERROR_INIT; /* a list that was spoilt is written anew */
    }
    if (has_api(fetcher)) {
        get_by_api(&nvd);
        prune(&nvd);
    } else {
        get_from_mirror(&nvd);
    }
    if (write_list(&nvd, &err) < 0) {
        say_failure(&nvd, FEED_FOLDER_NVD_CHANGES, &err);
    }
    changes_done(&nvd.changes);
    free(nvd.folder);
}
