/*
 * Folding changes into a knowledge file: what the old one says is taken over, but for the records
 * that have changed and those that are joined with them. The result is that of reading everything
 * again (docs/adr/0011-folding-changes.md).
 *
 *     knowledge_fold_restore   what all records share is taken over; beside it:
 *     knowledge_fold_number    the place of each file of CVE records among the new ones
 *     knowledge_fold_touch     each record that has changed or gone, by its key
 *     ... files of CVE records are read or kept ...
 *     knowledge_fold_settle
 *     ... members are read or kept, whole feeds too ...
 *     knowledge_fold_finish
 *     knowledge_builder_write
 *
 * The old file must stay open until the builder is freed.
 */
#ifndef ASSAY_KNOWLEDGE_FOLD_H
#define ASSAY_KNOWLEDGE_FOLD_H

#include "knowledge/build.h"
#include "knowledge/knowledge.h"

/* ---- what a file says it was built from ---- */

/* knowledge_maker is what knowledge_builder_maker said, 0 when nothing. */
uint64_t knowledge_maker(const struct knowledge *knowledge);

/* An input: a file that was read. report has no bytes and no samples. */
struct knowledge_input {
    struct str path, feed; /* path below the mirror, name of the feed */
    uint64_t size, checksum;
    uint32_t first_member, member_count;
    struct feed_report report;
};
uint32_t knowledge_input_count(const struct knowledge *knowledge);
bool knowledge_input(const struct knowledge *knowledge, uint32_t index,
                     struct knowledge_input *ret);
/* knowledge_input_samples adds the samples of an input to a report that has room for them. */
void knowledge_input_samples(const struct knowledge *knowledge, uint32_t index,
                             struct feed_report *report);
/* knowledge_input_checksum is the checksum of a file's bytes. */
uint64_t knowledge_input_checksum(struct str bytes);

struct knowledge_member {
    uint64_t key;  /* 0: it gave no record */
    uint64_t name; /* knowledge_member_name of its name */
    uint32_t crc;
};
bool knowledge_member(const struct knowledge *knowledge, uint32_t index,
                      struct knowledge_member *ret);
uint64_t knowledge_member_name(const char *name);
/* knowledge_member_count adds what a member added to the report of its input then. */
void knowledge_member_count(const struct knowledge *knowledge, uint32_t index,
                            struct feed_report *report);

/* ---- keys of records ---- */

/* The key of a CVE is its identifier; of an advisory this, with a bit that no CVE has. */
uint64_t knowledge_advisory_key(struct str id);

/* ---- folding ---- */

struct knowledge_fold;

/* The builder must be empty. */
struct knowledge_fold *knowledge_fold_new(struct knowledge_builder *builder,
                                          const struct knowledge *old);
void knowledge_fold_free(struct knowledge_fold *fold);

/* knowledge_fold_restore takes over what records share. ERR_FORMAT: the old file is damaged, or its
 * texts hold too much that is no longer said; the builder must not be used then. It may run in a
 * thread beside knowledge_fold_number and knowledge_fold_touch. */
int knowledge_fold_restore(struct knowledge_fold *fold, struct error *err);

/* knowledge_fold_number says that old input is input number new (from 0) of the new file; kept:
 * its records are taken over. An input that is not mentioned is gone. */
void knowledge_fold_number(struct knowledge_fold *fold, uint32_t old, uint32_t new, bool kept);
/* knowledge_fold_touch has every record of that key read again, from all members that have it. */
void knowledge_fold_touch(struct knowledge_fold *fold, uint64_t key);
bool knowledge_fold_touched(const struct knowledge_fold *fold, uint64_t key);

/* knowledge_fold_sink is what to give to parsers of NVD's files instead of the builder's own. */
struct feed_sink knowledge_fold_sink(struct knowledge_fold *fold, struct feed_report *report);

/* knowledge_fold_keep_input takes over an old input as it is, with its members. */
void knowledge_fold_keep_input(struct knowledge_fold *fold, uint32_t old);
/* knowledge_fold_keep_member takes over one member of the input that is being read. */
void knowledge_fold_keep_member(struct knowledge_fold *fold, uint32_t old, uint32_t place);
/* knowledge_fold_check_member looks at the member that was read last: its record must be touched.
 */
void knowledge_fold_check_member(struct knowledge_fold *fold);
/* knowledge_fold_settle, once for all, takes over what NVD says of the touched CVEs, for the
 * records of other feeds, which are read after it. */
void knowledge_fold_settle(struct knowledge_fold *fold);
/* knowledge_fold_keep_feed takes over a feed that is read as a whole or not at all. */
void knowledge_fold_keep_feed(struct knowledge_fold *fold, const struct feed *feed);
/* knowledge_fold_finish takes over the rest. NULL, or why the result would not be that of reading
 * everything: the builder must then be thrown away. */
const char *knowledge_fold_finish(struct knowledge_fold *fold);

#endif
