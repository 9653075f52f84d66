#include "cli/cli.h"

#include "base/date.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Beside more words the bar is short: a line of 80 columns has room for both. */
enum { BAR = 30, SHORT_BAR = 14, LABEL = 10 };
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

static void draw_bar(double done, double total, int size, char out[BAR + 1])
{
    int filled = total > 0 ? (int)(done / total * size) : 0;
    filled = filled < 0 ? 0 : filled > size ? size : filled;
    memset(out, '#', (size_t)filled);
    memset(out + filled, '.', (size_t)(size - filled));
    out[size] = '\0';
}

/* Is it time to draw? */
static bool is_due(struct cli_progress *progress, double now)
{
    if (progress->quiet || !progress->terminal || now - progress->drawn < REDRAW_SECONDS) {
        return false;
    }
    progress->drawn = now;
    return true;
}

static void draw(const struct cli_progress *progress, double done, double total, int size,
                 const char *text)
{
    char bar[BAR + 1], line[256];
    unsigned width = progress->width > 1 ? progress->width - 1 : 79;
    draw_bar(done, total, size, bar);
    snprintf(line, sizeof line, "%-*s [%s] %s", LABEL, progress->label, bar, text);
    fprintf(stderr, "\r%.*s\033[K", (int)width, line);
    fflush(stderr);
}

void cli_progress_step(struct cli_progress *progress, double done, double total, const char *unit)
{
    double now = time_monotonic(), seconds = now - progress->started;
    char left[32], text[160];
    if (!is_due(progress, now)) {
        return;
    }
    format_left(done, total, seconds, left);
    int len = snprintf(text, sizeof text, "%.0f %s", done, unit);
    if (seconds > 0.5 && len > 0 && len < (int)sizeof text) {
        snprintf(text + len, sizeof text - (size_t)len, ", %.0f %s/s%s", done / seconds, unit,
                 left);
    }
    draw(progress, done, total, BAR, text);
}

void cli_progress_count(struct cli_progress *progress, double done, double total, const char *text)
{
    double now = time_monotonic(), seconds = now - progress->started;
    char left[32], line[200];
    if (!is_due(progress, now)) {
        return;
    }
    format_left(done, total, seconds, left);
    if (seconds > 0.5) {
        snprintf(line, sizeof line, "%.0f %s, %.1f/s%s", done, text, done / seconds, left);
    } else {
        snprintf(line, sizeof line, "%.0f %s", done, text);
    }
    draw(progress, done, total, SHORT_BAR, line);
}

void cli_progress_end(struct cli_progress *progress, const char *text)
{
    if (progress->quiet) {
        return;
    }
    fprintf(stderr, "%s%-*s %s   %.1f s\n", progress->terminal ? "\r\033[K" : "", LABEL,
            progress->label, text, time_monotonic() - progress->started);
}
