/* The state folder: where it is, and who may look into it. */
#include "base/file.h"
#include "base/memory.h"
#include "cli/cli.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of root's, others reach what they know the name of, which is the knowledge file; a user's is the
 * user's alone. Folders that were made before had OLD. */
enum { ROOT = 0711, USER = 0700, OLD = 0755 };

static const char *own_choice(void)
{
    const char *own = getenv("ASSAY_STATE");
    return own != NULL && *own != '\0' ? own : NULL;
}

char *cli_state_folder(void)
{
    const char *own = own_choice(), *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (own != NULL) {
        return mem_dup_text(own);
    }
    if (geteuid() == 0) {
        return mem_dup_text("/var/lib/assay");
    }
    if (xdg != NULL && xdg[0] == '/') {
        return file_join(xdg, "assay");
    }
    return file_join(home != NULL && *home != '\0' ? home : "/tmp", ".local/state/assay");
}

/* One that the user chose may be used for other things too: it stays as it is. */
static int narrow(const char *path, mode_t mode, struct error *err)
{
    struct stat info;
    if (own_choice() != NULL || stat(path, &info) < 0 || info.st_uid != geteuid() ||
        (info.st_mode & 07777) != OLD) {
        return 0;
    }
    return chmod(path, mode) == 0 ? 0 : error_set_errno(err, "%s: change its mode", path);
}

int cli_make_state_folder(struct error *err)
{
    mode_t mode = geteuid() == 0 ? ROOT : USER;
    _cleanup_free_ char *path = cli_state_folder(), *copy = mem_dup_text(path);
    if (file_exists(path)) {
        return narrow(path, mode, err);
    }
    int result = file_make_folders(dirname(copy), err);
    if (result == 0 && mkdir(path, mode) < 0 && errno != EEXIST) {
        result = error_set_errno(err, "%s: make the folder", path);
    }
    return result;
}
