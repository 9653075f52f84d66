#include "console/manager.h"

#include "base/memory.h"
#include "inventory/kept.h"

#include <stdlib.h>

static int ask(struct manager *manager, const struct store_source *source, bool with_inventories)
{
    struct error err = ERROR_INIT;
    struct store_source_contents contents;
    struct buf text;
    if (store_source_contents(manager->store, source->id, &contents, &err) < 0) {
        return cli_fail(&err);
    }
    buf_init(&text, 1024);
    text_put_count(&text, contents.entries, "entry", "entries");
    buf_put_text(&text, ", ");
    text_put_count(&text, contents.targets, "target", "targets");
    buf_put_text(&text, ", ");
    text_put_count(&text, contents.host_keys, "pinned host key", "pinned host keys");
    buf_put_text(&text, " and ");
    text_put_count(&text, contents.issues, "issue", "issues");
    buf_put_text(&text, " go with it; ");
    text_put_count(&text, contents.servers, "inventory", "inventories");
    buf_put_text(&text, with_inventories ? " of servers that no other source has too"
                                         : " of servers that no other source has stay");
    int status =
        manager_ask(manager, "%.*s is removed: %s", STR_ARG(source->name), buf_text(&text));
    buf_done(&text);
    return status;
}

static int remove_inventories(struct manager *manager, const struct str *names, uint32_t count)
{
    struct error err = ERROR_INIT;
    _cleanup_free_ char *folder = kept_folder(manager->state);
    int status = CLI_DONE;
    for (uint32_t i = 0; i < count; i++) {
        if (kept_remove(folder, names[i], &err) < 0) {
            status = cli_fail(&err);
        }
    }
    return status;
}

static int remove_source(struct manager *manager)
{
    struct error err = ERROR_INIT;
    struct store_source source;
    struct str *names = NULL;
    uint32_t count = 0;
    bool with_inventories = cli_flag(manager->args, "with-inventories");
    int status = manager_source(manager, manager->args->arguments[0], &source);
    if (status == CLI_DONE) {
        status = ask(manager, &source, with_inventories);
    }
    if (status != CLI_DONE) {
        return status;
    }
    int result =
        store_source_servers(manager->store, source.id, &manager->arena, &names, &count, &err);
    if (result == 0) {
        result = store_source_remove(manager->store, source.id, &err);
    }
    if (result < 0) {
        return cli_fail(&err);
    }
    return with_inventories ? remove_inventories(manager, names, count) : CLI_DONE;
}

static int run(const struct cli_args *args)
{
    return manager_run(args, remove_source);
}

static const struct cli_option options[] = {
    {"with-inventories", 0, NULL,
     "also remove the inventories of servers that no other source has"},
    MANAGER_OPTION_YES,
    {0}};

const struct cli_command cmd_source_remove = {
    .name = source_remove_name,
    .usage = "[OPTION...] NAME",
    .summary = source_remove_summary,
    .detail = "Its targets, their pinned host keys and issues go with it; it says how many and\n"
              "asks. Credentials and inventories stay.",
    .examples = "  assay source remove web\n"
                "  assay source remove lab --yes --with-inventories",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
