#include "assess/engine.h"
#include "server.h"

#define OPENSSL "CVE-2025-15467"

/* Debian 12 whose openssl, of two packages, has one CVE of 9.8, and whose expat another. */
static void start(struct server *server)
{
    server_init(server, "debian", "12");
    server->inventory.name = STR("db01");
    server->inventory.fqdn = STR("db01.example.org");
    server->inventory.os.codename = STR("bookworm");
    fixture_cve(&server->fixture, OPENSSL, "2026-04-28", 98, NULL);
    fixture_cve(&server->fixture, "CVE-2023-52425", "2024-02-04", 75, NULL);
    fixture_advisory(&server->fixture, "DEBIAN-CVE-2025-15467", "Debian:12", "openssl", "0",
                     "3.0.18-1~deb12u2", OPENSSL, "");
    fixture_advisory(&server->fixture, "DEBIAN-CVE-2023-52425", "Debian:12", "expat", "0",
                     "2.5.0-1+deb12u2", "CVE-2023-52425", "");
    server_add(server, "dpkg", "libssl3", "3.0.11-1~deb12u1", "openssl");
    server_add(server, "dpkg", "openssl", "3.0.11-1~deb12u1", "openssl");
    server_add(server, "dpkg", "libexpat1", "2.5.0-1", "expat");
}

static struct accept_rule rule_of(const char *cve, const char *software, const char *host,
                                  const char *until)
{
    return (struct accept_rule){.document = STR("a.json"),
                                .number = 1,
                                .cve = cve ? fixture_id(cve) : 0,
                                .software = str_from(software),
                                .server = str_from(host),
                                .reason = STR("reason"),
                                .author = STR("alice"),
                                .until = until ? fixture_date(until) : DATE_NONE,
                                .stated = TIME_NONE};
}

static void use(struct server *server, struct accept_rules *rules, struct accept_rule *items,
                uint32_t count)
{
    *rules = (struct accept_rules){.items = items, .count = count};
    for (uint32_t i = 0; i < count; i++)
        items[i].number = i + 1;
    server->options.accept = rules;
    server_assess(server);
}

static void conditions(void **state)
{
    static const struct {
        const char *cve, *software, *host, *until;
        bool accepted;
    } cases[] = {
        {OPENSSL, "", "", NULL, true},
        {"CVE-2024-0727", "", "", NULL, false},
        {NULL, "openssl", "", NULL, true},
        {NULL, "OpenSSL", "", NULL, true},
        {NULL, "open*", "", NULL, true},
        {NULL, "expat|openssl", "", NULL, true},
        {NULL, "ssl", "", NULL, false},
        /* One binary does not speak for the others of its source. */
        {NULL, "libssl3", "", NULL, false},
        {NULL, "libssl3|openssl", "", NULL, true},
        {NULL, "*ssl*", "", NULL, true},
        {NULL, "", "db*", NULL, true},
        {NULL, "", "*.example.org", NULL, true},
        {NULL, "", "web*", NULL, false},
        {OPENSSL, "openssl", "db01", NULL, true},
        {OPENSSL, "openssl", "db02", NULL, false},
        {OPENSSL, "expat", "db01", NULL, false},
        {"CVE-2023-52425", "openssl", "db01", NULL, false},
        /* The last day itself still counts; the day is 2026-11-22. */
        {OPENSSL, "", "", "2026-11-21", false},
        {OPENSSL, "", "", "2026-11-22", true},
        {OPENSSL, "", "", "2026-11-23", true},
    };
    struct server server;
    struct accept_rules rules;
    (void)state;
    start(&server);
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct accept_rule rule =
            rule_of(cases[i].cve, cases[i].software, cases[i].host, cases[i].until);
        use(&server, &rules, &rule, 1);
        const struct finding *finding = server_finding(&server, OPENSSL, NULL);
        if ((finding->accepted != NULL) != cases[i].accepted)
            fail_msg("case %u", i);
    }
    server_done(&server);
}

