/*
 * Small knowledge files for tests, built from a line or two a record:
 *
 *     struct knowledge_fixture fixture;
 *     fixture_init(&fixture);
 *     fixture_cve(&fixture, "CVE-2021-23017", "2021-06-01", 98,
 *                 (const char *[]){"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:* >=0.6.18 <1.20.1", NULL});
 *     fixture_advisory(&fixture, "DSA-4921-1", "Debian:10", "nginx", "0", "1.14.2-2+deb10u4",
 *                      "CVE-2021-23017", "");
 *     struct knowledge *knowledge = fixture_open(&fixture);
 *     ...
 *     fixture_done(&fixture);
 *
 * Whatever these do not offer goes to fixture.sink as the feed's own record.
 */
#ifndef ASSAY_TESTS_KNOWLEDGE_FIXTURE_H
#define ASSAY_TESTS_KNOWLEDGE_FIXTURE_H

#include "knowledge/build.h"
#include "knowledge/knowledge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct knowledge_fixture {
    struct knowledge_builder *builder;
    struct feed_report report;
    struct feed_sink sink;
    char path[64];
    struct knowledge *knowledge;
};

enum { FIXTURE_TERMS = 64, FIXTURE_NODES = 16 };

static inline void fixture_fail(const char *what, const char *on)
{
    fprintf(stderr, "knowledge fixture: %s: %s\n", what, on);
    abort();
}

static inline void fixture_init(struct knowledge_fixture *fixture)
{
    memset(fixture, 0, sizeof *fixture);
    fixture->builder = knowledge_builder_new();
    feed_report_init(&fixture->report);
    fixture->sink = knowledge_builder_sink(fixture->builder, &fixture->report);
}

static inline uint64_t fixture_id(const char *text)
{
    uint64_t id = 0;
    if (!cve_id_parse(str_from(text), &id)) {
        fixture_fail("not a CVE identifier", text);
    }
    return id;
}

static inline int64_t fixture_time(const char *text)
{
    int64_t time = TIME_NONE;
    if (text != NULL && !time_parse(str_from(text), &time)) {
        fixture_fail("not a time", text);
    }
    return time;
}

static inline int32_t fixture_date(const char *text)
{
    int32_t date = DATE_NONE;
    if (text != NULL && !date_parse(str_from(text), &date)) {
        fixture_fail("not a date", text);
    }
    return date;
}

/* "CRITERIA [>=START | >START] [<END | <=END]" */
static inline struct feed_match fixture_match(struct str line, bool vulnerable)
{
    struct feed_match match = {.vulnerable = vulnerable, .start = {"", 0}, .end = {"", 0}};
    struct str word;
    str_next_word(&line, &match.criteria);
    while (str_next_word(&line, &word)) {
        bool start = word.ptr[0] == '>', equal = word.len > 1 && word.ptr[1] == '=';
        struct str version = str_skip(word, equal ? 2 : 1);
        if (start) {
            match.start = version;
            match.start_excluding = !equal;
        } else {
            match.end = version;
            match.end_including = equal;
        }
    }
    return match;
}

/* fixture_cve adds a CVE with one configuration: an OR over the lines (see fixture_match). A
 * line that begins with "& " opens another node, of platforms, and makes the configuration an
 * AND; "&+ " the same of vulnerable software. score is in tenths, -1 for none; times as text,
 * NULL for none. */
static inline void fixture_cve(struct knowledge_fixture *fixture, const char *id,
                               const char *published, int score, const char *const *lines)
{
    struct feed_match matches[FIXTURE_TERMS];
    struct feed_node nodes[FIXTURE_NODES] = {{.matches = matches}};
    uint32_t count = 0, node = 0;
    bool vulnerable = true;
    for (; lines != NULL && lines[count] != NULL; count++) {
        struct str line = str_from(lines[count]);
        if (line.ptr[0] == '&') {
            vulnerable = line.ptr[1] == '+';
            line = str_skip(line, vulnerable ? 3 : 2);
            nodes[++node].matches = &matches[count];
        }
        matches[count] = fixture_match(line, vulnerable);
        nodes[node].match_count++;
    }
    struct feed_configuration configuration = {
        .is_and = node > 0, .nodes = nodes, .node_count = node + 1};
    struct feed_score scored = {CVSS_3_1, SCORE_SOURCE_NVD, score, STR("")};
    struct feed_cve cve = {
        .id = fixture_id(id),
        .published = fixture_time(published),
        .modified = fixture_time(published),
        .status = CVE_STATUS_ANALYZED,
        .description = str_from("A flaw."),
        .scores = &scored,
        .score_count = score >= 0,
        .configurations = &configuration,
        .configuration_count = count > 0,
    };
    if (fixture->sink.cve(fixture->sink.context, &cve, NULL) < 0) {
        fixture_fail("refused", id);
    }
}

/* fixture_advisory adds an advisory with one stretch of one package. introduced "0" is from
 * the beginning, fixed "" no fix yet; cves are separated by blanks. */
