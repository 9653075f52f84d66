#include "assess/engine.h"
#include "server.h"

/* The rules of docs/assessment.md, row by row: dates of a release, a programme, the day; what comes
 * out. */
static void states_come_from_dates(void **state)
{
    static const struct {
        const char *active, *supported, *extended;
        enum feed_flag ended_active, ended;
        const char *programme, *as_of;
        enum support_state state;
        const char *until;
        int32_t days_left;
    } cases[] = {
        /* Debian 12: long-term support is for everybody. */
        {NULL, "2026-07-11", "2028-06-30", 0, FEED_FLAG_TRUE, "long-term support", "2026-11-22",
         SUPPORT_EXTENDED, "2028-06-30", 586},
        {NULL, "2026-07-11", "2028-06-30", 0, FEED_FLAG_TRUE, "long-term support", "2026-07-11",
         SUPPORT_MAINSTREAM, "2028-06-30", 720},
        {NULL, "2026-07-11", "2028-06-30", 0, FEED_FLAG_TRUE, "long-term support", "2026-07-12",
         SUPPORT_EXTENDED, "2028-06-30", 719},
        {NULL, "2026-07-11", "2028-06-30", 0, 0, "long-term support", "2028-06-30",
         SUPPORT_EXTENDED, "2028-06-30", 0},
        {NULL, "2026-07-11", "2028-06-30", 0, 0, "long-term support", "2028-07-01", SUPPORT_ENDED,
         "2028-06-30", -1},
        /* The flags are of the feed's day: dates decide, before and after it. */
        {NULL, "2026-07-11", "2028-06-30", 0, FEED_FLAG_TRUE, "long-term support", "2024-01-01",
         SUPPORT_MAINSTREAM, "2028-06-30", 1642},
        {NULL, "2026-11-01", NULL, 0, FEED_FLAG_FALSE, "", "2026-11-22", SUPPORT_ENDED,
         "2026-11-01", -21},
        /* A paid extension counts only where it is seen. */
        {"2019-08-06", "2024-06-30", "2029-05-31", 0, 0, "", "2026-11-22", SUPPORT_ENDED,
         "2024-06-30", -875},
        {"2019-08-06", "2024-06-30", "2029-05-31", 0, 0, "Extended Life Cycle Support",
         "2026-11-22", SUPPORT_EXTENDED, "2029-05-31", 921},
        /* Active support, then the end of life. */
        {"2024-05-31", "2029-05-31", NULL, 0, 0, "", "2026-11-22", SUPPORT_EXTENDED, "2029-05-31",
         921},
        {"2027-05-31", "2032-05-31", NULL, 0, 0, "", "2026-11-22", SUPPORT_MAINSTREAM, "2032-05-31",
         2017},
        /* Without dates: true is ended, false is supported, nothing is unknown. */
        {NULL, NULL, NULL, 0, FEED_FLAG_TRUE, "", "2026-11-22", SUPPORT_ENDED, NULL, 0},
        {NULL, NULL, NULL, 0, FEED_FLAG_FALSE, "", "2026-11-22", SUPPORT_MAINSTREAM, NULL, 0},
        {NULL, NULL, NULL, FEED_FLAG_TRUE, FEED_FLAG_FALSE, "", "2026-11-22", SUPPORT_EXTENDED,
         NULL, 0},
        {NULL, NULL, NULL, 0, FEED_FLAG_ABSENT, "", "2026-11-22", SUPPORT_UNKNOWN, NULL, 0},
        {NULL, "2030-01-01", NULL, FEED_FLAG_TRUE, FEED_FLAG_FALSE, "", "2026-11-22",
         SUPPORT_EXTENDED, "2030-01-01", 1136},
        {"2025-01-01", NULL, NULL, FEED_FLAG_TRUE, FEED_FLAG_FALSE, "", "2026-11-22",
         SUPPORT_EXTENDED, NULL, 0},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena;
        arena_init(&arena);
        struct feed_release from =
            fixture_release("1", NULL, cases[i].active, cases[i].supported, cases[i].extended);
        struct knowledge_release release = {.name = STR("1"),
                                            .active_until = from.active_until,
                                            .supported_until = from.supported_until,
                                            .extended_until = from.extended_until,
                                            .ended_active = cases[i].ended_active,
                                            .ended = cases[i].ended};
        struct support support = support_of_release(&release, fixture_date(cases[i].as_of),
                                                    str_from(cases[i].programme), &arena);
        if (support.state != cases[i].state)
            fail_msg("case %u: %s", i, support_state_name(support.state));
        assert_int_equal(support.until, fixture_date(cases[i].until));
        assert_int_equal(support.has_days, cases[i].until != NULL);
        assert_int_equal(support.days_left, cases[i].days_left);
        assert_true(support.reason.len > 0);
        arena_done(&arena);
    }
}

