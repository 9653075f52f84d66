#include "assess/engine.h"

/*
 * The stretches of an advisory are a union (OSV schema, "Evaluation"), but for builds of rpm:
 * AlmaLinux states several fixed builds of one modular package in one advisory, one a minor
 * release ("3.15-3.module_el8.5.0+..." and "...el8.4.0+..."). They are alternatives: who has the
 * one is not vulnerable for lacking the other. Where some are of the installed build's own
 * platform, only these count.
 */

enum row {
    ROW_INCOMPARABLE,
    ROW_BEFORE, /* below the first affected version */
    ROW_PAST,   /* past the last affected version */
    ROW_FIXED,
    ROW_IN
};

static bool has_key(const struct version_key *key)
{
    return key->class != 0;
}

static enum row judge_row(const struct version_key *installed, const struct knowledge_affected *row)
{
    if (row->never) {
        return ROW_INCOMPARABLE;
    }
    if (has_key(&row->introduced)) {
        enum version_order order = version_key_compare(installed, &row->introduced);
        if (order == VERSION_INCOMPARABLE) {
            return ROW_INCOMPARABLE;
        }
        if (order == VERSION_LESS) {
            return ROW_BEFORE;
        }
    }
    if (has_key(&row->fixed)) {
        enum version_order order = version_key_compare(installed, &row->fixed);
        if (order == VERSION_INCOMPARABLE) {
            return ROW_INCOMPARABLE;
        }
        return order == VERSION_LESS ? ROW_IN : ROW_FIXED;
    }
    if (has_key(&row->last)) {
        enum version_order order = version_key_compare(installed, &row->last);
        if (order == VERSION_INCOMPARABLE) {
            return ROW_INCOMPARABLE;
        }
        return order == VERSION_GREATER ? ROW_PAST : ROW_IN;
    }
    return ROW_IN;
}

/* The rest behind the build's platform: "module_el8.5.0" of "23-3.module_el8.5.0+254+b4526b16"
 * with *ret_rest "+254+b4526b16". "" for what is not modular. */
static struct str build_platform(struct str version, struct str *ret_rest)
{
    size_t at = str_find(version, STR(".module"));
    if (at == SIZE_MAX) {
        return (struct str){0};
    }
    struct str tail = str_skip(version, at + 1);
    /* ".module+el8.5.0+254" has its platform behind the first plus. */
    size_t from = str_starts(tail, STR("module+")) ? 7 : 0;
    size_t plus = str_find_byte(str_skip(tail, from), '+');
    size_t len = plus == SIZE_MAX ? tail.len : from + plus;
    *ret_rest = str_skip(tail, len);
    return str_sub(tail, 0, len);
}

/* "el8_9" of "2.28-236.el8_9.13": the minor release that a plain build was made for. */
static struct str minor_release(struct str version)
{
    size_t at = str_find(version, STR(".el"));
    if (at == SIZE_MAX) {
        return (struct str){0};
    }
    struct str tail = str_skip(version, at + 1);
    size_t i = 2;
    while (i < tail.len && str_is_digit(tail.ptr[i])) {
        i++;
    }
    if (i == tail.len || tail.ptr[i] != '_') {
        return (struct str){0};
    }
    for (i++; i < tail.len && str_is_digit(tail.ptr[i]);) {
        i++;
    }
    return str_sub(tail, 0, i);
}

/* Builds of AlmaLinux have been numbered in two series: up to three digits, and four. */
static bool long_number(struct str rest)
{
    size_t i = 1;
    while (i < rest.len && str_is_digit(rest.ptr[i])) {
        i++;
    }
    return i > 4;
}

/* Most versions name no platform (".module", ".el9_4"); this looks before the searches do. */
static bool may_name_platform(struct str version)
{
    for (size_t i = 0; i + 1 < version.len; i++) {
        if (version.ptr[i] == '.' && (version.ptr[i + 1] == 'm' || version.ptr[i + 1] == 'e')) {
            return true;
        }
    }
    return false;
}

enum likeness stretch_likeness(struct str a, struct str b)
{
    struct str rest_a = {0}, rest_b = {0};
    /* b is the installed build, which is the same for all advisories. */
    if (!may_name_platform(b) || !may_name_platform(a)) {
        return LIKENESS_NONE;
    }
    struct str platform_a = build_platform(a, &rest_a), platform_b = build_platform(b, &rest_b);
    if (!platform_a.len && !platform_b.len) {
        platform_a = minor_release(a);
        platform_b = minor_release(b);
    }
    if (!platform_a.len || !str_eq(platform_a, platform_b)) {
        return LIKENESS_NONE;
    }
    return long_number(rest_a) == long_number(rest_b) ? LIKENESS_SERIES : LIKENESS_PLATFORM;
}

