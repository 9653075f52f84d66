/*
 * Building a knowledge file from records. The builder is a set of feed sinks: what a feed
 * parser hands over is interned and kept until knowledge_builder_write.
 */
#ifndef ASSAY_KNOWLEDGE_BUILD_H
#define ASSAY_KNOWLEDGE_BUILD_H

#include "feed/feed.h"

struct knowledge_builder;

struct knowledge_builder *knowledge_builder_new(void);
void knowledge_builder_free(struct knowledge_builder *builder);

/* knowledge_builder_open begins the file at path, so that texts need not wait in memory. Optional:
 * knowledge_builder_write begins it otherwise. What is there stays until the new one is whole. */
int knowledge_builder_open(struct knowledge_builder *builder, const char *path, struct error *err);
/* knowledge_builder_maker says which program writes the file, by a checksum: what one has read is
 * not taken over by another. */
void knowledge_builder_maker(struct knowledge_builder *builder, uint64_t checksum);

/* knowledge_builder_sink is what to give to feed parsers. Records whose parts are refused
 * here (bad CPE, commit hash) are counted in report. Valid until the builder is freed. */
struct feed_sink knowledge_builder_sink(struct knowledge_builder *builder,
                                        struct feed_report *report);

/* What was read, for knowledge/fold.h. A file that is kept is named with its report behind
 * knowledge_builder_commit; each of its members stands between two calls, of which the second
 * comes when the member was read. checksum is knowledge_input_checksum of the file. */
void knowledge_builder_input(struct knowledge_builder *builder, const struct feed *feed,
                             const char *path, uint64_t size, uint64_t checksum,
                             const struct feed_report *report);
void knowledge_builder_member(struct knowledge_builder *builder, const struct feed_member *member,
                              const struct feed_report *report);
void knowledge_builder_member_end(struct knowledge_builder *builder);

/* What the file's status page says of a feed. Call once a feed after reading it. */
void knowledge_builder_feed(struct knowledge_builder *builder, const struct feed *feed,
                            const struct feed_report *report, int64_t read, bool present,
                            const char *problem);

/* A file that turns out to be unusable half-way must leave nothing: begin marks, rollback
 * forgets every record since the mark, commit keeps them. Marks do not nest. */
void knowledge_builder_begin(struct knowledge_builder *builder);
void knowledge_builder_commit(struct knowledge_builder *builder);
void knowledge_builder_rollback(struct knowledge_builder *builder);

/* knowledge_builder_write writes the file by replacement: a reader sees the old one or the
 * whole new one. built is its date (from the caller's clock). Only knowledge_builder_free may
 * follow: what the builder held goes while the disk takes the file. */
int knowledge_builder_write(struct knowledge_builder *builder, const char *path, int64_t built,
                            struct error *err);

#endif
