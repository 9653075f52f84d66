#include "console/entries.h"

#include "base/limits.h"

#include <string.h>

static int check_name(const char *name)
{
    struct str text = str_from(name);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!str_is_alpha(c) && !str_is_digit(c) && (i == 0 || strchr("-_.", c) == NULL)) {
            return cli_usage("%s: a source's name has letters, digits, and - _ . behind the first",
                             name);
        }
    }
    return text.len > 0 && text.len <= 64 ? CLI_DONE
                                          : cli_usage("a source's name has 1 to 64 letters");
}

static int make(struct manager *manager, const struct source_settings *settings,
                const struct entries *entries)
{
    struct error err = ERROR_INIT;
    int64_t id, now = time_now();
    struct str name = str_from(manager->args->arguments[0]);
    int result = store_begin(manager->store, &err);
    if (result == 0) {
        result = store_source_add(manager->store, name, STR("ssh"), now, &id, &err);
    }
    if (result == 0) {
        result = store_source_save(manager->store, id, settings, now, &err);
    }
    if (result < 0) {
        store_rollback(manager->store);
        return result == ERR_USAGE ? cli_usage("%s; `assay source edit` changes it", err.message)
                                   : cli_fail(&err);
    }
    int status = entries_put(manager, id, entries);
    if (status == CLI_DONE && settings->legacy) {
        cli_warn("old algorithms are allowed: who can change traffic to these targets may read the "
                 "credential");
    }
    return status;
}

static int add(struct manager *manager)
{
    struct source_settings settings;
    struct entries entries;
    source_settings_init(&settings);
    int status = check_name(manager->args->arguments[0]);
    if (status == CLI_DONE) {
        status = manager_settings(manager, &settings);
    }
    if (status == CLI_DONE) {
        status = entries_read(manager, 1, NULL, &entries);
    }
    if (status == CLI_DONE && entries.count == 0) {
        return cli_usage("a source needs a target: a name, an address, a range, or --file LIST");
    }
    if (status == CLI_DONE) {
        status = entries_check(manager, 0, &entries);
    }
    return status != CLI_DONE ? status : make(manager, &settings, &entries);
}

static int run(const struct cli_args *args)
{
    return manager_run(args, add);
}

static const struct cli_option options[] = {
    {"file", 0, "CSV", "list of targets: host,port,credential,tags; may be given several times"},
    SOURCE_SETTINGS(MANAGER_SETTING_OPTION) MANAGER_OPTION_YES,
    {0}};

const struct cli_command cmd_source_add = {
    .name = source_add_name,
    .usage = "[OPTION...] NAME [TARGET...]",
    .summary = source_add_summary,
    .detail = "A target is a host name, an address, a prefix (10.1.0.0/24), a range\n"
              "(10.0.0.1-10.0.0.50), each with :PORT where it is another one ([IPv6]:PORT). In a\n"
              "range, addresses where nobody answers are no issue.",
    .examples = "  assay source add web web01.example.org web02.example.org:2222\n"
                "  assay source add dc1 10.1.0.0/24 --host-keys first-use\n"
                "  assay source add dc2 --file targets.csv --jump ops@bastion.example.org",
    .options = options,
    .min_arguments = 1,
    .max_arguments = CLI_MAX_ARGUMENTS,
    .run = run,
};
