/* A vector: its scores are within 0.0 and 10.0, or there is none. */
#include "cvss/cvss.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_score(int score)
{
    return score == CVSS_NO_SCORE || (score >= 0 && score <= 100);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cvss_scores scores;
    struct error err = ERROR_INIT;
    if (cvss_score((struct str){(const char *)data, size}, &scores, &err) < 0) {
        return 0;
    }
    if (scores.base < 0 || !is_score(scores.base) || !is_score(scores.temporal) ||
        !is_score(scores.environmental)) {
        abort();
    }
    cvss_severity_name(cvss_severity(scores.version, scores.base));
    return 0;
}
