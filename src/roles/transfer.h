/*
 * One request of a download: from URL to TARGET.part. What the downloader alone sees.
 */
#ifndef ASSAY_ROLES_TRANSFER_H
#define ASSAY_ROLES_TRANSFER_H

#include "roles/download.h"

#include <curl/curl.h>

struct transfer {
    CURL *curl;
    const struct download_request *request;
    const char *base; /* NULL: the feed's own host */
    const struct settings *settings;
    long timeout;
    bool (*should_stop)(void);
    char *part, *note; /* TARGET.part, and what it is a part of: its ETag or Last-Modified */
    char validator[DOWNLOAD_ETAG_SIZE]; /* read from note; "": nothing to go on with */
    struct curl_slist *headers;
    int fd;
    bool begun;      /* the body has begun */
    uint64_t offset; /* bytes of the part that were there before */
    uint64_t bytes;  /* bytes of the part */
    struct error *err;
    char reason[CURL_ERROR_SIZE];
};

void transfer_init(struct transfer *transfer);
void transfer_done(struct transfer *transfer);
/* transfer_perform asks for url once, and for what it is redirected to. Returns what libcurl
 * says; transfer->err is set for what is wrong besides. *ret_status is the last HTTP status,
 * 0 when nothing was answered. */
CURLcode transfer_perform(struct transfer *transfer, const char *url, long *ret_status);
/* transfer_keep leaves the part for the next attempt when it can be gone on with, else removes
 * it. transfer_finish checks the whole part and puts it in target's place. */
void transfer_keep(struct transfer *transfer);
int transfer_finish(struct transfer *transfer);
/* transfer_header copies a header of the last answer to out, "" when there is none or it does
 * not fit. */
void transfer_header(const struct transfer *transfer, const char *name, char *out, size_t out_size);

#endif
