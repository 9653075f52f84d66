/*
 * Downloading by HTTP into files, one after the other, for the fetcher.
 */
#ifndef ASSAY_ROLES_DOWNLOAD_H
#define ASSAY_ROLES_DOWNLOAD_H

#include "base/error.h"
#include "roles/rate.h"
#include "roles/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DOWNLOAD_ETAG_SIZE = 256 };

enum download_state {
    DOWNLOAD_OK,
    DOWNLOAD_SAME,    /* not changed */
    DOWNLOAD_MISSING, /* 404 or 410; no such file */
    DOWNLOAD_FAILED
};

/* A request of a service instead of a file: its answers are never gone on with, never taken from
 * elsewhere, and may be waited for longer. */
struct download_service {
    const char *name;   /* of it, for messages */
    const char *url;    /* whole, with its query */
    const char *header; /* sent with it, "NAME: SECRET"; NULL: none */
    struct rate *rate;  /* how often it may be asked */
};

struct download_request {
    const char *path;   /* HOST/PATH */
    const char *target; /* the file to replace, as a whole or not at all */
    const char *etag;   /* of target as it is, "" or NULL when it is not known */
    bool always;        /* download even when nothing has changed */
    const struct download_service *service; /* NULL: a file; else path is not asked for */
    /* Called with the name of the whole download before it takes target's place; may be NULL. */
    int (*check)(void *context, const char *file, struct error *err);
    void *context;
};

struct download_result {
    uint64_t bytes;                /* with DOWNLOAD_OK */
    char etag[DOWNLOAD_ETAG_SIZE]; /* with DOWNLOAD_OK and DOWNLOAD_SAME, "" when none was sent */
};

struct downloader;

/* downloader_new makes one that gets HOST/PATH below base (http or https), or, with base NULL,
 * from https://HOST/PATH itself. Redirects are followed only to the same server, or by https to
 * another host of the table of feeds. settings and base must outlive it.
 *
 * What may pass is tried again after growing waits: connections that fail or end early, and
 * the statuses 408, 429, 500, 502, 503 and 504, Retry-After honoured. A host that goes on so is
 * not tried any more, and neither is anything when no host has answered within timeout seconds.
 * should_stop is asked while bytes come. A service is asked as often as its rate allows; that it
 * has been asked too often (also 403) passes after pauses of several seconds. */
struct downloader *downloader_new(const char *base, long timeout, const struct settings *settings,
                                  bool (*should_stop)(void));
void downloader_free(struct downloader *downloader);

/* downloader_get fetches one file and gives it the time of Last-Modified. A download that is
 * cut stays beside target as TARGET.part where the server can go on with it (RFC 9110, section
 * 13.1.5); the next one does. err says why with DOWNLOAD_MISSING and DOWNLOAD_FAILED. */
enum download_state downloader_get(struct downloader *downloader,
                                   const struct download_request *request,
                                   struct download_result *ret_result, struct error *err);

/* download_wrong_kind looks at the first bytes of what is to become the file target, and says
 * what is wrong with them, or NULL: a login page of some network in between must not replace a
 * feed. */
const char *download_wrong_kind(const char *target, const char *bytes, size_t len);

/* copy_get is downloader_get from a folder: target becomes a copy of FOLDER/PATH, with its time.
 * Of the same size and time it is taken as the same. */
enum download_state copy_get(const char *folder, const struct download_request *request,
                             struct download_result *ret_result, struct error *err);

#endif
