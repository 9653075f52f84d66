#include "cli/cli.h"

#include "base/memory.h"
#include "process/process.h"

#include <unistd.h>

int cli_become(const char *role, char **argv)
{
    struct error err = ERROR_INIT;
    _cleanup_free_ char *path = process_role_path(role, &err);
    if (path == NULL) {
        return cli_fail(&err);
    }
    execv(path, argv);
    error_set_errno(&err, "start %s", path);
    return cli_fail(&err);
}
