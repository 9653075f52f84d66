#include "console/entries.h"

#include "base/file.h"
#include "base/limits.h"

#include <string.h>

static void add(struct manager *manager, struct entries *entries, const struct target_entry *entry)
{
    arena_reserve(&manager->arena, entries->items, entries->count, entries->capacity);
    entries->items[entries->count++] = *entry;
}

static int add_text(struct manager *manager, struct entries *entries, const char *text)
{
    struct error err = ERROR_INIT;
    struct target_entry entry;
    if (target_entry_make(str_from(text), &manager->arena, &entry, &err) < 0) {
        return cli_usage("%s", err.message);
    }
    add(manager, entries, &entry);
    return CLI_DONE;
}

struct list_problems {
    const char *path;
    uint32_t count;
};

static void show_problem(void *context, uint64_t line, struct str column, const char *text)
{
    enum { MOST = 20 };
    struct list_problems *problems = context;
    problems->count++;
    if (problems->count > MOST) {
        return;
    }
    if (column.len > 0) {
        cli_warn("%s: line %llu, column %.*s: %s", problems->path, (unsigned long long)line,
                 STR_ARG(column), text);
    } else {
        cli_warn("%s: line %llu: %s", problems->path, (unsigned long long)line, text);
    }
}

static int add_file(struct manager *manager, struct entries *entries, const char *path)
{
    struct error err = ERROR_INIT;
    struct buf bytes;
    struct list_problems problems = {.path = path};
    struct target_entry *list = NULL;
    uint32_t count = 0;
    buf_init(&bytes, LIMIT_TARGET_FILE);
    int result = file_read_given(path, &bytes, &err);
    if (result == 0) {
        result = target_list_read(buf_view(&bytes), &manager->arena, show_problem, &problems, &list,
                                  &count, &err);
    }
    /* What the entries hold is copied to the arena. */
    buf_done(&bytes);
    if (result < 0) {
        error_add_where(&err, path);
        return cli_fail(&err);
    }
    for (uint32_t i = 0; i < count; i++) {
        add(manager, entries, &list[i]);
    }
    if (problems.count > 0) {
        cli_warn("%s: %u of %u rows left out", path, problems.count, problems.count + count);
    }
    entries->bad += problems.count;
    return CLI_DONE;
}

int entries_read(struct manager *manager, unsigned from, const char *option,
                 struct entries *ret_entries)
{
    struct entries entries = {0};
    const char *text;
    int status = CLI_DONE;
    for (unsigned i = from; status == CLI_DONE && i < manager->args->argument_count; i++) {
        status = add_text(manager, &entries, manager->args->arguments[i]);
    }
    for (unsigned i = 0; status == CLI_DONE && option != NULL &&
                         (text = cli_value_at(manager->args, option, i)) != NULL;
         i++) {
        status = add_text(manager, &entries, text);
    }
    for (unsigned i = 0;
         status == CLI_DONE && (text = cli_value_at(manager->args, "file", i)) != NULL; i++) {
        status = add_file(manager, &entries, text);
    }
    if (status == CLI_DONE) {
        *ret_entries = entries;
    }
    return status;
}

int entries_check(struct manager *manager, int64_t source, const struct entries *entries)
{
    struct error err = ERROR_INIT;
    uint64_t addresses = 0, added = 0;
    if (source != 0 && store_entry_addresses(manager->store, source, &addresses, &err) < 0) {
        return cli_fail(&err);
    }
    for (uint32_t i = 0; i < entries->count; i++) {
        added += target_spec_count(&entries->items[i].spec);
    }
    if (addresses + added > LIMIT_TARGETS) {
        return cli_usage("that is %llu targets; a source has at most %u: make several of smaller "
                         "ranges",
                         (unsigned long long)(addresses + added), LIMIT_TARGETS);
    }
    if (added > LIMIT_TARGETS_UNASKED) {
        return manager_ask(manager, "that is %llu addresses, each is connected to",
                           (unsigned long long)added);
    }
    return CLI_DONE;
}

int entries_put(struct manager *manager, int64_t source, const struct entries *entries)
{
    struct error err = ERROR_INIT;
    uint64_t added = 0, addresses;
    int result = store_begin(manager->store, &err);
    for (uint32_t i = 0; result == 0 && i < entries->count; i++) {
        bool is_new;
        result = store_entry_put(manager->store, source, &entries->items[i], &is_new, &err);
        added += result == 0 && is_new;
    }
    if (result == 0) {
        result = store_commit(manager->store, &err);
    }
    if (result == 0) {
        result = store_entry_addresses(manager->store, source, &addresses, &err);
    }
    if (result < 0) {
        store_rollback(manager->store);
        return cli_fail(&err);
    }
    if (entries->count > 0) {
        cli_warn("%llu new of %u entries; the source has %llu target%s", (unsigned long long)added,
                 entries->count, (unsigned long long)addresses, addresses == 1 ? "" : "s");
    }
    return entries->bad > 0 ? CLI_PARTLY : CLI_DONE;
}

static uint16_t port_of(const struct store_source *source, const struct target_spec *spec)
{
    return spec->port != 0 ? spec->port : (uint16_t)source->settings.port;
}

/* Does the entry stand for the target? */
static bool covers(const struct store_source *source, const struct target_spec *entry,
                   const struct target_spec *target)
{
    if (port_of(source, entry) != port_of(source, target)) {
        return false;
    }
    return entry->name.len > 0
               ? str_eq(entry->name, target->name)
               : target->name.len == 0 && net_range_contains(&entry->range, &target->range.first);
}

static bool still_covered(const struct store_source *source, const struct store_entry *entries,
                          uint32_t count, const struct target_spec *target)
{
    for (uint32_t i = 0; i < count; i++) {
        if (covers(source, &entries[i].entry.spec, target)) {
            return true;
        }
    }
    return false;
}

/* Targets of the removed entry that no other entry stands for. */
static int remove_targets(struct manager *manager, const struct store_source *source,
                          const struct target_spec *removed, struct error *err)
{
    struct store_entry *entries;
    struct store_target_row *rows;
    uint32_t entry_count, row_count;
    int result =
        store_entry_list(manager->store, source->id, &manager->arena, &entries, &entry_count, err);
    if (result == 0) {
        result =
            store_target_list(manager->store, source->id, &manager->arena, &rows, &row_count, err);
    }
    for (uint32_t i = 0; result == 0 && i < row_count; i++) {
        struct target_spec target;
        if (target_spec_parse(rows[i].key, &manager->arena, &target, NULL) == 0 &&
            covers(source, removed, &target) &&
            !still_covered(source, entries, entry_count, &target)) {
            result = store_target_remove(manager->store, source->id, rows[i].key, err);
        }
    }
    return result;
}

int entries_remove(struct manager *manager, const struct store_source *source, const char *text)
{
    struct error err = ERROR_INIT;
    struct target_entry entry;
    if (target_entry_make(str_from(text), &manager->arena, &entry, &err) < 0) {
        return cli_usage("%s", err.message);
    }
    int result = store_begin(manager->store, &err);
    if (result == 0) {
        result = store_entry_remove(manager->store, source->id, entry.text, &err);
    }
    if (result == 0) {
        result = remove_targets(manager, source, &entry.spec, &err);
    }
    if (result == 0) {
        result = store_commit(manager->store, &err);
    }
    if (result < 0) {
        store_rollback(manager->store);
        error_add_where(&err, manager->args->arguments[0]);
        return cli_fail(&err);
    }
    return CLI_DONE;
}
