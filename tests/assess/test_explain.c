#include "server.h"

static void add_expat(struct server *server, const char *version)
{
    server_init(server, "debian", "12");
    server->inventory.os.name = STR("Debian");
    fixture_cve(
        &server->fixture, "CVE-2023-52425", "2024-02-04", 75,
        (const char *[]){"cpe:2.3:a:libexpat_project:libexpat:*:*:*:*:*:*:*:* <2.6.0", NULL});
    fixture_epss(&server->fixture, "CVE-2023-52425", 0.03, 0.8);
    fixture_advisory(&server->fixture, "DEBIAN-CVE-2023-52425", "Debian:12", "expat", "0",
                     "2.5.0-1+deb12u2", "CVE-2023-52425", "");
    server_identity(server, (struct fake_row){.name = "libexpat1",
                                              .supplier = SUPPLIER_DISTRIBUTION,
                                              .vendor = "libexpat_project",
                                              .product = "libexpat",
                                              .upstream = "2.5.0"});
    server_add(server, "dpkg", "libexpat1", version, "expat");
}

static void walks_through_every_step(void **state)
{
    struct server server;
    (void)state;
    add_expat(&server, "2.5.0-1+deb12u1");
    server_update(&server, "dpkg", "libexpat1", "2.5.0-1+deb12u1", "2.5.0-1+deb12u2",
                  "Debian-Security");
    const struct explanation *got = server_explain(&server, "CVE-2023-52425", "");
    assert_int_equal(server.explanation_count, 1);
    assert_text(got->software, "expat 2.5.0-1+deb12u1 (source package expat, Debian 12)");
    assert_int_equal(got->verdict, VERDICT_VULNERABLE);
    assert_text(got->verdict_note, "confidence: advisory");
    assert_true(has_step(got, "identity", "dpkg package libexpat1, source expat"));
    assert_true(
        has_step(got, "asked", "Debian advisories (covers Debian 12): DEBIAN-CVE-2023-52425"));
    assert_true(has_step(got, "asked", "NVD: cpe:2.3:a:libexpat_project:libexpat"));
    assert_true(has_step(got, "criterion", "fixed in 2.5.0-1+deb12u2"));
    assert_true(has_step(got, "compare", "2.5.0-1+deb12u1 < 2.5.0-1+deb12u2   (dpkg order)"));
    assert_true(has_step(got, "compare", "-> vulnerable"));
    assert_true(has_step(got, "therefore",
                         "install the pending update libexpat1 2.5.0-1+deb12u2 (security)"));
    assert_true(has_step(got, "record", "published 2024-02-04, CVSS 3.1 7.5"));
    assert_true(has_step(got, "record", "EPSS 0.03, not in KEV"));
    server_done(&server);
}

static void says_why_not(void **state)
{
    struct server server;
    (void)state;
    add_expat(&server, "2.5.0-1+deb12u2");
    const struct explanation *got = server_explain(&server, "CVE-2023-52425", "expat");
    assert_int_equal(got->verdict, VERDICT_FIXED);
    assert_true(has_step(got, "compare", "2.5.0-1+deb12u2 >= 2.5.0-1+deb12u2"));
    assert_true(has_step(got, "compare", "-> fixed"));

    /* The release is covered, the CVE is not named; NVD's criterion would match. */
    server_done(&server);
    add_expat(&server, "2.5.0-1");
    fixture_cve(
        &server.fixture, "CVE-2024-8888", "2024-02-04", 75,
        (const char *[]){"cpe:2.3:a:libexpat_project:libexpat:*:*:*:*:*:*:*:* <2.6.0", NULL});
    fixture_cve(
        &server.fixture, "CVE-2024-8889", "2024-02-04", 75,
        (const char *[]){"cpe:2.3:a:libexpat_project:libexpat:*:*:*:*:*:*:*:* <2.4.0", NULL});
    fixture_kev(&server.fixture, "CVE-2024-8889", "2024-03-01");
    got = server_explain(&server, "CVE-2024-8888", "");
    assert_int_equal(server.explanation_count, 1);
    assert_int_equal(got->verdict, VERDICT_UNKNOWN);
    assert_true(has_step(got, "asked", "no record of CVE-2024-8888"));
    got = server_explain(&server, "CVE-2024-8889", "");
    assert_int_equal(got->verdict, VERDICT_NOT_AFFECTED);
    assert_true(has_step(got, "compare", "not in range"));
    assert_true(
        has_step(got, "record", "known exploited since 2024-03-01, to be fixed by 2024-03-01"));

    got = server_explain(&server, "CVE-2023-52425", "bash");
    assert_int_equal(server.explanation_count, 1);
    assert_text(got->verdict_note, "not installed");
    got = server_explain(&server, "CVE-1990-0001", "");
    assert_int_equal(got->verdict, VERDICT_UNKNOWN);
    assert_true(has_step(got, "record", "CVE-1990-0001 is not in the NVD feed"));
    server_done(&server);
}

