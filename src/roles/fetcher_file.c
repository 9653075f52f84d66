#include "base/date.h"
#include "base/file.h"
#include "base/memory.h"
#include "roles/fetcher.h"
#include "roles/meta.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *fetcher_source(const struct fetcher *fetcher)
{
    return fetcher->options.from ? fetcher->options.from : "live";
}

enum download_state fetcher_get(struct fetcher *fetcher, const struct download_request *request,
                                struct download_result *result, struct error *err)
{
    return fetcher->downloader ? downloader_get(fetcher->downloader, request, result, err)
                               : copy_get(fetcher->options.from, request, result, err);
}

static int check_against_meta(void *context, const char *file, struct error *err)
{
    return meta_check(context, file, err);
}

/* "x.json.gz" to "x.meta", or to "x.meta.new". */
void fetcher_meta_path(const char *path, const char *ending, char out[FETCHER_PATH])
{
    size_t len = strlen(path) - strlen(".json.gz");
    snprintf(out, FETCHER_PATH, "%.*s%s", (int)len, path, ending);
}

/* Whether the file that is here is the one of the .meta file. The one kept beside it was
 * compared when the file came; else it is compared now. */
static bool is_of_meta(const char *target, const char *kept_path, const struct meta *meta)
{
    struct meta kept;
    struct stat info;
    struct error ignored = ERROR_INIT;
    if (stat(target, &info) < 0 ||
        (meta->packed_size > 0 && meta->packed_size != (uint64_t)info.st_size)) {
        return false;
    }
    bool noted = meta_read(kept_path, &kept, &ignored) == 0 &&
                 strcmp(kept.sha256, meta->sha256) == 0 && meta->packed_size > 0;
    return noted || meta_check(meta, target, &ignored) == 0;
}

/* Gets what the .meta file at fresh describes, unless it is here. */
static enum download_state get_described(struct fetcher *fetcher,
                                         const struct download_request *request, const char *fresh,
                                         const char *kept, struct download_result *result,
                                         struct error *err)
{
    struct meta meta;
    struct download_request checked = *request;
    enum download_state state = DOWNLOAD_SAME;
    if (meta_read(fresh, &meta, err) < 0) {
        return DOWNLOAD_FAILED;
    }
    if (request->always || !is_of_meta(request->target, kept, &meta)) {
        checked.always = true;
        checked.check = check_against_meta;
        checked.context = &meta;
        state = fetcher_get(fetcher, &checked, result, err);
    }
    if ((state == DOWNLOAD_OK || state == DOWNLOAD_SAME) && file_rename(fresh, kept, err) < 0) {
        state = DOWNLOAD_FAILED;
    }
    return state;
}

/* A file with a .meta file beside it: that is asked for first. Its absence is no obstacle. */
static enum download_state get_with_meta(struct fetcher *fetcher,
                                         const struct download_request *request,
                                         struct download_result *result, struct error *err)
{
    char path[FETCHER_PATH], path_new[FETCHER_PATH];
    fetcher_meta_path(request->path, ".meta", path);
    fetcher_meta_path(request->path, ".meta.new", path_new);
    _cleanup_free_ char *kept = file_join(fetcher->options.into, path);
    _cleanup_free_ char *fresh = file_join(fetcher->options.into, path_new);
    const struct download_request wanted = {.path = path, .target = fresh, .always = true};
    enum download_state state = fetcher_get(fetcher, &wanted, result, err);
    if (state == DOWNLOAD_MISSING) {
        *err = (struct error)ERROR_INIT;
        return fetcher_get(fetcher, request, result, err);
    }
    if (state == DOWNLOAD_OK) {
        state = get_described(fetcher, request, fresh, kept, result, err);
    }
    unlink(fresh);
    return state;
}

void fetcher_say(const char *state, const char *feed, const char *path, const char *detail)
{
    printf("%s\t%s\t%s\t%s\n", state, feed, path, detail);
}

static enum download_state ask_for_file(struct fetcher *fetcher, const struct feed_source *source,
                                        const struct download_request *request)
{
    static const char *const states[] = {[DOWNLOAD_OK] = "ok",
                                         [DOWNLOAD_SAME] = "same",
                                         [DOWNLOAD_MISSING] = "missing",
                                         [DOWNLOAD_FAILED] = "failed"};
    struct error err = ERROR_INIT;
    struct download_result result = {0};
    char detail[1024] = "";
    bool described = source->has_meta && str_ends(str_from(request->path), STR(".json.gz"));
    enum download_state state = described ? get_with_meta(fetcher, request, &result, &err)
                                          : fetcher_get(fetcher, request, &result, &err);
    if (state == DOWNLOAD_OK) {
        snprintf(detail, sizeof detail, "%llu bytes", (unsigned long long)result.bytes);
    } else if (err.code != 0) {
        error_text(&err, detail, sizeof detail);
    }
    fetcher_say(states[state], source->name, request->path, detail);
    if (state != DOWNLOAD_OK && state != DOWNLOAD_SAME) {
        return state;
    }
    const char *etag = result.etag[0] || state == DOWNLOAD_OK ? result.etag : request->etag;
    fetched_note(&fetcher->fetched, request->path, request->target, fetcher_source(fetcher), etag,
                 fetcher->now);
    return state;
}

/* Fetches one file and prints its line. */
static enum download_state get_file(struct fetcher *fetcher, const struct feed_source *source,
                                    const char *path)
{
    _cleanup_free_ char *target = file_join(fetcher->options.into, path);
    const struct fetched_file *known =
        fetched_find(&fetcher->fetched, path, target, fetcher_source(fetcher));
    unsigned days = source->first_year > 0 && fetcher->years_cadence > 0
                        ? fetcher->years_cadence
                        : fetcher_cadence(&fetcher->options, source->name);
    if (known != NULL && !fetcher_is_due(fetcher, known->checked, days)) {
        fetcher_say("fresh", source->name, path, "");
        fetcher->fresh++;
        return DOWNLOAD_SAME;
    }
    _cleanup_free_ char *etag = mem_dup_text(known ? known->etag : "");
    const struct download_request request = {
        .path = path, .target = target, .etag = etag, .always = fetcher->options.force};
    return ask_for_file(fetcher, source, &request);
}

void fetcher_get_source(struct fetcher *fetcher, const struct feed_source *source)
{
    char path[FETCHER_PATH];
    for (unsigned i = 0; !fetcher_should_stop() &&
                         feed_source_path(source, fetcher->options.year, i, path, sizeof path);
         i++) {
        enum download_state state = get_file(fetcher, source, path);
        fetcher->asked += !(source->optional && state == DOWNLOAD_MISSING);
        fetcher->got += state == DOWNLOAD_OK || state == DOWNLOAD_SAME;
        fetcher->failed += state == DOWNLOAD_FAILED;
    }
}
