#include "roles/fetcher.h"

#include "base/date.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int usage(const char *what, const char *value)
{
    fprintf(stderr,
            "fetcher: %s%s%s; usage: fetcher --into DIR [--from DIR|URL] [--only FEED]... "
            "[--cadence FEED=DAYS]... [--year YYYY] [--timeout SECONDS] [--force] "
            "[--settings FILE] [--vault DIR]\n",
            value ? value : "", value ? ": " : "", what);
    return FETCHER_USAGE;
}

/* A number from least to most, or fallback when text is NULL. */
static bool read_number(const char *text, long least, long most, long fallback, long *ret)
{
    uint64_t value = 0;
    if (text != NULL && (!str_to_u64(str_from(text), &value) || value > (uint64_t)most)) {
        return false;
    }
    *ret = text ? (long)value : fallback;
    return *ret >= least;
}

static bool knows_feed(struct str name)
{
    for (unsigned i = 0; i < feed_source_count; i++) {
        if (str_eq_text(name, feed_sources[i].name)) {
            return true;
        }
    }
    return false;
}

bool fetcher_is_url(const char *from)
{
    return strstr(from, "://") != NULL;
}

static int check_source(const char *from)
{
    struct stat info;
    if (from == NULL) {
        return 0;
    }
    if (fetcher_is_url(from) && !str_starts(str_from(from), STR("http://")) &&
        !str_starts(str_from(from), STR("https://"))) {
        return usage("not a http or https URL", from);
    }
    if (!fetcher_is_url(from) && (stat(from, &info) < 0 || !S_ISDIR(info.st_mode))) {
        return usage("not a folder", from);
    }
    return 0;
}

/* "nvd=1" */
static bool read_cadence(const char *text, struct str *ret_feed, uint64_t *ret_days)
{
    struct str rest = str_from(text);
    return str_split_byte(&rest, '=', ret_feed) && rest.ptr != NULL && str_to_u64(rest, ret_days) &&
           *ret_days <= 366;
}

static int check_feeds(const struct fetcher_options *options)
{
    struct str feed;
    uint64_t days;
    for (unsigned i = 0; i < options->only_count; i++) {
        if (!knows_feed(str_from(options->only[i]))) {
            return usage("no such feed", options->only[i]);
        }
    }
    for (unsigned i = 0; i < options->cadence_count; i++) {
        if (!read_cadence(options->cadence[i], &feed, &days)) {
            return usage("not FEED=DAYS", options->cadence[i]);
        }
    }
    return 0;
}

static int check_options(struct fetcher_options *options)
{
    int this_year, month, day;
    long year;
    date_to_civil(time_to_date(time_now()), &this_year, &month, &day);
    if (options->into == NULL || options->into[0] == '\0') {
        return usage("--into is missing", NULL);
    }
    if (!read_number(options->year_text, 2002, 2099, this_year, &year)) {
        return usage("not a year from 2002 on", options->year_text);
    }
    if (!read_number(options->timeout_text, 1, 3600, 10, &options->timeout)) {
        return usage("not seconds from 1 to 3600", options->timeout_text);
    }
    if (!read_number(options->passphrase_text, -1, 1000000, -1, &options->passphrase_fd)) {
        return usage("not the number of a descriptor", options->passphrase_text);
    }
    options->year = (int)year;
    int status = check_source(options->from);
    return status != 0 ? status : check_feeds(options);
}

static const char **find_option(struct fetcher_options *options, const char *name)
{
    const struct {
        const char *name;
        const char **value;
    } known[] = {
        {"--into", &options->into},
        {"--from", &options->from},
        {"--settings", &options->settings},
        {"--vault", &options->vault},
        {"--year", &options->year_text},
        {"--timeout", &options->timeout_text},
        {"--passphrase-fd", &options->passphrase_text},
    };
    if (strcmp(name, "--only") == 0 && options->only_count < FETCHER_FEEDS) {
        return &options->only[options->only_count++];
    }
    if (strcmp(name, "--cadence") == 0 && options->cadence_count < FETCHER_FEEDS) {
        return &options->cadence[options->cadence_count++];
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(name, known[i].name) == 0) {
            return known[i].value;
        }
    }
    return NULL;
}

int fetcher_read_options(int argc, char **argv, struct fetcher_options *options)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--force") == 0) {
            options->force = true;
            continue;
        }
        const char **value = find_option(options, argv[i]);
        if (value == NULL) {
            return usage("not an option", argv[i]);
        }
        if (i + 1 == argc) {
            return usage("needs a value", argv[i]);
        }
        *value = argv[++i];
    }
    return check_options(options);
}

unsigned fetcher_cadence(const struct fetcher_options *options, const char *feed)
{
    for (unsigned i = 0; i < options->cadence_count; i++) {
        struct str name;
        uint64_t days;
        if (read_cadence(options->cadence[i], &name, &days) && str_eq_text(name, feed)) {
            return (unsigned)days;
        }
    }
    return 0;
}

bool fetcher_is_wanted(const struct fetcher_options *options, const char *feed)
{
    for (unsigned i = 0; i < options->only_count; i++) {
        if (strcmp(options->only[i], feed) == 0) {
            return true;
        }
    }
    return options->only_count == 0;
}

bool fetcher_is_due(const struct fetcher *fetcher, int64_t asked, unsigned days)
{
    int64_t age = fetcher->now - asked;
    return fetcher->options.force || age < 0 || age >= (int64_t)days * 86400 * 9 / 10;
}
