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

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(packages_are_found_in_their_ecosystem), TEST(advisories_are_found_by_cve),
        TEST(the_last_of_an_advisory_stays),         TEST(what_no_server_installs_is_left_out),
        TEST(withdrawn_advisories_are_left_out),     TEST(versions_one_by_one_are_stretches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
