/*
 * CVSS 2.0: "A Complete Guide to the Common Vulnerability Scoring System Version 2.0",
 * section 3.2.
 */
#include "cvss/vector.h"

enum { AV, AC, AU, C, I, A, E, RL, RC, CDP, TD, CR, IR, AR, METRICS };

static const struct cvss_metric metrics[METRICS] = {
    [AV] = {"AV", "L A N", CVSS_BASE},
    [AC] = {"AC", "H M L", CVSS_BASE},
    [AU] = {"Au", "M S N", CVSS_BASE},
    [C] = {"C", "N P C", CVSS_BASE},
    [I] = {"I", "N P C", CVSS_BASE},
    [A] = {"A", "N P C", CVSS_BASE},
    [E] = {"E", "ND U POC F H", CVSS_TEMPORAL},
    [RL] = {"RL", "ND OF TF W U", CVSS_TEMPORAL},
    [RC] = {"RC", "ND UC UR C", CVSS_TEMPORAL},
    [CDP] = {"CDP", "ND N L LM MH H", CVSS_ENVIRONMENTAL},
    [TD] = {"TD", "ND N L M H", CVSS_ENVIRONMENTAL},
    [CR] = {"CR", "ND L M H", CVSS_ENVIRONMENTAL},
    [IR] = {"IR", "ND L M H", CVSS_ENVIRONMENTAL},
    [AR] = {"AR", "ND L M H", CVSS_ENVIRONMENTAL},
};

static const double weights[METRICS][6] = {
    [AV] = {0.395, 0.646, 1.0},         [AC] = {0.35, 0.61, 0.71},
    [AU] = {0.45, 0.56, 0.704},         [C] = {0.0, 0.275, 0.660},
    [I] = {0.0, 0.275, 0.660},          [A] = {0.0, 0.275, 0.660},
    [E] = {1.0, 0.85, 0.90, 0.95, 1.0}, [RL] = {1.0, 0.87, 0.90, 0.95, 1.0},
    [RC] = {1.0, 0.90, 0.95, 1.0},      [CDP] = {0.0, 0.0, 0.1, 0.3, 0.4, 0.5},
    [TD] = {1.0, 0.0, 0.25, 0.75, 1.0}, [CR] = {1.0, 0.5, 1.0, 1.51},
    [IR] = {1.0, 0.5, 1.0, 1.51},       [AR] = {1.0, 0.5, 1.0, 1.51},
};

static double weight(const struct cvss_vector *vector, unsigned metric)
{
    return weights[metric][cvss_value(vector, metric, 0)];
}

/* round_tenths rounds half up; the tolerance is for decimals that binary cannot hold. */
static int round_tenths(double score)
{
    return score <= 0 ? 0 : (int)(score * 10 + 0.5 + 1e-9);
}

static int score_base(const struct cvss_vector *vector, double impact)
{
    double exploitability = 20 * weight(vector, AV) * weight(vector, AC) * weight(vector, AU);
    double factor = impact == 0 ? 0 : 1.176;
    return round_tenths((0.6 * impact + 0.4 * exploitability - 1.5) * factor);
}

static double score_impact(const struct cvss_vector *vector)
{
    return 10.41 *
           (1 - (1 - weight(vector, C)) * (1 - weight(vector, I)) * (1 - weight(vector, A)));
}

static double score_adjusted_impact(const struct cvss_vector *vector)
{
    double impact = 10.41 * (1 - (1 - weight(vector, C) * weight(vector, CR)) *
                                     (1 - weight(vector, I) * weight(vector, IR)) *
                                     (1 - weight(vector, A) * weight(vector, AR)));
    return impact < 10 ? impact : 10;
}

static int score_temporal(const struct cvss_vector *vector, int base)
{
    return round_tenths(base / 10.0 * weight(vector, E) * weight(vector, RL) * weight(vector, RC));
}

static int score_environmental(const struct cvss_vector *vector)
{
    double adjusted =
        score_temporal(vector, score_base(vector, score_adjusted_impact(vector))) / 10.0;
    return round_tenths((adjusted + (10 - adjusted) * weight(vector, CDP)) * weight(vector, TD));
}

int cvss_score_2(struct str text, size_t offset, struct cvss_scores *ret_scores, struct error *err)
{
    struct cvss_vector vector;
    int result = cvss_read_vector(text, offset, metrics, METRICS, false, &vector, err);
    if (result < 0) {
        return result;
    }
    int base = score_base(&vector, score_impact(&vector));
    *ret_scores = (struct cvss_scores){
        .version = CVSS_2_0,
        .base = base,
        .temporal = vector.has_group[CVSS_TEMPORAL] ? score_temporal(&vector, base) : CVSS_NO_SCORE,
        .environmental =
            vector.has_group[CVSS_ENVIRONMENTAL] ? score_environmental(&vector) : CVSS_NO_SCORE,
    };
    return 0;
}
