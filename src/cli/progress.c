#include "cli/cli.h"

#include "base/date.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BAR = 30, LABEL = 10 };
#define REDRAW_SECONDS 0.1

void cli_progress_begin(struct cli_progress *progress, bool quiet, const char *label)
{
    *progress = (struct cli_progress){
        .quiet = quiet,
        .terminal = cli_is_terminal(STDERR_FILENO),
        .width = cli_width(STDERR_FILENO),
        .started = time_monotonic(),
    };
    snprintf(progress->label, sizeof progress->label, "%s", label);
}

static void format_left(double done, double total, double seconds, char out[32])
{
    out[0] = '\0';
    if (total > done && done > 0 && seconds > 0.5) {
        snprintf(out, 32, ", %.0f s left", (total - done) * seconds / done);
    }
}

static void draw_bar(double done, double total, char out[BAR + 1])
{
    int filled = total > 0 ? (int)(done / total * BAR) : 0;
    filled = filled < 0 ? 0 : filled > BAR ? BAR : filled;
    memset(out, '#', (size_t)filled);
    memset(out + filled, '.', (size_t)(BAR - filled));
    out[BAR] = '\0';
}

void cli_progress_step(struct cli_progress *progress, double done, double total, const char *unit)
{
    double now = time_monotonic(), seconds = now - progress->started;
    char bar[BAR + 1], left[32], line[256];
    if (progress->quiet || !progress->terminal || now - progress->drawn < REDRAW_SECONDS) {
        return;
    }
    progress->drawn = now;
    draw_bar(done, total, bar);
    format_left(done, total, seconds, left);
    int len =
        snprintf(line, sizeof line, "%-*s [%s] %.0f %s", LABEL, progress->label, bar, done, unit);
    if (seconds > 0.5 && len > 0 && len < (int)sizeof line) {
        snprintf(line + len, sizeof line - (size_t)len, ", %.0f %s/s%s", done / seconds, unit,
                 left);
    }
    unsigned width = progress->width > 1 ? progress->width - 1 : 79;
    fprintf(stderr, "\r%.*s\033[K", (int)width, line);
    fflush(stderr);
}

void cli_progress_end(struct cli_progress *progress, const char *text)
{
    if (progress->quiet) {
        return;
    }
    fprintf(stderr, "%s%-*s %s   %.1f s\n", progress->terminal ? "\r\033[K" : "", LABEL,
            progress->label, text, time_monotonic() - progress->started);
}