static bool is_modular(struct str version)
{
    struct str rest;
    return may_name_platform(version) && build_platform(version, &rest).len != 0;
}

/* "nodejs:14" of the label "nodejs:14:8040020210817133458:522a0ee4". */
static struct str stream_of(struct str label)
{
    size_t first = str_find_byte(label, ':');
    if (first == SIZE_MAX) {
        return label;
    }
    size_t second = str_find_byte(str_skip(label, first + 1), ':');
    return second == SIZE_MAX ? label : str_sub(label, 0, first + 1 + second);
}

static bool names_stream(const struct knowledge_advisory *advisory, struct str stream)
{
    if (str_eq(advisory->module, stream)) {
        return true;
    }
    /* "virt:rhel and virt-devel:rhel security update" names two. */
    struct str rest = advisory->summary, word;
    while (str_next_word(&rest, &word)) {
        while (word.len && (word.ptr[word.len - 1] == ',' || word.ptr[word.len - 1] == ';')) {
            word.len--;
        }
        if (str_eq(word, stream)) {
            return true;
        }
    }
    return false;
}

static bool names_modular(const struct stretches *stretches)
{
    for (uint32_t i = 0; i < stretches->count; i++) {
        const struct knowledge_affected *row = &stretches->items[i];
        if (is_modular(row->fixed_text) || is_modular(row->last_text) ||
            is_modular(row->introduced_text)) {
            return true;
        }
    }
    return false;
}

/* Whether the advisory is about the module stream that the package is from. */
static bool check_stream(struct str version, struct str module,
                         const struct knowledge_advisory *advisory,
                         const struct stretches *stretches, struct judgement *judgement)
{
    if (!advisory->module.len && !names_modular(stretches)) {
        return true;
    }
    if (!module.len && !is_modular(version)) {
        judgement->outcome = OUTCOME_OTHER_STREAM;
        judgement->why = STR("the advisory is about a module stream, the package is of none");
        return false;
    }
    if (!module.len) {
        judgement->outcome = OUTCOME_INCOMPARABLE;
        judgement->why = STR("the module stream of the package is not known");
        return false;
    }
    if (names_stream(advisory, stream_of(module))) {
        return true;
    }
    judgement->outcome = advisory->module.len ? OUTCOME_OTHER_STREAM : OUTCOME_INCOMPARABLE;
    judgement->why = advisory->module.len
                         ? STR("the advisory is about another module stream")
                         : STR("the advisory does not say which module stream it is about");
    return false;
}

static bool is_alternative(const struct stretches *stretches, const struct knowledge_affected *row)
{
    return stretches->of_builds && !has_key(&row->introduced) && has_key(&row->fixed);
}

/* How much an alternative must be like the installed build to count. */
static enum likeness likeness_asked(const struct stretches *stretches, struct str version)
{
    enum likeness best = LIKENESS_NONE;
    for (uint32_t i = 0; i < stretches->count; i++) {
        if (!is_alternative(stretches, &stretches->items[i])) {
            continue;
        }
        enum likeness likeness = stretch_likeness(stretches->items[i].fixed_text, version);
        best = likeness > best ? likeness : best;
    }
    return best;
}

static void take_bounds(struct judgement *judgement, const struct knowledge_affected *row)
{
    judgement->has_fix = has_key(&row->fixed);
    judgement->fixed = row->fixed;
    judgement->fixed_text = row->fixed_text;
    judgement->last_text = row->last_text;
    judgement->introduced_text = row->introduced_text;
    judgement->urgency = row->urgency;
}

/* The alternatives together: past any of them is past all; else the lowest is the fix. */
static enum outcome judge_alternatives(const struct version_key *installed, struct str version,
                                       const struct stretches *stretches,
                                       struct judgement *judgement)
{
    enum outcome outcome = OUTCOME_SILENT;
    /* One alone has nothing to be chosen from. */
    enum likeness asked = stretches->count > 1 ? likeness_asked(stretches, version) : LIKENESS_NONE;
    for (uint32_t i = 0; i < stretches->count; i++) {
        const struct knowledge_affected *row = &stretches->items[i];
        if (!is_alternative(stretches, row) ||
            (asked > LIKENESS_NONE && stretch_likeness(row->fixed_text, version) < asked)) {
            continue;
        }
        enum row answer = judge_row(installed, row);
        if (answer == ROW_INCOMPARABLE) {
            outcome = outcome == OUTCOME_SILENT ? OUTCOME_INCOMPARABLE : outcome;
        } else if (answer == ROW_FIXED) {
            take_bounds(judgement, row);
            return OUTCOME_FIXED;
        } else if (outcome != OUTCOME_VULNERABLE ||
                   version_key_compare(&row->fixed, &judgement->fixed) == VERSION_LESS) {
            take_bounds(judgement, row);
            outcome = OUTCOME_VULNERABLE;
        }
    }
    return outcome;
}

