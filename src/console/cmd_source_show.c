#include "console/manager.h"

struct shown {
    struct store_source source;
    struct store_entry *entries;
    struct store_target_row *targets;
    struct store_host_key *keys;
    uint32_t entry_count, target_count, key_count;
};

static int load(struct manager *manager, struct shown *ret)
{
    struct error err = ERROR_INIT;
    struct arena *arena = &manager->arena;
    int status = manager_source(manager, manager->args->arguments[0], &ret->source);
    if (status != CLI_DONE) {
        return status;
    }
    int64_t id = ret->source.id;
    int result =
        store_entry_list(manager->store, id, arena, &ret->entries, &ret->entry_count, &err);
    if (result == 0) {
        result =
            store_target_list(manager->store, id, arena, &ret->targets, &ret->target_count, &err);
    }
    if (result == 0) {
        result = store_host_key_list(manager->store, id, STR(""), arena, &ret->keys,
                                     &ret->key_count, &err);
    }
    return result < 0 ? cli_fail(&err) : CLI_DONE;
}

static struct str setting_text(struct manager *manager, const struct setting *setting,
                               const struct source_settings *settings)
{
    struct buf text;
    buf_init(&text, 4096);
    setting_write(setting, settings, &text);
    struct str copy = arena_str(&manager->arena, buf_view(&text));
    buf_done(&text);
    return copy;
}

static void put_settings(struct manager *manager, const struct store_source *source)
{
    buf_put_text(&manager->out, "Settings");
    unsigned shown = 0;
    for (unsigned i = 0; i < source_setting_count; i++) {
        const struct setting *setting = &source_setting_rows[i];
        if (!setting_is_initial(setting, &source->settings)) {
            buf_printf(&manager->out, "%s %s ", shown++ > 0 ? "," : " ", setting->key);
            text_put_clean(&manager->out, setting_text(manager, setting, &source->settings));
        }
    }
    buf_put_text(&manager->out, shown > 0 ? "\n" : "  all as they are by default\n");
    if (source->settings.legacy) {
        buf_put_text(&manager->out,
                     "          ! old algorithms are allowed: who can change traffic to these "
                     "targets may read the credential\n");
    }
}

static void put_entries(struct manager *manager, const struct shown *shown)
{
    static const struct layout_column columns[] = {
        {.title = "ENTRY", .least = 10},
        {.title = "TARGETS", .least = 7, .right = true},
        {.title = "CREDENTIAL", .least = 10, .expend = 1},
        {.title = "TAGS", .least = 4, .expend = 2},
    };
    struct layout_table table;
    layout_table_init(&table, &manager->arena, columns, sizeof columns / sizeof columns[0]);
    for (uint32_t i = 0; i < shown->entry_count; i++) {
        const struct target_entry *entry = &shown->entries[i].entry;
        layout_table_add(&table, entry->text, LAYOUT_PLAIN);
        layout_table_add(&table, manager_number(manager, target_spec_count(&entry->spec)),
                         LAYOUT_PLAIN);
        layout_table_add(&table, entry->credential, LAYOUT_PLAIN);
        layout_table_add(&table, entry->tags, LAYOUT_PLAIN);
    }
    buf_put_byte(&manager->out, '\n');
    layout_table_write(&table, manager->width, manager->color, &manager->out);
}

/* How a target's key is known: "pinned", "first use", "none". */
static struct str key_state(const struct shown *shown, struct str host)
{
    struct str state = STR("none");
    for (uint32_t i = 0; i < shown->key_count; i++) {
        if (str_eq(shown->keys[i].host, host)) {
            state = shown->keys[i].first_use ? STR("first use") : STR("pinned");
        }
    }
    return state;
}

static void put_targets(struct manager *manager, const struct shown *shown)
{
    static const struct layout_column columns[] = {
        {.title = "TARGET", .least = 10},
        {.title = "SERVER", .least = 8},
        {.title = "STATE", .least = 6},
        {.title = "ISSUE", .least = 6},
        {.title = "HOST KEY", .least = 8, .expend = 2},
        {.title = "LAST RUN", .least = 16, .expend = 1},
    };
    struct layout_table table;
    layout_table_init(&table, &manager->arena, columns, sizeof columns / sizeof columns[0]);
    for (uint32_t i = 0; i < shown->target_count; i++) {
        const struct store_target_row *row = &shown->targets[i];
        layout_table_add(&table, row->key, LAYOUT_PLAIN);
        layout_table_add(&table, row->server, LAYOUT_PLAIN);
        layout_table_add(&table, row->state, row->code.len > 0 ? LAYOUT_ATTENTION : LAYOUT_PLAIN);
        layout_table_add(&table, row->code, LAYOUT_ATTENTION);
        layout_table_add(&table, key_state(shown, row->key), LAYOUT_PLAIN);
        layout_table_add(&table, manager_date(manager, row->seen), LAYOUT_PLAIN);
    }
    buf_put_byte(&manager->out, '\n');
    layout_table_write(&table, manager->width, manager->color, &manager->out);
}

