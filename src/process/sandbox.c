#include "process/sandbox.h"

#include "process/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

#define WORKER_GROUPS (SANDBOX_MEMORY | SANDBOX_STREAMS | SANDBOX_SOCKETS)

const struct sandbox_profile sandbox_worker = {.name = "worker", .groups = WORKER_GROUPS};
const struct sandbox_profile sandbox_worker_jump = {"worker with a jump host",
                                                    WORKER_GROUPS | SANDBOX_PAIR};
const struct sandbox_profile sandbox_worker_ticket = {"worker with Kerberos",
                                                      WORKER_GROUPS | SANDBOX_PAIR | SANDBOX_LOOK};
const struct sandbox_profile sandbox_importer = {"importer", SANDBOX_MEMORY | SANDBOX_STREAMS};
const struct sandbox_profile sandbox_vault = {
    "vault", SANDBOX_MEMORY | SANDBOX_STREAMS | SANDBOX_SOCKETS | SANDBOX_FILES | SANDBOX_LOOK |
                 SANDBOX_CHANGE | SANDBOX_LOCK};
const struct sandbox_profile sandbox_builder = {
    .name = "builder",
    .groups = SANDBOX_MEMORY | SANDBOX_STREAMS | SANDBOX_FILES | SANDBOX_LOOK | SANDBOX_CHANGE |
              SANDBOX_THREADS,
    .refuses = true,
};

#define COPY_GROUPS                                                                                \
    (SANDBOX_MEMORY | SANDBOX_STREAMS | SANDBOX_FILES | SANDBOX_LOOK | SANDBOX_CHANGE)
const struct sandbox_profile sandbox_fetcher_copy = {
    .name = "fetcher that copies", .groups = COPY_GROUPS, .refuses = true};
/* Names are looked up by a thread of libcurl's. */
const struct sandbox_profile sandbox_fetcher = {
    .name = "fetcher",
    .groups = COPY_GROUPS | SANDBOX_THREADS | SANDBOX_SOCKETS | SANDBOX_PAIR | SANDBOX_CONNECT,
    .refuses = true,
};

/* A call that a group keeps whatever its arguments are. */
struct plain_call {
    unsigned group;
    int number;
};

