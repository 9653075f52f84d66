#include "cli/kb_roles.h"

#include "base/file.h"
#include "base/memory.h"
#include "feed/feed.h"
#include "process/process.h"
#include "report/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIELDS = 8, MAX_WORDS = 300, MAX_CADENCES = 32 };

static unsigned split_fields(struct str line, struct str fields[FIELDS])
{
    unsigned count = 0;
    while (count < FIELDS && str_split_byte(&line, '\t', &fields[count])) {
        count++;
    }
    for (unsigned i = count; i < FIELDS; i++) {
        fields[i] = STR("");
    }
    return count;
}

static uint64_t number(struct str field)
{
    uint64_t value = 0;
    return str_to_u64(field, &value) ? value : 0;
}

static void begin(struct kb_roles *roles, struct str name)
{
    char label[32];
    if (!roles->open) {
        snprintf(label, sizeof label, "%.*s", STR_ARG(name));
        cli_progress_begin(&roles->progress, roles->quiet, label);
        roles->open = true;
    }
}

static void end(struct kb_roles *roles, struct buf *text)
{
    cli_progress_end(&roles->progress, buf_text(text));
    roles->open = false;
}

static void end_feed(struct kb_roles *roles, const struct str *fields)
{
    struct buf text;
    buf_init(&text, 512);
    text_put_count(&text, number(fields[4]), "record", "records");
    buf_put_text(&text, " of ");
    text_put_count(&text, number(fields[3]), "file", "files");
    if (number(fields[5]) > 0) {
        buf_put_text(&text, ", ");
        text_put_count(&text, number(fields[5]), "part left out", "parts left out");
    }
    begin(roles, fields[1]);
    end(roles, &text);
    buf_done(&text);
}

static void end_file(struct kb_roles *roles, const struct str *fields)
{
    struct buf text;
    buf_init(&text, 8192);
    buf_put_str(&text, roles->written ? str_from(roles->written) : fields[1]);
    buf_printf(&text, ", %.0f MB", (double)number(fields[2]) / 1e6);
    begin(roles, STR("write"));
    end(roles, &text);
    buf_done(&text);
}

/* "rejected" has a feed, the reason and the file; "doubtful" a feed and the reason. */
static void add_refused(struct kb_roles *roles, const struct str *fields)
{
    const struct feed *feed = feed_find(fields[1]);
    if (feed == NULL || roles->refused_count == KB_REFUSED ||
        fields[3].len >= sizeof roles->refused[0].path) {
        roles->refused_more = true;
        return;
    }
    struct kb_refused *refused = &roles->refused[roles->refused_count++];
    struct str reason = str_sub(fields[2], 0, str_find(fields[2], STR("; use --force")));
    refused->feed = feed;
    snprintf(refused->path, sizeof refused->path, "%.*s", STR_ARG(fields[3]));
    snprintf(refused->reason, sizeof refused->reason, "refused: %.*s",
             STR_ARG(str_sub(reason, 0, sizeof refused->reason - 100)));
}

void kb_say_refused(struct str path, struct str how)
{
    cli_warn("%.*s: left as it was, because a feed could not be %.*s", STR_ARG(path), STR_ARG(how));
}

/* "fold": only what has changed is read; "whole": all of it, after all. */
static void take_way(struct kb_roles *roles, const struct str *fields)
{
    struct buf text;
    buf_init(&text, 1024);
    roles->folded = str_eq(fields[0], STR("fold"));
    if (roles->folded) {
        buf_printf(&text, "%llu of ", (unsigned long long)number(fields[1]));
        text_put_count(&text, number(fields[2]), "file has", "files have");
        buf_put_text(&text, " changed");
    } else {
        buf_printf(&text, "everything is read: %.*s", STR_ARG(fields[1]));
    }
    kb_say(roles, "fold", buf_text(&text));
    buf_done(&text);
}

