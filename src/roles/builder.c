/*
 * Reads the feeds of a mirror folder and writes the knowledge file. Started by
 * `assay kb build`, which shows what it prints on standard output, one line a fact:
 *
 *     progress<TAB>FEED<TAB>DONE<TAB>TOTAL       packed bytes of that feed
 *     feed<TAB>FEED<TAB>LABEL<TAB>FILES<TAB>RECORDS<TAB>SKIPPED<TAB>SECONDS
 *     missing<TAB>FEED<TAB>LABEL<TAB>PATTERN
 *     rejected<TAB>FEED<TAB>ERROR<TAB>FILE       FILE cannot be read
 *     rejected<TAB>FEED<TAB>ERROR                nor can anything of the feed
 *     doubtful<TAB>FEED<TAB>ERROR                worse than in the standing file
 *     refused<TAB>PATH<TAB>HOW                   PATH stays: a feed could not be HOW
 *     write<TAB>PATH
 *     written<TAB>PATH<TAB>BYTES<TAB>SECONDS
 *
 * usage: builder --from DIR --out FILE [--only FEED]... [--now SECONDS] [--standing FILE]
 *                [--note FEED=TEXT]...
 *
 * With --standing, the file that is to be replaced, nothing is written when a feed has fewer than
 * two thirds of the records that it has there, or none as new. The TEXT of a note becomes what the
 * file says of a feed none of whose files is rejected.
 *
 * Exit status: 0 everything asked for was read; 3 written, but a feed is missing or was
 * rejected; 4 nothing written: no feed is usable, or a present feed was rejected and the file
 * exists already, which then stays as it is; 2 wrong usage.
 */
#include "base/file.h"
#include "base/memory.h"
#include "knowledge/build.h"
#include "knowledge/knowledge.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DONE = 0, USAGE = 2, PARTLY = 3, FAILED = 4, MAX_ONLY = 32, MAX_NOTES = 64 };

struct job {
    const char *from, *out, *standing;
    const char *only[MAX_ONLY];
    unsigned only_count;
    const char *notes[MAX_NOTES];
    unsigned note_count;
    int64_t now;
    struct knowledge_builder *builder;
    struct feed_reader *reader;
    struct knowledge *known;          /* the standing file, or NULL */
    unsigned used, missing, rejected; /* feeds, feeds, files */
    unsigned doubtful;                /* feeds */
};

#define USAGE_TEXT                                                                                 \
    "usage: builder --from DIR --out FILE [--only FEED]... [--now SECONDS] [--standing FILE] "     \
    "[--note FEED=TEXT]..."

static int complain(const char *text)
{
    fprintf(stderr, "assay: %s\n", text);
    return USAGE;
}

static void say_error(const struct error *err)
{
    char text[1024];
    fprintf(stderr, "assay: %s\n", error_text(err, text, sizeof text));
}

/* ---- arguments ---- */

static int read_option(struct job *job, const char *name, const char *value)
{
    uint64_t seconds;
    if (value == NULL) {
        return complain("builder: an option without its value");
    }
    if (strcmp(name, "--from") == 0) {
        job->from = value;
    } else if (strcmp(name, "--out") == 0) {
        job->out = value;
    } else if (strcmp(name, "--standing") == 0) {
        job->standing = value;
    } else if (strcmp(name, "--note") == 0 && job->note_count < MAX_NOTES) {
        job->notes[job->note_count++] = value;
    } else if (strcmp(name, "--only") == 0 && job->only_count < MAX_ONLY) {
        job->only[job->only_count++] = value;
        if (feed_find(str_from(value)) == NULL) {
            return complain("--only: no such feed; one of nvd, nvd-overrides, cvelist, endoflife, "
                            "kev, epss, osv, microsoft");
        }
    } else if (strcmp(name, "--now") == 0 && str_to_u64(str_from(value), &seconds)) {
        job->now = (int64_t)seconds;
    } else {
        return complain(USAGE_TEXT);
    }
    return DONE;
}

