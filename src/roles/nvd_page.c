#include "roles/nvd_page.h"

#include "base/buf.h"
#include "base/cve_id.h"
#include "base/file.h"
#include "base/limits.h"
#include "roles/meta.h"
#include "json/json_reader.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { CHUNK = 1 << 16 };

/* ---- the envelope ---- */

static int read_number(struct json root, const char *name, uint64_t *ret, struct error *err)
{
    if (!json_as_uint(json_get(root, name), ret)) {
        return error_set(err, ERR_FORMAT, "not a page of NVD: no number %s", name);
    }
    return 0;
}

static int read_record(struct json item, struct nvd_page *page, struct error *err)
{
    struct json cve = json_get(item, "cve");
    uint64_t id;
    int64_t modified;
    if (!cve_id_parse(json_str(json_get(cve, "id")), &id)) {
        return json_fail(item, ERR_FORMAT, err, "no identifier of a CVE");
    }
    if (!time_parse(json_str(json_get(cve, "lastModified")), &modified)) {
        return json_fail(item, ERR_FORMAT, err, "no lastModified");
    }
    if (page->oldest == TIME_NONE || modified < page->oldest) {
        page->oldest = modified;
    }
    page->newest = modified > page->newest ? modified : page->newest;
    page->count++;
    return 0;
}

static int read_records(struct json root, struct nvd_page *page, struct error *err)
{
    struct json list = json_get(root, "vulnerabilities"), item;
    if (json_type(list) != JSON_ARRAY) {
        return error_set(err, ERR_FORMAT, "not a page of NVD: no list of vulnerabilities");
    }
    int result = 0;
    struct json_each each = json_each(list);
    while (result == 0 && json_next(&each, &item)) {
        result = read_record(item, page, err);
    }
    return result;
}

/* A page is full, or the last. */
static int check_counts(const struct nvd_page *page, uint64_t per_page, struct error *err)
{
    bool within = page->start <= page->total && page->count <= page->total - page->start;
    bool last = within && page->start + page->count == page->total;
    if (!within || page->count > per_page || (!last && page->count < per_page) ||
        (page->count == 0 && !last)) {
        return error_set(
            err, ERR_FORMAT,
            "a page of %llu records from number %llu of %llu, where %llu are announced",
            (unsigned long long)page->count, (unsigned long long)page->start,
            (unsigned long long)page->total, (unsigned long long)per_page);
    }
    return 0;
}

static int read_root(struct json root, struct nvd_page *page, struct error *err)
{
    uint64_t per_page;
    struct str version = json_str(json_get(root, "version"));
    if (!str_eq(json_str(json_get(root, "format")), STR("NVD_CVE")) ||
        !str_starts(version, STR("2."))) {
        return error_set(err, ERR_FORMAT, "not a page of NVD's API 2.x");
    }
    if (!time_parse(json_str(json_get(root, "timestamp")), &page->timestamp)) {
        return error_set(err, ERR_FORMAT, "not a page of NVD: no timestamp");
    }
    int result = read_number(root, "resultsPerPage", &per_page, err);
    result = result < 0 ? result : read_number(root, "startIndex", &page->start, err);
    result = result < 0 ? result : read_number(root, "totalResults", &page->total, err);
    result = result < 0 ? result : read_records(root, page, err);
    return result < 0 ? result : check_counts(page, per_page, err);
}

int nvd_page_parse(struct str text, struct nvd_page *ret_page, struct error *err)
{
    struct nvd_page page = {.timestamp = TIME_NONE, .oldest = TIME_NONE, .newest = TIME_NONE};
    struct json_document document;
    struct arena arena;
    arena_init(&arena);
    int result = json_parse(text, LIMIT_NVD_PAGE, &arena, &document, err);
    if (result == 0) {
        result = read_root(json_root(&document), &page, err);
    }
    json_done(&document);
    arena_done(&arena);
    if (result == 0) {
        *ret_page = page;
    }
    return result;
}

int nvd_page_check(const struct nvd_page *page, const struct nvd_query *query, struct error *err)
{
    char made[TIME_SIZE];
    if (page->start != query->start) {
        return error_set(err, ERR_FORMAT,
                         "the page begins with record %llu, where %llu was asked for",
                         (unsigned long long)page->start, (unsigned long long)query->start);
    }
    if (page->count > 0 &&
        (page->oldest < query->from - NVD_OVERLAP || page->newest > query->to + NVD_OVERLAP)) {
        return error_set(err, ERR_FORMAT, "the page has records of another time than asked for");
    }
    if (page->timestamp < query->to - NVD_OVERLAP) {
        return error_set(err, ERR_FORMAT,
                         "the page is of %s: the clock of this machine is ahead of the service's",
                         time_format(page->timestamp, made));
    }
    return 0;
}

/* ---- files ---- */

int nvd_page_read(const char *path, struct nvd_page *ret_page, struct error *err)
{
    struct buf text;
    int got = 0;
    gzFile stream = meta_open_packed(path, err);
    if (stream == NULL) {
        return err->code;
    }
    buf_init(&text, LIMIT_NVD_PAGE);
    char *into;
    while ((into = buf_reserve(&text, CHUNK)) != NULL && (got = gzread(stream, into, CHUNK)) > 0) {
        text.len += (size_t)got;
    }
    int result = 0;
    if (into == NULL) {
        result = error_set(err, ERR_LIMIT, "larger than %zu bytes", LIMIT_NVD_PAGE);
    } else if (got < 0) {
        result = error_set(err, ERR_FORMAT, "what came cannot be unpacked");
    }
    if (gzclose(stream) != Z_OK && result == 0) {
        result = error_set(err, ERR_FORMAT, "what came is cut short");
    }
    if (result == 0) {
        result = nvd_page_parse(buf_view(&text), ret_page, err);
    }
    buf_done(&text);
    return result;
}

/* Deflates all of map into fd, in one gzip member (windowBits 15 + 16). */
static int deflate_into(const struct file_map *map, int fd, struct error *err)
{
    z_stream stream = {.next_in = (unsigned char *)map->bytes, .avail_in = (unsigned)map->len};
    unsigned char chunk[CHUNK];
    if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        return error_set(err, ERR_IO, "zlib could not be started");
    }
    int result = 0, state = Z_OK;
    while (result == 0 && state == Z_OK) {
        stream.next_out = chunk;
        stream.avail_out = sizeof chunk;
        state = deflate(&stream, Z_FINISH);
        result = file_write_all(fd, chunk, sizeof chunk - stream.avail_out, err);
    }
    deflateEnd(&stream);
    return result;
}

int nvd_page_pack(const char *plain, const char *packed, struct error *err)
{
    struct file_map map;
    struct file_replace replace = {.fd = -1};
    int result = file_map(plain, &map, err);
    if (result < 0) {
        return result;
    }
    result = file_replace_begin(&replace, packed, 0644, err);
    if (result == 0) {
        result = deflate_into(&map, replace.fd, err);
    }
    if (result == 0) {
        result = file_replace_commit(&replace, err);
    }
    file_replace_abort(&replace);
    file_unmap(&map);
    return result;
}
