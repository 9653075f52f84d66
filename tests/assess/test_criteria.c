#include "server.h"

#define ANY_SUFFIX ":*:*:*:*:*:*:*:*"

/* nginx 1.18.0 from its maker on AlmaLinux 8, with one criterion: what is found. */
static void criterion_decides(void **state)
{
    static const struct {
        const char *lines[4];
        int confidence; /* -1: no finding */
        const char *fixed;
    } cases[] = {
        {{"cpe:2.3:a:f5:nginx" ANY_SUFFIX " >=0.6.18 <1.20.1"}, CONFIDENCE_RANGE, "1.20.1"},
        {{"cpe:2.3:a:f5:nginx" ANY_SUFFIX " <=1.18.0"}, CONFIDENCE_RANGE, ""},
        {{"cpe:2.3:a:f5:nginx" ANY_SUFFIX " <1.18.0"}, -1, ""},
        {{"cpe:2.3:a:f5:nginx" ANY_SUFFIX " >1.18.0 <1.20.1"}, -1, ""},
        {{"cpe:2.3:a:f5:nginx" ANY_SUFFIX " >=1.18.0 <1.20.1"}, CONFIDENCE_RANGE, "1.20.1"},
        {{"cpe:2.3:a:f5:nginx:1.18.0:*:*:*:*:*:*:*"}, CONFIDENCE_EXACT, ""},
        {{"cpe:2.3:a:f5:nginx:1.18:*:*:*:*:*:*:*"}, CONFIDENCE_EXACT, ""},
        {{"cpe:2.3:a:f5:nginx:1.18.0:rc1:*:*:*:*:*:*"}, -1, ""},
        {{"cpe:2.3:a:f5:nginx:1.17.9:*:*:*:*:*:*:*"}, -1, ""},
        {{"cpe:2.3:a:f5:nginx" ANY_SUFFIX}, CONFIDENCE_PRODUCT, ""},
        {{"cpe:2.3:a:f5:nginx:-:*:*:*:*:*:*:*"}, CONFIDENCE_PRODUCT, ""},
        {{"cpe:2.3:a:f5:nginx:*:*:*:*:*:windows:*:* <1.20.1"}, -1, ""},
        {{"cpe:2.3:a:f5:nginx:*:*:*:*:*:linux:*:* <1.20.1"}, CONFIDENCE_RANGE, "1.20.1"},
        {{"cpe:2.3:a:f5:nginx:*:*:*:*:*:wordpress:*:* <1.20.1"}, -1, ""},
        {{"cpe:2.3:a:f5:nginx:*:*:*:*:*:node.js:*:* <1.20.1"}, -1, ""},
        {{"cpe:2.3:a:f5:nginx:*:*:*:*:*:go:*:* <1.20.1"}, CONFIDENCE_RANGE, "1.20.1"},
        {{"cpe:2.3:a:f5:nginx:*:*:*:*:*:kubernetes:*:* <1.20.1"}, CONFIDENCE_UNCONFIRMED, "1.20.1"},
        {{"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:x64:* <1.20.1"}, CONFIDENCE_RANGE, "1.20.1"},
        {{"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:arm64:* <1.20.1"}, -1, ""},
        /* AND: the server's system, a product that it has, one that it has not, hardware. */
        {{"cpe:2.3:a:f5:nginx" ANY_SUFFIX " <1.20.1",
          "& cpe:2.3:o:linux:linux_kernel:-:*:*:*:*:*:*:*"},
         CONFIDENCE_RANGE,
         "1.20.1"},
        {{"cpe:2.3:a:f5:nginx" ANY_SUFFIX " <1.20.1",
          "& cpe:2.3:o:microsoft:windows:-:*:*:*:*:*:*:*"},
         -1,
         ""},
        {{"cpe:2.3:a:f5:nginx" ANY_SUFFIX " <1.20.1",
          "& cpe:2.3:o:almalinux:almalinux:8.0:*:*:*:*:*:*:*"},
         CONFIDENCE_RANGE,
         "1.20.1"},
        {{"cpe:2.3:a:f5:nginx" ANY_SUFFIX " <1.20.1", "& cpe:2.3:a:php:php" ANY_SUFFIX " <8"},
         CONFIDENCE_RANGE,
         "1.20.1"},
        {{"cpe:2.3:a:f5:nginx" ANY_SUFFIX " <1.20.1", "& cpe:2.3:a:php:php" ANY_SUFFIX " <7"},
         -1,
         ""},
        {{"cpe:2.3:a:f5:nginx" ANY_SUFFIX " <1.20.1", "& cpe:2.3:h:cisco:asa:-:*:*:*:*:*:*:*"},
         -1,
         ""},
        /* Several names of the software with one range, and the platform. */
        {{"cpe:2.3:a:f5:nginx" ANY_SUFFIX " <1.20.1",
          "&+ cpe:2.3:a:example:nginx" ANY_SUFFIX " <1.20.1",
          "& cpe:2.3:o:linux:linux_kernel:-:*:*:*:*:*:*:*"},
         CONFIDENCE_RANGE,
         "1.20.1"},
        {{"cpe:2.3:a:f5:nginx" ANY_SUFFIX " <1.20.1",
          "&+ cpe:2.3:a:example:nginx" ANY_SUFFIX " <1.20.1",
          "& cpe:2.3:o:microsoft:windows:-:*:*:*:*:*:*:*"},
         -1,
         ""},
        /* Another range is other software, and both are asked for. */
        {{"cpe:2.3:a:f5:nginx" ANY_SUFFIX " <1.20.1",
          "&+ cpe:2.3:a:example:plugin" ANY_SUFFIX " <2.0"},
         -1,
         ""},
        {{"cpe:2.3:a:f5:nginx" ANY_SUFFIX " <1.20.1",
          "&+ cpe:2.3:a:example:plugin:-:*:*:*:*:*:*:*"},
         -1,
         ""},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server;
        server_init(&server, "almalinux", "8");
        fixture_cve(&server.fixture, "CVE-2021-23017", "2021-06-01", 77, cases[i].lines);
        fixture_cve(&server.fixture, "CVE-1999-0002", "1999-01-01", 10,
                    (const char *[]){"cpe:2.3:a:f5:nginx:0.1:*:*:*:*:*:*:*", NULL});
        fixture_cve(&server.fixture, "CVE-1999-0003", "1999-01-01", 10,
                    (const char *[]){"cpe:2.3:a:php:php:0.1:*:*:*:*:*:*:*", NULL});
        server_identity(&server, (struct fake_row){.name = "nginx",
                                                   .supplier = SUPPLIER_MAKER,
                                                   .vendor = "f5",
                                                   .product = "nginx",
                                                   .upstream = "1.18.0"});
        server_identity(&server, (struct fake_row){.name = "php",
                                                   .supplier = SUPPLIER_MAKER,
                                                   .vendor = "php",
                                                   .product = "php",
                                                   .upstream = "7.4.3"});
        server_add(&server, "rpm", "nginx", "1:1.18.0-1.el8.ngx", "nginx");
        server_add(&server, "rpm", "php", "7.4.3-1", "php");
        server_assess(&server);
        const struct finding *finding = server_finding(&server, "CVE-2021-23017", NULL);
        if ((finding != NULL) != (cases[i].confidence >= 0))
            fail_msg("case %u: %s", i, cases[i].lines[0]);
        if (finding) {
            assert_int_equal(finding->confidence, cases[i].confidence);
            assert_text(finding->fixed_in, cases[i].fixed);
            assert_text(finding->last_affected, strstr(cases[i].lines[0], "<=") ? "1.18.0" : "");
            assert_text(finding->source, "NVD");
            assert_int_equal(server.assessment.confirmed.total,
                             cases[i].confidence <= CONFIDENCE_RANGE);
            assert_int_equal(server.assessment.unconfirmed.total,
                             cases[i].confidence > CONFIDENCE_RANGE);
        }
        server_done(&server);
    }
}

