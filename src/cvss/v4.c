/*
 * CVSS 4.0: specification document, section 8. The metrics' values give six equivalence
 * classes, which are a macrovector with a score; the distance of the vector from the most
 * severe one of its class lowers it towards the next macrovector's score.
 */
#include "cvss/vector.h"

enum {
    AV,
    AC,
    AT,
    PR,
    UI,
    VC,
    VI,
    VA,
    SC,
    SI,
    SA,
    E,
    CR,
    IR,
    AR,
    MAV,
    MAC,
    MAT,
    MPR,
    MUI,
    MVC,
    MVI,
    MVA,
    MSC,
    MSI,
    MSA,
    SAFETY,
    AUTOMATABLE,
    RECOVERY,
    VALUE,
    RESPONSE,
    URGENCY,
    METRICS
};

/* In the order that the specification prescribes. Values stand from the most severe down, so
 * that their numbers are severity levels. */
static const struct cvss_metric metrics[METRICS] = {
    [AV] = {"AV", "N A L P", CVSS_BASE},
    [AC] = {"AC", "L H", CVSS_BASE},
    [AT] = {"AT", "N P", CVSS_BASE},
    [PR] = {"PR", "N L H", CVSS_BASE},
    [UI] = {"UI", "N P A", CVSS_BASE},
    [VC] = {"VC", "H L N", CVSS_BASE},
    [VI] = {"VI", "H L N", CVSS_BASE},
    [VA] = {"VA", "H L N", CVSS_BASE},
    [SC] = {"SC", "H L N", CVSS_BASE},
    [SI] = {"SI", "H L N", CVSS_BASE},
    [SA] = {"SA", "H L N", CVSS_BASE},
    [E] = {"E", "X A P U", CVSS_TEMPORAL},
    [CR] = {"CR", "X H M L", CVSS_ENVIRONMENTAL},
    [IR] = {"IR", "X H M L", CVSS_ENVIRONMENTAL},
    [AR] = {"AR", "X H M L", CVSS_ENVIRONMENTAL},
    [MAV] = {"MAV", "X N A L P", CVSS_ENVIRONMENTAL},
    [MAC] = {"MAC", "X L H", CVSS_ENVIRONMENTAL},
    [MAT] = {"MAT", "X N P", CVSS_ENVIRONMENTAL},
    [MPR] = {"MPR", "X N L H", CVSS_ENVIRONMENTAL},
    [MUI] = {"MUI", "X N P A", CVSS_ENVIRONMENTAL},
    [MVC] = {"MVC", "X H L N", CVSS_ENVIRONMENTAL},
    [MVI] = {"MVI", "X H L N", CVSS_ENVIRONMENTAL},
    [MVA] = {"MVA", "X H L N", CVSS_ENVIRONMENTAL},
    [MSC] = {"MSC", "X H L N", CVSS_ENVIRONMENTAL},
    [MSI] = {"MSI", "X S H L N", CVSS_ENVIRONMENTAL},
    [MSA] = {"MSA", "X S H L N", CVSS_ENVIRONMENTAL},
    [SAFETY] = {"S", "X N P", CVSS_SUPPLEMENTAL},
    [AUTOMATABLE] = {"AU", "X N Y", CVSS_SUPPLEMENTAL},
    [RECOVERY] = {"R", "X A U I", CVSS_SUPPLEMENTAL},
    [VALUE] = {"V", "X D C", CVSS_SUPPLEMENTAL},
    [RESPONSE] = {"RE", "X L M H", CVSS_SUPPLEMENTAL},
    [URGENCY] = {"U", "X Clear Green Amber Red", CVSS_SUPPLEMENTAL},
};

enum { CLASSES = 6, NO_MACROVECTOR = 0 };

