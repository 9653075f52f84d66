/* The document being read: what its readers tell. */
#include "import/formats.h"

#include "base/limits.h"

#include <stdio.h>

int import_give(struct import_run *run, struct inventory *inventory, struct error *err)
{
    run->servers++;
    if (run->servers > LIMIT_IMPORT_SERVERS) {
        return error_set(err, ERR_LIMIT, "more than %u servers in one document; split it",
                         LIMIT_IMPORT_SERVERS);
    }
    return run->sink->server(run->sink->context, inventory, err);
}

void import_leave_out(struct import_run *run, const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    run->sink->left_out(run->sink->context, text);
}

struct str import_hint_name(const struct import_run *run)
{
    struct str name = import_name_of(run->hints->file_name);
    return name.len > 0 ? name : STR("imported");
}
