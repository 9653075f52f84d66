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
    int64_t old;       /* its number in the old knowledge file, NO_OLD: it is new */
    bool same;         /* as it was then */
    struct look *look; /* at its members, which is kept until they are read; NULL: none */
};

/* Members of a zip that have changed, and those that have not, found before any is read. */
struct look {
    uint32_t *same; /* by place: the member's number in the old file, or LOOK_* */
    uint32_t count, capacity;
};
#define LOOK_CHANGED UINT32_MAX
#define LOOK_NOTHING (UINT32_MAX - 1) /* no record */

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
    bool some; /* a file that the standing file was built from and that is missing is no loss */
    struct plan plan;
    struct knowledge_builder *builder;
    struct knowledge_fold *fold; /* NULL: everything is read */
    struct feed_reader *reader;
    struct build_ahead *ahead;
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
    bool doubtful; /* worse than in the standing file */
    char problem[1024];
};

/* Scores are read ahead: they share nothing with the records of other feeds, which are read
 * meanwhile. */
struct build_ahead;

/* build_ahead_start begins with the first file of scores that is to be read. NULL: there is none.
 * build_ahead_end waits for what is still read; NULL is fine. */
struct build_ahead *build_ahead_start(const struct job *job);
void build_ahead_end(struct build_ahead *ahead);
/* build_ahead_has says whether an input is read ahead; build_ahead_take then does as
 * feed_reader_read. */
bool build_ahead_has(const struct build_ahead *ahead, const struct input *input);
int build_ahead_take(struct build_ahead *ahead, const struct feed_sink *sink,
                     struct feed_report *report, struct error *err);

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
void build_look_free(struct look *look);
void build_fold_files(struct reading *reading);
/* build_fold_add_known adds to the report of a file that was read in part what is known of the
 * rest. */
void build_fold_add_known(struct feed_report *report, const struct feed_report *known);

/* build_read_feeds reads the feeds, or what of them has changed. */
void build_read_feeds(struct job *job);

#endif
