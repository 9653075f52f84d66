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
    size_t member_most; /* ceiling of a zip's member */
    char *packed;       /* one member of a zip as it is there */
    size_t packed_capacity;
    const char *member; /* of the zip being read, "" otherwise: for samples */
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
bool feed_parse_member(struct feed_reader *reader, struct str bytes, struct feed_report *report,
                       struct tape_value *ret_root);

/* The parsers, one file each. All have the form of struct feed's parse. */
int feed_parse_nvd(struct feed_reader *reader, struct str bytes, const struct feed_sink *sink,
                   struct feed_report *report, struct error *err);
int feed_parse_endoflife(struct feed_reader *reader, struct str bytes, const struct feed_sink *sink,
                         struct feed_report *report, struct error *err);
int feed_parse_kev(struct feed_reader *reader, struct str bytes, const struct feed_sink *sink,
                   struct feed_report *report, struct error *err);
int feed_parse_epss(struct feed_reader *reader, struct str bytes, const struct feed_sink *sink,
                    struct feed_report *report, struct error *err);
/* feed_parse_osv reads one advisory. Bytes that are not JSON are one skipped record, since
 * they are one member among thousands. */
int feed_parse_osv(struct feed_reader *reader, struct str bytes, const struct feed_sink *sink,
                   struct feed_report *report, struct error *err);

int feed_parse_microsoft(struct feed_reader *reader, struct str bytes, const struct feed_sink *sink,
                         struct feed_report *report, struct error *err);
/* feed_parse_overrides reads one partial NVD record, a member of a zip or a file; bytes that
 * are not JSON are one skipped record. */
int feed_parse_overrides(struct feed_reader *reader, struct str bytes, const struct feed_sink *sink,
                         struct feed_report *report, struct error *err);
/* feed_parse_cvelist reads one CVE record; bytes that are not JSON are one skipped record. */
int feed_parse_cvelist(struct feed_reader *reader, struct str bytes, const struct feed_sink *sink,
                       struct feed_report *report, struct error *err);

#endif
