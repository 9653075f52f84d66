#include "server.h"

/* A Debian 12 server with one package and one advisory: who is vulnerable. */
static void version_at_the_fix_is_not_vulnerable(void **state)
{
    static const struct {
        const char *version;
        bool vulnerable;
    } cases[] = {
        {"2.5.0-1", true},           {"2.5.0-1+deb12u1", true}, {"2.5.0-1+deb12u2", false},
        {"2.5.0-1+deb12u10", false}, {"1:2.4.0-1", false}, /* an epoch is above all without one */
        {"2.5.0~rc1-1", true},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server;
        server_init(&server, "debian", "12");
        fixture_advisory(&server.fixture, "DEBIAN-CVE-2023-52425", "Debian:12", "expat", "0",
                         "2.5.0-1+deb12u2", "CVE-2023-52425", "");
        server_add(&server, "dpkg", "libexpat1", cases[i].version, "expat");
        server_assess(&server);
        assert_int_equal(server.assessment.finding_count, cases[i].vulnerable);
        assert_int_equal(server.assessment.risk_vulnerabilities, cases[i].vulnerable);
        server_done(&server);
    }
}

static void finding_says_all(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    fixture_cve(&server.fixture, "CVE-2025-15467", "2026-04-28T10:00:00", 98, NULL);
    fixture_kev(&server.fixture, "CVE-2025-15467", "2026-05-01");
    fixture_epss(&server.fixture, "CVE-2025-15467", 0.71, 0.99);
    fixture_advisory(&server.fixture, "DEBIAN-CVE-2025-15467", "Debian:12", "openssl", "0",
                     "3.0.18-1~deb12u2", "CVE-2025-15467", "");
    server_add(&server, "dpkg", "libssl3", "3.0.15-1~deb12u1", "openssl");
    server_add(&server, "dpkg", "openssl", "3.0.15-1~deb12u1", "openssl");
    server_assess(&server);
    assert_int_equal(server.assessment.finding_count, 1);
    const struct finding *finding = &server.assessment.findings[0];
    assert_text(finding->software, "openssl");
    assert_int_equal(finding->package_count, 2);
    assert_int_equal(finding->packages[1], 1);
    assert_text(finding->installed, "3.0.15-1~deb12u1");
    assert_text(finding->source, "Debian");
    assert_text(finding->advisory, "DEBIAN-CVE-2025-15467");
    assert_text(finding->criterion, "openssl < 3.0.18-1~deb12u2 in DEBIAN-CVE-2025-15467");
    assert_text(finding->fixed_in, "3.0.18-1~deb12u2");
    assert_int_equal(finding->confidence, CONFIDENCE_ADVISORY);
    assert_int_equal(finding->level, LEVEL_CRITICAL);
    assert_int_equal(finding->score, 98);
    assert_int_equal(finding->age_days, 208);
    assert_true(finding->known_exploited);
    assert_int_equal(finding->exploited_due, date_from_civil(2026, 5, 1));
    assert_true(finding->epss > 0.70 && finding->epss < 0.72);
    assert_int_equal(server.assessment.confirmed.by_level[LEVEL_CRITICAL], 1);
    assert_int_equal(server.assessment.software[0].findings, 1);
    server_done(&server);
}

static void bulletin_and_record_are_one_finding(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    fixture_advisory(&server.fixture, "DEBIAN-CVE-2023-0464", "Debian:12", "openssl", "0",
                     "3.0.9-1", "CVE-2023-0464", "");
    fixture_advisory(&server.fixture, "DSA-5417-1", "Debian:12", "openssl", "0", "3.0.10-1",
                     "CVE-2023-0464 CVE-2023-0465", "");
    server_add(&server, "dpkg", "openssl", "3.0.8-1", "openssl");
    server_assess(&server);
    assert_int_equal(server.assessment.finding_count, 2);
    const struct finding *finding = server_finding(&server, "CVE-2023-0464", NULL);
    /* The record of the CVE itself says more exactly where it is fixed. */
    assert_text(finding->fixed_in, "3.0.9-1");
    assert_text(finding->advisory, "DSA-5417-1");
    assert_text(finding->criterion, "openssl < 3.0.9-1 in DSA-5417-1, DEBIAN-CVE-2023-0464");
    assert_text(server_finding(&server, "CVE-2023-0465", NULL)->fixed_in, "3.0.10-1");
    server_done(&server);

    server_init(&server, "debian", "12");
    fixture_advisory(&server.fixture, "DEBIAN-CVE-2023-0464", "Debian:12", "openssl", "0", "",
                     "CVE-2023-0464", "");
    fixture_advisory(&server.fixture, "DSA-5417-1", "Debian:12", "openssl", "0", "3.0.10-1",
                     "CVE-2023-0464", "");
    server_add(&server, "dpkg", "openssl", "3.0.8-1", "openssl");
    server_assess(&server);
    /* A fix that the record does not know yet is taken from the bulletin. */
    assert_int_equal(server.assessment.finding_count, 1);
    assert_text(server.assessment.findings[0].fixed_in, "3.0.10-1");
    server_done(&server);
}

