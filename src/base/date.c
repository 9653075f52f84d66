#include "base/date.h"

#include <stdio.h>
#include <time.h>

enum { DAY = 86400, DAYS_A_YEAR = 365 };

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

int32_t date_from_civil(int year, int month, int day)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month)) {
        return DATE_NONE;
    }
    /* Years begin in March here, so that the leap day is the last of its year. */
    int shifted_year = month > 2 ? year : year - 1;
    int era = shifted_year / 400;
    int year_of_era = shifted_year - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void date_to_civil(int32_t date, int *ret_year, int *ret_month, int *ret_day)
{
    int64_t days = (int64_t)date + 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int day_of_era = (int)(days - era * 146097);
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted_month = (5 * day_of_year + 2) / 153;
    *ret_day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    *ret_month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    *ret_year = (int)(year_of_era + era * 400) + (*ret_month <= 2);
}

/* Reads exactly count digits at *at. */
static bool read_digits(struct str text, size_t *at, size_t count, int *ret)
{
    int value = 0;
    if (*at + count > text.len) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        char c = text.ptr[*at + i];
        if (!str_is_digit(c)) {
            return false;
        }
        value = value * 10 + (c - '0');
    }
    *at += count;
    *ret = value;
    return true;
}

static bool read_byte(struct str text, size_t *at, char c)
{
    if (*at >= text.len || text.ptr[*at] != c) {
        return false;
    }
    (*at)++;
    return true;
}

static bool read_date(struct str text, size_t *at, int32_t *ret_date)
{
    int year, month, day;
    if (!read_digits(text, at, 4, &year) || !read_byte(text, at, '-') ||
        !read_digits(text, at, 2, &month) || !read_byte(text, at, '-') ||
        !read_digits(text, at, 2, &day)) {
        return false;
    }
    int32_t date = date_from_civil(year, month, day);
    if (date == DATE_NONE) {
        return false;
    }
    *ret_date = date;
    return true;
}

bool date_parse(struct str text, int32_t *ret_date)
{
    size_t at = 0;
    int32_t date;
    if (!read_date(text, &at, &date) || at != text.len) {
        return false;
    }
    *ret_date = date;
    return true;
}

/* Reads a zone: nothing, "Z", "+hh:mm", "+hhmm", "+hh:" or "+hh". */
static bool read_zone(struct str text, size_t *at, int *ret_offset)
{
    *ret_offset = 0;
    if (*at == text.len || read_byte(text, at, 'Z') || read_byte(text, at, 'z')) {
        return true;
    }
    int sign = text.ptr[*at] == '-' ? -1 : 1;
    int hours, minutes = 0;
    if (!read_byte(text, at, '+') && !read_byte(text, at, '-')) {
        return false;
    }
    if (!read_digits(text, at, 2, &hours)) {
        return false;
    }
    read_byte(text, at, ':');
    if (*at < text.len && !read_digits(text, at, 2, &minutes)) {
        return false;
    }
    if (hours > 23 || minutes > 59) {
        return false;
    }
    *ret_offset = sign * (hours * 3600 + minutes * 60);
    return true;
}

static bool read_clock(struct str text, size_t *at, int *ret_seconds)
{
    int hours, minutes, seconds = 0;
    if (!read_digits(text, at, 2, &hours) || !read_byte(text, at, ':') ||
        !read_digits(text, at, 2, &minutes)) {
        return false;
    }
    if (read_byte(text, at, ':') && !read_digits(text, at, 2, &seconds)) {
        return false;
    }
    if (read_byte(text, at, '.')) {
        while (*at < text.len && str_is_digit(text.ptr[*at])) {
            (*at)++;
        }
    }
    *ret_seconds = hours * 3600 + minutes * 60 + seconds;
    return hours < 24 && minutes < 60 && seconds <= 60;
}

bool time_parse(struct str text, int64_t *ret_time)
{
    size_t at = 0;
    int32_t date;
    if (!read_date(text, &at, &date)) {
        return false;
    }
    int seconds = 0, offset = 0;
    if (at < text.len) {
        bool parted =
            read_byte(text, &at, 'T') || read_byte(text, &at, 't') || read_byte(text, &at, ' ');
        if (!parted || !read_clock(text, &at, &seconds) || !read_zone(text, &at, &offset) ||
            at != text.len) {
            return false;
        }
    }
    *ret_time = (int64_t)date * DAY + seconds - offset;
    return true;
}

/* Digits by hand: reports hold thousands of dates. */
static char *put_two(char *at, unsigned number, char after)
{
    at[0] = (char)('0' + number / 10 % 10);
    at[1] = (char)('0' + number % 10);
    at[2] = after;
    return at + 3;
}

static char *put_date(char *at, int32_t date, char after)
{
    int year, month, day;
    date_to_civil(date, &year, &month, &day);
    put_two(at, (unsigned)year % 10000 / 100, '-');
    at = put_two(at + 2, (unsigned)year % 100, '-');
    at = put_two(at, (unsigned)month, '-');
    return put_two(at, (unsigned)day, after);
}

static const char *put_none(char *out)
{
    out[0] = '-';
    out[1] = '\0';
    return out;
}

const char *date_format(int32_t date, char out[DATE_SIZE])
{
    if (date == DATE_NONE) {
        return put_none(out);
    }
    put_date(out, date, '\0');
    return out;
}

const char *time_format(int64_t time, char out[TIME_SIZE])
{
    int32_t date = time_to_date(time);
    if (date == DATE_NONE) {
        return put_none(out);
    }
    unsigned seconds = (unsigned)(time - (int64_t)date * DAY);
    char *at = put_date(out, date, 'T');
    at = put_two(at, seconds / 3600, ':');
    at = put_two(at, seconds / 60 % 60, ':');
    at = put_two(at, seconds % 60, 'Z');
    *at = '\0';
    return out;
}

int32_t date_checked(int32_t date)
{
    enum { FIRST = -719162, LAST = 2932896 }; /* 0001-01-01 and 9999-12-31 */
    return date < FIRST || date > LAST ? DATE_NONE : date;
}

int64_t time_checked(int64_t time)
{
    return time_to_date(time) == DATE_NONE ? TIME_NONE : time;
}

int32_t time_to_date(int64_t time)
{
    int64_t days = time / DAY - (time % DAY < 0);
    return days < INT32_MIN || days > INT32_MAX ? DATE_NONE : date_checked((int32_t)days);
}

int64_t time_now(void)
{
    return (int64_t)time(NULL);
}

double time_monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

const char *duration_format(int64_t seconds, char out[DATE_SIZE])
{
    long long days = (long long)(seconds / DAY);
    if (seconds < 60) {
        snprintf(out, DATE_SIZE, "now");
    } else if (seconds < 3600) {
        snprintf(out, DATE_SIZE, "%lld min", (long long)(seconds / 60));
    } else if (days < 2) {
        snprintf(out, DATE_SIZE, "%lld h", (long long)(seconds / 3600));
    } else if (days < 2 * DAYS_A_YEAR) {
        snprintf(out, DATE_SIZE, "%lld d", days);
    } else {
        snprintf(out, DATE_SIZE, "%lld y", days / DAYS_A_YEAR);
    }
    return out;
}