static int read_arguments(int argc, char **argv, struct job *job)
{
    *job = (struct job){.now = TIME_NONE};
    for (int i = 1; i < argc; i += 2) {
        int status = read_option(job, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
        if (status != DONE) {
            return status;
        }
    }
    if (job->from == NULL || job->out == NULL) {
        return complain(USAGE_TEXT);
    }
    job->now = job->now == TIME_NONE ? time_now() : job->now;
    return DONE;
}

static bool is_wanted(const struct job *job, const struct feed *feed)
{
    for (unsigned i = 0; i < job->only_count; i++) {
        if (strcmp(job->only[i], feed->name) == 0) {
            return true;
        }
    }
    return job->only_count == 0;
}

/* ---- feeds ---- */

struct reading {
    const struct feed *feed;
    struct feed_report report, file; /* of the feed, of the file being read */
    struct feed_sink sink;           /* counts in file */
    uint64_t done, total;            /* packed bytes */
    int64_t newest_file;
    unsigned rejected;
    char problem[1024];
};

static void say_progress(const struct reading *reading)
{
    printf("progress\t%s\t%llu\t%llu\n", reading->feed->name, (unsigned long long)reading->done,
           (unsigned long long)reading->total);
    fflush(stdout);
}

/* A file is kept whole or not at all. */
static void read_file(struct job *job, struct reading *reading, const char *path, uint64_t size)
{
    struct error err = ERROR_INIT;
    feed_report_init(&reading->file);
    knowledge_builder_begin(job->builder);
    int result =
        feed_reader_read(job->reader, reading->feed, path, &reading->sink, &reading->file, &err);
    if (result < 0) {
        knowledge_builder_rollback(job->builder);
        error_text(&err, reading->problem, sizeof reading->problem);
        say_error(&err);
        printf("rejected\t%s\t%s\t%s\n", reading->feed->name, reading->problem, path);
        reading->rejected++;
    } else {
        knowledge_builder_commit(job->builder);
        feed_report_merge(&reading->report, &reading->file);
    }
    reading->done += size;
    say_progress(reading);
}

static uint64_t file_size(struct reading *reading, const char *path)
{
    struct stat info;
    if (stat(path, &info) < 0) {
        return 0;
    }
    reading->newest_file =
        info.st_mtime > reading->newest_file ? info.st_mtime : reading->newest_file;
    return (uint64_t)info.st_size;
}

/* A feed without any record is broken, whatever its files look like: it must not replace
 * what is known. */
static void reject_empty(struct reading *reading, unsigned count)
{
    if (reading->rejected == 0 && reading->report.records == 0) {
        snprintf(reading->problem, sizeof reading->problem, "%s: no record that can be used",
                 reading->feed->label);
        fprintf(stderr, "assay: %s\n", reading->problem);
        printf("rejected\t%s\t%s\n", reading->feed->name, reading->problem);
        reading->rejected = count;
    }
}

static void read_files(struct job *job, struct reading *reading, char **paths, unsigned count)
{
    double started = time_monotonic();
    uint64_t skipped = 0;
    for (unsigned i = 0; i < count; i++) {
        reading->total += file_size(reading, paths[i]);
    }
    say_progress(reading);
    for (unsigned i = 0; i < count; i++) {
        read_file(job, reading, paths[i], file_size(reading, paths[i]));
    }
    reject_empty(reading, count);
    for (unsigned i = 0; i < FEED_SKIP_REASONS; i++) {
        skipped += reading->report.skipped[i];
    }
    printf("feed\t%s\t%s\t%llu\t%llu\t%llu\t%.3f\n", reading->feed->name, reading->feed->label,
           (unsigned long long)reading->report.files, (unsigned long long)reading->report.records,
           (unsigned long long)skipped, time_monotonic() - started);
}

/* ---- against the standing file ---- */

static void doubt(struct job *job, const struct feed *feed, const char *text)
{
    printf("doubtful\t%s\t%s\n", feed->name, text);
    fprintf(stderr, "assay: %s: %s\n", feed->label, text);
    job->doubtful++;
}

/* A feed that has lost much of what it had is more likely broken than right. */
static void compare_feed(struct job *job, const struct reading *reading)
{
    struct knowledge_feed known;
    const struct feed_report *report = &reading->report;
    char text[256], before[DATE_SIZE], now[DATE_SIZE];
    if (job->known == NULL ||
        !knowledge_find_feed(job->known, str_from(reading->feed->name), &known) || !known.present ||
        reading->rejected > 0) {
        return;
    }
    if (report->records < known.records - known.records / 3) {
        snprintf(text, sizeof text,
                 "has only %llu records, where the standing file has %llu; use --force if that "
                 "is right",
                 (unsigned long long)report->records, (unsigned long long)known.records);
        doubt(job, reading->feed, text);
    } else if (known.newest != TIME_NONE &&
               (report->newest == TIME_NONE || report->newest < known.newest)) {
        date_format(time_to_date(known.newest), before);
        date_format(report->newest == TIME_NONE ? DATE_NONE : time_to_date(report->newest), now);
        snprintf(text, sizeof text,
                 "its newest record is of %s, where the standing file has one of %s; use --force "
                 "if that is right",
                 now, before);
        doubt(job, reading->feed, text);
    }
}

static void take_note(const struct job *job, struct reading *reading)
{
    for (unsigned i = 0; i < job->note_count && reading->rejected == 0; i++) {
        struct str text = str_from(job->notes[i]), name;
        if (str_split_byte(&text, '=', &name) && str_eq_text(name, reading->feed->name)) {
            snprintf(reading->problem, sizeof reading->problem, "%.*s", STR_ARG(text));
            return;
        }
    }
}

static int read_feed(struct job *job, const struct feed *feed, struct error *err)
{
    struct reading reading = {.feed = feed, .newest_file = TIME_NONE};
    char **paths;
    unsigned count;
    int result = feed_files(feed, job->from, &paths, &count, err);
    if (result < 0) {
        return result;
    }
    if (count == 0 && feed->optional && job->only_count == 0) {
        feed_files_free(paths, count);
        return 0;
    }
    feed_report_init(&reading.report);
    reading.sink = knowledge_builder_sink(job->builder, &reading.file);
    if (count == 0) {
        snprintf(reading.problem, sizeof reading.problem, "no file %s", feed->pattern);
        printf("missing\t%s\t%s\t%s\n", feed->name, feed->label, feed->pattern);
        job->missing++;
    } else {
        read_files(job, &reading, paths, count);
    }
    feed_files_free(paths, count);
    compare_feed(job, &reading);
    take_note(job, &reading);
    bool present = count > reading.rejected;
    job->used += present;
    job->rejected += reading.rejected;
    knowledge_builder_feed(job->builder, feed, &reading.report, reading.newest_file, present,
                           reading.problem);
    fflush(stdout);
    return 0;
}

static int read_feeds(struct job *job, struct error *err)
{
    int result = 0;
    job->reader = feed_reader_new();
    for (unsigned i = 0; result == 0 && i < feed_count; i++) {
        if (is_wanted(job, &feeds[i])) {
            result = read_feed(job, &feeds[i], err);
        }
    }
    feed_reader_free(job->reader);
    return result;
}

/* ---- the file ---- */

/* A signal waits until the file is whole: a half-written one would stay beside it. */
static int write_file(struct job *job, struct error *err)
{
    sigset_t signals, before;
    struct stat info = {0};
    double started = time_monotonic();
    printf("write\t%s\n", job->out);
    fflush(stdout);
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, &before);
    int result = knowledge_builder_write(job->builder, job->out, job->now, err);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (result == 0) {
        stat(job->out, &info);
        printf("written\t%s\t%lld\t%.3f\n", job->out, (long long)info.st_size,
               time_monotonic() - started);
    }
    return result;
}

