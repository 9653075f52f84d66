/*
 * Downloading by HTTP into files, one after the other, for the fetcher.
 */
#ifndef ASSAY_ROLES_DOWNLOAD_H
#define ASSAY_ROLES_DOWNLOAD_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum download_state {
    DOWNLOAD_OK,
    DOWNLOAD_SAME,    /* not changed since the file's time */
    DOWNLOAD_MISSING, /* 404 or 410 */
    DOWNLOAD_FAILED
};

struct downloader;

/* downloader_new makes one that gets HOST/PATH below base (http or https, no redirects), or,
 * with base NULL, from https://HOST/PATH itself (redirects to other feeds' hosts by https are
 * followed). A host must answer within timeout seconds; when none has answered by then, or a
 * host has failed to, no more is tried of it. should_stop is asked while bytes come. */
struct downloader *downloader_new(const char *base, long timeout, bool (*should_stop)(void));
void downloader_free(struct downloader *downloader);

/* downloader_get fetches path into the file target, which is replaced as a whole or left as it
 * is, and given the time of Last-Modified. *ret_bytes is set with DOWNLOAD_OK; err says why with
 * DOWNLOAD_MISSING and DOWNLOAD_FAILED. */
enum download_state downloader_get(struct downloader *downloader, const char *path,
                                   const char *target, uint64_t *ret_bytes, struct error *err);

#endif
