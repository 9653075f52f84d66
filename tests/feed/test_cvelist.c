/* Records of the CVE List and overrides of NVD, in the forms that publishers give them. */
#include "../unit.h"

#include "capture.h"

#include <stdio.h>
#include <stdlib.h>

struct list_case {
    const char *name, *record, *expected, *skips;
};

/* Parses a record in which ' stands for ". */
static void parse_record(struct capture *capture, const char *feed, const char *record)
{
    char *text = strdup(record);
    assert_non_null(text);
    for (char *at = text; *at != '\0'; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    capture_parse(capture, feed, str_from(text));
    free(text);
}

static void check_cases(const char *feed, const struct list_case *cases, size_t count)
{
    struct capture capture;
    capture_init(&capture);
    for (size_t i = 0; i < count; i++) {
        parse_record(&capture, feed, cases[i].record);
        if (capture.result != 0 || strcmp(buf_text(&capture.text), cases[i].expected) != 0 ||
            strcmp(capture_skips(&capture), cases[i].skips) != 0) {
            fail_msg("%s: %s%s", cases[i].name, buf_text(&capture.text), capture_skips(&capture));
        }
    }
    capture_done(&capture);
}

#define CHECK(feed, cases) check_cases((feed), (cases), sizeof(cases) / sizeof(cases)[0])

#define META            "'dataVersion':'5.1','cveMetadata':{'cveId':'CVE-2024-0001','state':'PUBLISHED'}"
#define CNA(members)    "{" META ",'containers':{'cna':{" members "}}}"
#define AFFECTED(entry) CNA("'affected':[" entry "]")
#define NAMED(versions) AFFECTED("{'vendor':'Example','product':'Tool','versions':[" versions "]}")
#define CPE             "cpe:2.3:a:example:tool:*:*:*:*:*:*:*:*"
#define FOUND(criteria) "CVE-2024-0001 other cna:named:or{or(" criteria ")}\n"

static void reads_records(void **state)
{
    static const struct list_case cases[] = {
        {"all parts",
         "{'dataType':'CVE_RECORD','dataVersion':'5.1','cveMetadata':{'cveId':'CVE-2024-0001',"
         "'state':'PUBLISHED','datePublished':'2024-01-02T03:04:05.678Z','dateUpdated':"
         "'2024-02-03T00:00:00'},'containers':{'cna':{'descriptions':[{'lang':'de','value':'x'},{"
         "'lang':'en-US','value':'A flaw.'}],'references':[{'url':'https://e.org'}],'metrics':[{"
         "'format':'CVSS','cvssV3_1':{'baseScore':9.8,'vectorString':"
         "'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'}},{'other':{}}]},'adp':[{'metrics':[{"
         "'cvssV3_1':{'baseScore':5.3,'vectorString':"
         "'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L'}}],'references':[{'url':'no'}]}]}}",
         "CVE-2024-0001 other published=2024-01-02T03:04:05Z modified=2024-02-03T00:00:00Z "
         "text='A flaw.' 3/98/cna/CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H "
         "3/53/adp/CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L <https://e.org>\n",
         ""},
        {"rejected",
         "{'dataVersion':'5.0','cveMetadata':{'cveId':'CVE-2024-0001','state':'REJECTED'},"
         "'containers':{'cna':{'affected':3}}}",
         "CVE-2024-0001 rejected\n", ""},
        {"configurations of its own",
         CNA("'affected':[{'vendor':'a','product':'b','versions':[{'version':'1','status':"
             "'affected'}]}],'cpeApplicability':[{'nodes':[{'operator':'OR','negate':false,"
             "'cpeMatch':[{'vulnerable':true,'criteria':'" CPE "','versionEndExcluding':'2'}]}]}]"),
         "CVE-2024-0001 other cna:or{or(" CPE " [,2))}\n", ""},
        {"not JSON", "{", "", "not JSON 1"},
        {"another version",
         "{'dataVersion':'4.0','cveMetadata':{'cveId':'CVE-2024-0001'},"
         "'containers':{}}",
         "", "bad value 1"},
        {"no identifier", "{'dataVersion':'5.1','cveMetadata':{},'containers':{}}", "",
         "missing field 1"},
        {"a bad identifier", "{'dataVersion':'5.1','cveMetadata':{'cveId':'x'},'containers':{}}",
         "", "bad value 1"},
        {"containers of a wrong type", "{" META ",'containers':[]}", "", "wrong type 1"},
        {"a container too much of a wrong type", "{" META ",'containers':{'adp':[3,{}]}}",
         "CVE-2024-0001 other\n", "wrong type 1"},
    };
    (void)state;
    CHECK("cvelist", cases);
}

static void reads_versions(void **state)
{
    static const struct list_case cases[] = {
        {"a version", NAMED("{'version':'1.2','status':'affected'}"),
         FOUND("cpe:2.3:a:example:tool:1.2:*:*:*:*:*:*:*"), ""},
        {"a range", NAMED("{'version':'1.0','lessThan':'1.2','status':'affected'}"),
         FOUND(CPE " [1.0,1.2)"), ""},
        {"open at both ends", NAMED("{'version':'0','lessThan':'*','status':'affected'}"),
         FOUND(CPE), ""},
        {"an end that is included",
         NAMED("{'version':'unspecified','lessThanOrEqual':'1.2','status':'affected'}"),
         FOUND(CPE " [,1.2]"), ""},
        {"a branch as the end",
         NAMED("{'version':'1.0','lessThanOrEqual':'1.9.*','status':'affected'},"
               "{'version':'2.0','lessThan':'2.4.x','status':'affected'}"),
         FOUND(CPE " [1.0,1.10); " CPE " [2.0,2.4)"), ""},
        {"changes on the way",
         NAMED("{'version':'1.0','lessThan':'2.0','status':'affected','changes':[{'at':'1.3',"
               "'status':'unaffected'},{'at':'1.5','status':'affected'},{'at':'1.7','status':"
               "'unaffected'}]}"),
         FOUND(CPE " [1.0,1.3); " CPE " [1.5,1.7)"), ""},
        {"unaffected and unknown are not affected",
         NAMED("{'version':'1','status':'unaffected'},{'version':'2','status':'unknown'}"),
         "CVE-2024-0001 other\n", ""},
        {"commits",
         NAMED("{'version':'8284a79136c3','lessThan':'c60d252949ca','status':'affected',"
               "'versionType':'git'},{'version':'1.0','lessThan':'1.1','status':'affected',"
               "'versionType':'git'}"),
         FOUND(CPE " [1.0,1.1)"), "not a version 1"},
        {"releases that are called commits",
         NAMED("{'version':'0','lessThan':'v20240731','status':'affected','versionType':'git'},"
               "{'version':'0','lessThan':'c60d252949ca','status':'affected','versionType':'git'}"),
         FOUND(CPE " [,v20240731)"), "not a version 1"},
        {"words before the end of a range",
         NAMED("{'version':'21.0','lessThan':'Build 21.16.63199, Platform 21.0','status':"
               "'affected','versionType':'custom'}"),
         FOUND(CPE " [21.0,21.16.63199)"), ""},
        {"packages' versions",
         NAMED("{'version':'0:1.0-1.el9','status':'affected','versionType':'rpm'}"),
         "CVE-2024-0001 other\n", "package of a distribution 1"},
        {"no status", NAMED("{'version':'1'}"), "CVE-2024-0001 other\n", "missing field 1"},
    };
    (void)state;
    CHECK("cvelist", cases);
}

static void reads_words(void **state)
{
    static const struct {
        const char *text, *expected; /* "" when it is not understood */
    } cases[] = {
        {"< 1.2", "[,1.2)"},
        {"<1.2", "[,1.2)"},
        {"<= 1.2", "[,1.2]"},
        {">= 1.0, < 1.2", "[1.0,1.2)"},
        {">= 1.0, < 1.2, >= 2.0, < 2.3", "[1.0,1.2); [2.0,2.3)"},
        {"> 1.0 <= 1.2", "(1.0,1.2]"},
        {">= 1.0", "[1.0,)"},
        {"1.0 to 1.5", "[1.0,1.5]"},
        {"versions V1.0 through V1.5", "[V1.0,V1.5]"},
        {"from 1.0 before 1.5", "[1.0,1.5)"},
        {"1.0 - 1.5", "[1.0,1.5]"},
        {"v1.4 and earlier", "[,v1.4]"},
        {"1.4 and prior", "[,1.4]"},
        {"prior to 3.1", "[,3.1)"},
        {"before version 3.1", "[,3.1)"},
        {"All versions prior to and including 3.1", "[,3.1]"},
        {"up to 3.1", "[,3.1]"},
        {"2.x", "[2,3)"},
        {"10.1.x.x", "[10.1,10.2)"},
        {"1.0 ~ 1.5", "[1.0,1.5]"},
        {"< RELEASE.2024-01-31T20-20-33Z", "[,RELEASE.2024-01-31T20-20-33Z)"},
        {"all versions", "*"},
        {"n/a", "*"},
        {"*", "*"},
        {"soc", ""},
        {"see the page of the vendor", ""},
        {"previous versions", ""},
        {"SAP_BASIS 700", ""},
        {">= 1.0, < ", ""},
        {"0123456789abcdef0123456789abcdef01234567", ""},
    };
    struct capture capture;
    (void)state;
    capture_init(&capture);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char record[1024], expected[1024] = "CVE-2024-0001 other\n";
        struct str rest = str_from(cases[i].expected), part;
        snprintf(record, sizeof record,
                 "{" META ",'containers':{'cna':{'affected':[{'vendor':'Example','product':'Tool',"
                 "'versions':[{'version':'%s','status':'affected'}]}]}}}",
                 cases[i].text);
        if (rest.len > 0) {
            size_t len =
                (size_t)snprintf(expected, sizeof expected, "CVE-2024-0001 other cna:named:or{or(");
            bool first = true;
            while (str_split_byte(&rest, ';', &part)) {
                part = str_trim(part);
                bool all = str_eq(part, STR("*"));
                len += (size_t)snprintf(expected + len, sizeof expected - len, "%s" CPE "%s%.*s",
                                        first ? "" : "; ", all ? "" : " ", all ? 0 : (int)part.len,
                                        part.ptr);
                first = false;
            }
            snprintf(expected + len, sizeof expected - len, ")}\n");
        }
        parse_record(&capture, "cvelist", record);
        if (strcmp(buf_text(&capture.text), expected) != 0) {
            fail_msg("%s: %s", cases[i].text, buf_text(&capture.text));
        }
    }
    capture_done(&capture);
}