/* Scores of the macrovectors in tenths, by EQ1 to EQ6 (FIRST's look-up table). */
static const unsigned char macrovectors[3][2][3][3][3][2] = {
    {
        {
            {{{100, 99}, {98, 95}, {95, 92}},
             {{100, 96}, {93, 87}, {91, 81}},
             {{93, 90}, {89, 80}, {81, 68}}},
            {{{98, 95}, {95, 92}, {90, 84}},
             {{93, 92}, {89, 81}, {81, 65}},
             {{88, 80}, {78, 70}, {69, 48}}},
            {{{0, 92}, {0, 82}, {0, 72}}, {{0, 79}, {0, 69}, {0, 50}}, {{0, 69}, {0, 55}, {0, 27}}},
        },
        {
            {{{99, 97}, {95, 92}, {92, 85}},
             {{95, 91}, {90, 83}, {84, 71}},
             {{92, 81}, {82, 71}, {72, 53}}},
            {{{95, 93}, {92, 85}, {85, 73}},
             {{92, 82}, {80, 72}, {70, 59}},
             {{84, 70}, {71, 52}, {50, 30}}},
            {{{0, 86}, {0, 75}, {0, 52}}, {{0, 71}, {0, 52}, {0, 29}}, {{0, 63}, {0, 29}, {0, 17}}},
        },
    },
    {
        {
            {{{98, 95}, {94, 87}, {91, 81}},
             {{94, 89}, {86, 74}, {77, 64}},
             {{87, 75}, {74, 63}, {63, 49}}},
            {{{94, 89}, {88, 77}, {76, 67}},
             {{86, 76}, {74, 58}, {59, 50}},
             {{72, 57}, {57, 52}, {52, 25}}},
            {{{0, 83}, {0, 70}, {0, 54}}, {{0, 65}, {0, 58}, {0, 26}}, {{0, 53}, {0, 21}, {0, 13}}},
        },
        {
            {{{95, 90}, {88, 76}, {76, 70}},
             {{90, 77}, {75, 62}, {61, 53}},
             {{77, 66}, {68, 59}, {52, 30}}},
            {{{89, 78}, {76, 67}, {62, 58}},
             {{74, 59}, {57, 57}, {47, 23}},
             {{61, 52}, {57, 29}, {24, 16}}},
            {{{0, 71}, {0, 59}, {0, 30}}, {{0, 58}, {0, 26}, {0, 15}}, {{0, 23}, {0, 13}, {0, 6}}},
        },
    },
    {
        {
            {{{93, 87}, {86, 72}, {75, 58}},
             {{86, 74}, {74, 61}, {56, 34}},
             {{70, 54}, {52, 40}, {40, 22}}},
            {{{85, 75}, {74, 55}, {62, 51}},
             {{72, 57}, {55, 41}, {46, 19}},
             {{53, 36}, {34, 19}, {19, 8}}},
            {{{0, 64}, {0, 51}, {0, 20}}, {{0, 47}, {0, 21}, {0, 11}}, {{0, 24}, {0, 9}, {0, 4}}},
        },
        {
            {{{88, 75}, {73, 53}, {60, 50}},
             {{73, 55}, {59, 40}, {41, 20}},
             {{54, 43}, {45, 22}, {20, 11}}},
            {{{75, 55}, {58, 45}, {40, 21}},
             {{61, 51}, {48, 18}, {20, 9}},
             {{46, 18}, {17, 7}, {8, 2}}},
            {{{0, 53}, {0, 24}, {0, 14}}, {{0, 24}, {0, 12}, {0, 5}}, {{0, 10}, {0, 3}, {0, 1}}},
        },
    },
};

/* Levels of a vector's metrics as they count. Those of the subsequent system begin with
 * Safety, which only modified values can be: S 0, H 1, L 2, N 3. */
struct levels {
    unsigned char av, pr, ui, ac, at, vc, vi, va, cr, ir, ar, sc, si, sa, e;
};

enum { SAFE = 0, SUBSEQUENT_HIGH = 1, SUBSEQUENT_NONE = 3, NONE = 2 };

static unsigned char level(const struct cvss_vector *vector, unsigned base, unsigned modified)
{
    unsigned value = cvss_value(vector, modified, 0);
    return (unsigned char)(value ? value - 1 : (unsigned)vector->values[base]);
}

/* Not defined counts as the worst. */
static unsigned char worst_level(const struct cvss_vector *vector, unsigned metric)
{
    unsigned value = cvss_value(vector, metric, 0);
    return (unsigned char)(value ? value - 1 : 0);
}

/* MSI and MSA have S before H, so that their numbers without X are levels already. */
static unsigned char subsequent_level(const struct cvss_vector *vector, unsigned base,
                                      unsigned modified)
{
    unsigned value = cvss_value(vector, modified, 0);
    return (unsigned char)(value ? value - 1 : (unsigned)vector->values[base] + 1);
}

