#include "roles/nvd_api.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "roles/nvd_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The service's own limits (nvd.nist.gov/developers/start-here, /vulnerabilities): the longest
 * range of times, records of a page, requests in 30 seconds without a key and with one. */
enum { RANGE_MOST = 120 * 86400, PAGE_RECORDS = 2000, REQUESTS = 5, KEY_REQUESTS = 50, SPAN = 30 };
/* A page that is broken is asked for three times, and so is a range that changes meanwhile. */
enum { TRIES = 3 };

struct fetching {
    const struct nvd_api *api;
    char *folder;
    char *plain; /* the page being fetched */
    struct changes *changes;
    struct rate rate;
    char header[160];
    struct error *err;
};

/* A range, with the pages of it that are there. */
struct range {
    int64_t from, to;
    struct changes pages;
    uint64_t start, total; /* of the next page, of records */
    bool moved;            /* the total is another now: pages no longer fit together */
};

/* ---- one page ---- */

struct wanted {
    struct nvd_query query;
    struct nvd_page page; /* what came */
};

static int check_page(void *context, const char *file, struct error *err)
{
    struct wanted *wanted = context;
    int result = nvd_page_read(file, &wanted->page, err);
    return result < 0 ? result : nvd_page_check(&wanted->page, &wanted->query, err);
}

/* A page that a broken fetch has left. */
static bool find_page(const struct fetching *fetching, const struct change_page *page,
                      struct wanted *wanted)
{
    struct error ignored = ERROR_INIT;
    _cleanup_free_ char *path = file_join(fetching->folder, page->name);
    return file_exists(path) && check_page(wanted, path, &ignored) == 0;
}

static int ask_for_page(struct fetching *fetching, const struct change_page *page,
                        struct wanted *wanted)
{
    char url[1024], from[TIME_SIZE], to[TIME_SIZE];
    const struct settings *settings = fetching->api->settings;
    const char *base = settings->nvd_api_url[0] ? settings->nvd_api_url : NVD_API_URL;
    struct error *err = fetching->err;
    snprintf(url, sizeof url,
             "%s?lastModStartDate=%s&lastModEndDate=%s&resultsPerPage=%d&startIndex=%llu", base,
             time_format(page->from, from), time_format(page->to, to), PAGE_RECORDS,
             (unsigned long long)page->start);
    const struct download_service service = {.name = "NVD's API",
                                             .url = url,
                                             .header =
                                                 fetching->header[0] ? fetching->header : NULL,
                                             .rate = &fetching->rate};
    const struct download_request request = {.path = FEED_FOLDER_NVD_CHANGES,
                                             .target = fetching->plain,
                                             .always = true,
                                             .service = &service,
                                             .check = check_page,
                                             .context = wanted};
    struct download_result result;
    if (downloader_get(fetching->api->downloader, &request, &result, err) != DOWNLOAD_OK) {
        return err->code ? err->code : error_set(err, ERR_NETWORK, "no page came");
    }
    _cleanup_free_ char *packed = file_join(fetching->folder, page->name);
    int packing = nvd_page_pack(fetching->plain, packed, err);
    unlink(fetching->plain);
    return packing;
}

static int ask_until_whole(struct fetching *fetching, const struct change_page *page,
                           struct wanted *wanted)
{
    for (unsigned attempt = 1;; attempt++) {
        int result = ask_for_page(fetching, page, wanted);
        if (result != ERR_FORMAT || attempt == TRIES) {
            return result;
        }
        *fetching->err = (struct error)ERROR_INIT;
    }
}

static int get_page(struct fetching *fetching, struct range *range)
{
    char path[512];
    struct change_page page = change_page_named(range->from, range->to, range->start);
    struct wanted wanted = {.query = {range->from, range->to, range->start}};
    bool here = find_page(fetching, &page, &wanted);
    int result = here ? 0 : ask_until_whole(fetching, &page, &wanted);
    if (result == 0) {
        result = change_page_digest(&page, fetching->folder, fetching->err);
    }
    if (result < 0) {
        return result;
    }
    range->moved = range->start > 0 && wanted.page.total != range->total;
    range->total = wanted.page.total;
    range->start += wanted.page.count;
    changes_add(&range->pages, &page);
    snprintf(path, sizeof path, FEED_FOLDER_NVD_CHANGES "/%s", page.name);
    fetching->api->page(fetching->api->context, here ? DOWNLOAD_SAME : DOWNLOAD_OK, path,
                        page.bytes);
    return 0;
}

/* ---- one range ---- */

struct leftovers {
    const struct fetching *fetching;
    struct range *range;
    bool adopted;
};