static void reads_what_is_not_unaffected(void **state)
{
#define DEFAULT(versions)                                                                          \
    AFFECTED(                                                                                      \
        "{'vendor':'Example','product':'Tool','defaultStatus':'affected','versions':[" versions    \
        "]}")
    static const struct list_case cases[] = {
        {"branches of the kernel",
         DEFAULT("{'version':'4.5','status':'affected'},{'version':'0','lessThan':'4.5','status':"
                 "'unaffected'},{'version':'5.10.1','lessThanOrEqual':'5.10.*','status':"
                 "'unaffected'},{'version':'6.8','lessThanOrEqual':'*','status':'unaffected'}"),
         FOUND(CPE " [4.5,5.10.1); " CPE " [5.11,6.8)"), ""},
        {"where the fix came", DEFAULT("{'version':'2.0','status':'unaffected'}"),
         FOUND(CPE " [,2.0)"), ""},
        {"an exception that is not understood makes the rest unsafe",
         DEFAULT("{'version':'soon','status':'unaffected'}"), "CVE-2024-0001 other\n",
         "not a version 1"},
        {"no exception", DEFAULT("{'version':'2.0','status':'affected'}"),
         FOUND("cpe:2.3:a:example:tool:2.0:*:*:*:*:*:*:*"), ""},
    };
    (void)state;
    CHECK("cvelist", cases);
}

