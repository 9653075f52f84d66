/*
 * CVSS 3.0 and 3.1: specification documents, section 7 (8 in 3.0). They differ in rounding
 * and in the modified impact of a changed scope.
 */
#include "cvss/vector.h"

enum {
    AV,
    AC,
    PR,
    UI,
    S,
    C,
    I,
    A,
    E,
    RL,
    RC,
    CR,
    IR,
    AR,
    MAV,
    MAC,
    MPR,
    MUI,
    MS,
    MC,
    MI,
    MA,
    METRICS
};

static const struct cvss_metric metrics[METRICS] = {
    [AV] = {"AV", "N A L P", CVSS_BASE},
    [AC] = {"AC", "L H", CVSS_BASE},
    [PR] = {"PR", "N L H", CVSS_BASE},
    [UI] = {"UI", "N R", CVSS_BASE},
    [S] = {"S", "U C", CVSS_BASE},
    [C] = {"C", "N L H", CVSS_BASE},
    [I] = {"I", "N L H", CVSS_BASE},
    [A] = {"A", "N L H", CVSS_BASE},
    [E] = {"E", "X U P F H", CVSS_TEMPORAL},
    [RL] = {"RL", "X O T W U", CVSS_TEMPORAL},
    [RC] = {"RC", "X U R C", CVSS_TEMPORAL},
    [CR] = {"CR", "X L M H", CVSS_ENVIRONMENTAL},
    [IR] = {"IR", "X L M H", CVSS_ENVIRONMENTAL},
    [AR] = {"AR", "X L M H", CVSS_ENVIRONMENTAL},
    [MAV] = {"MAV", "X N A L P", CVSS_ENVIRONMENTAL},
    [MAC] = {"MAC", "X L H", CVSS_ENVIRONMENTAL},
    [MPR] = {"MPR", "X N L H", CVSS_ENVIRONMENTAL},
    [MUI] = {"MUI", "X N R", CVSS_ENVIRONMENTAL},
    [MS] = {"MS", "X U C", CVSS_ENVIRONMENTAL},
    [MC] = {"MC", "X N L H", CVSS_ENVIRONMENTAL},
    [MI] = {"MI", "X N L H", CVSS_ENVIRONMENTAL},
    [MA] = {"MA", "X N L H", CVSS_ENVIRONMENTAL},
};

static const double attack_vector[] = {0.85, 0.62, 0.55, 0.2};
static const double attack_complexity[] = {0.77, 0.44};
static const double privileges[2][3] = {{0.85, 0.62, 0.27}, {0.85, 0.68, 0.5}};
static const double interaction[] = {0.85, 0.62};
static const double impacts[] = {0.0, 0.22, 0.56};
static const double maturity[] = {1.0, 0.91, 0.94, 0.97, 1.0};
static const double remediation[] = {1.0, 0.95, 0.96, 0.97, 1.0};
static const double confidence[] = {1.0, 0.92, 0.96, 1.0};
static const double requirements[] = {1.0, 0.5, 1.0, 1.5};

/* The exploitability and impact metrics as they count: base or modified. */
struct effective {
    unsigned av, ac, pr, ui, scope, c, i, a;
};

static double power(double base, int exponent)
{
    double result = 1;
    for (; exponent > 0; exponent--) {
        result *= base;
    }
    return result;
}

/* round_up gives tenths. 3.0 (section 8): the smallest not less; 3.1 (appendix A) cuts after
 * five decimals first. */
static int round_up(double score, enum cvss_version version)
{
    if (version == CVSS_3_0) {
        double tenths = score * 10 - 1e-9;
        int whole = (int)tenths;
        return tenths > whole ? whole + 1 : whole;
    }
    int64_t scaled = (int64_t)(score * 100000 + 0.5);
    return (int)(scaled % 10000 == 0 ? scaled / 10000 : scaled / 10000 + 1);
}

static double score_exploitability(const struct effective *m)
{
    return 8.22 * attack_vector[m->av] * attack_complexity[m->ac] * privileges[m->scope][m->pr] *
           interaction[m->ui];
}

/* combine is the part of the equations that base and environmental scores share. */
static int combine(const struct effective *m, double impact, enum cvss_version version)
{
    if (impact <= 0) {
        return 0;
    }
    double sum = (impact + score_exploitability(m)) * (m->scope ? 1.08 : 1.0);
    return round_up(sum < 10 ? sum : 10, version);
}

static int score_base(const struct effective *m, enum cvss_version version)
{
    double iss = 1 - (1 - impacts[m->c]) * (1 - impacts[m->i]) * (1 - impacts[m->a]);
    double impact = m->scope ? 7.52 * (iss - 0.029) - 3.25 * power(iss - 0.02, 15) : 6.42 * iss;
    return combine(m, impact, version);
}

static int score_temporal(const struct cvss_vector *vector, int score, enum cvss_version version)
{
    return round_up(score / 10.0 * maturity[cvss_value(vector, E, 0)] *
                        remediation[cvss_value(vector, RL, 0)] *
                        confidence[cvss_value(vector, RC, 0)],
                    version);
}

/* modified gives the modified metric's value, by the numbers of the base metric. */
static unsigned modified(const struct cvss_vector *vector, unsigned base, unsigned metric)
{
    unsigned value = cvss_value(vector, metric, 0);
    return value ? value - 1 : (unsigned)vector->values[base];
}

static int score_environmental(const struct cvss_vector *vector, enum cvss_version version)
{
    struct effective m = {
        .av = modified(vector, AV, MAV),
        .ac = modified(vector, AC, MAC),
        .pr = modified(vector, PR, MPR),
        .ui = modified(vector, UI, MUI),
        .scope = modified(vector, S, MS),
        .c = modified(vector, C, MC),
        .i = modified(vector, I, MI),
        .a = modified(vector, A, MA),
    };
    double miss = 1 - (1 - requirements[cvss_value(vector, CR, 0)] * impacts[m.c]) *
                          (1 - requirements[cvss_value(vector, IR, 0)] * impacts[m.i]) *
                          (1 - requirements[cvss_value(vector, AR, 0)] * impacts[m.a]);
    miss = miss < 0.915 ? miss : 0.915;
    double impact = 6.42 * miss;
    if (m.scope) {
        double curve =
            version == CVSS_3_0 ? power(miss - 0.02, 15) : power(miss * 0.9731 - 0.02, 13);
        impact = 7.52 * (miss - 0.029) - 3.25 * curve;
    }
    return score_temporal(vector, combine(&m, impact, version), version);
}

int cvss_score_3(struct str text, size_t offset, enum cvss_version version,
                 struct cvss_scores *ret_scores, struct error *err)
{
    struct cvss_vector vector;
    int result = cvss_read_vector(text, offset, metrics, METRICS, false, &vector, err);
    if (result < 0) {
        return result;
    }
    const struct effective m = {
        (unsigned)vector.values[AV], (unsigned)vector.values[AC], (unsigned)vector.values[PR],
        (unsigned)vector.values[UI], (unsigned)vector.values[S],  (unsigned)vector.values[C],
        (unsigned)vector.values[I],  (unsigned)vector.values[A],
    };
    int base = score_base(&m, version);
    *ret_scores = (struct cvss_scores){
        .version = version,
        .base = base,
        .temporal = score_temporal(&vector, base, version),
        .environmental = score_environmental(&vector, version),
    };
    return 0;
}
