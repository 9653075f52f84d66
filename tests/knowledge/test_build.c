/* What goes into the builder comes out of the reader. */
#include "../unit.h"

#include "../knowledge_fixture.h"
#include "base/file.h"
#include "base/memory.h"

static struct knowledge_fixture fixture;

#define NGINX "cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:*"

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

static struct knowledge_cve find_cve(const char *id)
{
    struct knowledge_cve cve;
    assert_true(knowledge_find_cve(fixture.knowledge, fixture_id(id), &cve));
    return cve;
}

static void assert_verifies(void)
{
    struct error err = ERROR_INIT;
    if (knowledge_verify(fixture.knowledge, &err) < 0) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(knowledge_faults(fixture.knowledge), 0);
}

static void an_empty_file_answers(void **state)
{
    struct knowledge_cve cve;
    struct knowledge_product product;
    struct knowledge_lifecycle lifecycle;
    uint32_t first;
    (void)state;
    const struct knowledge *knowledge = fixture_open(&fixture);
    assert_int_equal(knowledge_cve_count(knowledge), 0);
    assert_false(knowledge_find_cve(knowledge, fixture_id("CVE-2024-0001"), &cve));
    assert_false(knowledge_find_product(knowledge, 'a', STR("f5"), STR("nginx"), &product));
    assert_int_equal(knowledge_products_named(knowledge, STR("nginx"), &first), 0);
    assert_false(knowledge_find_lifecycle(knowledge, STR("debian"), &lifecycle));
    assert_int_equal(knowledge_advisories_naming(knowledge, 1, &first), 0);
    assert_int_equal(knowledge_built(knowledge), fixture_time("2024-06-01"));
    assert_verifies();
}

static void a_cve_comes_back(void **state)
{
    const struct str urls[] = {STR("https://example.org/1"), STR("https://example.org/2")};
    const struct feed_score scores[] = {
        {CVSS_2_0, SCORE_SOURCE_NVD, 75, STR("AV:N/AC:L/Au:N/C:P/I:P/A:P")},
        {CVSS_3_1, SCORE_SOURCE_ADP, 91, STR("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N")},
        {CVSS_3_1, SCORE_SOURCE_NVD, -1, STR("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")},
    };
    const struct feed_cve published = {
        .id = fixture_id("CVE-2021-23017"),
        .published = fixture_time("2021-06-01T13:15:07"),
        .modified = fixture_time("2021-07-08"),
        .status = CVE_STATUS_MODIFIED,
        .description = STR("1-byte memory overwrite in the resolver"),
        .references = urls,
        .reference_count = 2,
        .scores = scores,
        .score_count = 3,
    };
    struct knowledge_cve_text text;
    struct arena arena;
    (void)state;
    assert_int_equal(fixture.sink.cve(fixture.sink.context, &published, NULL), 0);
    fixture_open(&fixture);
    struct knowledge_cve cve = find_cve("CVE-2021-23017");
    assert_int_equal(cve.published, published.published);
    assert_int_equal(cve.modified, published.modified);
    assert_int_equal(cve.status, CVE_STATUS_MODIFIED);
    assert_int_equal(cve.score, 98);
    assert_int_equal(cve.cvss_version, CVSS_3_1);
    assert_int_equal(cve.score_source, SCORE_SOURCE_NVD);
    assert_true(str_eq(cve.vector, scores[2].vector));
    assert_int_equal(cve.configuration_count, 0);
    arena_init(&arena);
    assert_true(knowledge_cve_text(fixture.knowledge, &cve, &arena, &text));
    assert_true(str_eq(text.description, published.description));
    assert_int_equal(text.reference_count, 2);
    assert_true(str_eq(text.references[1], urls[1]));
    assert_int_equal(text.score_count, 3);
    assert_int_equal(text.scores[1].score, 91);
    assert_true(str_eq(text.scores[0].vector, scores[0].vector));
    arena_done(&arena);
    assert_verifies();
}

