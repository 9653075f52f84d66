/* Running the fetcher and the builder, and showing what they say as it comes. */
#ifndef ASSAY_CLI_KB_ROLES_H
#define ASSAY_CLI_KB_ROLES_H

#include "cli/cli.h"
#include "feed/feed.h"

enum { KB_UNTRIED_FEEDS = 32, KB_REFUSED = 64 };

/* Files of one feed that were not tried, because their host had failed before. */
struct kb_untried {
    const char *label; /* of the feed */
    unsigned files;
    char reason[256];
};

/* What the builder did not use: a file that it cannot read, or all of a feed. */
struct kb_refused {
    const struct feed *feed;
    char path[4096]; /* "": of the whole feed */
    char reason[1024];
};

struct kb_roles {
    const struct cli_args *args; /* --only, --timeout and --force are passed on */
    int passphrase_fd;           /* the vault's passphrase for the fetcher; -1: none */
    bool quiet, open;            /* open: a progress line is being drawn */
    const char *written;         /* shown as the name of the built file; NULL: its own */
    struct cli_progress progress;
    unsigned fetched, same, fresh, missing, failed; /* files */
    unsigned rejected;                              /* files that the builder could not read */
    bool folded;                                    /* the builder read only what has changed */
    bool will_retry; /* do not say that the file stays as it was: it is built once more */
    struct kb_refused refused[KB_REFUSED];
    unsigned refused_count;
    bool refused_more; /* than there is room for */
    struct kb_untried untried[KB_UNTRIED_FEEDS];
    unsigned untried_count;
};

/* kb_is_remote says whether from is a URL or "live", not a folder. */
bool kb_is_remote(const char *from);
/* kb_check_source checks --from (NULL: not given), --only and --timeout, so that what is wrong with
 * them is wrong usage, whatever runs later. CLI_DONE, else the exit status after a message. */
int kb_check_source(const struct cli_args *args, const char *from);
/* The fetcher asks the vault for what assay.conf names as "vault:NAME". */
#define KB_OPTION_PASSPHRASE                                                                       \
    {                                                                                              \
        "passphrase-fd", 0, "N", "read the vault's passphrase from that descriptor"                \
    }
/* kb_open_passphrase reads --passphrase-fd: CLI_DONE, else the exit status after a message.
 * kb_close_passphrase closes what it opened. */
int kb_open_passphrase(struct kb_roles *roles);
void kb_close_passphrase(struct kb_roles *roles);
/* kb_download_folder is where fetched files are kept; free() it. */
char *kb_download_folder(void);

/* kb_fetch runs the fetcher, from "live" (the feeds' own hosts), a URL or a folder. cadence:
 * leave out what was asked for less than its feed's cadence ago. Returns the role's exit status
 * or an error code. */
int kb_fetch(struct kb_roles *roles, const char *from, const char *into, bool cadence,
             struct error *err);
/* What the builder is to do besides reading folder into the file out. */
struct kb_build {
    const char *folder, *out;
    const char *standing; /* refuse what is worse than in it; NULL: nothing */
    const char *old;      /* fold what has changed since it into it; NULL: read all */
    const struct kb_roles
        *notes; /* feeds refused there get their reasons as their status; or NULL */
    bool only;  /* pass --only on */
    bool some;  /* files that standing was built from and that are missing are no loss */
};
/* kb_run_builder runs the builder; roles->refused lists what it did not use. Returns the role's
 * exit status or an error code. */
int kb_run_builder(struct kb_roles *roles, const struct kb_build *build, struct error *err);
/* kb_say_refused tells that path stays, because a feed could not be "read" or "trusted". */
void kb_say_refused(struct str path, struct str how);
/* kb_say writes one line beside those of progress. */
void kb_say(struct kb_roles *roles, const char *label, const char *text);
/* kb_make_folder_of makes the folder that path is to be in. */
int kb_make_folder_of(const char *path, struct error *err);

#endif