static void tells_of_changelogs(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "9");
    fixture_cve(
        &server.fixture, "CVE-2023-52425", "2024-02-04", 75,
        (const char *[]){"cpe:2.3:a:libexpat_project:libexpat:*:*:*:*:*:*:*:* <2.6.0", NULL});
    server_identity(&server, (struct fake_row){.name = "libexpat1",
                                               .supplier = SUPPLIER_DISTRIBUTION,
                                               .vendor = "libexpat_project",
                                               .product = "libexpat",
                                               .upstream = "2.2.0"});
    server_add(&server, "dpkg", "libexpat1", "2.2.0-2+deb9u8", "expat");
    server_add(&server, "dpkg", "bash", "4.4-5", "bash");
    server_evidence(&server, "dpkg", "expat", "2.2.0-2+deb9u7", "CVE-2023-52425");
    server_evidence(&server, "dpkg", "bash", "4.4-4", "CVE-2016-7543");
    const struct explanation *got = server_explain(&server, "CVE-2023-52425", "");
    assert_int_equal(server.explanation_count, 1);
    assert_int_equal(got->verdict, VERDICT_FIXED);
    assert_text(got->verdict_note, "by changelog");
    assert_true(has_step(got, "criterion",
                         "changelog of expat names CVE-2023-52425 as fixed in 2.2.0-2+deb9u7"));
    assert_true(has_step(got, "compare", "2.2.0-2+deb9u8 >= 2.2.0-2+deb9u7   (dpkg order)"));
    /* No source of the knowledge names it: the changelog alone does. */
    got = server_explain(&server, "CVE-2016-7543", "");
    assert_int_equal(server.explanation_count, 1);
    assert_int_equal(got->verdict, VERDICT_FIXED);
    /* Of an entry after the installed version. */
    server_evidence(&server, "dpkg", "bash", "4.4-6", "CVE-2019-18276");
    got = server_explain(&server, "CVE-2019-18276", "bash");
    assert_int_equal(got->verdict, VERDICT_UNKNOWN);
    assert_true(has_step(got, "compare", "before that entry"));
    server_done(&server);
}

static void tells_of_streams_and_kernels(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "almalinux", "8");
    fixture_advisory(&server.fixture, "ALSA-2021:2259", "AlmaLinux:8", "nginx", "0",
                     "1:1.18.0-3.module_el8.4.0+2472+f736ed63.1.alma", "CVE-2021-23017",
                     "nginx:1.18");
    fixture_advisory(&server.fixture, "ALSA-2024:1607", "AlmaLinux:8", "perf", "0",
                     "4.18.0-513.24.1.el8_9", "CVE-2024-1086", "");
    server_add(&server, "rpm", "nginx", "1:1.16.0-3.module_el8.4.0+2400+f736ed63.alma", "nginx")
        ->module = STR("nginx:1.16:8040:9f9e");
    server_add(&server, "rpm", "perf", "4.18.0-513.18.1.el8_9", "kernel");
    const struct explanation *got = server_explain(&server, "CVE-2021-23017", "");
    assert_int_equal(got->verdict, VERDICT_NOT_AFFECTED);
    assert_true(has_step(got, "criterion", "module stream nginx:1.18"));
    assert_true(has_step(got, "compare", "another module stream"));
    got = server_explain(&server, "CVE-2024-1086", "perf");
    assert_int_equal(got->verdict, VERDICT_NOT_AFFECTED);
    assert_true(has_step(got, "criterion", "count only against a kernel image"));
    server_done(&server);
}

static void tells_of_platforms(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    fixture_cve(&server.fixture, "CVE-2021-23017", "2021-06-01", 77,
                (const char *[]){"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:* <1.20.1",
                                 "& cpe:2.3:h:cisco:asa:-:*:*:*:*:*:*:*", NULL});
    fixture_cve(&server.fixture, "CVE-2021-23018", "2021-06-01", 77,
                (const char *[]){"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:* <1.18.0", NULL});
    server_identity(&server, (struct fake_row){.name = "nginx",
                                               .supplier = SUPPLIER_MAKER,
                                               .vendor = "f5",
                                               .product = "nginx",
                                               .upstream = "1.18.0"});
    server_add(&server, "dpkg", "nginx", "1.18.0-1~bookworm", "nginx");
    const struct explanation *got = server_explain(&server, "CVE-2021-23017", "");
    assert_int_equal(got->verdict, VERDICT_NOT_AFFECTED);
    assert_true(has_step(got, "criterion", "together with cpe:2.3:h:cisco:asa"));
    assert_true(has_step(got, "criterion", "hardware, not known"));
    got = server_explain(&server, "CVE-2021-23018", "nginx");
    assert_int_equal(got->verdict, VERDICT_FIXED);
    assert_text(got->software, "nginx 1.18.0-1~bookworm (from its maker)");
    server_done(&server);
}

static void newer_kernel_wants_a_reboot(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    fixture_advisory(&server.fixture, "DEBIAN-CVE-2024-1086", "Debian:12", "linux", "0", "6.1.76-1",
                     "CVE-2024-1086", "");
    server_add(&server, "dpkg", "linux-image-6.1.0-17-amd64", "6.1.69-1", "linux-signed-amd64");
    server_add(&server, "dpkg", "linux-image-6.1.0-18-amd64", "6.1.76-1", "linux-signed-amd64");
    server.inventory.kernel.running_package = STR("linux-image-6.1.0-17-amd64");
    const struct explanation *got = server_explain(&server, "CVE-2024-1086", "");
    assert_int_equal(server.explanation_count, 2);
    assert_int_equal(got[0].verdict, VERDICT_VULNERABLE);
    assert_true(has_step(&got[0], "therefore", "reboot: linux-image-6.1.0-18-amd64 6.1.76-1"));
    assert_int_equal(got[1].verdict, VERDICT_NOT_AFFECTED);
    server_done(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_through_every_step), cmocka_unit_test(says_why_not),
        cmocka_unit_test(tells_of_changelogs),      cmocka_unit_test(tells_of_streams_and_kernels),
        cmocka_unit_test(tells_of_platforms),       cmocka_unit_test(newer_kernel_wants_a_reboot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
