#include "roles/build_job.h"

#include <stdio.h>
#include <string.h>

void build_say_progress(const struct reading *reading)
{
    printf("progress\t%s\t%llu\t%llu\n", reading->feed->name, (unsigned long long)reading->done,
           (unsigned long long)reading->total);
    fflush(stdout);
}

/* ---- against the standing file ---- */

static void doubt(struct reading *reading, const char *text)
{
    printf("doubtful\t%s\t%s\n", reading->feed->name, text);
    fprintf(stderr, "assay: %s: %s\n", reading->feed->label, text);
    reading->doubtful = true;
}

static bool has_shrunk(uint64_t records, uint64_t known)
{
    return records < known - known / 3;
}

/* Of a zip with a record a member, such as a distribution's, which is small beside its feed. One of
 * few records may well lose some. */
enum { RECORDS_TO_COMPARE = 100 };

static void compare_file(struct reading *reading, const struct input *input)
{
    const struct knowledge *standing = reading->job->known;
    struct knowledge_input known;
    char text[512];
    uint32_t count = standing != NULL ? knowledge_input_count(standing) : 0;
    for (uint32_t i = 0; i < count && reading->feed->grain == FEED_GRAIN_MEMBER; i++) {
        if (knowledge_input(standing, i, &known) && str_eq_text(known.path, input->below) &&
            str_eq_text(known.feed, reading->feed->name) &&
            known.report.records >= RECORDS_TO_COMPARE &&
            has_shrunk(reading->file.records, known.report.records)) {
            snprintf(text, sizeof text,
                     "%.300s has only %llu records, where the standing file has %llu of it; use "
                     "--force if that is right",
                     input->below, (unsigned long long)reading->file.records,
                     (unsigned long long)known.report.records);
            doubt(reading, text);
        }
    }
}

/* ---- one file ---- */

static bool begin_member(void *context, const struct feed_member *member)
{
    struct reading *reading = context;
    knowledge_builder_member(reading->job->builder, member, &reading->file);
    return true;
}

static void end_member(void *context)
{
    struct reading *reading = context;
    knowledge_builder_member_end(reading->job->builder);
}

void build_read_file(struct reading *reading, const struct input *input,
                     const struct feed_members *members, const struct feed_report *known)
{
    struct job *job = reading->job;
    struct error err = ERROR_INIT;
    feed_report_init(&reading->file);
    knowledge_builder_begin(job->builder);
    int result = build_ahead_has(job->ahead, input)
                     ? build_ahead_take(job->ahead, &reading->sink, &reading->file, &err)
                     : feed_reader_read_members(job->reader, reading->feed, input->path, members,
                                                &reading->sink, &reading->file, &err);
    if (result < 0) {
        knowledge_builder_rollback(job->builder);
        error_text(&err, reading->problem, sizeof reading->problem);
        /* More than one feed has a main.zip. */
        fprintf(stderr, "assay: %s: %s\n", reading->feed->label, reading->problem);
        printf("rejected\t%s\t%s\t%s\n", reading->feed->name, reading->problem, input->path);
        reading->rejected++;
        return;
    }
    if (known != NULL) {
        build_fold_add_known(&reading->file, known);
    }
    knowledge_builder_commit(job->builder);
    knowledge_builder_input(job->builder, reading->feed, input->below, input->size, input->checksum,
                            &reading->file);
    feed_report_merge(&reading->report, &reading->file);
    compare_file(reading, input);
}

/* ---- the files of a feed ---- */

/* A feed without any record is broken, whatever its files look like: it must not replace
 * what is known. */
static void reject_empty(struct reading *reading)
{
    if (reading->rejected == 0 && reading->report.records == 0) {
        snprintf(reading->problem, sizeof reading->problem, "%s: no record that can be used",
                 reading->feed->label);
        fprintf(stderr, "assay: %s\n", reading->problem);
        printf("rejected\t%s\t%s\n", reading->feed->name, reading->problem);
        reading->rejected = reading->count;
    }
}

static void read_all_files(struct reading *reading)
{
    struct feed_members members = {.context = reading, .want = begin_member, .done = end_member};
    struct feed_members none = {0};
    bool by_member = reading->feed->grain == FEED_GRAIN_MEMBER;
    reading->sink = knowledge_builder_sink(reading->job->builder, &reading->file);
    for (unsigned i = 0; i < reading->count; i++) {
        build_read_file(reading, &reading->inputs[i], by_member ? &members : &none, NULL);
        reading->done += reading->inputs[i].size;
        build_say_progress(reading);
    }
}