static void reads_names(void **state)
{
#define VERSION "'versions':[{'version':'1','status':'affected'}]"
    static const struct list_case cases[] = {
        {"lower case, blanks, signs",
         AFFECTED("{'vendor':'Big Vendor, Inc.','product':'C++ Tool (Pro)'," VERSION "}"),
         FOUND("cpe:2.3:a:big_vendor:c\\+\\+_tool_\\(pro\\):1:*:*:*:*:*:*:*"), ""},
        {"renamed",
         AFFECTED("{'vendor':'Apache Software Foundation','product':'Apache Tomcat'," VERSION
                  "},{'vendor':'Linux','product':'Linux'," VERSION "}"),
         FOUND("cpe:2.3:a:apache:tomcat:1:*:*:*:*:*:*:*; "
               "cpe:2.3:o:linux:linux_kernel:1:*:*:*:*:*:*:*"),
         ""},
        {"a library",
         AFFECTED("{'vendor':'x','product':'y','collectionURL':'https://wordpress.org/plugins',"
                  "'packageName':'z'," VERSION "}"),
         FOUND("cpe:2.3:a:x:y:1:*:*:*:*:wordpress:*:*"), ""},
        {"a package of a project's site",
         AFFECTED("{'packageName':'sqlite','collectionURL':'https://www.sqlite.org/"
                  "download.html'," VERSION "}"),
         FOUND("cpe:2.3:a:sqlite:sqlite:1:*:*:*:*:*:*:*"), ""},
        {"a package of a repository's owner",
         AFFECTED(
             "{'packageName':'image','collectionURL':'https://github.com/containers/image'," VERSION
             "}"),
         FOUND("cpe:2.3:a:containers:image:1:*:*:*:*:*:*:*"), ""},
        {"a package of a registry",
         AFFECTED("{'packageName':'sqlparse','collectionURL':'https://pypi.example.org/project/"
                  "pip'," VERSION
                  "},{'vendor':'n/a','packageName':'ai.example:core','collectionURL':"
                  "'https://mvnrepository.com'," VERSION "}"),
         FOUND("cpe:2.3:a:sqlparse:sqlparse:1:*:*:*:*:python:*:*; "
               "cpe:2.3:a:ai.example:ai.example\\:core:1:*:*:*:*:maven:*:*"),
         ""},
        {"the kernel's package",
         AFFECTED(
             "{'packageName':'kernel','collectionURL':'https://git.kernel.org/pub/scm'," VERSION
             "}"),
         FOUND("cpe:2.3:o:linux:linux_kernel:1:*:*:*:*:*:*:*"), ""},
        {"named after itself",
         AFFECTED("{'vendor':'n/a','product':'DedeCMS'," VERSION
                  "},{'vendor':'n/a','product':'VMware Workstation'," VERSION
                  "},{'vendor':'n/a','product':'Some Tool'," VERSION "}"),
         FOUND("cpe:2.3:a:dedecms:dedecms:1:*:*:*:*:*:*:*; "
               "cpe:2.3:a:vmware:workstation:1:*:*:*:*:*:*:*"),
         "no product named 1"},
        {"marks of brands",
         AFFECTED("{'vendor':'n/a','product':'Intel(R) RAID Web Console software'," VERSION "}"),
         FOUND("cpe:2.3:a:intel:raid_web_console_software:1:*:*:*:*:*:*:*"), ""},
        {"a distributor's own",
         AFFECTED("{'vendor':'Canonical Ltd.','product':'Juju','packageName':'juju'," VERSION "}"),
         FOUND("cpe:2.3:a:canonical:juju:1:*:*:*:*:*:*:*"), ""},
        {"no names",
         AFFECTED("{'vendor':'n/a','product':'n/a'," VERSION
                  "},{'vendor':'x','product':'N/A'," VERSION "},{'product':'y'," VERSION "}"),
         "CVE-2024-0001 other\n", "no product named 3"},
        {"a distribution's package",
         AFFECTED("{'vendor':'Red Hat','product':'Red Hat Enterprise Linux 9','packageName':"
                  "'kernel','cpes':['cpe:/o:redhat:enterprise_linux:9'],'defaultStatus':"
                  "'affected'}"),
         "CVE-2024-0001 other\n", "package of a distribution 1"},
    };
    (void)state;
    CHECK("cvelist", cases);
}

