#include "collect/remote.h"

#include "base/date.h"
#include "base/limits.h"
#include "collect/ask.h"
#include "collect/collect.h"

#include <malloc.h>
#include <stdio.h>

/* The first line of a text, fit for a message. */
static const char *quote_line(struct str text, char *out, size_t out_size)
{
    struct str line = STR("");
    size_t len = 0;
    while (line.len == 0 && str_next_line(&text, &line)) {
        line = str_trim(line);
    }
    for (; len < line.len && len + 1 < out_size; len++) {
        out[len] = line.ptr[len] >= 0x20 && line.ptr[len] < 0x7f ? line.ptr[len] : '?';
    }
    out[len] = '\0';
    return out;
}

/* A script that was run, and what came of it. */
struct asked {
    char nonce[ASK_NONCE];
    struct buf out, errors;
    struct ssh_run_result result;
};

static void forget(struct asked *asked)
{
    buf_done(&asked->out);
    buf_done(&asked->errors);
}

/* Runs the script with the options that are set. */
static int ask(struct ssh_link *link, const struct job *job, bool check, struct asked *asked,
               const char **ret_code, struct error *err)
{
    const struct {
        bool set;
        const char *word;
    } options[] = {{check, "check"}, {job->deep && !check, "deep"}, {job->sudo, "sudo"}};
    const char *arguments[5] = {asked->nonce};
    unsigned count = 1;
    buf_init(&asked->out, LIMIT_PROBE_OUTPUT);
    buf_init(&asked->errors, LIMIT_PROBE_ERRORS);
    *ret_code = "INTERNAL";
    int status = ask_make_nonce(asked->nonce, err);
    if (status < 0) {
        return status;
    }
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (options[i].set) {
            arguments[count++] = options[i].word;
        }
    }
    status = ssh_run(link, collect_linux_script(), arguments, &asked->out, &asked->errors,
                     &asked->result, ret_code, err);
    if (status == 0 && asked->result.cut) {
        *ret_code = "TARGET-TOO-MUCH";
        return error_set(err, ERR_LIMIT, "more than %zu bytes came", LIMIT_PROBE_OUTPUT);
    }
    return status;
}

/* Why no frame came: what the account's shell said instead. */
static int fail_no_answer(const struct asked *asked, const char **ret_code, struct error *err)
{
    struct str errors = buf_view(&asked->errors);
    int exit_status = asked->result.exit_status;
    char said[160];
    bool refused = exit_status > 0 && exit_status != 126 && exit_status != 127;
    quote_line(errors.len > 0 ? errors : buf_view(&asked->out), said, sizeof said);
    if (str_find_nocase(errors, STR("password change required")) != SIZE_MAX ||
        str_find_nocase(errors, STR("password has expired")) != SIZE_MAX) {
        *ret_code = "PASSWORD-EXPIRED";
    } else {
        *ret_code = refused ? "PROBE-REFUSED" : "PROBE-NO-ANSWER";
    }
    return error_set(err, ERR_FORMAT,
                     said[0] ? "instead of the probe it said \"%s\" (exit %d)"
                             : "the probe said nothing%s (exit %d)",
                     said, exit_status);
}

/* Whether the frame that ends the answer came. */
static bool is_whole(const struct asked *asked)
{
    char last[ASK_NONCE + 8];
    int len = snprintf(last, sizeof last, "\036%s EOF\n", asked->nonce);
    return str_ends(buf_view(&asked->out), str_make(last, (size_t)len));
}

int collect_remote(struct ssh_link *link, const struct job *job, struct inventory *inventory,
                   bool *ret_whole, const char **ret_code, struct error *err)
{
    struct asked asked;
    int status = ask(link, job, false, &asked, ret_code, err);
    if (status == 0 &&
        collect_parse(buf_view(&asked.out), str_from(asked.nonce), inventory, err) < 0) {
        status = fail_no_answer(&asked, ret_code, err);
    }
    if (status == 0) {
        *ret_whole = is_whole(&asked);
        ask_note(NULL, buf_view(&asked.errors), inventory);
        inventory->collector = STR("assay " ASSAY_VERSION " ssh");
        inventory->collected = time_now();
    }
    /* Given back before the document is written: it is the largest piece of memory. */
    forget(&asked);
    malloc_trim(0);
    return status;
}

int collect_check(struct ssh_link *link, const struct job *job, struct checks *ret,
                  const char **ret_code, struct error *err)
{
    struct asked asked;
    int status = ask(link, job, true, &asked, ret_code, err);
    if (status == 0 && !check_read(buf_view(&asked.out), str_from(asked.nonce), ret)) {
        status = fail_no_answer(&asked, ret_code, err);
    }
    forget(&asked);
    return status;
}
