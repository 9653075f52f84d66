#include "feed/feed.h"

#include <stdio.h>
#include <string.h>

static const char *const names[FEED_SKIP_REASONS] = {
    [FEED_SKIP_TYPE] = "wrong type",
    [FEED_SKIP_MISSING] = "missing field",
    [FEED_SKIP_VALUE] = "bad value",
    [FEED_SKIP_CPE] = "bad CPE",
    [FEED_SKIP_VERSION] = "not a version",
    [FEED_SKIP_RANGE] = "empty range",
    [FEED_SKIP_VECTOR] = "bad CVSS vector",
    [FEED_SKIP_LIMIT] = "too long",
    [FEED_SKIP_JSON] = "not JSON",
    [FEED_SKIP_NAME] = "no product named",
    [FEED_SKIP_PACKAGE] = "package of a distribution",
};

const char *feed_skip_name(enum feed_skip reason)
{
    return (unsigned)reason < FEED_SKIP_REASONS ? names[reason] : "unknown";
}

void feed_report_init(struct feed_report *report)
{
    memset(report, 0, sizeof *report);
    report->newest = TIME_NONE;
}

/* Cuts a sample that vsnprintf cut inside a character, and hides what a terminal would obey. */
static void clean_sample(char *sample)
{
    size_t len = strlen(sample);
    while (len > 0 && !str_valid_utf8((struct str){sample, len})) {
        sample[--len] = '\0';
    }
    for (char *at = sample; *at != '\0'; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7f) {
            *at = '?';
        }
    }
}

void feed_report_skip(struct feed_report *report, enum feed_skip reason, const char *format, ...)
{
    report->skipped[reason]++;
    if (report->sample_count == FEED_SAMPLES) {
        return;
    }
    char *sample = report->samples[report->sample_count++];
    va_list args;
    va_start(args, format);
    vsnprintf(sample, FEED_SAMPLE_SIZE, format, args);
    va_end(args);
    clean_sample(sample);
}

void feed_report_date(struct feed_report *report, int64_t time)
{
    report->newest = time > report->newest ? time : report->newest;
}

void feed_report_merge(struct feed_report *into, const struct feed_report *from)
{
    into->files += from->files;
    into->bytes += from->bytes;
    into->records += from->records;
    feed_report_date(into, from->newest);
    for (unsigned i = 0; i < FEED_SKIP_REASONS; i++) {
        into->skipped[i] += from->skipped[i];
    }
    for (uint32_t i = 0; i < from->sample_count && into->sample_count < FEED_SAMPLES; i++) {
        memcpy(into->samples[into->sample_count++], from->samples[i], FEED_SAMPLE_SIZE);
    }
}