/* What src/identify says of the package. */
static void know_nginx(struct server *server, enum supplier supplier, const char *upstream)
{
    server_identity(server, (struct fake_row){.name = "nginx",
                                              .supplier = supplier,
                                              .vendor = "f5",
                                              .product = "nginx",
                                              .upstream = upstream});
}

#define NGINX "cpe:2.3:a:f5:nginx" ANY_SUFFIX

/* nginx 1.18.3 and a record with several ends: which one speaks of its branch. */
static void own_branch_decides(void **state)
{
    static const struct {
        const char *lines[4];
        int confidence; /* -1: no finding */
        const char *says;
    } cases[] = {
        {{NGINX " <1.18.2", NGINX " <1.20.1"}, -1, ""},
        {{NGINX " <1.18.3", NGINX " <1.20.1"}, -1, ""},
        {{NGINX " >=1.18 <1.18.2", NGINX " <1.20.1"}, -1, ""},
        /* The last affected version is less than the fixed one. */
        {{NGINX " <=1.18.2", NGINX " <=1.20.1"},
         CONFIDENCE_UNCONFIRMED,
         "may be fixed in its own branch (the record also says <= 1.18.2)"},
        /* Many of one branch are a list of releases. */
        {{NGINX " <=1.18.1", NGINX " <=1.18.2", NGINX " <=1.20.1"},
         CONFIDENCE_RANGE,
         "<= 1.20.1 in CVE-2021-23017; found 1.18.3"},
        /* The fix of an earlier branch of the same major version. */
        {{NGINX " <1.17.9", NGINX " <2.1.0"},
         CONFIDENCE_UNCONFIRMED,
         "may be fixed in its own branch (the record also says < 1.17.9)"},
        {{NGINX " <1.17.9", NGINX " <1.20.1"}, CONFIDENCE_RANGE, "< 1.20.1 in"},
        /* Below the end of its branch, and another end of the same branch. */
        {{NGINX " <1.18.4", NGINX " <1.20.1"}, CONFIDENCE_RANGE, "< 1.18.4 in"},
        {{NGINX " <1.18.2", NGINX " <1.18.9"}, CONFIDENCE_RANGE, "< 1.18.9 in"},
        /* The end of another branch that is a version before a release. */
        {{NGINX " <1.18.2", NGINX " <=1.20.0-m1"}, -1, ""},
        /* Numbers of builds, and a year, which many a version has become. */
        {{NGINX " <35979"},
         CONFIDENCE_UNCONFIRMED,
         "< 35979 in CVE-2021-23017; found 1.18.3, which counts otherwise than the range does"},
        {{NGINX " <2016"}, CONFIDENCE_RANGE, "< 2016 in"},
        {{NGINX " <1610.2"}, CONFIDENCE_RANGE, "< 1610.2 in"},
        /* Another edition, a beginning of its own. */
        {{"cpe:2.3:a:f5:nginx:*:*:*:*:lts:*:*:* <1.18.2", NGINX " <1.20.1"},
         CONFIDENCE_RANGE,
         "< 1.20.1 in"},
        {{NGINX " <1.18.2", NGINX " >=1.18.3 <1.20.1"}, CONFIDENCE_RANGE, "< 1.20.1 in"},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server;
        server_init(&server, "almalinux", "8");
        fixture_cve(&server.fixture, "CVE-2021-23017", "2021-06-01", 77, cases[i].lines);
        know_nginx(&server, SUPPLIER_MAKER, "1.18.3");
        server_add(&server, "rpm", "nginx", "1:1.18.3-1.el8.ngx", "nginx");
        server_assess(&server);
        const struct finding *finding = server_finding(&server, "CVE-2021-23017", NULL);
        if ((finding ? (int)finding->confidence : -1) != cases[i].confidence)
            fail_msg("case %u: %s", i, cases[i].lines[0]);
        if (finding && str_find(finding->criterion, str_from(cases[i].says)) == SIZE_MAX)
            fail_msg("case %u: %.*s", i, STR_ARG(finding->criterion));
        server_done(&server);
    }
}

