/* Scores of known vectors: examples of FIRST's documents and of NVD. */
#include "../unit.h"

#include "base/limits.h"
#include "cvss/cvss.h"

enum { NO = CVSS_NO_SCORE };

static const struct {
    const char *vector;
    enum cvss_version version;
    int base, temporal, environmental;
} scores[] = {
    /* 2.0, complete guide, section 3.3: CVE-2002-0392, CVE-2003-0818, CVE-2003-0062 */
    {"AV:N/AC:L/Au:N/C:N/I:N/A:C", CVSS_2_0, 78, NO, NO},
    {"AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C", CVSS_2_0, 78, 64, NO},
    {"AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:N/TD:N/CR:M/IR:M/AR:H", CVSS_2_0, 78, 64, 0},
    {"AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H", CVSS_2_0, 78, 64, 92},
    {"AV:N/AC:L/Au:N/C:C/I:C/A:C/E:F/RL:OF/RC:C", CVSS_2_0, 100, 83, NO},
    {"AV:N/AC:L/Au:N/C:C/I:C/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:L", CVSS_2_0, 100, 83, 90},
    {"AV:L/AC:H/Au:N/C:C/I:C/A:C/E:POC/RL:OF/RC:C", CVSS_2_0, 62, 49, NO},
    {"AV:L/AC:H/Au:N/C:C/I:C/A:C/E:POC/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:M", CVSS_2_0, 62, 49, 75},
    {"(AV:N/AC:M/Au:N/C:P/I:P/A:P)", CVSS_2_0, 68, NO, NO},
    {"AV:N/AC:L/Au:N/C:N/I:N/A:N", CVSS_2_0, 0, NO, NO},
    /* 3.0 and 3.1 */
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", CVSS_3_1, 98, 98, 98},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", CVSS_3_1, 100, 100, 100},
    {"CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", CVSS_3_0, 61, 61, 61},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", CVSS_3_1, 0, 0, 0},
    {"CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:H/I:N/A:N/E:P/RL:O/RC:C", CVSS_3_1, 47, 42, 42},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:X", CVSS_3_1, 98, 98, 98},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/MAV:P", CVSS_3_1, 98, 98, 68},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/MC:N/MI:N/MA:N", CVSS_3_1, 98, 98, 0},
    {"CVSS:3.0/S:U/AV:N/AC:L/PR:N/UI:N/C:H/A:H/I:H", CVSS_3_0, 98, 98, 98},
    /* The modified impact of a changed scope is another in 3.1. */
    {"CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:H/A:H", CVSS_3_0, 96, 96, 96},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:H/A:H", CVSS_3_1, 96, 96, 97},
    /* 4.0, of FIRST's examples */
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", CVSS_4_0, 100, NO, NO},
    {"CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", CVSS_4_0, 73, NO, NO},
    {"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", CVSS_4_0, 77, NO, NO},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N", CVSS_4_0, 88, NO, NO},
    {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", CVSS_4_0, 0, NO, NO},
    {"CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:U", CVSS_4_0, 41, NO, NO},
    {"CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/S:P/U:Red", CVSS_4_0, 73, NO,
     NO},
};

static void gives_the_known_scores(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scores / sizeof scores[0]; i++) {
        struct cvss_scores found;
        struct error err = ERROR_INIT;
        if (cvss_score(str_from(scores[i].vector), &found, &err) < 0) {
            fail_msg("%s: %s", scores[i].vector, err.message);
        }
        if (found.version != scores[i].version || found.base != scores[i].base ||
            found.temporal != scores[i].temporal ||
            found.environmental != scores[i].environmental) {
            fail_msg("%s: %d %d %d, version %s", scores[i].vector, found.base, found.temporal,
                     found.environmental, cvss_version_name(found.version));
        }
    }
}

static void refuses_what_is_no_vector(void **state)
{
    static const struct {
        const char *vector;
        uint64_t position;
    } bad[] = {
        {"", 0},
        {"CVSS:3.2/AV:N", 5},
        {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", 40},
        {"CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 14},
        {"CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 12},
        {"CVSS:3.1/AV:N/AC:L/Au:N/UI:N/S:U/C:H/I:H/A:H", 19},
        {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/", 45},
        {"CVSS:3.1/av:n/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9},
        {"CVSS:4.0/AC:L/AV:N/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 14},
        {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:S/SA:H", 57},
        {"AV:N/AC:L/Au:N/C:N/I:N", 22},
        {"(AV:N/AC:L/Au:N/C:N/I:N/A:X)", 26},
        {"AV:N/AC:L/Au:N/C:N/I:N/A:C/E", 27},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct cvss_scores found;
        struct error err = ERROR_INIT;
        int result = cvss_score(str_from(bad[i].vector), &found, &err);
        if (result != ERR_FORMAT || err.position != bad[i].position) {
            fail_msg("%s: %d at %d: %s", bad[i].vector, result, (int)err.position, err.message);
        }
    }
    static char text[LIMIT_CVSS_VECTOR + 1];
    struct cvss_scores found;
    memset(text, 'A', sizeof text);
    assert_int_equal(cvss_score(str_make(text, sizeof text), &found, NULL), ERR_LIMIT);
}

static void rates_scores(void **state)
{
    static const struct {
        enum cvss_version version;
        int score;
        const char *name;
    } ratings[] = {
        {CVSS_2_0, 0, "LOW"},     {CVSS_2_0, 39, "LOW"},       {CVSS_2_0, 40, "MEDIUM"},
        {CVSS_2_0, 70, "HIGH"},   {CVSS_2_0, 100, "HIGH"},     {CVSS_3_1, 0, "NONE"},
        {CVSS_3_1, 1, "LOW"},     {CVSS_3_1, 39, "LOW"},       {CVSS_3_1, 40, "MEDIUM"},
        {CVSS_3_0, 69, "MEDIUM"}, {CVSS_3_0, 89, "HIGH"},      {CVSS_3_0, 90, "CRITICAL"},
        {CVSS_4_0, 0, "NONE"},    {CVSS_4_0, 100, "CRITICAL"}, {CVSS_4_0, 70, "HIGH"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof ratings / sizeof ratings[0]; i++) {
        assert_string_equal(cvss_severity_name(cvss_severity(ratings[i].version, ratings[i].score)),
                            ratings[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_known_scores),
        cmocka_unit_test(refuses_what_is_no_vector),
        cmocka_unit_test(rates_scores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
