/*
 * What the parts of the builder share.
 */
#ifndef ASSAY_ROLES_BUILD_JOB_H
#define ASSAY_ROLES_BUILD_JOB_H

#include "base/file.h"
#include "base/memory.h"
#include "knowledge/build.h"
#include "knowledge/fold.h"
#include "knowledge/knowledge.h"

enum { MAX_ONLY = 32, MAX_NOTES = 64, NO_OLD = -1 };

/* A file of a feed as it is now. */
struct input {
    const struct feed *feed;
    char *path;
    const char *below; /* the part of path below the mirror */
    uint64_t size, checksum;
    int64_t written;
    int64_t old; /* its number in the old knowledge file, NO_OLD: it is new */
    bool same;   /* as it was then */
};

struct plan {
    struct input *items;
    unsigned count, capacity;
    const char *refusal; /* why changes cannot be folded in; NULL: they can */
    unsigned changed;    /* files */
};

struct job {
    const char *from, *out, *standing, *old_path;
    const char *only[MAX_ONLY];
    unsigned only_count;
    const char *notes[MAX_NOTES];
    unsigned note_count;
    int64_t now;
    struct plan plan;
    struct knowledge_builder *builder;
    struct knowledge_fold *fold; /* NULL: everything is read */
    struct feed_reader *reader;
    struct knowledge *known;          /* the standing file, or NULL */
    struct knowledge *old;            /* the one to fold changes into, or NULL */
    unsigned used, missing, rejected; /* feeds, feeds, files */
    unsigned doubtful;                /* feeds */
};

/* A feed while it is read. */
struct reading {
    struct job *job;
    const struct feed *feed;
    const struct input *inputs;
    unsigned count;
    struct feed_report report, file; /* of the feed, of the file being read */
    struct feed_sink sink;           /* counts in file */
    uint64_t done, total;            /* packed bytes */
    int64_t newest_file;
    unsigned rejected;
    char problem[1024];
};

bool build_is_wanted(const struct job *job, const struct feed *feed);

/* build_plan_make lists the files of all wanted feeds, in the order they are read, with their
 * checksums, and compares them with those that the old file was made from. */
int build_plan_make(struct job *job, struct error *err);
void build_plan_done(struct plan *plan);

/* build_read_file reads one file, which is kept whole or not at all. known is what was said of the
 * parts of it that are not read again, NULL: it is read whole. build_say_progress says how far a
 * feed is. */
void build_read_file(struct reading *reading, const struct input *input,
                     const struct feed_members *members, const struct feed_report *known);
void build_say_progress(const struct reading *reading);

/* build_fold_prepare looks at what has changed before anything is read; build_fold_files takes over
 * or reads the files of a feed. */
void build_fold_prepare(struct job *job);
void build_fold_files(struct reading *reading);
/* build_fold_add_known adds to the report of a file that was read in part what is known of the
 * rest. */
void build_fold_add_known(struct feed_report *report, const struct feed_report *known);

/* build_read_feeds reads the feeds, or what of them has changed. */
void build_read_feeds(struct job *job);

#endif