static void take_builder_line(void *context, struct str line)
{
    struct kb_roles *roles = context;
    struct str fields[FIELDS];
    split_fields(line, fields);
    if (str_eq(fields[0], STR("progress"))) {
        begin(roles, fields[1]);
        cli_progress_step(&roles->progress, (double)number(fields[2]) / 1e6,
                          (double)number(fields[3]) / 1e6, "MB");
    } else if (str_eq(fields[0], STR("feed"))) {
        end_feed(roles, fields);
    } else if (str_eq(fields[0], STR("missing"))) {
        cli_warn("%.*s: no file %.*s; built without it", STR_ARG(fields[2]), STR_ARG(fields[3]));
    } else if (str_eq(fields[0], STR("rejected"))) {
        roles->rejected++;
        add_refused(roles, fields);
    } else if (str_eq(fields[0], STR("doubtful"))) {
        add_refused(roles, fields);
    } else if (str_eq(fields[0], STR("refused"))) {
        if (!roles->will_retry) {
            kb_say_refused(fields[1], fields[2]);
        }
    } else if (str_eq(fields[0], STR("fold")) || str_eq(fields[0], STR("whole"))) {
        take_way(roles, fields);
    } else if (str_eq(fields[0], STR("write"))) {
        begin(roles, fields[0]);
    } else if (str_eq(fields[0], STR("written"))) {
        end_file(roles, fields);
    }
}

/* Counts a file that was not tried, because its host had failed before; end_fetch says them, one
 * line a feed. */
static void add_untried(struct kb_roles *roles, const struct str *fields)
{
    const struct feed *feed = feed_find(fields[1]);
    const char *label = feed ? feed->label : "a feed";
    unsigned i = 0;
    while (i < roles->untried_count && strcmp(roles->untried[i].label, label) != 0) {
        i++;
    }
    if (i == KB_UNTRIED_FEEDS) {
        return;
    }
    if (i == roles->untried_count) {
        struct kb_untried *untried = &roles->untried[roles->untried_count++];
        *untried = (struct kb_untried){.label = label};
        snprintf(untried->reason, sizeof untried->reason, "%.*s", STR_ARG(fields[3]));
    }
    roles->untried[i].files++;
}

static void add_failure(struct kb_roles *roles, const struct str *fields)
{
    if (str_starts(fields[3], STR("not tried"))) {
        add_untried(roles, fields);
    } else {
        cli_warn("%.*s: %.*s", STR_ARG(fields[2]), STR_ARG(fields[3]));
    }
}

static void say_untried(const struct kb_roles *roles)
{
    for (unsigned i = 0; i < roles->untried_count; i++) {
        const struct kb_untried *untried = &roles->untried[i];
        cli_warn("%s: %u file%s %s", untried->label, untried->files, untried->files == 1 ? "" : "s",
                 untried->reason);
    }
}

static void take_fetcher_line(void *context, struct str line)
{
    struct kb_roles *roles = context;
    const struct {
        const char *state;
        unsigned *count;
    } states[] = {
        {"ok", &roles->fetched},      {"same", &roles->same},     {"fresh", &roles->fresh},
        {"missing", &roles->missing}, {"failed", &roles->failed},
    };
    struct str fields[FIELDS];
    split_fields(line, fields);
    begin(roles, STR("fetch"));
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        *states[i].count += str_eq_text(fields[0], states[i].state);
    }
    if (str_eq(fields[0], STR("failed"))) {
        add_failure(roles, fields);
    }
    cli_progress_step(&roles->progress, roles->fetched + roles->same, 0, "files");
}

static void end_fetch(struct kb_roles *roles)
{
    const struct {
        unsigned count;
        const char *what;
    } parts[] = {
        {roles->fetched, "new"},       {roles->same, "unchanged"}, {roles->fresh, "not due"},
        {roles->missing, "not there"}, {roles->failed, "failed"},
    };
    struct buf line;
    buf_init(&line, 1024);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].count > 0) {
            buf_put_text(&line, line.len > 0 ? ", " : "");
            if (line.len == 0) {
                text_put_count(&line, parts[i].count, "file", "files");
            } else {
                buf_printf(&line, "%u", parts[i].count);
            }
            buf_printf(&line, " %s", parts[i].what);
        }
    }
    end(roles, &line);
    buf_done(&line);
    say_untried(roles);
}