static void add_debian(struct server *server)
{
    struct feed_release releases[] = {
        fixture_release("12", NULL, NULL, "2026-07-11", "2028-06-30"),
        fixture_release("10", NULL, NULL, "2022-09-10", "2024-06-30"),
    };
    fixture_lifecycle(&server->fixture, "debian", NULL, releases, 2);
    server->tables.os_lifecycle = "debian";
}

static void os_and_its_packages(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    add_debian(&server);
    server_add(&server, "dpkg", "libexpat1", "2.5.0-1", "expat");
    server_assess(&server);
    assert_int_equal(server.assessment.os_support.state, SUPPORT_EXTENDED);
    assert_int_equal(server.assessment.os_support.days_left, 586);
    assert_text(server.assessment.os_support.programme, "long-term support");
    assert_text(server.assessment.os_support.reason,
                "regular support ended 2026-07-11, long-term support until 2028-06-30");
    assert_int_equal(server.assessment.software[0].support.state, SUPPORT_EXTENDED);
    assert_int_equal(server.assessment.risk_os, 0);
    server_done(&server);

    server_init(&server, "debian", "10");
    add_debian(&server);
    server_add(&server, "dpkg", "libexpat1", "2.2.6-2", "expat");
    server_add(&server, "dpkg", "libexpat1", "2.2.6-2", "expat")->arch = STR("i386");
    server_assess(&server);
    assert_int_equal(server.assessment.os_support.state, SUPPORT_ENDED);
    assert_int_equal(server.assessment.risk_os, 1);
    assert_int_equal(server.assessment.ended_software, 1);
    assert_int_equal(server.assessment.risk_software, 1);
    server_done(&server);
}

static void table_stands_in_for_the_feed(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    server.tables.os_until = fixture_date("2026-06-10");
    server.tables.os_extended = fixture_date("2028-06-30");
    server_assess(&server);
    assert_int_equal(server.assessment.os_support.state, SUPPORT_EXTENDED);
    assert_text(server.assessment.os_support.source, "share/os-support");
    server_done(&server);

    server_init(&server, "debian", "12");
    server_assess(&server);
    assert_int_equal(server.assessment.os_support.state, SUPPORT_UNKNOWN);
    assert_int_equal(server.assessment.risk_os, 0);
    server_done(&server);
}

static void paid_extension_needs_a_fact(void **state)
{
    static const struct {
        const char *fact;
        enum support_state state;
    } cases[] = {
        {NULL, SUPPORT_ENDED},
        {"not-attached", SUPPORT_ENDED},
        {"attached:esm-apps", SUPPORT_ENDED},
        {"attached:esm-infra,esm-apps", SUPPORT_EXTENDED},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server;
        server_init(&server, "ubuntu", "20.04");
        struct feed_release release =
            fixture_release("20.04", NULL, "2025-05-31", "2025-05-31", "2030-04-30");
        fixture_lifecycle(&server.fixture, "ubuntu", NULL, &release, 1);
        server.tables.os_lifecycle = "ubuntu";
        if (cases[i].fact)
            server_fact(&server, "ubuntu-pro", cases[i].fact);
        server_assess(&server);
        assert_int_equal(server.assessment.os_support.state, cases[i].state);
        server_done(&server);
    }
}

