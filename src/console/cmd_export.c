/* `assay export`: kept inventories as a signed bundle for another installation. */
#include "console/manager.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "inventory/kept.h"
#include "process/child.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct export
{
    struct manager *manager;
    char *folder;     /* of inventories */
    struct buf lines; /* NAME<tab>PATH */
    unsigned count;
};

static void add(struct export *export, struct str name)
{
    _cleanup_free_ char *path = kept_path(export->folder, name);
    buf_printf(&export->lines, "%.*s\t%s\n", STR_ARG(name), path);
    export->count++;
}

static int is_inventory(const struct dirent *entry)
{
    struct str name = str_from(entry->d_name);
    return name.ptr[0] != '.' && str_ends(name, STR(".json")) && !str_eq_text(name, "last.json");
}

static int add_all(struct export *export)
{
    struct dirent **entries = NULL;
    int count = scandir(export->folder, &entries, is_inventory, alphasort);
    for (int i = 0; i < count; i++) {
        struct str name = str_from(entries[i]->d_name);
        add(export, str_sub(name, 0, name.len - STR(".json").len));
        free(entries[i]);
    }
    free(entries);
    if (export->count == 0) {
        cli_warn(
            "no inventory is kept; `assay scan`, `assay discover` and `assay import` keep some");
        return CLI_FAILED;
    }
    return CLI_DONE;
}

static int add_given(struct export *export)
{
    const struct cli_args *args = export->manager->args;
    for (unsigned i = 0; i < args->argument_count; i++) {
        struct str name = str_from(args->arguments[i]);
        _cleanup_free_ char *path = kept_is_name(name) ? kept_path(export->folder, name) : NULL;
        if (path == NULL || !file_exists(path)) {
            cli_warn("%s: no inventory of that name is kept", args->arguments[i]);
            return CLI_FAILED;
        }
        add(export, name);
    }
    return CLI_DONE;
}

/* Hands the list over; it may be larger than a pipe holds. */
static int list_file(struct export *export, int *ret_fd, struct error *err)
{
    int fd = memfd_create("list", MFD_CLOEXEC);
    if (fd < 0) {
        return error_set_errno(err, "memory for the list");
    }
    int result = file_write_all(fd, export->lines.data, export->lines.len, err);
    if (result == 0 && lseek(fd, 0, SEEK_SET) < 0) {
        result = error_set_errno(err, "list of inventories");
    }
    if (result < 0) {
        close(fd);
        return result;
    }
    *ret_fd = fd;
    return 0;
}

static int run_exporter(struct export *export, int out, char *key, size_t key_size,
                        struct error *err)
{
    int list = -1, ends[2], status = 0;
    pid_t pid;
    _cleanup_free_ char *key_path = file_join(export->manager->state, "signing.key");
    const char *const words[] = {key_path, NULL};
    int result = list_file(export, &list, err);
    if (result < 0) {
        return result;
    }
    if (pipe2(ends, O_CLOEXEC) < 0) {
        close(list);
        return error_set_errno(err, "pipe");
    }
    const struct child_fd fds[] = {{list, STDIN_FILENO}, {out, STDOUT_FILENO}, {ends[1], 3}};
    result = child_start("exporter", words, fds, 3, &pid, err);
    close(list);
    close(ends[1]);
    if (result == 0) {
        ssize_t got = read(ends[0], key, key_size - 1);
        key[got > 0 ? got : 0] = '\0';
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
        result = WIFEXITED(status) && WEXITSTATUS(status) == 0 && got > 0
                     ? 0
                     : error_set(err, ERR_IO, "no bundle was written");
    }
    close(ends[0]);
    return result;
}

static int write_bundle(struct export *export)
{
    struct error err = ERROR_INIT;
    struct file_replace replace;
    char key[128] = "";
    const char *output = cli_value(export->manager->args, "output");
    if (file_replace_begin(&replace, output, 0600, &err) < 0) {
        return cli_fail(&err);
    }
    int result = run_exporter(export, replace.fd, key, sizeof key, &err);
    result = result < 0 ? result : file_replace_commit(&replace, &err);
    file_replace_abort(&replace);
    if (result < 0) {
        return cli_fail(&err);
    }
    buf_printf(&export->manager->out,
               "%s: %u %s\nsigned by %s\ntake it in there: assay import %s --trust %s\n", output,
               export->count, export->count == 1 ? "inventory" : "inventories", key, output, key);
    return CLI_DONE;
}

static int export_bundle(struct manager *manager)
{
    struct export export = {.manager = manager, .folder = kept_folder(manager->state)};
    if (cli_value(manager->args, "output") == NULL) {
        free(export.folder);
        return cli_usage("where to? give --output FILE");
    }
    buf_init(&export.lines, LIMIT_INVENTORY);
    int status = manager->args->argument_count > 0 ? add_given(&export) : add_all(&export);
    if (status == CLI_DONE) {
        status = write_bundle(&export);
    }
    buf_done(&export.lines);
    free(export.folder);
    return status;
}

/* --output is where the bundle goes, not what is said of it. */
static int run(const struct cli_args *args)
{
    struct manager manager;
    int status = manager_begin(&manager, args);
    if (status == CLI_DONE) {
        status = export_bundle(&manager);
    }
    fwrite(buf_text(&manager.out), 1, manager.out.len, stdout);
    buf_clear(&manager.out);
    return manager_end(&manager, status);
}

static const struct cli_option options[] = {
    {"output", 'o', "FILE", "the bundle to write, a zip (replaced whole)"}, {0}};

const struct cli_command cmd_export = {
    .name = export_name,
    .usage = "--output FILE [SERVER...]",
    .summary = export_summary,
    .detail = "For an installation that cannot be reached from here: carry the file there and\n"
              "`assay import` it. Without servers all kept inventories go in. The key that signs "
              "is made\n"
              "by the first export and stays on this machine (STATE/signing.key).",
    .examples = "  assay export -o site-b.zip\n"
                "  assay export -o two.zip db01 web",
    .options = options,
    .max_arguments = CLI_MAX_ARGUMENTS,
    .run = run,
};
