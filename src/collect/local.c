/* Probing this machine. */
#include "collect/collect.h"

#include "base/limits.h"
#include "collect/frames.h"
#include "transport/transport.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

extern const unsigned char collect_linux_script_bytes[];
extern const size_t collect_linux_script_length;

enum { NONCE_BYTES = 16 };

struct str collect_linux_script(void)
{
    return str_make((const char *)collect_linux_script_bytes, collect_linux_script_length);
}

static int make_nonce(char out[2 * NONCE_BYTES + 1], struct error *err)
{
    unsigned char bytes[NONCE_BYTES];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
        return error_set_errno(err, "no random bytes");
    }
    for (size_t i = 0; i < sizeof bytes; i++) {
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    }
    return 0;
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
enum { EXPECTED_SECTIONS = 22 };

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

/* note_result adds what the transport knows and the answer does not say. */
static void note_result(const struct transport_result *result, struct buf *errors,
                        struct inventory *inventory)
{
    const char *what = result->timed_out ? "the probe took too long and was stopped"
                       : result->cut     ? "the probe said more than is read"
                                         : NULL;
    char first[200] = "";
    struct str rest = buf_view(errors), line;
    if (str_next_line(&rest, &line) && str_valid_utf8(line)) {
        snprintf(first, sizeof first, "the probe complained: %.*s", STR_ARG(str_sub(line, 0, 150)));
    }
    for (char *c = first; *c; c++) {
        *c = (unsigned char)*c < 0x20 || *c == 0x7f ? ' ' : *c;
    }
    struct str *notes = arena_array(&inventory->arena, inventory->note_count + 2, struct str);
    uint32_t count = 0;
    for (; count < inventory->note_count; count++) {
        notes[count] = inventory->notes[count];
    }
    if (what != NULL) {
        notes[count++] = str_from(what);
    }
    if (first[0] != '\0') {
        notes[count++] = arena_str(&inventory->arena, str_from(first));
    }
    inventory->notes = notes;
    inventory->note_count = count;
}

int collect_local(const struct collect_options *options, const struct collect_progress *progress,
                  struct inventory *inventory, struct error *err)
{
    char nonce[2 * NONCE_BYTES + 1];
    int status = make_nonce(nonce, err);
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
        note_result(&result, &errors, inventory);
        inventory->collector = STR("assay " ASSAY_VERSION " local");
        inventory->collected = time_now();
    }
    buf_done(&out);
    buf_done(&errors);
    return status;
}
