/* KEV, EPSS and endoflife.date. */
#include "../unit.h"

#include "capture.h"

#include <stdlib.h>

struct feed_case {
    const char *feed, *text, *expected, *skips;
};

/* JSON in which ' stands for ". */
static void parse_text(struct capture *capture, const char *feed, const char *text)
{
    char *copy = strdup(text);
    assert_non_null(copy);
    for (char *at = copy; *at != '\0'; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    capture_parse(capture, feed, str_from(copy));
    free(copy);
}

static void check_cases(const struct feed_case *cases, size_t count)
{
    struct capture capture;
    capture_init(&capture);
    for (size_t i = 0; i < count; i++) {
        parse_text(&capture, cases[i].feed, cases[i].text);
        if (capture.result != 0 || strcmp(buf_text(&capture.text), cases[i].expected) != 0 ||
            strcmp(capture_skips(&capture), cases[i].skips) != 0) {
            fail_msg("%s: %s%s (%s)", cases[i].text, buf_text(&capture.text),
                     capture_skips(&capture), capture.err.message);
        }
    }
    capture_done(&capture);
}

#define CHECK(cases) check_cases((cases), sizeof(cases) / sizeof(cases)[0])
#define KEV(records)                                                                               \
    "{'title':'t','catalogVersion':'2025.08.25','dateReleased':'2025-08-25T17:04:19.9796Z','"      \
    "count':1,'vulnerabilities':[" records "]}"
#define EOL(products)                                                                              \
    "{'schema_version':'1.2.1','generated_at':'2026-08-22T00:00:00+00:00','total':1,'result':"     \
    "[" products "]}"
#define EPSS "#model_version:v2025.03.14,score_date:2026-08-16T00:00:00Z\ncve,epss,percentile\n"

static void reads_kev(void **state)
{
    static const struct feed_case cases[] = {
        {"kev",
         KEV("{'cveID':'CVE-2025-48384','vendorProject':'Git','product':'Git','vulnerabilityName':"
             "'Git Link Following','dateAdded':'2025-08-25','shortDescription':'x',"
             "'requiredAction':'Apply','dueDate':'2025-09-15','knownRansomwareCampaignUse':'Known'"
             ",'notes':'','cwes':['CWE-59']},{'cveID':'CVE-2025-1000','dateAdded':'2025-08-26',"
             "'knownRansomwareCampaignUse':'Unknown'}"),
         "CVE-2025-48384 added=2025-08-25 due=2025-09-15 name='Git Link Following' action='Apply' "
         "ransomware\nCVE-2025-1000 added=2025-08-26\n",
         ""},
        {"kev",
         KEV("{'cveID':'x','dateAdded':'2025-08-26'},{'cveID':'CVE-2025-1000'},{'cveID':5},[],"
             "{'cveID':'CVE-2025-1001','dateAdded':'now'},{'cveID':'CVE-2025-1002','dateAdded':"
             "'2025-08-26','dueDate':'later'}"),
         "CVE-2025-1002 added=2025-08-26\n", "wrong type 2, missing field 1, bad value 3"},
    };
    struct capture capture;
    char text[TIME_SIZE];
    (void)state;
    CHECK(cases);
    capture_init(&capture);
    parse_text(&capture, "kev", KEV("{'cveID':'CVE-2025-1000','dateAdded':'2025-08-20'}"));
    assert_string_equal(time_format(capture.report.newest, text), "2025-08-25T17:04:19Z");
    capture_done(&capture);
}

static void reads_epss(void **state)
{
    static const struct feed_case cases[] = {
        {"epss", EPSS "CVE-1999-0001,0.03351,0.87650\nCVE-1999-0002,1,1.0\n",
         "CVE-1999-0001 0.033509999999999998 0.87649999999999995\nCVE-1999-0002 1 1\n", ""},
        {"epss", EPSS "CVE-1999-0001,1e-05,0.12345678901234567",
         "CVE-1999-0001 1.0000000000000001e-05 0.12345678901234566\n", ""},
        {"epss", "cve,epss,percentile,extra\r\nCVE-1999-0001,0.5,0.5,x\r\n\r\n",
         "CVE-1999-0001 0.5 0.5\n", ""},
        {"epss", "percentile,cve,epss\n0.25,CVE-1999-0001,0.5\n", "CVE-1999-0001 0.5 0.25\n", ""},
        {"epss",
         EPSS
         "CVE-1999-0001,0.03351\nCVE-1999-0002,1.5,0\nCVE-1999-0003,-0.5,0\nCVE-1999-0004,x,0\n"
         "x,0,0\nCVE-1999-0005,,0\nCVE-1999-0006,nan,0\nCVE-1999-0007,0.1,0.1\n",
         "CVE-1999-0007 0.10000000000000001 0.10000000000000001\n", "missing field 1, bad value 6"},
    };
    struct capture capture;
    char text[TIME_SIZE];
    (void)state;
    CHECK(cases);
    capture_init(&capture);
    parse_text(&capture, "epss", EPSS);
    assert_string_equal(time_format(capture.report.newest, text), "2026-08-16T00:00:00Z");
    capture_done(&capture);
}

static void reads_endoflife(void **state)
{
    static const struct feed_case cases[] = {
        {"endoflife",
         EOL("{'name':'nodejs','aliases':['node','node.js'],'label':'Node.js','category':"
             "'framework','tags':['x'],'versionCommand':null,'identifiers':[{'type':'purl','id':"
             "'pkg:deb/debian/nodejs'},{'type':'cpe','id':'cpe:2.3:a:nodejs:node.js'},{'type':"
             "'repology','id':'nodejs'},{'type':'new','id':'y'}],'labels':{'eoas':null},'links':{"
             "'icon':null,'html':'https://endoflife.date/nodejs'},'releases':[{'name':'22',"
             "'codename':'Jod','releaseDate':'2024-04-24','isLts':true,'ltsFrom':'2024-10-29',"
             "'label':'22 (LTS)','isEoas':true,'eoasFrom':'2025-10-21','isEol':false,'eolFrom':"
             "'2027-04-30','isEoes':null,'eoesFrom':null,'isDiscontinued':false,"
             "'discontinuedFrom':'2028-01-01','isMaintained':true,'latest':{'name':'22.9.0','date':"
             "'2024-09-17','link':null},'custom':null},{'name':'1','latest':null}]}"),
         "nodejs label='Node.js' category='framework' link='https://endoflife.date/nodejs' "
         "alias='node' alias='node.js' purl='pkg:deb/debian/nodejs' "
         "cpe='cpe:2.3:a:nodejs:node.js' repology='nodejs' {22 codename='Jod' label='22 (LTS)' "
         "released=2024-04-24 lts-from=2024-10-29 active=2025-10-21 supported=2027-04-30 "
         "discontinued=2028-01-01 eoas not-eol latest='22.9.0' latest-date=2024-09-17 lts} {1}\n",
         ""},
        {"endoflife",
         EOL("{'releases':[]},{'name':'a'},{'name':5,'releases':[]},'b',{'name':'c',"
             "'releases':{}}"),
         "", "wrong type 3, missing field 2"},
        {"endoflife",
         EOL("{'name':'a','aliases':[5,'b'],'identifiers':[{'type':'purl'},5],'links':{'html':5},"
             "'releases':[{'name':5},{'name':'1','isEol':'yes'},{'name':'2','eolFrom':'soon'},"
             "{'name':'3','latest':{'name':7}}]}"),
         "a alias='b' {2} {3}\n", "wrong type 6, missing field 1, bad value 1"},
    };
    (void)state;
    CHECK(cases);
}

static void refuses_files(void **state)
{
    static const struct {
        const char *feed, *text;
        int code;
    } cases[] = {
        {"kev", "", ERR_FORMAT},
        {"kev", "{}", ERR_FORMAT},
        {"kev", "{'vulnerabilities':5}", ERR_FORMAT},
        {"kev", "{'vulnerabilities':[", ERR_FORMAT},
        {"epss", "", ERR_FORMAT},
        {"epss", "hello", ERR_FORMAT},
        {"epss", "#model_version:x\n", ERR_FORMAT},
        {"epss", "cve,score\n", ERR_FORMAT},
        {"epss", "\x1f\x8b\x08", ERR_FORMAT},
        {"endoflife", "", ERR_FORMAT},
        {"endoflife", "{'result':[]}", ERR_VERSION},
        {"endoflife", "{'schema_version':'2.0.0','result':[]}", ERR_VERSION},
        {"endoflife", "{'schema_version':'1.2.1'}", ERR_FORMAT},
        {"endoflife", "[]", ERR_FORMAT},
    };
    struct capture capture;
    (void)state;
    capture_init(&capture);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        parse_text(&capture, cases[i].feed, cases[i].text);
        if (capture.result != cases[i].code || capture.report.records != 0) {
            fail_msg("%s: %d: %s", cases[i].text, capture.result, capture.err.message);
        }
    }
    capture_done(&capture);
}

static void stops_when_the_sink_does(void **state)
{
    static const struct feed_case cases[] = {
        {"kev",
         KEV("{'cveID':'CVE-2025-1000','dateAdded':'2025-08-26'},{'cveID':'CVE-2025-1001',"
             "'dateAdded':'2025-08-26'}"),
         "CVE-2025-1000 added=2025-08-26\n", NULL},
        {"epss", EPSS "CVE-1999-0001,0,0\nCVE-1999-0002,1,1\n", "CVE-1999-0001 0 0\n", NULL},
        {"endoflife", EOL("{'name':'a','releases':[]},{'name':'b','releases':[]}"), "a\n", NULL},
        {"osv", "{'id':'A'}", "A\n", NULL},
    };
    struct capture capture;
    (void)state;
    capture_init(&capture);
    capture.refuse = ERR_IO;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        parse_text(&capture, cases[i].feed, cases[i].text);
        assert_int_equal(capture.result, ERR_IO);
        assert_string_equal(buf_text(&capture.text), cases[i].expected);
    }
    capture_done(&capture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_kev),
        cmocka_unit_test(reads_epss),
        cmocka_unit_test(reads_endoflife),
        cmocka_unit_test(refuses_files),
        cmocka_unit_test(stops_when_the_sink_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