static void the_newest_record_of_a_cve_stays(void **state)
{
    struct knowledge_product product;
    (void)state;
    fixture_cve(&fixture, "CVE-2024-0002", "2024-02-01", 50, NULL);
    fixture_cve(&fixture, "CVE-2024-0001", "2024-03-01", 70, (const char *[]){NGINX " <1.2", NULL});
    fixture_cve(&fixture, "CVE-2024-0001", "2024-01-01", 30,
                (const char *[]){"cpe:2.3:a:old:old:*:*:*:*:*:*:*:*", NULL});
    fixture_open(&fixture);
    assert_int_equal(knowledge_cve_count(fixture.knowledge), 2);
    assert_int_equal(find_cve("CVE-2024-0001").score, 70);
    assert_false(knowledge_find_product(fixture.knowledge, 'a', STR("old"), STR("old"), &product));
    assert_verifies();
}

/* One record of a kind, with one criterion or none. */
static void add_record(enum cve_record kind, enum cve_origin origin, const char *criterion,
                       int score, const char *description, enum cve_status status)
{
    struct feed_match match = {.vulnerable = true, .start = STR(""), .end = STR("")};
    struct feed_node node = {.matches = &match, .match_count = 1};
    struct feed_configuration configuration = {
        .origin = origin, .named = origin == CVE_ORIGIN_CNA, .nodes = &node, .node_count = 1};
    struct feed_score rating = {
        CVSS_3_1, origin == CVE_ORIGIN_NVD ? SCORE_SOURCE_NVD : SCORE_SOURCE_CNA, score, STR("")};
    struct feed_cve published = {
        .id = fixture_id("CVE-2024-0001"),
        .record = kind,
        .status = status,
        .published = kind == CVE_RECORD_OVERRIDE ? TIME_NONE : fixture_time("2024-01-01"),
        .modified = fixture_time("2024-02-01"),
        .description = str_from(description),
        .scores = &rating,
        .score_count = score >= 0,
        .configurations = &configuration,
        .configuration_count = criterion != NULL,
    };
    match.criteria = str_from(criterion);
    assert_int_equal(fixture.sink.cve(fixture.sink.context, &published, NULL), 0);
}

#define NVD_RECORD(criterion, score, text)                                                         \
    add_record(CVE_RECORD_NVD, CVE_ORIGIN_NVD, criterion, score, text, CVE_STATUS_ANALYZED)
#define LIST_RECORD(criterion, score, text)                                                        \
    add_record(CVE_RECORD_LIST, CVE_ORIGIN_CNA, criterion, score, text, CVE_STATUS_OTHER)
#define OVERRIDE(criterion)                                                                        \
    add_record(CVE_RECORD_OVERRIDE, CVE_ORIGIN_OVERRIDE, criterion, -1, "", CVE_STATUS_OTHER)

/* Reads what was kept: who stated the configuration, or -1; the description is expected. */
static int kept_origin(int score, const char *description)
{
    struct knowledge_configuration configuration;
    struct knowledge_cve_text text = {.description = STR("")};
    struct arena arena;
    fixture_open(&fixture);
    struct knowledge_cve cve = find_cve("CVE-2024-0001");
    assert_int_equal(knowledge_cve_count(fixture.knowledge), 1);
    assert_int_equal(cve.score, score);
    arena_init(&arena);
    knowledge_cve_text(fixture.knowledge, &cve, &arena, &text);
    assert_true(str_eq_text(text.description, description));
    assert_int_equal(text.score_count, score >= 0);
    arena_done(&arena);
    assert_verifies();
    if (cve.configuration_count == 0) {
        return -1;
    }
    assert_int_equal(cve.configuration_count, 1);
    assert_true(
        knowledge_configuration(fixture.knowledge, cve.first_configuration, &configuration));
    assert_int_equal(configuration.named, configuration.origin == CVE_ORIGIN_CNA);
    assert_int_equal(configuration.cve, cve.index);
    return (int)configuration.origin;
}

static void nvd_speaks_before_the_list(void **state)
{
    (void)state;
    NVD_RECORD(NGINX, 98, "nvd");
    LIST_RECORD("cpe:2.3:a:f5:nginx:1:*:*:*:*:*:*:*", 50, "list");
    assert_int_equal(kept_origin(98, "nvd"), CVE_ORIGIN_NVD);
}

