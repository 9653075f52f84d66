/* Each act is tried by a child in a sandbox of its own, as the kernel sees it. */
#include "../unit.h"

#include "process/landlock.h"
#include "process/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* How a child ended: KILLED, or the errno of what it tried, 0 when that worked. */
enum { KILLED = 1000, NOT_ENTERED = 1001 };

static char folder[] = "/tmp/assay-sandbox-XXXXXX";
static char inside[64], outside[] = "/etc/passwd";

/* Acts return -1 with errno, or 0. */
static int open_file(void)
{
    return open(outside, O_RDONLY);
}

static int make_file(void)
{
    return open(inside, O_WRONLY | O_CREAT, 0600);
}

static int connect_to(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return fd < 0 ? -1 : connect(fd, (struct sockaddr *)&address, sizeof address);
}

static int connect_open(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9)};
    return connect(0, (struct sockaddr *)&address, sizeof address);
}

static int bind_open(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    return bind(0, (struct sockaddr *)&address, sizeof address);
}

static int send_elsewhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9)};
    return (int)sendto(0, "x", 1, 0, (struct sockaddr *)&address, sizeof address);
}

static int make_local(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0);
}

static int make_netlink(void)
{
    return socket(AF_NETLINK, SOCK_RAW, 0);
}

static int make_raw(void)
{
    return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

static int run_program(void)
{
    return execl("/bin/true", "true", (char *)NULL);
}

static int make_process(void)
{
    pid_t child = fork();
    if (child == 0) {
        _exit(0);
    }
    return child;
}

static void *do_nothing(void *nothing)
{
    return nothing;
}

static int make_thread(void)
{
    pthread_t thread;
    errno = pthread_create(&thread, NULL, do_nothing, NULL);
    return errno == 0 ? pthread_join(thread, NULL) : -1;
}

static int trace(void)
{
    return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static int send_signal(void)
{
    return kill(getppid(), 0);
}

static int read_other_memory(void)
{
    return (int)syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0);
}

static int map_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
               ? -1
               : 0;
}

static int turn_to_code(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static int become_dumpable(void)
{
    return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static int raise_limit(void)
{
    struct rlimit limit = {64, 64};
    return setrlimit(RLIMIT_NOFILE, &limit);
}

static int change_user(void)
{
    return setuid(65534);
}

static int type_into_terminal(void)
{
    return (int)syscall(SYS_ioctl, 0, 0x5412 /* TIOCSTI */, "x");
}

static int make_pair(void)
{
    int pair[2];
    return socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
}

static int look_at_file(void)
{
    struct stat status;
    return stat(outside, &status);
}

static int allocate(void)
{
    char *bytes = malloc(1 << 20);
    if (bytes != NULL) {
        memset(bytes, 1, 1 << 20);
    }
    free(bytes);
    return bytes != NULL ? 0 : -1;
}

static int write_out(void)
{
    return write(STDOUT_FILENO, "", 0) < 0 ? -1 : 0;
}

/* Runs an act in a profile. Standard input of the child is an unconnected socket. */
static int try_act(const struct sandbox_profile *profile, const struct sandbox_paths *paths,
                   int (*act)(void))
{
    int status;
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct sandbox_state state;
        struct error err = ERROR_INIT;
        int sock = socket(AF_INET, SOCK_DGRAM, 0);
        dup2(sock, 0);
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* no core of what is killed */
        if (sandbox_enter(profile, paths, false, &state, &err) < 0 || !state.seccomp) {
            _exit(254);
        }
        _exit(act() >= 0 ? 0 : errno);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) {
        return WTERMSIG(status) == SIGSYS ? KILLED : -WTERMSIG(status);
    }
    return WEXITSTATUS(status) == 254 ? NOT_ENTERED : WEXITSTATUS(status);
}

struct attempt {
    const char *what;
    int (*act)(void);
    int worker, jump, ticket, builder, fetcher; /* what comes of it in each profile */
};

static const struct attempt attempts[] = {
    {"open a file", open_file, EACCES, EACCES, EACCES, EACCES, EACCES},
    {"make a file in its folder", make_file, EACCES, EACCES, EACCES, 0, 0},
    {"make a socket and connect", connect_to, EACCES, EACCES, EACCES, EACCES, ECONNREFUSED},
    {"connect an open socket", connect_open, KILLED, KILLED, KILLED, EPERM, 0},
    {"bind an open socket", bind_open, KILLED, KILLED, KILLED, EPERM, EPERM},
    {"send to an address", send_elsewhere, KILLED, KILLED, KILLED, EPERM, EPERM},
    {"make a local socket", make_local, EACCES, EACCES, EACCES, EACCES, EPERM},
    {"make a socket of the kernel's", make_netlink, EACCES, EACCES, EACCES, EACCES, EPERM},
    {"make a raw socket", make_raw, EACCES, EACCES, EACCES, EACCES, EPERM},
    {"run a program", run_program, KILLED, KILLED, KILLED, EPERM, EPERM},
    {"make a process", make_process, KILLED, KILLED, KILLED, EPERM, EPERM},
    {"make a thread", make_thread, KILLED, KILLED, KILLED, 0, 0},
    {"trace", trace, KILLED, KILLED, KILLED, EPERM, EPERM},
    {"signal another process", send_signal, KILLED, KILLED, KILLED, EPERM, EPERM},
    {"read another's memory", read_other_memory, KILLED, KILLED, KILLED, EPERM, EPERM},
    {"map memory to execute", map_code, KILLED, KILLED, KILLED, EPERM, EPERM},
    {"make memory executable", turn_to_code, KILLED, KILLED, KILLED, EPERM, EPERM},
    {"become dumpable", become_dumpable, KILLED, KILLED, KILLED, EPERM, EPERM},
    {"raise a limit", raise_limit, KILLED, KILLED, KILLED, EPERM, EPERM},
    {"change the user", change_user, KILLED, KILLED, KILLED, EPERM, EPERM},
    {"type into a terminal", type_into_terminal, KILLED, KILLED, KILLED, EPERM, EPERM},
    {"make a pair of sockets", make_pair, KILLED, 0, 0, EPERM, 0},
    {"look at a file", look_at_file, EACCES, EACCES, 0, 0, 0},
    {"take memory", allocate, 0, 0, 0, 0, 0},
    {"write", write_out, 0, 0, 0, 0, 0},
};

static void keeps_and_forbids(void **state)
{
    const char *const folders[] = {folder, NULL};
    const struct sandbox_paths paths = {.write = folders};
    (void)state;
    if (landlock_version() == 0) {
        skip();
    }
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        const struct attempt *attempt = &attempts[i];
        const struct {
            const struct sandbox_profile *profile;
            int expected;
        } rows[] = {{&sandbox_worker, attempt->worker},
                    {&sandbox_worker_jump, attempt->jump},
                    {&sandbox_worker_ticket, attempt->ticket},
                    {&sandbox_builder, attempt->builder},
                    {&sandbox_fetcher, attempt->fetcher}};
        for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
            bool has_folder = rows[n].profile->groups & SANDBOX_CHANGE;
            int got = try_act(rows[n].profile, has_folder ? &paths : NULL, attempt->act);
            if (got != rows[n].expected) {
                print_error("%s, %s: %d, expected %d\n", rows[n].profile->name, attempt->what, got,
                            rows[n].expected);
                fail();
            }
        }
    }
}

