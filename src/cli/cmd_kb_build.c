#include "cli/commands.h"
#include "cli/kb.h"

#include "base/file.h"
#include "base/memory.h"
#include "process/process.h"
#include "report/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 8, MAX_WORDS = 80 };

/* What the roles print, shown as it comes. */
struct build {
    const struct cli_args *args;
    bool quiet, open; /* open: a progress line is being drawn */
    struct cli_progress progress;
    unsigned fetched, failed;
};

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

static void begin(struct build *build, struct str name)
{
    char label[32];
    if (!build->open) {
        snprintf(label, sizeof label, "%.*s", STR_ARG(name));
        cli_progress_begin(&build->progress, build->quiet, label);
        build->open = true;
    }
}

static void end(struct build *build, struct buf *text)
{
    cli_progress_end(&build->progress, buf_text(text));
    build->open = false;
}

static void end_feed(struct build *build, const struct str *fields)
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
    begin(build, fields[1]);
    end(build, &text);
    buf_done(&text);
}

static void end_file(struct build *build, const struct str *fields)
{
    struct buf text;
    buf_init(&text, 8192);
    buf_put_str(&text, fields[1]);
    buf_printf(&text, ", %.0f MB", (double)number(fields[2]) / 1e6);
    begin(build, STR("write"));
    end(build, &text);
    buf_done(&text);
}

static void take_builder_line(void *context, struct str line)
{
    struct build *build = context;
    struct str fields[FIELDS];
    split_fields(line, fields);
    if (str_eq(fields[0], STR("progress"))) {
        begin(build, fields[1]);
        cli_progress_step(&build->progress, (double)number(fields[2]) / 1e6,
                          (double)number(fields[3]) / 1e6, "MB");
    } else if (str_eq(fields[0], STR("feed"))) {
        end_feed(build, fields);
    } else if (str_eq(fields[0], STR("missing"))) {
        cli_warn("%.*s: no file %.*s; built without it", STR_ARG(fields[2]), STR_ARG(fields[3]));
    } else if (str_eq(fields[0], STR("write"))) {
        begin(build, fields[0]);
    } else if (str_eq(fields[0], STR("written"))) {
        end_file(build, fields);
    }
}

static void take_fetcher_line(void *context, struct str line)
{
    struct build *build = context;
    struct str fields[FIELDS];
    split_fields(line, fields);
    begin(build, STR("fetch"));
    if (str_eq(fields[0], STR("ok")) || str_eq(fields[0], STR("same"))) {
        build->fetched++;
    } else if (str_eq(fields[0], STR("failed"))) {
        build->failed++;
        cli_warn("%.*s: %.*s", STR_ARG(fields[2]), STR_ARG(fields[3]));
    }
    cli_progress_step(&build->progress, build->fetched, 0, "files");
}

/* Runs the fetcher once a feed that is asked for, or once for all. Returns its status. */
static int fetch(struct build *build, const char *from, const char *into, struct error *err)
{
    bool all = cli_value(build->args, "only") == NULL;
    int worst = CLI_FAILED, result = 0;
    char text[64];
    for (unsigned i = 0;
         result == 0 && (all ? i < 1 : cli_value_at(build->args, "only", i) != NULL); i++) {
        const char *words[12] = {"--into", into};
        unsigned count = 2;
        int status = CLI_FAILED;
        if (strcmp(from, "live") != 0) {
            words[count++] = "--from";
            words[count++] = from;
        }
        if (!all) {
            words[count++] = "--only";
            words[count++] = cli_value_at(build->args, "only", i);
        }
        if (cli_value(build->args, "timeout") != NULL) {
            words[count++] = "--timeout";
            words[count++] = cli_value(build->args, "timeout");
        }
        result = process_run_role("fetcher", words, take_fetcher_line, build, &status, err);
        worst = status < worst ? status : worst;
    }
    if (build->open) {
        struct buf line;
        buf_init(&line, sizeof text);
        text_put_count(&line, build->fetched, "file", "files");
        end(build, &line);
        buf_done(&line);
    }
    return result < 0 ? result : worst;
}

