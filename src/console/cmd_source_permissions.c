#include "console/manager.h"

#include <stddef.h>

/* docs/permissions.md, so that the page and the command have one text. */
extern const unsigned char console_permissions_bytes[];
extern const size_t console_permissions_length;

/* The section of that kind: from its heading to the next one of the same rank. */
static bool find_section(const char *kind, struct str *ret)
{
    struct str rest = str_make((const char *)console_permissions_bytes, console_permissions_length);
    struct str line;
    const char *begin = NULL;
    while (str_next_line(&rest, &line)) {
        bool heading = str_starts(line, STR("## "));
        if (begin != NULL && heading) {
            *ret = str_make(begin, (size_t)(line.ptr - begin));
            return true;
        }
        if (heading && str_eq_text(str_trim(str_skip(line, 3)), kind)) {
            begin = line.ptr;
        }
    }
    if (begin != NULL) {
        const char *end = (const char *)console_permissions_bytes + console_permissions_length;
        *ret = str_make(begin, (size_t)(end - begin));
    }
    return begin != NULL;
}

static int run(const struct cli_args *args)
{
    struct str text;
    if (!find_section(args->arguments[0], &text)) {
        return cli_usage("%s: not a kind of source; one of ssh", args->arguments[0]);
    }
    return cli_write(args, text);
}

static const struct cli_option options[] = {{0}};

const struct cli_command cmd_source_permissions = {
    .name = source_permissions_name,
    .usage = "KIND",
    .summary = source_permissions_summary,
    .detail = "KIND is ssh. The same text is docs/permissions.md.",
    .examples = "  assay source permissions ssh",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
