/* Advisories: by ecosystem and package, by CVE, by advisory. */
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

static void packages_are_found_in_their_ecosystem(void **state)
{
    struct knowledge_ecosystem ecosystem;
    struct knowledge_package package;
    struct knowledge_affected affected;
    struct knowledge_advisory advisory;
    uint64_t cve;
    (void)state;
    fixture_advisory(&fixture, "DSA-2-1", "Debian:12", "nginx", "0", "1.22.1-9+deb12u1",
                     "CVE-2024-0002 CVE-2024-0001", "");
    fixture_advisory(&fixture, "DSA-1-1", "Debian:11", "nginx", "1.10", "", "CVE-2024-0001", "");
    fixture_advisory(&fixture, "ALSA-2024:1", "AlmaLinux:9", "nodejs", "0", "1:18.1-1.el9", "",
                     "nodejs:18");
    fixture_open(&fixture);
    const struct knowledge *knowledge = fixture.knowledge;
    assert_int_equal(knowledge_ecosystem_count(knowledge), 3);
    assert_true(knowledge_find_ecosystem(knowledge, STR("Debian:12"), &ecosystem));
    assert_int_equal(ecosystem.scheme, VERSION_DPKG);
    assert_int_equal(ecosystem.advisory_count, 1);
    assert_int_equal(ecosystem.newest, fixture_time("2024-01-02"));
    assert_true(knowledge_find_package(knowledge, ecosystem.index, STR("nginx"), &package));
    assert_int_equal(package.affected_count, 1);
    assert_true(knowledge_affected(knowledge, package.first_affected, &affected));
    assert_int_equal(affected.introduced.class, 0);
    assert_true(str_eq(affected.fixed_text, STR("1.22.1-9+deb12u1")));
    assert_true(affected.fixed.class != 0);
    assert_int_equal(affected.last.class, 0);
    assert_true(knowledge_advisory(knowledge, affected.advisory, &advisory));
    assert_true(str_eq(advisory.id, STR("DSA-2-1")));
    assert_int_equal(advisory.cve_count, 2);
    assert_true(knowledge_advisory_cve(knowledge, advisory.first_cve, &cve));
    assert_int_equal(cve, fixture_id("CVE-2024-0002"));
    assert_true(knowledge_find_ecosystem(knowledge, STR("AlmaLinux:9"), &ecosystem));
    assert_int_equal(ecosystem.scheme, VERSION_RPM);
    assert_false(knowledge_find_package(knowledge, ecosystem.index, STR("nginx"), &package));
    assert_int_equal(knowledge_verify(knowledge, NULL), 0);
}

static void advisories_are_found_by_cve(void **state)
{
    struct knowledge_advisory advisory;
    struct knowledge_affected affected;
    uint32_t first;
    (void)state;
    fixture_advisory(&fixture, "DSA-2-1", "Debian:12", "nginx", "0", "1.2", "CVE-2024-0002", "");
    fixture_advisory(&fixture, "DSA-1-1", "Debian:12", "nginx", "0", "1.1",
                     "CVE-2024-0001 CVE-2024-0002", "");
    fixture_open(&fixture);
    assert_int_equal(
        knowledge_advisories_naming(fixture.knowledge, fixture_id("CVE-2024-0002"), &first), 2);
    assert_true(knowledge_advisory_naming(fixture.knowledge, first, &advisory));
    assert_true(str_eq(advisory.id, STR("DSA-1-1")));
    assert_true(knowledge_advisory_naming(fixture.knowledge, first + 1, &advisory));
    assert_true(str_eq(advisory.id, STR("DSA-2-1")));
    assert_int_equal(advisory.place_count, 1);
    assert_true(knowledge_advisory_place(fixture.knowledge, advisory.first_place, &affected));
    assert_true(str_eq(affected.fixed_text, STR("1.2")));
}