static void what_is_accepted_does_not_count(void **state)
{
    struct server server;
    struct accept_rules rules;
    struct accept_rule rule = rule_of(OPENSSL, "", "", "2026-12-31");
    (void)state;
    start(&server);
    server_update(&server, "dpkg", "libssl3", "3.0.11-1~deb12u1", "3.0.18-1~deb12u2",
                  "Debian-Security:12/oldstable-security");
    const struct assessment *got = server_assess(&server);
    assert_int_equal(got->confirmed.total, 2);
    assert_int_equal(got->update_classes[UPDATE_CRITICAL], 1);
    uint32_t risks = got->risks;
    use(&server, &rules, &rule, 1);
    assert_int_equal(got->finding_count, 2);
    assert_int_equal(got->confirmed_count, 1);
    assert_int_equal(got->accepted_count, 1);
    assert_int_equal(got->confirmed.total, 1);
    assert_int_equal(got->confirmed.by_level[LEVEL_CRITICAL], 0);
    assert_int_equal(got->unconfirmed.total, 0);
    assert_int_equal(got->accepted.total, 1);
    assert_int_equal(got->accepted.by_level[LEVEL_CRITICAL], 1);
    assert_int_equal(got->accepted.fixed_by_updates, 1);
    assert_int_equal(got->risk_vulnerabilities, 1);
    assert_int_equal(got->risks, risks - 1);
    assert_int_equal(got->update_classes[UPDATE_CRITICAL], 0);
    assert_int_equal(got->update_classes[UPDATE_SECURITY], 1);
    assert_int_equal(got->software[0].findings, 0);
    /* It comes last, though it is the worst. */
    assert_int_equal(got->findings[1].cve, fixture_id(OPENSSL));
    assert_ptr_equal(got->findings[1].accepted, &rule);
    server_done(&server);
}

static void expired_rules_are_noted(void **state)
{
    struct server server;
    struct accept_rules rules;
    struct accept_rule items[] = {
        rule_of("CVE-2023-52425", "", "", "2026-10-01"),
        rule_of(NULL, "", "db*", "2026-10-02"),
        rule_of("CVE-2023-52425", "", "", NULL),
        rule_of("CVE-2020-1234", "", "", "2026-10-03"),
        rule_of("CVE-2020-1234", "", "web*", NULL),
        rule_of(NULL, "zlib", "", NULL),
    };
    (void)state;
    start(&server);
    use(&server, &rules, items, 6);
    const struct assessment *got = &server.assessment;
    assert_int_equal(got->accepted_count, 1);
    /* Another rule accepts it still. */
    assert_ptr_equal(server_finding(&server, "CVE-2023-52425", NULL)->accepted, &items[2]);
    assert_false(has_note(got, "rule 1 "));
    assert_true(has_note(got, "a.json: rule 2 (server db*, by alice) expired 2026-10-02: the "
                              "finding is back"));
    assert_ptr_equal(server_finding(&server, OPENSSL, NULL)->expired, &items[1]);
    assert_false(has_note(got, "rule 4 "));
    assert_false(has_note(got, "rule 6 "));
    use(&server, &rules, items, 2);
    assert_true(has_note(got, "rule 1 (CVE-2023-52425, by alice) expired 2026-10-01: the finding "
                              "is back"));
    server.options.note_idle_rules = true;
    use(&server, &rules, items, 6);
    assert_true(has_note(got, "rule 4 (CVE-2020-1234, by alice) matches nothing"));
    assert_false(has_note(got, "rule 5 "));
    assert_true(has_note(got, "rule 6 (software zlib, by alice) matches nothing on this server"));
    server_done(&server);
}

static void problems_are_noted(void **state)
{
    struct server server;
    struct str problem = STR("a.json: rules[2]: until is missing; left out");
    struct accept_rules rules = {.problems = &problem, .problem_count = 1};
    (void)state;
    start(&server);
    server.options.accept = &rules;
    server_assess(&server);
    assert_true(has_note(&server.assessment, "a.json: rules[2]: until is missing; left out"));
    server_done(&server);
}

