/* Runs a feed's parser over bytes with a sink that looks at every byte it is handed. */
#ifndef ASSAY_FUZZ_FEED_TARGET_H
#define ASSAY_FUZZ_FEED_TARGET_H

#include "feed/feed.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void touch(void *context, struct str text)
{
    uint64_t *sum = context;
    *sum += str_hash(text);
}

static void touch_all(void *context, const struct str *texts, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        touch(context, texts[i]);
    }
}

static int take_cve(void *context, const struct feed_cve *cve, struct error *err)
{
    (void)err;
    touch(context, cve->description);
    touch_all(context, cve->references, cve->reference_count);
    for (uint32_t i = 0; i < cve->score_count; i++) {
        touch(context, cve->scores[i].vector);
        if (cve->scores[i].score < 0 || cve->scores[i].score > 100) {
            abort();
        }
    }
    for (uint32_t c = 0; c < cve->configuration_count; c++) {
        for (uint32_t n = 0; n < cve->configurations[c].node_count; n++) {
            const struct feed_node *node = &cve->configurations[c].nodes[n];
            for (uint32_t m = 0; m < node->match_count; m++) {
                touch(context, node->matches[m].criteria);
                touch(context, node->matches[m].start);
                touch(context, node->matches[m].end);
            }
        }
    }
    return 0;
}

static int take_kev(void *context, const struct feed_kev *kev, struct error *err)
{
    (void)err;
    touch(context, kev->name);
    touch(context, kev->action);
    return 0;
}

static int take_epss(void *context, const struct feed_epss *epss, struct error *err)
{
    (void)context;
    (void)err;
    if (!(epss->score >= 0 && epss->score <= 1 && epss->percentile >= 0 && epss->percentile <= 1)) {
        abort();
    }
    return 0;
}

static int take_advisory(void *context, const struct feed_advisory *advisory, struct error *err)
{
    (void)err;
    touch(context, advisory->id);
    touch(context, advisory->summary);
    touch(context, advisory->module);
    for (uint32_t i = 1; i < advisory->cve_count; i++) {
        if (advisory->cves[i] <= advisory->cves[i - 1]) {
            abort();
        }
    }
    for (uint32_t a = 0; a < advisory->affected_count; a++) {
        const struct feed_affected *affected = &advisory->affected[a];
        touch(context, affected->ecosystem);
        touch(context, affected->package);
        touch(context, affected->urgency);
        touch_all(context, affected->versions, affected->version_count);
        for (uint32_t r = 0; r < affected->range_count; r++) {
            for (uint32_t e = 0; e < affected->ranges[r].event_count; e++) {
                touch(context, affected->ranges[r].events[e].version);
            }
        }
    }
    return 0;
}

static int take_lifecycle(void *context, const struct feed_lifecycle *lifecycle, struct error *err)
{
    (void)err;
    touch(context, lifecycle->name);
    touch(context, lifecycle->label);
    touch(context, lifecycle->category);
    touch(context, lifecycle->link);
    touch_all(context, lifecycle->aliases, lifecycle->alias_count);
    for (uint32_t i = 0; i < lifecycle->identifier_count; i++) {
        touch(context, lifecycle->identifiers[i].id);
    }
    for (uint32_t i = 0; i < lifecycle->release_count; i++) {
        touch(context, lifecycle->releases[i].name);
        touch(context, lifecycle->releases[i].codename);
        touch(context, lifecycle->releases[i].label);
        touch(context, lifecycle->releases[i].latest);
    }
    return 0;
}

static int take_bulletin(void *context, const struct feed_bulletin *row, struct error *err)
{
    uint64_t *sum = context;
    (void)err;
    touch(context, row->product);
    touch(context, row->component);
    touch(context, row->severity);
    for (uint32_t i = 0; i < row->superseded_count; i++) {
        *sum += row->superseded[i];
    }
    if (row->product.len == 0 || row->posted == DATE_NONE) {
        abort();
    }
    return 0;
}

/* run_feed parses a copy that has its padding and nothing behind it. */
static inline void run_feed(const char *feed, const uint8_t *data, size_t size)
{
    static struct feed_reader *reader;
    uint64_t sum = 0;
    struct feed_sink sink = {&sum,          take_cve,       take_kev,     take_epss,
                             take_advisory, take_lifecycle, take_bulletin};
    struct feed_report report;
    struct error err = ERROR_INIT;
    reader = reader ? reader : feed_reader_new();
    char *copy = calloc(1, size + FEED_PADDING);
    if (copy == NULL) {
        return;
    }
    if (size > 0) {
        memcpy(copy, data, size);
    }
    feed_report_init(&report);
    struct feed_run run = {reader, &sink, &report, STR("")};
    int result = feed_parser_find(feed_find(str_from(feed)))(&run, (struct str){copy, size}, &err);
    if (result != err.code) {
        abort();
    }
    free(copy);
}

#endif