static void read_files(struct reading *reading)
{
    double started = time_monotonic();
    uint64_t skipped = 0;
    for (unsigned i = 0; i < reading->count; i++) {
        const struct input *input = &reading->inputs[i];
        reading->total += input->size;
        reading->newest_file =
            input->written > reading->newest_file ? input->written : reading->newest_file;
    }
    build_say_progress(reading);
    if (reading->job->fold != NULL) {
        build_fold_files(reading);
    } else {
        read_all_files(reading);
    }
    reject_empty(reading);
    for (unsigned i = 0; i < FEED_SKIP_REASONS; i++) {
        skipped += reading->report.skipped[i];
    }
    printf("feed\t%s\t%s\t%llu\t%llu\t%llu\t%.3f\n", reading->feed->name, reading->feed->label,
           (unsigned long long)reading->report.files, (unsigned long long)reading->report.records,
           (unsigned long long)skipped, time_monotonic() - started);
}

static bool is_there(const struct reading *reading, const struct knowledge_input *known)
{
    for (unsigned i = 0; i < reading->count; i++) {
        if (str_eq_text(known->path, reading->inputs[i].below)) {
            return true;
        }
    }
    return false;
}

/* What the standing file has of the feed's files that are there now: one that is missing takes
 * nothing with it that could be compared. */
static void leave_out_missing(const struct reading *reading, struct knowledge_feed *feed)
{
    const struct knowledge *standing = reading->job->known;
    uint32_t count = knowledge_input_count(standing);
    struct knowledge_input known;
    int64_t newest = TIME_NONE;
    uint64_t records = 0, all = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!knowledge_input(standing, i, &known) ||
            !str_eq_text(known.feed, reading->feed->name)) {
            continue;
        }
        all += known.report.records;
        if (is_there(reading, &known)) {
            records += known.report.records;
            newest = known.report.newest > newest ? known.report.newest : newest;
        }
    }
    if (records < all) {
        feed->records = records;
        feed->newest = newest;
    }
}

/* A feed that has lost much of what it had is more likely broken than right. */
static void compare_feed(struct job *job, struct reading *reading)
{
    struct knowledge_feed known;
    const struct feed_report *report = &reading->report;
    char text[256], before[DATE_SIZE], now[DATE_SIZE];
    if (job->known == NULL ||
        !knowledge_find_feed(job->known, str_from(reading->feed->name), &known) || !known.present ||
        reading->rejected > 0 || reading->doubtful) {
        return;
    }
    if (reading->job->some) {
        leave_out_missing(reading, &known);
    }
    if (has_shrunk(report->records, known.records)) {
        snprintf(text, sizeof text,
                 "has only %llu records, where the standing file has %llu; use --force if that "
                 "is right",
                 (unsigned long long)report->records, (unsigned long long)known.records);
        doubt(reading, text);
    } else if (known.newest != TIME_NONE &&
               (report->newest == TIME_NONE || report->newest < known.newest)) {
        date_format(time_to_date(known.newest), before);
        date_format(report->newest == TIME_NONE ? DATE_NONE : time_to_date(report->newest), now);
        snprintf(text, sizeof text,
                 "its newest record is of %s, where the standing file has one of %s; use --force "
                 "if that is right",
                 now, before);
        doubt(reading, text);
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

/* inputs are those of the feed. */
static void read_feed(struct job *job, const struct feed *feed, const struct input *inputs,
                      unsigned count)
{
    struct reading reading = {
        .job = job, .feed = feed, .inputs = inputs, .count = count, .newest_file = TIME_NONE};
    if (count == 0 && feed->optional && job->only_count == 0) {
        return;
    }
    feed_report_init(&reading.report);
    if (count == 0) {
        snprintf(reading.problem, sizeof reading.problem, "no file %s", feed->pattern);
        printf("missing\t%s\t%s\t%s\n", feed->name, feed->label, feed->pattern);
        job->missing++;
    } else {
        /* One a feed: what the largest feed needs is too much to be kept for the others. */
        job->reader = feed_reader_new();
        read_files(&reading);
        feed_reader_free(job->reader);
    }
    compare_feed(job, &reading);
    take_note(job, &reading);
    bool present = count > reading.rejected;
    job->used += present;
    job->rejected += reading.rejected;
    job->doubtful += reading.doubtful;
    knowledge_builder_feed(job->builder, feed, &reading.report, reading.newest_file, present,
                           reading.problem);
    fflush(stdout);
}

void build_read_feeds(struct job *job)
{
    const struct plan *plan = &job->plan;
    unsigned at = 0;
    job->ahead = job->ahead ? job->ahead : build_ahead_start(job);
    for (unsigned i = 0; i < feed_count; i++) {
        unsigned count = 0;
        while (at + count < plan->count && plan->items[at + count].feed == &feeds[i]) {
            count++;
        }
        if (build_is_wanted(job, &feeds[i])) {
            read_feed(job, &feeds[i], count > 0 ? plan->items + at : NULL, count);
        }
        at += count;
    }
    build_ahead_end(job->ahead);
    job->ahead = NULL;
}