static void nvd_speaks_before_the_list_read_first(void **state)
{
    (void)state;
    LIST_RECORD("cpe:2.3:a:f5:nginx:1:*:*:*:*:*:*:*", 50, "list");
    NVD_RECORD(NGINX, 98, "nvd");
    assert_int_equal(kept_origin(98, "nvd"), CVE_ORIGIN_NVD);
}

static void the_list_fills_what_nvd_leaves_open(void **state)
{
    (void)state;
    NVD_RECORD(NULL, -1, "nvd");
    LIST_RECORD(NGINX, 50, "list");
    assert_int_equal(kept_origin(50, "list"), CVE_ORIGIN_CNA);
}

static void the_list_adds_no_more_than_is_open(void **state)
{
    (void)state;
    NVD_RECORD(NULL, 98, "nvd");
    LIST_RECORD(NGINX, 50, "list");
    assert_int_equal(kept_origin(98, "nvd"), CVE_ORIGIN_CNA);
}

static void the_list_alone_is_a_record(void **state)
{
    (void)state;
    LIST_RECORD(NGINX, 50, "list");
    assert_int_equal(kept_origin(50, "list"), CVE_ORIGIN_CNA);
}

static void an_override_replaces_configurations(void **state)
{
    (void)state;
    NVD_RECORD(NGINX, 98, "nvd");
    OVERRIDE("cpe:2.3:a:f5:nginx:2:*:*:*:*:*:*:*");
    LIST_RECORD("cpe:2.3:a:f5:nginx:1:*:*:*:*:*:*:*", 50, "list");
    assert_int_equal(kept_origin(98, "nvd"), CVE_ORIGIN_OVERRIDE);
}

static void what_the_list_rejects_is_rejected(void **state)
{
    (void)state;
    NVD_RECORD(NGINX, 98, "nvd");
    add_record(CVE_RECORD_LIST, CVE_ORIGIN_CNA, NULL, -1, "", CVE_STATUS_REJECTED);
    assert_int_equal(kept_origin(-1, ""), -1);
    assert_int_equal(find_cve("CVE-2024-0001").status, CVE_STATUS_REJECTED);
}

static void a_rolled_back_record_says_nothing(void **state)
{
    (void)state;
    knowledge_builder_begin(fixture.builder);
    NVD_RECORD(NGINX, 98, "nvd");
    knowledge_builder_rollback(fixture.builder);
    LIST_RECORD(NGINX, 50, "list");
    assert_int_equal(kept_origin(50, "list"), CVE_ORIGIN_CNA);
}

static void a_rejected_cve_is_kept_by_number_only(void **state)
{
    struct feed_match match = {.criteria = STR(NGINX), .vulnerable = true};
    struct feed_node node = {.matches = &match, .match_count = 1};
    struct feed_configuration configuration = {.nodes = &node, .node_count = 1};
    struct feed_score score = {CVSS_3_1, SCORE_SOURCE_NVD, 98, STR("")};
    struct feed_cve published = {
        .id = fixture_id("CVE-2024-0003"),
        .status = CVE_STATUS_REJECTED,
        .description = STR("** REJECT **"),
        .scores = &score,
        .score_count = 1,
        .configurations = &configuration,
        .configuration_count = 1,
    };
    struct knowledge_cve_text text;
    struct arena arena;
    (void)state;
    fixture.sink.cve(fixture.sink.context, &published, NULL);
    fixture_open(&fixture);
    struct knowledge_cve cve = find_cve("CVE-2024-0003");
    assert_int_equal(cve.status, CVE_STATUS_REJECTED);
    assert_int_equal(cve.score, CVSS_NO_SCORE);
    assert_int_equal(cve.configuration_count, 0);
    arena_init(&arena);
    assert_false(knowledge_cve_text(fixture.knowledge, &cve, &arena, &text));
    arena_done(&arena);
    assert_int_equal(knowledge_product_count(fixture.knowledge), 0);
    assert_verifies();
}

