/*
 * Reads feeds into an empty sink and prints the seconds, records and memory: what the parsers
 * cost above the floor. usage: feed_parse MIRROR [FEED]
 */
#include "feed/feed.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static int read_feed(struct feed_reader *reader, const struct feed *feed, const char *folder)
{
    struct feed_sink sink = {0};
    struct feed_report report;
    struct error err = ERROR_INIT;
    char **paths, text[1024];
    unsigned count;
    double start = time_monotonic();
    feed_report_init(&report);
    int result = feed_files(feed, folder, &paths, &count, &err);
    for (unsigned i = 0; result == 0 && i < count; i++) {
        result = feed_reader_read(reader, feed, paths[i], &sink, &report, &err);
    }
    if (result < 0) {
        fprintf(stderr, "feed_parse: %s\n", error_text(&err, text, sizeof text));
        return 1;
    }
    feed_files_free(paths, count);
    printf("%s: %.3f s, %u files, %llu bytes, %llu records, newest %s\n", feed->name,
           time_monotonic() - start, count, (unsigned long long)report.bytes,
           (unsigned long long)report.records, time_format(report.newest, text));
    for (unsigned i = 0; i < FEED_SKIP_REASONS; i++) {
        if (report.skipped[i] > 0) {
            printf("  %llu %s\n", (unsigned long long)report.skipped[i],
                   feed_skip_name((enum feed_skip)i));
        }
    }
    for (unsigned i = 0; i < report.sample_count; i++) {
        printf("  %s\n", report.samples[i]);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: feed_parse MIRROR [FEED]\n");
        return 2;
    }
    struct feed_reader *reader = feed_reader_new();
    int result = 0;
    for (unsigned i = 0; i < feed_count; i++) {
        if (argc < 3 || strcmp(argv[2], feeds[i].name) == 0) {
            result |= read_feed(reader, &feeds[i], argv[1]);
        }
    }
    feed_reader_free(reader);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("peak memory: %ld MB\n", usage.ru_maxrss / 1024);
    return result;
}