static const struct plain_call plain_calls[] = {
    {SANDBOX_MEMORY, SCMP_SYS(brk)},
    {SANDBOX_MEMORY, SCMP_SYS(munmap)},
    {SANDBOX_MEMORY, SCMP_SYS(mremap)},
    {SANDBOX_MEMORY, SCMP_SYS(madvise)},
    {SANDBOX_MEMORY, SCMP_SYS(mlock)},
    {SANDBOX_MEMORY, SCMP_SYS(munlock)},
    {SANDBOX_MEMORY, SCMP_SYS(futex)},
    {SANDBOX_MEMORY, SCMP_SYS(getrandom)},
    {SANDBOX_MEMORY, SCMP_SYS(clock_gettime)},
    {SANDBOX_MEMORY, SCMP_SYS(clock_nanosleep)},
    {SANDBOX_MEMORY, SCMP_SYS(nanosleep)},
    {SANDBOX_MEMORY, SCMP_SYS(gettimeofday)},
    {SANDBOX_MEMORY, SCMP_SYS(time)},
    {SANDBOX_MEMORY, SCMP_SYS(getrusage)},
    {SANDBOX_MEMORY, SCMP_SYS(sysinfo)}, /* qsort merges where it knows that memory is enough */
    {SANDBOX_MEMORY, SCMP_SYS(getpid)},
    {SANDBOX_MEMORY, SCMP_SYS(gettid)},
    {SANDBOX_MEMORY, SCMP_SYS(getuid)},
    {SANDBOX_MEMORY, SCMP_SYS(geteuid)},
    {SANDBOX_MEMORY, SCMP_SYS(getgid)},
    {SANDBOX_MEMORY, SCMP_SYS(getegid)},
    {SANDBOX_MEMORY, SCMP_SYS(rt_sigaction)},
    {SANDBOX_MEMORY, SCMP_SYS(rt_sigprocmask)},
    {SANDBOX_MEMORY, SCMP_SYS(rt_sigreturn)},
    {SANDBOX_MEMORY, SCMP_SYS(restart_syscall)},
    {SANDBOX_MEMORY, SCMP_SYS(sched_yield)},
    {SANDBOX_MEMORY, SCMP_SYS(exit)},
    {SANDBOX_MEMORY, SCMP_SYS(exit_group)},
    {SANDBOX_STREAMS, SCMP_SYS(read)},
    {SANDBOX_STREAMS, SCMP_SYS(readv)},
    {SANDBOX_STREAMS, SCMP_SYS(write)},
    {SANDBOX_STREAMS, SCMP_SYS(writev)},
    {SANDBOX_STREAMS, SCMP_SYS(close)},
    {SANDBOX_STREAMS, SCMP_SYS(lseek)},
    {SANDBOX_STREAMS, SCMP_SYS(fstat)},
    {SANDBOX_STREAMS, SCMP_SYS(poll)},
    {SANDBOX_STREAMS, SCMP_SYS(ppoll)},
    {SANDBOX_SOCKETS, SCMP_SYS(recvfrom)},
    {SANDBOX_SOCKETS, SCMP_SYS(recvmsg)},
    {SANDBOX_SOCKETS, SCMP_SYS(shutdown)},
    {SANDBOX_SOCKETS, SCMP_SYS(getsockopt)},
    {SANDBOX_SOCKETS, SCMP_SYS(getsockname)},
    {SANDBOX_SOCKETS, SCMP_SYS(getpeername)},
    {SANDBOX_FILES, SCMP_SYS(open)},
    {SANDBOX_FILES, SCMP_SYS(openat)},
    {SANDBOX_FILES, SCMP_SYS(getdents64)},
    {SANDBOX_FILES, SCMP_SYS(pread64)},
    {SANDBOX_LOOK, SCMP_SYS(stat)},
    {SANDBOX_LOOK, SCMP_SYS(lstat)},
    {SANDBOX_LOOK, SCMP_SYS(newfstatat)},
    {SANDBOX_LOOK, SCMP_SYS(statx)},
    {SANDBOX_LOOK, SCMP_SYS(access)},
    {SANDBOX_LOOK, SCMP_SYS(faccessat)},
    {SANDBOX_LOOK, SCMP_SYS(faccessat2)},
    {SANDBOX_LOOK, SCMP_SYS(readlink)},
    {SANDBOX_LOOK, SCMP_SYS(readlinkat)},
    {SANDBOX_LOOK, SCMP_SYS(uname)},
    {SANDBOX_CHANGE, SCMP_SYS(pwrite64)},
    {SANDBOX_CHANGE, SCMP_SYS(ftruncate)},
    {SANDBOX_CHANGE, SCMP_SYS(fallocate)},
    {SANDBOX_CHANGE, SCMP_SYS(fsync)},
    {SANDBOX_CHANGE, SCMP_SYS(fdatasync)},
    {SANDBOX_CHANGE, SCMP_SYS(sync_file_range)},
    {SANDBOX_CHANGE, SCMP_SYS(fchmod)},
    {SANDBOX_CHANGE, SCMP_SYS(mkdir)},
    {SANDBOX_CHANGE, SCMP_SYS(mkdirat)},
    {SANDBOX_CHANGE, SCMP_SYS(linkat)},
    {SANDBOX_CHANGE, SCMP_SYS(rename)},
    {SANDBOX_CHANGE, SCMP_SYS(renameat)},
    {SANDBOX_CHANGE, SCMP_SYS(renameat2)},
    {SANDBOX_CHANGE, SCMP_SYS(unlink)},
    {SANDBOX_CHANGE, SCMP_SYS(unlinkat)},
    {SANDBOX_CHANGE, SCMP_SYS(rmdir)},
    {SANDBOX_CHANGE, SCMP_SYS(umask)},
    {SANDBOX_LOCK, SCMP_SYS(flock)},
    {SANDBOX_THREADS, SCMP_SYS(set_robust_list)},
    {SANDBOX_THREADS, SCMP_SYS(rseq)},
    {SANDBOX_THREADS, SCMP_SYS(sched_getaffinity)},
    {SANDBOX_THREADS, SCMP_SYS(sched_setaffinity)},
    {SANDBOX_THREADS, SCMP_SYS(membarrier)},
    {SANDBOX_CONNECT, SCMP_SYS(connect)},
    {SANDBOX_CONNECT, SCMP_SYS(sendmmsg)},
    {SANDBOX_CONNECT, SCMP_SYS(pipe2)},
    {SANDBOX_CONNECT, SCMP_SYS(eventfd2)},
    {SANDBOX_SANITIZER, SCMP_SYS(sigaltstack)},
    {SANDBOX_SANITIZER, SCMP_SYS(sched_getaffinity)},
    {SANDBOX_SANITIZER, SCMP_SYS(readlink)},
    {SANDBOX_SANITIZER, SCMP_SYS(prlimit64)},
};