/* ---- the words of a role's command line ---- */

struct words {
    const char *words[MAX_WORDS];
    unsigned count;
    char cadences[MAX_CADENCES][64];
    char notes[KB_REFUSED][1100];
    char passphrase_fd[16];
};

static void add_word(struct words *words, const char *word)
{
    if (words->count < MAX_WORDS - 1) {
        words->words[words->count++] = word;
    }
}

static void add_option(struct words *words, const char *name, const char *value)
{
    if (value != NULL) {
        add_word(words, name);
        add_word(words, value);
    }
}

static void add_only(struct words *words, const struct cli_args *args)
{
    for (unsigned i = 0; cli_value_at(args, "only", i) != NULL; i++) {
        add_option(words, "--only", cli_value_at(args, "only", i));
    }
}

static void add_cadences(struct words *words)
{
    for (unsigned i = 0; i < feed_count && i < MAX_CADENCES; i++) {
        snprintf(words->cadences[i], sizeof words->cadences[i], "%s=%d", feeds[i].name,
                 feeds[i].cadence_days);
        add_option(words, "--cadence", words->cadences[i]);
    }
}

/* assay.conf in the state folder, else of the machine; NULL when there is neither. */
static char *find_settings(void)
{
    _cleanup_free_ char *folder = cli_state_folder();
    char *own = file_join(folder, "assay.conf");
    if (file_exists(own)) {
        return own;
    }
    free(own);
    return file_exists("/etc/assay/assay.conf") ? mem_dup_text("/etc/assay/assay.conf") : NULL;
}

/* Above what a role is given, so that it may be 0, which a role finds empty. */
enum { PASSPHRASE_FD = 10 };

int kb_open_passphrase(struct kb_roles *roles)
{
    const char *word = cli_value(roles->args, "passphrase-fd");
    uint64_t value = 0;
    roles->passphrase_fd = -1;
    if (word == NULL) {
        return CLI_DONE;
    }
    if (!str_to_u64(str_from(word), &value) || value > 1000000) {
        return cli_usage("--passphrase-fd %s: not the number of a descriptor", word);
    }
    roles->passphrase_fd = fcntl((int)value, F_DUPFD, PASSPHRASE_FD);
    return roles->passphrase_fd >= 0
               ? CLI_DONE
               : cli_usage("--passphrase-fd %s: no such descriptor is open", word);
}

void kb_close_passphrase(struct kb_roles *roles)
{
    if (roles->passphrase_fd >= 0) {
        close(roles->passphrase_fd);
    }
    roles->passphrase_fd = -1;
}

int kb_fetch(struct kb_roles *roles, const char *from, const char *into, bool cadence,
             struct error *err)
{
    struct words words = {.count = 0};
    int status = CLI_FAILED;
    _cleanup_free_ char *settings = find_settings(), *state = cli_state_folder();
    _cleanup_free_ char *vault = file_join(state, "vault");
    add_option(&words, "--into", into);
    add_option(&words, "--from", strcmp(from, "live") == 0 ? NULL : from);
    add_option(&words, "--settings", settings);
    add_option(&words, "--vault", vault);
    if (roles->passphrase_fd >= 0) {
        snprintf(words.passphrase_fd, sizeof words.passphrase_fd, "%d", roles->passphrase_fd);
        add_option(&words, "--passphrase-fd", words.passphrase_fd);
    }
    add_option(&words, "--timeout", cli_value(roles->args, "timeout"));
    if (cli_flag(roles->args, "force")) {
        add_word(&words, "--force");
    }
    add_only(&words, roles->args);
    if (cadence) {
        add_cadences(&words);
    }
    int result = process_run_role("fetcher", words.words, take_fetcher_line, roles, &status, err);
    if (roles->open) {
        end_fetch(roles);
    }
    return result < 0 ? result : status;
}

