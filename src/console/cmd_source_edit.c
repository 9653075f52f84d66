#include "console/entries.h"

static int change_settings(struct manager *manager, struct store_source *source)
{
    struct error err = ERROR_INIT;
    int status = manager_settings(manager, &source->settings);
    if (status == CLI_DONE &&
        store_source_save(manager->store, source->id, &source->settings, time_now(), &err) < 0) {
        status = cli_fail(&err);
    }
    return status;
}

static int rename_source(struct manager *manager, const struct store_source *source)
{
    struct error err = ERROR_INIT;
    const char *name = cli_value(manager->args, "rename");
    if (name == NULL) {
        return CLI_DONE;
    }
    if (!target_is_name(str_from(name))) {
        return cli_usage("--rename %s: a source's name has letters, digits, and - _ .", name);
    }
    int result = store_source_rename(manager->store, source->id, str_from(name), &err);
    return result == ERR_USAGE ? cli_usage("%s", err.message)
           : result < 0        ? cli_fail(&err)
                               : CLI_DONE;
}

static int remove_entries(struct manager *manager, const struct store_source *source)
{
    const char *text;
    int status = CLI_DONE;
    for (unsigned i = 0;
         status == CLI_DONE && (text = cli_value_at(manager->args, "remove", i)) != NULL; i++) {
        status = entries_remove(manager, source, text);
    }
    return status;
}

static int edit(struct manager *manager)
{
    struct store_source source;
    struct entries entries;
    if (manager->args->given_count == 0) {
        return cli_usage("nothing to change; see `assay source edit --help`");
    }
    int status = manager_source(manager, manager->args->arguments[0], &source);
    if (status == CLI_DONE) {
        status = entries_read(manager, 1, "add", &entries);
    }
    if (status == CLI_DONE) {
        status = change_settings(manager, &source);
    }
    if (status == CLI_DONE) {
        status = remove_entries(manager, &source);
    }
    if (status == CLI_DONE) {
        status = entries_check(manager, source.id, &entries);
    }
    if (status == CLI_DONE) {
        status = entries_put(manager, source.id, &entries);
    }
    return status == CLI_DONE ? rename_source(manager, &source) : status;
}

static int run(const struct cli_args *args)
{
    return manager_run(args, edit);
}

#define NEGATIVE_OPTION(key, argument, help, ...) {"no-" key, 0, NULL, "end --" key},

static const struct cli_option options[] = {
    {"add", 0, "TARGET", "add a target; may be given several times"},
    {"remove", 0, "TARGET", "remove a target as the source lists it, its keys and issues too"},
    {"file", 0, "CSV", "add the targets of a list: host,port,credential,tags"},
    {"rename", 0, "NAME", "give the source another name"},
    SOURCE_SETTINGS(MANAGER_SETTING_OPTION) SOURCE_FLAGS(NEGATIVE_OPTION) MANAGER_OPTION_YES,
    {0}};

const struct cli_command cmd_source_edit = {
    .name = source_edit_name,
    .usage = "[OPTION...] NAME",
    .summary = source_edit_summary,
    .detail = "Inventories of servers that were discovered stay when their target is removed.",
    .examples = "  assay source edit web --add web03.example.org --remove web01.example.org\n"
                "  assay source edit web --sudo --timeout 300\n"
                "  assay source edit web --no-legacy",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
