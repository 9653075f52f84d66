/* Inventories that `scan` keeps in the state folder, and finding one by its name. */
#include "inventory/kept.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "cli/assess_run.h"
#include "import/import.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *folder_of_kept(void)
{
    _cleanup_free_ char *state = cli_state_folder();
    return kept_folder(state);
}

int assess_run_keep(const struct inventory *inventory, char **ret_name, struct error *err)
{
    char name[KEPT_NAME_SIZE];
    _cleanup_free_ char *folder = folder_of_kept();
    kept_name(inventory->name, name);
    int result = cli_make_state_folder(err);
    if (result == 0) {
        result = kept_write(folder, str_from(name), inventory, err);
    }
    if (result == 0) {
        result = kept_write(folder, STR("last"), inventory, err);
    }
    if (result == 0) {
        *ret_name = mem_dup_text(name);
    }
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

/* What may not be looked at may be there: reading it says why it cannot be read. */
static bool may_exist(const char *path)
{
    errno = 0;
    return file_exists(path) || errno == EACCES;
}

int assess_run_read(const char *word, struct inventory *inventory)
{
    struct error err = ERROR_INIT;
    struct buf document;
    _cleanup_free_ char *folder = folder_of_kept(), *kept = NULL;
    const char *path = word;
    if (strcmp(word, "-") != 0 && !may_exist(word)) {
        kept = kept_is_name(str_from(word)) ? kept_path(folder, str_from(word)) : NULL;
        path = kept;
        if (kept == NULL || !may_exist(kept)) {
            return refuse_name(word, folder);
        }
    }
    buf_init(&document, LIMIT_INVENTORY);
    int result =
        kept == NULL ? file_read_given(path, &document, &err) : file_read(path, &document, &err);
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
