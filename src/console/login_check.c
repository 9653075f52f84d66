#include "console/login_check.h"

#include "base/file.h"
#include "base/limits.h"
#include "collect/job.h"
#include "process/child.h"
#include "process/message.h"
#include "json/json_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS = 60, SILENCE_SECONDS = 20, NOBODY = 65534 };

#define MEMORY ((uint64_t)256 << 20)

/* Ends of pipes: the worker's, ours. */
struct pipes {
    int job[2], credential[2], answer[2];
};

static void close_all(int *fds, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
}

static void pipes_done(struct pipes *pipes)
{
    close_all(pipes->job, 2);
    close_all(pipes->credential, 2);
    close_all(pipes->answer, 2);
}

static int pipes_init(struct pipes *pipes, struct error *err)
{
    *pipes = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}};
    if (pipe2(pipes->job, O_CLOEXEC) < 0 || pipe2(pipes->credential, O_CLOEXEC) < 0 ||
        pipe2(pipes->answer, O_CLOEXEC) < 0) {
        error_set_errno(err, "pipe to the worker");
        pipes_done(pipes);
        return ERR_IO;
    }
    return 0;
}

static void write_job(const struct login_check *check, struct buf *out)
{
    const struct str key = str_from(check->host_key);
    const uint32_t user = geteuid() == 0 ? NOBODY : 0;
    const struct job job = {
        .purpose = JOB_LOGIN,
        .target = {.name = str_from(check->target->host),
                   .port = check->target->port,
                   .host_keys = &key,
                   .host_key_count = check->host_key != NULL ? 1 : 0,
                   .credential = true,
                   .ticket = check->kerberos},
        .seconds = SECONDS,
        .silence_seconds = SILENCE_SECONDS,
        .memory = MEMORY,
        .sandbox_optional = check->sandbox_optional,
        .uid = user,
        .gid = user,
    };
    job_write(&job, out);
}

static int start(const struct login_check *check, struct pipes *pipes, pid_t *ret_pid,
                 struct error *err)
{
    static const char *const no_arguments[] = {NULL};
    /* Not the terminal: what a target has taken over must not write to it. */
    int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (quiet < 0) {
        return error_set_errno(err, "/dev/null");
    }
    const struct child_fd fds[] = {
        {quiet, STDERR_FILENO},
        {pipes->job[0], WORKER_FD_JOB},
        {check->socket, WORKER_FD_SOCKET},
        {pipes->credential[0], WORKER_FD_CREDENTIAL},
        {pipes->answer[1], STDOUT_FILENO},
    };
    int result = child_start("worker", no_arguments, fds, 5, ret_pid, err);
    close(quiet);
    close_all((int[]){pipes->job[0], pipes->credential[0], pipes->answer[1]}, 3);
    pipes->job[0] = pipes->credential[0] = pipes->answer[1] = -1;
    return result;
}

/* Both fit a pipe or are read at once: the worker reads the job, then the credential. */
static void feed(const struct login_check *check, struct pipes *pipes)
{
    struct buf job;
    buf_init(&job, LIMIT_JOB);
    write_job(check, &job);
    (void)file_write_all(pipes->job[1], job.data, job.len, NULL);
    buf_done(&job);
    close_all(&pipes->job[1], 1);
    (void)file_write_all(pipes->credential[1], check->form->ptr, check->form->len, NULL);
    close_all(&pipes->credential[1], 1);
    pipes->job[1] = pipes->credential[1] = -1;
}

/* What a worker says may come from a hostile target: a document of another form is passed over. */
static void take_message(const struct message *message, struct arena *arena,
                         struct login_answer *answer)
{
    struct json_document document;
    if (json_parse(message->body, LIMIT_JOB, arena, &document, NULL) < 0) {
        return;
    }
    struct json root = json_root(&document);
    switch (message->type) {
    case WORKER_HOST_KEY:
        answer->host_key_type = json_str(json_get(root, "type"));
        answer->fingerprint = json_str(json_get(root, "fingerprint"));
        answer->host_key_state = json_str(json_get(root, "state"));
        break;
    case WORKER_AUTHENTICATED:
        answer->method = json_str(json_get(root, "method"));
        break;
    case WORKER_FAILURE:
        answer->code = json_str(json_get(root, "code"));
        answer->message = json_str(json_get(root, "message"));
        break;
    default:
        break;
    }
    json_done(&document);
}

/* Reads until the worker is done. */
static int read_answers(int fd, struct arena *arena, struct login_answer *answer, struct error *err)
{
    struct message_reader reader;
    struct message message = {0};
    unsigned count = 0;
    int result = 0;
    message_reader_init(&reader, LIMIT_JOB);
    while (result == 0 && message.type != WORKER_DONE) {
        result = message_receive(&reader, fd, &message, err);
        if (result == 0 && ++count > LIMIT_WORKER_MESSAGES) {
            result = error_set(err, ERR_LIMIT, "messages without end");
        }
        if (result == 0) {
            take_message(&message, arena, answer);
        }
    }
    message_reader_done(&reader);
    return result;
}

static void reap(pid_t pid)
{
    kill(pid, SIGKILL); /* it has said all */
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
}

int login_check_run(const struct login_check *check, struct arena *arena, struct login_answer *ret,
                    struct error *err)
{
    struct pipes pipes;
    struct login_answer answer = {0};
    pid_t pid;
    int result = pipes_init(&pipes, err);
    if (result < 0) {
        return result;
    }
    result = start(check, &pipes, &pid, err);
    if (result == 0) {
        feed(check, &pipes);
        result = read_answers(pipes.answer[0], arena, &answer, err);
        reap(pid);
        if (result < 0) {
            error_set(err, ERR_IO, "the process that speaks to the target ended unexpectedly");
        }
    }
    pipes_done(&pipes);
    if (result == 0) {
        *ret = answer;
    }
    return result;
}
