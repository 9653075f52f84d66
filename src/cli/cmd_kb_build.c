#include "cli/commands.h"
#include "cli/kb.h"
#include "cli/kb_lock.h"
#include "cli/kb_roles.h"

#include "base/file.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The folder that the builder reads: a mirror, or what was fetched, kept for the next time. */
static char *find_folder(struct kb_roles *roles, const char *from, struct error *err)
{
    if (!kb_is_remote(from)) {
        return mem_dup_text(from);
    }
    char *folder = kb_download_folder();
    int status = cli_make_state_folder(err);
    if (status == 0) {
        status = file_make_folders(folder, err);
    }
    if (status == 0) {
        status = kb_fetch(roles, from, folder, false, err);
    }
    if (status >= 0 && roles->fetched + roles->same == 0) {
        status = error_set(err, ERR_NETWORK, "%s: nothing could be fetched", kb_name_source(from));
    }
    if (status < 0) {
        free(folder);
        return NULL;
    }
    return folder;
}

/* One command at a time makes the file, and one uses the downloads. */
struct locks {
    struct kb_lock downloads, file;
};

static int take_locks(struct kb_roles *roles, const char *from, const char *out,
                      struct locks *locks, struct error *err)
{
    int result = 0;
    *locks = (struct locks){{.fd = -1}, {.fd = -1}};
    if (kb_is_remote(from)) {
        _cleanup_free_ char *folder = kb_download_folder();
        result = cli_make_state_folder(err);
        result = result < 0 ? result : kb_lock_take(roles, folder, &locks->downloads, err);
    }
    result = result < 0 ? result : kb_lock_take(roles, out, &locks->file, err);
    if (result == 0) {
        kb_remove_leftovers(out);
    }
    return result;
}

static void give_locks(struct locks *locks)
{
    kb_lock_give(&locks->file);
    kb_lock_give(&locks->downloads);
}

static int build(struct kb_roles *roles, const char *from, const char *out, struct error *err)
{
    const char *standing = file_exists(out) ? out : NULL;
    _cleanup_free_ char *folder = find_folder(roles, from, err);
    const struct kb_build build = {
        .folder = folder,
        .out = out,
        .standing = cli_flag(roles->args, "force") ? NULL : standing,
        .old = cli_flag(roles->args, "full") ? NULL : standing,
        .only = true,
        .some = true,
    };
    int status = folder ? kb_run_builder(roles, &build, err) : err->code;
    return status == CLI_DONE && roles->failed > 0 ? CLI_PARTLY : status;
}

static int run(const struct cli_args *args)
{
    struct error err = ERROR_INIT;
    struct locks locks;
    struct kb_roles roles = {.args = args, .quiet = cli_flag(args, "quiet"), .passphrase_fd = -1};
    const char *from = cli_value(args, "from"), *given = cli_value(args, "out");
    if (from == NULL) {
        return cli_usage("kb build needs --from: a mirror folder, a URL of one, or live");
    }
    int status = kb_check_source(args, from);
    if (status != CLI_DONE) {
        return status;
    }
    _cleanup_free_ char *out = given ? mem_dup_text(given) : cli_knowledge_path(args);
    if (kb_make_folder_of(out, &err) < 0) {
        return cli_fail(&err);
    }
    status = kb_open_passphrase(&roles);
    if (status != CLI_DONE) {
        return status;
    }
    status = take_locks(&roles, from, out, &locks, &err);
    status = status < 0 ? status : build(&roles, from, out, &err);
    give_locks(&locks);
    kb_close_passphrase(&roles);
    return status < 0 ? cli_fail(&err) : status;
}

static const struct cli_option options[] = {
    {"from", 0, "SOURCE", "a mirror folder laid out as HOST/PATH, a URL of one, or live"},
    {"out", 'o', "FILE", "the file to write (default: the standard knowledge file)"},
    {"only", 0, "FEED",
     "nvd, nvd-overrides, cvelist, endoflife, kev, epss, osv or microsoft; may be given again"},
    {"full", 0, NULL, "read everything, not only what has changed since the file was built"},
    {"force", 0, NULL,
     "use feeds that have shrunk or gone back in time; download all anew (with a URL or live)"},
    {"timeout", 0, "SECONDS", "how long to try a host (with a URL or live)"},
    KB_OPTION_PASSPHRASE,
    CLI_OPTION_QUIET,
    {0},
};

const struct cli_command cmd_kb_build = {
    .name = "kb build",
    .usage = "--from DIR|URL|live [OPTION...]",
    .summary = "Build the knowledge file from feeds",
    .detail =
        "Feeds that are there are used; missing ones are named and the exit status is 3. A feed\n"
        "that is there and cannot be read leaves the file as it was (exit status 4). What is\n"
        "fetched from a URL or from the feeds' own hosts (live) is kept in the state folder.\n"
        "Where the file is there already, only what has changed since is read and folded into it, "
        "and\n"
        "a feed that has lost more than a third of its records or has nothing as new as there "
        "leaves "
        "it\n"
        "as it was (exit status 4).",
    .examples = "  assay kb build --from /srv/mirror\n"
                "  assay kb build --from https://mirror.example.org/ --out knowledge.assay\n"
                "  assay kb build --from /srv/mirror --only nvd --only kev --out small.assay",
    .options = options,
    .run = run,
};
