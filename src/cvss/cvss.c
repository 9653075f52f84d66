#include "cvss/cvss.h"

#include "base/limits.h"
#include "cvss/vector.h"

int cvss_score(struct str vector, struct cvss_scores *ret_scores, struct error *err)
{
    enum { PREFIX = 9 };
    struct str prefix = str_sub(vector, 0, PREFIX), rest = str_skip(vector, PREFIX);
    if (vector.len > LIMIT_CVSS_VECTOR) {
        return error_set(err, ERR_LIMIT, "a vector longer than %u bytes", LIMIT_CVSS_VECTOR);
    }
    if (str_eq(prefix, STR("CVSS:3.1/"))) {
        return cvss_score_3(rest, PREFIX, CVSS_3_1, ret_scores, err);
    }
    if (str_eq(prefix, STR("CVSS:3.0/"))) {
        return cvss_score_3(rest, PREFIX, CVSS_3_0, ret_scores, err);
    }
    if (str_eq(prefix, STR("CVSS:4.0/"))) {
        return cvss_score_4(rest, PREFIX, ret_scores, err);
    }
    if (str_starts(vector, STR("CVSS:"))) {
        return error_set_at(err, ERR_FORMAT, 5, "a version of CVSS that is not known");
    }
    if (vector.len > 1 && vector.ptr[0] == '(' && vector.ptr[vector.len - 1] == ')') {
        return cvss_score_2(str_sub(vector, 1, vector.len - 2), 1, ret_scores, err);
    }
    return cvss_score_2(vector, 0, ret_scores, err);
}

enum cvss_severity cvss_severity(enum cvss_version version, int score)
{
    if (version == CVSS_2_0) {
        return score >= 70   ? CVSS_SEVERITY_HIGH
               : score >= 40 ? CVSS_SEVERITY_MEDIUM
                             : CVSS_SEVERITY_LOW;
    }
    return score >= 90   ? CVSS_SEVERITY_CRITICAL
           : score >= 70 ? CVSS_SEVERITY_HIGH
           : score >= 40 ? CVSS_SEVERITY_MEDIUM
           : score >= 1  ? CVSS_SEVERITY_LOW
                         : CVSS_SEVERITY_NONE;
}

const char *cvss_severity_name(enum cvss_severity severity)
{
    static const char *const names[] = {"NONE", "LOW", "MEDIUM", "HIGH", "CRITICAL"};
    return names[severity];
}

const char *cvss_version_name(enum cvss_version version)
{
    static const char *const names[] = {"none", "2.0", "3.0", "3.1", "4.0"};
    return names[version];
}
