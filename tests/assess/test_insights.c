#include "assess/engine.h"
#include "server.h"

static void levels_of_scores(void **state)
{
    static const struct {
        enum cvss_version version;
        int score;
        enum level level;
    } cases[] = {
        {CVSS_3_1, 98, LEVEL_CRITICAL},
        {CVSS_3_1, 90, LEVEL_CRITICAL},
        {CVSS_3_1, 89, LEVEL_HIGH},
        {CVSS_3_0, 70, LEVEL_HIGH},
        {CVSS_4_0, 69, LEVEL_MEDIUM},
        {CVSS_4_0, 93, LEVEL_CRITICAL},
        {CVSS_3_1, 40, LEVEL_MEDIUM},
        {CVSS_3_1, 39, LEVEL_LOW},
        {CVSS_2_0, 100, LEVEL_HIGH},
        {CVSS_2_0, 70, LEVEL_HIGH},
        {CVSS_2_0, 69, LEVEL_MEDIUM},
        {CVSS_NONE, -1, LEVEL_UNKNOWN},
        {CVSS_3_1, CVSS_NO_SCORE, LEVEL_UNKNOWN},
    };
    enum level level;
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(level_of_score(cases[i].version, cases[i].score), cases[i].level);
    assert_true(level_parse(STR("High"), &level));
    assert_int_equal(level, LEVEL_HIGH);
    assert_false(level_parse(STR("highest"), &level));
}

