#include "roles/transfer.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "feed/source.h"

#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REDIRECTS_MOST = 5, URL_SIZE = 2048 };
/* Slower than SLOW bytes a second for STALLED seconds is a connection that has died. */
enum { SLOW = 1024, STALLED = 30 };
/* NVD's API has taken more than a minute before its first byte. */
enum { SERVICE_STALLED = 180 };

static char *with_ending(const char *path, const char *ending)
{
    size_t size = strlen(path) + strlen(ending) + 1;
    char *text = mem_alloc(size);
    snprintf(text, size, "%s%s", path, ending);
    return text;
}

void transfer_init(struct transfer *transfer)
{
    transfer->part = with_ending(transfer->request->target, ".part");
    transfer->note = with_ending(transfer->request->target, ".part.from");
    transfer->fd = -1;
}

/* The list of headers may hold a secret. */
static void drop_headers(struct transfer *transfer)
{
    for (struct curl_slist *item = transfer->headers; item != NULL; item = item->next) {
        explicit_bzero(item->data, strlen(item->data));
    }
    curl_slist_free_all(transfer->headers);
    transfer->headers = NULL;
}

void transfer_done(struct transfer *transfer)
{
    if (transfer->fd >= 0) {
        close(transfer->fd);
    }
    drop_headers(transfer);
    free(transfer->part);
    free(transfer->note);
}

void transfer_header(const struct transfer *transfer, const char *name, char *out, size_t out_size)
{
    struct curl_header *header;
    bool found = curl_easy_header(transfer->curl, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK;
    size_t len = found ? strlen(header->value) : 0;
    bool fits = len < out_size;
    for (size_t i = 0; fits && i < len; i++) {
        fits = (unsigned char)header->value[i] >= ' ';
    }
    snprintf(out, out_size, "%s", found && fits ? header->value : "");
}

/* ---- the part ---- */

static void drop_part(struct transfer *transfer)
{
    unlink(transfer->part);
    unlink(transfer->note);
    transfer->validator[0] = '\0';
    transfer->offset = 0;
}

/* What makes going on safe: a strong ETag, else the time of the file (RFC 9110, 13.1.5). */
static void find_validator(const struct transfer *transfer, char *out, size_t out_size)
{
    transfer_header(transfer, "ETag", out, out_size);
    if (out[0] != '"') {
        transfer_header(transfer, "Last-Modified", out, out_size);
    }
}

/* Looks whether there is a part to go on with. */
static void find_part(struct transfer *transfer)
{
    struct stat info;
    struct buf text;
    struct str rest, line;
    buf_init(&text, sizeof transfer->validator);
    bool noted = stat(transfer->part, &info) == 0 && info.st_size > 0 &&
                 file_read(transfer->note, &text, NULL) == 0;
    rest = buf_view(&text);
    if (noted && str_next_line(&rest, &line) && line.len < sizeof transfer->validator) {
        snprintf(transfer->validator, sizeof transfer->validator, "%.*s", STR_ARG(line));
        transfer->offset = (uint64_t)info.st_size;
    } else {
        drop_part(transfer);
    }
    buf_done(&text);
}

void transfer_keep(struct transfer *transfer)
{
    if (transfer->fd >= 0) {
        close(transfer->fd);
        transfer->fd = -1;
    }
    if (transfer->begun && (transfer->bytes == 0 || !file_exists(transfer->note))) {
        drop_part(transfer);
    }
    transfer->begun = false;
}

static int open_part(struct transfer *transfer, bool go_on)
{
    int flags =
        O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (go_on ? O_APPEND : O_TRUNC);
    _cleanup_free_ char *copy = mem_dup_text(transfer->part);
    int result = file_make_folders(dirname(copy), transfer->err);
    if (result < 0) {
        return result;
    }
    transfer->fd = open(transfer->part, flags, 0644);
    if (transfer->fd < 0) {
        return error_set_errno(transfer->err, "%s", transfer->part);
    }
    transfer->bytes = go_on ? transfer->offset : 0;
    transfer->begun = true;
    return 0;
}

static int note_validator(struct transfer *transfer)
{
    char validator[DOWNLOAD_ETAG_SIZE];
    if (transfer->request->service != NULL) {
        return 0;
    }
    find_validator(transfer, validator, sizeof validator);
    if (validator[0] == '\0') {
        unlink(transfer->note);
        return 0;
    }
    return file_write(transfer->note, 0644, str_from(validator), transfer->err);
}

/* A server that goes on must go on where the part ends: "bytes 1000-1999/2000". */
static bool goes_on_rightly(const struct transfer *transfer)
{
    char range[128];
    struct str rest, first;
    uint64_t start;
    transfer_header(transfer, "Content-Range", range, sizeof range);
    rest = str_from(range);
    if (!str_starts(rest, STR("bytes "))) {
        return false;
    }
    rest = str_skip(rest, 6);
    return str_split_byte(&rest, '-', &first) && str_to_u64(first, &start) &&
           start == transfer->offset && transfer->offset > 0;
}

static int begin_body(struct transfer *transfer, long status, const char *bytes, size_t len)
{
    bool go_on = status == 206;
    const char *wrong = go_on ? NULL : download_wrong_kind(transfer->request->target, bytes, len);
    if (wrong != NULL) {
        return error_set(transfer->err, ERR_FORMAT, "%s", wrong);
    }
    if (go_on && !goes_on_rightly(transfer)) {
        drop_part(transfer);
        return error_set(transfer->err, ERR_NETWORK, "the server went on with another part");
    }
    int result = open_part(transfer, go_on);
    return result < 0 || go_on ? result : note_validator(transfer);
}

static size_t most_bytes(const struct transfer *transfer)
{
    return transfer->request->service ? LIMIT_NVD_PAGE : LIMIT_FEED_DOWNLOAD;
}

/* libcurl's write callback: anything but len stops the transfer. */
static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t len = size * count;
    long status = 0;
    curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200 && status != 206) {
        return len; /* the page of an error or redirect */
    }
    if (!transfer->begun && begin_body(transfer, status, bytes, len) < 0) {
        return 0;
    }
    if (len > most_bytes(transfer) - transfer->bytes) {
        error_set(transfer->err, ERR_LIMIT, "larger than %zu bytes", most_bytes(transfer));
        return 0;
    }
    if (file_write_all(transfer->fd, bytes, len, transfer->err) < 0) {
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
    return transfer->should_stop();
}

