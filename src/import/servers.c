/* Tables with a row a server: RVTools' vInfo, and Azure Migrate's template for import and export of
 * servers. They say what the machine is, not what is installed on it. */
#include "import/columns.h"

#include "base/limits.h"

enum server_column {
    SERVER_NAME,
    SERVER_DNS,
    SERVER_OS,
    SERVER_OS_OTHER,
    SERVER_OS_VERSION,
    SERVER_ARCH,
    SERVER_CORES,
    SERVER_MEMORY,
    SERVER_ADDRESSES,
    SERVER_MAC,
    SERVER_UUID,
    SERVER_TEMPLATE,
    SERVER_VM, /* only RVTools calls the server so */
    SERVER_COLUMNS
};

/* RVTools: what the guest's tools say goes before what the configuration says. */
static const struct column columns[SERVER_COLUMNS] = {
    [SERVER_NAME] = {"server name|server|vm|machine name|machinename|hostname|name"},
    [SERVER_DNS] = {"dns name|fqdn"},
    [SERVER_OS] = {"os according to the vmware tools|os name|operating system"},
    [SERVER_OS_OTHER] = {"os according to the configuration file"},
    [SERVER_OS_VERSION] = {"os version"},
    [SERVER_ARCH] = {"os architecture"},
    [SERVER_CORES] = {"cores|cpus"},
    [SERVER_MEMORY] = {"memory"},
    [SERVER_ADDRESSES] = {"ip addresses|ip address|primary ip address|ipv6/ipv4|ipv4/ipv6"},
    [SERVER_MAC] = {"mac address|mac addresses"},
    [SERVER_UUID] = {"vm uuid|smbios uuid"},
    [SERVER_TEMPLATE] = {"template"},
    [SERVER_VM] = {"vm"},
};

bool servers_matches(struct str bytes)
{
    struct table_reader table;
    bool fits = table_open(&table, bytes, columns, SERVER_COLUMNS) &&
                table_has(&table, SERVER_NAME) &&
                (table_has(&table, SERVER_OS) || table_has(&table, SERVER_OS_OTHER));
    table_close(&table);
    return fits;
}

/* A number of a cell; 0 and a word about the cell when it is none. */
static uint64_t read_number(struct import_run *run, struct table_reader *table,
                            enum server_column column, const char *name, uint64_t most)
{
    struct str text = table_cell_of(table, column);
    double number;
    if (text.len == 0) {
        return 0;
    }
    /* Spreadsheets write 4 as "4.0", and thousands as "16,384". */
    char plain[32];
    size_t len = 0;
    for (size_t i = 0; i < text.len && len + 1 < sizeof plain; i++) {
        if (text.ptr[i] != ',') {
            plain[len++] = text.ptr[i];
        }
    }
    if (!str_to_double(str_make(plain, len), &number) || !(number >= 0 && number <= (double)most)) {
        import_leave_out(run, "line %llu, column %s: %.*s is no number that can be",
                         (unsigned long long)table_line(table), name,
                         STR_ARG(str_cut_utf8(text, 40)));
        return 0;
    }
    return (uint64_t)number;
}

/* Addresses parted by ',' ';' or blanks. */
static void read_addresses(struct inventory *inventory, struct table_reader *table)
{
    struct arena *arena = &inventory->arena;
    struct str mac = import_take_text(arena, table_cell_of(table, SERVER_MAC), LIMIT_NAME);
    struct str text = table_cell_of(table, SERVER_ADDRESSES);
    struct inventory_address *list = NULL;
    uint32_t count = 0, capacity = 0;
    while (text.len > 0 && count < LIMIT_INVENTORY_ADDRESSES) {
        size_t end = 0;
        while (end < text.len && text.ptr[end] != ',' && text.ptr[end] != ';' &&
               text.ptr[end] != ' ' && text.ptr[end] != '[' && text.ptr[end] != ']') {
            end++;
        }
        if (end > 0) {
            arena_reserve(arena, list, count, capacity);
            list[count] = (struct inventory_address){
                STR(""), import_take_text(arena, str_sub(text, 0, end), LIMIT_NAME),
                count == 0 ? mac : STR("")};
            count++;
        }
        text = str_skip(text, end + 1);
    }
    if (count == 0 && mac.len > 0) {
        arena_reserve(arena, list, count, capacity);
        list[count++] = (struct inventory_address){STR(""), STR(""), mac};
    }
    for (uint32_t i = 0; i < count; i++) {
        list[i].mac = i == 0 ? mac : STR("");
    }
    inventory->addresses = list;
    inventory->address_count = count;
}

