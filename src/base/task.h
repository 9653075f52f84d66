/*
 * Work done in a thread beside the caller's, which joins it. Where no thread can be had, it is done
 * at once: what is right in both ways needs no other case.
 */
#ifndef ASSAY_BASE_TASK_H
#define ASSAY_BASE_TASK_H

#include <pthread.h>
#include <stdbool.h>

struct task {
    pthread_t thread;
    bool running;
};

/* task_start runs work(context), which must not touch what the caller does until task_join. */
void task_start(struct task *task, void (*work)(void *context), void *context);
/* task_join waits for the work. A task that was not started, or was joined, is fine. */
void task_join(struct task *task);

#endif
