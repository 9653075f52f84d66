/* How a run ended, and why not better. */
#include "cli/assess_run.h"

#include <stdio.h>
#include <string.h>

void assess_run_raise(struct assess_run *run, int status)
{
    run->status = status > run->status ? status : run->status;
    run->statuses |= 1U << status;
}

static void __attribute__((format(printf, 2, 0)))
add_reason(struct assess_run *run, const char *format, va_list args)
{
    size_t used = strlen(run->reason), room = sizeof run->reason - used;
    int len = snprintf(run->reason + used, room, "%s", used > 0 ? "; " : "");
    if (len >= 0 && (size_t)len < room) {
        vsnprintf(run->reason + used + len, room - (size_t)len, format, args);
    }
}

void assess_run_partly(struct assess_run *run, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_reason(run, format, args);
    va_end(args);
    assess_run_raise(run, CLI_PARTLY);
}

void assess_run_failed(struct assess_run *run, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_reason(run, format, args);
    va_end(args);
    assess_run_raise(run, CLI_FAILED);
}
