/* The real feeds, where a mirror of them stands beside the checkout. */
#include "../unit.h"

#include "../shared.h"
#include "feed/feed.h"

struct totals {
    uint64_t rejected, matches, ranges, modular, known, numbered, superseded;
};

static int count_cve(void *context, const struct feed_cve *cve, struct error *err)
{
    struct totals *totals = context;
    (void)err;
    totals->rejected += cve->status == CVE_STATUS_REJECTED;
    for (uint32_t c = 0; c < cve->configuration_count; c++) {
        for (uint32_t n = 0; n < cve->configurations[c].node_count; n++) {
            totals->matches += cve->configurations[c].nodes[n].match_count;
        }
    }
    return 0;
}

static int count_kev(void *context, const struct feed_kev *kev, struct error *err)
{
    struct totals *totals = context;
    (void)err;
    totals->known += kev->ransomware;
    return 0;
}

static int count_advisory(void *context, const struct feed_advisory *advisory, struct error *err)
{
    struct totals *totals = context;
    (void)err;
    totals->modular += advisory->module.len > 0;
    for (uint32_t i = 0; i < advisory->affected_count; i++) {
        totals->ranges += advisory->affected[i].range_count;
    }
    return 0;
}

static int count_bulletin(void *context, const struct feed_bulletin *bulletin, struct error *err)
{
    struct totals *totals = context;
    (void)err;
    totals->numbered += bulletin->kb != 0;
    totals->superseded += bulletin->superseded_count;
    return 0;
}

static void read_feed(const char *name, struct totals *totals, struct feed_report *report)
{
    char folder[4096], text[1024];
    assert_true(shared_path(folder, sizeof folder, "mirror"));
    struct feed_sink sink = {totals,         count_cve, count_kev,     NULL,
                             count_advisory, NULL,      count_bulletin};
    struct feed_reader *reader = feed_reader_new();
    const struct feed *feed = feed_find(str_from(name));
    struct error err = ERROR_INIT;
    char **paths;
    unsigned count;
    feed_report_init(report);
    assert_int_equal(feed_files(feed, folder, &paths, &count, &err), 0);
    for (unsigned i = 0; i < count; i++) {
        if (feed_reader_read(reader, feed, paths[i], &sink, report, &err) < 0) {
            fail_msg("%s", error_text(&err, text, sizeof text));
        }
    }
    feed_files_free(paths, count);
    feed_reader_free(reader);
}

static uint64_t count_skipped(const struct feed_report *report)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < FEED_SKIP_REASONS; i++) {
        sum += report->skipped[i];
    }
    return sum;
}

static void reads_nvd(void **state)
{
    struct totals totals = {0};
    struct feed_report report;
    (void)state;
    read_feed("nvd", &totals, &report);
    assert_int_equal(report.files, 25);
    assert_int_equal(report.bytes, 501173428);
    assert_int_equal(report.records, 210889);
    assert_int_equal(totals.matches, 1600559);
    assert_int_equal(totals.rejected, 8432);
    assert_int_equal(count_skipped(&report), 0);
}

static void reads_cvelist(void **state)
{
    struct totals totals = {0};
    struct feed_report report;
    (void)state;
    read_feed("cvelist", &totals, &report);
    assert_int_equal(report.files, 1);
    assert_int_equal(report.records, 23975);
    assert_int_equal(totals.rejected, 69);
    assert_true(totals.matches > 70000);
    assert_int_equal(report.skipped[FEED_SKIP_JSON], 0);
    assert_int_equal(report.skipped[FEED_SKIP_TYPE], 0);
    assert_true(report.skipped[FEED_SKIP_NAME] > 4000);
    assert_true(report.skipped[FEED_SKIP_PACKAGE] > 2000);
}

static void reads_endoflife(void **state)
{
    struct totals totals = {0};
    struct feed_report report;
    (void)state;
    read_feed("endoflife", &totals, &report);
    assert_int_equal(report.records, 464);
    assert_int_equal(count_skipped(&report), 0);
}

static void reads_kev(void **state)
{
    struct totals totals = {0};
    struct feed_report report;
    (void)state;
    read_feed("kev", &totals, &report);
    assert_int_equal(report.records, 1404);
    assert_int_equal(totals.known, 293);
}

static void reads_epss(void **state)
{
    struct totals totals = {0};
    struct feed_report report;
    char text[TIME_SIZE];
    (void)state;
    read_feed("epss", &totals, &report);
    assert_int_equal(report.records, 360142);
    assert_string_equal(time_format(report.newest, text), "2026-08-16T00:00:00Z");
}

static void reads_osv(void **state)
{
    struct totals totals = {0};
    struct feed_report report;
    (void)state;
    read_feed("osv", &totals, &report);
    assert_int_equal(report.files, 2);
    assert_int_equal(report.records, 14595 + 5637);
    assert_int_equal(totals.ranges, 15975 + 71329);
    assert_int_equal(totals.modular, 708);
    assert_int_equal(count_skipped(&report), 0);
}

static void reads_microsoft(void **state)
{
    struct totals totals = {0};
    struct feed_report report;
    char text[TIME_SIZE];
    (void)state;
    read_feed("microsoft", &totals, &report);
    assert_int_equal(report.records, 608740 + 154);
    assert_int_equal(totals.numbered, 438161 + 149);
    assert_string_equal(time_format(report.newest, text), "2026-06-26T00:00:00Z");
    assert_int_equal(report.skipped[FEED_SKIP_VALUE], 6); /* two CVEs in one, "mariner" */
    assert_int_equal(count_skipped(&report), 6);
}

int main(void)
{
    char folder[4096];
    if (!shared_path(folder, sizeof folder, "mirror")) {
        return shared_skip("no mirror of the feeds beside the checkout");
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_nvd),       cmocka_unit_test(reads_cvelist),
        cmocka_unit_test(reads_endoflife), cmocka_unit_test(reads_kev),
        cmocka_unit_test(reads_epss),      cmocka_unit_test(reads_osv),
        cmocka_unit_test(reads_microsoft),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