static void configurations_keep_their_shape(void **state)
{
    struct knowledge_configuration configuration;
    struct knowledge_node node;
    struct knowledge_term term;
    struct knowledge_match match;
    struct knowledge_use use;
    (void)state;
    fixture_cve(&fixture, "CVE-2024-0001", "2024-01-01", 70,
                (const char *[]){NGINX " >=1.0 <=1.2", NGINX " >2.0 <2.2",
                                 "& cpe:2.3:o:linux:linux_kernel:-:*:*:*:*:*:*:*", NULL});
    fixture_cve(&fixture, "CVE-2024-0002", "2024-01-01", 70,
                (const char *[]){NGINX " >=1.0 <=1.2", NULL});
    fixture_open(&fixture);
    struct knowledge_cve cve = find_cve("CVE-2024-0001");
    assert_int_equal(cve.configuration_count, 1);
    assert_true(
        knowledge_configuration(fixture.knowledge, cve.first_configuration, &configuration));
    assert_true(configuration.is_and);
    assert_int_equal(configuration.cve, cve.index);
    assert_int_equal(configuration.node_count, 2);
    assert_true(knowledge_node(fixture.knowledge, configuration.first_node + 1, &node));
    assert_false(node.is_and);
    assert_int_equal(node.term_count, 1);
    assert_true(knowledge_term(fixture.knowledge, node.first_term, &term));
    assert_false(term.vulnerable);
    assert_true(knowledge_match(fixture.knowledge, term.match, &match));
    assert_int_equal(match.kind, KNOWLEDGE_MATCH_NA);
    assert_true(knowledge_node(fixture.knowledge, configuration.first_node, &node));
    assert_true(knowledge_term(fixture.knowledge, node.first_term, &term));
    assert_true(knowledge_match(fixture.knowledge, term.match, &match));
    assert_int_equal(match.use_count, 2);
    assert_true(knowledge_use(fixture.knowledge, match.first_use + 1, &use));
    assert_int_equal(use.cve, find_cve("CVE-2024-0002").index);
    assert_true(use.vulnerable);
    assert_verifies();
}

static void products_are_found_by_name_and_vendor(void **state)
{
    struct knowledge_product product;
    uint32_t first;
    (void)state;
    fixture_cve(&fixture, "CVE-2024-0001", "2024-01-01", 70,
                (const char *[]){NGINX, "cpe:2.3:a:nginx:nginx:1.0:*:*:*:*:*:*:*",
                                 "cpe:2.3:a:nodejs:node.js:1.0:*:*:*:*:*:*:*",
                                 "cpe:2.3:a:acme:a\\+b\\!:1.0:*:*:*:*:*:*:*",
                                 "cpe:2.3:h:KoHa:KOHA:1.0:*:*:*:*:*:*:*", NULL});
    fixture_open(&fixture);
    assert_int_equal(knowledge_product_count(fixture.knowledge), 5);
    assert_int_equal(knowledge_products_named(fixture.knowledge, STR("nginx"), &first), 2);
    assert_true(knowledge_product_named(fixture.knowledge, first, &product));
    assert_true(str_eq(product.vendor, STR("f5")));
    assert_true(knowledge_product_named(fixture.knowledge, first + 1, &product));
    assert_true(str_eq(product.vendor, STR("nginx")));
    assert_true(
        knowledge_find_product(fixture.knowledge, 'a', STR("nodejs"), STR("node.js"), &product));
    assert_int_equal(product.match_count, 1);
    assert_true(knowledge_find_product(fixture.knowledge, 'a', STR("acme"), STR("a+b!"), &product));
    assert_true(knowledge_find_product(fixture.knowledge, 'h', STR("koha"), STR("koha"), &product));
    assert_false(knowledge_find_product(fixture.knowledge, 'o', STR("f5"), STR("nginx"), &product));
    assert_verifies();
}