static void the_last_of_an_advisory_stays(void **state)
{
    struct knowledge_ecosystem ecosystem;
    struct knowledge_package package;
    struct knowledge_affected affected;
    (void)state;
    fixture_advisory(&fixture, "DSA-1-1", "Debian:12", "nginx", "0", "1.1", "CVE-2024-0001", "");
    fixture_advisory(&fixture, "DSA-1-1", "Debian:12", "nginx", "0", "1.2", "CVE-2024-0001", "");
    fixture_open(&fixture);
    assert_int_equal(knowledge_advisory_count(fixture.knowledge), 1);
    assert_true(knowledge_find_ecosystem(fixture.knowledge, STR("Debian:12"), &ecosystem));
    assert_true(knowledge_find_package(fixture.knowledge, ecosystem.index, STR("nginx"), &package));
    assert_int_equal(package.affected_count, 1);
    assert_true(knowledge_affected(fixture.knowledge, package.first_affected, &affected));
    assert_true(str_eq(affected.fixed_text, STR("1.2")));
}

static void what_no_server_installs_is_left_out(void **state)
{
    (void)state;
    fixture_advisory(&fixture, "GHSA-1", "npm", "left-pad", "0", "1.1", "CVE-2024-0001", "");
    fixture_open(&fixture);
    assert_int_equal(knowledge_advisory_count(fixture.knowledge), 0);
    assert_int_equal(knowledge_ecosystem_count(fixture.knowledge), 0);
}

static void withdrawn_advisories_are_left_out(void **state)
{
    const struct feed_affected affected = {.ecosystem = STR("Debian:12"), .package = STR("nginx")};
    const struct feed_advisory advisory = {
        .id = STR("DSA-1-1"), .withdrawn = 1000, .affected = &affected, .affected_count = 1};
    (void)state;
    fixture.sink.advisory(fixture.sink.context, &advisory, NULL);
    fixture_open(&fixture);
    assert_int_equal(knowledge_advisory_count(fixture.knowledge), 0);
}

static void versions_one_by_one_are_stretches(void **state)
{
    const struct str versions[] = {STR("1.0-1"), STR("1.1-1")};
    const struct feed_affected affected = {.ecosystem = STR("Debian:12"),
                                           .package = STR("nginx"),
                                           .versions = versions,
                                           .version_count = 2};
    const struct feed_advisory advisory = {
        .id = STR("DSA-1-1"), .withdrawn = TIME_NONE, .affected = &affected, .affected_count = 1};
    struct knowledge_affected found;
    (void)state;
    fixture.sink.advisory(fixture.sink.context, &advisory, NULL);
    fixture_open(&fixture);
    assert_true(knowledge_affected(fixture.knowledge, 1, &found));
    assert_true(str_eq(found.introduced_text, STR("1.1-1")));
    assert_true(str_eq(found.last_text, STR("1.1-1")));
}

/* ">=0 <2 <=3 limit 4" as events. */
static uint32_t read_events(const char *text, struct feed_event *events)
{
    uint32_t count = 0;
    enum feed_event_kind kind = FEED_INTRODUCED;
    struct str rest = str_from(text), word;
    while (str_next_word(&rest, &word)) {
        if (str_eq_text(word, "limit")) {
            kind = FEED_LIMIT;
            continue;
        }
        if (kind != FEED_LIMIT) {
            kind = str_starts(word, STR(">="))   ? FEED_INTRODUCED
                   : str_starts(word, STR("<=")) ? FEED_LAST_AFFECTED
                                                 : FEED_FIXED;
            word = str_skip(word, kind == FEED_FIXED ? 1 : 2);
        }
        events[count++] = (struct feed_event){kind, word};
        kind = FEED_INTRODUCED;
    }
    return count;
}

static void put_stretches(struct buf *out)
{
    struct knowledge_ecosystem ecosystem;
    struct knowledge_package package;
    assert_true(knowledge_ecosystem(fixture.knowledge, 0, &ecosystem));
    assert_true(knowledge_find_package(fixture.knowledge, ecosystem.index, STR("nginx"), &package));
    for (uint32_t i = 0; i < package.affected_count; i++) {
        struct knowledge_affected row;
        assert_true(knowledge_affected(fixture.knowledge, package.first_affected + i, &row));
        buf_printf(out, "%s[%.*s,%.*s%.*s%s", i ? " " : "", STR_ARG(row.introduced_text),
                   STR_ARG(row.fixed_text), STR_ARG(row.last_text), row.last_text.len ? "]" : ")");
    }
}

