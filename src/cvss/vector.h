/*
 * Reading a vector by the table of its version's metrics. Not for other folders.
 */
#ifndef ASSAY_CVSS_VECTOR_H
#define ASSAY_CVSS_VECTOR_H

#include "base/error.h"
#include "base/str.h"
#include "cvss/cvss.h"

enum cvss_group { CVSS_BASE, CVSS_TEMPORAL, CVSS_ENVIRONMENTAL, CVSS_SUPPLEMENTAL };

/* A metric: its values separated by blanks, whose places are the values' numbers. Metrics
 * of the base group are mandatory. */
struct cvss_metric {
    const char *name;
    const char *values;
    enum cvss_group group;
};

enum { CVSS_MAX_METRICS = 40, CVSS_ABSENT = -1 };

/* The values of a vector by metric, CVSS_ABSENT for those that it does not have. */
struct cvss_vector {
    signed char values[CVSS_MAX_METRICS];
    bool has_group[CVSS_SUPPLEMENTAL + 1];
};

/* cvss_read_vector reads "AV:N/AC:L/...". offset is where text begins in the whole input.
 * ordered: metrics stand in the table's order. Errors as cvss_score. */
int cvss_read_vector(struct str text, size_t offset, const struct cvss_metric *metrics,
                     unsigned count, bool ordered, struct cvss_vector *ret_vector,
                     struct error *err);

/* cvss_value gives the value's number, or fallback when the vector has none. */
static inline unsigned cvss_value(const struct cvss_vector *vector, unsigned metric,
                                  unsigned fallback)
{
    return vector->values[metric] == CVSS_ABSENT ? fallback : (unsigned)vector->values[metric];
}

/* The versions, one file each (3.0 and 3.1 share one). text is the vector after its prefix. */
int cvss_score_2(struct str text, size_t offset, struct cvss_scores *ret_scores, struct error *err);
int cvss_score_3(struct str text, size_t offset, enum cvss_version version,
                 struct cvss_scores *ret_scores, struct error *err);
int cvss_score_4(struct str text, size_t offset, struct cvss_scores *ret_scores, struct error *err);

#endif