static inline void fixture_advisory(struct knowledge_fixture *fixture, const char *id,
                                    const char *ecosystem, const char *package,
                                    const char *introduced, const char *fixed, const char *cves,
                                    const char *module)
{
    uint64_t ids[FIXTURE_TERMS];
    uint32_t count = 0;
    struct str rest = str_from(cves), word;
    while (str_next_word(&rest, &word) && count < FIXTURE_TERMS) {
        if (!cve_id_parse(word, &ids[count++])) {
            fixture_fail("not a CVE identifier", cves);
        }
    }
    struct feed_event events[] = {{FEED_INTRODUCED, str_from(introduced)},
                                  {FEED_FIXED, str_from(fixed)}};
    struct feed_range range = {events, fixed[0] ? 2 : 1};
    struct feed_affected affected = {
        .ecosystem = str_from(ecosystem),
        .package = str_from(package),
        .ranges = &range,
        .range_count = 1,
        .urgency = STR(""),
    };
    struct feed_advisory advisory = {
        .id = str_from(id),
        .published = fixture_time("2024-01-01"),
        .modified = fixture_time("2024-01-02"),
        .withdrawn = TIME_NONE,
        .summary = str_from(package),
        .module = str_from(module),
        .cves = ids,
        .cve_count = count,
        .affected = &affected,
        .affected_count = 1,
    };
    if (fixture->sink.advisory(fixture->sink.context, &advisory, NULL) < 0) {
        fixture_fail("refused", id);
    }
}

static inline void fixture_kev(struct knowledge_fixture *fixture, const char *id, const char *added)
{
    struct feed_kev kev = {
        .id = fixture_id(id),
        .added = fixture_date(added),
        .due = fixture_date(added),
        .name = STR("A flaw"),
        .action = STR("Apply updates."),
    };
    fixture->sink.kev(fixture->sink.context, &kev, NULL);
}

static inline void fixture_epss(struct knowledge_fixture *fixture, const char *id, double score,
                                double percentile)
{
    struct feed_epss epss = {fixture_id(id), score, percentile};
    fixture->sink.epss(fixture->sink.context, &epss, NULL);
}

/* fixture_release makes a release for fixture_lifecycle; dates as text, NULL for none. */
static inline struct feed_release fixture_release(const char *name, const char *released,
                                                  const char *active_until,
                                                  const char *supported_until,
                                                  const char *extended_until)
{
    struct feed_release release = {
        .name = str_from(name),
        .codename = STR(""),
        .label = str_from(name),
        .latest = STR(""),
        .released = fixture_date(released),
        .lts_from = DATE_NONE,
        .active_until = fixture_date(active_until),
        .supported_until = fixture_date(supported_until),
        .extended_until = fixture_date(extended_until),
        .discontinued = DATE_NONE,
        .latest_date = DATE_NONE,
    };
    return release;
}

/* fixture_lifecycle adds a product; identifier is a purl, a CPE prefix, or NULL. */
static inline void fixture_lifecycle(struct knowledge_fixture *fixture, const char *name,
                                     const char *identifier, const struct feed_release *releases,
                                     uint32_t release_count)
{
    struct feed_lifecycle_identifier known = {.id = str_from(identifier)};
    known.kind = str_starts(known.id, STR("pkg:"))   ? LIFECYCLE_PURL
                 : str_starts(known.id, STR("cpe:")) ? LIFECYCLE_CPE
                                                     : LIFECYCLE_REPOLOGY;
    struct feed_lifecycle lifecycle = {
        .name = str_from(name),
        .label = str_from(name),
        .category = STR("app"),
        .link = STR(""),
        .identifiers = &known,
        .identifier_count = identifier != NULL,
        .releases = releases,
        .release_count = release_count,
    };
    fixture->sink.lifecycle(fixture->sink.context, &lifecycle, NULL);
}

/* fixture_bulletin adds a row of Microsoft's updates: kb fixes cve (NULL: none) in product and
 * replaces the updates of superseded, blank between. */
static inline void fixture_bulletin(struct knowledge_fixture *fixture, const char *posted,
                                    const char *cve, uint32_t kb, const char *product,
                                    const char *component, const char *superseded)
{
    uint32_t replaced[FIXTURE_TERMS], count = 0;
    struct str rest = str_from(superseded), word;
    while (str_next_word(&rest, &word) && count < FIXTURE_TERMS) {
        uint64_t number = 0;
        str_to_u64(word, &number);
        replaced[count++] = (uint32_t)number;
    }
    struct feed_bulletin row = {
        .cve = cve ? fixture_id(cve) : 0,
        .kb = kb,
        .posted = fixture_date(posted),
        .product = str_from(product),
        .component = str_from(component),
        .severity = STR("Important"),
        .superseded = replaced,
        .superseded_count = count,
    };
    fixture->sink.bulletin(fixture->sink.context, &row, NULL);
}

/* fixture_feed states a feed as read at that time, its newest record then too. */
static inline void fixture_feed(struct knowledge_fixture *fixture, const char *name,
                                const char *read)
{
    struct feed feed = {.name = name, .label = name, .cadence_days = 1};
    struct feed_report report;
    feed_report_init(&report);
    report.files = 1;
    report.newest = fixture_time(read);
    knowledge_builder_feed(fixture->builder, &feed, &report, fixture_time(read), true, "");
}

/* fixture_open writes what was added to a file in the temporary folder and opens it. */
static inline struct knowledge *fixture_open(struct knowledge_fixture *fixture)
{
    struct error err = ERROR_INIT;
    const char *folder = getenv("TMPDIR");
    snprintf(fixture->path, sizeof fixture->path, "%s/assay-knowledge-XXXXXX",
             folder && strlen(folder) < 32 ? folder : "/tmp");
    int fd = mkstemp(fixture->path);
    if (fd >= 0) {
        close(fd);
    }
    if (fd < 0 ||
        knowledge_builder_write(fixture->builder, fixture->path, fixture_time("2024-06-01"), &err) <
            0 ||
        knowledge_open(fixture->path, &fixture->knowledge, &err) < 0) {
        fixture_fail(fixture->path, err.message);
    }
    return fixture->knowledge;
}

static inline void fixture_done(struct knowledge_fixture *fixture)
{
    knowledge_close(fixture->knowledge);
    knowledge_builder_free(fixture->builder);
    if (fixture->path[0] != '\0') {
        unlink(fixture->path);
    }
}

#endif
