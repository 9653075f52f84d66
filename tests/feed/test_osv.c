#include "../unit.h"

#include "capture.h"

#include <stdio.h>
#include <stdlib.h>

struct osv_case {
    const char *name, *record, *expected, *skips;
};

/* Parses a record in which ' stands for ". */
static void parse_record(struct capture *capture, const char *record)
{
    char *text = strdup(record);
    assert_non_null(text);
    for (char *at = text; *at != '\0'; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    capture_parse(capture, "osv", str_from(text));
    free(text);
}

static void check_cases(const struct osv_case *cases, size_t count)
{
    struct capture capture;
    capture_init(&capture);
    for (size_t i = 0; i < count; i++) {
        parse_record(&capture, cases[i].record);
        if (capture.result != 0 || strcmp(buf_text(&capture.text), cases[i].expected) != 0 ||
            strcmp(capture_skips(&capture), cases[i].skips) != 0) {
            fail_msg("%s: %s%s", cases[i].name, buf_text(&capture.text), capture_skips(&capture));
        }
    }
    capture_done(&capture);
}

#define CHECK(cases) check_cases((cases), sizeof(cases) / sizeof(cases)[0])

static void reads_records(void **state)
{
    static const struct osv_case cases[] = {
        {"a DSA",
         "{'schema_version':'1.6.0','id':'DSA-1000-2','summary':'libapreq2-perl - design error',"
         "'details':'','published':'2006-03-14T00:00:00Z','modified':'2006-03-15T00:00:00Z',"
         "'upstream':['CVE-2006-0042'],'related':[],'affected':[{'package':{'ecosystem':"
         "'Debian:3.1','name':'libapreq2-perl','purl':'pkg:deb/x'},'ranges':[{'type':'ECOSYSTEM',"
         "'events':[{'introduced':'0'},{'fixed':'2.04-dev-1sarge2'}]}]}]}",
         "DSA-1000-2 published=2006-03-14T00:00:00Z modified=2006-03-15T00:00:00Z "
         "summary='libapreq2-perl - design error' CVE-2006-0042 {Debian:3.1 libapreq2-perl "
         "[>=0 <2.04-dev-1sarge2]}\n",
         ""},
        {"a DEBIAN-CVE that is not fixed yet",
         "{'id':'DEBIAN-CVE-2024-0132','modified':'2024-01-01T00:00:00Z','upstream':["
         "'CVE-2024-0132'],'affected':[{'package':{'ecosystem':'Debian:12','name':'x'},'ranges':[{"
         "'type':'ECOSYSTEM','events':[{'introduced':'0'}]}],'ecosystem_specific':{'urgency':"
         "'unimportant'}}]}",
         "DEBIAN-CVE-2024-0132 modified=2024-01-01T00:00:00Z CVE-2024-0132 {Debian:12 x [>=0] "
         "urgency='unimportant'}\n",
         ""},
        {"CVEs of all three lists, each once",
         "{'id':'ALSA-2019:0975','aliases':['CVE-2020-0002','GHSA-x'],'upstream':['CVE-2019-5736',"
         "'DEBIAN-CVE-1-1'],'related':['CVE-2020-0002','cve-2018-1000'],'affected':[]}",
         "ALSA-2019:0975 CVE-2018-1000 CVE-2019-5736 CVE-2020-0002\n", ""},
        {"a record that is a CVE itself", "{'id':'CVE-2020-0002','aliases':['CVE-2020-0002']}",
         "CVE-2020-0002 CVE-2020-0002\n", ""},
        {"withdrawn, from ALBA without CVE",
         "{'id':'ALBA-2019:1','withdrawn':'2020-01-01T00:00:00Z','related':null}",
         "ALBA-2019:1 withdrawn=2020-01-01T00:00:00Z\n", ""},
        {"enumerated versions, severity of the database",
         "{'id':'A','affected':[{'package':{'ecosystem':'E','name':'x'},'versions':['1','2'],"
         "'database_specific':{'severity':'HIGH'}}]}",
         "A {E x =1 =2 urgency='HIGH'}\n", ""},
        {"Ubuntu's priority beside a vector",
         "{'id':'UBUNTU-CVE-2024-0727','upstream':['CVE-2024-0727'],'severity':[{'type':'CVSS_V3',"
         "'score':'CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:N/I:N/A:H'},{'type':'Ubuntu','score':'low'}],"
         "'affected':[{'package':{'ecosystem':'Ubuntu:22.04:LTS','name':'openssl'},'versions':["
         "'1']}]}",
         "UBUNTU-CVE-2024-0727 CVE-2024-0727 {Ubuntu:22.04:LTS openssl =1 urgency='low'}\n", ""},
        {"the package's severity before the record's",
         "{'id':'A','database_specific':{'severity':'MODERATE'},'affected':[{'package':{'ecosystem'"
         ":"
         "'E','name':'x'},'severity':[{'type':'Ubuntu','score':'high'}]},{'package':{'ecosystem':"
         "'E','name':'y'}}]}",
         "A {E x urgency='high'} {E y urgency='MODERATE'}\n", ""},
        {"severities of no use",
         "{'id':'A','severity':[5,{'type':7,'score':[]},{'type':'CVSS_V3','score':'x'}],"
         "'database_specific':{'severity':4},'affected':[{'package':{'ecosystem':'E','name':'x'},"
         "'severity':'bad'}]}",
         "A {E x}\n", ""},
    };
    (void)state;
    CHECK(cases);
}

#define RANGED(type, events)                                                                       \
    "{'id':'A','affected':[{'package':{'ecosystem':'E','name':'x'},'ranges':[{'type':'" type       \
    "','events':[" events "]}]}]}"

static void reads_ranges(void **state)
{
    static const struct osv_case cases[] = {
        {"several stretches",
         RANGED("SEMVER", "{'introduced':'0'},{'fixed':'2'},{'introduced':'3'},{'last_affected':'4'"
                          "},{'introduced':'5'}"),
         "A {E x [>=0 <2 >=3 <=4 >=5]}\n", ""},
        {"a beginning within a stretch, an end without one",
         RANGED("ECOSYSTEM", "{'introduced':'0'},{'introduced':'1'},{'fixed':'2'},{'fixed':'3'}"),
         "A {E x [>=0 >=1 <2 <3]}\n", ""},
        {"the end before the beginning", RANGED("ECOSYSTEM", "{'fixed':'2'},{'introduced':'1'}"),
         "A {E x [<2 >=1]}\n", ""},
        {"an end alone", RANGED("ECOSYSTEM", "{'fixed':'2'}"), "A {E x}\n", "missing field 1"},
        {"no events", RANGED("ECOSYSTEM", ""), "A {E x}\n", "missing field 1"},
        {"a limit", RANGED("ECOSYSTEM", "{'introduced':'0'},{'limit':'9'}"),
         "A {E x [>=0 limit 9]}\n", ""},
        {"commits", RANGED("GIT", "{'introduced':'0'},{'fixed':'abcdef'}"), "A {E x}\n", ""},
        {"an event that is a text", RANGED("ECOSYSTEM", "{'introduced':'0'},'fixed'"), "A {E x}\n",
         "wrong type 1"},
        {"a version that is a number", RANGED("ECOSYSTEM", "{'introduced':'0'},{'fixed':2}"),
         "A {E x}\n", "wrong type 1"},
    };
    (void)state;
    CHECK(cases);
}

#define SUMMED(summary, fixed)                                                                     \
    "{'id':'A','summary':'" summary "','affected':[{'package':{'ecosystem':'AlmaLinux:8','name':"  \
    "'x'},'ranges':[{'type':'ECOSYSTEM','events':[{'introduced':'0'},{'fixed':'" fixed "'}]}]}]}"

static void reads_module_streams(void **state)
{
    static const struct {
        const char *summary, *module;
    } cases[] = {
        {"nodejs:14 security update", "nodejs:14"},
        {"Important: container-tools:rhel8 security and bug fix update", "container-tools:rhel8"},
        {"new module: php:7.4", "php:7.4"},
        {"ALSA-2022:5468: php:8.0 security update (Important)", "php:8.0"},
        {"Moderate: virt:rhel and virt-devel:rhel security update", "virt:rhel virt-devel:rhel"},
        {"Important: httpd:2.4/mod_http2 security update", "httpd:2.4"},
        {"mod_auth_openidc:2.3  bug fix update", "mod_auth_openidc:2.3"},
        {"Important: varnish security update", ""},
        {"see https://example.org/x:y now", ""},
        {"", ""},
    };
    struct capture capture;
    char record[1024], expected[1024];
    (void)state;
    capture_init(&capture);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(record, sizeof record, SUMMED("%s", "%s"), cases[i].summary,
                 "1-1.module_el8.5.0+1+1");
        parse_record(&capture, record);
        snprintf(expected, sizeof expected, " module='%s'", cases[i].module);
        bool shown = strstr(buf_text(&capture.text), expected) != NULL;
        bool any = strstr(buf_text(&capture.text), " module=") != NULL;
        if (cases[i].module[0] ? !shown : any) {
            fail_msg("%s: %s", cases[i].summary, buf_text(&capture.text));
        }
    }
    /* The same form in a record that is not modular names a version. */
    snprintf(record, sizeof record, SUMMED("%s", "%s"), "Moderate: kernel:4.18.0 security update",
             "4.18.0-1.el8");
    parse_record(&capture, record);
    assert_null(strstr(buf_text(&capture.text), " module="));
    capture_done(&capture);
}