static void no_fix_known_is_vulnerable(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    fixture_advisory(&server.fixture, "DEBIAN-CVE-2024-9999", "Debian:12", "expat", "0", "",
                     "CVE-2024-9999", "");
    fixture_advisory(&server.fixture, "DEBIAN-CVE-2024-9998", "Debian:12", "expat", "3.0-1", "",
                     "CVE-2024-9998", "");
    server_add(&server, "dpkg", "libexpat1", "2.5.0-1", "expat");
    server_assess(&server);
    assert_int_equal(server.assessment.finding_count, 1);
    assert_text(server.assessment.findings[0].fixed_in, "");
    assert_int_equal(server.assessment.findings[0].level, LEVEL_UNKNOWN);
    assert_text(server.assessment.findings[0].criterion,
                "expat, no fix known, in DEBIAN-CVE-2024-9999");
    server_done(&server);
}

/* What the distribution does not mean to fix is a finding that says so. */
static void rating_is_said_where_there_is_no_fix(void **state)
{
    static const struct {
        const char *urgency, *criterion;
    } cases[] = {
        {"unimportant", "expat, no fix known (rated unimportant), in DEBIAN-CVE-2013-0340"},
        {"end-of-life", "expat, no fix known (rated end-of-life), in DEBIAN-CVE-2013-0340"},
        {"not yet assigned", "expat, no fix known, in DEBIAN-CVE-2013-0340"},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server;
        uint64_t cve = fixture_id("CVE-2013-0340");
        struct feed_event begin = {FEED_INTRODUCED, STR("0")};
        struct feed_range range = {&begin, 1};
        struct feed_affected affected = {.ecosystem = STR("Debian:12"),
                                         .package = STR("expat"),
                                         .ranges = &range,
                                         .range_count = 1,
                                         .urgency = str_from(cases[i].urgency)};
        struct feed_advisory advisory = {.id = STR("DEBIAN-CVE-2013-0340"),
                                         .published = TIME_NONE,
                                         .modified = TIME_NONE,
                                         .withdrawn = TIME_NONE,
                                         .cves = &cve,
                                         .cve_count = 1,
                                         .affected = &affected,
                                         .affected_count = 1};
        server_init(&server, "debian", "12");
        server.fixture.sink.advisory(server.fixture.sink.context, &advisory, NULL);
        server_add(&server, "dpkg", "libexpat1", "2.5.0-1", "expat");
        server_assess(&server);
        assert_int_equal(server.assessment.confirmed_count, 1);
        assert_text(server.assessment.findings[0].criterion, cases[i].criterion);
        server_done(&server);
    }
}

static void rejected_and_nameless_are_nothing(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    struct feed_cve rejected = {.id = fixture_id("CVE-2024-1111"),
                                .published = TIME_NONE,
                                .modified = TIME_NONE,
                                .status = CVE_STATUS_REJECTED};
    server.fixture.sink.cve(server.fixture.sink.context, &rejected, NULL);
    fixture_advisory(&server.fixture, "DEBIAN-CVE-2024-1111", "Debian:12", "expat", "0", "9",
                     "CVE-2024-1111", "");
    fixture_advisory(&server.fixture, "ALBA-2024:1", "Debian:12", "expat", "0", "9", "", "");
    server_add(&server, "dpkg", "libexpat1", "2.5.0-1", "expat");
    server_assess(&server);
    assert_int_equal(server.assessment.finding_count, 0);
    server_done(&server);
}

static void source_version_decides(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    fixture_advisory(&server.fixture, "DEBIAN-CVE-2023-3961", "Debian:12", "samba", "0",
                     "2:4.17.12+dfsg-0+deb12u1", "CVE-2023-3961", "");
    server_add(&server, "dpkg", "ldb-tools", "2:2.6.2+samba4.17.12+dfsg-0+deb12u1", "samba")
        ->source_version = STR("2:4.17.12+dfsg-0+deb12u1");
    server_assess(&server);
    assert_int_equal(server.assessment.finding_count, 0);
    assert_int_equal(server.assessment.coverage.covered, 1);
    server_done(&server);
}

