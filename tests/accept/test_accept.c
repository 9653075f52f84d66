#include "../unit.h"
#include "accept/accept.h"

#include <stdio.h>
#include <stdlib.h>

#define RULES(rules) "{\"format\":\"assay-accepted\",\"format_version\":1,\"rules\":[" rules "]}"
#define SIGNED       "\"reason\":\"r\",\"author\":\"a\",\"until\":\"2026-12-31\"}"
#define VEX(statements)                                                                            \
    "{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"author\":\"maker\","                        \
    "\"timestamp\":\"2026-01-02T00:00:00Z\",\"statements\":[" statements "]}"
#define ABOUT "{\"vulnerability\":{\"name\":\"CVE-2024-0001\"},"
#define GIT   "\"products\":[{\"@id\":\"pkg:deb/debian/git@1%3A2.39.5?arch=amd64\"}],"

struct reading {
    struct arena arena;
    struct accept_rules rules;
    struct error err;
    int result;
};

static void reading_start(struct reading *reading, const char *text)
{
    *reading = (struct reading){.err = ERROR_INIT};
    arena_init(&reading->arena);
    reading->result =
        accept_read(str_from(text), STR("x.json"), &reading->arena, &reading->rules, &reading->err);
}

static void assert_text(struct str text, const char *expected)
{
    char copy[1024];
    snprintf(copy, sizeof copy, "%.*s", STR_ARG(text));
    assert_string_equal(copy, expected);
}

static void a_rule_is_read_whole(void **state)
{
    struct reading reading;
    uint64_t cve;
    int32_t until;
    (void)state;
    reading_start(&reading, RULES("{\"cve\":\"cve-2024-0001\",\"software\":\" openssl* \","
                                  "\"product\":\"openssl:*\",\"server\":\"db?|web*\"," SIGNED
                                  ",{\"software\":\"zlib\",\"reason\":\"r\",\"author\":\"a\","
                                  "\"until\":\"never\"}"));
    assert_int_equal(reading.result, 0);
    assert_int_equal(reading.rules.count, 2);
    assert_int_equal(reading.rules.problem_count, 0);
    const struct accept_rule *rule = reading.rules.items;
    assert_true(cve_id_parse(STR("CVE-2024-0001"), &cve) && rule->cve == cve);
    assert_text(rule->software, "openssl*");
    assert_text(rule->product, "openssl:*");
    assert_text(rule->server, "db?|web*");
    assert_text(rule->document, "x.json");
    assert_int_equal(rule->number, 1);
    assert_true(date_parse(STR("2026-12-31"), &until) && rule->until == until);
    assert_false(accept_is_vex(rule));
    assert_false(accept_expired(rule, until));
    assert_true(accept_expired(rule, until + 1));
    assert_int_equal(rule[1].number, 2);
    assert_false(accept_expired(&rule[1], INT32_MAX));
    arena_done(&reading.arena);
}

static void documents_that_are_none(void **state)
{
    static const struct {
        const char *text;
        int code;
        const char *message;
    } cases[] = {
        {"", ERR_FORMAT, ""},
        {"[]", ERR_FORMAT, "neither rules of accepted risk"},
        {"{\"format\":\"assay-inventory\"}", ERR_FORMAT, "nor an OpenVEX document"},
        {"{\"format\":\"assay-accepted\"}", ERR_FORMAT, "format_version must be 1"},
        {"{\"format\":\"assay-accepted\",\"format_version\":2}", ERR_VERSION, "reads up to 1"},
        {"{\"format\":\"assay-accepted\",\"format_version\":1}", ERR_FORMAT, "rules must be"},
        {"{\"format\":\"assay-accepted\",\"format_version\":1,\"rules\":[", ERR_FORMAT, ""},
        {"{\"@context\":\"https://openvex.dev/ns\",\"statements\":[]}", ERR_FORMAT,
         "author is missing"},
        {"{\"@context\":\"https://openvex.dev/ns\",\"author\":\"a\"}", ERR_FORMAT,
         "statements must be an array"},
        {"{\"@context\":\"https://example.org\",\"author\":\"a\",\"statements\":[]}", ERR_FORMAT,
         "neither"},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reading reading;
        reading_start(&reading, cases[i].text);
        assert_int_equal(reading.result, cases[i].code);
        assert_non_null(strstr(reading.err.message, cases[i].message));
        assert_int_equal(reading.rules.count, 0);
        arena_done(&reading.arena);
    }
}