static void reads_cpes(void **state)
{
#define GIVEN(cpes, versions)                                                                      \
    AFFECTED("{'vendor':'n/a','product':'n/a','cpes':[" cpes "],'versions':[" versions "]}")
#define GIVES(criteria) "CVE-2024-0001 other cna:or{or(" criteria ")}\n"
    static const struct list_case cases[] = {
        {"the versions beside it count",
         GIVEN("'cpe:2.3:a:example:tool:-:*:*:*:*:*:*:*'",
               "{'version':'1.0','lessThan':'1.2','status':'affected'}"),
         GIVES(CPE " [1.0,1.2)"), ""},
        {"more than its own",
         GIVEN("'cpe:2.3:a:example:tool:1.2:u1:*:*:*:*:*:*','cpe:2.3:a:example:tool:1.1:*:*:*:*:*:"
               "*:*'",
               "{'version':'1.0','lessThan':'1.2','status':'affected'}"),
         GIVES(CPE " [1.0,1.2)"), ""},
        {"its own, where no other is told",
         GIVEN("'cpe:2.3:a:example:tool:1.2:u1:*:*:*:*:*:*'",
               "{'version':'Tool:1.2 u1','status':'affected'}"),
         GIVES("cpe:2.3:a:example:tool:1.2:u1:*:*:*:*:*:*"), "not a version 1"},
        {"not all of it, where none is understood",
         GIVEN("'" CPE "'", "{'version':'soc','status':'affected'}"), "CVE-2024-0001 other\n",
         "not a version 1"},
        {"a URI",
         GIVEN("'cpe:/a:example:tool:1'", "{'version':'1.0','lessThan':'1.2','status':'affected'}"),
         GIVES("cpe:/a:example:tool [1.0,1.2)"), ""},
        {"of a line that the entry names, and no other product's",
         AFFECTED("{'vendor':'Microsoft','product':'.NET 8.0','cpes':['cpe:2.3:a:microsoft:.net:8."
                  "0.0:*:*:*:*:*:*:*'],'versions':[{'version':'1.0.0','lessThan':'8.0.7','status':"
                  "'affected'}]},{'vendor':'Microsoft','product':'Microsoft Visual Studio 2022 "
                  "version 17.9','cpes':['cpe:2.3:a:microsoft:visual_studio:2022:*:*:*:*:*:*:*'],"
                  "'versions':[{'version':'17.0','lessThan':'17.9.6','status':'affected'}]},{"
                  "'vendor':'Microsoft','product':'Microsoft .NET Framework 4.8','cpes':['cpe:2.3:"
                  "a:microsoft:.net:4.8:*:*:*:*:*:*:*'],'versions':[{'version':'4.7.0','lessThan':"
                  "'10.0.14393.6614','status':'affected'}]}"),
         GIVES("cpe:2.3:a:microsoft:.net:*:*:*:*:*:*:*:* [8.0,8.0.7); "
               "cpe:2.3:a:microsoft:visual_studio_2022:*:*:*:*:*:*:*:* [17.9,17.9.6)"),
         "bad CPE 1"},
        {"no CPE", GIVEN("'tool',3,'cpe:2.3:a:b'", "{'version':'1.0','status':'affected'}"),
         "CVE-2024-0001 other\n", "bad CPE 3"},
    };
    (void)state;
    CHECK("cvelist", cases);
}

