/* Runs a parser over bytes and writes what it handed over as text, a line a record. */
#ifndef ASSAY_TESTS_FEED_CAPTURE_H
#define ASSAY_TESTS_FEED_CAPTURE_H

#include "feed/feed.h"

struct capture {
    struct buf text;
    struct feed_report report;
    struct error err;
    int result;
    int refuse; /* what the sink returns */
};

void capture_init(struct capture *capture);
void capture_done(struct capture *capture);
/* capture_sink gives the sink that writes to capture. */
struct feed_sink capture_sink(struct capture *capture);
/* capture_parse clears capture and runs the parser of a feed; bytes are copied to a block of
 * exactly their length and the padding. */
void capture_parse(struct capture *capture, const char *feed, struct str bytes);
/* capture_skips writes the counts of what was left out, as "wrong type 1, bad value 2". */
const char *capture_skips(const struct capture *capture);

#endif
