#include "roles/worker_rights.h"

#include "base/file.h"
#include "base/memory.h"
#include "process/process.h"
#include "process/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Descriptors that it may have at once: its own, the clock's and what Kerberos opens. */
enum { OPEN_FILES = 32, GRACE_SECONDS = 5 };

int worker_read_all(int fd, struct buf *out, struct error *err)
{
    int result = 0;
    for (;;) {
        char bytes[4096];
        ssize_t got = read(fd, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            result = got < 0 ? error_set_errno(err, "descriptor %d", fd) : 0;
            break;
        }
        buf_put(out, bytes, (size_t)got);
        if (out->overflow) {
            result = error_set(err, ERR_LIMIT, "longer than %zu bytes", out->ceiling);
            break;
        }
    }
    close(fd);
    return result;
}

static int become(uint32_t uid, uint32_t gid, struct error *err)
{
    if (geteuid() != 0 || uid == 0) {
        return 0;
    }
    if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0) {
        return error_set_errno(err, "become user %u", uid);
    }
    return 0;
}

int worker_drop_rights(const struct job *job, struct error *err)
{
    const struct {
        int resource;
        rlim_t value;
    } limits[] = {
        {RLIMIT_DATA, sandbox_sanitized() ? RLIM_INFINITY : job->memory},
        {RLIMIT_NOFILE, OPEN_FILES},
        {RLIMIT_FSIZE, 0},
        {RLIMIT_CORE, 0},
        {RLIMIT_NPROC, 0},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct rlimit limit = {limits[i].value, limits[i].value};
        if (setrlimit((__rlimit_resource_t)limits[i].resource, &limit) < 0) {
            return error_set_errno(err, "limit %d", limits[i].resource);
        }
    }
    alarm(job->seconds + GRACE_SECONDS);
    int result = become(job->uid, job->gid, err);
    /* After the change of the account, which sets it again. */
    if (result == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) {
        result = error_set_errno(err, "dumpable");
    }
    return result;
}

int worker_close_others(bool keep_agent, int kept, struct error *err)
{
    unsigned last = keep_agent ? WORKER_FD_AGENT : WORKER_FD_SOCKET;
    close(WORKER_FD_JOB);
    if (keep_agent) {
        close(WORKER_FD_CREDENTIAL);
    }
    int result = 0;
    if (kept < 0) {
        result = close_range(last + 1, ~0u, 0);
    } else {
        result = kept > (int)last + 1 ? close_range(last + 1, (unsigned)kept - 1, 0) : 0;
        result = result == 0 ? close_range((unsigned)kept + 1, ~0u, 0) : result;
    }
    return result == 0 ? 0 : error_set_errno(err, "close descriptors");
}

int worker_configure_kerberos(struct error *err)
{
    const char *machine = getenv("KRB5_CONFIG");
    _cleanup_free_ char *folder = process_share_folder(err);
    if (folder == NULL) {
        return ERR_NOT_FOUND;
    }
    _cleanup_free_ char *own = file_join(folder, "kerberos.conf");
    char both[4096];
    int len = snprintf(both, sizeof both, "%s:%s", own,
                       machine != NULL && *machine ? machine : "/etc/krb5.conf");
    if (len < 0 || (size_t)len >= sizeof both || setenv("KRB5_CONFIG", both, 1) < 0) {
        return error_set(err, ERR_LIMIT, "the path of Kerberos' configuration is too long");
    }
    return 0;
}