static void products_of_software(void **state)
{
    static const struct {
        const char *product;
        bool accepted;
    } cases[] = {{"f5:nginx", true}, {"*:nginx", true}, {"nginx", false}, {"f5:*|x:y", true}};
    struct server server;
    struct accept_rules rules;
    (void)state;
    start(&server);
    fixture_cve(&server.fixture, "CVE-2021-23017", "2021-06-01", 77,
                (const char *[]){"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:* <1.20.1", NULL});
    server_add(&server, "dpkg", "nginx", "1.18.0-1", "");
    server_identity(&server, (struct fake_row){.name = "nginx",
                                               .supplier = SUPPLIER_MAKER,
                                               .vendor = "f5",
                                               .product = "nginx",
                                               .upstream = "1.18.0"});
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct accept_rule rule = rule_of(NULL, "", "", NULL);
        rule.product = str_from(cases[i].product);
        use(&server, &rules, &rule, 1);
        const struct finding *finding = server_finding(&server, "CVE-2021-23017", NULL);
        assert_non_null(finding);
        if ((finding->accepted != NULL) != cases[i].accepted)
            fail_msg("%s", cases[i].product);
        assert_null(server_finding(&server, OPENSSL, NULL)->accepted);
    }
    server_done(&server);
}

/* ---- VEX ---- */

static void read_vex(struct server *server, struct accept_rules *rules, const char *products,
                     const char *status, const char *time)
{
    char text[4096];
    struct error err = ERROR_INIT;
    snprintf(text, sizeof text,
             "{\"@context\":\"https://openvex.dev/ns\",\"author\":\"maker\",\"timestamp\":\"%s\","
             "\"statements\":[{\"vulnerability\":{\"name\":\"" OPENSSL "\"},\"products\":[%s],"
             "\"status\":\"%s\",\"justification\":\"component_not_present\"}]}",
             time, products, status);
    char *kept = arena_alloc(&server->arena, strlen(text) + 1);
    strcpy(kept, text);
    assert_int_equal(accept_read(str_from(kept), STR("v.json"), &server->arena, rules, &err), 0);
    assert_int_equal(rules->problem_count, 0);
}

static bool vex_accepts(struct server *server, const struct accept_rules *rules)
{
    server->options.accept = rules;
    server_assess(server);
    assert_null(server_finding(server, "CVE-2023-52425", NULL)->accepted);
    return server_finding(server, OPENSSL, NULL)->accepted != NULL;
}

#define P(purl) "{\"@id\":\"" purl "\"}"

static void purls(void **state)
{
    static const struct {
        const char *products;
        bool accepted;
    } cases[] = {
        /* Both packages of the finding, or neither. */
        {P("pkg:deb/debian/libssl3") "," P("pkg:deb/debian/openssl"), true},
        {P("pkg:deb/debian/libssl3"), false},
        {P("pkg:deb/debian/openssl"), false},
        {P("pkg:deb/debian/openssl?arch=source"), true},
        {P("pkg:deb/debian/openssl@3.0.11-1~deb12u1?arch=source"), true},
        {P("pkg:deb/debian/openssl@3.0.11-1%7Edeb12u1?arch=source&distro=debian-12"), true},
        {P("pkg:deb/debian/openssl@0:3.0.11-1~deb12u1?arch=source"), true},
        {P("pkg:deb/debian/openssl@1:3.0.11-1~deb12u1?arch=source"), false},
        {P("pkg:deb/debian/openssl@3.0.13-1~deb12u1?arch=source"), false},
        {P("pkg:deb/debian/openssl?arch=source&distro=bookworm"), true},
        {P("pkg:deb/debian/openssl?arch=source&distro=debian-bookworm"), true},
        {P("pkg:deb/debian/openssl?arch=source&distro=debian-13"), false},
        {P("pkg:deb/debian/openssl?arch=source&distro=debian-1"), false},
        {P("pkg:deb/debian/openssl?arch=source&distro=ubuntu-12"), false},
        {P("pkg:deb/debian/openssl?arch=source&repository_url=example.org"), false},
        {P("pkg:deb/ubuntu/openssl?arch=source"), false},
        {P("pkg:deb/openssl?arch=source"), false},
        {P("pkg:rpm/debian/openssl?arch=src"), false},
        {P("pkg:generic/openssl"), false},
        {P("pkg:deb/debian/libssl3@3.0.11-1~deb12u1?arch=amd64") "," P(
             "pkg:deb/debian/openssl@3.0.11-1~deb12u1?arch=amd64&upstream=openssl"),
         true},
        {P("pkg:deb/debian/libssl3?arch=arm64") "," P("pkg:deb/debian/openssl?arch=amd64"), false},
        {P("pkg:deb/debian/libssl3?upstream=open") "," P("pkg:deb/debian/openssl"), false},
        {P("pkg:deb/debian/libssl3?upstream=openssl%403.0.11") "," P("pkg:deb/debian/openssl"),
         true},
    };
    struct server server;
    (void)state;
    start(&server);
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct accept_rules rules = {0};
        read_vex(&server, &rules, cases[i].products, "fixed", "2026-01-01T00:00:00Z");
        if (vex_accepts(&server, &rules) != cases[i].accepted)
            fail_msg("%s", cases[i].products);
    }
    server_done(&server);
}

