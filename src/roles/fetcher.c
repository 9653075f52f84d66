/*
 * fetcher: downloads the files of feeds, from their hosts or from a mirror laid out as
 * HOST/PATH, into a folder laid out the same. It parses nothing of what it downloads.
 *
 * usage: fetcher --into DIR [--from URL] [--only FEED] [--year YYYY] [--timeout SECONDS]
 *
 * Prints a line a file: STATE<TAB>FEED<TAB>PATH<TAB>DETAIL, where STATE is ok (downloaded), same
 * (not changed since), missing (the server has none) or failed. Exit status: 0 when every file
 * is there, 3 when some are, 4 when none is, 2 for wrong usage.
 */
#include "base/date.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "feed/source.h"
#include "roles/download.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 512, EXIT_USAGE = 2, EXIT_SOME = 3, EXIT_NONE = 4 };

struct options {
    const char *into, *from, *only;
    const char *year_text, *timeout_text;
    int year;
    long timeout;
};

struct tally {
    unsigned got, asked;
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

static int usage(const char *what, const char *value)
{
    fprintf(stderr,
            "fetcher: %s%s%s; usage: fetcher --into DIR [--from URL] [--only FEED] "
            "[--year YYYY] [--timeout SECONDS]\n",
            value ? value : "", value ? ": " : "", what);
    return EXIT_USAGE;
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

static bool knows_feed(const char *name)
{
    for (unsigned i = 0; i < feed_source_count; i++) {
        if (strcmp(feed_sources[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static int check_options(struct options *options)
{
    int this_year, month, day;
    long year;
    date_to_civil(time_to_date(time_now()), &this_year, &month, &day);
    if (options->into == NULL || options->into[0] == '\0') {
        return usage("--into is missing", NULL);
    }
    if (options->from != NULL && !str_starts(str_from(options->from), STR("http://")) &&
        !str_starts(str_from(options->from), STR("https://"))) {
        return usage("not a http or https URL", options->from);
    }
    if (options->only != NULL && !knows_feed(options->only)) {
        return usage("no such feed", options->only);
    }
    if (!read_number(options->year_text, 2002, 2099, this_year, &year)) {
        return usage("not a year from 2002 on", options->year_text);
    }
    if (!read_number(options->timeout_text, 1, 3600, 10, &options->timeout)) {
        return usage("not seconds from 1 to 3600", options->timeout_text);
    }
    options->year = (int)year;
    return 0;
}

static int read_options(int argc, char **argv, struct options *options)
{
    const struct {
        const char *name;
        const char **value;
    } known[] = {
        {"--into", &options->into},
        {"--from", &options->from},
        {"--only", &options->only},
        {"--year", &options->year_text},
        {"--timeout", &options->timeout_text},
    };
    for (int i = 1; i < argc; i += 2) {
        const char **value = NULL;
        for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
            value = strcmp(argv[i], known[k].name) == 0 ? known[k].value : value;
        }
        if (value == NULL) {
            return usage("not an option", argv[i]);
        }
        if (i + 1 == argc) {
            return usage("needs a value", argv[i]);
        }
        *value = argv[i + 1];
    }
    return check_options(options);
}

static bool should_stop(void)
{
    return interrupted != 0;
}

/* Fetches one file and prints its line. True when it is there, new or as it was. */
static bool fetch_file(struct downloader *downloader, const struct options *options,
                       const char *feed, const char *path)
{
    static const char *const states[] = {[DOWNLOAD_OK] = "ok",
                                         [DOWNLOAD_SAME] = "same",
                                         [DOWNLOAD_MISSING] = "missing",
                                         [DOWNLOAD_FAILED] = "failed"};
    struct error err = ERROR_INIT;
    char detail[1024] = "";
    uint64_t bytes = 0;
    _cleanup_free_ char *target = file_join(options->into, path);
    enum download_state state = downloader_get(downloader, path, target, &bytes, &err);
    if (state == DOWNLOAD_OK) {
        snprintf(detail, sizeof detail, "%llu bytes", (unsigned long long)bytes);
    } else if (err.code != 0) {
        error_text(&err, detail, sizeof detail);
    }
    printf("%s\t%s\t%s\t%s\n", states[state], feed, path, detail);
    return state == DOWNLOAD_OK || state == DOWNLOAD_SAME;
}

static void fetch_source(struct downloader *downloader, const struct options *options,
                         const struct feed_source *source, struct tally *tally)
{
    char path[PATH_SIZE];
    for (unsigned i = 0;
         !interrupted && feed_source_path(source, options->year, i, path, sizeof path); i++) {
        tally->asked++;
        tally->got += fetch_file(downloader, options, source->name, path);
    }
}

int main(int argc, char **argv)
{
    struct options options = {0};
    struct tally tally = {0};
    int status = read_options(argc, argv, &options);
    if (status != 0) {
        return status;
    }
    struct sigaction action = {.sa_handler = interrupt};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);

    struct downloader *downloader = downloader_new(options.from, options.timeout, should_stop);
    for (unsigned i = 0; i < feed_source_count; i++) {
        if (options.only == NULL || strcmp(options.only, feed_sources[i].name) == 0) {
            fetch_source(downloader, &options, &feed_sources[i], &tally);
        }
    }
    downloader_free(downloader);
    if (interrupted || tally.got == 0) {
        return EXIT_NONE;
    }
    return tally.got < tally.asked ? EXIT_SOME : 0;
}
