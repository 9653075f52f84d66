#include "assess/engine.h"

#include <stdio.h>

/* Criteria of one CVE can be thousands; a reader follows the first ones. */
enum { TRACE_STEPS = 64 };

bool trace_on(const struct engine *engine)
{
    return engine->trace != NULL;
}

void trace_step(struct engine *engine, const char *label, struct str aside, const char *format, ...)
{
    struct trace *trace = engine->trace;
    if (!trace) {
        return;
    }
    if (trace->count >= TRACE_STEPS) {
        trace->dropped++;
        return;
    }
    va_list args;
    va_start(args, format);
    struct str text = arena_vprintf(engine->arena, format, args);
    va_end(args);
    arena_reserve(engine->arena, trace->steps, trace->count, trace->capacity);
    trace->steps[trace->count++] =
        (struct explain_step){str_from(label), text, arena_str(engine->arena, aside)};
}