static void kernel_counts_against_images_only(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    fixture_advisory(&server.fixture, "DEBIAN-CVE-2024-1086", "Debian:12", "linux", "0", "6.1.76-1",
                     "CVE-2024-1086", "");
    server_add(&server, "dpkg", "linux-libc-dev", "6.1.69-1", "linux");
    server_assess(&server);
    assert_int_equal(server.assessment.finding_count, 0);
    server_done(&server);

    server_init(&server, "debian", "12");
    fixture_advisory(&server.fixture, "DEBIAN-CVE-2024-1086", "Debian:12", "linux", "0", "6.1.76-1",
                     "CVE-2024-1086", "");
    server_add(&server, "dpkg", "linux-libc-dev", "6.1.76-1", "linux");
    server_add(&server, "dpkg", "linux-image-6.1.0-17-amd64", "6.1.69-1", "linux-signed-amd64");
    server_assess(&server);
    assert_int_equal(server.assessment.finding_count, 1);
    assert_text(server.assessment.findings[0].software, "linux");
    assert_int_equal(server.assessment.findings[0].package_count, 1);
    assert_int_equal(server.assessment.findings[0].packages[0], 1);
    server_done(&server);
}

static void running_kernel_decides(void **state)
{
    static const struct {
        const char *running;
        uint32_t findings;
    } cases[] = {
        {"", 1}, /* not known: any installed image may boot */
        {"linux-image-6.1.0-17-amd64", 1},
        {"linux-image-6.1.0-18-amd64", 0},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server;
        server_init(&server, "debian", "12");
        fixture_advisory(&server.fixture, "DEBIAN-CVE-2024-1086", "Debian:12", "linux", "0",
                         "6.1.76-1", "CVE-2024-1086", "");
        server_add(&server, "dpkg", "linux-image-6.1.0-17-amd64", "6.1.69-1", "linux-signed-amd64");
        server_add(&server, "dpkg", "linux-image-6.1.0-18-amd64", "6.1.76-1", "linux-signed-amd64");
        server.inventory.kernel.running_package = str_from(cases[i].running);
        server_assess(&server);
        assert_int_equal(server.assessment.finding_count, cases[i].findings);
        assert_int_equal(has_note(&server.assessment, "do not run"), cases[i].running[0] != 0);
        server_done(&server);
    }
}

/* rpm keeps several kernels under one name; the collector marks the one that runs. */
static void mark_of_the_collector_decides(void **state)
{
    static const struct {
        const char *old_status, *new_status;
        uint32_t findings;
    } cases[] = {{"kernel-running", "kernel-image", 1}, {"kernel-image", "kernel-running", 0}};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct server server;
        server_init(&server, "almalinux", "8");
        fixture_advisory(&server.fixture, "ALSA-2024:1607", "AlmaLinux:8", "kernel-core", "0",
                         "4.18.0-513.24.1.el8_9", "CVE-2024-1086", "");
        server_add(&server, "rpm", "kernel-core", "4.18.0-513.18.1.el8_9", "kernel")->status =
            str_from(cases[i].old_status);
        server_add(&server, "rpm", "kernel-core", "4.18.0-513.24.1.el8_9", "kernel")->status =
            str_from(cases[i].new_status);
        server.inventory.kernel.running_package = STR("kernel-core");
        server_assess(&server);
        assert_int_equal(server.assessment.finding_count, cases[i].findings);
        server_done(&server);
    }
}

#define NGINX_184 "1:1.18.0-3.module_el8.4.0+2472+f736ed63.1.alma"
#define NGINX_185 "1:1.18.0-3.module_el8.5.0+36+48437aab.1.alma"