static void newer_statements_decide(void **state)
{
    static const struct {
        const char *first, *first_time, *second, *second_time;
        bool accepted;
    } cases[] = {
        {"not_affected", "2026-01-01T00:00:00Z", "affected", "2026-01-02T00:00:00Z", false},
        {"not_affected", "2026-01-02T00:00:00Z", "affected", "2026-01-01T00:00:00Z", true},
        {"under_investigation", "2026-01-01T00:00:00Z", "fixed", "2026-01-02T00:00:00Z", true},
        {"fixed", "2026-01-01T00:00:00Z", "under_investigation", "2026-01-01T00:00:00Z", false},
        {"affected", "2026-01-01T00:00:00Z", "not_affected", "2026-01-01T00:00:00Z", true},
        {"not_affected", "2026-01-01T02:00:00+02:00", "affected", "2026-01-01T00:00:01Z", false},
    };
    static const char product[] = P("pkg:deb/debian/openssl?arch=source");
    struct server server;
    (void)state;
    start(&server);
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct accept_rules rules = {0};
        read_vex(&server, &rules, product, cases[i].first, cases[i].first_time);
        read_vex(&server, &rules, product, cases[i].second, cases[i].second_time);
        if (vex_accepts(&server, &rules) != cases[i].accepted)
            fail_msg("case %u", i);
    }
    server_done(&server);
}

/* Software of other ecosystems and rpm versions, asked of the matcher itself. */
static void products_against_packages(void **state)
{
    static const struct {
        const char *id, *version_id, *ecosystem, *name, *version, *purl;
        bool matches;
    } cases[] = {
        {"almalinux", "9.4", "rpm", "curl", "0:7.76.1-29.el9_4",
         "pkg:rpm/almalinux/curl@7.76.1-29.el9_4", true},
        {"almalinux", "9.4", "rpm", "curl", "7.76.1-29.el9_4",
         "pkg:rpm/almalinux/curl?distro=almalinux-9", true},
        {"almalinux", "9.4", "rpm", "curl", "7.76.1-29.el9_4",
         "pkg:rpm/almalinux/curl?distro=almalinux-9.4", true},
        {"almalinux", "9.4", "rpm", "curl", "7.76.1-29.el9_4",
         "pkg:rpm/almalinux/curl?distro=almalinux-9.3", false},
        {"rhel", "9.4", "rpm", "curl", "7.76.1-29.el9_4", "pkg:rpm/redhat/curl@7.76.1-29.el9_4",
         true},
        {"rhel", "9.4", "rpm", "bind", "32:9.16.23-18.el9",
         "pkg:rpm/redhat/bind@9.16.23-18.el9?epoch=32", true},
        {"rhel", "9.4", "rpm", "bind", "32:9.16.23-18.el9", "pkg:rpm/redhat/bind@9.16.23-18.el9",
         false},
        {"rhel", "9.4", "rpm", "bind", "3:9.16.23-18.el9",
         "pkg:rpm/redhat/bind@9.16.23-18.el9?epoch=32", false},
        {"almalinux", "9.4", "rpm", "curl", "7.76.1-29.el9_4", "pkg:rpm/redhat/curl", false},
        {"debian", "12", "npm", "@angular/core", "17.0.0", "pkg:npm/%40angular/core@17.0.0", true},
        {"debian", "12", "npm", "core", "17.0.0", "pkg:npm/%40angular/core@17.0.0", false},
        {"debian", "12", "maven", "org.a:b", "1", "pkg:maven/org.a/b@1", true},
        {"debian", "12", "maven", "org.a/b", "1", "pkg:maven/org.a/b@1", false},
        {"alpine", "3.18.4", "apk", "git", "2.40.1-r0",
         "pkg:apk/alpine/git@2.40.1-r0?distro=alpine-3.18", true},
        {"wolfi", "20230201", "apk", "git", "2.39.0-r1", "pkg:apk/wolfi/git@2.39.0-r1", true},
        {"wolfi", "20230201", "apk", "git", "2.39.0-r1", "pkg:apk/wolfi/git@2.39.0-r1?arch=armv7",
         false},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct inventory inventory = {.os = {.family = OS_FAMILY_LINUX,
                                             .id = str_from(cases[i].id),
                                             .version_id = str_from(cases[i].version_id)}};
        struct inventory_software software = {.ecosystem = str_from(cases[i].ecosystem),
                                              .name = str_from(cases[i].name),
                                              .version = str_from(cases[i].version),
                                              .arch = STR("x86_64")};
        struct identity identity = {0};
        struct arena arena;
        struct purl purl;
        arena_init(&arena);
        assert_int_equal(purl_parse(str_from(cases[i].purl), &arena, &purl, NULL), 0);
        struct accept_product product = {.type = purl.type,
                                         .namespace = purl.namespace,
                                         .name = purl.name,
                                         .version = purl.version,
                                         .qualifiers = purl.qualifiers,
                                         .qualifier_count = purl.qualifier_count};
        if (accepted_product(&inventory, &software, &identity, &product) != cases[i].matches)
            fail_msg("%s", cases[i].purl);
        arena_done(&arena);
    }
}

