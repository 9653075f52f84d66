/*
 * fetcher: downloads the files of feeds, from their hosts or from a mirror laid out as
 * HOST/PATH, into a folder laid out the same. Of what it downloads it reads no more than checksums
 * and the envelopes of pages of NVD's API.
 *
 * usage: fetcher --into DIR [--from DIR|URL] [--only FEED]... [--cadence FEED=DAYS]...
 *                [--year YYYY] [--timeout SECONDS] [--force] [--settings FILE] [--vault DIR]
 *
 * Prints a line a file: STATE<TAB>FEED<TAB>PATH<TAB>DETAIL, where STATE is ok (downloaded), same
 * (not changed since), fresh (asked for less than a cadence ago, so not asked again), missing
 * (the server has none) or failed. Exit status: 0 when every file is there, 3 when some are, 4
 * when none is, 2 for wrong usage or settings.
 */
#include "roles/fetcher.h"

#include "base/date.h"
#include "base/file.h"
#include "roles/fetcher_sandbox.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Two fetchers must not write to one folder. */
static int lock_folder(struct fetcher *fetcher, struct error *err)
{
    int result = file_make_folders(fetcher->options.into, err);
    if (result < 0) {
        return result;
    }
    /* Said once, not of each file. */
    if (access(fetcher->options.into, W_OK) < 0) {
        return error_set_errno(err, "%s: cannot be written to", fetcher->options.into);
    }
    fetcher->lock = open(fetcher->options.into, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fetcher->lock < 0) {
        return error_set_errno(err, "%s", fetcher->options.into);
    }
    if (flock(fetcher->lock, LOCK_EX | LOCK_NB) < 0) {
        return error_set(err, ERR_IO, "%s: another fetcher is at work there; wait for it",
                         fetcher->options.into);
    }
    return 0;
}

/* Everything before the first foreign byte. */
static int prepare(struct fetcher *fetcher, struct error *err)
{
    const struct fetcher_options *options = &fetcher->options;
    if (options->settings != NULL &&
        settings_read(options->settings, &fetcher->settings, err) < 0) {
        fetcher->settings_are_wrong = true;
        return err->code;
    }
    if (lock_folder(fetcher, err) < 0) {
        return err->code;
    }
    if (fetcher_ask_vault(fetcher, err) < 0) {
        fetcher->settings_are_wrong = err->code == ERR_USAGE;
        return err->code;
    }
    if (options->from == NULL || fetcher_is_url(options->from)) {
        fetcher->downloader = downloader_new(options->from, options->timeout, &fetcher->settings,
                                             fetcher_should_stop);
    }
    return fetcher_shut_in(fetcher, err);
}

static int fetch_all(struct fetcher *fetcher, struct error *err)
{
    const struct fetcher_options *options = &fetcher->options;
    int result = prepare(fetcher, err);
    if (result < 0) {
        downloader_free(fetcher->downloader);
        return result;
    }
    fetched_read(options->into, &fetcher->fetched);
    for (unsigned i = 0; i < feed_source_count; i++) {
        if (fetcher_is_wanted(options, feed_sources[i].name)) {
            const struct feed_source *source = &feed_sources[i];
            if (source->first_year > 0) {
                fetcher_get_nvd(fetcher, source);
            } else if (!fetcher_get_unpacked(fetcher, source)) {
                fetcher_get_source(fetcher, source);
            }
        }
    }
    result = fetcher->fetched.count > 0 ? fetched_write(&fetcher->fetched, err) : 0;
    fetched_done(&fetcher->fetched);
    downloader_free(fetcher->downloader);
    return result;
}

int main(int argc, char **argv)
{
    struct fetcher fetcher = {.lock = -1, .now = time_now()};
    struct error err = ERROR_INIT;
    int status = fetcher_read_options(argc, argv, &fetcher.options);
    if (status != 0) {
        return status;
    }
    /* Passwords and keys must not end up in a core file. */
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    /* Another may begin where this was: what is there in part is gone on with. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    fetcher_watch_signals();
    setvbuf(stdout, NULL, _IOLBF, 0);
    int result = fetch_all(&fetcher, &err);
    settings_done(&fetcher.settings);
    if (fetcher.lock >= 0) {
        close(fetcher.lock);
    }
    if (result < 0) {
        char text[1024];
        fprintf(stderr, "assay: %s\n", error_text(&err, text, sizeof text));
        return fetcher.settings_are_wrong ? FETCHER_USAGE : FETCHER_NONE;
    }
    if (fetcher_should_stop() || fetcher.got == 0) {
        return FETCHER_NONE;
    }
    return fetcher.got < fetcher.asked ? FETCHER_SOME : 0;
}
