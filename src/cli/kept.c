/* Inventories that `scan` keeps in the state folder, and finding one by its name. */
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "cli/assess_run.h"
#include "import/import.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *kept_folder(void)
{
    _cleanup_free_ char *state = cli_state_folder();
    return file_join(state, "inventories");
}

static bool is_name_byte(char c)
{
    return str_is_alpha(c) || str_is_digit(c) || c == '-' || c == '_' || c == '.';
}

/* A server's name as the name of a file: it comes from the server and is not to be trusted. */
static char *make_name(struct str server)
{
    enum { LONGEST = 100 };
    char *name = mem_alloc(LONGEST + 1);
    size_t len = server.len < LONGEST ? server.len : LONGEST;
    for (size_t i = 0; i < len; i++) {
        bool fine = is_name_byte(server.ptr[i]) && !(i == 0 && server.ptr[i] == '.');
        name[i] = fine ? server.ptr[i] : '_';
    }
    name[len] = '\0';
    if (len == 0) {
        strcpy(name, "server");
    }
    return name;
}

static char *kept_path(const char *folder, const char *name)
{
    char file[300];
    snprintf(file, sizeof file, "%s.json", name);
    return file_join(folder, file);
}

int assess_run_keep(const struct inventory *inventory, char **ret_name, struct error *err)
{
    struct buf document;
    _cleanup_free_ char *folder = kept_folder(), *name = make_name(inventory->name);
    _cleanup_free_ char *path = kept_path(folder, name), *last = kept_path(folder, "last");
    buf_init(&document, LIMIT_INVENTORY);
    inventory_write(inventory, &document);
    int result = file_make_folders(folder, err);
    if (result == 0) {
        result = file_write(path, 0600, buf_view(&document), err);
    }
    if (result == 0) {
        result = file_write(last, 0600, buf_view(&document), err);
    }
    if (result == 0) {
        *ret_name = name;
        name = NULL;
    }
    buf_done(&document);
    return result;
}

static int is_kept(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && str_ends(str_from(entry->d_name), STR(".json"));
}

/* Says that there is no such inventory, and which there are. */
static int refuse_name(const char *word, const char *folder)
{
    enum { MOST = 8 };
    struct dirent **entries = NULL;
    struct buf names;
    buf_init(&names, 4096);
    int count = scandir(folder, &entries, is_kept, alphasort);
    for (int i = 0; i < count; i++) {
        if (i < MOST) {
            struct str name = str_from(entries[i]->d_name);
            buf_put_text(&names, i > 0 ? ", " : "");
            buf_put_str(&names, str_sub(name, 0, name.len - STR(".json").len));
        }
        free(entries[i]);
    }
    free(entries);
    if (count > 0) {
        cli_warn("%s: no such file, and no kept scan of that name; kept are %s%s", word,
                 buf_text(&names), count > MOST ? ", ..." : "");
    } else {
        cli_warn("%s: no such file, and no scan is kept; `assay scan` keeps one", word);
    }
    buf_done(&names);
    return CLI_FAILED;
}

static bool is_name(const char *word)
{
    return strchr(word, '/') == NULL && word[0] != '.' && strlen(word) < 200;
}

int assess_run_read(const char *word, struct inventory *inventory)
{
    struct error err = ERROR_INIT;
    struct buf document;
    _cleanup_free_ char *folder = kept_folder(), *kept = NULL;
    const char *path = word;
    if (strcmp(word, "-") != 0 && !file_exists(word)) {
        kept = is_name(word) ? kept_path(folder, word) : NULL;
        path = kept;
        if (kept == NULL || !file_exists(kept)) {
            return refuse_name(word, folder);
        }
    }
    buf_init(&document, LIMIT_INVENTORY);
    int result = file_read(path, &document, &err);
    if (result == 0) {
        result = import_read(buf_view(&document), inventory, &err);
    }
    buf_done(&document);
    if (result < 0) {
        error_add_where(&err, strcmp(path, "-") == 0 ? "standard input" : path);
        return cli_fail(&err);
    }
    return CLI_DONE;
}