/* A fetcher that copies has no use for a network. */
static void connects_only_to_download(void **state)
{
    const char *const folders[] = {folder, NULL};
    const struct sandbox_paths paths = {.write = folders};
    (void)state;
    if (landlock_version() == 0) {
        skip();
    }
    assert_int_equal(try_act(&sandbox_fetcher_copy, &paths, connect_to), EACCES);
    assert_int_equal(try_act(&sandbox_fetcher_copy, &paths, make_file), 0);
    assert_int_equal(try_act(&sandbox_fetcher_copy, &paths, open_file), EACCES);
}

/* What of CAP_DAC_OVERRIDE, CAP_NET_ADMIN and CAP_SETUID is left, as bits; 8: not dropped. */
static int capabilities_left(void)
{
    struct error err = ERROR_INIT;
    char line[128];
    unsigned long long held = 0;
    int left = 0;
    if (sandbox_drop_capabilities(&err) < 0) {
        return 8;
    }
    FILE *stream = fopen("/proc/self/status", "re");
    while (stream != NULL && fgets(line, sizeof line, stream) != NULL) {
        unsigned long long bits;
        if (sscanf(line, "CapPrm: %llx", &bits) == 1 || sscanf(line, "CapEff: %llx", &bits) == 1 ||
            sscanf(line, "CapBnd: %llx", &bits) == 1) {
            held |= bits;
        }
    }
    left |= held & 1ull << 1 ? 1 : 0;
    left |= held & 1ull << 12 ? 2 : 0;
    left |= held & 1ull << 7 ? 4 : 0;
    return left;
}

static void drops_what_root_may(void **state)
{
    int status;
    (void)state;
    if (geteuid() != 0) {
        skip();
    }
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        _exit(capabilities_left());
    }
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status) & ~1, 0);
}

/* A filter that stands for a kernel without seccomp and landlock: asking for them fails. */
static void pretend_old_kernel(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset), 0);
    seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1,
                     SCMP_CMP(0, SCMP_CMP_EQ, PR_GET_SECCOMP));
    assert_int_equal(seccomp_load(filter), 0);
    seccomp_release(filter);
}

static int enter_on_old_kernel(bool optional)
{
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct sandbox_state state;
        struct error err = ERROR_INIT;
        pretend_old_kernel();
        int result = sandbox_enter(&sandbox_worker, NULL, optional, &state, &err);
        _exit(result == ERR_UNSUPPORTED                          ? 1
              : result == 0 && !state.seccomp && !state.landlock ? 2
                                                                 : 3);
    }
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

static void refuses_an_old_kernel_unless_told(void **state)
{
    (void)state;
    assert_int_equal(enter_on_old_kernel(false), 1);
    assert_int_equal(enter_on_old_kernel(true), 2);
}

static void names_a_missing_path(void **state)
{
    const char *const missing[] = {"/nonexistent/folder", NULL};
    const struct sandbox_paths paths = {.read = missing};
    (void)state;
    if (landlock_version() == 0) {
        skip();
    }
    assert_int_equal(try_act(&sandbox_builder, &paths, write_out), NOT_ENTERED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_and_forbids),    cmocka_unit_test(connects_only_to_download),
        cmocka_unit_test(drops_what_root_may),  cmocka_unit_test(refuses_an_old_kernel_unless_told),
        cmocka_unit_test(names_a_missing_path),
    };
    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    snprintf(inside, sizeof inside, "%s/made", folder);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(inside);
    rmdir(folder);
    return failed;
}