/* A range that was begun and can be gone on with takes the place of the one that is wanted. Pages
 * older than NVD_PAUSE are fetched again: their range may have changed since. */
static void adopt(void *context, const struct change_page *page)
{
    struct leftovers *leftovers = context;
    struct range *range = leftovers->range;
    const struct fetching *fetching = leftovers->fetching;
    struct stat info;
    _cleanup_free_ char *path = file_join(fetching->folder, page->name);
    bool fits = page->from <= range->from && page->to > range->from && page->to <= range->to &&
                page->to - page->from <= RANGE_MOST;
    int64_t age = stat(path, &info) == 0 ? fetching->api->now - info.st_mtime : INT64_MAX;
    if (!leftovers->adopted && fits && page->start == 0 && age < NVD_PAUSE && age > -NVD_PAUSE &&
        changes_find(fetching->changes, page->name) == NULL) {
        range->from = page->from;
        range->to = page->to;
        leftovers->adopted = true;
    }
}

/* What is not listed and not of the range is of none. */
static void remove_leftover(void *context, const struct change_page *page)
{
    struct leftovers *leftovers = context;
    const struct range *range = leftovers->range;
    bool of_range = page->from == range->from && page->to == range->to && !range->moved;
    if (!of_range && changes_find(leftovers->fetching->changes, page->name) == NULL) {
        _cleanup_free_ char *path = file_join(leftovers->fetching->folder, page->name);
        unlink(path);
    }
}

static int clean_up(struct fetching *fetching, struct range *range, bool resume)
{
    struct leftovers leftovers = {.fetching = fetching, .range = range};
    int result = resume ? changes_each(fetching->folder, adopt, &leftovers, fetching->err) : 0;
    return result < 0 ? result
                      : changes_each(fetching->folder, remove_leftover, &leftovers, fetching->err);
}

static int get_pages(struct fetching *fetching, struct range *range)
{
    int result;
    do {
        if (range->pages.count >= LIMIT_NVD_PAGES) {
            return error_set(fetching->err, ERR_LIMIT, "more than %u pages", LIMIT_NVD_PAGES);
        }
        result = get_page(fetching, range);
    } while (result == 0 && !range->moved && range->start < range->total);
    return result;
}

static int commit(struct fetching *fetching, const struct range *range)
{
    for (unsigned i = 0; i < range->pages.count; i++) {
        changes_add(fetching->changes, &range->pages.pages[i]);
    }
    return changes_write(fetching->changes, fetching->folder, fetching->err);
}

/* *ret_to is where the range ends that is there then. */
static int get_range(struct fetching *fetching, int64_t from, int64_t to, int64_t *ret_to)
{
    struct range range = {.from = from, .to = to};
    int result = clean_up(fetching, &range, true);
    for (unsigned attempt = 1; result == 0; attempt++) {
        result = get_pages(fetching, &range);
        if (result < 0 || !range.moved) {
            break;
        }
        if (attempt == TRIES) {
            result = error_set(fetching->err, ERR_FORMAT,
                               "the number of records changes from page to page (%llu now)",
                               (unsigned long long)range.total);
        }
        clean_up(fetching, &range, false);
        changes_done(&range.pages);
        range = (struct range){.from = range.from, .to = range.to};
    }
    if (result == 0) {
        result = commit(fetching, &range);
        *ret_to = range.to;
    }
    changes_done(&range.pages);
    return result;
}

int nvd_api_fetch(const struct nvd_api *api, int64_t mark, struct changes *changes,
                  struct error *err)
{
    const char *key = api->settings->nvd_api_key;
    struct fetching fetching = {
        .api = api,
        .folder = file_join(api->into, FEED_FOLDER_NVD_CHANGES),
        .plain = file_join(api->into, FEED_FOLDER_NVD_CHANGES "/.page.json"),
        .changes = changes,
        .rate = {.most = key[0] ? KEY_REQUESTS : REQUESTS, .span = SPAN},
        .err = err,
    };
    if (key[0] != '\0') {
        snprintf(fetching.header, sizeof fetching.header, "apiKey: %s", key);
    }
    int result = file_make_folders(fetching.folder, err);
    while (result == 0 && api->now - mark > NVD_PAUSE) {
        int64_t from = mark - NVD_OVERLAP;
        int64_t to = api->now - from > RANGE_MOST ? from + RANGE_MOST : api->now;
        result = get_range(&fetching, from, to, &mark);
    }
    explicit_bzero(fetching.header, sizeof fetching.header);
    free(fetching.folder);
    free(fetching.plain);
    return result;
}