/* Calls that libraries try and do without: refused with an error instead of the end. */
struct refused_call {
    unsigned unless; /* group that keeps the call */
    int number, error;
};

static const struct refused_call refused_calls[] = {
    {SANDBOX_FILES, SCMP_SYS(open), EACCES},
    {SANDBOX_FILES, SCMP_SYS(openat), EACCES},
    {SANDBOX_LOOK, SCMP_SYS(access), EACCES},
    {SANDBOX_LOOK, SCMP_SYS(stat), EACCES},
    {SANDBOX_LOOK, SCMP_SYS(newfstatat), EACCES},
    {SANDBOX_LOOK, SCMP_SYS(readlink), EACCES},
    {SANDBOX_LOOK, SCMP_SYS(uname), EPERM},
    {SANDBOX_CONNECT, SCMP_SYS(socket), EACCES},
    {SANDBOX_THREADS, SCMP_SYS(sched_getaffinity), EPERM},
    /* The C library then makes threads by clone, whose flags can be looked at. */
    {0, SCMP_SYS(clone3), ENOSYS},
};

/* A call that a group keeps for certain arguments. */
struct narrow_call {
    unsigned group;
    int number;
    struct scmp_arg_cmp argument;
};

#define ARGUMENT(index, how, ...) SCMP_CMP(index, how, __VA_ARGS__)

