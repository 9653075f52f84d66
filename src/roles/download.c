#include "roles/download.h"

#include "base/date.h"
#include "base/memory.h"
#include "base/str.h"
#include "roles/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { URL_SIZE = 2048, HOST_SIZE = 256, ATTEMPTS = 4 };
/* A server that wants a longer pause than this is left for the next time. */
enum { PAUSE_MOST = 120 };

struct downloader {
    CURL *curl;
    const char *base;
    long timeout;
    const struct settings *settings;
    double started;
    bool (*should_stop)(void);
    bool reached;             /* some host has answered */
    char given_up[HOST_SIZE]; /* the host that does not answer, or only with trouble */
};

struct downloader *downloader_new(const char *base, long timeout, const struct settings *settings,
                                  bool (*should_stop)(void))
{
    struct downloader *downloader = mem_alloc_zero(1, sizeof *downloader);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    downloader->curl = curl_easy_init();
    downloader->base = base;
    downloader->timeout = timeout;
    downloader->settings = settings;
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

/* ---- what may pass ---- */

/* Failures of a connection, against failures of a file. */
static bool is_silence(CURLcode code)
{
    return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY ||
           code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT ||
           code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION;
}

static bool is_trouble(long status)
{
    return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 ||
           status == 504;
}

/* NVD's firewall says so where it is asked too often, key or not. */
static bool is_refusal(const struct download_request *request, long status)
{
    return request->service != NULL && status == 403;
}

static bool may_pass(const struct download_request *request, CURLcode code, long status)
{
    bool cut = code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
               code == CURLE_GOT_NOTHING || code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM;
    bool silent = is_silence(code) && code != CURLE_PEER_FAILED_VERIFICATION;
    bool busy = is_trouble(status) || is_refusal(request, status) || status == 416;
    return cut || silent || (code == CURLE_OK && busy);
}

/* Between a half and one and a half of 1, 2, 4 seconds, so that many do not come at once; of 8,
 * 16, 32 where a service counts requests in spans of half a minute. */
static double choose_pause(const struct downloader *downloader,
                           const struct download_request *request, long status, unsigned attempt)
{
    bool counted = is_refusal(request, status) || (request->service != NULL && status == 429);

    curl_off_t asked = 0;
    uint16_t chance = 0;
    curl_easy_getinfo(downloader->curl, CURLINFO_RETRY_AFTER, &asked);
    if (getrandom(&chance, sizeof chance, GRND_NONBLOCK) < 0) {
        chance = 0;
    }
    double own = (counted ? 8 : 1) * (double)(1u << attempt) * (0.5 + chance / 65536.0);
    /* What a service asks for itself is taken by its word. */
    own = counted && asked > 0 ? 0 : own;
    return asked > own ? (double)asked : own;
}

static bool pause_for(const struct downloader *downloader, double seconds)
{
    for (double end = time_monotonic() + seconds; time_monotonic() < end;) {
        struct timespec step = {.tv_nsec = 50000000};
        nanosleep(&step, NULL);
        if (downloader->should_stop()) {
            return false;
        }
    }
    return true;
}

/* False when there is no point in waiting, or the user stops it. */
static bool wait_for_it(const struct downloader *downloader, double seconds)
{
    double elapsed = time_monotonic() - downloader->started;
    if (seconds > PAUSE_MOST ||
        (!downloader->reached && elapsed + seconds > (double)downloader->timeout)) {
        return false;
    }
    return pause_for(downloader, seconds);
}

/* Waits until a service may be asked once more. */
static bool wait_for_turn(const struct downloader *downloader,
                          const struct download_service *service, struct error *err)
{
    if (service == NULL) {
        return true;
    }
    if (!pause_for(downloader, rate_wait(service->rate, time_monotonic()))) {
        error_set(err, ERR_INTERRUPTED, "stopped as asked");
        return false;
    }
    return true;
}

/* Once it is answered: whenever it came there, that is no later. */
static void note_turn(const struct download_service *service)
{
    if (service != NULL) {
        rate_note(service->rate, time_monotonic());
    }
}

/* ---- hosts ---- */

/* The host of what is fetched: below a base it is always the base's. */
static struct str host_of(const struct downloader *downloader,
                          const struct download_request *request)
{
    struct str rest = str_from(request->path), host;
    if (request->service != NULL) {
        return str_from(request->service->name);
    }
    str_split_byte(&rest, '/', &host);
    return downloader->base ? STR("the mirror") : host;
}

/* Waiting for each of 25 files of a host that does not answer would take minutes. */
static bool is_given_up(struct downloader *downloader, struct str host, struct error *err)
{
    bool late = !downloader->reached &&
                time_monotonic() - downloader->started > (double)downloader->timeout;
    if (late) {
        error_set(err, ERR_TIMEOUT, "not tried: no host did answer");
    } else if (str_eq(host, str_from(downloader->given_up))) {
        error_set(err, ERR_NETWORK, "not tried: %.*s failed before", STR_ARG(host));
    }
    return late || err->code != 0;
}

static void note_host(struct downloader *downloader, struct str host, CURLcode code, long status)
{
    downloader->reached |= status > 0;
    if ((status == 0 && is_silence(code)) || is_trouble(status)) {
        snprintf(downloader->given_up, sizeof downloader->given_up, "%.*s", STR_ARG(host));
    }
}

/* A path as a URL has it: a blank is "%20" (RFC 3986, 2.1); feeds have no other such byte. */
static bool put_path(char *out, size_t size, const char *path)
{
    size_t len = 0;
    for (; *path != '\0' && len + 4 < size; path++) {
        if (*path == ' ') {
            memcpy(out + len, "%20", 3);
            len += 3;
        } else {
            out[len++] = *path;
        }
    }
    out[len] = '\0';
    return *path == '\0';
}

static int make_url(const struct downloader *downloader, const struct download_request *request,
                    char url[URL_SIZE], struct error *err)
{
    const char *base = downloader->base, *path = request->path;
    if (request->service != NULL) {
        int whole = snprintf(url, URL_SIZE, "%s", request->service->url);
        return whole < URL_SIZE ? 0 : error_set(err, ERR_LIMIT, "the URL is too long");
    }
    bool slash = base != NULL && str_ends(str_from(base), STR("/"));
    int len = snprintf(url, URL_SIZE, "%s%s", base ? base : "https://", base && !slash ? "/" : "");
    if (len < 0 || len >= URL_SIZE || !put_path(url + len, (size_t)(URL_SIZE - len), path)) {
        return error_set(err, ERR_LIMIT, "the URL is too long");
    }
    return 0;
}

/* ---- one file ---- */

static enum download_state fail(struct transfer *transfer, CURLcode code)
{
    if (transfer->err->code == 0) {
        int kind = code == CURLE_OPERATION_TIMEDOUT    ? ERR_TIMEOUT
                   : code == CURLE_ABORTED_BY_CALLBACK ? ERR_INTERRUPTED
                   : code == CURLE_FILESIZE_EXCEEDED   ? ERR_LIMIT
                                                       : ERR_NETWORK;
        const char *reason = transfer->reason;
        error_set(transfer->err, kind, "%s", reason[0] ? reason : curl_easy_strerror(code));
    }
    transfer_keep(transfer);
    return DOWNLOAD_FAILED;
}

/* NVD says why in a header, as "Invalid apiKey.", which must not show the key. */
static void fail_service(struct transfer *transfer, long status)
{
    char message[DOWNLOAD_ETAG_SIZE];
    const char *header = transfer->request->service->header;
    const char *secret = header ? strchr(header, ' ') : NULL;
    transfer_header(transfer, "message", message, sizeof message);
    if (secret != NULL && strstr(message, secret + 1) != NULL) {
        message[0] = '\0';
    }
    error_set(transfer->err, ERR_NETWORK, "HTTP status %ld%s%s%s", status, message[0] ? " (" : "",
              message, message[0] ? ")" : "");
}

static enum download_state fail_status(struct transfer *transfer, long status)
{
    curl_off_t asked = 0;
    curl_easy_getinfo(transfer->curl, CURLINFO_RETRY_AFTER, &asked);
    if (status == 416) { /* the part is longer than the file has become */
        unlink(transfer->part);
    }
    if (asked > PAUSE_MOST) {
        error_set(transfer->err, ERR_NETWORK, "HTTP status %ld; to be tried again in %lld s",
                  status, (long long)asked);
    } else if (transfer->request->service != NULL) {
        fail_service(transfer, status);
        return DOWNLOAD_FAILED;
    } else {
        error_set(transfer->err, ERR_NETWORK, "HTTP status %ld", status);
    }
    return status == 404 || status == 410 ? DOWNLOAD_MISSING : DOWNLOAD_FAILED;
}

static enum download_state judge(struct transfer *transfer, CURLcode code, long status,
                                 struct download_result *result)
{
    if (code != CURLE_OK || transfer->err->code != 0) {
        return fail(transfer, code);
    }
    transfer_header(transfer, "ETag", result->etag, sizeof result->etag);
    /* libcurl compares the times itself where a server does not. */
    long unmet = 0;
    curl_easy_getinfo(transfer->curl, CURLINFO_CONDITION_UNMET, &unmet);
    if (status == 304 || (status == 200 && unmet)) {
        return DOWNLOAD_SAME;
    }
    if (status != 200 && status != 206) {
        return fail_status(transfer, status);
    }
    result->bytes = transfer->bytes;
    return transfer_finish(transfer) < 0 ? DOWNLOAD_FAILED : DOWNLOAD_OK;
}

static enum download_state try_until_done(struct downloader *downloader,
                                          const struct download_request *request, const char *url,
                                          struct download_result *result, struct error *err)
{
    struct str host = host_of(downloader, request);
    for (unsigned attempt = 0;; attempt++) {
        struct transfer transfer = {.curl = downloader->curl,
                                    .request = request,
                                    .base = downloader->base,
                                    .settings = downloader->settings,
                                    .timeout = downloader->timeout,
                                    .should_stop = downloader->should_stop,
                                    .err = err};
        long status = 0;
        if (!wait_for_turn(downloader, request->service, err)) {
            return DOWNLOAD_FAILED;
        }
        transfer_init(&transfer);
        CURLcode code = transfer_perform(&transfer, url, &status);
        note_turn(request->service);
        downloader->reached |= status > 0;
        bool again = err->code == 0 && may_pass(request, code, status);
        enum download_state state = judge(&transfer, code, status, result);
        transfer_done(&transfer);
        if (!again || attempt + 1 == ATTEMPTS ||
            !wait_for_it(downloader, choose_pause(downloader, request, status, attempt))) {
            note_host(downloader, host, code, status);
            return state;
        }
        *err = (struct error)ERROR_INIT;
    }
}

enum download_state downloader_get(struct downloader *downloader,
                                   const struct download_request *request,
                                   struct download_result *ret_result, struct error *err)
{
    char url[URL_SIZE];
    *ret_result = (struct download_result){0};
    if (downloader->curl == NULL) {
        error_set(err, ERR_NETWORK, "libcurl could not be started");
        return DOWNLOAD_FAILED;
    }
    if (is_given_up(downloader, host_of(downloader, request), err) ||
        make_url(downloader, request, url, err) < 0) {
        return DOWNLOAD_FAILED;
    }
    enum download_state state = try_until_done(downloader, request, url, ret_result, err);
    if (request->service != NULL && !downloader->reached) {
        /* That a service is silent says nothing of the hosts of files. */
        downloader->started = time_monotonic();
    }
    return state;
}