static struct levels read_levels(const struct cvss_vector *v)
{
    return (struct levels){
        .av = level(v, AV, MAV),
        .pr = level(v, PR, MPR),
        .ui = level(v, UI, MUI),
        .ac = level(v, AC, MAC),
        .at = level(v, AT, MAT),
        .vc = level(v, VC, MVC),
        .vi = level(v, VI, MVI),
        .va = level(v, VA, MVA),
        .cr = worst_level(v, CR),
        .ir = worst_level(v, IR),
        .ar = worst_level(v, AR),
        .sc = (unsigned char)(level(v, SC, MSC) + 1),
        .si = subsequent_level(v, SI, MSI),
        .sa = subsequent_level(v, SA, MSA),
        .e = worst_level(v, E),
    };
}

/* Tables 24 to 29. */
static void find_classes(const struct levels *m, int eq[CLASSES])
{
    enum { PHYSICAL = 3 };
    bool all_none = m->av == 0 && m->pr == 0 && m->ui == 0;
    bool any_none = m->av == 0 || m->pr == 0 || m->ui == 0;
    eq[0] = all_none ? 0 : any_none && m->av != PHYSICAL ? 1 : 2;
    eq[1] = m->ac == 0 && m->at == 0 ? 0 : 1;
    eq[2] = m->vc == 0 && m->vi == 0 ? 0 : m->vc == 0 || m->vi == 0 || m->va == 0 ? 1 : 2;
    bool high = m->sc == SUBSEQUENT_HIGH || m->si == SUBSEQUENT_HIGH || m->sa == SUBSEQUENT_HIGH;
    eq[3] = m->si == SAFE || m->sa == SAFE ? 0 : high ? 1 : 2;
    eq[4] = m->e;
    eq[5] = (m->cr == 0 && m->vc == 0) || (m->ir == 0 && m->vi == 0) || (m->ar == 0 && m->va == 0)
                ? 0
                : 1;
}

static int look_up(const int eq[CLASSES])
{
    if (eq[0] > 2 || eq[1] > 1 || eq[2] > 2 || eq[3] > 2 || eq[4] > 2 || eq[5] > 1) {
        return NO_MACROVECTOR;
    }
    return macrovectors[eq[0]][eq[1]][eq[2]][eq[3]][eq[4]][eq[5]];
}

static int look_up_lower(const int eq[CLASSES], unsigned class)
{
    int lower[CLASSES];
    for (unsigned i = 0; i < CLASSES; i++) {
        lower[i] = eq[i] + (i == class);
    }
    return look_up(lower);
}

/* EQ3 and EQ6 go down together: from 00 to the higher of 01 and 10, from 10 to 11. */
static int look_up_lower_impact(const int eq[CLASSES])
{
    int by_impact = look_up_lower(eq, 2), by_requirement = look_up_lower(eq, 5);
    if (eq[5] == 1) {
        return by_impact;
    }
    return eq[2] == 0 && by_impact > by_requirement ? by_impact : by_requirement;
}

/* The most severe vectors of the classes that have several, as levels. */
static const unsigned char most_severe_1[3][3][3] = {
    /* AV PR UI */
    {{0, 0, 0}},
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{3, 0, 0}, {1, 1, 1}},
};
static const unsigned char most_severe_2[2][2][2] = {
    /* AC AT */
    {{0, 0}},
    {{1, 0}, {0, 1}},
};
static const unsigned char most_severe_36[3][2][5][6] = {
    /* VC VI VA CR IR AR */
    {{{0, 0, 0, 0, 0, 0}}, {{0, 0, 1, 1, 1, 0}, {0, 0, 0, 1, 1, 1}}},
    {{{1, 0, 0, 0, 0, 0}, {0, 1, 0, 0, 0, 0}},
     {{1, 0, 1, 0, 1, 0},
      {1, 0, 0, 0, 1, 1},
      {0, 1, 0, 1, 0, 1},
      {0, 1, 1, 1, 0, 0},
      {1, 1, 0, 0, 0, 1}}},
    {{{0}}, {{1, 1, 1, 0, 0, 0}}},
};
static const unsigned char most_severe_4[3][3] = {
    /* SC SI SA */
    {1, 0, 0},
    {1, 1, 1},
    {2, 2, 2},
};

