/*
 * CVSS 2.0, 3.0, 3.1 and 4.0: vector string to scores and severity, by the specification
 * documents of FIRST.
 */
#ifndef ASSAY_CVSS_CVSS_H
#define ASSAY_CVSS_CVSS_H

#include "base/error.h"
#include "base/str.h"

enum cvss_version { CVSS_NONE, CVSS_2_0, CVSS_3_0, CVSS_3_1, CVSS_4_0 };

enum cvss_severity {
    CVSS_SEVERITY_NONE, /* 0.0 of 3.x and 4.0 */
    CVSS_SEVERITY_LOW,
    CVSS_SEVERITY_MEDIUM,
    CVSS_SEVERITY_HIGH,
    CVSS_SEVERITY_CRITICAL /* not in 2.0 */
};

/* Scores are tenths (98 is 9.8). In 3.x a metric that the vector lacks is Not Defined, so that
 * all three are always there (and in 3.1 the environmental score of a changed scope is not
 * always the base score, even without metrics of its own). 2.0 has CVSS_NO_SCORE where the
 * vector has no such metrics. In 4.0 there is one score, of the whole vector, and it is in
 * base; the others are CVSS_NO_SCORE. */
#define CVSS_NO_SCORE (-1)

struct cvss_scores {
    enum cvss_version version;
    int base;
    int temporal;
    int environmental;
};

/* cvss_score reads a vector: "AV:N/AC:L/Au:N/C:P/I:P/A:P" (with or without parentheses),
 * "CVSS:3.1/AV:...", "CVSS:4.0/AV:...". ERR_FORMAT with the byte: unknown or repeated metric,
 * value that does not exist, mandatory metric missing, wrong order in 4.0. */
int cvss_score(struct str vector, struct cvss_scores *ret_scores, struct error *err);

/* cvss_severity rates a score in tenths by the version's scale (2.0: NVD's, Low 0.0-3.9,
 * Medium 4.0-6.9, High 7.0-10.0). */
enum cvss_severity cvss_severity(enum cvss_version version, int score);
const char *cvss_severity_name(enum cvss_severity severity); /* "CRITICAL" */
const char *cvss_version_name(enum cvss_version version);    /* "3.1" */

#endif