static void release_is_the_longest_prefix(void **state)
{
    static const struct {
        const char *version, *release; /* NULL: none fits */
    } cases[] = {
        {"18.20.4", "18"},  {"18", "18"},       {"180.1", NULL}, {"3.1.2", "3.1"},
        {"3.10.2", "3.10"}, {"3.100", NULL},    {"3", NULL},     {"1.0.2k", "1.0.2"},
        {"1.0.20", NULL},   {"2019-x", "2019"}, {"", NULL},
    };
    static const char *const names[] = {"18", "3.10", "3.1", "1.0.2", "2019"};
    struct feed_release releases[5];
    struct server server;
    struct knowledge_lifecycle lifecycle;
    (void)state;
    server_init(&server, "debian", "12");
    for (unsigned i = 0; i < 5; i++)
        releases[i] = fixture_release(names[i], NULL, NULL, NULL, NULL);
    fixture_lifecycle(&server.fixture, "thing", NULL, releases, 5);
    server_assess(&server);
    assert_true(knowledge_find_lifecycle(server.knowledge, STR("thing"), &lifecycle));
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct knowledge_release release;
        bool found = support_find_release(server.knowledge, &lifecycle, str_from(cases[i].version),
                                          &release);
        if (found != (cases[i].release != NULL))
            fail_msg("%s", cases[i].version);
        if (found)
            assert_text(release.name, cases[i].release);
    }
    server_done(&server);
}

/* Feeds drop the oldest releases: what is before one that has ended has ended too. */
static void unlisted_is_ended_before_an_ended_release(void **state)
{
    static const struct {
        const char *version;
        enum support_state state;
    } cases[] = {
        {"8.8.1", SUPPORT_ENDED},       {"8.15", SUPPORT_ENDED},   {"8.20", SUPPORT_UNKNOWN},
        {"9.1", SUPPORT_UNKNOWN},       {"10.2", SUPPORT_UNKNOWN}, {"3.5.1", SUPPORT_UNKNOWN},
        {"3.4", SUPPORT_UNKNOWN},       {"3.7", SUPPORT_ENDED},    {"20.3.2", SUPPORT_UNKNOWN},
        {"2022", SUPPORT_ENDED},        {"6.1", SUPPORT_ENDED},    {"1.2", SUPPORT_UNKNOWN},
        {"", SUPPORT_UNKNOWN},          {"x8.8", SUPPORT_UNKNOWN}, {"7000.1", SUPPORT_UNKNOWN},
        {"30.0.0", SUPPORT_UNKNOWN},    {"30.39", SUPPORT_ENDED},  {"8", SUPPORT_UNKNOWN},
        {"8.8-1ubuntu", SUPPORT_ENDED},
    };
    struct feed_release releases[] = {
        fixture_release("9.0", NULL, NULL, "2030-01-01", NULL),
        fixture_release("8.19", NULL, NULL, "2026-01-01", NULL),
        fixture_release("8.14", NULL, NULL, "2024-08-08", NULL),
        fixture_release("7", NULL, NULL, "2026-01-15", NULL),
        fixture_release("4.0", NULL, NULL, "2016-01-12", NULL),
        fixture_release("3.5-sp1", NULL, NULL, "2029-01-09", NULL),
        fixture_release("2023", NULL, NULL, "2024-01-01", NULL),
        fixture_release("30.40", NULL, NULL, "2024-01-01", NULL),
    };
    struct server server;
    struct knowledge_lifecycle lifecycle;
    (void)state;
    server_init(&server, "debian", "12");
    fixture_lifecycle(&server.fixture, "thing", NULL, releases, 8);
    server_assess(&server);
    assert_true(knowledge_find_lifecycle(server.knowledge, STR("thing"), &lifecycle));
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct support support =
            support_of_unlisted(server.knowledge, &lifecycle, str_from(cases[i].version),
                                server.options.as_of, &server.arena);
        if (support.state != cases[i].state || support.until != DATE_NONE)
            fail_msg("%s: %d", cases[i].version, (int)support.state);
    }
    server_done(&server);
}

static void maker_follows_its_own_cycle(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    add_debian(&server);
    struct feed_release releases[] = {
        fixture_release("22", NULL, "2025-10-21", "2027-04-30", NULL),
        fixture_release("18", NULL, "2023-10-18", "2025-04-30", NULL),
    };
    fixture_lifecycle(&server.fixture, "nodejs", NULL, releases, 2);
    server_identity(
        &server,
        (struct fake_row){.name = "nodejs", .supplier = SUPPLIER_MAKER, .lifecycle = "nodejs"});
    server_identity(&server, (struct fake_row){.name = "tool", .supplier = SUPPLIER_MAKER});
    server_add(&server, "dpkg", "nodejs", "18.20.4-1nodesource1", "");
    server_add(&server, "dpkg", "tool", "1.0", "");
    server_add(&server, "dpkg", "libexpat1", "2.5.0-1", "expat");
    server_assess(&server);
    assert_int_equal(server.assessment.software[0].support.state, SUPPORT_ENDED);
    assert_text(server.assessment.software[0].support.release, "18");
    assert_int_equal(server.assessment.software[1].support.state, SUPPORT_UNKNOWN);
    assert_int_equal(server.assessment.software[2].support.state, SUPPORT_EXTENDED);
    assert_int_equal(server.assessment.ended_software, 1);
    assert_int_equal(server.assessment.risk_software, 1);
    server_done(&server);
}

