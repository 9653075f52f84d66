/* What a cpeMatch becomes: kinds, bounds, texts, what is counted as left out. */
#include "../unit.h"

#include "../knowledge_fixture.h"

static struct knowledge_fixture fixture;

static int set_up(void **state)
{
    (void)state;
    fixture_init(&fixture);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_done(&fixture);
    return 0;
}

struct row {
    const char *line;
    enum knowledge_match_kind kind;
    enum feed_skip skip; /* FEED_SKIP_REASONS: nothing is counted */
    const char *cpe;     /* NULL: as in the line */
};

static void check_row(const struct row *row)
{
    struct knowledge_cve cve;
    struct knowledge_configuration configuration;
    struct knowledge_node node;
    struct knowledge_term term;
    struct knowledge_match match;
    struct knowledge_fixture one;
    struct buf cpe;
    struct str rest = str_from(row->line), criteria = {0};
    fixture_init(&one);
    fixture_cve(&one, "CVE-2024-0001", "2024-01-01", 70, (const char *[]){row->line, NULL});
    fixture_open(&one);
    assert_true(knowledge_find_cve(one.knowledge, fixture_id("CVE-2024-0001"), &cve));
    assert_true(knowledge_configuration(one.knowledge, cve.first_configuration, &configuration));
    assert_true(knowledge_node(one.knowledge, configuration.first_node, &node));
    assert_int_equal(node.term_count, 1);
    assert_true(knowledge_term(one.knowledge, node.first_term, &term));
    assert_true(knowledge_match(one.knowledge, term.match, &match));
    buf_init(&cpe, 4096);
    knowledge_match_cpe(one.knowledge, &match, &cpe);
    str_next_word(&rest, &criteria);
    struct str expected = row->cpe ? str_from(row->cpe) : criteria;
    if (match.kind != row->kind || !str_eq(buf_view(&cpe), expected)) {
        fail_msg("%s: kind %d, %s", row->line, (int)match.kind, buf_text(&cpe));
    }
    for (unsigned i = 0; i < FEED_SKIP_REASONS; i++) {
        assert_int_equal(one.report.skipped[i], i == (unsigned)row->skip);
    }
    buf_done(&cpe);
    fixture_done(&one);
}

static void criteria_become_matches(void **state)
{
    static const struct row rows[] = {
        {"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:* >=1.0 <1.2", KNOWLEDGE_MATCH_RANGE, FEED_SKIP_REASONS,
         NULL},
        {"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:* <=1.2", KNOWLEDGE_MATCH_RANGE, FEED_SKIP_REASONS,
         NULL},
        {"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:* >=1.2 <=1.2", KNOWLEDGE_MATCH_RANGE, FEED_SKIP_REASONS,
         NULL},
        {"cpe:2.3:a:f5:nginx:1.2:*:*:*:*:*:*:*", KNOWLEDGE_MATCH_EXACT, FEED_SKIP_REASONS, NULL},
        {"cpe:2.3:a:oracle:jre:1.8.0:update_201:*:*:*:*:*:*", KNOWLEDGE_MATCH_EXACT,
         FEED_SKIP_REASONS, NULL},
        {"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:*", KNOWLEDGE_MATCH_ANY, FEED_SKIP_REASONS, NULL},
        {"cpe:2.3:a:f5:nginx:-:*:*:*:*:*:*:*", KNOWLEDGE_MATCH_NA, FEED_SKIP_REASONS, NULL},
        {"cpe:2.3:a:acme:a\\+b\\!:1\\+2:*:*:*:*:node.js:x64:*", KNOWLEDGE_MATCH_EXACT,
         FEED_SKIP_REASONS, NULL},
        {"cpe:2.3:a:KnowBe4:Phish_Alert:*:*:*:*:*:*:*:*", KNOWLEDGE_MATCH_ANY, FEED_SKIP_REASONS,
         "cpe:2.3:a:knowbe4:phish_alert:*:*:*:*:*:*:*:*"},
        {"cpe:/a:f5:nginx:1.2", KNOWLEDGE_MATCH_EXACT, FEED_SKIP_REASONS,
         "cpe:2.3:a:f5:nginx:1.2:*:*:*:*:*:*:*"},
        {"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:* >=2.0 <1.2", KNOWLEDGE_MATCH_NEVER, FEED_SKIP_RANGE,
         NULL},
        {"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:* >=1.2 <1.2", KNOWLEDGE_MATCH_NEVER, FEED_SKIP_RANGE,
         NULL},
        {"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:* <7b4dd8c1a4e2f0b9d3c6a5e8f1b2c3d4e5f60718",
         KNOWLEDGE_MATCH_NEVER, FEED_SKIP_VERSION, NULL},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(&rows[i]);
    }
}