static void skips_bad_records(void **state)
{
    static const struct osv_case cases[] = {
        {"not JSON", "hello", "", "not JSON 1"},
        {"empty", "", "", "not JSON 1"},
        {"a list", "[]", "", "wrong type 1"},
        {"no id", "{'modified':'2024-01-01T00:00:00Z'}", "", "missing field 1"},
        {"an id that is a number", "{'id':5}", "", "wrong type 1"},
        {"another schema", "{'schema_version':'2.0.0','id':'A'}", "", "bad value 1"},
        {"affected is a text", "{'id':'A','affected':'all'}", "", "wrong type 1"},
        {"a package without a name",
         "{'id':'A','affected':[{'package':{'ecosystem':'E'}},{'package':{'ecosystem':'E','name':"
         "'x'}}]}",
         "A {E x}\n", "missing field 1"},
        {"no package", "{'id':'A','affected':[{'ranges':[]}]}", "A\n", "missing field 1"},
        {"a CVE that is a number", "{'id':'A','upstream':[5,'CVE-2020-0002']}", "A CVE-2020-0002\n",
         "wrong type 1"},
        {"a version that is a number",
         "{'id':'A','affected':[{'package':{'ecosystem':'E','name':'x'},'versions':[1,'2']}]}",
         "A {E x =2}\n", "wrong type 1"},
        {"an unknown field", "{'id':'A','credits':[{'name':5}],'severity':null}", "A\n", ""},
        {"a time that is none", "{'id':'A','modified':'soon'}", "A\n", "bad value 1"},
    };
    (void)state;
    CHECK(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_records),
        cmocka_unit_test(reads_ranges),
        cmocka_unit_test(reads_module_streams),
        cmocka_unit_test(skips_bad_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
