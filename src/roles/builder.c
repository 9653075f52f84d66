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
 *     fold<TAB>CHANGED<TAB>FILES                 changes are folded into the old file
 *     whole<TAB>WHY                              they cannot be: everything is read
 *
 * usage: builder --from DIR --out FILE [--only FEED]... [--now SECONDS] [--standing FILE]
 *                [--old FILE] [--note FEED=TEXT]... [--some]
 *
 * With --old, a knowledge file that was built before, only what has changed since is read. Where
 * that would not give the same as reading everything, everything is read.
 *
 * With --standing, the file that is to be replaced, nothing is written when a feed has fewer than
 * two thirds of the records that it has there (nor when a zip of records has), or none as new; with
 * --some, records of files that are missing now are not counted there. The TEXT of a note
 * becomes what the file says of a feed none of whose files is rejected.
 *
 * Exit status: 0 everything asked for was read; 3 written, but a feed is missing or was
 * rejected; 4 nothing written: no feed is usable, or a present feed was rejected and the file
 * exists already, which then stays as it is; 2 wrong usage.
 */
#include "base/task.h"
#include "roles/build_job.h"
#include "roles/builder_sandbox.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

enum { DONE = 0, USAGE = 2, PARTLY = 3, FAILED = 4 };

#define USAGE_TEXT                                                                                 \
    "usage: builder --from DIR --out FILE [--only FEED]... [--now SECONDS] [--standing FILE] "     \
    "[--old FILE] [--note FEED=TEXT]... [--some]"

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
    } else if (strcmp(name, "--old") == 0) {
        job->old_path = value;
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
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--some") == 0) {
            job->some = true;
            continue;
        }
        int status = read_option(job, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
        if (status != DONE) {
            return status;
        }
        i++;
    }
    if (job->from == NULL || job->out == NULL) {
        return complain(USAGE_TEXT);
    }
    job->now = job->now == TIME_NONE ? time_now() : job->now;
    return DONE;
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

static void start(struct job *job)
{
    job->used = job->missing = job->rejected = job->doubtful = 0;
    job->builder = knowledge_builder_new();
}

/* What was needed to read changes goes while the file is written. */
static void end_fold(void *context)
{
    struct job *job = context;
    knowledge_fold_free(job->fold);
    job->fold = NULL;
    build_plan_done(&job->plan);
}

static void end(struct job *job)
{
    build_ahead_end(job->ahead);
    job->ahead = NULL;
    end_fold(job);
    knowledge_builder_free(job->builder);
    job->builder = NULL;
}

static void say_whole(const char *why)
{
    printf("whole\t%s\n", why);
    fflush(stdout);
}

static int read_whole(struct job *job, struct error *err)
{
    start(job);
    int result = build_plan_make(job, err);
    if (result == 0) {
        result = knowledge_builder_open(job->builder, job->out, err);
    }
    if (result == 0) {
        build_read_feeds(job);
    }
    return result;
}

/* Taking over what the old file says, beside looking at the files. */
struct opening {
    struct knowledge_fold *fold;
    struct error err;
    int result;
};

static void open_old(void *context)
{
    struct opening *opening = context;
    opening->result = knowledge_fold_restore(opening->fold, &opening->err);
}

/* What has changed is listed, and looked at where it can be folded in. */
static int plan_changes(struct job *job, struct opening *opening, struct error *err)
{
    struct task task;
    job->fold = knowledge_fold_new(job->builder, job->old);
    *opening = (struct opening){.fold = job->fold, .err = ERROR_INIT};
    task_start(&task, open_old, opening);
    int result = build_plan_make(job, err);
    if (result == 0 && job->plan.refusal == NULL) {
        job->ahead = build_ahead_start(job);
        build_fold_prepare(job);
    }
    task_join(&task);
    return result;
}

/* Reads what has changed since the old file was built. Returns 1 when it was done, 0 when
 * everything is to be read. */
static int read_changes(struct job *job, struct error *err)
{
    struct opening opening;
    char text[1024];
    const char *why = NULL;
    start(job);
    int result = knowledge_builder_open(job->builder, job->out, err);
    if (result == 0) {
        result = plan_changes(job, &opening, err);
    }
    if (result < 0) {
        return result;
    }
    if (job->plan.refusal != NULL) {
        why = job->plan.refusal;
    } else if (opening.result < 0) {
        why = error_text(&opening.err, text, sizeof text);
    } else {
        printf("fold\t%u\t%u\n", job->plan.changed, job->plan.count);
        build_read_feeds(job);
        why = job->rejected > 0 ? NULL : knowledge_fold_finish(job->fold);
    }
    if (why != NULL) {
        say_whole(why);
        end(job);
    }
    return why == NULL;
}

static int read_feeds(struct job *job, struct error *err)
{
    int done = 0;
    if (job->old_path != NULL && knowledge_open(job->old_path, &job->old, NULL) == 0) {
        done = read_changes(job, err);
    }
    return done != 0 ? done : read_whole(job, err);
}

static int build(struct job *job)
{
    struct error err = ERROR_INIT;
    int status = DONE;
    if (builder_shut_in(job, &err) < 0) {
        say_error(&err);
        return FAILED;
    }
    if (job->standing != NULL && knowledge_open(job->standing, &job->known, NULL) < 0) {
        job->known = NULL; /* none yet, or of another format: nothing to compare with */
    }
    int result = read_feeds(job, &err);
    if (result >= 0) {
        struct task task;
        status = refuse(job);
        task_start(&task, end_fold, job);
        result = status == DONE ? write_file(job, &err) : 0;
        task_join(&task);
    }

    end(job);

    knowledge_close(job->known);
    knowledge_close(job->old);
    if (result < 0) {
        say_error(&err);
        return FAILED;
    }
    return status == DONE && (job->missing > 0 || job->rejected > 0) ? PARTLY : status;
}

int main(int argc, char **argv)
{
    struct job job;
    mem_expect_arrays();
    /* When it is killed that started this, nobody is left to use what is written. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int status = read_arguments(argc, argv, &job);
    return status == DONE ? build(&job) : status;
}