static void scores_and_exploited_are_joined_by_number(void **state)
{
    struct knowledge_kev kev;
    struct knowledge_epss epss;
    (void)state;
    fixture_kev(&fixture, "CVE-2024-0002", "2024-05-01");
    fixture_kev(&fixture, "CVE-2021-44228", "2021-12-10");
    fixture_epss(&fixture, "CVE-2024-0002", 0.00043, 0.12345);
    fixture_epss(&fixture, "CVE-2021-44228", 0.94358, 0.99999);
    fixture_epss(&fixture, "CVE-2021-44228", 0.94359, 1);
    fixture_open(&fixture);
    assert_true(knowledge_find_kev(fixture.knowledge, fixture_id("CVE-2021-44228"), &kev));
    assert_int_equal(kev.added, fixture_date("2021-12-10"));
    assert_false(knowledge_find_kev(fixture.knowledge, fixture_id("CVE-2024-0003"), &kev));
    assert_true(knowledge_find_epss(fixture.knowledge, fixture_id("CVE-2024-0002"), &epss));
    assert_true(epss.score > 0.000429999 && epss.score < 0.000430001);
    assert_true(knowledge_find_epss(fixture.knowledge, fixture_id("CVE-2021-44228"), &epss));
    assert_true(epss.score > 0.943589 && epss.percentile == 1.0);
    assert_verifies();
}

/* One number in three has a record, in five a score, in forty is exploited. */
static void add_numbers(unsigned count)
{
    char id[CVE_ID_SIZE];
    for (unsigned i = 0; i < count; i++) {
        snprintf(id, sizeof id, "CVE-20%02u-%04u", 10 + i / 100, 1000 + i % 100);
        if (i % 3 == 0) {
            fixture_cve(&fixture, id, "2024-02-01", (int)(i % 100), NULL);
        }
        if (i % 5 == 0) {
            fixture_epss(&fixture, id, (i % 100) / 100.0, 0.5);
        }
        if (i % 40 == 0) {
            fixture_kev(&fixture, id, "2024-05-01");
        }
    }
}

static void look_up_number(unsigned i, struct knowledge_places *places)
{
    char id[CVE_ID_SIZE];
    struct knowledge_about about;
    snprintf(id, sizeof id, "CVE-20%02u-%04u", 10 + i / 100, 1000 + i % 100);
    knowledge_look_up(fixture.knowledge, fixture_id(id), places, &about);
    assert_int_equal(about.has_cve, i % 3 == 0);
    assert_int_equal(about.has_epss, i % 5 == 0);
    assert_int_equal(about.has_kev, i % 40 == 0);
    if (about.has_cve) {
        assert_int_equal(about.cve.id, fixture_id(id));
        assert_int_equal(about.cve.score, i % 100);
    }
}

static void many_are_looked_up_in_any_order(void **state)
{
    enum { COUNT = 1200 };
    static const unsigned steps[] = {1, 2, 7, 41, 500};
    (void)state;
    add_numbers(COUNT);
    fixture_open(&fixture);
    for (unsigned s = 0; s < sizeof steps / sizeof *steps; s++) {
        struct knowledge_places places = {0};
        for (unsigned i = 0; i < COUNT; i += steps[s]) {
            look_up_number(i, &places);
        }
        for (unsigned i = 0; i < COUNT; i++) {
            look_up_number(i * 577 % COUNT, &places);
        }
    }
    struct knowledge_places wild = {UINT32_MAX, UINT32_MAX, 400};
    look_up_number(0, &wild);
    look_up_number(COUNT - 3, &wild);
}

