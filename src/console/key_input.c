#include "console/key_input.h"

#include "base/file.h"
#include "base/limits.h"
#include "process/child.h"
#include "vault/private_key.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- the file ---- */

static int read_key(const char *path, struct private_key *ret, struct secret *ret_block,
                    struct error *err)
{
    struct secret text;
    int fd = file_open_given(path, err);
    if (fd < 0) {
        return fd;
    }
    int result = secret_read(fd, LIMIT_PRIVATE_KEY, &text, err);
    close(fd);
    if (result == ERR_LIMIT) {
        error_set(err, ERR_LIMIT, "larger than a private key is (%zu bytes)", LIMIT_PRIVATE_KEY);
    }
    if (result == 0) {
        result = private_key_read(secret_view(&text), ret, ret_block, err);
        secret_free(&text);
    }
    return result < 0 ? error_add_where(err, path), result : 0;
}

static void warn_of_readers(const char *path)
{
    struct stat info;
    if (stat(path, &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & 077) != 0) {
        cli_warn("%s: others can read this file (mode %04o); think of who may have copied the key",
                 path, (unsigned)info.st_mode & 07777);
    }
}

/* ---- keycheck ---- */

struct check {
    pid_t pid;
    int to, from;
};

static int start_check(struct check *check, struct error *err)
{
    static const char *const no_arguments[] = {NULL};
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) < 0) {
        return error_set_errno(err, "pipe");
    }
    if (pipe2(out, O_CLOEXEC) < 0) {
        error_set_errno(err, "pipe");
        close(in[0]);
        close(in[1]);
        return ERR_IO;
    }
    const struct child_fd fds[] = {{in[0], STDIN_FILENO}, {out[1], STDOUT_FILENO}};
    int result = child_start("keycheck", no_arguments, fds, 2, &check->pid, err);
    close(in[0]);
    close(out[1]);
    check->to = in[1];
    check->from = out[0];
    if (result < 0) {
        close(in[1]);
        close(out[0]);
    }
    return result;
}

static int end_check(const struct check *check)
{
    int status;
    close(check->from);
    while (waitpid(check->pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return -1;
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Reads the line that says what key it is; a library that parses foreign bytes may do anything, so
 * no more than that. */
static void read_line(int fd, char *out, size_t size)
{
    size_t len = 0;
    ssize_t got;
    while (len + 1 < size &&
           ((got = read(fd, out + len, size - 1 - len)) > 0 || (got < 0 && errno == EINTR))) {
        len += got > 0 ? (size_t)got : 0;
    }
    out[len] = '\0';
    for (size_t i = 0; i < len; i++) {
        if (out[i] < ' ' || out[i] > '~') {
            out[i] = '\0';
        }
    }
}

/* Has libssh open the key. Its type and fingerprint go to out. */
static int check_key(const struct credential *credential, const struct credential_secret *secret,
                     bool encrypted, char *out, size_t size, struct error *err)
{
    struct check check;
    struct secret form;
    int result = secret_new(credential_form_size(credential, secret), &form, err);
    if (result < 0) {
        return result;
    }
    result = credential_encode(credential, secret, &form, err);
    result = result < 0 ? result : start_check(&check, err);
    if (result == 0) {
        /* A child that ends early is seen by its status. */
        (void)file_write_all(check.to, form.ptr, form.len, NULL);
        close(check.to);
        read_line(check.from, out, size);
        int status = end_check(&check);
        if (status == 1) {
            result = encrypted ? error_set(err, ERR_USAGE, "the passphrase does not open the key")
                               : error_set(err, ERR_USAGE,
                                           "the key cannot be read: it is damaged, or of "
                                           "a type that is not supported");
        } else if (status != 0) {
            result = error_set(err, ERR_IO, "the program keycheck failed on the key");
        }
    }
    secret_free(&form);
    return result;
}

/* ---- both ---- */

static int read_passphrase(const struct cli_args *args, const char *path, struct secret *ret,
                           struct error *err)
{
    char prompt[512];
    snprintf(prompt, sizeof prompt, "Passphrase of the key %.400s: ", path);
    const struct secret_question question = {.prompt = prompt, .capacity = LIMIT_PASSWORD};
    int result = secret_given(args, &question, ret, err);
    return result < 0 ? error_add_where(err, path), result : 0;
}

int key_input(const struct cli_args *args, const char *path, const struct credential *credential,
              struct credential_secret *ret)
{
    struct error err = ERROR_INIT;
    struct private_key key;
    struct credential_secret secret = {0};
    char what[160];
    int result = read_key(path, &key, &secret.private_key, &err);
    if (result == 0 && key.encrypted) {
        result = read_passphrase(args, path, &secret.password, &err);
    }
    if (result == 0) {
        result = check_key(credential, &secret, key.encrypted, what, sizeof what, &err);
        if (result < 0) {
            error_add_where(&err, path);
        }
    }
    if (result < 0) {
        credential_secret_done(&secret);
        return vault_session_fail(&err);
    }
    warn_of_readers(path);
    printf("%s key %s\n", key.form, what);
    *ret = secret;
    return CLI_DONE;
}