static int refuse(const struct job *job)
{
    const char *kept = job->standing ? job->standing : job->out;
    if ((job->rejected > 0 || job->doubtful > 0) && file_exists(kept)) {
        printf("refused\t%s\t%s\n", kept, job->rejected > 0 ? "read" : "trusted");
        return FAILED;
    }
    if (job->used == 0) {
        fprintf(stderr, "assay: %s: no feed that can be used; a mirror has files such as %s\n",
                job->from, feeds[0].pattern);
        return FAILED;
    }
    return DONE;
}

static int build(struct job *job)
{
    struct error err = ERROR_INIT;
    int status = DONE;
    job->builder = knowledge_builder_new();
    if (job->standing != NULL && knowledge_open(job->standing, &job->known, NULL) < 0) {
        job->known = NULL; /* none yet, or of another format: nothing to compare with */
    }
    int result = read_feeds(job, &err);
    knowledge_close(job->known);
    if (result == 0) {
        status = refuse(job);
        result = status == DONE ? write_file(job, &err) : 0;
    }
    knowledge_builder_free(job->builder);
    if (result < 0) {
        say_error(&err);
        return FAILED;
    }
    return status == DONE && (job->missing > 0 || job->rejected > 0) ? PARTLY : status;
}

int main(int argc, char **argv)
{
    struct job job;
    int status = read_arguments(argc, argv, &job);
    return status == DONE ? build(&job) : status;
}