static int add_narrow(scmp_filter_ctx filter, unsigned groups)
{
    const struct narrow_call calls[] = {
        {SANDBOX_MEMORY, SCMP_SYS(mmap), ARGUMENT(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
        {SANDBOX_MEMORY, SCMP_SYS(mprotect), ARGUMENT(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
        {SANDBOX_MEMORY, SCMP_SYS(tgkill), ARGUMENT(0, SCMP_CMP_EQ, (scmp_datum_t)getpid())},
        {SANDBOX_STREAMS, SCMP_SYS(fcntl), ARGUMENT(1, SCMP_CMP_EQ, F_GETFL)},
        {SANDBOX_STREAMS, SCMP_SYS(fcntl), ARGUMENT(1, SCMP_CMP_EQ, F_SETFL)},
        {SANDBOX_STREAMS, SCMP_SYS(fcntl), ARGUMENT(1, SCMP_CMP_EQ, F_GETFD)},
        {SANDBOX_STREAMS, SCMP_SYS(fcntl), ARGUMENT(1, SCMP_CMP_EQ, F_SETFD)},
        {SANDBOX_STREAMS, SCMP_SYS(fcntl), ARGUMENT(1, SCMP_CMP_EQ, F_DUPFD_CLOEXEC)},
        {SANDBOX_STREAMS, SCMP_SYS(ioctl), ARGUMENT(1, SCMP_CMP_EQ, FIONREAD)},
        {SANDBOX_STREAMS, SCMP_SYS(ioctl), ARGUMENT(1, SCMP_CMP_EQ, FIONBIO)},
        {SANDBOX_STREAMS, SCMP_SYS(ioctl), ARGUMENT(1, SCMP_CMP_EQ, TCGETS)},
        /* Without an address: over what is connected. */
        {SANDBOX_SOCKETS, SCMP_SYS(sendto), ARGUMENT(4, SCMP_CMP_EQ, 0)},
        {SANDBOX_SOCKETS, SCMP_SYS(setsockopt), ARGUMENT(1, SCMP_CMP_EQ, 6 /* IPPROTO_TCP */)},
        {SANDBOX_PAIR, SCMP_SYS(socketpair), ARGUMENT(0, SCMP_CMP_EQ, AF_UNIX)},
        /* The times of what is open. */
        {SANDBOX_CHANGE, SCMP_SYS(utimensat), ARGUMENT(1, SCMP_CMP_EQ, 0)},
        {SANDBOX_CONNECT, SCMP_SYS(setsockopt), ARGUMENT(1, SCMP_CMP_EQ, SOL_SOCKET)},
        {SANDBOX_CONNECT, SCMP_SYS(setsockopt), ARGUMENT(1, SCMP_CMP_EQ, 0 /* IPPROTO_IP */)},
        {SANDBOX_CONNECT, SCMP_SYS(setsockopt), ARGUMENT(1, SCMP_CMP_EQ, 41 /* IPPROTO_IPV6 */)},
        {SANDBOX_THREADS, SCMP_SYS(clone),
         ARGUMENT(0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)},
    };
    int result = 0;
    for (size_t i = 0; result == 0 && i < sizeof calls / sizeof *calls; i++) {
        if (groups & calls[i].group) {
            result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, calls[i].number, 1,
                                            &calls[i].argument);
        }
    }
    return result;
}

/* TCP and UDP: neither raw ones nor those of this machine's services or of the kernel. */
static int add_sockets(scmp_filter_ctx filter)
{
    static const unsigned families[] = {AF_INET, AF_INET6}, kinds[] = {SOCK_STREAM, SOCK_DGRAM};
    int result = 0;
    for (unsigned i = 0; i < 4 && result == 0; i++) {
        const struct scmp_arg_cmp wanted[] = {
            ARGUMENT(0, SCMP_CMP_EQ, families[i / 2]),
            ARGUMENT(1, SCMP_CMP_MASKED_EQ, 0xf, kinds[i % 2]),
        };
        result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2, wanted);
    }
    return result;
}

static int add_rules(scmp_filter_ctx filter, unsigned groups, bool refuses)
{
    int result = add_narrow(filter, groups);
    if (result == 0 && (groups & SANDBOX_CONNECT)) {
        result = add_sockets(filter);
    }
    for (size_t i = 0; result == 0 && i < sizeof plain_calls / sizeof *plain_calls; i++) {
        if (groups & plain_calls[i].group) {
            result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, plain_calls[i].number, 0, NULL);
        }
    }
    for (size_t i = 0; result == 0 && i < sizeof refused_calls / sizeof *refused_calls; i++) {
        const struct refused_call *call = &refused_calls[i];
        bool kept_by_sanitizer =
            (groups & SANDBOX_SANITIZER) &&
            (call->number == SCMP_SYS(readlink) || call->number == SCMP_SYS(sched_getaffinity));
        /* A rule that says what is done anyway is not taken. */
        bool is_default = refuses && call->error == EPERM;
        if (!(groups & call->unless) && !kept_by_sanitizer && !is_default) {
            result = seccomp_rule_add_array(filter, SCMP_ACT_ERRNO((uint32_t)call->error),
                                            call->number, 0, NULL);
        }
    }
    return result;
}

bool sandbox_sanitized(void)
{
    return SANITIZED;
}

/* Whether the kernel takes filters at all. */
static bool has_seccomp(void)
{
    return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0 && seccomp_api_get() >= 2;
}

static int enter_seccomp(const struct sandbox_profile *profile, struct error *err)
{
    unsigned groups = profile->groups | (SANITIZED ? SANDBOX_SANITIZER : 0);
    scmp_filter_ctx filter =
        seccomp_init(profile->refuses ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS);
    int result = filter == NULL ? -ENOMEM : add_rules(filter, groups, profile->refuses);
    if (result == 0) {
        result = seccomp_load(filter);
    }
    seccomp_release(filter);
    if (result < 0) {
        errno = -result;
        return error_set_errno(err, "system call filter of the %s", profile->name);
    }
    return 0;
}

int sandbox_enter(const struct sandbox_profile *profile, const struct sandbox_paths *paths,
                  bool optional, struct sandbox_state *ret, struct error *err)
{
    struct sandbox_state state = {.seccomp = has_seccomp(), .landlock = landlock_version()};
    int result;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
        return error_set_errno(err, "no_new_privs");
    }
    if (!state.seccomp && state.landlock == 0 && !optional) {
        return error_set(err, ERR_UNSUPPORTED, "this kernel has neither seccomp nor landlock");
    }
    if (state.landlock > 0 &&
        (result = landlock_enter(state.landlock, paths, profile->groups & SANDBOX_CONNECT, err)) <
            0) {
        return result;
    }
    if (state.seccomp && (result = enter_seccomp(profile, err)) < 0) {
        return result;
    }
    *ret = state;
    return 0;
}
