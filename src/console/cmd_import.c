/* `assay import`: each file is read by the program `importer`; what it gives is kept here. */
#include "console/manager.h"

#include "base/file.h"
#include "base/limits.h"
#include "engine/import.h"
#include "import/importer.h"
#include "process/child.h"
#include "process/message.h"
#include "json/json_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MOST = 2 * CLI_MAX_OPTIONS + 8 };

/* Names of servers that the table shows; the rest are counted. */
enum { SERVERS_SHOWN = 20 };

struct import {
    struct manager *manager;
    const char *file;
    char *state;
    bool replace;
    uint64_t counts[4]; /* by enum engine_imported */
    uint64_t left_out, shown;
    unsigned failed;
    bool finished; /* the importer said how it ended */
    struct json_writer json;
};

static const char *const outcome_names[] = {
    [ENGINE_IMPORTED_NEW] = "new",
    [ENGINE_IMPORTED_AGAIN] = "replaced",
    [ENGINE_IMPORTED_FILLED] = "completed",
    [ENGINE_IMPORTED_KEPT] = "kept as it was",
};

static void show_server(struct import *import, struct str name, enum engine_imported outcome)
{
    struct manager *manager = import->manager;
    import->counts[outcome]++;
    if (manager->json) {
        json_open_object(&import->json, NULL);
        json_put_text(&import->json, "file", import->file);
        json_put_str(&import->json, "server", name);
        json_put_text(&import->json, "outcome", outcome_names[outcome]);
        json_close_object(&import->json);
    } else if (import->shown++ < SERVERS_SHOWN) {
        buf_printf(&manager->out, "  %-40.*s %s\n", STR_ARG(name), outcome_names[outcome]);
    }
}

static int take_server(struct import *import, struct str document, struct error *err)
{
    struct inventory inventory;
    struct str name;
    enum engine_imported outcome;
    inventory_init(&inventory);
    int result = inventory_read(document, &inventory, err);
    if (result == 0) {
        result = engine_import(import->manager->store, import->state, &inventory, import->replace,
                               time_now(), &import->manager->arena, &name, &outcome, err);
    }
    inventory_done(&inventory);
    if (result == 0) {
        show_server(import, name, outcome);
    }
    return result;
}

/* "signed by assay:... on 2026-11-22 with assay 0.1.0" */
static void tell_signer(struct import *import, struct str body)
{
    struct json_document document;
    struct error err = ERROR_INIT;
    if (json_parse(body, LIMIT_LINE, &import->manager->arena, &document, &err) == 0) {
        struct json root = json_root(&document);
        cli_warn("%s: signed by %.*s, %.*s", import->file, STR_ARG(json_str(json_get(root, "key"))),
                 STR_ARG(json_str(json_get(root, "created"))));
        json_done(&document);
    }
}

/* Every file is the importer's standard input; how it is called here is added later. */
static struct str own_words(struct str text)
{
    const struct str name = STR("standard input: ");
    return str_starts(text, name) ? str_skip(text, name.len) : text;
}

static int take_message(struct import *import, const struct message *message, struct error *err)
{
    switch (message->type) {
    case IMPORTER_SERVER:
        return take_server(import, message->body, err);
    case IMPORTER_LEFT_OUT:
        import->left_out++;
        cli_warn("%s: %.*s", import->file, STR_ARG(message->body));
        return 0;
    case IMPORTER_SIGNER:
        if (!cli_flag(import->manager->args, "quiet")) {
            tell_signer(import, message->body);
        }
        return 0;
    case IMPORTER_FAILURE:
        import->finished = true;
        return error_set(err, ERR_FORMAT, "%.*s", STR_ARG(own_words(message->body)));
    case IMPORTER_DONE:
        import->finished = true;
        return 0;
    default:
        return error_set(err, ERR_FORMAT, "the importer says what is not understood");
    }
}

static int read_messages(struct import *import, int fd, struct error *err)
{
    struct message_reader reader;
    struct message message;
    bool again;
    int result = 0;
    message_reader_init(&reader, LIMIT_INVENTORY);
    while (result == 0) {
        int got = message_reader_next(&reader, &message, err);
        if (got > 0) {
            result = take_message(import, &message, err);
        } else if (got < 0) {
            result = got;
        } else {
            got = message_reader_fill(&reader, fd, &again, err);
            if (got <= 0) {
                result = got;
                break;
            }
        }
    }
    message_reader_done(&reader);
    return result;
}

