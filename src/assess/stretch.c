#include "assess/engine.h"

/*
 * AlmaLinux states several fixed builds of one modular package in one advisory, one a minor
 * release ("3.15-3.module_el8.5.0+..." and "...el8.4.0+..."). They are alternatives, not a
 * union: who has the one is not vulnerable for lacking the other.
 */

enum row {
    ROW_INCOMPARABLE,
    ROW_BEFORE, /* below the first affected version */
    ROW_IN,
    ROW_PAST /* at the fix or later, or past the last affected version */
};

static bool has_key(const struct version_key *key)
{
    return key->class != 0;
}

static enum row judge_row(const struct version_key *installed, const struct knowledge_affected *row)
{
    if (row->never)
        return ROW_INCOMPARABLE;
    if (has_key(&row->introduced)) {
        enum version_order order = version_key_compare(installed, &row->introduced);
        if (order == VERSION_INCOMPARABLE)
            return ROW_INCOMPARABLE;
        if (order == VERSION_LESS)
            return ROW_BEFORE;
    }
    if (has_key(&row->fixed)) {
        enum version_order order = version_key_compare(installed, &row->fixed);
        if (order == VERSION_INCOMPARABLE)
            return ROW_INCOMPARABLE;
        return order == VERSION_LESS ? ROW_IN : ROW_PAST;
    }
    if (has_key(&row->last)) {
        enum version_order order = version_key_compare(installed, &row->last);
        if (order == VERSION_INCOMPARABLE)
            return ROW_INCOMPARABLE;
        return order == VERSION_GREATER ? ROW_PAST : ROW_IN;
    }
    return ROW_IN;
}

/* "module_el8.5.0" of "23-3.module_el8.5.0+254+b4526b16", "" for what is not modular. */
static struct str build_platform(struct str version)
{
    size_t at = str_find(version, STR(".module"));
    if (at == SIZE_MAX)
        return (struct str){0};
    struct str tail = str_skip(version, at + 1);
    struct str head;
    /* ".module+el8.5.0+254" has its platform behind the first plus. */
    if (str_starts(tail, STR("module+"))) {
        size_t plus = str_find_byte(str_skip(tail, 7), '+');
        return plus == SIZE_MAX ? tail : str_sub(tail, 0, 7 + plus);
    }
    size_t plus = str_find_byte(tail, '+');
    head = plus == SIZE_MAX ? tail : str_sub(tail, 0, plus);
    return head;
}

static bool is_modular(struct str version)
{
    return build_platform(version).len != 0;
}

/* "nodejs:14" of the label "nodejs:14:8040020210817133458:522a0ee4". */
static struct str stream_of(struct str label)
{
    size_t first = str_find_byte(label, ':');
    if (first == SIZE_MAX)
        return label;
    size_t second = str_find_byte(str_skip(label, first + 1), ':');
    return second == SIZE_MAX ? label : str_sub(label, 0, first + 1 + second);
}

static bool names_stream(const struct knowledge_advisory *advisory, struct str stream)
{
    if (str_eq(advisory->module, stream))
        return true;
    /* "virt:rhel and virt-devel:rhel security update" names two. */
    struct str rest = advisory->summary, word;
    while (str_next_word(&rest, &word)) {
        while (word.len && (word.ptr[word.len - 1] == ',' || word.ptr[word.len - 1] == ';'))
            word.len--;
        if (str_eq(word, stream))
            return true;
    }
    return false;
}

/* Whether the advisory is about the module stream that the package is from. */
static bool check_stream(struct str version, struct str module,
                         const struct knowledge_advisory *advisory,
                         const struct stretches *stretches, struct judgement *judgement)
{
    bool modular = advisory->module.len || is_modular(stretches->items[0].fixed_text);
    if (!modular)
        return true;
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
    if (names_stream(advisory, stream_of(module)))
        return true;
    judgement->outcome = advisory->module.len ? OUTCOME_OTHER_STREAM : OUTCOME_INCOMPARABLE;
    judgement->why = advisory->module.len
                         ? STR("the advisory is about another module stream")
                         : STR("the advisory does not say which module stream it is about");
    return false;
}

static bool is_alternative(const struct knowledge_affected *row)
{
    return !has_key(&row->introduced) && has_key(&row->fixed);
}

static bool same_platform_stated(const struct stretches *stretches, struct str platform)
{
    for (uint32_t i = 0; platform.len && i < stretches->count; i++) {
        if (is_alternative(&stretches->items[i]) &&
            str_eq(build_platform(stretches->items[i].fixed_text), platform))
            return true;
    }
    return false;
}

static void take_bounds(struct judgement *judgement, const struct knowledge_affected *row)
{
    judgement->has_fix = has_key(&row->fixed);
    judgement->fixed = row->fixed;
    judgement->fixed_text = row->fixed_text;
    judgement->last_text = row->last_text;
    judgement->introduced_text = row->introduced_text;
}

/* The alternatives together: past any of them is past all; else the lowest is the fix. */
static enum outcome judge_alternatives(const struct version_key *installed, struct str version,
                                       const struct stretches *stretches,
                                       struct judgement *judgement)
{
    enum outcome outcome = OUTCOME_SILENT;
    struct str platform = build_platform(version);
    bool narrow = same_platform_stated(stretches, platform);
    for (uint32_t i = 0; i < stretches->count; i++) {
        const struct knowledge_affected *row = &stretches->items[i];
        if (!is_alternative(row) || (narrow && !str_eq(build_platform(row->fixed_text), platform)))
            continue;
        enum row answer = judge_row(installed, row);
        if (answer == ROW_INCOMPARABLE) {
            outcome = outcome == OUTCOME_SILENT ? OUTCOME_INCOMPARABLE : outcome;
        } else if (answer == ROW_PAST) {
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

/* Stretches with a beginning, or without a fix, are a union. */
static enum outcome judge_union(const struct version_key *installed,
                                const struct stretches *stretches, struct judgement *judgement)
{
    static const enum outcome outcomes[] = {
        [ROW_INCOMPARABLE] = OUTCOME_INCOMPARABLE,
        [ROW_BEFORE] = OUTCOME_NOT_AFFECTED,
        [ROW_IN] = OUTCOME_VULNERABLE,
        [ROW_PAST] = OUTCOME_FIXED,
    };
    enum outcome best = OUTCOME_SILENT;
    for (uint32_t i = 0; i < stretches->count; i++) {
        const struct knowledge_affected *row = &stretches->items[i];
        if (is_alternative(row))
            continue;
        enum outcome outcome = outcomes[judge_row(installed, row)];
        if (outcome > best) {
            best = outcome;
            take_bounds(judgement, row);
        }
    }
    return best;
}

struct judgement stretch_judge(const struct version_key *installed, struct str version,
                               struct str module, const struct knowledge_advisory *advisory,
                               const struct stretches *stretches)
{
    struct judgement judgement = {.outcome = OUTCOME_SILENT};
    if (!stretches->count || !check_stream(version, module, advisory, stretches, &judgement))
        return judgement;
    take_bounds(&judgement, &stretches->items[0]);
    if (!has_key(installed)) {
        judgement.outcome = OUTCOME_INCOMPARABLE;
        judgement.why = STR("the installed version is none of this scheme");
        return judgement;
    }
    struct judgement united = judgement;
    judgement.outcome = judge_alternatives(installed, version, stretches, &judgement);
    united.outcome = judge_union(installed, stretches, &united);
    if (united.outcome > judgement.outcome)
        judgement = united;
    if (judgement.outcome == OUTCOME_INCOMPARABLE)
        judgement.why = STR("the versions have no defined order");
    return judgement;
}
