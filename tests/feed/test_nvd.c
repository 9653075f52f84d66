/* Records as NVD writes them, as the mirror's odd ones are, and as they must not be. */
#include "../unit.h"

#include "base/limits.h"
#include "capture.h"

#include <stdio.h>
#include <stdlib.h>

#define HEAD             "{\"format\":\"NVD_CVE\",\"version\":\"2.0\",\"vulnerabilities\":["
#define TAIL             "]}"
#define CVE(rest)        "{'cve':{'id':'CVE-2024-0001'" rest "}}"
#define CONFIGURED(rest) CVE(",'configurations':[" rest "]")
#define MATCH_A          "{'vulnerable':true,'criteria':'cpe:2.3:a:x:a:1:*:*:*:*:*:*:*'}"
#define SHOWN_A          "cpe:2.3:a:x:a:1:*:*:*:*:*:*:*"

/* Wraps records, in which ' stands for ", as a feed and parses it. */
static void parse_records(struct capture *capture, const char *records)
{
    size_t size = strlen(records) + sizeof HEAD + sizeof TAIL;
    char *text = malloc(size);
    assert_non_null(text);
    snprintf(text, size, HEAD "%s" TAIL, records);
    for (char *at = text; *at != '\0'; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    capture_parse(capture, "nvd", str_from(text));
    free(text);
}

struct record_case {
    const char *name, *records, *expected, *skips;
};

static void check_cases(const struct record_case *cases, size_t count)
{
    struct capture capture;
    capture_init(&capture);
    for (size_t i = 0; i < count; i++) {
        parse_records(&capture, cases[i].records);
        if (capture.result != 0 || strcmp(buf_text(&capture.text), cases[i].expected) != 0 ||
            strcmp(capture_skips(&capture), cases[i].skips) != 0) {
            fail_msg("%s: %s%s (%s)", cases[i].name, buf_text(&capture.text),
                     capture_skips(&capture), capture.err.message);
        }
    }
    capture_done(&capture);
}

#define CHECK(cases) check_cases((cases), sizeof(cases) / sizeof(cases)[0])

static void reads_records(void **state)
{
    static const struct record_case cases[] = {
        {"only a number", CVE(""), "CVE-2024-0001 other\n", ""},
        {"all of it",
         CVE(",'sourceIdentifier':'a@b','published':'2024-01-02T03:04:05.678','lastModified':"
             "'2024-02-03T00:00:00.000','vulnStatus':'Analyzed','cveTags':[],'descriptions':[{"
             "'lang':'es','value':'hola'},{'lang':'en','value':'hello'}],'references':[{'url':"
             "'https://a/','source':'x','tags':['Patch']},{'url':'https://b/'}]"),
         "CVE-2024-0001 analyzed published=2024-01-02T03:04:05Z modified=2024-02-03T00:00:00Z "
         "text='hello' <https://a/> <https://b/>\n",
         ""},
        {"statuses",
         CVE(",'vulnStatus':'Modified'") "," CVE(",'vulnStatus':'Awaiting Analysis'") "," CVE(
             ",'vulnStatus':'Deferred'") "," CVE(",'vulnStatus':'Undergoing Analysis'"),
         "CVE-2024-0001 modified\nCVE-2024-0001 awaiting\nCVE-2024-0001 deferred\n"
         "CVE-2024-0001 other\n",
         ""},
        {"a rejected record has its types too",
         CVE(",'vulnStatus':'Rejected','published':'2024-01-01T00:00:00.000','descriptions':[{"
             "'lang':'en','value':'rejected'}],'references':5"),
         "", "wrong type 1"},
        {"a rejected record keeps nothing else",
         CVE(",'vulnStatus':'Rejected','descriptions':[{'lang':'en','value':'rejected'}]"),
         "CVE-2024-0001 rejected\n", ""},
        {"a time without a fraction, and with half a zone",
         CVE(",'published':'2024-01-02T03:04:05','lastModified':'2024-01-02T03:04:05+00:'"),
         "CVE-2024-0001 other published=2024-01-02T03:04:05Z modified=2024-01-02T03:04:05Z\n", ""},
        {"a time that is none is left out", CVE(",'published':'yesterday'"),
         "CVE-2024-0001 other\n", "bad value 1"},
        {"null is absent", CVE(",'published':null,'metrics':null,'references':null"),
         "CVE-2024-0001 other\n", ""},
        {"an unknown field is no fault", CVE(",'future':{'deep':[[[1]]]},'cisaActionDue':'x'"),
         "CVE-2024-0001 other\n", ""},
        {"a surrogate pair, an escape and a zero byte",
         CVE(",'descriptions':[{'lang':'en','value':'\\ud83d\\ude00\\n\\u0041'}]"),
         "CVE-2024-0001 other text='\xf0\x9f\x98\x80\nA'\n", ""},
        {"an empty feed", "", "", ""},
    };
    (void)state;
    CHECK(cases);
}

static void skips_bad_records(void **state)
{
    static const struct record_case cases[] = {
        {"no id", "{'cve':{'published':'2024-01-02T03:04:05'}}", "", "missing field 1"},
        {"no cve", "{'vulnerability':{}}", "", "missing field 1"},
        {"a record that is a text", "'CVE-2024-0001'", "", "wrong type 1"},
        {"a record that is null", "null", "", "wrong type 1"},
        {"a cve that is a list", "{'cve':[]}", "", "wrong type 1"},
        {"an id that is a number", "{'cve':{'id':20240001}}", "", "wrong type 1"},
        {"an id that is no CVE", "{'cve':{'id':'GHSA-1'}}", "", "bad value 1"},
        {"a time that is a number", CVE(",'published':1700000000"), "", "wrong type 1"},
        {"descriptions that are a text", CVE(",'descriptions':'x'"), "", "wrong type 1"},
        {"a description that is a number", CVE(",'descriptions':[{'lang':'en','value':5}]"), "",
         "wrong type 1"},
        {"metrics that are a list", CVE(",'metrics':[]"), "", "wrong type 1"},
        {"configurations that are an object", CVE(",'configurations':{}"), "", "wrong type 1"},
        {"a good record behind a bad one", "{'cve':{'id':5}}," CVE(""), "CVE-2024-0001 other\n",
         "wrong type 1"},
    };
    (void)state;
    CHECK(cases);
}

#define METRIC(source, data) "{'source':'" source "','type':'Primary','cvssData':" data "}"
#define DATA(vector, score)  "{'version':'?','vectorString':'" vector "','baseScore':" score "}"
#define CISA                 "134c704f-9b21-4f2e-91b3-4a467353bcc0"
#define V31                  "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
#define V2                   "AV:N/AC:L/Au:N/C:P/I:P/A:P"

static void reads_scores(void **state)
{
    static const struct record_case cases[] = {
        {"of every version and source",
         CVE(",'metrics':{'cvssMetricV2':[" METRIC(
             "nvd@nist.gov",
             DATA(
                 V2,
                 "7.5")) "],"
                         "'cvssMetricV31':[" METRIC("nvd@nist.gov", DATA(V31, "9.8")) "," METRIC(
                             CISA,
                             DATA(
                                 V31,
                                 "9.8")) "],'cvssMetricV40':[" METRIC("cna@example.org",
                                                                      DATA(
                                                                          "CVSS:4.0/AV:N/AC:L/AT:N/"
                                                                          "PR:N/UI:N/VC:H/VI:H/"
                                                                          "VA:H/SC:N/SI:N/SA:N",
                                                                          "9.3")) "],"
                                                                                  "'cvssMetricV30':"
                                                                                  "[" METRIC(
                                                                                      "cna@example."
                                                                                      "org",
                                                                                      DATA(
                                                                                          "CVSS:3."
                                                                                          "0/AV:N/"
                                                                                          "AC:L/"
                                                                                          "PR:N/"
                                                                                          "UI:N/"
                                                                                          "S:U/C:N/"
                                                                                          "I:N/A:N",
                                                                                          "0")) "]"
                                                                                                "}"),
         "CVE-2024-0001 other 1/75/nvd/" V2 " 3/98/nvd/" V31 " 3/98/adp/" V31
         " 4/93/cna/CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
         " 2/0/cna/CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N\n",
         ""},
        {"an unknown list is no fault", CVE(",'metrics':{'cvssMetricV50':5}"),
         "CVE-2024-0001 other\n", ""},
        {"a list that is an object", CVE(",'metrics':{'cvssMetricV31':{}}"),
         "CVE-2024-0001 other\n", "wrong type 1"},
        {"a score out of range",
         CVE(",'metrics':{'cvssMetricV31':[" METRIC("nvd@nist.gov", DATA(V31, "10.1")) "," METRIC(
             "nvd@nist.gov", DATA(V31, "-1")) "," METRIC("nvd@nist.gov", DATA(V31, "10")) "]}"),
         "CVE-2024-0001 other 3/100/nvd/" V31 "\n", "bad value 2"},
        {"a vector of another version",
         CVE(",'metrics':{'cvssMetricV31':[" METRIC("nvd@nist.gov", DATA(V2, "7.5")) "]}"),
         "CVE-2024-0001 other\n", "bad CVSS vector 1"},
        {"a vector that is none, twice",
         CVE(",'metrics':{'cvssMetricV31':[" METRIC(
             "nvd@nist.gov",
             DATA("CVSS:3.1/AV:Q/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                  "9.8")) "," METRIC("nvd@nist.gov",
                                     DATA("CVSS:3.1/AV:Q/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                                          "9.8")) "]}"),
         "CVE-2024-0001 other\n", "bad CVSS vector 2"},
        {"a score that is a text",
         CVE(",'metrics':{'cvssMetricV31':[" METRIC("nvd@nist.gov", DATA(V31, "'9.8'")) "]}"),
         "CVE-2024-0001 other\n", "wrong type 1"},
        {"a score that is missing",
         CVE(",'metrics':{'cvssMetricV31':[" METRIC("nvd@nist.gov",
                                                    "{'vectorString':'" V31 "'}") "]}"),
         "CVE-2024-0001 other\n", "missing field 1"},
    };
    (void)state;
    CHECK(cases);
}

static void reads_configurations(void **state)
{
    static const struct record_case cases[] = {
        {"one criterion",
         CONFIGURED("{'nodes':[{'operator':'OR','negate':false,'cpeMatch':[" MATCH_A "]}]}"),
         "CVE-2024-0001 other or{or(" SHOWN_A ")}\n", ""},
        {"software on a platform, negated parts",
         CONFIGURED("{'operator':'AND','negate':true,'nodes':[{'operator':'AND','negate':true,"
                    "'cpeMatch':[" MATCH_A "]},{'operator':'OR','cpeMatch':[{'vulnerable':false,"
                    "'criteria':'cpe:2.3:o:y:os:-:*:*:*:*:*:*:*','matchCriteriaId':'AB'}]}]}"),
         "CVE-2024-0001 other !and{!and(" SHOWN_A ") or(on cpe:2.3:o:y:os:-:*:*:*:*:*:*:*)}\n", ""},
        {"every kind of bound, an empty range, a commit hash",
         CONFIGURED("{'nodes':[{'operator':'OR','negate':false,'cpeMatch':["
                    "{'vulnerable':true,'criteria':'cpe:A','versionStartIncluding':'1',"
                    "'versionEndExcluding':'2'},"
                    "{'vulnerable':true,'criteria':'cpe:B','versionStartExcluding':'1',"
                    "'versionEndIncluding':'2'},"
                    "{'vulnerable':true,'criteria':'cpe:C','versionStartIncluding':'3',"
                    "'versionEndExcluding':'2'},"
                    "{'vulnerable':true,'criteria':'cpe:D','versionEndExcluding':"
                    "'5d8c7ba8f1c4f4d2b8cbd1d0d8a8f7a0a8d9c1b2'}]}]}"),
         "CVE-2024-0001 other or{or(cpe:A [1,2); cpe:B (1,2]; cpe:C [3,2); cpe:D "
         "[,5d8c7ba8f1c4f4d2b8cbd1d0d8a8f7a0a8d9c1b2))}\n",
         ""},
        {"CPEs with escapes, capitals and odd versions are handed on as they are",
         CONFIGURED("{'nodes':[{'operator':'OR','negate':false,'cpeMatch':[{'vulnerable':true,"
                    "'criteria':'cpe:2.3:a:X\\\\:Y:Z\\\\!:1.0\\\\ beta:*:*:*:*:*:*:*'}]}]}"),
         "CVE-2024-0001 other or{or(cpe:2.3:a:X\\:Y:Z\\!:1.0\\ beta:*:*:*:*:*:*:*)}\n", ""},
        {"a bad criterion is left out of an OR",
         CONFIGURED("{'nodes':[{'operator':'OR','negate':false,'cpeMatch':[{'vulnerable':true,"
                    "'criteria':5}," MATCH_A ",{'vulnerable':'yes','criteria':'cpe:A'},"
                    "{'criteria':'cpe:A'},{'vulnerable':true,'criteria':'nginx 1.0'},"
                    "{'vulnerable':true,'criteria':''},7]}]}"),
         "CVE-2024-0001 other or{or(" SHOWN_A ")}\n", "wrong type 3, missing field 1, bad CPE 2"},
        {"a bad criterion of an AND takes the configuration along",
         CONFIGURED("{'nodes':[{'operator':'AND','negate':false,'cpeMatch':[{'vulnerable':true,"
                    "'criteria':5}," MATCH_A "]}]},{'nodes':[{'operator':'OR','cpeMatch':[" MATCH_A
                    "]}]}"),
         "CVE-2024-0001 other or{or(" SHOWN_A ")}\n", "wrong type 1"},
        {"so does one of a negated node",
         CONFIGURED("{'nodes':[{'operator':'OR','negate':true,'cpeMatch':[{'vulnerable':true,"
                    "'criteria':5}," MATCH_A "]}]}"),
         "CVE-2024-0001 other\n", "wrong type 1"},
        {"and a bad node",
         CONFIGURED(
             "{'operator':'AND','nodes':[{'operator':'OR','negate':false,'cpeMatch':[" MATCH_A
             "]},{'operator':'OR','negate':false,'cpeMatch':'x'}]}"),
         "CVE-2024-0001 other\n", "wrong type 1"},
        {"an operator that is none",
         CONFIGURED("{'operator':'XOR','nodes':[]},{'nodes':[{'operator':'NOT','cpeMatch':[]}]}"),
         "CVE-2024-0001 other\n", "bad value 2"},
    };
    (void)state;
    CHECK(cases);
}

/* A record whose member is filled with len bytes. */
static char *fill_record(const char *before, size_t len, const char *after)
{
    size_t size = strlen(before) + len + strlen(after) + 1;
    char *text = malloc(size);
    assert_non_null(text);
    int at = snprintf(text, size, "%s", before);
    memset(text + at, 'x', len);
    memcpy(text + at + len, after, strlen(after) + 1);
    return text;
}

static void skips_what_is_too_long(void **state)
{
    static const struct {
        const char *before, *after;
        size_t most;
        const char *expected;
    } cases[] = {
        {"{'cve':{'id':'CVE-2024-0001','descriptions':[{'lang':'en','value':'", "'}]}}",
         LIMIT_RECORD_TEXT, ""},
        {"{'cve':{'id':'CVE-2024-0001','vulnStatus':'", "'}}", LIMIT_NAME, ""},
        {"{'cve':{'id':'", "'}}", 0, ""},
        {"{'cve':{'id':'CVE-2024-0001','references':[{'url':'", "'}]}}", LIMIT_URL,
         "CVE-2024-0001 other\n"},
        {"{'cve':{'id':'CVE-2024-0001','configurations':[{'nodes':[{'operator':'OR','negate':false"
         ",'cpeMatch':[{'vulnerable':true,'criteria':'cpe:",
         "'}]}]}]}}", LIMIT_CPE - 4, "CVE-2024-0001 other or{or()}\n"},
        {"{'cve':{'id':'CVE-2024-0001','configurations':[{'nodes':[{'operator':'OR','negate':false"
         ",'cpeMatch':[{'vulnerable':true,'criteria':'cpe:A','versionEndExcluding':'",
         "'}]}]}]}}", LIMIT_VERSION, "CVE-2024-0001 other or{or()}\n"},
    };
    struct capture capture;
    (void)state;
    capture_init(&capture);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t lengths[] = {cases[i].most + 1, 10000000};
        for (size_t l = 0; l < 2 && cases[i].most > 0; l++) {
            char *text = fill_record(cases[i].before, lengths[l], cases[i].after);
            parse_records(&capture, text);
            assert_string_equal(buf_text(&capture.text), cases[i].expected);
            assert_string_equal(capture_skips(&capture), "too long 1");
            free(text);
        }
        char *text = fill_record(cases[i].before, cases[i].most, cases[i].after);
        parse_records(&capture, text);
        assert_string_equal(capture_skips(&capture), cases[i].most > 0 ? "" : "bad value 1");
        free(text);
    }
    char *unknown = fill_record("{'cve':{'id':'CVE-2024-0001','future':'", 10000000, "'}}");
    parse_records(&capture, unknown);
    assert_string_equal(buf_text(&capture.text), "CVE-2024-0001 other\n");
    assert_string_equal(capture_skips(&capture), "");
    free(unknown);
    capture_done(&capture);
}

static void skips_too_many_criteria(void **state)
{
    struct capture capture;
    struct buf text;
    (void)state;
    capture_init(&capture);
    buf_init(&text, 64 << 20);
    buf_put_text(&text, "{'cve':{'id':'CVE-2024-0001','configurations':[{'nodes':[{'operator':'OR',"
                        "'negate':false,'cpeMatch':[");
    for (unsigned i = 0; i <= LIMIT_CVE_CRITERIA; i++) {
        buf_printf(&text, "%s" MATCH_A, i > 0 ? "," : "");
    }
    buf_put_text(&text, "]}]}]}}");
    parse_records(&capture, buf_text(&text));
    assert_int_equal(capture.report.records, 0);
    assert_string_equal(capture_skips(&capture), "too long 1");
    buf_done(&text);
    capture_done(&capture);
}

static void refuses_files(void **state)
{
    static const struct {
        const char *text;
        int code;
        uint64_t position;
    } cases[] = {
        {"", ERR_FORMAT, 0},
        {"[]", ERR_FORMAT, 0},
        {"\xef\xbb\xbf{}", ERR_FORMAT, 0},
        {"{}", ERR_VERSION, ERROR_NO_POSITION},
        {"{\"format\":\"NVD_CVE\",\"version\":\"3.0\",\"vulnerabilities\":[]}", ERR_VERSION,
         ERROR_NO_POSITION},
        {"{\"format\":\"MITRE\",\"version\":\"2.0\",\"vulnerabilities\":[]}", ERR_VERSION,
         ERROR_NO_POSITION},
        {"{\"format\":\"NVD_CVE\",\"version\":\"2.0\"}", ERR_FORMAT, ERROR_NO_POSITION},
        {"{\"format\":\"NVD_CVE\",\"version\":\"2.0\",\"vulnerabilities\":{}}", ERR_FORMAT,
         ERROR_NO_POSITION},
        {HEAD "{\"cve\":{\"id\":\"CVE-20", ERR_FORMAT, sizeof HEAD - 1 + 20},
        {HEAD "{\"cve\":}" TAIL, ERR_FORMAT, sizeof HEAD - 1 + 7},
    };
    struct capture capture;
    (void)state;
    capture_init(&capture);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        capture_parse(&capture, "nvd", str_from(cases[i].text));
        if (capture.result != cases[i].code || capture.err.position != cases[i].position) {
            fail_msg("%s: %d at %lld: %s", cases[i].text, capture.result,
                     (long long)capture.err.position, capture.err.message);
        }
        assert_int_equal(capture.report.records, 0);
    }
    capture_done(&capture);
}

static void refuses_deep_nesting(void **state)
{
    struct capture capture;
    enum { DEEP = 10000 };
    static char text[sizeof HEAD + 2 * DEEP + sizeof TAIL];
    (void)state;
    capture_init(&capture);
    size_t len = sizeof HEAD - 1;
    memcpy(text, HEAD, len);
    memset(text + len, '[', DEEP);
    memset(text + len + DEEP, ']', DEEP);
    memcpy(text + len + 2 * DEEP, TAIL, sizeof TAIL);
    capture_parse(&capture, "nvd", str_from(text));
    assert_int_equal(capture.result, ERR_LIMIT);
    assert_int_equal(capture.err.position, len + LIMIT_JSON_DEPTH - 3);
    capture_done(&capture);
}

static void names_what_it_skipped(void **state)
{
    struct capture capture;
    (void)state;
    capture_init(&capture);
    parse_records(&capture,
                  CVE(",'references':[{'url':5}]") ",{'cve':{}},{'cve':{'id':'X\\u001bY'}}");
    assert_int_equal(capture.report.sample_count, 3);
    assert_string_equal(capture.report.samples[0], "CVE-2024-0001: url: wrong type");
    assert_string_equal(capture.report.samples[1], "record 1: id: missing field");
    assert_string_equal(capture.report.samples[2], "X?Y: id: bad value");
    capture_done(&capture);
}

static void stops_when_the_sink_does(void **state)
{
    struct capture capture;
    (void)state;
    capture_init(&capture);
    capture.refuse = ERR_INTERRUPTED;
    parse_records(&capture, CVE("") "," CVE(""));
    assert_int_equal(capture.result, ERR_INTERRUPTED);
    assert_string_equal(buf_text(&capture.text), "CVE-2024-0001 other\n");
    assert_string_equal(capture.err.message, "refused");
    capture_done(&capture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_records),          cmocka_unit_test(skips_bad_records),
        cmocka_unit_test(reads_scores),           cmocka_unit_test(reads_configurations),
        cmocka_unit_test(skips_what_is_too_long), cmocka_unit_test(skips_too_many_criteria),
        cmocka_unit_test(refuses_files),          cmocka_unit_test(refuses_deep_nesting),
        cmocka_unit_test(names_what_it_skipped),  cmocka_unit_test(stops_when_the_sink_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
