#include "roles/build_job.h"

#include "base/task.h"

#include <stdlib.h>

struct build_ahead {
    struct task task;
    const struct input *input;
    struct feed_epss *scores;
    uint32_t count, capacity;
    struct feed_report report;
    struct error err;
    int result;
};

static int keep_score(void *context, const struct feed_epss *score, struct error *err)
{
    struct build_ahead *ahead = context;
    (void)err;
    mem_reserve(ahead->scores, ahead->count, ahead->capacity);
    ahead->scores[ahead->count++] = *score;
    return 0;
}

static void read_scores(void *context)
{
    struct build_ahead *ahead = context;
    struct feed_sink sink = {.context = ahead, .epss = keep_score};
    ahead->result =
        feed_read_file(ahead->input->feed, ahead->input->path, &sink, &ahead->report, &ahead->err);
}

struct build_ahead *build_ahead_start(const struct job *job)
{
    for (unsigned i = 0; i < job->plan.count; i++) {
        const struct input *input = &job->plan.items[i];
        if (input->feed->numbers && (job->fold == NULL || !input->same)) {
            struct build_ahead *ahead = mem_alloc_zero(1, sizeof *ahead);
            ahead->input = input;
            ahead->err = (struct error)ERROR_INIT;
            feed_report_init(&ahead->report);
            task_start(&ahead->task, read_scores, ahead);
            return ahead;
        }
    }
    return NULL;
}

void build_ahead_end(struct build_ahead *ahead)
{
    if (ahead != NULL) {
        task_join(&ahead->task);
        free(ahead->scores);
        free(ahead);
    }
}

bool build_ahead_has(const struct build_ahead *ahead, const struct input *input)
{
    return ahead != NULL && ahead->input == input;
}

int build_ahead_take(struct build_ahead *ahead, const struct feed_sink *sink,
                     struct feed_report *report, struct error *err)
{
    task_join(&ahead->task);
    feed_report_merge(report, &ahead->report);
    int result = ahead->result;
    if (result < 0 && err != NULL) {
        *err = ahead->err;
    }
    for (uint32_t i = 0; i < ahead->count && result == 0; i++) {
        result = sink->epss(sink->context, &ahead->scores[i], err);
    }
    return result;
}