/* find_distance gives the sum of the levels' distances from the first of the most severe
 * vectors that is at least as severe in every metric. */
static int find_distance(const unsigned char *levels, const unsigned char *severe, unsigned width,
                         unsigned count)
{
    for (unsigned i = 0; i < count; i++, severe += width) {
        int distance = 0;
        bool reached = true;
        for (unsigned k = 0; k < width; k++) {
            reached &= levels[k] >= severe[k];
            distance += levels[k] - severe[k];
        }
        if (reached) {
            return distance;
        }
    }
    return 0;
}

/* A class of the interpolation: the score below it, how far down the vector is, how deep the
 * class is. */
struct step {
    int lower, distance, depth;
};

static void find_steps(const struct levels *m, const int eq[CLASSES], struct step steps[5])
{
    static const int depth_1[] = {1, 4, 5}, depth_2[] = {1, 2}, depth_4[] = {6, 5, 4};
    static const int depth_36[3][2] = {{7, 6}, {8, 8}, {1, 10}};
    static const unsigned count_1[] = {1, 3, 2}, count_2[] = {1, 2};
    static const unsigned count_36[3][2] = {{1, 2}, {2, 5}, {1, 1}};
    const unsigned char reach[] = {m->av, m->pr, m->ui}, access[] = {m->ac, m->at};
    const unsigned char impact[] = {m->vc, m->vi, m->va, m->cr, m->ir, m->ar};
    const unsigned char subsequent[] = {m->sc, m->si, m->sa};
    steps[0] = (struct step){
        look_up_lower(eq, 0),
        find_distance(reach, most_severe_1[eq[0]][0], 3, count_1[eq[0]]),
        depth_1[eq[0]],
    };
    steps[1] = (struct step){
        look_up_lower(eq, 1),
        find_distance(access, most_severe_2[eq[1]][0], 2, count_2[eq[1]]),
        depth_2[eq[1]],
    };
    steps[2] = (struct step){
        look_up_lower_impact(eq),
        find_distance(impact, most_severe_36[eq[2]][eq[5]][0], 6, count_36[eq[2]][eq[5]]),
        depth_36[eq[2]][eq[5]],
    };
    steps[3] = (struct step){
        look_up_lower(eq, 3),
        find_distance(subsequent, most_severe_4[eq[3]], 3, 1),
        depth_4[eq[3]],
    };
    /* EQ5 has one metric, which is the class: the distance is none. */
    steps[4] = (struct step){look_up_lower(eq, 4), 0, 1};
}

/* interpolate works in 840ths of a tenth, which every depth divides: half up is exact. */
static int interpolate(int score, const struct step steps[5])
{
    enum { UNIT = 840 };
    int sum = 0, count = 0;
    for (unsigned i = 0; i < 5; i++) {
        if (steps[i].lower != NO_MACROVECTOR) {
            sum += (score - steps[i].lower) * steps[i].distance * (UNIT / steps[i].depth);
            count++;
        }
    }
    if (count == 0) {
        return score;
    }
    int whole = 2 * UNIT * count;
    int rounded = (score * whole - 2 * sum + UNIT * count) / whole;
    return rounded < 0 ? 0 : rounded > 100 ? 100 : rounded;
}

static int score_levels(const struct levels *m)
{
    int eq[CLASSES];
    struct step steps[5];
    if (m->vc == NONE && m->vi == NONE && m->va == NONE && m->sc == SUBSEQUENT_NONE &&
        m->si == SUBSEQUENT_NONE && m->sa == SUBSEQUENT_NONE) {
        return 0;
    }
    find_classes(m, eq);
    find_steps(m, eq, steps);
    return interpolate(look_up(eq), steps);
}

int cvss_score_4(struct str text, size_t offset, struct cvss_scores *ret_scores, struct error *err)
{
    struct cvss_vector vector;
    int result = cvss_read_vector(text, offset, metrics, METRICS, true, &vector, err);
    if (result < 0) {
        return result;
    }
    struct levels levels = read_levels(&vector);
    *ret_scores = (struct cvss_scores){
        .version = CVSS_4_0,
        .base = score_levels(&levels),
        .temporal = CVSS_NO_SCORE,
        .environmental = CVSS_NO_SCORE,
    };
    return 0;
}
