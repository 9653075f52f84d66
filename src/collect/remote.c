#include "collect/remote.h"

#include "base/date.h"
#include "base/limits.h"
#include "collect/ask.h"
#include "collect/collect.h"

#include <malloc.h>
#include <string.h>

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

/* Why no frame came: what the account's shell said instead. */
static int fail_no_answer(const struct ssh_run_result *result, struct str out, struct str errors,
                          const char **ret_code, struct error *err)
{
    char said[160];
    bool refused =
        result->exit_status > 0 && result->exit_status != 126 && result->exit_status != 127;
    quote_line(errors.len > 0 ? errors : out, said, sizeof said);
    if (str_find_nocase(errors, STR("password change required")) != SIZE_MAX ||
        str_find_nocase(errors, STR("password has expired")) != SIZE_MAX) {
        *ret_code = "PASSWORD-EXPIRED";
    } else {
        *ret_code = refused ? "PROBE-REFUSED" : "PROBE-NO-ANSWER";
    }
    return error_set(err, ERR_FORMAT,
                     said[0] ? "instead of the probe it said \"%s\" (exit %d)"
                             : "the probe said nothing%s (exit %d)",
                     said, result->exit_status);
}

/* Reads what came; the output is given back as soon as it is read, it is the largest piece. */
static int read_answer(const struct ssh_run_result *result, struct buf *out, struct buf *errors,
                       struct str nonce, struct inventory *inventory, const char **ret_code,
                       struct error *err)
{
    if (result->cut) {
        *ret_code = "TARGET-TOO-MUCH";
        return error_set(err, ERR_LIMIT, "more than %zu bytes came", LIMIT_PROBE_OUTPUT);
    }
    if (collect_parse(buf_view(out), nonce, inventory, err) < 0) {
        return fail_no_answer(result, buf_view(out), buf_view(errors), ret_code, err);
    }
    buf_done(out);
    malloc_trim(0);
    ask_note(NULL, buf_view(errors), inventory);
    inventory->collector = STR("assay " ASSAY_VERSION " ssh");
    inventory->collected = time_now();
    return 0;
}

int collect_remote(struct ssh_link *link, const struct job *job, struct inventory *inventory,
                   const char **ret_code, struct error *err)
{
    char nonce[ASK_NONCE];
    const char *arguments[4] = {nonce};
    unsigned count = 1;
    struct ssh_run_result result;
    struct buf out, errors;
    *ret_code = "INTERNAL";
    int status = ask_make_nonce(nonce, err);
    if (status < 0) {
        return status;
    }
    if (job->deep) {
        arguments[count++] = "deep";
    }
    buf_init(&out, LIMIT_PROBE_OUTPUT);
    buf_init(&errors, LIMIT_PROBE_ERRORS);
    status =
        ssh_run(link, collect_linux_script(), arguments, &out, &errors, &result, ret_code, err);
    if (status == 0) {
        status = read_answer(&result, &out, &errors, str_from(nonce), inventory, ret_code, err);
    }
    buf_done(&out);
    buf_done(&errors);
    return status;
}
