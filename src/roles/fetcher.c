/*
 * fetcher: downloads the files of feeds, from their hosts or from a mirror laid out as
 * HOST/PATH, into a folder laid out the same. It parses nothing of what it downloads.
 *
 * usage: fetcher --into DIR [--from DIR|URL] [--only FEED]... [--cadence FEED=DAYS]...
 *                [--year YYYY] [--timeout SECONDS] [--force] [--settings FILE]
 *
 * Prints a line a file: STATE<TAB>FEED<TAB>PATH<TAB>DETAIL, where STATE is ok (downloaded), same
 * (not changed since), fresh (asked for less than a cadence ago, so not asked again), missing
 * (the server has none) or failed. Exit status: 0 when every file is there, 3 when some are, 4
 * when none is, 2 for wrong usage or settings.
 */
#include "base/date.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "feed/source.h"
#include "roles/download.h"
#include "roles/fetched.h"
#include "roles/meta.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 512, EXIT_USAGE = 2, EXIT_SOME = 3, EXIT_NONE = 4, MAX_FEEDS = 64 };

struct options {
    const char *into, *from, *settings;
    const char *year_text, *timeout_text;
    const char *only[MAX_FEEDS], *cadence[MAX_FEEDS]; /* as given, ended by NULL */
    unsigned only_count, cadence_count;
    bool force;
    int year;
    long timeout;
};