static void module_builds_are_alternatives(void **state)
{
    static const struct {
        const char *version, *module;
        uint32_t findings, other_stream, incomparable;
    } cases[] = {
        {NGINX_184, "nginx:1.18:8040:9f9e", 0, 0, 0},
        {NGINX_185, "nginx:1.18:8050:9f9e", 0, 0, 0},
        {"1:1.18.0-3.module_el8.4.0+2400+f736ed63.alma", "nginx:1.18:8040:9f9e", 1, 0, 0},
        {"1:1.16.0-3.module_el8.4.0+2400+f736ed63.alma", "nginx:1.16:8040:9f9e", 0, 1, 0},
        {"1:1.18.0-3.module_el8.4.0+2400+f736ed63.alma", "", 0, 0, 1},
        {"1:1.18.0-2.el8", "", 0, 1, 0},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server;
        server_init(&server, "almalinux", "8");
        uint64_t cve = fixture_id("CVE-2021-23017");
        struct feed_event builds[][2] = {
            {{FEED_INTRODUCED, STR("0")}, {FEED_FIXED, STR(NGINX_185)}},
            {{FEED_INTRODUCED, STR("0")}, {FEED_FIXED, STR(NGINX_184)}}};
        struct feed_range ranges[] = {{builds[0], 2}, {builds[1], 2}};
        struct feed_affected affected = {.ecosystem = STR("AlmaLinux:8"),
                                         .package = STR("nginx"),
                                         .ranges = ranges,
                                         .range_count = 2,
                                         .urgency = STR("")};
        struct feed_advisory advisory = {.id = STR("ALSA-2021:2259"),
                                         .published = TIME_NONE,
                                         .modified = TIME_NONE,
                                         .withdrawn = TIME_NONE,
                                         .summary = STR("Important: nginx:1.18 security update"),
                                         .module = STR("nginx:1.18"),
                                         .cves = &cve,
                                         .cve_count = 1,
                                         .affected = &affected,
                                         .affected_count = 1};
        server.fixture.sink.advisory(server.fixture.sink.context, &advisory, NULL);
        server_add(&server, "rpm", "nginx", cases[i].version, "nginx")->module =
            str_from(cases[i].module);
        server_assess(&server);
        assert_int_equal(server.assessment.finding_count, cases[i].findings);
        assert_int_equal(server.assessment.coverage.other_stream, cases[i].other_stream);
        assert_int_equal(server.assessment.coverage.incomparable, cases[i].incomparable);
        server_done(&server);
    }
}

/* How a CVE is rated by advisories: id, summary, urgency. The record that decides says it, else
 * the lowest of the bulletins that name the CVE; a score outdoes them all. */
static void ratings_are_levels_without_a_score(void **state)
{
    struct statement {
        const char *id, *summary, *urgency;
    };
    static const struct {
        struct statement statements[2];
        int score;
        enum level level;
        const char *by, *word;
    } cases[] = {
        {{{"ALSA-2024:9333", "Moderate: openssl security update", ""}},
         CVSS_NO_SCORE,
         LEVEL_MEDIUM,
         "AlmaLinux",
         "Moderate"},
        {{{"ALSA-2024:9333", "Important: openssl security update", ""}},
         CVSS_NO_SCORE,
         LEVEL_HIGH,
         "AlmaLinux",
         "Important"},
        {{{"ALSA-2024:9333", "Important: openssl security update", ""}},
         31,
         LEVEL_LOW,
         "AlmaLinux",
         "Important"},
        {{{"ALSA-2024:9333", "Important: openssl security update", "Low"}},
         CVSS_NO_SCORE,
         LEVEL_LOW,
         "AlmaLinux",
         "Low"},
        {{{"CVE-2024-12797", "openssl: a flaw", ""},
          {"ALSA-2024:9333", "Critical: openssl security update", ""}},
         CVSS_NO_SCORE,
         LEVEL_CRITICAL,
         "AlmaLinux",
         "Critical"},
        {{{"ALSA-2024:9333", "openssl bug fix update", ""}},
         CVSS_NO_SCORE,
         LEVEL_UNKNOWN,
         NULL,
         NULL},
        {{{"ALSA-2024:9333", "openssl: High CPU use", "not yet assigned"}},
         CVSS_NO_SCORE,
         LEVEL_UNKNOWN,
         NULL,
         NULL},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server;
        uint64_t cve = fixture_id("CVE-2024-12797");
        server_init(&server, "almalinux", "9");
        for (unsigned k = 0; k < 2 && cases[i].statements[k].id; k++) {
            struct feed_event events[] = {{FEED_INTRODUCED, STR("0")},
                                          {FEED_FIXED, STR("1:3.2.2-6.el9_5.1")}};
            struct feed_range range = {events, 2};
            struct feed_affected affected = {.ecosystem = STR("AlmaLinux:9"),
                                             .package = STR("openssl"),
                                             .ranges = &range,
                                             .range_count = 1,
                                             .urgency = str_from(cases[i].statements[k].urgency)};
            struct feed_advisory advisory = {.id = str_from(cases[i].statements[k].id),
                                             .published = TIME_NONE,
                                             .modified = TIME_NONE,
                                             .withdrawn = TIME_NONE,
                                             .summary = str_from(cases[i].statements[k].summary),
                                             .cves = &cve,
                                             .cve_count = 1,
                                             .affected = &affected,
                                             .affected_count = 1};
            server.fixture.sink.advisory(server.fixture.sink.context, &advisory, NULL);
        }
        if (cases[i].score != CVSS_NO_SCORE)
            fixture_cve(&server.fixture, "CVE-2024-12797", "2025-02-11", cases[i].score,
                        (const char *[]){NULL});
        server_add(&server, "rpm", "openssl", "1:3.0.1-41.el9_0", "openssl");
        server_assess(&server);
        assert_int_equal(server.assessment.finding_count, 1);
        const struct finding *finding = &server.assessment.findings[0];
        assert_int_equal(finding->score, cases[i].score);
        assert_int_equal(finding->level, cases[i].level);
        assert_int_equal(server.assessment.confirmed.by_level[cases[i].level], 1);
        if (cases[i].by) {
            assert_text(finding->rating.by, cases[i].by);
            assert_text(finding->rating.word, cases[i].word);
        }
        server_done(&server);
    }
}

