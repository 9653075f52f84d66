#include "console/manager.h"

struct row {
    const struct store_source *source;
    uint64_t targets, issues;
    struct store_source_contents contents;
};

static int read_row(struct manager *manager, const struct store_source *source, struct row *ret,
                    struct error *err)
{
    ret->source = source;
    int result = store_entry_addresses(manager->store, source->id, &ret->targets, err);
    if (result == 0) {
        result = store_issue_count(manager->store, source->id, &ret->issues, err);
    }
    if (result == 0) {
        result = store_source_contents(manager->store, source->id, &ret->contents, err);
    }
    return result;
}

static void put_table(struct manager *manager, const struct row *rows, uint32_t count)
{
    static const struct layout_column columns[] = {
        {.title = "SOURCE", .least = 6},
        {.title = "KIND", .least = 4},
        {.title = "TARGETS", .least = 7, .right = true},
        {.title = "SEEN", .least = 4, .right = true},
        {.title = "ISSUES", .least = 6, .right = true},
        {.title = "HOST KEYS", .least = 9, .expend = 1},
        {.title = "CHANGED", .least = 16, .expend = 2},
    };
    struct layout_table table;
    layout_table_init(&table, &manager->arena, columns, sizeof columns / sizeof columns[0]);
    for (uint32_t i = 0; i < count; i++) {
        const struct store_source *source = rows[i].source;
        layout_table_add(&table, source->name, LAYOUT_BOLD);
        layout_table_add(&table, source->kind, LAYOUT_PLAIN);
        layout_table_add(&table, manager_number(manager, rows[i].targets), LAYOUT_PLAIN);
        layout_table_add(&table, manager_number(manager, rows[i].contents.targets), LAYOUT_PLAIN);
        layout_table_add(&table, manager_number(manager, rows[i].issues),
                         rows[i].issues > 0 ? LAYOUT_ATTENTION : LAYOUT_PLAIN);
        layout_table_add(&table,
                         source->settings.host_keys == HOST_KEYS_STRICT ? STR("strict")
                                                                        : STR("first-use"),
                         LAYOUT_PLAIN);
        layout_table_add(&table, manager_date(manager, source->changed), LAYOUT_PLAIN);
    }
    layout_table_write(&table, manager->width, manager->color, &manager->out);
}

static void put_json(struct manager *manager, const struct row *rows, uint32_t count)
{
    struct json_writer json;
    manager_json(manager, &json, "assay-sources");
    json_open_array(&json, "sources");
    for (uint32_t i = 0; i < count; i++) {
        json_open_object(&json, NULL);
        json_put_str(&json, "name", rows[i].source->name);
        json_put_str(&json, "kind", rows[i].source->kind);
        json_put_uint(&json, "targets", rows[i].targets);
        json_put_uint(&json, "seen", rows[i].contents.targets);
        json_put_uint(&json, "issues", rows[i].issues);
        json_put_time(&json, "created", rows[i].source->created);
        json_put_time(&json, "changed", rows[i].source->changed);
        json_close_object(&json);
    }
    json_close_array(&json);
    json_close_object(&json);
}

static int list(struct manager *manager)
{
    struct error err = ERROR_INIT;
    struct store_source *sources;
    uint32_t count;
    int result = store_source_list(manager->store, &manager->arena, &sources, &count, &err);
    struct row *rows = result < 0 ? NULL : arena_array(&manager->arena, count + 1, struct row);
    for (uint32_t i = 0; result == 0 && i < count; i++) {
        result = read_row(manager, &sources[i], &rows[i], &err);
    }
    if (result < 0) {
        return cli_fail(&err);
    }
    if (manager->json) {
        put_json(manager, rows, count);
    } else if (count == 0) {
        cli_warn("there is no source; `assay source add` makes one");
    } else {
        put_table(manager, rows, count);
    }
    return CLI_DONE;
}

static int run(const struct cli_args *args)
{
    return manager_run(args, list);
}

static const struct cli_option options[] = {MANAGER_OPTION_FORMAT, CLI_OPTION_NO_COLOR, {0}};

const struct cli_command cmd_source_list = {
    .name = source_list_name,
    .usage = "[OPTION...]",
    .summary = source_list_summary,
    .detail = "TARGETS are the addresses and names that a source stands for, SEEN those of them\n"
              "that answered or were named.",
    .examples = "  assay source list\n"
                "  assay source list --format json",
    .options = options,
    .run = run,
};