static void add_nginx(struct server *server, enum supplier supplier)
{
    fixture_cve(&server->fixture, "CVE-2021-23017", "2021-06-01", 77,
                (const char *[]){"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:* >=0.6.18 <1.20.1", NULL});
    know_nginx(server, supplier, "1.18.0");
}

static void criterion_text_says_what_matched(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    add_nginx(&server, SUPPLIER_MAKER);
    server_add(&server, "dpkg", "nginx", "1.18.0-1~bookworm", "nginx");
    server_assess(&server);
    assert_int_equal(server.assessment.finding_count, 1);
    assert_text(server.assessment.findings[0].criterion,
                "cpe:2.3:a:f5:nginx >= 0.6.18, < 1.20.1 in CVE-2021-23017; found 1.18.0");
    assert_text(server.assessment.findings[0].installed, "1.18.0");
    server_done(&server);
}

/* A distribution's package that no advisory speaks of: by CPE, and unconfirmed. */
static void distribution_without_advisories_is_unconfirmed(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    add_nginx(&server, SUPPLIER_DISTRIBUTION);
    server_add(&server, "dpkg", "nginx", "1.18.0-6", "nginx");
    server_assess(&server);
    assert_int_equal(server.assessment.finding_count, 1);
    assert_int_equal(server.assessment.confirmed_count, 0);
    assert_int_equal(server.assessment.findings[0].confidence, CONFIDENCE_UNCONFIRMED);
    assert_int_equal(server.assessment.unconfirmed.total, 1);
    assert_int_equal(server.assessment.risk_vulnerabilities, 0);
    assert_int_equal(server.assessment.software[0].findings, 0);
    assert_true(has_note(&server.assessment, "has no advisories for Debian:12"));
    server_done(&server);
}