static void distribution_says_what_it_does_not_support(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    add_debian(&server);
    server.tables.unsupported = "zoneminder";
    server.tables.unsupported_since = fixture_date("2025-01-01");
    server_add(&server, "dpkg", "zoneminder", "1.36", "");
    server_add(&server, "dpkg", "libgolang", "1.19", "golang-1.19");
    server.unsupported[0] = (struct inventory_unsupported){STR("golang-1.19"), true, DATE_NONE,
                                                           STR("rebuilds are not made")};
    server.inventory.unsupported_count = 1;
    server_assess(&server);
    assert_true(server.assessment.software[0].unsupported_by_distribution);
    assert_int_equal(server.assessment.software[0].support.state, SUPPORT_ENDED);
    assert_int_equal(server.assessment.software[0].support.until, fixture_date("2025-01-01"));
    assert_true(server.assessment.software[1].limited_support);
    assert_int_equal(server.assessment.software[1].support.state, SUPPORT_EXTENDED);
    assert_int_equal(server.assessment.ended_software, 1);

    /* What debian-security-support says on the machine outdoes the table. */
    server.inventory.unsupported_known = TRUTH_YES;
    server_assess(&server);
    assert_int_equal(server.assessment.ended_software, 0);

    /* A statement about the future ends support then. */
    server.inventory.unsupported_known = TRUTH_UNKNOWN;
    server.tables.unsupported_since = fixture_date("2027-01-01");
    server_assess(&server);
    assert_int_equal(server.assessment.software[0].support.state, SUPPORT_EXTENDED);
    assert_int_equal(server.assessment.software[0].support.until, fixture_date("2027-01-01"));
    server_done(&server);
}

static void module_streams_end_before_their_release(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    add_debian(&server);
    server.tables.module = "postgresql:10:1:2";
    server.tables.module_until = fixture_date("2024-05-31");
    server_add(&server, "rpm", "postgresql-server", "10.23-1", "postgresql");
    server.software[0].module = STR("postgresql:10:1:2");
    server_assess(&server);
    const struct software_insight *insight = &server.assessment.software[0];
    assert_int_equal(insight->support.state, SUPPORT_ENDED);
    assert_int_equal(insight->support.until, fixture_date("2024-05-31"));
    assert_true(insight->unsupported_by_distribution);
    assert_true(str_eq_text(insight->support.reason, "the distribution supported the module stream "
                                                     "postgresql:10 until 2024-05-31"));

    server.tables.module_until = fixture_date("2027-05-31");
    server_assess(&server);
    insight = &server.assessment.software[0];
    assert_int_equal(insight->support.state, SUPPORT_EXTENDED);
    assert_int_equal(insight->support.until, fixture_date("2027-05-31"));

    /* Longer than the release: the release ends it. */
    server.tables.module_until = fixture_date("2040-05-31");
    server_assess(&server);
    insight = &server.assessment.software[0];
    assert_int_equal(insight->support.until, fixture_date("2028-06-30"));
    assert_false(insight->unsupported_by_distribution);
    server_done(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_come_from_dates),
        cmocka_unit_test(os_and_its_packages),
        cmocka_unit_test(table_stands_in_for_the_feed),
        cmocka_unit_test(paid_extension_needs_a_fact),
        cmocka_unit_test(release_is_the_longest_prefix),
        cmocka_unit_test(unlisted_is_ended_before_an_ended_release),
        cmocka_unit_test(maker_follows_its_own_cycle),
        cmocka_unit_test(distribution_says_what_it_does_not_support),
        cmocka_unit_test(module_streams_end_before_their_release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