static void put_table(struct manager *manager, const struct shown *shown)
{
    layout_begin_style(&manager->out, manager->color, LAYOUT_BOLD);
    text_put_clean(&manager->out, shown->source.name);
    layout_end_style(&manager->out, manager->color, LAYOUT_BOLD);
    buf_printf(&manager->out, "  source of kind %.*s, made %.*s\n", STR_ARG(shown->source.kind),
               STR_ARG(manager_date(manager, shown->source.created)));
    put_settings(manager, &shown->source);
    put_entries(manager, shown);
    if (shown->target_count > 0) {
        put_targets(manager, shown);
    } else {
        buf_printf(&manager->out, "\nnot discovered yet: assay discover %.*s\n",
                   STR_ARG(shown->source.name));
    }
}

static void json_settings(struct manager *manager, struct json_writer *json,
                          const struct source_settings *settings)
{
    json_open_object(json, "settings");
    for (unsigned i = 0; i < source_setting_count; i++) {
        const struct setting *setting = &source_setting_rows[i];
        json_put_known(json, setting->key, setting_text(manager, setting, settings));
    }
    json_close_object(json);
}

static void json_lists(struct json_writer *json, const struct shown *shown)
{
    json_open_array(json, "entries");
    for (uint32_t i = 0; i < shown->entry_count; i++) {
        const struct target_entry *entry = &shown->entries[i].entry;
        json_open_object(json, NULL);
        json_put_str(json, "target", entry->text);
        json_put_uint(json, "addresses", target_spec_count(&entry->spec));
        json_put_known(json, "credential", entry->credential);
        json_put_known(json, "tags", entry->tags);
        json_close_object(json);
    }
    json_close_array(json);
    json_open_array(json, "targets");
    for (uint32_t i = 0; i < shown->target_count; i++) {
        const struct store_target_row *row = &shown->targets[i];
        json_open_object(json, NULL);
        json_put_str(json, "target", row->key);
        json_put_known(json, "server", row->server);
        json_put_known(json, "state", row->state);
        json_put_known(json, "issue", row->code);
        json_put_time(json, "time", row->seen);
        json_close_object(json);
    }
    json_close_array(json);
    json_open_array(json, "host_keys");
    for (uint32_t i = 0; i < shown->key_count; i++) {
        const struct store_host_key *key = &shown->keys[i];
        json_open_object(json, NULL);
        json_put_str(json, "host", key->host);
        json_put_known(json, "type", key->type);
        json_put_str(json, "fingerprint", key->fingerprint);
        json_put_text(json, "how", key->first_use ? "first-use" : "pinned");
        json_put_time(json, "since", key->since);
        json_close_object(json);
    }
    json_close_array(json);
}

static void put_json(struct manager *manager, const struct shown *shown)
{
    struct json_writer json;
    manager_json(manager, &json, "assay-source");
    json_put_str(&json, "name", shown->source.name);
    json_put_str(&json, "kind", shown->source.kind);
    json_put_time(&json, "created", shown->source.created);
    json_put_time(&json, "changed", shown->source.changed);
    json_settings(manager, &json, &shown->source.settings);
    json_lists(&json, shown);
    json_close_object(&json);
}

static int show(struct manager *manager)
{
    struct shown shown;
    int status = load(manager, &shown);
    if (status != CLI_DONE) {
        return status;
    }
    if (manager->json) {
        put_json(manager, &shown);
    } else {
        put_table(manager, &shown);
    }
    return CLI_DONE;
}

static int run(const struct cli_args *args)
{
    return manager_run(args, show);
}

static const struct cli_option options[] = {MANAGER_OPTION_FORMAT, CLI_OPTION_NO_COLOR, {0}};

const struct cli_command cmd_source_show = {
    .name = source_show_name,
    .usage = "[OPTION...] NAME",
    .summary = source_show_summary,
    .examples = "  assay source show web\n"
                "  assay source show web --format json",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
