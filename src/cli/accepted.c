/* What is accepted as risk: the documents of --accept and that of the state folder. */
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "cli/assess_run.h"

#define ACCEPTED_FILE "accepted.json"

static int read_document(struct assess_run *run, const char *path, const char *shown,
                         int (*read)(const char *path, struct buf *out, struct error *err),
                         struct error *err)
{
    struct buf document;
    buf_init(&document, LIMIT_ACCEPT);
    int result = read(path, &document, err);
    if (result == 0) {
        result = accept_read(buf_view(&document), str_from(shown), &run->arena, &run->accept, err);
    }
    buf_done(&document);
    return result < 0 ? error_add_where(err, path) : 0;
}

/* Rules that cannot be read accept nothing: findings are shown that somebody does not expect. */
static void read_kept(struct assess_run *run)
{
    struct error err = ERROR_INIT;
    char text[512];
    _cleanup_free_ char *state = cli_state_folder(), *path = file_join(state, ACCEPTED_FILE);
    if (file_exists(path) && read_document(run, path, ACCEPTED_FILE, file_read, &err) < 0) {
        assess_run_partly(run, "accepted risk was not used: %s",
                          error_text(&err, text, sizeof text));
    }
}

int assess_run_accept(struct assess_run *run)
{
    const char *path;
    read_kept(run);
    for (unsigned n = 0; (path = cli_value_at(run->args, "accept", n)) != NULL; n++) {
        struct error err = ERROR_INIT;
        if (read_document(run, path, path, file_read_given, &err) < 0) {
            return cli_fail(&err);
        }
    }
    run->options.accept = &run->accept;
    return CLI_DONE;
}