static void lifecycles_are_found_by_every_name(void **state)
{
    const struct feed_release releases[] = {
        fixture_release("22", "2024-04-24", "2025-10-21", "2027-04-30", NULL),
        fixture_release("18", "2022-04-19", "2023-10-18", "2025-04-30", NULL),
    };
    const struct str aliases[] = {STR("node")};
    const struct feed_lifecycle_identifier identifiers[] = {
        {LIFECYCLE_PURL, STR("pkg:deb/debian/nodejs")},
        {LIFECYCLE_CPE, STR("cpe:/a:nodejs:node.js")},
        {LIFECYCLE_CPE, STR("cpe:2.3:a:nodejs:node.js")},
        {LIFECYCLE_REPOLOGY, STR("node")},
    };
    const struct feed_lifecycle published = {
        .name = STR("nodejs"),
        .label = STR("Node.js"),
        .category = STR("framework"),
        .link = STR("https://example.org/nodejs"),
        .aliases = aliases,
        .alias_count = 1,
        .identifiers = identifiers,
        .identifier_count = 4,
        .releases = releases,
        .release_count = 2,
    };
    struct knowledge_lifecycle lifecycle;
    struct knowledge_release release;
    (void)state;
    fixture.sink.lifecycle(fixture.sink.context, &published, NULL);
    fixture_lifecycle(&fixture, "debian", NULL, releases, 1);
    fixture_open(&fixture);
    const struct knowledge *knowledge = fixture.knowledge;
    assert_int_equal(knowledge_lifecycle_count(knowledge), 2);
    assert_true(knowledge_find_lifecycle(knowledge, STR("node"), &lifecycle));
    assert_true(str_eq(lifecycle.label, STR("Node.js")));
    assert_int_equal(lifecycle.release_count, 2);
    assert_true(knowledge_release(knowledge, lifecycle.first_release + 1, &release));
    assert_true(str_eq(release.name, STR("18")));
    assert_int_equal(release.lifecycle, lifecycle.index);
    assert_int_equal(release.supported_until, fixture_date("2025-04-30"));
    assert_int_equal(release.extended_until, DATE_NONE);
    assert_true(knowledge_find_lifecycle_by(knowledge, LIFECYCLE_CPE,
                                            STR("cpe:2.3:a:nodejs:node.js"), &lifecycle));
    assert_true(knowledge_find_lifecycle_by(knowledge, LIFECYCLE_PURL, STR("pkg:deb/debian/nodejs"),
                                            &lifecycle));
    assert_false(knowledge_find_lifecycle_by(knowledge, LIFECYCLE_REPOLOGY,
                                             STR("pkg:deb/debian/nodejs"), &lifecycle));
    assert_verifies();
}

static void feeds_say_what_was_read(void **state)
{
    const struct feed feed = {.name = "nvd",
                              .label = "NVD",
                              .cadence_days = 1,
                              .attribution = "This product uses the NVD API."};
    struct feed_report report;
    struct knowledge_feed found;
    (void)state;
    feed_report_init(&report);
    report.records = 7;
    feed_report_skip(&report, FEED_SKIP_CPE, "CVE-2024-0001: bad");
    feed_report_skip(&report, FEED_SKIP_CPE, "CVE-2024-0002: bad");
    knowledge_builder_feed(fixture.builder, &feed, &report, 1000, true, "cut short");
    fixture_open(&fixture);
    assert_true(knowledge_find_feed(fixture.knowledge, STR("nvd"), &found));
    assert_int_equal(found.records, 7);
    assert_int_equal(found.read, 1000);
    assert_int_equal(found.skipped[FEED_SKIP_CPE], 2);
    assert_true(str_eq(found.samples, STR("CVE-2024-0001: bad\nCVE-2024-0002: bad")));
    assert_true(str_eq(found.problem, STR("cut short")));
    assert_false(knowledge_find_feed(fixture.knowledge, STR("kev"), &found));
    assert_verifies();
}

static void rollback_leaves_nothing(void **state)
{
    struct knowledge_fixture clean;
    struct error err = ERROR_INIT;
    struct file_map a, b;
    (void)state;
    fixture_init(&clean);
    for (unsigned round = 0; round < 2; round++) {
        struct knowledge_fixture *into = round == 0 ? &clean : &fixture;
        fixture_cve(into, "CVE-2024-0001", "2024-01-01", 70, (const char *[]){NGINX " <1.2", NULL});
        if (round == 1) {
            knowledge_builder_begin(fixture.builder);
            fixture_cve(into, "CVE-2024-0002", "2024-01-01", 70,
                        (const char *[]){"cpe:2.3:a:bad:bad:1:*:*:*:*:*:*:*", NULL});
            fixture_kev(into, "CVE-2024-0002", "2024-01-01");
            fixture_epss(into, "CVE-2024-0002", 0.5, 0.5);
            fixture_advisory(into, "DSA-1", "Debian:12", "bad", "0", "1", "CVE-2024-0002", "");
            fixture_lifecycle(into, "bad", "pkg:deb/debian/bad", NULL, 0);
            knowledge_builder_rollback(fixture.builder);
        }
        knowledge_builder_begin(into->builder);
        fixture_cve(into, "CVE-2024-0003", "2024-01-01", 70, (const char *[]){NGINX " <1.3", NULL});
        knowledge_builder_commit(into->builder);
        fixture_open(into);
    }
    assert_verifies();
    assert_int_equal(file_map(clean.path, &a, &err), 0);
    assert_int_equal(file_map(fixture.path, &b, &err), 0);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.bytes, b.bytes, a.len);
    file_unmap(&a);
    file_unmap(&b);
    fixture_done(&clean);
}