static void bad_rules_are_left_out(void **state)
{
    static const struct {
        const char *rule, *problem;
    } cases[] = {
        {"7", "x.json: rules[0]: must be an object, not a number; left out"},
        {"{\"cve\":\"2024-1\"," SIGNED,
         "x.json: rules[0].cve: not a CVE identifier; write CVE-2024-12345; left out"},
        {"{\"cve\":\"CVE-2024-0001\",\"sever\":\"db\"," SIGNED,
         "x.json: rules[0]: sever is no member of a rule; left out"},
        {"{\"cve\":\"CVE-2024-0001\",\"server\":\"\"," SIGNED,
         "x.json: rules[0].server: is empty; left out"},
        {"{\"cve\":\"CVE-2024-0001\",\"server\":[\"db\"]," SIGNED,
         "x.json: rules[0].server: must be a text, not an array; left out"},
        {"{\"server\":\"**\"," SIGNED,
         "x.json: rules[0]: accepts everything; name a cve, software, product or server; "
         "left out"},
        {"{" SIGNED,
         "x.json: rules[0]: accepts everything; name a cve, software, product or server; "
         "left out"},
        {"{\"cve\":\"CVE-2024-0001\",\"author\":\"a\",\"until\":\"never\"}",
         "x.json: rules[0]: reason is missing; left out"},
        {"{\"cve\":\"CVE-2024-0001\",\"reason\":\" \",\"author\":\"a\",\"until\":\"never\"}",
         "x.json: rules[0].reason: is empty; left out"},
        {"{\"cve\":\"CVE-2024-0001\",\"reason\":\"r\",\"until\":\"never\"}",
         "x.json: rules[0]: author is missing; left out"},
        {"{\"cve\":\"CVE-2024-0001\",\"reason\":\"r\",\"author\":\"a\"}",
         "x.json: rules[0]: until is missing; left out"},
        {"{\"cve\":\"CVE-2024-0001\",\"reason\":\"r\",\"author\":\"a\",\"until\":\"2026-02-30\"}",
         "x.json: rules[0].until: not a date; write 2026-12-31, or never; left out"},
        {"{\"cve\":\"CVE-2024-0001\",\"reason\":\"r\",\"author\":\"a\",\"until\":null}",
         "x.json: rules[0].until: must be a text, not null; left out"},
    };
    char text[1024];
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reading reading;
        snprintf(text, sizeof text, RULES("%s,{\"cve\":\"CVE-2024-0002\"," SIGNED), cases[i].rule);
        reading_start(&reading, text);
        assert_int_equal(reading.result, 0);
        assert_int_equal(reading.rules.count, 1);
        assert_int_equal(reading.rules.items[0].number, 2);
        assert_int_equal(reading.rules.problem_count, 1);
        assert_text(reading.rules.problems[0], cases[i].problem);
        arena_done(&reading.arena);
    }
}

static void many_bad_rules_are_counted(void **state)
{
    struct reading reading;
    char text[1024] = "{\"format\":\"assay-accepted\",\"format_version\":1,\"rules\":[";
    (void)state;
    for (unsigned i = 0; i < 50; i++)
        strcat(text, i ? ",7" : "7");
    strcat(text, "]}");
    reading_start(&reading, text);
    assert_int_equal(reading.rules.problem_count, 21);
    assert_text(reading.rules.problems[20], "x.json: 30 more left out");
    arena_done(&reading.arena);
}