static void advisories_silence_cpe(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    add_nginx(&server, SUPPLIER_DISTRIBUTION);
    fixture_advisory(&server.fixture, "DSA-4921-1", "Debian:12", "nginx", "0", "1.18.0-6",
                     "CVE-2021-23017", "");
    server_add(&server, "dpkg", "nginx", "1.18.0-6", "nginx");
    server_assess(&server);
    assert_int_equal(server.assessment.finding_count, 0);
    server_done(&server);

    /* Of another package of a source that the advisories do speak of. */
    server_init(&server, "almalinux", "8");
    add_nginx(&server, SUPPLIER_DISTRIBUTION);
    fixture_advisory(&server.fixture, "ALSA-1", "AlmaLinux:8", "nginx-core", "0", "1:1.18.0-6.el8",
                     "CVE-2021-23017", "");
    server_add(&server, "rpm", "nginx-core", "1:1.18.0-6.el8", "nginx");
    server_add(&server, "rpm", "nginx", "1:1.18.0-6.el8", "nginx");
    server_assess(&server);
    assert_int_equal(server.assessment.finding_count, 0);
    server_done(&server);
}

/* nginx of the distribution, not covered by advisories: what its changelog says counts. */
static void changelogs_outdo_criteria(void **state)
{
    static const struct {
        enum supplier supplier;
        const char *ecosystem, *installed; /* of source nginx-src */
        const char *source, *fixed, *cve;
        uint32_t findings;
    } cases[] = {
        {SUPPLIER_DISTRIBUTION, "dpkg", "1.18.0-6", "nginx-src", "1.18.0-6", "CVE-2021-23017", 0},
        {SUPPLIER_DISTRIBUTION, "dpkg", "1.18.0-6", "nginx-src", "1.18.0-5", "CVE-2021-23017", 0},
        {SUPPLIER_DISTRIBUTION, "dpkg", "1.18.0-6", "nginx-src", "1.18.0-7", "CVE-2021-23017", 1},
        {SUPPLIER_DISTRIBUTION, "dpkg", "1.18.0-6", "nginx-src", "1.18.0-5", "CVE-2021-23018", 1},
        {SUPPLIER_DISTRIBUTION, "dpkg", "1.18.0-6", "nginx", "1.18.0-5", "CVE-2021-23017", 1},
        {SUPPLIER_DISTRIBUTION, "dpkg", "1.18.0-6", "nginx-src", "1:1.0-1", "CVE-2021-23017", 1},
        {SUPPLIER_DISTRIBUTION, "rpm", "1.18.0-6.el9", "nginx-src", "1.18.0-6", "CVE-2021-23017",
         0},
        {SUPPLIER_DISTRIBUTION, "rpm", "1:1.18.0-6.el9", "nginx-src", "1:1.18.0-7",
         "CVE-2021-23017", 1},
        /* The changelog of a module's build says nothing of its stream. */
        {SUPPLIER_DISTRIBUTION, "rpm", "1.18.0-6.module+el8.4.0+1+f", "nginx-src", "1.18.0-6",
         "CVE-2021-23017", 0},
        {SUPPLIER_DISTRIBUTION, "rpm", "1:1.18.0-6.module_el8.4.0+1+f", "nginx-src", "1:1.18.0-5",
         "CVE-2021-23017", 0},
        {SUPPLIER_DISTRIBUTION, "rpm", "1.18.0-6.module+el8.4.0+1+f", "nginx-src", "1.18.0-7",
         "CVE-2021-23017", 1},
        {SUPPLIER_DISTRIBUTION, "rpm", "1.18.0-6.module+el8.4.0+1+f", "nginx-src",
         "1.18.0-6.module+el8.4.0+1+f", "CVE-2021-23017", 0},
        {SUPPLIER_DISTRIBUTION, "rpm", "1.18.0-6.el8", "nginx-src", "1.18.0-5.module+el8.4.0+1+f",
         "CVE-2021-23017", 1},
        {SUPPLIER_MAKER, "dpkg", "1.18.0-6", "nginx-src", "1.18.0-5", "CVE-2021-23017", 1},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server;
        server_init(&server, "debian", "12");
        fixture_cve(&server.fixture, "CVE-2021-23017", "2021-06-01", 77,
                    (const char *[]){"cpe:2.3:a:f5:nginx" ANY_SUFFIX " <1.20.1", NULL});
        add_nginx(&server, cases[i].supplier);
        server_add(&server, cases[i].ecosystem, "nginx", cases[i].installed, "nginx-src");
        server_evidence(&server, cases[i].ecosystem, cases[i].source, cases[i].fixed, cases[i].cve);
        server_assess(&server);
        if (server.assessment.finding_count != cases[i].findings)
            fail_msg("case %u: %u findings", i, server.assessment.finding_count);
        assert_int_equal(server.assessment.coverage.by_changelog, 1 - cases[i].findings);
        server_done(&server);
    }
}

