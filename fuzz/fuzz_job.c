/* The job of a worker: what is read is written and read again the same. */
#include "collect/job.h"

#include "base/limits.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_again(const struct job *job, struct arena *arena)
{
    struct job again;
    struct buf first, second;
    struct error err = ERROR_INIT;
    buf_init(&first, 8 * LIMIT_JOB);
    buf_init(&second, 8 * LIMIT_JOB);
    job_write(job, &first);
    if (first.len <= LIMIT_JOB) {
        if (job_read(buf_view(&first), arena, &again, &err) < 0) {
            abort();
        }
        job_write(&again, &second);
        if (!str_eq(buf_view(&first), buf_view(&second))) {
            abort();
        }
    }
    buf_done(&first);
    buf_done(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job;
    struct arena arena;
    struct error err = ERROR_INIT;
    arena_init(&arena);
    if (job_read(str_make((const char *)data, size), &arena, &job, &err) == 0) {
        read_again(&job, &arena);
    } else if (err.message[0] == '\0') {
        abort();
    }
    arena_done(&arena);
    return 0;
}