/* Words of the published scales. */
static void levels_of_words(void **state)
{
    static const struct {
        const char *word;
        enum level level;
    } cases[] = {
        {"Critical", LEVEL_CRITICAL},
        {"Important", LEVEL_HIGH},
        {"Moderate", LEVEL_MEDIUM},
        {"Low", LEVEL_LOW},
        {"high", LEVEL_HIGH},
        {"MEDIUM", LEVEL_MEDIUM},
        {"negligible", LEVEL_LOW},
        {"unimportant", LEVEL_LOW},
        {"not yet assigned", 0},
        {"end-of-life", 0},
        {"System.Object[]", 0},
        {"None", 0},
        {"", 0},
        {"new module", 0},
        {"untriaged", 0},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(level_of_word(str_from(cases[i].word)), cases[i].level);
}

static void ranking_is_total(void **state)
{
    /* In the order that must come out. */
    static const struct finding sorted[] = {
        {.cve = 9,
         .confidence = CONFIDENCE_ADVISORY,
         .known_exploited = true,
         .epss = 0.01,
         .score = 50,
         .level = LEVEL_MEDIUM},
        {.cve = 8, .confidence = CONFIDENCE_RANGE, .epss = 0.9, .score = 50, .level = LEVEL_MEDIUM},
        {.cve = 7, .confidence = CONFIDENCE_ADVISORY, .epss = 0.8, .score = CVSS_NO_SCORE},
        {.cve = 6,
         .confidence = CONFIDENCE_ADVISORY,
         .epss = 0.1,
         .score = 98,
         .level = LEVEL_CRITICAL},
        {.cve = 5,
         .confidence = CONFIDENCE_ADVISORY,
         .epss = -1,
         .score = 98,
         .level = LEVEL_CRITICAL},
        {.cve = 4,
         .confidence = CONFIDENCE_ADVISORY,
         .epss = -1,
         .score = 91,
         .level = LEVEL_CRITICAL},
        {.cve = 3,
         .confidence = CONFIDENCE_ADVISORY,
         .epss = -1,
         .score = 40,
         .level = LEVEL_MEDIUM,
         .software = {"a", 1}},
        {.cve = 1,
         .confidence = CONFIDENCE_ADVISORY,
         .epss = -1,
         .score = 40,
         .level = LEVEL_MEDIUM,
         .software = {"b", 1}},
        {.cve = 2,
         .confidence = CONFIDENCE_ADVISORY,
         .epss = -1,
         .score = 40,
         .level = LEVEL_MEDIUM,
         .software = {"b", 1}},
        {.cve = 1,
         .confidence = CONFIDENCE_PRODUCT,
         .known_exploited = true,
         .epss = 0.99,
         .score = 100,
         .level = LEVEL_CRITICAL},
    };
    enum { COUNT = sizeof sorted / sizeof *sorted };
    struct draft drafts[COUNT];
    (void)state;
    for (unsigned shift = 0; shift < COUNT; shift++) {
        for (unsigned i = 0; i < COUNT; i++)
            drafts[i] = (struct draft){.finding = sorted[(i * 7 + shift) % COUNT]};
        struct finding ranked[COUNT];
        rank_drafts(drafts, COUNT, ranked);
        for (unsigned i = 0; i < COUNT; i++)
            assert_int_equal(ranked[i].cve, sorted[i].cve);
    }
}

static void add_two_findings(struct server *server)
{
    fixture_cve(&server->fixture, "CVE-2025-15467", "2026-04-28", 98, NULL);
    fixture_cve(&server->fixture, "CVE-2024-0727", "2024-01-26", 55, NULL);
    fixture_advisory(&server->fixture, "DEBIAN-CVE-2025-15467", "Debian:12", "openssl", "0",
                     "3.0.18-1~deb12u2", "CVE-2025-15467", "");
    fixture_advisory(&server->fixture, "DEBIAN-CVE-2024-0727", "Debian:12", "openssl", "0",
                     "3.0.13-1~deb12u1", "CVE-2024-0727", "");
    server_add(server, "dpkg", "libssl3", "3.0.11-1~deb12u1", "openssl");
    server_add(server, "dpkg", "openssl", "3.0.11-1~deb12u1", "openssl");
}

static void updates_get_the_class_that_counts(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    add_two_findings(&server);
    server_add(&server, "dpkg", "tzdata", "2024a-0+deb12u1", "");
    server_add(&server, "dpkg", "libexpat1", "2.5.0-1", "expat");
    server_update(&server, "dpkg", "tzdata", "2024a-0+deb12u1", "2026a-0+deb12u1", "Debian:12");
    server_update(&server, "dpkg", "libexpat1", "2.5.0-1", "2.5.0-1+deb12u2",
                  "Debian-Security:12/oldstable-security");
    server_update(&server, "dpkg", "libssl3", "3.0.11-1~deb12u1", "3.0.18-1~deb12u2",
                  "Debian-Security:12/oldstable-security");
    server_update(&server, "dpkg", "openssl", "3.0.11-1~deb12u1", "3.0.15-1~deb12u1", "Debian:12");
    server_update(&server, "rpm", "thing", "1", "2", "vendor")->class = UPDATE_UNKNOWN;
    server_assess(&server);
    const struct assessment *got = &server.assessment;
    assert_int_equal(got->update_count, 5);
    assert_int_equal(got->update_classes[UPDATE_CRITICAL], 1);
    assert_int_equal(got->update_classes[UPDATE_SECURITY], 1);
    assert_int_equal(got->update_classes[UPDATE_OTHER], 2);
    assert_int_equal(got->update_classes[UPDATE_UNKNOWN], 1);
    assert_int_equal(got->updates[0].update, 2);
    assert_text(got->updates[0].why, "fixes CVE-2025-15467 (9.8)");
    assert_int_equal(got->updates[0].fixes, 2);
    assert_text(got->updates[1].why, "origin Debian-Security:12/oldstable-security");
    assert_int_equal(got->risk_updates, 2);
    const struct finding *worst = server_finding(&server, "CVE-2025-15467", NULL);
    assert_true(worst->fixed_by_update);
    assert_text(worst->update, "libssl3 3.0.11-1~deb12u1 -> 3.0.18-1~deb12u2");
    /* The one named as the source is preferred where several fix it. */
    assert_text(server_finding(&server, "CVE-2024-0727", NULL)->update,
                "openssl 3.0.11-1~deb12u1 -> 3.0.15-1~deb12u1");
    assert_int_equal(got->confirmed.fixed_by_updates, 2);
    server_done(&server);
}

static void known_exploited_makes_critical(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    add_two_findings(&server);
    fixture_kev(&server.fixture, "CVE-2024-0727", "2024-05-01");
    server_update(&server, "dpkg", "openssl", "3.0.11-1~deb12u1", "3.0.13-1~deb12u1", "Debian:12");
    server_assess(&server);
    assert_int_equal(server.assessment.update_classes[UPDATE_CRITICAL], 1);
    assert_text(server.assessment.updates[0].why, "fixes CVE-2024-0727 (5.5, known exploited)");
    assert_false(server_finding(&server, "CVE-2025-15467", NULL)->fixed_by_update);
    assert_int_equal(server.assessment.confirmed.known_exploited, 1);
    server_done(&server);
}

static void metadata_names_cves(void **state)
{
    static const struct str cves[] = {{"CVE-2022-0778", 13}};
    struct server server;
    (void)state;
    server_init(&server, "almalinux", "8");
    fixture_cve(&server.fixture, "CVE-2022-0778", "2022-03-15", 91, NULL);
    server_add(&server, "rpm", "openssl-libs", "1:1.1.1k-5.el8_5", "openssl");
    struct inventory_update *update = server_update(
        &server, "rpm", "openssl-libs", "1:1.1.1k-5.el8_5", "1:1.1.1k-6.el8_5", "baseos");
    update->class = UPDATE_SECURITY;
    update->cves = cves;
    update->cve_count = 1;
    server_assess(&server);
    assert_int_equal(server.assessment.update_classes[UPDATE_CRITICAL], 1);
    server_done(&server);
}

/* Binaries whose version is not their source's, rebuilds, and kernels brought anew. */
static void updates_meet_their_source(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    fixture_advisory(&server.fixture, "DEBIAN-CVE-2018-14628", "Debian:12", "samba", "0",
                     "2:4.17.12+dfsg-0+deb12u3", "CVE-2018-14628", "");
    fixture_advisory(&server.fixture, "DEBIAN-CVE-2024-1086", "Debian:12", "linux", "0", "6.1.76-1",
                     "CVE-2024-1086", "");
    server_add(&server, "dpkg", "ldb-tools", "2:2.6.2+samba4.17.12+dfsg-0+deb12u1", "samba")
        ->source_version = STR("2:4.17.12+dfsg-0+deb12u1");
    server_add(&server, "dpkg", "linux-image-6.1.0-17-amd64", "6.1.69-1", "linux-signed-amd64");
    server_update(&server, "dpkg", "ldb-tools", "2:2.6.2+samba4.17.12+dfsg-0+deb12u1",
                  "2:2.6.2+samba4.17.12+dfsg-0+deb12u3", "Debian");
    server_update(&server, "dpkg", "linux-image-6.1.0-18-amd64", "", "6.1.76-1", "Debian");
    server_assess(&server);
    assert_false(server_finding(&server, "CVE-2018-14628", NULL)->fixed_by_update);
    assert_true(server_finding(&server, "CVE-2024-1086", NULL)->fixed_by_update);
    assert_text(server_finding(&server, "CVE-2024-1086", NULL)->update,
                "linux-image-6.1.0-18-amd64 6.1.76-1 (new)");
    server_update(&server, "dpkg", "samba-libs", "", "2:4.17.12+dfsg-0+deb12u3", "Debian")->source =
        STR("samba");
    server_assess(&server);
    assert_true(server_finding(&server, "CVE-2018-14628", NULL)->fixed_by_update);
    server_done(&server);
}

static void protection_is_told_apart(void **state)
{
    static const struct {
        const char *name;
        bool security, patch, patch_counts;
        const char *fact;
        enum truth is_secure, is_patched;
        uint32_t risks;
    } cases[] = {
        {"bash", false, false, false, NULL, TRUTH_NO, TRUTH_NO, 2},
        {"clamav-daemon", true, false, false, NULL, TRUTH_YES, TRUTH_NO, 1},
        {"landscape-client", false, true, false, NULL, TRUTH_NO, TRUTH_YES, 1},
        {"landscape-client", false, true, true, NULL, TRUTH_YES, TRUTH_YES, 0},
        {"unattended-upgrades", false, true, false, "enabled", TRUTH_NO, TRUTH_YES, 1},
        {"unattended-upgrades", false, true, false, "disabled", TRUTH_NO, TRUTH_NO, 2},
        {"unattended-upgrades", false, true, false, NULL, TRUTH_NO, TRUTH_UNKNOWN, 1},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server;
        server_init(&server, "debian", "12");
        server.options.patch_counts_as_security = cases[i].patch_counts;
        server_identity(&server, (struct fake_row){.name = cases[i].name,
                                                   .security = cases[i].security,
                                                   .patch = cases[i].patch});
        server_add(&server, "dpkg", cases[i].name, "1", "");
        if (cases[i].fact)
            server_fact(&server, cases[i].name, cases[i].fact);
        server_assess(&server);
        assert_int_equal(server.assessment.security_software, cases[i].is_secure);
        assert_int_equal(server.assessment.patch_software, cases[i].is_patched);
        assert_int_equal(server.assessment.risks, cases[i].risks);
        server_done(&server);
    }
}

static void unknown_is_not_fine(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    server.inventory.software_known = TRUTH_UNKNOWN;
    server.inventory.updates.known = TRUTH_UNKNOWN;
    server.inventory.updates.reason = STR("apt-get is missing");
    server_assess(&server);
    assert_int_equal(server.assessment.security_software, TRUTH_UNKNOWN);
    assert_int_equal(server.assessment.updates_known, TRUTH_UNKNOWN);
    assert_int_equal(server.assessment.risks, 0);
    assert_true(has_note(&server.assessment, "software could not be taken"));
    assert_true(has_note(&server.assessment, "apt-get is missing"));
    server_done(&server);
}

static void risks_add_up(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "10");
    struct feed_release release = fixture_release("10", NULL, NULL, "2022-09-10", "2024-06-30");
    fixture_lifecycle(&server.fixture, "debian", NULL, &release, 1);
    server.tables.os_lifecycle = "debian";
    fixture_advisory(&server.fixture, "DSA-4839-1", "Debian:10", "sudo", "0", "1.8.27-1+deb10u3",
                     "CVE-2021-3156 CVE-2021-23239", "");
    server_add(&server, "dpkg", "sudo", "1.8.27-1+deb10u2", "sudo");
    server_add(&server, "dpkg", "bash", "5.0-4", "bash");
    server_update(&server, "dpkg", "sudo", "1.8.27-1+deb10u2", "1.8.27-1+deb10u3",
                  "Debian-Security");
    server_update(&server, "dpkg", "bash", "5.0-4", "5.0-5", "Debian");
    const struct assessment *got = server_assess(&server);
    assert_int_equal(got->risk_os, 1);
    assert_int_equal(got->risk_software, 1);
    assert_int_equal(got->ended_software, 2);
    assert_int_equal(got->risk_vulnerabilities, 2);
    assert_int_equal(got->risk_updates, 1);
    assert_int_equal(got->risk_security, 1);
    assert_int_equal(got->risk_patch, 1);
    assert_int_equal(got->risks, 7);
    server_done(&server);
}