/* The first reason of each feed. */
static void add_notes(struct words *words, const struct kb_roles *notes)
{
    for (unsigned i = 0; notes != NULL && i < notes->refused_count; i++) {
        const struct kb_refused *refused = &notes->refused[i];
        snprintf(words->notes[i], sizeof words->notes[i], "%s=%s", refused->feed->name,
                 refused->reason);
        add_option(words, "--note", words->notes[i]);
    }
}

int kb_run_builder(struct kb_roles *roles, const struct kb_build *build, struct error *err)
{
    struct words words = {.count = 0};
    int status = CLI_FAILED;
    add_option(&words, "--from", build->folder);
    add_option(&words, "--out", build->out);
    add_option(&words, "--standing", build->standing);
    add_option(&words, "--old", build->old);
    if (build->some && build->standing != NULL) {
        add_word(&words, "--some");
    }
    add_notes(&words, build->notes);
    if (build->only) {
        add_only(&words, roles->args);
    }
    int result = process_run_role("builder", words.words, take_builder_line, roles, &status, err);
    return result < 0 ? result : status;
}

bool kb_is_remote(const char *from)
{
    return strcmp(from, "live") == 0 || strstr(from, "://") != NULL;
}

static int check_url(const char *from)
{
    const struct str url = str_from(from);
    if (!str_starts(url, STR("http://")) && !str_starts(url, STR("https://"))) {
        return cli_usage("--from %s: not a http or https URL", from);
    }
    const char *start = strstr(from, "://") + 3;
    const struct str host = {.ptr = start, .len = strcspn(start, "/?#")};
    /* The URL is not repeated, for a log that takes the message. */
    if (str_find_byte(host, '@') != SIZE_MAX) {
        return cli_usage("--from: a user or password in a URL is seen by every account of this "
                         "machine; put the mirror where none is needed");
    }
    if (host.len == 0 || *start == ':') {
        return cli_usage("--from %s: no host in it; write it as https://mirror.example.org/", from);
    }
    return CLI_DONE;
}

static int check_only(const struct cli_args *args)
{
    for (unsigned i = 0; cli_value_at(args, "only", i) != NULL; i++) {
        const char *name = cli_value_at(args, "only", i);
        if (feed_find(str_from(name)) != NULL) {
            continue;
        }
        struct buf names;
        buf_init(&names, 4096);
        for (unsigned k = 0; k < feed_count; k++) {
            buf_printf(&names, "%s%s", k > 0 ? ", " : "", feeds[k].name);
        }
        cli_usage("--only %s: no such feed; one of %s", name, buf_text(&names));
        buf_done(&names);
        return CLI_USAGE;
    }
    return CLI_DONE;
}

int kb_check_source(const struct cli_args *args, const char *from)
{
    const char *timeout = cli_value(args, "timeout");
    uint64_t seconds;
    if (timeout != NULL &&
        (!str_to_u64(str_from(timeout), &seconds) || seconds < 1 || seconds > 3600)) {
        return cli_usage("--timeout %s: not seconds from 1 to 3600", timeout);
    }
    int status = check_only(args);
    if (status == CLI_DONE && from != NULL && strcmp(from, "live") != 0) {
        struct stat info;
        if (kb_is_remote(from)) {
            status = check_url(from);
        } else if (stat(from, &info) < 0) {
            status = cli_usage("--from %s: %s", from,
                               errno == ENOENT ? "no such folder" : strerror(errno));
        } else if (!S_ISDIR(info.st_mode)) {
            status = cli_usage("--from %s: not a folder", from);
        }
    }
    return status;
}

char *kb_download_folder(void)
{
    _cleanup_free_ char *state = cli_state_folder();
    return file_join(state, "mirror");
}

void kb_say(struct kb_roles *roles, const char *label, const char *text)
{
    cli_progress_begin(&roles->progress, roles->quiet, label);
    cli_progress_end(&roles->progress, text);
}

int kb_make_folder_of(const char *path, struct error *err)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL || slash == path) {
        return 0;
    }
    _cleanup_free_ char *folder = mem_dup_text(path);
    folder[slash - path] = '\0';
    _cleanup_free_ char *state = cli_state_folder();
    return strcmp(folder, state) == 0 ? cli_make_state_folder(err) : file_make_folders(folder, err);
}
