/*
 * NVD's API 2.0 (nvd.nist.gov/developers/vulnerabilities): what has changed since the files of
 * the years were made, page by page, into the download folder.
 */
#ifndef ASSAY_ROLES_NVD_API_H
#define ASSAY_ROLES_NVD_API_H

#include "feed/source.h"
#include "roles/download.h"
#include "roles/nvd_changes.h"

#define NVD_API_URL "https://" FEED_FOLDER_NVD_CHANGES

/* NVD publishes changes every two hours, and asks not to be asked more often. */
enum { NVD_PAUSE = 2 * 3600 };

struct nvd_api {
    const char *into; /* the download folder */
    struct downloader *downloader;
    const struct settings *settings;
    int64_t now;
    bool (*should_stop)(void);
    /* Called for every page: DOWNLOAD_OK with its bytes, DOWNLOAD_SAME when it was here from a
     * fetch that was broken off. */
    void (*page)(void *context, enum download_state state, const char *path, uint64_t bytes);
    void *context;
};

/* nvd_api_fetch gets all changes from mark, a time up to which every change is known, to now
 * (nothing when that is less than NVD_PAUSE) and adds them to changes and to the list in the
 * folder: range by range, each only when all of its pages are there. */
int nvd_api_fetch(const struct nvd_api *api, int64_t mark, struct changes *changes,
                  struct error *err);

#endif
