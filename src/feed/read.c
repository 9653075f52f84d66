/* Files of feeds: unpacked, and handed to their parsers. */
#include "base/file.h"
#include "base/limits.h"
#include "feed/unpack.h"

#include <stdio.h>
#include <string.h>

struct read_job {
    struct feed_reader *reader;
    const struct feed *feed;
    feed_parser *parse;
    const struct feed_members *members;
    const struct feed_sink *sink;
    struct feed_report *report;
};

static int parse_bytes(void *context, struct str bytes, struct error *err)
{
    const struct read_job *job = context;
    struct feed_run run = {job->reader, job->sink, job->report, str_from(job->reader->member)};
    job->report->bytes += bytes.len;
    return job->parse(&run, bytes, err);
}

static int read_plain(struct read_job *job, struct str bytes, struct error *err)
{
    size_t most = job->reader->unpacked_most;
    if (bytes.len > most) {
        return error_set(err, ERR_LIMIT, "larger than %zu bytes", most);
    }
    feed_reader_reserve(job->reader, bytes.len);
    if (bytes.len > 0) {
        memcpy(job->reader->bytes, bytes.ptr, bytes.len);
    }
    return parse_bytes(job, (struct str){job->reader->bytes, bytes.len}, err);
}

static int read_gzip(struct read_job *job, struct str packed, const char *name, struct error *err)
{
    struct str bytes;
    int result = feed_gunzip(job->reader, packed, &bytes, err);
    if (result < 0) {
        return result;
    }
    result = parse_bytes(job, bytes, err);
    if (result < 0) {
        char where[256];
        snprintf(where, sizeof where, "%.200s (unpacked)", name);
        error_add_where(err, where);
    }
    return result;
}

/* A zip none of whose members is JSON is no feed, however whole it is. */
static int read_zip(struct read_job *job, struct str packed, struct error *err)
{
    uint64_t records = job->report->records;
    uint64_t strange = job->report->skipped[FEED_SKIP_JSON];
    uint64_t bytes = job->report->bytes, large = job->report->skipped[FEED_SKIP_LIMIT];
    int result = feed_unzip(job->reader, packed, job->feed->members, job->members, parse_bytes, job,
                            job->report, err);
    if (result < 0) {
        return result;
    }
    if (job->members->some) {
        return 0;
    }
    if (job->report->bytes == bytes && job->report->skipped[FEED_SKIP_LIMIT] > large) {
        return error_set(err, ERR_LIMIT, "every member is larger than %zu bytes",
                         job->reader->unpacked_most);
    }
    if (job->report->bytes == bytes) {
        return error_set(err, ERR_FORMAT, "a zip without members");
    }
    if (job->report->records == records && job->report->skipped[FEED_SKIP_JSON] > strange) {
        return error_set(err, ERR_FORMAT, "no member of the zip is a record");
    }
    return 0;
}

/* How errors name a file: from the first folder that tells the feed's files apart, which for
 * most is the last segment ("nvdcve-2.0-2024.json.gz", "Debian/all.zip"). */
static const char *name_file(const struct feed *feed, const char *path)
{
    const char *star = strchr(feed->pattern, '*');
    const char *name = path + strlen(path);
    unsigned segments = 1;
    for (const char *at = star ? star : ""; *at != '\0'; at++) {
        segments += *at == '/';
    }
    while (name > path && segments > 0) {
        name--;
        segments -= *name == '/';
    }
    return *name == '/' ? name + 1 : name;
}

/* A record of a zip that lies unpacked in a folder. */
static int read_record_file(struct read_job *job, struct str bytes, const char *name,
                            struct error *err)
{
    const struct feed_members *members = job->members;
    struct feed_member member = {.name = name};
    if (members->want != NULL && !members->want(members->context, &member)) {
        return 0;
    }
    job->reader->member = name;
    int result = read_plain(job, bytes, err);
    job->reader->member = "";
    if (result == 0 && members->done != NULL) {
        members->done(members->context);
    }
    return result;
}

static int read_packed(struct read_job *job, struct str packed, const char *name, struct error *err)
{
    if (packed.len == 0) {
        return error_set_at(err, ERR_FORMAT, 0, "empty");
    }
    if (packed.len > LIMIT_FEED_DOWNLOAD) {
        return error_set(err, ERR_LIMIT, "larger than %zu bytes", LIMIT_FEED_DOWNLOAD);
    }
    if (job->feed->packing == FEED_ZIP && str_ends(str_from(name), STR(".json"))) {
        return read_record_file(job, packed, name, err);
    }
    switch (job->feed->packing) {
    case FEED_GZIP:
        return str_ends(str_from(name), STR(".json")) ? read_plain(job, packed, err)
                                                      : read_gzip(job, packed, name, err);
    case FEED_ZIP:
        return read_zip(job, packed, err);
    default:
        return read_plain(job, packed, err);
    }
}

int feed_reader_read(struct feed_reader *reader, const struct feed *feed, const char *path,
                     const struct feed_sink *sink, struct feed_report *report, struct error *err)
{
    return feed_reader_read_members(reader, feed, path, &(struct feed_members){0}, sink, report,
                                    err);
}

int feed_reader_read_members(struct feed_reader *reader, const struct feed *feed, const char *path,
                             const struct feed_members *members, const struct feed_sink *sink,
                             struct feed_report *report, struct error *err)
{
    struct read_job job = {reader, feed, feed_parser_find(feed), members, sink, report};
    struct file_map map;
    int result = file_map(path, &map, err);
    if (result < 0) {
        return result;
    }
    const char *name = name_file(feed, path);
    report->files++;
    reader->unpacked_most = feed->unpacked_most ? feed->unpacked_most : LIMIT_FEED_MEMBER;
    result = read_packed(&job, (struct str){(const char *)map.bytes, map.len}, name, err);
    file_unmap(&map);
    if (result < 0) {
        error_add_where(err, name);
    }
    return result;
}

int feed_read_file(const struct feed *feed, const char *path, const struct feed_sink *sink,
                   struct feed_report *report, struct error *err)
{
    struct feed_reader *reader = feed_reader_new();
    int result = feed_reader_read(reader, feed, path, sink, report, err);
    feed_reader_free(reader);
    return result;
}
