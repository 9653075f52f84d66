/*
 * What the parts of the fetcher share.
 */
#ifndef ASSAY_ROLES_FETCHER_H
#define ASSAY_ROLES_FETCHER_H

#include "feed/source.h"
#include "roles/download.h"
#include "roles/fetched.h"

enum { FETCHER_PATH = 512, FETCHER_FEEDS = 64 };
enum { FETCHER_USAGE = 2, FETCHER_SOME = 3, FETCHER_NONE = 4 }; /* exit statuses */

struct fetcher_options {
    const char *into, *from, *settings, *vault;
    const char *year_text, *timeout_text, *passphrase_text;
    const char *only[FETCHER_FEEDS], *cadence[FETCHER_FEEDS]; /* as given, ended by NULL */
    unsigned only_count, cadence_count;
    bool force;
    int year;
    long timeout;
    long passphrase_fd; /* of the vault; -1: none */
};

struct fetcher {
    struct fetcher_options options;
    struct settings settings;
    bool settings_are_wrong;
    struct downloader *downloader; /* NULL: options.from is a folder */
    struct fetched fetched;
    int lock;
    int64_t now;
    unsigned years_cadence; /* days for the files of NVD's years, 0: the feed's own */
    unsigned got, asked;    /* files */
    unsigned failed, fresh; /* those that failed, and those not asked for again */
};

/* fetcher_read_options returns 0, or FETCHER_USAGE with a message. */
int fetcher_read_options(int argc, char **argv, struct fetcher_options *options);
bool fetcher_is_url(const char *from);
bool fetcher_is_wanted(const struct fetcher_options *options, const char *feed);
/* fetcher_cadence is how many days a feed is not asked for again, 0: it always is. */
unsigned fetcher_cadence(const struct fetcher_options *options, const char *feed);
/* fetcher_is_due says whether what was asked for at the time asked is to be again; a tenth less
 * than the cadence later, so that a daily job a minute earlier is not a day late. */
bool fetcher_is_due(const struct fetcher *fetcher, int64_t asked, unsigned days);

/* fetcher_watch_signals notes SIGINT and SIGTERM from now on; fetcher_should_stop: one has come. */
void fetcher_watch_signals(void);
bool fetcher_should_stop(void);
/* fetcher_ask_vault fills in the secrets that the settings name as "vault:NAME". */
int fetcher_ask_vault(struct fetcher *fetcher, struct error *err);
/* fetcher_say prints the line of a file. */
void fetcher_say(const char *state, const char *feed, const char *path, const char *detail);
/* fetcher_source names where files come from, in fetched.tsv. */
const char *fetcher_source(const struct fetcher *fetcher);
/* fetcher_get gets what is asked for, from wherever this fetcher gets files. */
enum download_state fetcher_get(struct fetcher *fetcher, const struct download_request *request,
                                struct download_result *result, struct error *err);
/* fetcher_get_source gets the files of a feed, each with its line, and counts them. */
void fetcher_get_source(struct fetcher *fetcher, const struct feed_source *source);
/* fetcher_get_unpacked copies the records of a feed that lie in a folder as files of their own
 * where others have a zip. False when they do not: nothing is done then. */
bool fetcher_get_unpacked(struct fetcher *fetcher, const struct feed_source *source);
/* fetcher_get_nvd gets the files of the years and what has changed since: by NVD's API, or the
 * pages that a mirror has. */
void fetcher_get_nvd(struct fetcher *fetcher, const struct feed_source *source);

/* fetcher_meta_path writes "x.meta" for "x.json.gz", or another ending. */
void fetcher_meta_path(const char *path, const char *ending, char out[FETCHER_PATH]);

#endif
