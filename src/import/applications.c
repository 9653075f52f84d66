/* Azure Migrate's software inventory: a row a piece of software and server (sheet
 * ApplicationInventory: MachineName, Application, Version, Provider, MachineManagerFqdn). Rows of a
 * server need not stand together. */
#include "import/columns.h"
#include "import/hosts.h"

#include "base/limits.h"

enum application_column { APP_MACHINE, APP_NAME, APP_VERSION, APP_PROVIDER, APP_COLUMNS };

static const struct column columns[APP_COLUMNS] = {
    [APP_MACHINE] = {"machine name|machinename|server name|server"},
    [APP_NAME] = {"application|software name|application name"},
    [APP_VERSION] = {"version|software version|application version"},
    [APP_PROVIDER] = {"provider|publisher|software provider"},
};

struct application_reader {
    struct import_run *run;
    struct table_reader table;
    struct import_hosts hosts;
};

bool applications_matches(struct str bytes)
{
    struct table_reader table;
    bool fits = table_open(&table, bytes, columns, APP_COLUMNS) && table_has(&table, APP_MACHINE) &&
                table_has(&table, APP_NAME) && table_has(&table, APP_VERSION);
    table_close(&table);
    return fits;
}

/* The export does not say which packages are of a package manager: what has the form of a
 * distribution's version is still only a name, so that it is software in general ("generic") until
 * the server's system is known. */
static void read_row(struct application_reader *reader)
{
    struct str machine = table_cell_of(&reader->table, APP_MACHINE);
    struct str name = table_cell_of(&reader->table, APP_NAME);
    unsigned long long line = table_line(&reader->table);
    if (machine.len == 0 || machine.len > LIMIT_NAME || name.len == 0) {
        import_leave_out(reader->run, "line %llu, column %s: %s; the row is left out", line,
                         name.len == 0 ? "Application" : "MachineName",
                         machine.len > LIMIT_NAME ? "too long" : "empty");
        return;
    }
    struct import_host *host = import_hosts_get(&reader->hosts, machine);
    if (host == NULL) {
        import_leave_out(reader->run, "line %llu: more than %u servers", line,
                         LIMIT_IMPORT_SERVERS);
        return;
    }
    struct arena *arena = &host->inventory.arena;
    struct inventory_software software = {
        .ecosystem = STR("windows"),
        .name = import_take_text(arena, name, LIMIT_NAME),
        .version =
            import_take_text(arena, table_cell_of(&reader->table, APP_VERSION), LIMIT_VERSION),
        .vendor = import_take_text(arena, table_cell_of(&reader->table, APP_PROVIDER), LIMIT_NAME),
        .installed = TIME_NONE,
    };
    if (!import_builder_full(&host->builder)) {
        import_builder_add(&host->builder, &software);
    }
}

/* Without providers the rows are of Linux packages; Windows programs have theirs. */
static void set_ecosystem(struct import_host *host)
{
    uint32_t with_vendor = 0;
    for (uint32_t i = 0; i < host->builder.software_count; i++) {
        with_vendor += host->builder.software[i].vendor.len > 0;
    }
    if (with_vendor * 2 >= host->builder.software_count) {
        host->inventory.os.family = OS_FAMILY_WINDOWS;
        host->inventory.os.id = STR("windows");
        import_builder_note(&host->builder,
                            STR("taken for Windows, since its software has providers"));
        return;
    }
    for (uint32_t i = 0; i < host->builder.software_count; i++) {
        host->builder.software[i].ecosystem = STR("generic");
    }
}

static void finish(struct import_run *run, struct import_host *host)
{
    (void)run;
    set_ecosystem(host);
    host->inventory.collector = STR("azure-migrate");
    host->inventory.updates.reason = STR("a software inventory does not tell pending updates");
    import_builder_finish(&host->builder, STR("import.applications"), TRUTH_YES);
}

int applications_read_all(struct import_run *run, struct error *err)
{
    struct application_reader reader = {.run = run};
    enum csv_record found;
    import_hosts_init(&reader.hosts);
    bool open = table_open(&reader.table, run->bytes, columns, APP_COLUMNS);
    while (open && (found = table_next(&reader.table)) != CSV_END) {
        if (found == CSV_BROKEN) {
            import_leave_out(run, "line %llu: a quote that is not closed; the row is left out",
                             (unsigned long long)table_line(&reader.table));
        } else {
            read_row(&reader);
        }
        arena_clear(&reader.table.arena);
    }
    table_close(&reader.table);
    return import_hosts_give(&reader.hosts, run, finish, err);
}
