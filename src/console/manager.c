#include "console/manager.h"

#include "base/date.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a list of a million targets takes. */
#define OUT_CEILING ((size_t)1 << 30)

static int read_format(struct manager *manager)
{
    const char *format = cli_value(manager->args, "format");
    manager->json = format != NULL && strcmp(format, "json") == 0;
    if (format != NULL && !manager->json && strcmp(format, "table") != 0) {
        return cli_usage("--format %s: not a format; one of table, json", format);
    }
    return CLI_DONE;
}

int manager_begin(struct manager *manager, const struct cli_args *args)
{
    struct error err = ERROR_INIT;
    *manager = (struct manager){.args = args, .state = cli_state_folder()};
    arena_init(&manager->arena);
    buf_init(&manager->out, OUT_CEILING);
    manager->width = cli_width(STDOUT_FILENO);
    manager->width = manager->width > 0 ? manager->width : 120;
    manager->color = cli_color(args, STDOUT_FILENO);
    int status = read_format(manager);
    if (status == CLI_DONE && (cli_make_state_folder(&err) < 0 ||
                               store_open(manager->state, &manager->store, &err) < 0)) {
        status = cli_fail(&err);
    }
    return status;
}

int manager_end(struct manager *manager, int status)
{
    if (manager->out.len > 0) {
        int written = cli_write(manager->args, buf_view(&manager->out));
        status = written > status ? written : status;
    }
    store_close(manager->store);
    buf_done(&manager->out);
    arena_done(&manager->arena);
    free(manager->state);
    return status;
}

int manager_run(const struct cli_args *args, int (*work)(struct manager *manager))
{
    struct manager manager;
    int status = manager_begin(&manager, args);
    if (status == CLI_DONE) {
        status = work(&manager);
    }
    return manager_end(&manager, status);
}

int manager_source(struct manager *manager, const char *name, struct store_source *ret)
{
    struct error err = ERROR_INIT;
    return store_source_find(manager->store, str_from(name), &manager->arena, ret, &err) < 0
               ? cli_fail(&err)
               : CLI_DONE;
}

/* "--agent" is yes, "--no-agent" no; else the last value given. */
static const char *given_value(const struct cli_args *args, const struct setting *setting)
{
    char negative[64];
    if (setting->kind != SETTING_FLAG) {
        return cli_value(args, setting->key);
    }
    snprintf(negative, sizeof negative, "no-%s", setting->key);
    return cli_flag(args, negative) ? "no" : cli_flag(args, setting->key) ? "yes" : NULL;
}

int manager_settings(struct manager *manager, struct source_settings *settings)
{
    struct error err = ERROR_INIT;
    for (unsigned i = 0; i < source_setting_count; i++) {
        const struct setting *setting = &source_setting_rows[i];
        const char *value = given_value(manager->args, setting);
        if (value != NULL &&
            setting_read(setting, str_from(value), &manager->arena, settings, &err) < 0) {
            return cli_usage("%s", err.message);
        }
    }
    return CLI_DONE;
}

int manager_ask(struct manager *manager, const char *format, ...)
{
    char text[1024], answer[16];
    va_list args;
    if (cli_flag(manager->args, "yes")) {
        return CLI_DONE;
    }
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!cli_is_terminal(STDIN_FILENO) || !cli_is_terminal(STDERR_FILENO)) {
        return cli_usage("%s; give --yes to do it", text);
    }
    fprintf(stderr, "%s. Go on? [y/N] ", text);
    fflush(stderr);
    if (fgets(answer, sizeof answer, stdin) == NULL || (answer[0] != 'y' && answer[0] != 'Y')) {
        return cli_usage("nothing was changed");
    }
    return CLI_DONE;
}

void manager_json(struct manager *manager, struct json_writer *json, const char *format)
{
    json_writer_init(json, &manager->out);
    json_open_object(json, NULL);
    json_put_text(json, "format", format);
    json_put_uint(json, "format_version", 1);
    json_open_object(json, "tool");
    json_put_text(json, "name", "assay");
    json_put_text(json, "version", ASSAY_VERSION);
    json_close_object(json);
}

struct str manager_date(struct manager *manager, int64_t time)
{
    char text[TIME_SIZE];
    if (time == TIME_NONE) {
        return STR("-");
    }
    time_format(time, text);
    text[10] = ' ';
    return arena_printf(&manager->arena, "%.16s", text);
}

struct str manager_number(struct manager *manager, uint64_t number)
{
    struct buf text;
    buf_init(&text, 64);
    text_put_number(&text, number);
    struct str copy = arena_str(&manager->arena, buf_view(&text));
    buf_done(&text);
    return copy;
}