static int run_builder(struct build *build, const char *from, const char *out, struct error *err)
{
    const char *words[MAX_WORDS] = {"--from", from, "--out", out};
    unsigned count = 4;
    int status = CLI_FAILED;
    for (unsigned i = 0; count < MAX_WORDS - 4 && cli_value_at(build->args, "only", i); i++) {
        words[count++] = "--only";
        words[count++] = cli_value_at(build->args, "only", i);
    }
    int result = process_run_role("builder", words, take_builder_line, build, &status, err);
    return result < 0 ? result : status;
}

static bool is_remote(const char *from)
{
    return strcmp(from, "live") == 0 || strstr(from, "://") != NULL;
}

/* The folder that the builder reads: a mirror, or what was fetched, kept for the next time. */
static char *find_folder(struct build *build, const char *from, struct error *err)
{
    if (!is_remote(from)) {
        return mem_dup_text(from);
    }
    _cleanup_free_ char *state = cli_state_folder();
    char *folder = file_join(state, "mirror");
    int status = file_make_folders(folder, err);
    if (status == 0) {
        status = fetch(build, from, folder, err);
    }
    if (status >= 0 && build->fetched == 0) {
        status = error_set(err, ERR_NETWORK, "%s: nothing could be fetched", from);
    }
    if (status < 0) {
        free(folder);
        return NULL;
    }
    return folder;
}

static int make_out_folder(const char *out, struct error *err)
{
    const char *slash = strrchr(out, '/');
    if (slash == NULL || slash == out) {
        return 0;
    }
    _cleanup_free_ char *folder = mem_dup_text(out);
    folder[slash - out] = '\0';
    return file_make_folders(folder, err);
}

static int run(const struct cli_args *args)
{
    struct error err = ERROR_INIT;
    struct build build = {.args = args, .quiet = cli_flag(args, "quiet")};
    const char *from = cli_value(args, "from"), *given = cli_value(args, "out");
    if (from == NULL) {
        return cli_usage("kb build needs --from: a mirror folder, a URL of one, or live");
    }
    if (!is_remote(from) && !file_exists(from)) {
        return cli_usage("--from %s: no such folder", from);
    }
    _cleanup_free_ char *out = given ? mem_dup_text(given) : cli_knowledge_path(args);
    if (make_out_folder(out, &err) < 0) {
        return cli_fail(&err);
    }
    _cleanup_free_ char *folder = find_folder(&build, from, &err);
    int status = folder ? run_builder(&build, folder, out, &err) : err.code;
    if (status < 0) {
        return cli_fail(&err);
    }
    return status == CLI_DONE && build.failed > 0 ? CLI_PARTLY : status;
}

static const struct cli_option options[] = {
    {"from", 0, "SOURCE", "a mirror folder laid out as HOST/PATH, a URL of one, or live"},
    {"out", 'o', "FILE", "the file to write (default: the standard knowledge file)"},
    {"only", 0, "FEED", "nvd, endoflife, kev, epss, osv or microsoft; may be given again"},
    {"timeout", 0, "SECONDS", "how long to try a host (with a URL or live)"},
    CLI_OPTION_QUIET,
    {0},
};

const struct cli_command cmd_kb_build = {
    .name = "kb build",
    .usage = "--from DIR|URL|live [OPTION...]",
    .summary = "build the knowledge file from feeds",
    .detail =
        "Feeds that are there are used; missing ones are named and the exit status is 3. A feed\n"
        "that is there and cannot be read leaves the file as it was (exit status 4). What is\n"
        "fetched from a URL or from the feeds' own hosts (live) is kept in the state folder.",
    .examples = "  assay kb build --from /srv/mirror\n"
                "  assay kb build --from https://mirror.example.org/ --out knowledge.assay\n"
                "  assay kb build --from /srv/mirror --only nvd --only kev --out small.assay",
    .options = options,
    .run = run,
};
