#include "cvss/vector.h"

#include <string.h>

static int find_metric(struct str name, const struct cvss_metric *metrics, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (str_eq_text(name, metrics[i].name)) {
            return (int)i;
        }
    }
    return -1;
}

static int find_value(struct str value, const char *values)
{
    struct str rest = str_from(values), word;
    for (int i = 0; str_next_word(&rest, &word); i++) {
        if (str_eq(value, word)) {
            return i;
        }
    }
    return -1;
}

static int check_mandatory(const struct cvss_vector *vector, const struct cvss_metric *metrics,
                           unsigned count, size_t end, struct error *err)
{
    for (unsigned i = 0; i < count; i++) {
        if (metrics[i].group == CVSS_BASE && vector->values[i] == CVSS_ABSENT) {
            return error_set_at(err, ERR_FORMAT, end, "the vector lacks %s", metrics[i].name);
        }
    }
    return 0;
}

int cvss_read_vector(struct str text, size_t offset, const struct cvss_metric *metrics,
                     unsigned count, bool ordered, struct cvss_vector *ret_vector,
                     struct error *err)
{
    struct cvss_vector vector = {.has_group = {false}};
    struct str rest = text, part;
    int last = -1;
    memset(vector.values, CVSS_ABSENT, sizeof vector.values);
    while (str_split_byte(&rest, '/', &part)) {
        size_t at = offset + (size_t)(part.ptr - text.ptr);
        size_t colon = str_find_byte(part, ':');
        int metric = find_metric(str_sub(part, 0, colon), metrics, count);
        if (colon == SIZE_MAX || metric < 0) {
            return error_set_at(err, ERR_FORMAT, at, "no metric of this version");
        }
        if (vector.values[metric] != CVSS_ABSENT) {
            return error_set_at(err, ERR_FORMAT, at, "%s twice", metrics[metric].name);
        }
        if (ordered && metric < last) {
            return error_set_at(err, ERR_FORMAT, at, "%s out of order", metrics[metric].name);
        }
        int value = find_value(str_skip(part, colon + 1), metrics[metric].values);
        if (value < 0) {
            return error_set_at(err, ERR_FORMAT, at + colon + 1, "no value of %s",
                                metrics[metric].name);
        }
        vector.values[metric] = (signed char)value;
        vector.has_group[metrics[metric].group] = true;
        last = metric;
    }
    *ret_vector = vector;
    return check_mandatory(&vector, metrics, count, offset + text.len, err);
}
