#include "roles/download.h"

#include "base/date.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "feed/source.h"

#include <curl/curl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { REDIRECTS_MOST = 5, URL_SIZE = 2048, HOST_SIZE = 256, MAGIC_SIZE = 2 };
/* Slower than SLOW bytes a second for STALLED seconds is a connection that has died. */
enum { SLOW = 1024, STALLED = 30 };

struct downloader {
    CURL *curl;
    const char *base;
    long timeout;
    double started;
    bool (*should_stop)(void);
    bool reached;           /* some host has answered */
    char silent[HOST_SIZE]; /* the host that has not */
    char reason[CURL_ERROR_SIZE];
};

/* One file on its way. */
struct transfer {
    struct downloader *downloader;
    const char *target;
    struct file_replace replace;
    bool begun; /* the body has begun, replace holds it */
    uint64_t bytes;
    struct error *err;
};

struct downloader *downloader_new(const char *base, long timeout, bool (*should_stop)(void))
{
    struct downloader *downloader = mem_alloc_zero(1, sizeof *downloader);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    downloader->curl = curl_easy_init();
    downloader->base = base;
    downloader->timeout = timeout;
    downloader->started = time_monotonic();
    downloader->should_stop = should_stop;
    return downloader;
}

void downloader_free(struct downloader *downloader)
{
    if (downloader != NULL) {
        curl_easy_cleanup(downloader->curl);
        curl_global_cleanup();
        free(downloader);
    }
}

/* ---- the body ---- */

/* A login page of some network in between must not replace a feed. */
static const char *wrong_magic(const char *target, const char *bytes, size_t len)
{
    static const struct {
        const char *ending, *magic, *what;
    } kinds[] = {
        {".gz", "\x1f\x8b", "what came is not gzip"},
        {".zip", "PK", "what came is not a zip"},
        {".json", "{", "what came is not JSON"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (str_ends(str_from(target), str_from(kinds[i].ending))) {
            size_t most = strlen(kinds[i].magic);
            bool right = memcmp(bytes, kinds[i].magic, len < most ? len : most) == 0;
            return right ? NULL : kinds[i].what;
        }
    }
    return NULL;
}

static int begin_body(struct transfer *transfer, const char *bytes, size_t len)
{
    const char *wrong = wrong_magic(transfer->target, bytes, len);
    if (wrong != NULL) {
        return error_set(transfer->err, ERR_FORMAT, "%s", wrong);
    }
    _cleanup_free_ char *copy = mem_dup_text(transfer->target);
    int result = file_make_folders(dirname(copy), transfer->err);
    if (result == 0) {
        result = file_replace_begin(&transfer->replace, transfer->target, 0644, transfer->err);
    }
    transfer->begun = result == 0;
    return result;
}

/* libcurl's write callback: anything but len stops the transfer. */
static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t len = size * count;
    long status = 0;
    curl_easy_getinfo(transfer->downloader->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) {
        return len; /* the page of an error or redirect */
    }
    if (len > LIMIT_FEED_DOWNLOAD - transfer->bytes) {
        error_set(transfer->err, ERR_LIMIT, "larger than %zu bytes", LIMIT_FEED_DOWNLOAD);
        return 0;
    }
    if (!transfer->begun && begin_body(transfer, bytes, len) < 0) {
        return 0;
    }
    if (file_write_all(transfer->replace.fd, bytes, len, transfer->err) < 0) {
        return 0;
    }
    transfer->bytes += len;
    return len;
}

static int watch(void *context, curl_off_t total, curl_off_t now, curl_off_t up_total,
                 curl_off_t up_now)
{
    const struct transfer *transfer = context;
    (void)total;
    (void)now;
    (void)up_total;
    (void)up_now;
    return transfer->downloader->should_stop();
}

static int finish_body(struct transfer *transfer)
{
    curl_off_t modified = -1;
    if (!transfer->begun) {
        return error_set(transfer->err, ERR_FORMAT, "what came is empty");
    }
    curl_easy_getinfo(transfer->downloader->curl, CURLINFO_FILETIME_T, &modified);
    if (modified >= 0) {
        struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = modified}};
        if (futimens(transfer->replace.fd, times) < 0) {
            return error_set_errno(transfer->err, "set the time of the file");
        }
    }
    return file_replace_commit(&transfer->replace, transfer->err);
}

/* ---- one request ---- */

static void set_options(struct transfer *transfer, const char *url)
{
    struct downloader *downloader = transfer->downloader;
    CURL *curl = downloader->curl;
    struct stat info;
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, downloader->base ? "http,https" : "https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "assay/" ASSAY_VERSION);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, downloader->timeout);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALLED);
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)LIMIT_FEED_DOWNLOAD);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, downloader->reason);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, transfer);
    curl_easy_setopt(curl, CURLOPT_FILETIME, 1L);
    if (stat(transfer->target, &info) == 0 && info.st_size > 0) {
        curl_easy_setopt(curl, CURLOPT_TIMECONDITION, (long)CURL_TIMECOND_IFMODSINCE);
        curl_easy_setopt(curl, CURLOPT_TIMEVALUE_LARGE, (curl_off_t)info.st_mtime);
    }
}

/* Whether a redirect may be followed: by https to a host that feeds are published on. */
static bool may_follow(const char *url)
{
    CURLU *parts = curl_url();
    char *scheme = NULL, *host = NULL, *user = NULL, *port = NULL;
    bool may = parts != NULL && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
               curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
               curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
               curl_url_get(parts, CURLUPART_USER, &user, 0) != CURLUE_OK &&
               curl_url_get(parts, CURLUPART_PORT, &port, 0) != CURLUE_OK &&
               strcmp(scheme, "https") == 0 && feed_source_host(str_from(host));
    curl_free(scheme);
    curl_free(host);
    curl_free(user);
    curl_free(port);
    curl_url_cleanup(parts);
    return may;
}

