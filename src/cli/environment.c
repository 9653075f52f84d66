#include "cli/cli.h"

#include "base/date.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool cli_as_of(const struct cli_args *args, int32_t *ret_date)
{
    const char *text = cli_value(args, "as-of");
    if (text == NULL) {
        *ret_date = time_to_date(time_now());
        return true;
    }
    if (!date_parse(str_from(text), ret_date)) {
        cli_usage("--as-of %s: not a date; write it as 2026-01-31", text);
        return false;
    }
    return true;
}

bool cli_is_terminal(int fd)
{
    return isatty(fd) == 1;
}

bool cli_color(const struct cli_args *args, int fd)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    bool dumb = term == NULL || strcmp(term, "dumb") == 0;
    return cli_is_terminal(fd) && !dumb && (no_color == NULL || *no_color == '\0') &&
           !cli_flag(args, "no-color");
}

unsigned cli_width(int fd)
{
    struct winsize size;
    uint64_t columns;
    bool terminal = cli_is_terminal(fd);
    if (terminal && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
    if (str_to_u64(str_from(getenv("COLUMNS")), &columns) && columns > 0 && columns < 10000) {
        return (unsigned)columns;
    }
    return terminal ? 80 : 0;
}

char *cli_knowledge_path(const struct cli_args *args)
{
    const char *given = cli_value(args, "knowledge"), *own = getenv("ASSAY_KNOWLEDGE");
    if (given != NULL) {
        return mem_dup_text(given);
    }
    if (own != NULL && *own != '\0') {
        return mem_dup_text(own);
    }
    _cleanup_free_ char *folder = cli_state_folder();
    return file_join(folder, "knowledge.assay");
}

int cli_write(const struct cli_args *args, struct str bytes)
{
    struct error err = ERROR_INIT;
    const char *path = cli_value(args, "output");
    int result;
    if (path != NULL && strcmp(path, "-") != 0) {
        result = file_write_given(path, 0644, bytes, &err);
    } else {
        fflush(stdout);
        result = file_write_all(STDOUT_FILENO, bytes.ptr, bytes.len, &err);
        if (result < 0 && errno == EPIPE) {
            return CLI_FAILED;
        }
        error_add_where(&err, "standard output");
    }
    return result < 0 ? cli_fail(&err) : CLI_DONE;
}

int cli_flush(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) {
        return status;
    }
    if (errno != EPIPE) {
        cli_warn("standard output: %s", strerror(errno));
    }
    return CLI_FAILED;
}

/* Reads up to the end of a line, keeping no more of it than a line may have. Returns false at the
 * end of the input. */
static bool read_line(FILE *in, struct buf *line)
{
    int byte;
    buf_clear(line);
    while ((byte = getc_unlocked(in)) != EOF) {
        buf_put_byte(line, (char)byte);
        if (byte == '\n' || line->overflow) {
            break;
        }
    }
    return line->len > 0;
}

int cli_read_lines(int (*each)(void *context, struct str line), void *context, struct error *err)
{
    struct buf line;
    int result = 0;
    buf_init(&line, LIMIT_LINE + 1);
    for (uint64_t number = 1; result >= 0 && read_line(stdin, &line); number++) {
        struct str rest = buf_view(&line), text = {0};
        if (line.overflow) {
            result = error_set(err, ERR_LIMIT, "line %llu is longer than %zu bytes",
                               (unsigned long long)number, LIMIT_LINE);
        } else {
            str_next_line(&rest, &text);
            result = each(context, text);
        }
    }
    if (result >= 0 && ferror(stdin)) {
        result = error_set_errno(err, "read");
    }
    buf_done(&line);
    return result;
}
