#include "cli/commands.h"
#include "cli/kb.h"
#include "cli/kb_lock.h"
#include "cli/kb_previous.h"
#include "cli/kb_roles.h"

#include "base/date.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct update {
    struct kb_roles roles;
    char *folder;    /* of downloads */
    char *standing;  /* the knowledge file */
    char *candidate; /* the new one, until it is found to be good */
    char *inputs;    /* what the standing file was built from */
    struct kb_previous previous;
    struct kb_lock downloads, file; /* their locks */
};

static char *with_ending(const char *path, const char *ending)
{
    size_t size = strlen(path) + strlen(ending) + 1;
    char *text = mem_alloc(size);
    snprintf(text, size, "%s%s", path, ending);
    return text;
}

static void update_init(struct update *update, const struct cli_args *args)
{
    *update = (struct update){
        .roles = {.args = args, .quiet = cli_flag(args, "quiet"), .passphrase_fd = -1},
        .downloads = {.fd = -1},
        .file = {.fd = -1},
    };
    update->folder = kb_download_folder();
    update->standing = cli_knowledge_path(args);
    update->roles.written = update->standing;
    update->candidate = with_ending(update->standing, ".new");
    update->inputs = with_ending(update->standing, ".inputs");
    kb_previous_init(&update->previous, update->folder);
}

static void update_done(struct update *update)
{
    kb_close_passphrase(&update->roles);
    kb_lock_give(&update->file);
    kb_lock_give(&update->downloads);
    free(update->folder);
    free(update->standing);
    free(update->candidate);
    free(update->inputs);
    kb_previous_done(&update->previous);
}

/* ---- what a knowledge file was built from ---- */

static void put_input(struct buf *text, const char *path)
{
    struct stat info;
    if (stat(path, &info) == 0) {
        buf_printf(text, "%s\t%lld\t%lld\n", path, (long long)info.st_size,
                   (long long)info.st_mtime);
    }
}

static int put_inputs(const struct update *update, struct buf *text, struct error *err)
{
    buf_printf(text, "assay %s\n", ASSAY_VERSION);
    for (unsigned i = 0; i < feed_count; i++) {
        char **paths;
        unsigned count;
        int result = feed_files(&feeds[i], update->folder, &paths, &count, err);
        if (result < 0) {
            return result;
        }
        for (unsigned k = 0; k < count; k++) {
            put_input(text, paths[k]);
        }
        feed_files_free(paths, count);
    }
    return 0;
}

/* The day on which the file at path was built, as text; false when there is no usable one. */
static bool put_built(struct buf *text, const char *path)
{
    struct knowledge *knowledge;
    char built[TIME_SIZE];
    if (knowledge_open(path, &knowledge, NULL) < 0) {
        return false;
    }
    buf_printf(text, "built %s\n", time_format(knowledge_built(knowledge), built));
    knowledge_close(knowledge);
    return true;
}

/* Whether the standing file was built, by this version, from the files as they are now. */
static bool is_up_to_date(const struct update *update, const struct buf *inputs)
{
    struct buf now, then;
    buf_init(&now, LIMIT_SHARE_TABLE);
    buf_init(&then, LIMIT_SHARE_TABLE);
    bool is = put_built(&now, update->standing) && file_read(update->inputs, &then, NULL) == 0;
    buf_put_str(&now, buf_view(inputs));
    is = is && str_eq(buf_view(&now), buf_view(&then));
    buf_done(&now);
    buf_done(&then);
    return is;
}

static int note_inputs(const struct update *update, const struct buf *inputs, struct error *err)
{
    struct buf text;
    buf_init(&text, LIMIT_SHARE_TABLE);
    put_built(&text, update->standing);
    buf_put_str(&text, buf_view(inputs));
    int result = file_write(update->inputs, 0644, buf_view(&text), err);
    buf_done(&text);
    return result;
}

/* ---- the new file ---- */

/* The standing file is replaced by one whose checksums and references were looked at. Of one that
 * changes were folded into most references were before. */
