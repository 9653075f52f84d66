#include "cli/cli.h"

#include "report/text.h"

#include <stdio.h>

static void print_message(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

static void print_message(const char *format, va_list args)
{
    /* Messages quote names of files, records and servers. */
    char raw[4096];
    struct buf clean;
    buf_init(&clean, 4 * sizeof raw);
    vsnprintf(raw, sizeof raw, format, args);
    text_put_clean(&clean, str_from(raw));
    fflush(stdout);
    fprintf(stderr, "assay: %s\n", buf_text(&clean));
    buf_done(&clean);
}

int cli_usage(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_message(format, args);
    va_end(args);
    return CLI_USAGE;
}

void cli_warn(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_message(format, args);
    va_end(args);
}

int cli_fail(const struct error *err)
{
    char text[1024];
    cli_warn("%s", error_text(err, text, sizeof text));
    return CLI_FAILED;
}