static int wait_for_importer(struct import *import, pid_t pid, int result, struct error *err)
{
    int status;
    if (result < 0) {
        kill(pid, SIGKILL);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (result == 0 && !import->finished) {
        return error_set(
            err, ERR_FORMAT,
            "the program that reads it ended unexpectedly (%s %d); nothing more is taken",
            WIFSIGNALED(status) ? "signal" : "status",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    return result;
}

/* The words of the importer's command line; none is a secret. */
static void put_words(const struct cli_args *args, const char *file, const char **words)
{
    unsigned count = 0;
    const char *name = cli_value(args, "name"), *os = cli_value(args, "os"), *key;
    words[count++] = "--name";
    words[count++] = name != NULL ? name : strcmp(file, "-") == 0 ? "" : file;
    if (os != NULL) {
        words[count++] = "--os";
        words[count++] = os;
    }
    for (unsigned i = 0; (key = cli_value_at(args, "trust", i)) != NULL; i++) {
        words[count++] = "--trust";
        words[count++] = key;
    }
    if (cli_flag(args, "any-signer")) {
        words[count++] = "--any-signer";
    }
    if (cli_flag(args, "without-sandbox")) {
        words[count++] = "--without-sandbox";
    }
    words[count] = NULL;
}

static int import_file(struct import *import, struct error *err)
{
    int ends[2], result;
    pid_t pid;
    const char *words[WORDS_MOST];
    bool standard = strcmp(import->file, "-") == 0;
    int input = standard ? STDIN_FILENO : file_open_given(import->file, err);
    import->finished = false;
    if (input < 0) {
        return input;
    }
    if (pipe2(ends, O_CLOEXEC) < 0) {
        result = error_set_errno(err, "pipe");
        ends[0] = ends[1] = -1;
    } else {
        const struct child_fd fds[] = {{input, STDIN_FILENO}, {ends[1], STDOUT_FILENO}};
        put_words(import->manager->args, import->file, words);
        result = child_start("importer", words, fds, 2, &pid, err);
        close(ends[1]);
        if (result == 0) {
            result = read_messages(import, ends[0], err);
            result = wait_for_importer(import, pid, result, err);
        }
        close(ends[0]);
    }
    if (!standard) {
        close(input);
    }
    return result;
}

static void put_summary(struct import *import)
{
    struct buf *out = &import->manager->out;
    bool first = true;
    if (import->shown > SERVERS_SHOWN) {
        buf_printf(out, "  ... %llu more\n", (unsigned long long)(import->shown - SERVERS_SHOWN));
    }
    for (unsigned i = 0; i < sizeof outcome_names / sizeof *outcome_names; i++) {
        if (import->counts[i] > 0) {
            buf_printf(out, "%s%llu %s", first ? "" : " · ", (unsigned long long)import->counts[i],
                       outcome_names[i]);
            first = false;
        }
    }
    if (import->left_out > 0) {
        buf_printf(out, "%s%llu left out", first ? "" : " · ",
                   (unsigned long long)import->left_out);
        first = false;
    }
    buf_put_text(out, first ? "" : "   look at one: assay assess NAME\n");
}

static int import_all(struct manager *manager)
{
    struct import import = {
        .manager = manager, .state = manager->state, .replace = cli_flag(manager->args, "replace")};
    if (manager->json) {
        manager_json(manager, &import.json, "assay-import");
        json_open_array(&import.json, "servers");
    }
    for (unsigned i = 0; i < manager->args->argument_count; i++) {
        struct error err = ERROR_INIT;
        import.file = manager->args->arguments[i];
        if (import_file(&import, &err) < 0) {
            error_add_where(&err, strcmp(import.file, "-") == 0 ? "standard input" : import.file);
            cli_fail(&err);
            import.failed++;
        }
    }
    if (manager->json) {
        json_close_array(&import.json);
        json_put_uint(&import.json, "left_out", import.left_out);
        json_close_object(&import.json);
    } else {
        put_summary(&import);
    }
    uint64_t taken = import.counts[0] + import.counts[1] + import.counts[2] + import.counts[3];
    return import.failed > 0     ? (taken > 0 ? CLI_PARTLY : CLI_FAILED)
           : import.left_out > 0 ? CLI_PARTLY
                                 : CLI_DONE;
}

static int run(const struct cli_args *args)
{
    return manager_run(args, import_all);
}

static const struct cli_option options[] = {
    {"os", 0, "OS", "system of a list of packages that does not tell, as \"debian 12\""},
    {"name", 0, "NAME", "server's name for a document that has none (default: the file's name)"},
    {"replace", 0, NULL, "replace what assay collected itself, too"},
    {"trust", 0, "KEY", "take bundles that this key signed; may be given several times"},
    {"any-signer", 0, NULL, "take a bundle whoever signed it"},
    {"without-sandbox", 0, NULL, "go on where the kernel can shut nothing in"},
    MANAGER_OPTION_FORMAT,
    CLI_OPTION_QUIET,
    {0}};

const struct cli_command cmd_import = {
    .name = import_name,
    .usage = "[OPTION...] FILE...",
    .summary = import_summary,
    .detail =
        "Bills of materials (CycloneDX, SPDX), osquery, systeminfo, lists of dpkg, rpm and apk,\n"
        "RVTools and Azure Migrate, and bundles of `assay export`. The format is recognised from\n"
        "content; a bad row is told and left out. `-` is standard input. What each format says\n"
        "and does not say: docs/imports.md.",
    .examples = "  assay import RVTools_export_all.xlsx\n"
                "  ssh db01 dpkg -l | assay import --name db01 -\n"
                "  assay import site-b.zip --trust assay:5f3c...",
    .options = options,
    .min_arguments = 1,
    .max_arguments = CLI_MAX_ARGUMENTS,
    .run = run,
};
