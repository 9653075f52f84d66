/*
 * EPSS: CSV of FIRST (first.org/epss/data_stats). A comment line names the model and the day of
 * the scores, a second line the columns, then "CVE-2024-0132,0.00043,0.09812".
 */
#include "feed/reader.h"

#include "base/limits.h"

#include <string.h>

enum { COLUMNS_MOST = 16, LINE_MOST = 4096 };

struct epss_columns {
    unsigned cve, score, percentile; /* places in a line */
    unsigned count;
};

/* Reads "score_date:2026-08-16T00:00:00Z" out of the comment line. */
static int64_t read_score_date(struct str comment)
{
    struct str part;
    int64_t time = TIME_NONE;
    comment = str_skip(comment, 1);
    while (str_split_byte(&comment, ',', &part)) {
        part = str_trim(part);
        if (str_starts(part, STR("score_date:"))) {
            time_parse(str_skip(part, 11), &time);
        }
    }
    return time;
}

static bool read_columns(struct str line, struct epss_columns *ret_columns)
{
    struct epss_columns columns = {COLUMNS_MOST, COLUMNS_MOST, COLUMNS_MOST, 0};
    struct str part;
    while (columns.count < COLUMNS_MOST && str_split_byte(&line, ',', &part)) {
        part = str_trim(part);
        unsigned *column = str_eq(part, STR("cve"))          ? &columns.cve
                           : str_eq(part, STR("epss"))       ? &columns.score
                           : str_eq(part, STR("percentile")) ? &columns.percentile
                                                             : NULL;
        if (column != NULL) {
            *column = columns.count;
        }
        columns.count++;
    }
    *ret_columns = columns;
    return columns.cve < columns.count && columns.score < columns.count &&
           columns.percentile < columns.count;
}

/* Reads a number from 0 to 1. Up to 15 digits are exact in a double, and so is the power of
 * ten that divides them (Clinger), so the common form needs no strtod. */
static bool read_share(struct str text, double *ret)
{
    static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6, 1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14};
    double value;
    bool plain = text.len >= 3 && text.len <= 16 && text.ptr[1] == '.' && text.ptr[0] != '-';
    uint64_t digits = 0;
    for (size_t i = 0; plain && i < text.len; i++) {
        plain = i == 1 || str_is_digit(text.ptr[i]);
        digits = i == 1 ? digits : digits * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    if (plain) {
        value = (double)digits / powers[text.len - 2];
    } else if (!str_to_double(text, &value)) {
        return false;
    }
    *ret = value;
    return value >= 0 && value <= 1;
}

static bool read_line(struct str line, const struct epss_columns *columns, struct feed_epss *ret,
                      enum feed_skip *ret_reason)
{
    struct str parts[COLUMNS_MOST] = {0};
    unsigned count = 0;
    *ret_reason = line.len > LINE_MOST ? FEED_SKIP_LIMIT : FEED_SKIP_MISSING;
    while (line.len <= LINE_MOST && count < columns->count &&
           str_split_byte(&line, ',', &parts[count])) {
        count++;
    }
    if (count < columns->count) {
        return false;
    }
    *ret_reason = FEED_SKIP_VALUE;
    return cve_id_parse(parts[columns->cve], &ret->id) &&
           read_share(parts[columns->score], &ret->score) &&
           read_share(parts[columns->percentile], &ret->percentile);
}

/* The digits at *at, up to most of them; false without any, or with more. */
static bool take_digits(const char **at, const char *end, unsigned most, uint64_t *ret,
                        unsigned *ret_count)
{
    const char *start = *at, *here = start;
    uint64_t value = *ret;
    while (here < end && str_is_digit(*here)) {
        value = value * 10 + (uint64_t)(*here++ - '0');
    }
    *at = here;
    *ret = value;
    *ret_count = (unsigned)(here - start);
    return here > start && here - start <= most;
}

static bool take_byte(const char **at, const char *end, char byte)
{
    bool found = *at < end && **at == byte;
    *at += found;
    return found;
}

/* "0.04321": digits and the power of ten that divides them are exact in a double. */
static bool take_share(const char **at, const char *end, double *ret)
{
    static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6, 1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14};
    uint64_t digits = 0;
    unsigned whole, places;
    if (!take_digits(at, end, 1, &digits, &whole) || !take_byte(at, end, '.') ||
        !take_digits(at, end, 14, &digits, &places)) {
        return false;
    }
    *ret = (double)digits / powers[places];
    return *ret <= 1;
}

/* A line of the usual form, which takes a quarter of the time of any other. */
static bool read_usual_line(struct str line, struct feed_epss *ret)
{
    const char *at = line.ptr, *end = line.ptr + line.len;
    uint64_t year = 0, sequence = 0;
    unsigned years, sequences;
    if (line.len < 4 || memcmp(at, "CVE-", 4) != 0) {
        return false;
    }
    at += 4;
    if (!take_digits(&at, end, 4, &year, &years) || years != 4 || !take_byte(&at, end, '-') ||
        !take_digits(&at, end, 9, &sequence, &sequences) || sequences < 4) {
        return false;
    }
    ret->id = cve_id_make(year, sequence);
    return take_byte(&at, end, ',') && take_share(&at, end, &ret->score) &&
           take_byte(&at, end, ',') && take_share(&at, end, &ret->percentile) && at == end;
}

/* Reads the lines before the records: the comment, then the columns. */
static int read_head(struct str *rest, struct epss_columns *ret_columns, int64_t *ret_date,
                     struct error *err)
{
    const char *start = rest->ptr;
    struct str line;
    *ret_date = TIME_NONE;
    while (str_next_line(rest, &line)) {
        if (line.len > 0 && line.ptr[0] == '#') {
            *ret_date = read_score_date(line);
        } else if (line.len <= LINE_MOST && read_columns(line, ret_columns)) {
            return 0;
        } else {
            return error_set_at(err, ERR_FORMAT, (uint64_t)(line.ptr - start),
                                "not EPSS scores: no line that names cve, epss and percentile");
        }
    }
    return error_set(err, ERR_FORMAT, "not EPSS scores: no lines");
}

int feed_parse_epss(struct feed_run *run, struct str bytes, struct error *err)
{
    const struct feed_sink *sink = run->sink;
    struct feed_report *report = run->report;
    struct epss_columns columns = {0};
    struct str line, rest = bytes;
    int64_t date;
    if (bytes.len == 0) {
        return error_set_at(err, ERR_FORMAT, 0, "empty");
    }
    int result = read_head(&rest, &columns, &date, err);
    while (result == 0 && str_next_line(&rest, &line)) {
        struct feed_epss epss;
        enum feed_skip reason;
        if (line.len == 0) {
            continue;
        }
        bool usual = columns.count == 3 && columns.cve == 0 && columns.score == 1 &&
                     read_usual_line(line, &epss);
        if (!usual && !read_line(line, &columns, &epss, &reason)) {
            feed_report_skip(report, reason, "byte %zu: %.*s: %s", (size_t)(line.ptr - bytes.ptr),
                             line.len > 60 ? 60 : (int)line.len, line.ptr, feed_skip_name(reason));
            continue;
        }
        report->records++;
        result = sink->epss ? sink->epss(sink->context, &epss, err) : 0;
    }
    feed_report_date(report, date);
    return result < 0 ? result : 0;
}
