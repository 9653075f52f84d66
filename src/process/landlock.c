#include "process/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's headers may be older than the kernel: landlock(7) fixes these numbers. */
struct ruleset {
    uint64_t files, network, scope;
};

enum {
    FILES_1 = (1 << 13) - 1, /* execute, write, read, read a folder, remove, make */
    FILES_REFER = 1 << 13,
    FILES_TRUNCATE = 1 << 14,
    FILES_IOCTL = 1 << 15,
    NETWORK_BIND = 1,
    NETWORK_CONNECT = 2,
    SCOPE_ALL = 3 /* abstract sockets, signals */
};

static struct ruleset make_ruleset(int version, bool connects)
{
    struct ruleset set = {.files = FILES_1};
    set.files |= version >= 2 ? FILES_REFER : 0;
    set.files |= version >= 3 ? FILES_TRUNCATE : 0;
    set.files |= version >= 5 ? FILES_IOCTL : 0;
    set.network = version >= 4 ? NETWORK_BIND | (connects ? 0 : NETWORK_CONNECT) : 0;
    set.scope = version >= 6 ? SCOPE_ALL : 0;
    return set;
}

static size_t ruleset_size(int version)
{
    return version >= 6 ? 24 : version >= 4 ? 16 : 8;
}

int landlock_version(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version > 0 ? (int)version : 0;
}

enum {
    READ_RIGHTS = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
    FILE_RIGHTS = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | FILES_TRUNCATE,
    WRITE_RIGHTS = READ_RIGHTS | FILE_RIGHTS | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                   LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_DIR |
                   LANDLOCK_ACCESS_FS_MAKE_REG | FILES_REFER
};

static int allow_path(int ruleset, const char *path, uint64_t rights, struct error *err)
{
    struct stat status;
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) < 0) {
        error_set_errno(err, "%s", path);
        if (fd >= 0) {
            close(fd);
        }
        return err->code;
    }
    struct landlock_path_beneath_attr rule = {
        .allowed_access = S_ISDIR(status.st_mode) ? rights : rights & FILE_RIGHTS,
        .parent_fd = fd,
    };
    long result = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    int saved = errno;
    close(fd);
    errno = saved;
    return result == 0 ? 0 : error_set_errno(err, "landlock rule for %s", path);
}

static int allow_paths(int ruleset, const char *const *paths, uint64_t rights, struct error *err)
{
    int result = 0;
    for (; paths != NULL && *paths != NULL && result == 0; paths++) {
        result = allow_path(ruleset, *paths, rights, err);
    }
    return result;
}

int landlock_enter(int version, const struct sandbox_paths *paths, bool connects, struct error *err)
{
    struct ruleset set = make_ruleset(version, connects);
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &set, ruleset_size(version), 0);
    if (ruleset < 0) {
        return error_set_errno(err, "landlock");
    }
    int result = 0;
    if (paths != NULL) {
        result = allow_paths(ruleset, paths->read, READ_RIGHTS & set.files, err);
        if (result == 0) {
            result = allow_paths(ruleset, paths->write, WRITE_RIGHTS & set.files, err);
        }
    }
    if (result == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) {
        result = error_set_errno(err, "landlock");
    }
    close(ruleset);
    return result;
}