static bool is_later_fix(const struct knowledge_affected *row, const struct judgement *judgement)
{
    return has_key(&row->fixed) &&
           (!judgement->has_fix ||
            version_key_compare(&row->fixed, &judgement->fixed) == VERSION_GREATER);
}

/* Stretches with a beginning, or without a fix, are a union. Of those that the version is in the
 * last to end says where it is fixed; of those whose fix it has, the latest fix. */
static enum outcome judge_union(const struct version_key *installed,
                                const struct stretches *stretches, struct judgement *judgement)
{
    static const enum outcome outcomes[] = {
        [ROW_INCOMPARABLE] = OUTCOME_INCOMPARABLE,
        [ROW_BEFORE] = OUTCOME_NOT_AFFECTED,
        [ROW_PAST] = OUTCOME_NOT_AFFECTED,
        [ROW_FIXED] = OUTCOME_FIXED,
        [ROW_IN] = OUTCOME_VULNERABLE,
    };
    enum outcome best = OUTCOME_SILENT;
    for (uint32_t i = 0; i < stretches->count; i++) {
        const struct knowledge_affected *row = &stretches->items[i];
        if (is_alternative(stretches, row)) {
            continue;
        }
        enum outcome outcome = outcomes[judge_row(installed, row)];
        if (outcome > best ||
            (outcome == best && best >= OUTCOME_FIXED && is_later_fix(row, judgement))) {
            best = outcome;
            take_bounds(judgement, row);
        }
    }
    return best;
}

/* The stretch that holds the fix which was found, and has the latest itself. */
static const struct knowledge_affected *find_holder(const struct stretches *stretches,
                                                    const struct judgement *judgement)
{
    const struct knowledge_affected *best = NULL;
    for (uint32_t i = 0; i < stretches->count; i++) {
        const struct knowledge_affected *row = &stretches->items[i];
        if (is_alternative(stretches, row) || judge_row(&judgement->fixed, row) != ROW_IN) {
            continue;
        }
        if (!best || (has_key(&row->fixed) &&
                      (!has_key(&best->fixed) ||
                       version_key_compare(&row->fixed, &best->fixed) == VERSION_GREATER))) {
            best = row;
        }
    }
    return best;
}

/* A fix that another stretch holds is none: what ends that one is. */
static void leave_stretches(const struct stretches *stretches, struct judgement *judgement)
{
    const struct knowledge_affected *row;
    while (judgement->has_fix && (row = find_holder(stretches, judgement))) {
        judgement->has_fix = has_key(&row->fixed);
        judgement->fixed = row->fixed;
        judgement->fixed_text = row->fixed_text;
        judgement->last_text = row->last_text;
    }
}

struct judgement stretch_judge(const struct version_key *installed, struct str version,
                               struct str module, const struct knowledge_advisory *advisory,
                               const struct stretches *stretches)
{
    struct judgement judgement = {.outcome = OUTCOME_SILENT};
    if (!stretches->count || !check_stream(version, module, advisory, stretches, &judgement)) {
        return judgement;
    }
    take_bounds(&judgement, &stretches->items[0]);
    if (!has_key(installed)) {
        judgement.outcome = OUTCOME_INCOMPARABLE;
        judgement.why = STR("the installed version is none of this scheme");
        return judgement;
    }
    struct judgement united = judgement;
    judgement.outcome = judge_alternatives(installed, version, stretches, &judgement);
    united.outcome = judge_union(installed, stretches, &united);
    if (united.outcome > judgement.outcome) {
        judgement = united;
    }
    if (judgement.outcome == OUTCOME_VULNERABLE && stretches->count > 1) {
        leave_stretches(stretches, &judgement);
    }
    judgement.own_platform = judgement.outcome >= OUTCOME_FIXED &&
                             stretch_likeness(judgement.fixed_text, version) != LIKENESS_NONE;
    if (judgement.outcome == OUTCOME_INCOMPARABLE) {
        judgement.why = STR("the versions have no defined order");
    }
    return judgement;
}
