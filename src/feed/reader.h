/*
 * What the parsers of this folder share while they read. Not for others.
 */
#ifndef ASSAY_FEED_READER_H
#define ASSAY_FEED_READER_H

#include "base/arena.h"
#include "feed/feed.h"
#include "feed/tape.h"

struct libdeflate_decompressor;

enum { FEED_GOOD_VECTORS = 4096 };

struct feed_reader {
    struct tape_parser *json; /* made by the first JSON feed */
    struct arena arena;       /* lists of the record being read; cleared for each */
    struct libdeflate_decompressor *inflater;
    char *bytes; /* one unpacked file or member and its padding */
    size_t capacity;
    size_t unpacked_most;      /* ceiling of a file, or of a zip's member */
    char name[UINT16_MAX + 1]; /* of the zip's member that is looked at */
    const char *member;        /* the name of the one being read, "" otherwise: for samples */
    /* Hashes of CVSS vectors found good: the scores of all CVEs share some thousand. */
    uint64_t good_vectors[FEED_GOOD_VECTORS];
};

/* feed_reader_reserve makes reader->bytes hold len bytes and the padding; what it held is kept. */
void feed_reader_reserve(struct feed_reader *reader, size_t len);

/* feed_parse_json parses bytes with the reader's parser. */
int feed_parse_json(struct feed_reader *reader, struct str bytes, struct tape_value *ret_root,
                    struct error *err);

/* feed_parse_member is feed_parse_json for one record among thousands: it empties the arena.
 * False when bytes are not JSON, which is one skipped record. */
bool feed_parse_member(struct feed_run *run, struct str bytes, struct tape_value *ret_root);

/* feed_read_items hands each item of a list of records to read, with its place from 0, the arena
 * empty for each. It stops at the first result < 0 and returns it. */
int feed_read_items(struct feed_run *run, struct tape_value list,
                    int (*read)(struct feed_run *run, struct tape_value item, uint32_t index,
                                struct error *err),
                    struct error *err);

/* The parsers, one file each. */
feed_parser feed_parse_nvd;
feed_parser feed_parse_endoflife;
feed_parser feed_parse_kev;
feed_parser feed_parse_epss;
feed_parser feed_parse_microsoft;
/* Of one record, a member among thousands or a file of its own: bytes that are not JSON are one
 * skipped record. */
feed_parser feed_parse_osv;
feed_parser feed_parse_overrides; /* partial records of NVD */
feed_parser feed_parse_cvelist;

#endif