static void kernel_is_never_matched_by_cpe(void **state)
{
    static const struct {
        enum supplier supplier;
        uint32_t findings;
    } cases[] = {{SUPPLIER_DISTRIBUTION, 0}, {SUPPLIER_MAKER, 1}};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct server server;
        server_init(&server, "ubuntu", "24.04");
        fixture_cve(&server.fixture, "CVE-2024-1086", "2024-01-31", 78,
                    (const char *[]){"cpe:2.3:a:linux:linux_kernel" ANY_SUFFIX " <6.8", NULL});
        server_identity(&server, (struct fake_row){.name = "linux-image-6.1.0-17-amd64",
                                                   .supplier = cases[i].supplier,
                                                   .vendor = "linux",
                                                   .product = "linux_kernel",
                                                   .upstream = "6.1.0"});
        server_add(&server, "dpkg", "linux-image-6.1.0-17-amd64", "6.1.0-17", "linux");
        server_assess(&server);
        assert_int_equal(server.assessment.finding_count, cases[i].findings);
        server_done(&server);
    }
}

/* A record of NVD with one configuration. */
static void put_cve(struct server *server, const char *id, enum cve_status status,
                    const struct feed_configuration *configuration)
{
    const struct feed_cve cve = {.id = fixture_id(id),
                                 .published = TIME_NONE,
                                 .modified = TIME_NONE,
                                 .status = status,
                                 .configurations = configuration,
                                 .configuration_count = 1};
    server->fixture.sink.cve(server->fixture.sink.context, &cve, NULL);
}

static void rejected_never_matches(void **state)
{
    struct server server;
    (void)state;
    server_init(&server, "debian", "12");
    struct feed_match match = {.criteria = STR("cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:*"),
                               .start = STR(""),
                               .end = STR("1.20.1"),
                               .vulnerable = true};
    struct feed_node node = {.matches = &match, .match_count = 1};
    struct feed_configuration configuration = {.nodes = &node, .node_count = 1};
    put_cve(&server, "CVE-2024-1111", CVE_STATUS_REJECTED, &configuration);
    add_nginx(&server, SUPPLIER_MAKER);
    server_add(&server, "dpkg", "nginx", "1.18.0-1~bookworm", "nginx");
    server_assess(&server);
    assert_int_equal(server.assessment.finding_count, 1);
    server_done(&server);
}

/* What NVD has not analysed, or will not, can carry good names all the same. */
static void no_other_status_keeps_a_record_out(void **state)
{
    static const enum cve_status statuses[] = {CVE_STATUS_OTHER, CVE_STATUS_ANALYZED,
                                               CVE_STATUS_MODIFIED, CVE_STATUS_AWAITING,
                                               CVE_STATUS_DEFERRED};
    (void)state;
    for (unsigned i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        struct server server;
        server_init(&server, "debian", "12");
        struct feed_match match = {.criteria = STR("cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:*"),
                                   .start = STR(""),
                                   .end = STR("1.20.1"),
                                   .vulnerable = true};
        struct feed_node node = {.matches = &match, .match_count = 1};
        struct feed_configuration configuration = {.nodes = &node, .node_count = 1};
        put_cve(&server, "CVE-2024-1111", statuses[i], &configuration);
        know_nginx(&server, SUPPLIER_MAKER, "1.18.0");
        server_add(&server, "dpkg", "nginx", "1.18.0-1~bookworm", "nginx");
        server_assess(&server);
        assert_int_equal(server.assessment.confirmed_count, 1);
        server_done(&server);
    }
}