static void texts_fill_many_blocks(void **state)
{
    struct arena arena;
    char filler[4096];
    (void)state;
    memset(filler, 'x', sizeof filler);
    for (unsigned i = 0; i < 100; i++) {
        char id[32], url[64];
        snprintf(id, sizeof id, "CVE-2024-%u", 1000 + i);
        snprintf(url, sizeof url, "https://example.org/%u", i);
        snprintf(filler, sizeof filler, "%u ", i);
        struct str reference = str_from(url);
        struct feed_cve cve = {.id = fixture_id(id),
                               .description = {filler, sizeof filler},
                               .references = &reference,
                               .reference_count = 1};
        fixture.sink.cve(fixture.sink.context, &cve, NULL);
    }
    fixture_open(&fixture);
    arena_init(&arena);
    for (unsigned i = 0; i < 100; i++) {
        struct knowledge_cve cve;
        struct knowledge_cve_text text;
        char url[64];
        snprintf(url, sizeof url, "https://example.org/%u", i);
        assert_true(knowledge_cve(fixture.knowledge, i, &cve));
        assert_true(knowledge_cve_text(fixture.knowledge, &cve, &arena, &text));
        assert_int_equal(text.description.len, sizeof filler);
        assert_true(str_eq_text(text.references[0], url));
    }
    arena_done(&arena);
    assert_verifies();
}

static void too_many_references_are_cut_and_counted(void **state)
{
    static char url[30000];
    struct str references[100];
    struct knowledge_cve_text text;
    struct arena arena;
    (void)state;
    memset(url, 'u', sizeof url);
    for (unsigned i = 0; i < 100; i++) {
        references[i] = str_make(url, sizeof url);
    }
    struct feed_cve cve = {.id = fixture_id("CVE-2024-0001"),
                           .references = references,
                           .reference_count = 100,
                           .description = STR("")};
    fixture.sink.cve(fixture.sink.context, &cve, NULL);
    assert_int_equal(fixture.report.skipped[FEED_SKIP_LIMIT], 1);
    fixture_open(&fixture);
    struct knowledge_cve found = find_cve("CVE-2024-0001");
    arena_init(&arena);
    assert_true(knowledge_cve_text(fixture.knowledge, &found, &arena, &text));
    assert_true(text.reference_count > 50 && text.reference_count < 100);
    arena_done(&arena);
    assert_verifies();
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_file_answers),
        TEST(a_cve_comes_back),
        TEST(the_newest_record_of_a_cve_stays),
        TEST(nvd_speaks_before_the_list),
        TEST(nvd_speaks_before_the_list_read_first),
        TEST(the_list_fills_what_nvd_leaves_open),
        TEST(the_list_adds_no_more_than_is_open),
        TEST(the_list_alone_is_a_record),
        TEST(an_override_replaces_configurations),
        TEST(what_the_list_rejects_is_rejected),
        TEST(a_rolled_back_record_says_nothing),
        TEST(a_rejected_cve_is_kept_by_number_only),
        TEST(configurations_keep_their_shape),
        TEST(products_are_found_by_name_and_vendor),
        TEST(scores_and_exploited_are_joined_by_number),
        TEST(many_are_looked_up_in_any_order),
        TEST(lifecycles_are_found_by_every_name),
        TEST(feeds_say_what_was_read),
        TEST(rollback_leaves_nothing),
        TEST(texts_fill_many_blocks),
        TEST(too_many_references_are_cut_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