static int set_time(struct transfer *transfer)
{
    curl_off_t modified = -1;
    curl_easy_getinfo(transfer->curl, CURLINFO_FILETIME_T, &modified);
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = modified}};
    if (modified >= 0 && futimens(transfer->fd, times) < 0) {
        return error_set_errno(transfer->err, "set the time of the file");
    }
    return fsync(transfer->fd) < 0 ? error_set_errno(transfer->err, "%s: sync", transfer->part) : 0;
}

int transfer_finish(struct transfer *transfer)
{
    const struct download_request *request = transfer->request;
    if (!transfer->begun) {
        return error_set(transfer->err, ERR_FORMAT, "what came is empty");
    }
    int result = set_time(transfer);
    if (result == 0 && request->check != NULL) {
        result = request->check(request->context, transfer->part, transfer->err);
    }
    if (result == 0) {
        result = file_rename(transfer->part, request->target, transfer->err);
    }
    drop_part(transfer);
    return result;
}

/* ---- one request ---- */

static void add_line(struct transfer *transfer, const char *line)
{
    struct curl_slist *list = curl_slist_append(transfer->headers, line);
    transfer->headers = list ? list : transfer->headers;
}

static void add_header(struct transfer *transfer, const char *name, const char *value)
{
    char line[DOWNLOAD_ETAG_SIZE + 32];
    snprintf(line, sizeof line, "%s: %s", name, value);
    add_line(transfer, line);
}

static void set_service(struct transfer *transfer, const struct download_service *service)
{
    drop_part(transfer);
    if (service->header != NULL) {
        add_line(transfer, service->header);
    }
    curl_easy_setopt(transfer->curl, CURLOPT_HTTPHEADER, transfer->headers);
    curl_easy_setopt(transfer->curl, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(transfer->curl, CURLOPT_LOW_SPEED_TIME, (long)SERVICE_STALLED);
}

/* Asks only for what is not here yet: the rest of a part, or the file if it has changed. */
static void set_conditions(struct transfer *transfer)
{
    const struct download_request *request = transfer->request;
    struct stat info;
    drop_headers(transfer);
    if (request->service != NULL) {
        set_service(transfer, request->service);
        return;
    }
    find_part(transfer);
    bool here = stat(request->target, &info) == 0 && info.st_size > 0;
    if (transfer->validator[0] != '\0') {
        char range[32];
        snprintf(range, sizeof range, "bytes=%llu-", (unsigned long long)transfer->offset);
        add_header(transfer, "Range", range);
        add_header(transfer, "If-Range", transfer->validator);
    } else if (here && !request->always && request->etag && request->etag[0]) {
        add_header(transfer, "If-None-Match", request->etag);
    } else if (here && !request->always) {
        curl_easy_setopt(transfer->curl, CURLOPT_TIMECONDITION, (long)CURL_TIMECOND_IFMODSINCE);
        curl_easy_setopt(transfer->curl, CURLOPT_TIMEVALUE_LARGE, (curl_off_t)info.st_mtime);
    }
    curl_easy_setopt(transfer->curl, CURLOPT_HTTPHEADER, transfer->headers);
}

static void set_security(struct transfer *transfer)
{
    CURL *curl = transfer->curl;
    const struct settings *settings = transfer->settings;
    const struct download_service *service = transfer->request->service;
    bool plain = transfer->base != NULL || service != NULL;
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, plain ? "http,https" : "https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (settings->ca_file[0] != '\0') {
        curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca_file);
        curl_easy_setopt(curl, CURLOPT_PROXY_CAINFO, settings->ca_file);
    }
    if (service != NULL && str_starts(str_from(service->url), STR("http://"))) {
        /* A service of this machine: its key must not pass a proxy in the clear. */
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
        return;
    }
    if (settings->proxy[0] != '\0') {
        curl_easy_setopt(curl, CURLOPT_PROXY, settings->proxy);
        curl_easy_setopt(curl, CURLOPT_NOPROXY, settings->no_proxy);
    }
    if (settings->proxy[0] != '\0' && settings->credentials[0] != '\0') {
        curl_easy_setopt(curl, CURLOPT_PROXYUSERPWD, settings->credentials);
        curl_easy_setopt(curl, CURLOPT_PROXYAUTH, (long)CURLAUTH_ANY);
    }
}