static void fix_of_the_own_minor_release_decides(void **state)
{
    static const struct {
        const char *version;
        uint32_t findings;
    } cases[] = {
        {"2.28-236.el8_9.12", 1}, {"2.28-236.el8_9.13", 0},
        {"2.28-251.el8_10", 1},   {"2.28-251.el8_10.1", 0},
        {"2.28-225.el8_8.6", 1},  {"2.28-251.el8", 1},
        {"2.28-260.el8", 0},      {"2.28-240.el7", 0 /* not comparable */},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server;
        server_init(&server, "almalinux", "8");
        fixture_advisory(&server.fixture, "ALSA-2024:2722", "AlmaLinux:8", "glibc", "0",
                         "2.28-236.el8_9.13", "CVE-2024-2961", "");
        fixture_advisory(&server.fixture, "ALSA-2024:3269", "AlmaLinux:8", "glibc", "0",
                         "2.28-251.el8_10.1", "CVE-2024-2961", "");
        server_add(&server, "rpm", "glibc", cases[i].version, "glibc");
        server_assess(&server);
        assert_int_equal(server.assessment.finding_count, cases[i].findings);
        server_done(&server);
    }
}

static void binaries_of_an_rpm_source_are_one_finding(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "almalinux", "9");
    fixture_advisory(&server.fixture, "ALSA-2022:7288", "AlmaLinux:9", "openssl", "0",
                     "1:3.0.1-43.el9_0", "CVE-2022-3602", "");
    fixture_advisory(&server.fixture, "ALSA-2022:7289", "AlmaLinux:9", "openssl-libs", "0",
                     "1:3.0.1-43.el9_0", "CVE-2022-3602", "");
    server_add(&server, "rpm", "openssl", "1:3.0.1-41.el9_0", "openssl");
    server_add(&server, "rpm", "openssl-libs", "1:3.0.1-41.el9_0", "openssl");
    server_assess(&server);
    assert_int_equal(server.assessment.finding_count, 1);
    assert_int_equal(server.assessment.findings[0].package_count, 2);
    assert_text(server.assessment.findings[0].source, "AlmaLinux");
    server_done(&server);
}

static void one_cve_of_two_sources_counts_once(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    fixture_advisory(&server.fixture, "DEBIAN-CVE-2023-52425", "Debian:12", "expat", "0",
                     "2.5.0-1+deb12u2", "CVE-2023-52425", "");
    fixture_advisory(&server.fixture, "DSA-1-1", "Debian:12", "python3.11", "0", "3.11.2-6+deb12u8",
                     "CVE-2023-52425", "");
    server_add(&server, "dpkg", "libexpat1", "2.5.0-1", "expat");
    server_add(&server, "dpkg", "python3.11", "3.11.2-6", "python3.11");
    server_assess(&server);
    assert_int_equal(server.assessment.finding_count, 2);
    assert_int_equal(server.assessment.confirmed_count, 2);
    assert_int_equal(server.assessment.confirmed.total, 1);
    assert_int_equal(server.assessment.risk_vulnerabilities, 1);
    server_done(&server);
}

/* Extended support is asked ahead of everybody's advisories where a fact shows that the server is
 * enrolled, and elsewhere only for a fix that there is no other way to get. */