static int install(const struct update *update, bool folded, struct error *err)
{
    struct knowledge *knowledge;
    int result = knowledge_open(update->candidate, &knowledge, err);
    if (result < 0) {
        return result;
    }
    result = folded ? knowledge_verify_checksums(knowledge, err) : knowledge_verify(knowledge, err);
    knowledge_close(knowledge);
    return result < 0 ? result : file_rename(update->candidate, update->standing, err);
}

static bool take_back(struct update *update)
{
    struct knowledge *standing = NULL;
    struct kb_roles *roles = &update->roles;
    if (roles->refused_count == 0 || roles->refused_more) {
        return false;
    }
    if (knowledge_open(update->standing, &standing, NULL) < 0) {
        standing = NULL;
    }
    bool taken = kb_previous_restore(&update->previous, roles, standing);
    knowledge_close(standing);
    return taken;
}

static struct kb_build what_to_build(const struct update *update)
{
    const char *standing = cli_flag(update->roles.args, "force") ? NULL : update->standing;
    return (struct kb_build){
        .folder = update->folder, .out = update->candidate, .standing = standing, .old = standing};
}

/* Once more, with the previous data of what was refused: its standing file is not compared with,
 * since what is left has been. */
static int build_again(struct update *update, struct kb_roles *again, struct error *err)
{
    *again = (struct kb_roles){
        .args = update->roles.args,
        .quiet = update->roles.quiet,
        .written = update->roles.written,
        .passphrase_fd = -1,
    };
    struct kb_build build = what_to_build(update);
    build.standing = NULL;
    build.notes = &update->roles;
    int status = kb_run_builder(again, &build, err);
    return status == CLI_DONE ? CLI_PARTLY : status;
}

static int put_in_place(struct update *update, const struct kb_roles *last,
                        const struct buf *inputs, struct error *err)
{
    int result = install(update, last->folded, err);
    if (result == 0) {
        result = kb_previous_keep(&update->previous, last, err);
    }
    /* What was refused is to be tried again, so it does not count as built from. */
    return result == 0 && update->roles.refused_count == 0 ? note_inputs(update, inputs, err)
                                                           : result;
}

static int build(struct update *update, const struct buf *inputs, struct error *err)
{
    struct kb_roles *roles = &update->roles;
    _cleanup_free_ struct kb_roles *again = mem_alloc_zero(1, sizeof *again);
    const struct kb_roles *last = roles;
    roles->will_retry = true;
    const struct kb_build build = what_to_build(update);
    int status = kb_run_builder(roles, &build, err);
    if (status >= 0 && take_back(update)) {
        status = build_again(update, again, err);
        last = again;
    } else if (status == CLI_FAILED && (roles->refused_count > 0 || roles->refused_more)) {
        kb_say_refused(str_from(update->standing), STR("used"));
    }
    if (status == CLI_DONE || status == CLI_PARTLY) {
        int result = put_in_place(update, last, inputs, err);
        status = result < 0 ? result : status;
    }
    unlink(update->candidate);
    return status;
}

static int build_if_changed(struct update *update, struct error *err)
{
    struct buf inputs, text;
    buf_init(&inputs, LIMIT_SHARE_TABLE);
    int status = put_inputs(update, &inputs, err);
    if (status < 0) {
        buf_done(&inputs);
        return status;
    }
    if (!cli_flag(update->roles.args, "force") && is_up_to_date(update, &inputs)) {
        buf_init(&text, 8192);
        buf_printf(&text, "nothing has changed, %s is up to date", update->standing);
        kb_say(&update->roles, "update", buf_text(&text));
        buf_done(&text);
    } else {
        status = build(update, &inputs, err);
    }
    buf_done(&inputs);
    return status;
}

/* ---- the command ---- */

/* Updating has just been done: what is old still is so for another reason. */
static void warn_stale(const struct update *update, bool offline)
{
    struct knowledge *knowledge;
    const struct kb_roles *roles = &update->roles;
    bool whole = roles->failed == 0 && roles->refused_count == 0;
    const char *reason = offline ? "that is the newest that was downloaded; run `assay kb update` "
                                   "without --offline"
                         : whole ? "its source has nothing newer"
                                 : "nothing newer could be fetched and read";
    if (knowledge_open(update->standing, &knowledge, NULL) == 0) {
        kb_warn_stale(knowledge, time_to_date(time_now()), reason);
        knowledge_close(knowledge);
    }
}