static void coverage_and_age_are_said(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    add_two_findings(&server);
    server_add(&server, "dpkg", "bash", "5.2.15-2", "");
    server_identity(&server, (struct fake_row){.name = "docker-ce", .supplier = SUPPLIER_MAKER});
    server_add(&server, "dpkg", "docker-ce", "5:24.0.7-1", "");
    fixture_feed(&server.fixture, "nvd", "2026-11-20");
    fixture_feed(&server.fixture, "kev", "2026-08-01");
    const struct coverage *coverage = &server_assess(&server)->coverage;
    assert_int_equal(coverage->packages, 3);
    assert_int_equal(coverage->covered, 2);
    assert_int_equal(coverage->from_makers, 1);
    assert_text(coverage->ecosystem, "Debian:12");
    assert_true(coverage->has_ecosystem);
    assert_true(coverage->until != TIME_NONE);
    assert_true(has_note(&server.assessment, "do not name a package"));
    assert_true(has_note(&server.assessment, "newest record older than 30 days: kev (2026-08-01)"));
    assert_false(has_note(&server.assessment, "nvd ("));
    server_done(&server);
}

static void works_without_knowledge(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    server.tables.os_until = fixture_date("2026-06-10");
    server.tables.os_extended = fixture_date("2028-06-30");
    server_add(&server, "dpkg", "bash", "5.2.15-2", "");
    server_update(&server, "dpkg", "bash", "5.2.15-2", "5.2.15-3", "Debian-Security");
    assess(&server.inventory, &server.tables, NULL, &server.options, &server.arena,
           &server.assessment);
    assert_false(server.assessment.has_knowledge);
    assert_int_equal(server.assessment.os_support.state, SUPPORT_EXTENDED);
    assert_int_equal(server.assessment.risk_updates, 1);
    assert_true(has_note(&server.assessment, "no knowledge"));
    assess_explain(&server.inventory, &server.tables, NULL, &server.options,
                   fixture_id("CVE-2024-0001"), STR("bash"), &server.arena, &server.explanations,
                   &server.explanation_count);
    assert_int_equal(server.explanation_count, 1);
    assert_int_equal(server.explanations[0].verdict, VERDICT_UNKNOWN);
    server_done(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_of_scores),
        cmocka_unit_test(levels_of_words),
        cmocka_unit_test(ranking_is_total),
        cmocka_unit_test(updates_get_the_class_that_counts),
        cmocka_unit_test(known_exploited_makes_critical),
        cmocka_unit_test(metadata_names_cves),
        cmocka_unit_test(updates_meet_their_source),
        cmocka_unit_test(protection_is_told_apart),
        cmocka_unit_test(unknown_is_not_fine),
        cmocka_unit_test(risks_add_up),
        cmocka_unit_test(coverage_and_age_are_said),
        cmocka_unit_test(works_without_knowledge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
