#include "roles/fetcher.h"

#include "base/file.h"
#include "base/memory.h"
#include "feed/feed.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Copies one record; its line is that of a file. */
static void copy_record(struct fetcher *fetcher, const struct feed *feed, const char *from)
{
    char detail[1024] = "";
    struct error err = ERROR_INIT;
    struct download_result result;
    const char *path = from + strlen(fetcher->options.from) + 1;
    _cleanup_free_ char *target = file_join(fetcher->options.into, path);
    const struct download_request request = {
        .path = path, .target = target, .always = fetcher->options.force};
    enum download_state state = fetcher_get(fetcher, &request, &result, &err);
    bool got = state == DOWNLOAD_OK || state == DOWNLOAD_SAME;
    if (!got) {
        error_text(&err, detail, sizeof detail);
    }
    fetcher_say(state == DOWNLOAD_OK     ? "ok"
                : state == DOWNLOAD_SAME ? "same"
                                         : "failed",
                feed->name, path, detail);
    fetcher->asked++;
    fetcher->got += got;
    fetcher->failed += !got;
}

/* Records that the source no longer has, and the zip that stood for them before. */
static void remove_others(struct fetcher *fetcher, const struct feed *feed)
{
    char **paths;
    unsigned count;
    const char *into = fetcher->options.into;
    _cleanup_free_ char *packed = file_join(into, feed->pattern);
    unlink(packed);
    if (feed_files(feed, into, &paths, &count, NULL) < 0) {
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        _cleanup_free_ char *from = file_join(fetcher->options.from, paths[i] + strlen(into) + 1);
        if (!file_exists(from)) {
            unlink(paths[i]);
        }
    }
    feed_files_free(paths, count);
}

bool fetcher_get_unpacked(struct fetcher *fetcher, const struct feed_source *source)
{
    char **paths;
    unsigned count, failed = fetcher->failed;
    const struct feed *feed = feed_find(str_from(source->name));
    if (fetcher->downloader != NULL || feed == NULL || feed->folder == NULL) {
        return false;
    }
    _cleanup_free_ char *packed = file_join(fetcher->options.from, feed->pattern);
    if (file_exists(packed) || feed_files(feed, fetcher->options.from, &paths, &count, NULL) < 0) {
        return false;
    }
    for (unsigned i = 0; i < count && !fetcher_should_stop(); i++) {
        copy_record(fetcher, feed, paths[i]);
    }
    feed_files_free(paths, count);
    if (count > 0 && fetcher->failed == failed && !fetcher_should_stop()) {
        remove_others(fetcher, feed);
    }
    return count > 0;
}