/* Performs the request, and what it is redirected to. */
static CURLcode perform(struct transfer *transfer, const char *url, long *ret_status)
{
    struct downloader *downloader = transfer->downloader;
    char next[URL_SIZE];
    snprintf(next, sizeof next, "%s", url);
    for (int i = 0; i <= REDIRECTS_MOST; i++) {
        char *target = NULL;
        downloader->reason[0] = '\0';
        set_options(transfer, next);
        CURLcode code = curl_easy_perform(downloader->curl);
        curl_easy_getinfo(downloader->curl, CURLINFO_RESPONSE_CODE, ret_status);
        curl_easy_getinfo(downloader->curl, CURLINFO_REDIRECT_URL, &target);
        if (code != CURLE_OK || target == NULL) {
            return code;
        }
        if (downloader->base != NULL || strlen(target) >= sizeof next || !may_follow(target)) {
            error_set(transfer->err, ERR_NETWORK, "redirected to %s, which is not followed",
                      target);
            return CURLE_OK;
        }
        memcpy(next, target, strlen(target) + 1);
    }
    error_set(transfer->err, ERR_NETWORK, "redirected more than %d times", REDIRECTS_MOST);
    return CURLE_OK;
}

/* Failures of a connection, against failures of a file. */
static bool is_silence(CURLcode code)
{
    return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY ||
           code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT ||
           code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION;
}

static enum download_state fail(struct transfer *transfer, CURLcode code)
{
    const char *reason = transfer->downloader->reason;
    if (transfer->err->code == 0) {
        int kind = code == CURLE_OPERATION_TIMEDOUT    ? ERR_TIMEOUT
                   : code == CURLE_ABORTED_BY_CALLBACK ? ERR_INTERRUPTED
                   : code == CURLE_FILESIZE_EXCEEDED   ? ERR_LIMIT
                                                       : ERR_NETWORK;
        error_set(transfer->err, kind, "%s", reason[0] ? reason : curl_easy_strerror(code));
    }
    return DOWNLOAD_FAILED;
}

static enum download_state judge(struct transfer *transfer, CURLcode code, long status)
{
    if (code != CURLE_OK || transfer->err->code != 0) {
        return fail(transfer, code);
    }
    /* libcurl compares the times itself where a server does not. */
    long unmet = 0;
    curl_easy_getinfo(transfer->downloader->curl, CURLINFO_CONDITION_UNMET, &unmet);
    if (status == 304 || (status == 200 && unmet)) {
        return DOWNLOAD_SAME;
    }
    if (status != 200) {
        error_set(transfer->err, ERR_NETWORK, "HTTP status %ld", status);
        return status == 404 || status == 410 ? DOWNLOAD_MISSING : DOWNLOAD_FAILED;
    }
    return finish_body(transfer) < 0 ? DOWNLOAD_FAILED : DOWNLOAD_OK;
}

/* ---- hosts ---- */

/* The host of what is fetched: below a base it is always the base's. */
static struct str host_of(const struct downloader *downloader, const char *path)
{
    struct str rest = str_from(path), host;
    str_split_byte(&rest, '/', &host);
    return downloader->base ? STR("the mirror") : host;
}

/* Waiting for each of 25 files of a host that does not answer would take minutes. */
static bool is_given_up(struct downloader *downloader, struct str host, struct error *err)
{
    bool late = !downloader->reached &&
                time_monotonic() - downloader->started > (double)downloader->timeout;
    if (late || str_eq(host, str_from(downloader->silent))) {
        error_set(err, ERR_TIMEOUT, "not tried: %.*s did not answer",
                  late ? (int)sizeof "no host" - 1 : (int)host.len, late ? "no host" : host.ptr);
        return true;
    }
    return false;
}

static void note_host(struct downloader *downloader, struct str host, CURLcode code, long status)
{
    if (status > 0) {
        downloader->reached = true;
    } else if (is_silence(code)) {
        snprintf(downloader->silent, sizeof downloader->silent, "%.*s", STR_ARG(host));
    }
}

enum download_state downloader_get(struct downloader *downloader, const char *path,
                                   const char *target, uint64_t *ret_bytes, struct error *err)
{
    struct transfer transfer = {
        .downloader = downloader, .target = target, .replace = {.fd = -1}, .err = err};
    struct str host = host_of(downloader, path);
    char url[URL_SIZE];
    long status = 0;
    if (downloader->curl == NULL) {
        error_set(err, ERR_NETWORK, "libcurl could not be started");
        return DOWNLOAD_FAILED;
    }
    if (is_given_up(downloader, host, err)) {
        return DOWNLOAD_FAILED;
    }
    size_t base_len = downloader->base ? strlen(downloader->base) : 0;
    bool slash = base_len > 0 && downloader->base[base_len - 1] == '/';
    int len = snprintf(url, sizeof url, "%s%s%s", downloader->base ? downloader->base : "https://",
                       downloader->base && !slash ? "/" : "", path);
    if (len < 0 || (size_t)len >= sizeof url) {
        error_set(err, ERR_LIMIT, "the URL is too long");
        return DOWNLOAD_FAILED;
    }
    CURLcode code = perform(&transfer, url, &status);
    note_host(downloader, host, code, status);
    enum download_state state = judge(&transfer, code, status);
    file_replace_abort(&transfer.replace);
    *ret_bytes = transfer.bytes;
    return state;
}