static void read_os(struct inventory *inventory, struct table_reader *table)
{
    struct arena *arena = &inventory->arena;
    struct str phrase = table_cell_of(table, SERVER_OS);
    if (phrase.len == 0) {
        phrase = table_cell_of(table, SERVER_OS_OTHER);
    }
    phrase = import_take_text(arena, phrase, LIMIT_NAME);
    struct str version =
        import_take_text(arena, table_cell_of(table, SERVER_OS_VERSION), LIMIT_VERSION);
    import_set_os_phrase(arena, phrase, version, &inventory->os);
    if (inventory->os.pretty.len == 0) {
        inventory->os.pretty = phrase;
    }
    struct str arch = table_cell_of(table, SERVER_ARCH);
    bool phrase_says = str_find(table_cell_of(table, SERVER_OS), STR("64-bit")) != SIZE_MAX ||
                       str_find(table_cell_of(table, SERVER_OS_OTHER), STR("64-bit")) != SIZE_MAX;
    bool wide = str_find(arch, STR("64")) != SIZE_MAX || (arch.len == 0 && phrase_says);
    inventory->machine.arch = wide ? STR("x86_64") : arch.len > 0 ? STR("i686") : STR("");
}

static int read_server(struct import_run *run, struct table_reader *table, struct str collector,
                       struct error *err)
{
    struct inventory inventory;
    struct import_builder builder = {.inventory = &inventory};
    struct str name = table_cell_of(table, SERVER_NAME);
    struct str dns = table_cell_of(table, SERVER_DNS);
    if (name.len == 0) {
        import_leave_out(run, "line %llu, column Server name: empty; the row is left out",
                         (unsigned long long)table_line(table));
        return 0;
    }
    inventory_init(&inventory);
    inventory.collector = collector;
    inventory.collected = TIME_NONE;
    inventory.name = import_take_text(&inventory.arena, name, LIMIT_NAME);
    inventory.fqdn = import_take_text(&inventory.arena, dns, LIMIT_NAME);
    read_os(&inventory, table);
    read_addresses(&inventory, table);
    inventory.machine.product_uuid =
        import_take_text(&inventory.arena, table_cell_of(table, SERVER_UUID), LIMIT_NAME);
    inventory.machine.cpus = (uint32_t)read_number(run, table, SERVER_CORES, "Cores", 65536);
    inventory.machine.memory_bytes = read_number(run, table, SERVER_MEMORY, "Memory", 1u << 30)
                                     << 20;
    inventory.updates.reason = STR("a list of servers does not tell pending updates");
    import_builder_finish(&builder, STR("import.servers"), TRUTH_UNKNOWN);
    int r = import_give(run, &inventory, err);
    inventory_done(&inventory);
    return r;
}

static bool is_template(struct table_reader *table)
{
    struct str word = table_cell_of(table, SERVER_TEMPLATE);
    return str_eq_nocase(word, STR("true")) || str_eq_text(word, "1");
}

int servers_read_all(struct import_run *run, struct error *err)
{
    struct table_reader table;
    enum csv_record found;
    int r = 0;
    bool open = table_open(&table, run->bytes, columns, SERVER_COLUMNS);
    struct str collector =
        open && table_has(&table, SERVER_VM) ? STR("rvtools") : STR("azure-migrate");
    while (open && r == 0 && (found = table_next(&table)) != CSV_END) {
        if (found == CSV_BROKEN) {
            import_leave_out(run, "line %llu: a quote that is not closed; the row is left out",
                             (unsigned long long)table_line(&table));
        } else if (!is_template(&table)) {
            r = read_server(run, &table, collector, err);
        }
        arena_clear(&table.arena);
    }
    table_close(&table);
    return r;
}