static void names_of_cpe(void **state)
{
    static const struct {
        const char *part, *vendor, *product, *version;
        bool matches;
    } cases[] = {
        {"a", "f5", "nginx", "1.18.0", true},  {"", "f5", "nginx", "", true},
        {"a", "f5", "nginx", "1.18.1", false}, {"o", "f5", "nginx", "", false},
        {"a", "nginx", "nginx", "", false},
    };
    struct inventory inventory = {0};
    struct inventory_software software = {.name = STR("nginx")};
    struct identity_product own = {
        .product = {.part = 'a', .vendor = STR("f5"), .product = STR("nginx")},
        .version = STR("1.18.0")};
    struct identity identity = {.products = &own, .product_count = 1};
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct accept_product product = {.is_cpe = true,
                                         .type = str_from(cases[i].part),
                                         .namespace = str_from(cases[i].vendor),
                                         .name = str_from(cases[i].product),
                                         .version = str_from(cases[i].version)};
        assert_int_equal(accepted_product(&inventory, &software, &identity, &product),
                         cases[i].matches);
    }
}

static void explained(void **state)
{
    struct server server;
    struct accept_rules rules;
    struct accept_rule items[] = {rule_of(OPENSSL, "", "", "2026-12-31"),
                                  rule_of("CVE-2023-52425", "", "", "2026-10-01")};
    (void)state;
    start(&server);
    use(&server, &rules, items, 2);
    const struct explanation *got = server_explain(&server, OPENSSL, "openssl");
    assert_int_equal(got->verdict, VERDICT_VULNERABLE);
    assert_text(got->verdict_note, "confidence: advisory; accepted as risk");
    assert_true(has_step(got, "accepted", "by alice until 2026-12-31: reason"));
    assert_true(has_step(got, "accepted", "rule 1 of a.json"));
    got = server_explain(&server, "CVE-2023-52425", "");
    assert_text(got->verdict_note, "confidence: advisory");
    assert_true(has_step(got, "accepted", "no longer: the rule by alice expired 2026-10-01"));
    server_done(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions),
        cmocka_unit_test(what_is_accepted_does_not_count),
        cmocka_unit_test(expired_rules_are_noted),
        cmocka_unit_test(problems_are_noted),
        cmocka_unit_test(products_of_software),
        cmocka_unit_test(purls),
        cmocka_unit_test(newer_statements_decide),
        cmocka_unit_test(products_against_packages),
        cmocka_unit_test(names_of_cpe),
        cmocka_unit_test(explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
