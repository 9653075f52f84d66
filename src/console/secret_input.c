#include "console/secret_input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* ---- the terminal ---- */

static const int watched[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

enum { WATCHED = sizeof watched / sizeof watched[0] };

static volatile sig_atomic_t arrived;

static void remember(int number)
{
    arrived = number;
}

/* The terminal as it was, and what to do with signals. */
struct terminal {
    int fd;
    pid_t foreground; /* whose it was; 0: ours already */
    struct termios saved;
    struct sigaction actions[WATCHED];
    sigset_t mask; /* while waiting; at all other times the watched signals are held back */
};

/* A process in the background may move itself to the front when it ignores the signal that tells it
 * that it may not. */
static void set_foreground(int fd, pid_t group)
{
    sigset_t mask, before;
    sigemptyset(&mask);
    sigaddset(&mask, SIGTTOU);
    sigprocmask(SIG_BLOCK, &mask, &before);
    (void)!tcsetpgrp(fd, group);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

static int begin(struct terminal *terminal, bool take, struct error *err)
{
    struct sigaction action = {.sa_handler = remember};
    struct termios quiet;
    sigset_t held;
    *terminal = (struct terminal){.fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)};
    if (terminal->fd >= 0 && tcgetattr(terminal->fd, &terminal->saved) < 0) {
        close(terminal->fd);
        terminal->fd = -1;
    }
    if (terminal->fd < 0) {
        return error_set(err, ERR_USAGE,
                         "there is no terminal to ask for the secret on; give it on a descriptor");
    }
    arrived = 0;
    sigemptyset(&held);
    for (int i = 0; i < WATCHED; i++) {
        sigaddset(&held, watched[i]);
        sigaction(watched[i], &action, &terminal->actions[i]);
    }
    sigprocmask(SIG_BLOCK, &held, &terminal->mask);
    if (take && tcgetpgrp(terminal->fd) != getpgrp()) {
        terminal->foreground = tcgetpgrp(terminal->fd);
        set_foreground(terminal->fd, getpgrp());
    }
    quiet = terminal->saved;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    quiet.c_lflag |= ICANON | ISIG;
    tcsetattr(terminal->fd, TCSAFLUSH, &quiet);
    return 0;
}

/* Gives the terminal back. A signal that came meanwhile is carried out now; after a stop the
 * question is put again. */
static void end(struct terminal *terminal)
{
    tcsetattr(terminal->fd, TCSAFLUSH, &terminal->saved);
    if (terminal->foreground > 0) {
        set_foreground(terminal->fd, terminal->foreground);
    }
    for (int i = 0; i < WATCHED; i++) {
        sigaction(watched[i], &terminal->actions[i], NULL);
    }
    close(terminal->fd);
    sigprocmask(SIG_SETMASK, &terminal->mask, NULL);
    if (arrived != 0) {
        raise(arrived);
    }
}

static void say(int fd, const char *text)
{
    (void)!write(fd, text, strlen(text));
}

/* Reads up to the end of the line; a byte at a time goes straight to its place. */
static int read_answer(const struct terminal *terminal, struct secret *secret, struct error *err)
{
    bool too_long = false;
    for (;;) {
        char byte = 0;
        struct pollfd wait = {.fd = terminal->fd, .events = POLLIN};
        /* A signal counts only here, so that none is overlooked between looking and reading. */
        int ready = ppoll(&wait, 1, NULL, &terminal->mask);
        if (arrived != 0) {
            return error_set(err, ERR_INTERRUPTED, "interrupted");
        }
        if (ready < 0) {
            continue;
        }
        ssize_t got = read(terminal->fd, &byte, 1);
        if (got <= 0 || byte == '\n') {
            break;
        }
        too_long = too_long || secret_put(secret, &byte, 1, NULL) < 0;
        secret_wipe(&byte, 1);
    }
    return too_long
               ? error_set(err, ERR_LIMIT, "the secret is longer than %zu bytes", secret->capacity)
               : 0;
}

static int ask_once(const struct secret_question *question, const char *prompt, struct secret *ret,
                    struct error *err)
{
    struct terminal terminal;
    struct secret secret;
    int result;
    do {
        result = secret_new(question->capacity, &secret, err);
        if (result < 0) {
            return result;
        }
        result = begin(&terminal, question->take_terminal, err);
        if (result == 0) {
            say(terminal.fd, prompt);
            result = read_answer(&terminal, &secret, err);
            say(terminal.fd, "\n");
            end(&terminal);
        }
        if (result < 0) {
            secret_free(&secret);
        }
    } while (result == ERR_INTERRUPTED && arrived == SIGTSTP);
    if (result == 0) {
        *ret = secret;
    }
    return result;
}

int secret_ask(const struct secret_question *question, struct secret *ret, struct error *err)
{
    struct secret first, second;
    int result = ask_once(question, question->prompt, &first, err);
    if (result < 0 || !question->twice) {
        *ret = result < 0 ? (struct secret){0} : first;
        return result;
    }
    result = ask_once(question, "Once more: ", &second, err);
    if (result == 0 && !str_eq(secret_view(&first), secret_view(&second))) {
        result = error_set(err, ERR_USAGE, "the two are not the same; nothing was changed");
    }
    if (result < 0) {
        secret_free(&first);
    } else {
        *ret = first;
        secret_free(&second);
    }
    return result;
}

/* ---- descriptors ---- */

static int read_fd(int fd, const char *what, size_t capacity, struct secret *ret, struct error *err)
{
    int result = secret_read(fd, capacity, ret, err);
    if (result < 0) {
        return error_add_where(err, what);
    }
    secret_drop_line_end(ret);
    return 0;
}

int secret_from_fd(const char *option, const char *number, size_t capacity, struct secret *ret,
                   struct error *err)
{
    uint64_t fd;
    if (!str_to_u64(str_from(number), &fd) || fd == STDOUT_FILENO || fd == STDERR_FILENO ||
        fd > 1023) {
        return error_set(err, ERR_USAGE, "--%s %s: no number of a descriptor to read", option,
                         number);
    }
    if (fcntl((int)fd, F_GETFD) < 0) {
        return error_set(err, ERR_USAGE, "--%s %s: that descriptor is not open", option, number);
    }
    return read_fd((int)fd, number, capacity, ret, err);
}

/* A secret is one line: what has more is a file that was given by mistake. */
static int check_secret(const struct secret *secret, struct error *err)
{
    if (secret->len == 0) {
        return error_set(err, ERR_USAGE, "the secret is empty; nothing was changed");
    }
    if (memchr(secret->ptr, '\n', secret->len) != NULL ||
        memchr(secret->ptr, '\0', secret->len) != NULL) {
        return error_set(err, ERR_USAGE, "the secret has more than one line; nothing was changed");
    }
    return 0;
}

int secret_given(const struct cli_args *args, const struct secret_question *question,
                 struct secret *ret, struct error *err)
{
    const char *number = cli_value(args, "secret-fd");
    struct secret secret = {0};
    int result;
    if (number != NULL) {
        result = secret_from_fd("secret-fd", number, question->capacity, &secret, err);
    } else if (!cli_is_terminal(STDIN_FILENO)) {
        result = read_fd(STDIN_FILENO, "standard input", question->capacity, &secret, err);
    } else {
        result = secret_ask(question, &secret, err);
    }
    result = result < 0 ? result : check_secret(&secret, err);
    if (result < 0) {
        secret_free(&secret);
        return result;
    }
    *ret = secret;
    return 0;
}
