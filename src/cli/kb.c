#include "cli/kb.h"

#include "base/limits.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct knowledge *kb_open(const struct cli_args *args, const char *argument, char **ret_path)
{
    struct error err = ERROR_INIT;
    struct knowledge *knowledge = NULL;
    char *path = argument ? mem_dup_text(argument) : cli_knowledge_path(args);
    int result = knowledge_open(path, &knowledge, &err);
    if (result == ERR_NOT_FOUND) {
        cli_warn("%s: no knowledge file there; make one with `assay kb update` or `assay kb build`",
                 path);
    } else if (result < 0) {
        cli_fail(&err);
    }
    *ret_path = path;
    return result < 0 ? NULL : knowledge;
}

bool kb_json(const struct cli_args *args, bool *ret_json)
{
    const char *format = cli_value(args, "format");
    *ret_json = format != NULL && strcmp(format, "json") == 0;
    if (format != NULL && !*ret_json && strcmp(format, "table") != 0) {
        cli_usage("--format %s: not a format; one of table, json", format);
        return false;
    }
    return true;
}

int64_t kb_age(const struct knowledge_feed *feed, int32_t day)
{
    if (feed->newest == TIME_NONE) {
        return -1;
    }
    int64_t age = (int64_t)day - time_to_date(feed->newest);
    return age > 0 ? age : 0;
}

const char *kb_name_source(const char *from)
{
    return strcmp(from, "live") == 0 ? "the feeds' own hosts" : from;
}

void kb_warn_stale(const struct knowledge *knowledge, int32_t day, const char *advice)
{
    struct buf old;
    buf_init(&old, LIMIT_LINE);
    for (uint32_t i = 0; i < knowledge_feed_count(knowledge); i++) {
        struct knowledge_feed feed;
        if (knowledge_feed(knowledge, i, &feed) && kb_age(&feed, day) > KB_STALE_DAYS) {
            buf_printf(&old, "%s%.*s (%lld days)", old.len ? ", " : "", STR_ARG(feed.label),
                       (long long)kb_age(&feed, day));
        }
    }
    if (old.len) {
        cli_warn("older than %d days: %s; %s", KB_STALE_DAYS, buf_text(&old),
                 advice ? advice : "run `assay kb update`");
    }
    buf_done(&old);
}