static void statements_are_read(void **state)
{
    static const struct {
        const char *statement;
        enum accept_status status;
        const char *reason;
        uint32_t products;
    } cases[] = {
        {ABOUT GIT "\"status\":\"fixed\"}", ACCEPT_FIXED, "fixed", 1},
        {ABOUT GIT "\"status\":\"affected\"}", ACCEPT_AFFECTED, "affected", 1},
        {ABOUT GIT "\"status\":\"under_investigation\"}", ACCEPT_INVESTIGATED,
         "under investigation", 1},
        {ABOUT GIT "\"status\":\"not_affected\",\"justification\":\"component_not_present\","
                   "\"impact_statement\":\"removed\"}",
         ACCEPT_NOT_AFFECTED, "not affected, component not present: removed", 1},
        {ABOUT GIT "\"status\":\"not_affected\",\"impact_statement\":\"removed\"}",
         ACCEPT_NOT_AFFECTED, "not affected: removed", 1},
        /* 0.0.1 wrote texts. */
        {"{\"vulnerability\":\"CVE-2024-0001\",\"products\":[\"pkg:apk/wolfi/git\"],"
         "\"status\":\"fixed\",\"status_notes\":\"in 2.40\"}",
         ACCEPT_FIXED, "fixed: in 2.40", 1},
        {"{\"vulnerability\":{\"name\":\"GHSA-1\",\"aliases\":[\"X\",\"CVE-2024-0001\"]}," GIT
         "\"status\":\"fixed\"}",
         ACCEPT_FIXED, "fixed", 1},
        /* One product by several names; what the names of CPE say more than is compared, not. */
        {ABOUT "\"products\":[{\"@id\":\"pkg:npm/a\",\"identifiers\":{\"purl\":\"pkg:npm/a\","
               "\"cpe23\":\"cpe:2.3:a:v:p:1.0:*:*:*:*:*:*:*\",\"cpe22\":\"cpe:/a:v:p:1.0:-\"}},"
               "{\"identifiers\":{\"cpe23\":\"cpe:2.3:a:v:p:1.0:*:*:*:*:wordpress:*:*\"}},"
               "{\"identifiers\":{\"cpe23\":\"cpe:2.3:a:v:p:1.*:*:*:*:*:*:*:*\"}},"
               "{\"identifiers\":{\"purl\":\"pkg:\"}}],\"status\":\"fixed\"}",
         ACCEPT_FIXED, "fixed", 3},
    };
    char text[2048];
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reading reading;
        snprintf(text, sizeof text, VEX("%s"), cases[i].statement);
        reading_start(&reading, text);
        assert_int_equal(reading.result, 0);
        assert_int_equal(reading.rules.problem_count, 0);
        assert_int_equal(reading.rules.count, 1);
        const struct accept_rule *rule = reading.rules.items;
        assert_true(accept_is_vex(rule));
        assert_int_equal(rule->status, cases[i].status);
        assert_int_equal(rule->product_count, cases[i].products);
        assert_text(rule->reason, cases[i].reason);
        assert_text(rule->author, "maker");
        assert_int_equal(rule->until, DATE_NONE);
        arena_done(&reading.arena);
    }
}

static void bad_statements_are_left_out(void **state)
{
    static const struct {
        const char *statement, *problem;
    } cases[] = {
        {"null", "must be an object"},
        {"{" GIT "\"status\":\"fixed\"}", "statements[0]: vulnerability names no CVE"},
        {ABOUT GIT "\"justification\":\"component_not_present\"}", "status is missing"},
        {ABOUT GIT "\"status\":\"solved\"}", "statements[0].status: not a status"},
        {ABOUT GIT "\"status\":\"not_affected\"}",
         "statements[0]: not_affected needs a justification or an impact_statement"},
        {ABOUT GIT "\"status\":\"not_affected\",\"justification\":\"because\"}",
         "statements[0].justification: not a justification"},
        {ABOUT "\"products\":[],\"status\":\"fixed\"}", "products has no purl and no CPE"},
        {ABOUT "\"products\":[{\"hashes\":{\"md5\":\"0\"}}],\"status\":\"fixed\"}",
         "products has no purl and no CPE"},
        {ABOUT GIT "\"status\":\"fixed\",\"timestamp\":\"yesterday\"}",
         "statements[0].timestamp: not a time"},
    };
    char text[2048];
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reading reading;
        snprintf(text, sizeof text, VEX("%s"), cases[i].statement);
        reading_start(&reading, text);
        assert_int_equal(reading.result, 0);
        assert_int_equal(reading.rules.count, 0);
        assert_int_equal(reading.rules.problem_count, 1);
        assert_true(str_find(reading.rules.problems[0], str_from(cases[i].problem)) != SIZE_MAX);
        arena_done(&reading.arena);
    }
}

static void a_failed_document_leaves_the_rules_before_it(void **state)
{
    struct reading reading;
    (void)state;
    reading_start(&reading, RULES("{\"cve\":\"CVE-2024-0001\"," SIGNED));
    assert_int_equal(
        accept_read(STR("{}"), STR("y.json"), &reading.arena, &reading.rules, &reading.err),
        ERR_FORMAT);
    assert_int_equal(reading.rules.count, 1);
    assert_int_equal(accept_read(str_from(VEX(ABOUT GIT "\"status\":\"fixed\"}")), STR("z.json"),
                                 &reading.arena, &reading.rules, &reading.err),
                     0);
    assert_int_equal(reading.rules.count, 2);
    assert_text(reading.rules.items[0].document, "x.json");
    assert_text(reading.rules.items[1].document, "z.json");
    arena_done(&reading.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_is_read_whole),
        cmocka_unit_test(documents_that_are_none),
        cmocka_unit_test(bad_rules_are_left_out),
        cmocka_unit_test(many_bad_rules_are_counted),
        cmocka_unit_test(statements_are_read),
        cmocka_unit_test(bad_statements_are_left_out),
        cmocka_unit_test(a_failed_document_leaves_the_rules_before_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
