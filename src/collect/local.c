/* Probing this machine. */
#include "collect/collect.h"

#include "base/limits.h"
#include "collect/ask.h"
#include "collect/frames.h"
#include "transport/transport.h"

#include <string.h>

extern const unsigned char collect_linux_script_bytes[];
extern const size_t collect_linux_script_length;

struct str collect_linux_script(void)
{
    return str_make((const char *)collect_linux_script_bytes, collect_linux_script_length);
}

/* What collect_progress is told while the answer comes in. */
struct watch {
    const struct collect_progress *progress;
    struct str nonce;
    size_t seen;    /* bytes looked at: whole lines */
    size_t arrived; /* bytes that had come by then */
    unsigned begun; /* sections */
};

/* Sections that the script has; the number is only for a bar. */
enum { EXPECTED_SECTIONS = 23 };

/* watch_output reports each section that begins in the lines that came since the last time. */
static void watch_output(void *context, struct str so_far)
{
    struct watch *watch = context;
    const char *fresh = so_far.ptr + watch->arrived;
    const char *end =
        so_far.len > watch->arrived ? memrchr(fresh, '\n', so_far.len - watch->arrived) : NULL;
    watch->arrived = so_far.len;
    if (end == NULL) {
        return;
    }
    size_t whole = (size_t)(end + 1 - so_far.ptr);
    struct frames frames = {.rest = str_sub(so_far, watch->seen, whole - watch->seen),
                            .nonce = watch->nonce};
    struct frame frame;
    watch->seen = whole;
    while (frames_next(&frames, &frame)) {
        if (frame.kind == FRAME_BEGIN) {
            watch->begun++;
            unsigned total = watch->begun > EXPECTED_SECTIONS ? watch->begun : EXPECTED_SECTIONS;
            watch->progress->step(watch->progress->context, frame.name, watch->begun, total);
        }
    }
}

/* What the transport knows of the end, NULL when all is well. */
static const char *describe_end(const struct transport_result *result)
{
    return result->timed_out ? "the probe took too long and was stopped"
           : result->cut     ? "the probe said more than is read"
                             : NULL;
}

int collect_local(const struct collect_options *options, const struct collect_progress *progress,
                  struct inventory *inventory, struct error *err)
{
    char nonce[ASK_NONCE];
    int status = ask_make_nonce(nonce, err);
    if (status < 0) {
        return status;
    }
    struct watch watch = {.progress = progress, .nonce = str_from(nonce)};
    const char *const arguments[] = {nonce, options->deep ? "deep" : NULL, NULL};
    struct transport_request request = {
        .script = collect_linux_script(),
        .arguments = arguments,
        .seconds = LIMIT_PROBE_SECONDS,
        .progress = progress != NULL && progress->step != NULL ? watch_output : NULL,
        .progress_context = &watch,
    };
    struct transport_result result;
    struct buf out, errors;
    buf_init(&out, LIMIT_PROBE_OUTPUT);
    buf_init(&errors, LIMIT_PROBE_ERRORS);
    status = transport_local_run(&request, &out, &errors, &result, err);
    if (status == 0) {
        status = collect_parse(buf_view(&out), str_from(nonce), inventory, err);
    }
    if (status == 0) {
        ask_note(describe_end(&result), buf_view(&errors), inventory);
        inventory->collector = STR("assay " ASSAY_VERSION " local");
        inventory->collected = time_now();
    }
    buf_done(&out);
    buf_done(&errors);
    return status;
}
