/*
 * Name matching by NISTIR 7696.
 */
#include "cpe/cpe.h"

#include "base/limits.h"

/* A value's text by characters, quoting resolved. */
struct pattern {
    int before, after; /* characters that wildcards allow at either end; -1 any number */
    size_t len;
    char text[LIMIT_CPE];
};

/* read_pattern takes the wildcards off a text. False when it is too long to be a value. */
static bool read_pattern(struct str text, struct pattern *pattern)
{
    size_t begin = 0, end = text.len, len = 0;
    pattern->before = pattern->after = 0;
    for (; begin < end && (text.ptr[begin] == '*' || text.ptr[begin] == '?'); begin++) {
        pattern->before = text.ptr[begin] == '*' || pattern->before < 0 ? -1 : pattern->before + 1;
    }
    for (size_t i = begin; i < end; i++) {
        char c = text.ptr[i];
        if (c == '*' || c == '?') {
            pattern->after = c == '*' || pattern->after < 0 ? -1 : pattern->after + 1;
            continue;
        }
        i += c == '\\' && i + 1 < end;
        if (len == sizeof pattern->text) {
            return false;
        }
        pattern->text[len++] = text.ptr[i];
    }
    pattern->len = len;
    return true;
}

static bool has_wildcards(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\') {
            i++;
        } else if (text.ptr[i] == '*' || text.ptr[i] == '?') {
            return true;
        }
    }
    return false;
}

/* match_text is compareStrings() of 7696, 7.3: `?` stands for one character or none. */
static bool match_text(struct str source, struct str target)
{
    struct pattern pattern, text;
    if (!read_pattern(source, &pattern) || !read_pattern(target, &text) || pattern.len > text.len) {
        return false;
    }
    struct str middle = {pattern.text, pattern.len};
    size_t last = text.len - pattern.len;
    for (size_t at = 0; at <= last; at++) {
        if (pattern.before >= 0 && at > (size_t)pattern.before) {
            break;
        }
        bool ends = pattern.after < 0 || last - at <= (size_t)pattern.after;
        if (ends && str_eq(middle, (struct str){text.text + at, pattern.len})) {
            return true;
        }
    }
    return false;
}

enum cpe_relation cpe_compare_value(const struct cpe_value *source, const struct cpe_value *target)
{
    /* 7696, table 6-2: a target with wildcards has no relation to anything. */
    if (target->kind == CPE_TEXT && has_wildcards(target->text)) {
        return CPE_UNDEFINED;
    }
    if (source->kind == target->kind &&
        (source->kind != CPE_TEXT || str_eq(source->text, target->text))) {
        return CPE_EQUAL;
    }
    if (source->kind == CPE_ANY) {
        return CPE_SUPERSET;
    }
    if (target->kind == CPE_ANY) {
        return CPE_SUBSET;
    }
    if (source->kind == CPE_NA || target->kind == CPE_NA || !has_wildcards(source->text)) {
        return CPE_DISJOINT;
    }
    return match_text(source->text, target->text) ? CPE_SUPERSET : CPE_DISJOINT;
}

enum cpe_relation cpe_compare(const struct cpe_name *source, const struct cpe_name *target)
{
    bool subset = false, superset = false, undefined = false;
    for (int i = 0; i < CPE_ATTRIBUTES; i++) {
        switch (cpe_compare_value(&source->values[i], &target->values[i])) {
        case CPE_DISJOINT:
            return CPE_DISJOINT;
        case CPE_SUBSET:
            subset = true;
            break;
        case CPE_SUPERSET:
            superset = true;
            break;
        case CPE_UNDEFINED:
            undefined = true;
            break;
        case CPE_EQUAL:
            break;
        }
    }
    if (undefined || (subset && superset)) {
        return CPE_UNDEFINED;
    }
    return subset ? CPE_SUBSET : superset ? CPE_SUPERSET : CPE_EQUAL;
}

const char *cpe_relation_name(enum cpe_relation relation)
{
    static const char *const names[] = {
        [CPE_DISJOINT] = "disjoint", [CPE_SUBSET] = "subset",       [CPE_SUPERSET] = "superset",
        [CPE_EQUAL] = "equal",       [CPE_UNDEFINED] = "undefined",
    };
    return names[relation];
}