static void extended_support_decides_by_enrolment(void **state)
{
    static const struct {
        const char *id, *release, *ecosystem, *all, *paid; /* fixes, NULL: no record */
        const char *installed, *fact, *value;
        const char *fixed_in, *programme; /* NULL: no finding */
    } cases[] = {
        /* Past the end of regular support only ESM speaks of it. */
        {"ubuntu", "18.04", "Ubuntu:Pro:18.04:LTS", NULL, "1.1.1-1ubuntu2.23+esm5",
         "1.1.1-1ubuntu2.23", NULL, NULL, "1.1.1-1ubuntu2.23+esm5", "Ubuntu Pro (ESM)"},
        {"ubuntu", "18.04", "Ubuntu:Pro:18.04:LTS", NULL, "1.1.1-1ubuntu2.23+esm5",
         "1.1.1-1ubuntu2.23", "ubuntu-pro", "attached:esm-apps,esm-infra", "1.1.1-1ubuntu2.23+esm5",
         ""},
        {"ubuntu", "18.04", "Ubuntu:Pro:18.04:LTS", NULL, "1.1.1-1ubuntu2.23+esm5",
         "1.1.1-1ubuntu2.23+esm5", NULL, NULL, NULL, NULL},
        /* Everybody's record knows no fix. */
        {"ubuntu", "18.04", "Ubuntu:Pro:18.04:LTS", "", "1.1.1-1ubuntu2.23+esm5",
         "1.1.1-1ubuntu2.23", NULL, NULL, "1.1.1-1ubuntu2.23+esm5", "Ubuntu Pro (ESM)"},
        {"ubuntu", "18.04", "Ubuntu:Pro:18.04:LTS", "", "1.1.1-1ubuntu2.23+esm5",
         "1.1.1-1ubuntu2.23+esm5", NULL, NULL, NULL, NULL},
        /* Everybody's fix is the one to name, and to have. */
        {"ubuntu", "18.04", "Ubuntu:Pro:18.04:LTS", "1.1.1-1ubuntu2.9", "1.1.1-1ubuntu2.9",
         "1.1.1-1ubuntu2.8", "ubuntu-pro", "unattached", "1.1.1-1ubuntu2.9", ""},
        {"ubuntu", "18.04", "Ubuntu:Pro:18.04:LTS", "1.1.1-1ubuntu2.9", "1.1.1-1ubuntu2.9",
         "1.1.1-1ubuntu2.9", NULL, NULL, NULL, NULL},
        /* Other builds altogether: only for who has them. */
        {"ubuntu", "20.04", "Ubuntu:Pro:FIPS-updates:20.04:LTS", "1.1.1f-1ubuntu2.9",
         "1.1.1f-1ubuntu2.fips.30", "1.1.1f-1ubuntu2.fips.22", "ubuntu-pro",
         "attached:fips-updates", "1.1.1f-1ubuntu2.fips.30", ""},
        {"ubuntu", "20.04", "Ubuntu:Pro:FIPS-updates:20.04:LTS", "1.1.1f-1ubuntu2.9",
         "1.1.1f-1ubuntu2.fips.30", "1.1.1f-1ubuntu2.10", NULL, NULL, NULL, NULL},
        {"ubuntu", "20.04", "Ubuntu:Pro:FIPS-updates:20.04:LTS", "1.1.1f-1ubuntu2.9",
         "1.1.1f-1ubuntu2.fips.30", "1.1.1f-1ubuntu2.fips.30", "ubuntu-pro",
         "attached:fips-updates", NULL, NULL},
        /* The minor release's own fix, which is lower than that of the next one. */
        {"rhel", "9.2", "Red Hat:rhel_eus:9.2::baseos", "1:3.0.7-25.el9_3", "1:3.0.7-18.el9_2",
         "1:3.0.7-17.el9_2", "subscription", "registered:eus", "1:3.0.7-18.el9_2", ""},
        {"rhel", "9.2", "Red Hat:rhel_eus:9.2::baseos", "1:3.0.7-25.el9_3", "1:3.0.7-18.el9_2",
         "1:3.0.7-18.el9_2", "subscription", "registered:eus", NULL, NULL},
        {"rhel", "9.2", "Red Hat:rhel_eus:9.2::baseos", "1:3.0.7-25.el9_3", "1:3.0.7-18.el9_2",
         "1:3.0.7-18.el9_2", NULL, NULL, NULL, NULL},
        {"rhel", "9.2", "Red Hat:rhel_eus:9.2::baseos", "1:3.0.7-25.el9_3", "1:3.0.7-18.el9_2",
         "1:3.0.7-17.el9_2", "subscription", "registered", "1:3.0.7-25.el9_3", ""},
        /* A build of the next minor release is above the fix and lacks it. */
        {"rhel", "9.2", "Red Hat:rhel_eus:9.2::baseos", "1:3.0.7-25.el9_3", "1:3.0.7-18.el9_2",
         "1:3.0.7-24.el9_3", "subscription", "registered:eus", "1:3.0.7-25.el9_3", ""},
        {"rhel", "9.2", "Red Hat:rhel_eus:9.2::baseos", "1:3.0.7-25.el9_3", "1:3.0.7-18.el9_2",
         "1:3.0.7-17.el9_2", "subscription", "unregistered:eus", "1:3.0.7-18.el9_2", ""},
        {"rhel", "8.4", "Red Hat:rhel_aus:8.4::baseos", NULL, "1:1.1.1g-16.el8_4",
         "1:1.1.1g-15.el8_4", "subscription", "registered:aus,tus", "1:1.1.1g-16.el8_4", ""},
        {"rhel", "7.9", "Red Hat:rhel_els:7", NULL, "1:1.0.2k-27.el7_9", "1:1.0.2k-26.el7_9",
         "rhel-els", "enabled", "1:1.0.2k-27.el7_9", ""},
        {"rhel", "7.9", "Red Hat:rhel_els:7", NULL, "1:1.0.2k-27.el7_9", "1:1.0.2k-26.el7_9",
         "subscription", "registered", "1:1.0.2k-27.el7_9", "Extended Life Cycle Support"},
        {"sles", "15.3", "SUSE:Linux Enterprise Server 15 SP3-LTSS", NULL, "1.1.1d-150200.11.91.1",
         "1.1.1d-150200.11.88.1", "suse-ltss", "enabled", "1.1.1d-150200.11.91.1", ""},
        {"sles", "15.3", "SUSE:Linux Enterprise Server 15 SP3-LTSS", NULL, "1.1.1d-150200.11.91.1",
         "1.1.1d-150200.11.88.1", NULL, NULL, "1.1.1d-150200.11.91.1",
         "Long Term Service Pack Support"},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server;
        char everybody[64];
        bool debian = str_eq_text(str_from(cases[i].id), "ubuntu");
        server_init(&server, cases[i].id, cases[i].release);
        snprintf(everybody, sizeof everybody, "%s:%s",
                 debian ? "Ubuntu" : "Red Hat:enterprise_linux", cases[i].release);
        if (cases[i].all)
            fixture_advisory(&server.fixture, "A-1", everybody, "openssl", "0", cases[i].all,
                             "CVE-2024-5535", "");
        fixture_advisory(&server.fixture, "A-2", cases[i].ecosystem, "openssl", "0", cases[i].paid,
                         "CVE-2024-5535", "");
        server_add(&server, debian ? "dpkg" : "rpm", "openssl", cases[i].installed, "openssl");
        if (cases[i].fact)
            server_fact(&server, cases[i].fact, cases[i].value);
        server_assess(&server);
        print_message("# %s %s %s\n", cases[i].ecosystem, cases[i].installed,
                      cases[i].value ? cases[i].value : "");
        assert_int_equal(server.assessment.finding_count, cases[i].fixed_in != NULL);
        if (cases[i].fixed_in) {
            assert_text(server.assessment.findings[0].fixed_in, cases[i].fixed_in);
            assert_text(server.assessment.findings[0].programme, cases[i].programme);
            assert_int_equal(server.assessment.findings[0].confidence, CONFIDENCE_ADVISORY);
        }
        server_done(&server);
    }
}

