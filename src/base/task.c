#include "base/task.h"

#include "base/memory.h"

#include <stdlib.h>

struct start {
    void (*work)(void *context);
    void *context;
};

static void *run(void *given)
{
    struct start start = *(struct start *)given;
    free(given);
    start.work(start.context);
    return NULL;
}

void task_start(struct task *task, void (*work)(void *context), void *context)
{
    struct start *start = mem_alloc(sizeof *start);
    *start = (struct start){work, context};
    task->running = pthread_create(&task->thread, NULL, run, start) == 0;
    if (!task->running) {
        run(start);
    }
}

void task_join(struct task *task)
{
    if (task->running) {
        pthread_join(task->thread, NULL);
        task->running = false;
    }
}