static void reads_overrides(void **state)
{
#define CONFIGURATIONS                                                                             \
    "'configurations':[{'nodes':[{'operator':'OR','negate':false,'cpeMatch':[{'vulnerable':true,"  \
    "'criteria':'" CPE "','versionEndExcluding':'2'}]}]}]"
    static const struct list_case cases[] = {
        {"named by its annotation",
         "{'_annotation':{'cve_id':'CVE-2024-0001','modified':'2024-04-20T00:00:00.123456+00:00'},"
         "'cve':{" CONFIGURATIONS "}}",
         "CVE-2024-0001 other modified=2024-04-20T00:00:00Z override:or{or(" CPE " [,2))}\n", ""},
        {"named by itself", "{'cve':{'id':'CVE-2024-0001'," CONFIGURATIONS "}}",
         "CVE-2024-0001 other override:or{or(" CPE " [,2))}\n", ""},
        {"not named", "{'cve':{" CONFIGURATIONS "}}", "", "bad value 1"},
        {"says nothing", "{'cve':{'id':'CVE-2024-0001'}}", "", "missing field 1"},
        {"not JSON", "[", "", "not JSON 1"},
    };
    (void)state;
    CHECK("nvd-overrides", cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_records),   cmocka_unit_test(reads_versions),
        cmocka_unit_test(reads_words),     cmocka_unit_test(reads_what_is_not_unaffected),
        cmocka_unit_test(reads_names),     cmocka_unit_test(reads_cpes),
        cmocka_unit_test(reads_overrides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