static void an_update_counts_to_the_end_that_is_included(void **state)
{
    struct knowledge_product product;
    struct knowledge_match match;
    unsigned char room[256];
    (void)state;
    fixture_cve(&fixture, "CVE-2024-0001", "2024-01-01", 70,
                (const char *[]){"cpe:2.3:o:linux:linux_kernel:*:rc7:*:*:*:*:*:* <=2.6.21", NULL});
    fixture_open(&fixture);
    assert_true(knowledge_find_product(fixture.knowledge, 'o', STR("linux"), STR("linux_kernel"),
                                       &product));
    assert_true(knowledge_match(fixture.knowledge, product.first_match, &match));
    assert_true(str_eq(match.end_text, STR("2.6.21")));
    assert_true(str_eq(match.update_text, STR("rc7")));
    static const struct {
        const char *version;
        enum version_order order;
    } rows[] = {
        {"2.6.21-rc6", VERSION_LESS}, {"2.6.21-rc7", VERSION_EQUAL}, {"2.6.21", VERSION_GREATER}};
    for (unsigned i = 0; i < 3; i++) {
        struct buf keys;
        struct version_key key;
        buf_init(&keys, sizeof room);
        assert_int_equal(
            version_key_make(VERSION_NVD, str_from(rows[i].version), &keys, &key, NULL), 0);
        assert_int_equal(version_key_compare(&key, &match.end), rows[i].order);
        buf_done(&keys);
    }
}

static void a_bad_cpe_under_or_is_left_out(void **state)
{
    struct knowledge_cve cve;
    (void)state;
    fixture_cve(&fixture, "CVE-2024-0001", "2024-01-01", 70,
                (const char *[]){"cpe:2.3:a:broken", "cpe:2.3:a:f5:nginx:1.2:*:*:*:*:*:*:*", NULL});
    fixture_open(&fixture);
    assert_int_equal(fixture.report.skipped[FEED_SKIP_CPE], 1);
    assert_non_null(strstr(fixture.report.samples[0], "CVE-2024-0001"));
    assert_true(knowledge_find_cve(fixture.knowledge, fixture_id("CVE-2024-0001"), &cve));
    assert_int_equal(cve.configuration_count, 1);
    assert_int_equal(knowledge_product_count(fixture.knowledge), 1);
}

static void a_bad_cpe_under_and_drops_the_configuration(void **state)
{
    const struct feed_match matches[] = {
        {.criteria = STR("cpe:2.3:a:broken"), .vulnerable = true},
        {.criteria = STR("cpe:2.3:a:f5:nginx:1.2:*:*:*:*:*:*:*"), .vulnerable = true},
    };
    const struct feed_node node = {.is_and = true, .matches = matches, .match_count = 2};
    const struct feed_configuration configuration = {.nodes = &node, .node_count = 1};
    const struct feed_cve published = {.id = fixture_id("CVE-2024-0001"),
                                       .configurations = &configuration,
                                       .configuration_count = 1};
    struct knowledge_cve cve;
    (void)state;
    fixture.sink.cve(fixture.sink.context, &published, NULL);
    fixture_open(&fixture);
    assert_true(knowledge_find_cve(fixture.knowledge, fixture_id("CVE-2024-0001"), &cve));
    assert_int_equal(cve.configuration_count, 0);
}

/* The same criteria in another order and beside others. */
static void fingerprints_are_of_content(void **state)
{
    struct knowledge_fixture other;
    struct knowledge_product a, b;
    (void)state;
    fixture_cve(&fixture, "CVE-2024-0001", "2024-01-01", 70,
                (const char *[]){"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:* <1.2", NULL});
    fixture_cve(&fixture, "CVE-2024-0002", "2024-01-01", 70,
                (const char *[]){"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:* <1.3",
                                 "cpe:2.3:a:acme:acme:1:*:*:*:*:*:*:*", NULL});
    fixture_open(&fixture);
    fixture_init(&other);
    fixture_cve(&other, "CVE-2024-0009", "2024-01-01", 70,
                (const char *[]){"cpe:2.3:a:zoo:zoo:*:*:*:*:*:*:*:* <1.3", NULL});
    fixture_cve(&other, "CVE-2024-0002", "2024-01-01", 10,
                (const char *[]){"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:* <1.3",
                                 "cpe:2.3:a:acme:acme:1:*:*:*:*:*:*:*", NULL});
    fixture_cve(&other, "CVE-2024-0001", "2024-01-01", 70,
                (const char *[]){"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:* <1.2.1", NULL});
    fixture_open(&other);
    assert_true(knowledge_find_product(fixture.knowledge, 'a', STR("acme"), STR("acme"), &a));
    assert_true(knowledge_find_product(other.knowledge, 'a', STR("acme"), STR("acme"), &b));
    assert_int_equal(a.fingerprint, b.fingerprint);
    assert_true(knowledge_find_product(fixture.knowledge, 'a', STR("f5"), STR("nginx"), &a));
    assert_true(knowledge_find_product(other.knowledge, 'a', STR("f5"), STR("nginx"), &b));
    assert_int_not_equal(a.fingerprint, b.fingerprint);
    fixture_done(&other);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(criteria_become_matches),        TEST(an_update_counts_to_the_end_that_is_included),
        TEST(a_bad_cpe_under_or_is_left_out), TEST(a_bad_cpe_under_and_drops_the_configuration),
        TEST(fingerprints_are_of_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