struct run {
    struct options options;
    struct settings settings;
    bool settings_are_wrong;
    struct downloader *downloader; /* NULL: options.from is a folder */
    struct fetched fetched;
    int lock;
    unsigned got, asked;
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

static bool should_stop(void)
{
    return interrupted != 0;
}

/* ---- arguments ---- */

static int usage(const char *what, const char *value)
{
    fprintf(stderr,
            "fetcher: %s%s%s; usage: fetcher --into DIR [--from DIR|URL] [--only FEED]... "
            "[--cadence FEED=DAYS]... [--year YYYY] [--timeout SECONDS] [--force] "
            "[--settings FILE]\n",
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

static bool knows_feed(struct str name)
{
    for (unsigned i = 0; i < feed_source_count; i++) {
        if (str_eq_text(name, feed_sources[i].name)) {
            return true;
        }
    }
    return false;
}

static bool is_url(const char *from)
{
    return strstr(from, "://") != NULL;
}

static int check_source(const char *from)
{
    struct stat info;
    if (from == NULL) {
        return 0;
    }
    if (is_url(from) && !str_starts(str_from(from), STR("http://")) &&
        !str_starts(str_from(from), STR("https://"))) {
        return usage("not a http or https URL", from);
    }
    if (!is_url(from) && (stat(from, &info) < 0 || !S_ISDIR(info.st_mode))) {
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

static int check_feeds(const struct options *options)
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

static int check_options(struct options *options)
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
    options->year = (int)year;
    int status = check_source(options->from);
    return status != 0 ? status : check_feeds(options);
}

static const char **find_option(struct options *options, const char *name)
{
    const struct {
        const char *name;
        const char **value;
    } known[] = {
        {"--into", &options->into},
        {"--from", &options->from},
        {"--settings", &options->settings},
        {"--year", &options->year_text},
        {"--timeout", &options->timeout_text},
    };
    if (strcmp(name, "--only") == 0 && options->only_count < MAX_FEEDS) {
        return &options->only[options->only_count++];
    }
    if (strcmp(name, "--cadence") == 0 && options->cadence_count < MAX_FEEDS) {
        return &options->cadence[options->cadence_count++];
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(name, known[i].name) == 0) {
            return known[i].value;
        }
    }
    return NULL;
}

static int read_options(int argc, char **argv, struct options *options)
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

/* ---- one file ---- */

static const char *source_name(const struct run *run)
{
    return run->options.from ? run->options.from : "live";
}

static enum download_state get(struct run *run, const struct download_request *request,
                               struct download_result *result, struct error *err)
{
    return run->downloader ? downloader_get(run->downloader, request, result, err)
                           : copy_get(run->options.from, request, result, err);
}

static int check_against_meta(void *context, const char *file, struct error *err)
{
    return meta_check(context, file, err);
}

/* "x.json.gz" to "x.meta", or to "x.meta.new". */
static void meta_path(const char *path, const char *ending, char out[PATH_SIZE])
{
    size_t len = strlen(path) - strlen(".json.gz");
    snprintf(out, PATH_SIZE, "%.*s%s", (int)len, path, ending);
}

/* Whether the file that is here is the one of the .meta file. The one kept beside it was
 * compared when the file came; else it is compared now. */
static bool is_of_meta(const char *target, const char *kept_path, const struct meta *meta)
{
    struct meta kept;
    struct stat info;
    struct error ignored = ERROR_INIT;
    if (stat(target, &info) < 0 ||
        (meta->packed_size > 0 && meta->packed_size != (uint64_t)info.st_size)) {
        return false;
    }
    bool noted = meta_read(kept_path, &kept, &ignored) == 0 &&
                 strcmp(kept.sha256, meta->sha256) == 0 && meta->packed_size > 0;
    return noted || meta_check(meta, target, &ignored) == 0;
}

/* Gets what the .meta file at fresh describes, unless it is here. */
static enum download_state get_described(struct run *run, const struct download_request *request,
                                         const char *fresh, const char *kept,
                                         struct download_result *result, struct error *err)
{
    struct meta meta;
    struct download_request checked = *request;
    enum download_state state = DOWNLOAD_SAME;
    if (meta_read(fresh, &meta, err) < 0) {
        return DOWNLOAD_FAILED;
    }
    if (request->always || !is_of_meta(request->target, kept, &meta)) {
        checked.always = true;
        checked.check = check_against_meta;
        checked.context = &meta;
        state = get(run, &checked, result, err);
    }
    if ((state == DOWNLOAD_OK || state == DOWNLOAD_SAME) && file_rename(fresh, kept, err) < 0) {
        state = DOWNLOAD_FAILED;
    }
    return state;
}

/* A file with a .meta file beside it: that is asked for first. Its absence is no obstacle. */
static enum download_state get_with_meta(struct run *run, const struct download_request *request,
                                         struct download_result *result, struct error *err)
{
    char path[PATH_SIZE], path_new[PATH_SIZE];
    meta_path(request->path, ".meta", path);
    meta_path(request->path, ".meta.new", path_new);
    _cleanup_free_ char *kept = file_join(run->options.into, path);
    _cleanup_free_ char *fresh = file_join(run->options.into, path_new);
    const struct download_request wanted = {.path = path, .target = fresh, .always = true};
    enum download_state state = get(run, &wanted, result, err);
    if (state == DOWNLOAD_MISSING) {
        *err = (struct error)ERROR_INIT;
        return get(run, request, result, err);
    }
    if (state == DOWNLOAD_OK) {
        state = get_described(run, request, fresh, kept, result, err);
    }
    unlink(fresh);
    return state;
}

static unsigned cadence_of(const struct options *options, const char *feed)
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

/* A tenth less than the cadence, so that a daily job a minute earlier is not a day late. */
static bool is_fresh(const struct run *run, const char *feed, const struct fetched_file *known)
{
    int64_t age = time_now() - known->checked;
    return !run->options.force && age >= 0 &&
           age < (int64_t)cadence_of(&run->options, feed) * 86400 * 9 / 10;
}

static void say_file(const char *state, const char *feed, const char *path, const char *detail)
{
    printf("%s\t%s\t%s\t%s\n", state, feed, path, detail);
}

static enum download_state ask_for_file(struct run *run, const struct feed_source *source,
                                        const struct download_request *request)
{
    static const char *const states[] = {[DOWNLOAD_OK] = "ok",
                                         [DOWNLOAD_SAME] = "same",
                                         [DOWNLOAD_MISSING] = "missing",
                                         [DOWNLOAD_FAILED] = "failed"};
    struct error err = ERROR_INIT;
    struct download_result result = {0};
    char detail[1024] = "";
    bool described = source->has_meta && str_ends(str_from(request->path), STR(".json.gz"));
    enum download_state state =
        described ? get_with_meta(run, request, &result, &err) : get(run, request, &result, &err);
    if (state == DOWNLOAD_OK) {
        snprintf(detail, sizeof detail, "%llu bytes", (unsigned long long)result.bytes);
    } else if (err.code != 0) {
        error_text(&err, detail, sizeof detail);
    }
    say_file(states[state], source->name, request->path, detail);
    if (state != DOWNLOAD_OK && state != DOWNLOAD_SAME) {
        return state;
    }
    const char *etag = result.etag[0] || state == DOWNLOAD_OK ? result.etag : request->etag;
    fetched_note(&run->fetched, request->path, request->target, source_name(run), etag, time_now());
    return state;
}

/* Fetches one file and prints its line. */
static enum download_state fetch_file(struct run *run, const struct feed_source *source,
                                      const char *path)
{
    _cleanup_free_ char *target = file_join(run->options.into, path);
    const struct fetched_file *known = fetched_find(&run->fetched, path, target, source_name(run));
    if (known != NULL && is_fresh(run, source->name, known)) {
        say_file("fresh", source->name, path, "");
        return DOWNLOAD_SAME;
    }
    _cleanup_free_ char *etag = mem_dup_text(known ? known->etag : "");
    const struct download_request request = {
        .path = path, .target = target, .etag = etag, .always = run->options.force};
    return ask_for_file(run, source, &request);
}

/* ---- all ---- */

static void fetch_source(struct run *run, const struct feed_source *source)
{
    char path[PATH_SIZE];
    for (unsigned i = 0;
         !interrupted && feed_source_path(source, run->options.year, i, path, sizeof path); i++) {
        enum download_state state = fetch_file(run, source, path);
        run->asked += !(source->optional && state == DOWNLOAD_MISSING);
        run->got += state == DOWNLOAD_OK || state == DOWNLOAD_SAME;
    }
}

static bool is_wanted(const struct options *options, const char *feed)
{
    for (unsigned i = 0; i < options->only_count; i++) {
        if (strcmp(options->only[i], feed) == 0) {
            return true;
        }
    }
    return options->only_count == 0;
}

/* Two fetchers must not write to one folder. */
static int lock_folder(struct run *run, struct error *err)
{
    int result = file_make_folders(run->options.into, err);
    if (result < 0) {
        return result;
    }
    run->lock = open(run->options.into, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (run->lock < 0) {
        return error_set_errno(err, "%s", run->options.into);
    }
    if (flock(run->lock, LOCK_EX | LOCK_NB) < 0) {
        return error_set(err, ERR_IO, "%s: another fetcher is at work there; wait for it",
                         run->options.into);
    }
    return 0;
}

static int fetch_all(struct run *run, struct error *err)
{
    const struct options *options = &run->options;
    if (options->settings != NULL && settings_read(options->settings, &run->settings, err) < 0) {
        run->settings_are_wrong = true;
        return err->code;
    }
    if (lock_folder(run, err) < 0) {
        return err->code;
    }
    if (options->from == NULL || is_url(options->from)) {
        run->downloader =
            downloader_new(options->from, options->timeout, &run->settings, should_stop);
    }
    fetched_read(options->into, &run->fetched);
    for (unsigned i = 0; i < feed_source_count; i++) {
        if (is_wanted(options, feed_sources[i].name)) {
            fetch_source(run, &feed_sources[i]);
        }
    }
    int result = run->fetched.count > 0 ? fetched_write(&run->fetched, err) : 0;
    fetched_done(&run->fetched);
    downloader_free(run->downloader);
    return result;
}

int main(int argc, char **argv)
{
    struct run run = {.lock = -1};
    struct error err = ERROR_INIT;
    int status = read_options(argc, argv, &run.options);
    if (status != 0) {
        return status;
    }
    struct sigaction action = {.sa_handler = interrupt};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    int result = fetch_all(&run, &err);
    settings_done(&run.settings);
    if (run.lock >= 0) {
        close(run.lock);
    }
    if (result < 0) {
        char text[1024];
        fprintf(stderr, "assay: %s\n", error_text(&err, text, sizeof text));
        return run.settings_are_wrong ? EXIT_USAGE : EXIT_NONE;
    }
    if (interrupted || run.got == 0) {
        return EXIT_NONE;
    }
    return run.got < run.asked ? EXIT_SOME : 0;
}