/* NVD, schema 2.0: negate turns a configuration's or node's answer round. */
static void negate_turns_round(void **state)
{
    static const struct {
        bool negate_node;
        const char *platform;
        uint32_t findings;
    } cases[] = {
        {false, "cpe:2.3:o:linux:linux_kernel:-:*:*:*:*:*:*:*", 1},
        {true, "cpe:2.3:o:linux:linux_kernel:-:*:*:*:*:*:*:*", 0},
        {true, "cpe:2.3:o:microsoft:windows:-:*:*:*:*:*:*:*", 1},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server;
        server_init(&server, "debian", "12");
        struct feed_match software = {.criteria = STR("cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:*"),
                                      .start = STR(""),
                                      .end = STR("1.20.1"),
                                      .vulnerable = true};
        struct feed_match platform = {
            .criteria = str_from(cases[i].platform), .start = STR(""), .end = STR("")};
        struct feed_node nodes[] = {
            {.matches = &software, .match_count = 1},
            {.matches = &platform, .match_count = 1, .negate = cases[i].negate_node}};
        struct feed_configuration configuration = {.is_and = true, .nodes = nodes, .node_count = 2};
        put_cve(&server, "CVE-2024-1112", CVE_STATUS_ANALYZED, &configuration);
        know_nginx(&server, SUPPLIER_MAKER, "1.18.0");
        server_add(&server, "dpkg", "nginx", "1.18.0-1~bookworm", "nginx");
        server_assess(&server);
        assert_int_equal(server.assessment.finding_count, cases[i].findings);
        server_done(&server);
    }
}

static void editions_differ(void **state)
{
    static const struct {
        const char *name, *edition;
        uint32_t findings;
    } cases[] = {
        {"gitlab-ee", "enterprise", 1}, {"gitlab-ee", "community", 0},
        {"gitlab-ce", "community", 1},  {"gitlab-ce", "enterprise", 0},
        {"gitlab", "enterprise", 1},    {"gitlab-ce", "*", 1},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server;
        char criterion[128];
        snprintf(criterion, sizeof criterion, "cpe:2.3:a:gitlab:gitlab:*:*:*:*:%s:*:*:* <15.5",
                 cases[i].edition);
        server_init(&server, "debian", "12");
        fixture_cve(&server.fixture, "CVE-2022-2992", "2022-10-17", 99,
                    (const char *[]){criterion, NULL});
        server_identity(&server, (struct fake_row){.name = cases[i].name,
                                                   .supplier = SUPPLIER_MAKER,
                                                   .vendor = "gitlab",
                                                   .product = "gitlab",
                                                   .upstream = "15.4.0"});
        server_add(&server, "dpkg", cases[i].name, "15.4.0-ee.0", "");
        server_assess(&server);
        assert_int_equal(server.assessment.finding_count, cases[i].findings);
        server_done(&server);
    }
}

static void extended_releases_have_criteria_of_their_own(void **state)
{
    static const struct {
        const char *name, *edition;
        uint32_t findings;
    } cases[] = {
        {"firefox", "*", 1},     {"firefox", "-", 1},     {"firefox", "esr", 0},
        {"firefox-esr", "*", 0}, {"firefox-esr", "-", 0}, {"firefox-esr", "esr", 1},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server server;
        char criterion[128];
        snprintf(criterion, sizeof criterion, "cpe:2.3:a:mozilla:firefox:*:*:*:*:%s:*:*:* <143",
                 cases[i].edition);
        server_init(&server, "debian", "12");
        fixture_cve(&server.fixture, "CVE-2025-11152", "2025-09-30", 86,
                    (const char *[]){criterion, NULL});
        server_identity(&server, (struct fake_row){.name = cases[i].name,
                                                   .supplier = SUPPLIER_MAKER,
                                                   .vendor = "mozilla",
                                                   .product = "firefox",
                                                   .upstream = "140.9.0"});
        server_add(&server, "dpkg", cases[i].name, "140.9.0~build1", "");
        server_assess(&server);
        assert_int_equal(server.assessment.finding_count, cases[i].findings);
        server_done(&server);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(criterion_decides),
        cmocka_unit_test(own_branch_decides),
        cmocka_unit_test(criterion_text_says_what_matched),
        cmocka_unit_test(distribution_without_advisories_is_unconfirmed),
        cmocka_unit_test(advisories_silence_cpe),
        cmocka_unit_test(changelogs_outdo_criteria),
        cmocka_unit_test(kernel_is_never_matched_by_cpe),
        cmocka_unit_test(rejected_never_matches),
        cmocka_unit_test(no_other_status_keeps_a_record_out),
        cmocka_unit_test(negate_turns_round),
        cmocka_unit_test(editions_differ),
        cmocka_unit_test(extended_releases_have_criteria_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
