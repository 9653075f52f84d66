#include "inventory/kept.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LONGEST = 100 };

char *kept_folder(const char *state)
{
    return file_join(state, "inventories");
}

char *kept_path(const char *folder, struct str name)
{
    char file[300];
    snprintf(file, sizeof file, "%.*s.json", STR_ARG(str_sub(name, 0, 250)));
    return file_join(folder, file);
}

static bool is_name_byte(char c)
{
    return str_is_alpha(c) || str_is_digit(c) || c == '-' || c == '_' || c == '.';
}

const char *kept_name(struct str server, char out[KEPT_NAME_SIZE])
{
    size_t len = server.len < LONGEST ? server.len : LONGEST;
    for (size_t i = 0; i < len; i++) {
        bool fine = is_name_byte(server.ptr[i]) && !(i == 0 && server.ptr[i] == '.');
        out[i] = fine ? server.ptr[i] : '_';
    }
    out[len] = '\0';
    if (len == 0) {
        strcpy(out, "server");
    } else if (strcmp(out, "last") == 0) {
        strcpy(out, "last_"); /* the newest scan has that name */
    }
    return out;
}

bool kept_is_name(struct str word)
{
    return str_find_byte(word, '/') == SIZE_MAX && word.len > 0 && word.ptr[0] != '.' &&
           word.len < 200;
}

/* The names of servers are nobody else's business; an older version left them to be seen. */
static int make_folder(const char *folder, struct error *err)
{
    struct stat info;
    int result = file_make_folders(folder, err);
    if (result == 0 && stat(folder, &info) == 0 && info.st_uid == geteuid() &&
        (info.st_mode & 077) != 0 && chmod(folder, 0700) < 0) {
        result = error_set_errno(err, "%s: change its mode", folder);
    }
    return result;
}

int kept_write(const char *folder, struct str name, const struct inventory *inventory,
               struct error *err)
{
    struct buf document;
    _cleanup_free_ char *path = kept_path(folder, name);
    buf_init(&document, LIMIT_INVENTORY);
    inventory_write(inventory, &document);
    int result = document.overflow ? error_set(err, ERR_LIMIT,
                                               "%s: the inventory is larger than "
                                               "%zu bytes",
                                               path, LIMIT_INVENTORY)
                                   : make_folder(folder, err);
    if (result == 0) {
        result = file_write(path, 0600, buf_view(&document), err);
    }
    buf_done(&document);
    return result;
}

int kept_read(const char *folder, struct str name, struct inventory *inventory, struct error *err)
{
    struct buf document;
    _cleanup_free_ char *path = kept_path(folder, name);
    buf_init(&document, LIMIT_INVENTORY);
    int result = file_read(path, &document, err);
    if (result == 0) {
        result = inventory_read(buf_view(&document), inventory, err);
    }
    buf_done(&document);
    return result;
}

int kept_remove(const char *folder, struct str name, struct error *err)
{
    _cleanup_free_ char *path = kept_path(folder, name);
    return unlink(path) == 0 || errno == ENOENT ? 0 : error_set_errno(err, "%s", path);
}

/* NAME.json and the six letters of mkstemp behind a dot. */
static bool is_left_over(struct str name)
{
    enum { TAIL = 7 };
    return name.len > TAIL && name.ptr[name.len - TAIL] == '.' &&
           str_ends(str_sub(name, 0, name.len - TAIL), STR(".json"));
}

void kept_sweep(const char *folder)
{
    DIR *entries = opendir(folder);
    struct dirent *entry;
    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        if (is_left_over(str_from(entry->d_name))) {
            unlinkat(dirfd(entries), entry->d_name, 0);
        }
    }
    if (entries != NULL) {
        closedir(entries);
    }
}