static void events_make_stretches(void **state)
{
    static const struct {
        const char *events, *versions, *stretches;
    } cases[] = {
        {">=0 <2", "", "[,2)"},
        {"<2 >=0", "", "[,2)"},
        {">=3 <=4 >=0 <2 >=5", "", "[,2) [3,4] [5,)"},
        {">=0 >=1 <2 <3", "", "[,2)"},
        {">=1.10 <1.9 >=0", "", "[,1.9) [1.10,)"},
        {">=2 <2", "", "[2,2)"},
        {">=0 limit 4", "", "[,4)"},
        {">=0 <5 limit 4 limit 3", "", "[,4)"},
        {">=0 <2 >=3 <5 limit 4", "", "[,2) [3,4)"},
        {">=0 <2 >=3 limit 3", "", "[,2)"},
        {">=0 <2 limit *", "", "[,2)"},
        {">=1 <2", "1 1.5", "[1,2)"},
        {">=1 <2", "0.9 1.5 2", "[1,2) [0.9,0.9] [2,2]"},
        {">=0 <=2", "2 3", "[,2] [3,3]"},
        {">=0", "7", "[,)"},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct feed_event events[8];
        struct feed_range range = {events, read_events(cases[i].events, events)};
        struct str versions[4], rest = str_from(cases[i].versions);
        struct feed_affected affected = {.ecosystem = STR("Debian:12"),
                                         .package = STR("nginx"),
                                         .ranges = &range,
                                         .range_count = 1,
                                         .versions = versions};
        while (str_next_word(&rest, &versions[affected.version_count]))
            affected.version_count++;
        struct feed_advisory advisory = {.id = STR("DSA-1-1"),
                                         .withdrawn = TIME_NONE,
                                         .affected = &affected,
                                         .affected_count = 1};
        struct buf out;
        buf_init(&out, 1024);
        fixture.sink.advisory(fixture.sink.context, &advisory, NULL);
        fixture_open(&fixture);
        put_stretches(&out);
        assert_string_equal(buf_text(&out), cases[i].stretches);
        buf_done(&out);
        fixture_done(&fixture);
        fixture_init(&fixture);
    }
}

static void red_hat_names_the_release_with_its_minor(void **state)
{
    struct knowledge_ecosystem ecosystem;
    (void)state;
    fixture_advisory(&fixture, "RHSA-1", "Red Hat:enterprise_linux:10.0", "nginx", "0", "1.1", "",
                     "");
    fixture_advisory(&fixture, "RHSA-2", "Red Hat:enterprise_linux:10.1", "nginx", "0", "1.2", "",
                     "");
    fixture_advisory(&fixture, "RHSA-3", "Red Hat:enterprise_linux_eus:10.0", "nginx", "0", "1.2",
                     "", "");
    fixture_open(&fixture);
    assert_int_equal(knowledge_ecosystem_count(fixture.knowledge), 2);
    assert_true(knowledge_find_ecosystem(fixture.knowledge, STR("Red Hat:enterprise_linux:10"),
                                         &ecosystem));
    assert_int_equal(ecosystem.advisory_count, 2);
    assert_true(knowledge_find_ecosystem(fixture.knowledge,
                                         STR("Red Hat:enterprise_linux_eus:10.0"), &ecosystem));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(packages_are_found_in_their_ecosystem),
        TEST(advisories_are_found_by_cve),
        TEST(the_last_of_an_advisory_stays),
        TEST(what_no_server_installs_is_left_out),
        TEST(withdrawn_advisories_are_left_out),
        TEST(versions_one_by_one_are_stretches),
        TEST(events_make_stretches),
        TEST(red_hat_names_the_release_with_its_minor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