/* Stretches are a union with one fix behind them all, but for builds of rpm from the beginning on.
 */
static void stretches_are_a_union(void **state)
{
    static const struct {
        const char *ecosystem, *installed, *fixed_in;
    } cases[] = {
        {"dpkg", "1.5-1", "3.0-1"},
        {"dpkg", "0.5-1", "3.0-1"},
        {"dpkg", "2.9-1", "3.0-1"},
        {"dpkg", "3.0-1", NULL},
        {"dpkg", "4.1-1", ""},
        {"dpkg", "4.3-1", NULL},
        {"rpm", "1.5-1.el9", NULL},
        {"rpm", "0.5-1.el9", "1.0-1.el9"},
        {"rpm", "2.9-1.el9", "3.0-1.el9"},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server;
        bool rpm = str_eq_text(str_from(cases[i].ecosystem), "rpm");
        uint64_t cve = fixture_id("CVE-2024-0001");
        struct str first = rpm ? STR("1.0-1.el9") : STR("1.0-1");
        struct str begin = rpm ? STR("0.9-1.el9") : STR("0.9-1");
        struct str middle = rpm ? STR("2.0-1.el9") : STR("2.0-1");
        struct str last = rpm ? STR("3.0-1.el9") : STR("3.0-1");
        struct feed_event events[][2] = {
            {{FEED_INTRODUCED, STR("0")}, {FEED_FIXED, first}},
            {{FEED_INTRODUCED, STR("0")}, {FEED_FIXED, middle}},
            {{FEED_INTRODUCED, middle}, {FEED_FIXED, last}},
            {{FEED_INTRODUCED, begin}, {FEED_FIXED, begin}},
            {{FEED_INTRODUCED, STR("4.0-1")}, {FEED_LAST_AFFECTED, STR("4.2-1")}}};
        struct feed_range ranges[] = {
            {events[0], 2}, {events[1], 2}, {events[2], 2}, {events[3], 2}, {events[4], 2}};
        struct feed_affected affected = {.ecosystem = rpm ? STR("AlmaLinux:9") : STR("Debian:12"),
                                         .package = STR("x"),
                                         .ranges = ranges,
                                         .range_count = 5};
        struct feed_advisory advisory = {.id = STR("A-1"),
                                         .published = TIME_NONE,
                                         .modified = TIME_NONE,
                                         .withdrawn = TIME_NONE,
                                         .cves = &cve,
                                         .cve_count = 1,
                                         .affected = &affected,
                                         .affected_count = 1};
        server_init(&server, rpm ? "almalinux" : "debian", rpm ? "9" : "12");
        server.fixture.sink.advisory(server.fixture.sink.context, &advisory, NULL);
        server_add(&server, cases[i].ecosystem, "x", cases[i].installed, "x");
        server_assess(&server);
        print_message("# %s\n", cases[i].installed);
        assert_int_equal(server.assessment.finding_count, cases[i].fixed_in != NULL);
        if (cases[i].fixed_in)
            assert_text(server.assessment.findings[0].fixed_in, cases[i].fixed_in);
        server_done(&server);
    }
}