static int fetch(struct update *update, const char *from, struct error *err)
{
    struct kb_roles *roles = &update->roles;
    int status = kb_fetch(roles, from, update->folder, kb_is_remote(from), err);
    if (status == CLI_FAILED && !file_exists(update->standing)) {
        return error_set(err, ERR_NETWORK, "%s: nothing could be fetched", kb_name_source(from));
    }
    if (status == CLI_FAILED) {
        return error_set(err, ERR_NETWORK, "%s: nothing could be fetched; %s is left as it was",
                         kb_name_source(from), update->standing);
    }
    return status;
}

/* One update at a time; what a killed one left goes. */
static int take_over(struct update *update, struct error *err)
{
    int result = kb_lock_take(&update->roles, update->folder, &update->downloads, err);
    if (result == 0) {
        result = kb_lock_take(&update->roles, update->standing, &update->file, err);
    }
    if (result == 0) {
        unlink(update->candidate);
        kb_remove_leftovers(update->candidate);
        kb_remove_leftovers(update->inputs);
        kb_remove_leftovers_below(update->folder);
    }
    return result;
}

static int update_knowledge(struct update *update, const char *from, struct error *err)
{
    int fetched = CLI_DONE;
    int result = kb_make_folder_of(update->standing, err);
    if (result == 0) {
        result = cli_make_state_folder(err);
    }
    if (result == 0) {
        result = file_make_folders(update->folder, err);
    }
    if (result == 0) {
        result = take_over(update, err);
    }
    if (result == 0 && from != NULL) {
        result = fetched = fetch(update, from, err);
    }
    if (result < 0 || fetched == CLI_USAGE) {
        return result;
    }
    int status = build_if_changed(update, err);
    return status == CLI_DONE && update->roles.failed > 0 ? CLI_PARTLY : status;
}

static int run(const struct cli_args *args)
{
    struct error err = ERROR_INIT;
    struct update update;
    const char *from = cli_value(args, "from");
    bool offline = cli_flag(args, "offline");
    if (offline && from != NULL && kb_is_remote(from)) {
        return cli_usage("--offline makes no connection, and --from %s needs one", from);
    }
    int status = kb_check_source(args, from);
    if (status != CLI_DONE) {
        return status;
    }
    update_init(&update, args);
    status = kb_open_passphrase(&update.roles);
    if (status != CLI_DONE) {
        update_done(&update);
        return status;
    }
    status = update_knowledge(&update, from == NULL && !offline ? "live" : from, &err);
    if (status >= 0 && status != CLI_USAGE) {
        warn_stale(&update, offline && from == NULL);
    }
    update_done(&update);
    return status < 0 ? cli_fail(&err) : status;
}

static const struct cli_option options[] = {
    {"from", 0, "SOURCE", "a mirror folder laid out as HOST/PATH, or a URL of one"},
    {"offline", 0, NULL, "make no connection: build from what was downloaded before"},
    {"only", 0, "FEED", "fetch only that feed; may be given again"},
    {"force", 0, NULL,
     "download and read all anew; use feeds that have shrunk or gone back in time"},
    {"timeout", 0, "SECONDS", "how long to try a host (default: 10)"},
    KB_OPTION_PASSPHRASE,
    CLI_OPTION_KNOWLEDGE,
    CLI_OPTION_QUIET,
    {0},
};

const struct cli_command cmd_kb_update = {
    .name = "kb update",
    .usage = "[OPTION...]",
    .summary = "Fetch what has changed and bring the knowledge file up to date",
    .detail =
        "Downloads are kept in the folder mirror of the state folder, laid out as HOST/PATH. What\n"
        "was asked for less than its feed's cadence ago is not asked for again. A new file takes\n"
        "the place of the old one only when it is good. A feed that cannot be read, has lost more\n"
        "than a third of its records or has nothing as new as before is refused: its previous "
        "data\n"
        "is kept. What was refused or could not be fetched is named, the rest is used (exit\n"
        "status 3).\n"
        "Proxy and certificates are settings: docs/settings.md.",
    .examples = "  assay kb update\n"
                "  assay kb update --from /media/usb/mirror\n"
                "  assay kb update --offline",
    .options = options,
    .run = run,
};
