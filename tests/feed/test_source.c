#include "../unit.h"

#include "feed/feed.h"
#include "feed/source.h"

static const struct feed_source *find_source(const char *name)
{
    for (unsigned i = 0; i < feed_source_count; i++) {
        if (strcmp(feed_sources[i].name, name) == 0) {
            return &feed_sources[i];
        }
    }
    return NULL;
}

static void names_files(void **state)
{
    static const struct {
        const char *feed;
        int year;
        unsigned index;
        const char *path; /* NULL: there is none */
    } cases[] = {
        {"nvd", 2026, 0, "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2002.json.gz"},
        {"nvd", 2026, 24, "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2026.json.gz"},
        {"nvd", 2026, 25, NULL},
        {"nvd", 2001, 0, NULL},
        {"nvd", 9999, 98, NULL},
        {"nvd", 9999, 4000000000u, NULL},
        {"osv", 2026, 0, "storage.googleapis.com/osv-vulnerabilities/AlmaLinux/all.zip"},
        {"osv", 2026, 5, "storage.googleapis.com/osv-vulnerabilities/Debian/all.zip"},
        {"osv", 2026, 9, "storage.googleapis.com/osv-vulnerabilities/Red Hat/all.zip"},
        {"osv", 2026, 16, NULL},
        {"cvelist", 2026, 0, FEED_PATTERN_CVELIST},
        {"cvelist", 2026, 1, NULL},
        {"kev", 2026, 0, FEED_PATTERN_KEV},
        {"kev", 2026, 1, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char path[256];
        bool named = feed_source_path(find_source(cases[i].feed), cases[i].year, cases[i].index,
                                      path, sizeof path);
        assert_int_equal(named, cases[i].path != NULL);
        if (named) {
            assert_string_equal(path, cases[i].path);
        }
        assert_false(
            feed_source_path(find_source(cases[i].feed), cases[i].year, cases[i].index, path, 10));
    }
}

/* What is fetched is what is read. */
static void agrees_with_the_feeds(void **state)
{
    (void)state;
    assert_int_equal(feed_source_count, feed_count);
    for (unsigned i = 0; i < feed_source_count; i++) {
        const struct feed *feed = feed_find(str_from(feed_sources[i].name));
        char path[256];
        assert_non_null(feed);
        assert_string_equal(feed->pattern, feed_sources[i].pattern);
        assert_true(feed_source_path(&feed_sources[i], 2026, 0, path, sizeof path));
        assert_true(str_glob(str_from(feed->pattern), str_from(path)));
    }
}

static void knows_hosts(void **state)
{
    (void)state;
    assert_true(feed_source_host(STR("nvd.nist.gov")));
    assert_true(feed_source_host(STR("Storage.GoogleAPIs.com")));
    assert_true(feed_source_host(STR("codeload.github.com")));
    assert_false(feed_source_host(STR("nist.gov")));
    assert_false(feed_source_host(STR("nvd.nist.gov.example.org")));
    assert_false(feed_source_host(STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_files),
        cmocka_unit_test(agrees_with_the_feeds),
        cmocka_unit_test(knows_hosts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