/* A package without a fix does not hide the fix of its sibling, whichever comes first. */
static void known_fix_is_shown(void **state)
{
    (void)state;
    for (int turned = 0; turned < 2; turned++) {
        struct server server;
        server_init(&server, "almalinux", "9");
        fixture_advisory(&server.fixture, "ALSA-1", "AlmaLinux:9", "a", "0", "", "CVE-2024-0001",
                         "");
        fixture_advisory(&server.fixture, "ALSA-2", "AlmaLinux:9", "b", "0", "2-1.el9",
                         "CVE-2024-0001", "");
        server_add(&server, "rpm", turned ? "b" : "a", "1-1.el9", "source");
        server_add(&server, "rpm", turned ? "a" : "b", "1-1.el9", "source");
        server_assess(&server);
        assert_int_equal(server.assessment.finding_count, 1);
        assert_int_equal(server.assessment.findings[0].package_count, 2);
        assert_text(server.assessment.findings[0].fixed_in, "2-1.el9");
        server_done(&server);
    }
}

static void explanation_names_the_programme(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "ubuntu", "18.04");
    fixture_advisory(&server.fixture, "UBUNTU-CVE-2024-5535", "Ubuntu:Pro:18.04:LTS", "openssl",
                     "0", "1.1.1-1ubuntu2.23+esm5", "CVE-2024-5535", "");
    server_add(&server, "dpkg", "openssl", "1.1.1-1ubuntu2.23", "openssl");
    const struct explanation *explanation = server_explain(&server, "CVE-2024-5535", "");
    assert_true(
        has_step(explanation, "criterion", "fixed in 1.1.1-1ubuntu2.23+esm5, in Ubuntu Pro (ESM)"));
    assert_true(has_step(explanation, "therefore", "nothing shows that the server is enrolled"));
    server_done(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_at_the_fix_is_not_vulnerable),
        cmocka_unit_test(finding_says_all),
        cmocka_unit_test(bulletin_and_record_are_one_finding),
        cmocka_unit_test(no_fix_known_is_vulnerable),
        cmocka_unit_test(rating_is_said_where_there_is_no_fix),
        cmocka_unit_test(rejected_and_nameless_are_nothing),
        cmocka_unit_test(source_version_decides),
        cmocka_unit_test(kernel_counts_against_images_only),
        cmocka_unit_test(running_kernel_decides),
        cmocka_unit_test(mark_of_the_collector_decides),
        cmocka_unit_test(module_builds_are_alternatives),
        cmocka_unit_test(ratings_are_levels_without_a_score),
        cmocka_unit_test(fix_of_the_own_minor_release_decides),
        cmocka_unit_test(binaries_of_an_rpm_source_are_one_finding),
        cmocka_unit_test(one_cve_of_two_sources_counts_once),
        cmocka_unit_test(extended_support_decides_by_enrolment),
        cmocka_unit_test(stretches_are_a_union),
        cmocka_unit_test(known_fix_is_shown),
        cmocka_unit_test(explanation_names_the_programme),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
