/* Starting a worker with its job, its credentials and its connection. */
#include "engine/run.h"

#include "base/limits.h"
#include "process/child.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* Accounts of workers, without entries in /etc/passwd: 60578 to 61183 belong to nobody by the rules
 * of systemd (its page "Users, Groups, UIDs and GIDs"). 60599 is the resolver's. */
enum { FIRST_ACCOUNT = 60600 };
struct start {
    int job[2], credential[2], output[2], agent;
    uint64_t ids[2];
    unsigned id_count;
};

static void close_all(const int *fds, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
}

static int connect_agent(struct error *err)
{
    const char *path = getenv("SSH_AUTH_SOCK");
    struct sockaddr_un where = {.sun_family = AF_UNIX};
    if (path == NULL || strlen(path) >= sizeof where.sun_path) {
        return error_set(err, ERR_NOT_FOUND, "there is no SSH agent (SSH_AUTH_SOCK)");
    }
    strcpy(where.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&where, sizeof where) < 0) {
        close(fd);
        fd = -1;
    }
    return fd >= 0 ? fd : error_set_errno(err, "SSH agent at %s", path);
}

static int open_pipes(struct start *start, bool agent, struct error *err)
{
    *start = (struct start){{-1, -1}, {-1, -1}, {-1, -1}, -1, {0}, 0};
    if (pipe2(start->job, O_CLOEXEC) < 0 || pipe2(start->credential, O_CLOEXEC) < 0 ||
        pipe2(start->output, O_CLOEXEC) < 0) {
        return error_set_errno(err, "pipe to a worker");
    }
    if (agent) {
        start->agent = connect_agent(err);
        return start->agent < 0 ? start->agent : 0;
    }
    return 0;
}

static void end_start(struct start *start)
{
    close_all(start->job, 2);
    close_all(start->credential, 2);
    close_all(start->output, 2);
    close_all(&start->agent, 1);
}

/* The pinned keys of a host, as the job wants them. */
static int fill_hops(struct run *run, const struct slot *slot, struct arena *arena, struct job *job,
                     struct error *err)
{
    const struct source_settings *settings = run_settings(run, slot);
    const struct jump_host *jump = &run->jumps[run_entry(run, slot)->source_index];
    char name[TARGET_KEY_SIZE];
    job->target = (struct job_hop){
        .name = arena_str(arena, str_from(plan_name(&run->plan, slot->target, name))),
        .port = plan_port(&run->plan, slot->target),
        .user = settings->user,
        .first_use = settings->host_keys == HOST_KEYS_FIRST_USE,
        .credential = slot->has_account,
        .agent = settings->agent,
        .ticket = settings->kerberos,
    };
    int result = run_read_keys(run, slot, slot->key, arena, &job->target, err);
    job->has_jump = jump->host.len > 0;
    if (result < 0 || !job->has_jump) {
        return result;
    }
    job->jump = (struct job_hop){
        .name = jump->host,
        .port = jump->port,
        .user = jump->user.len > 0 ? jump->user : settings->user,
        .first_use = job->target.first_use,
        .credential = slot->has_jump_account,
        .agent = settings->agent,
        .ticket = settings->kerberos,
    };
    run_jump_key(jump, name);
    return run_read_keys(run, slot, name, arena, &job->jump, err);
}

static int write_job(struct run *run, const struct slot *slot, int fd, struct error *err)
{
    const struct source_settings *settings = run_settings(run, slot);
    struct arena arena;
    struct buf document;
    bool root = geteuid() == 0;
    struct job job = {
        .purpose = run->options->purpose,
        .legacy = settings->legacy,
        .sudo = settings->sudo,
        .deep = settings->deep || run->options->deep,
        .seconds = settings->seconds,
        .silence_seconds = settings->silence_seconds,
        .memory = (uint64_t)settings->memory_mb << 20,
        .sandbox_optional = run->options->without_sandbox,
        .uid = root ? FIRST_ACCOUNT + slot->place : 0,
        .gid = root ? FIRST_ACCOUNT + slot->place : 0,
    };
    arena_init(&arena);
    buf_init(&document, LIMIT_JOB);
    int result = fill_hops(run, slot, &arena, &job, err);
    if (result == 0) {
        job_write(&job, &document);
        /* A pipe takes 64 kB at once, and a job has no more. */
        ssize_t written = write(fd, document.data, document.len);
        if (document.overflow || written != (ssize_t)document.len) {
            result = error_set(err, ERR_LIMIT, "the job is larger than %zu bytes", LIMIT_JOB);
        }
    }
    buf_done(&document);
    arena_done(&arena);
    return result;
}

static int spawn(struct slot *slot, const struct start *start, struct error *err)
{
    static const char *const arguments[] = {NULL};
    int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
    struct child_fd fds[] = {{start->output[1], STDOUT_FILENO},
                             {quiet, STDERR_FILENO},
                             {start->job[0], WORKER_FD_JOB},
                             {slot->socket, WORKER_FD_SOCKET},
                             {start->credential[0], WORKER_FD_CREDENTIAL},
                             {start->agent, WORKER_FD_AGENT}};
    unsigned count = start->agent >= 0 ? 6 : 5;
    int result = child_start("worker", arguments, fds, count, &slot->pid, err);
    close(quiet);
    return result;
}

static void add_ids(const struct run *run, const struct slot *slot, struct start *start)
{
    if (slot->has_account) {
        start->ids[start->id_count++] = run->accounts.items[slot->account].credential->id;
    }
    if (slot->has_jump_account) {
        start->ids[start->id_count++] = run->accounts.items[slot->jump_account].credential->id;
    }
}

static bool needs_provider(const struct run *run, const struct slot *slot)
{
    const struct candidate own = {CANDIDATE_CREDENTIAL, slot->account};
    const struct candidate jump = {CANDIDATE_CREDENTIAL, slot->jump_account};
    return (slot->has_account && run_has_provider(run, &own)) ||
           (slot->has_jump_account && run_has_provider(run, &jump));
}

int run_launch(struct run *run, struct slot *slot, const char **ret_code, struct error *err)
{
    struct start start;
    bool agent = run_settings(run, slot)->agent;
    *ret_code = "INTERNAL";
    int result = open_pipes(&start, agent, err);
    if (result == 0) {
        result = write_job(run, slot, start.job[1], err);
    }
    if (result == 0) {
        result = spawn(slot, &start, err);
    }
    if (result == 0) {
        add_ids(run, slot, &start);
        if (start.id_count > 0 && needs_provider(run, slot)) {
            result = run_ask_vault(run, slot, start.ids, start.id_count, start.credential[1], err);
        } else if (start.id_count > 0) {
            result = run->vault->send(run->vault->context, start.ids, start.id_count,
                                      str_from(slot->key), start.credential[1], err);
            *ret_code = result == ERR_NETWORK ? "INTERNAL" : "CREDENTIAL-BAD";
        }
        if (result < 0) {
            kill(-slot->pid, SIGKILL);
            waitpid(slot->pid, NULL, 0);
        }
    }
    if (result == 0) {
        fcntl(start.output[0], F_SETFL, O_NONBLOCK);
        slot->output = start.output[0];
        start.output[0] = -1;
    }
    end_start(&start);
    return result;
}