static void set_options(struct transfer *transfer, const char *url)
{
    CURL *curl = transfer->curl;
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "assay/" ASSAY_VERSION);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, transfer->timeout);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALLED);
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)most_bytes(transfer));
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->reason);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, transfer);
    curl_easy_setopt(curl, CURLOPT_FILETIME, 1L);
    set_security(transfer);
    set_conditions(transfer);
}

static char *url_part(CURLU *url, CURLUPart part, unsigned flags)
{
    char *text = NULL;
    return curl_url_get(url, part, &text, flags) == CURLUE_OK ? text : NULL;
}

static bool is_same_part(CURLU *a, CURLU *b, CURLUPart part)
{
    char *one = url_part(a, part, CURLU_DEFAULT_PORT);
    char *other = url_part(b, part, CURLU_DEFAULT_PORT);
    bool same = one != NULL && other != NULL && str_eq_nocase(str_from(one), str_from(other));
    curl_free(one);
    curl_free(other);
    return same;
}

/* By https to the usual port of a host that feeds are published on. */
static bool is_feed_url(CURLU *url)
{
    char *scheme = url_part(url, CURLUPART_SCHEME, 0), *host = url_part(url, CURLUPART_HOST, 0);
    char *port = url_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    bool is = scheme != NULL && host != NULL && port != NULL && strcmp(scheme, "https") == 0 &&
              strcmp(port, "443") == 0 && feed_source_host(str_from(host));
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    return is;
}

static bool may_follow(const struct transfer *transfer, const char *from, const char *to)
{
    CURLU *source = curl_url(), *target = curl_url();
    bool parsed = source != NULL && target != NULL &&
                  curl_url_set(source, CURLUPART_URL, from, 0) == CURLUE_OK &&
                  curl_url_set(target, CURLUPART_URL, to, 0) == CURLUE_OK;
    char *user = parsed ? url_part(target, CURLUPART_USER, 0) : NULL;
    bool same_server = parsed && is_same_part(source, target, CURLUPART_SCHEME) &&
                       is_same_part(source, target, CURLUPART_HOST) &&
                       is_same_part(source, target, CURLUPART_PORT);
    bool may = parsed && user == NULL && transfer->request->service == NULL &&
               (same_server || (transfer->base == NULL && is_feed_url(target)));
    curl_free(user);
    curl_url_cleanup(source);
    curl_url_cleanup(target);
    return may;
}

CURLcode transfer_perform(struct transfer *transfer, const char *url, long *ret_status)
{
    char next[URL_SIZE];
    snprintf(next, sizeof next, "%s", url);
    for (int i = 0; i <= REDIRECTS_MOST; i++) {
        char *target = NULL;
        transfer->reason[0] = '\0';
        set_options(transfer, next);
        CURLcode code = curl_easy_perform(transfer->curl);
        curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, ret_status);
        curl_easy_getinfo(transfer->curl, CURLINFO_REDIRECT_URL, &target);
        if (code != CURLE_OK || target == NULL) {
            return code;
        }
        if (strlen(target) >= sizeof next || !may_follow(transfer, next, target)) {
            error_set(transfer->err, ERR_NETWORK, "redirected to %s, which is not followed",
                      target);
            return CURLE_OK;
        }
        memcpy(next, target, strlen(target) + 1);
    }
    error_set(transfer->err, ERR_NETWORK, "redirected more than %d times", REDIRECTS_MOST);
    return CURLE_OK;
}
