/* Results of osquery as JSON: what `osqueryi --json QUERY` prints (an array of rows), an object
 * that has such arrays by table ({"deb_packages": [...]}), and the results log of osqueryd, a line
 * a snapshot. A table is recognised by its columns, since results do not name it. */
#include "import/hosts.h"

#include "base/limits.h"

static struct str cell(struct json row, const char *column)
{
    return json_str(json_get(row, column));
}

static bool has(struct json row, const char *column)
{
    return json_type(json_get(row, column)) == JSON_TEXT;
}

static struct str take(struct import_host *host, struct json row, const char *column)
{
    return import_take_text(&host->inventory.arena, cell(row, column), LIMIT_NAME);
}

static void add(struct import_host *host, const char *ecosystem, struct json row,
                struct str version, const char *source, const char *vendor)
{
    struct inventory_software software = {
        .ecosystem = str_from(ecosystem),
        .name = take(host, row, "name"),
        .version = import_take_text(&host->inventory.arena, version, LIMIT_VERSION),
        .arch = take(host, row, "arch"),
        .source = source ? take(host, row, source) : STR(""),
        .vendor = vendor ? take(host, row, vendor) : STR(""),
        .installed = TIME_NONE,
    };
    import_builder_add(&host->builder, &software);
}

static void read_deb(struct import_host *host, struct json row)
{
    struct str status = cell(row, "status");
    if (status.len == 0 || str_ends(status, STR(" installed"))) {
        add(host, "dpkg", row, cell(row, "version"), "source", "maintainer");
    }
}

static void read_rpm(struct import_host *host, struct json row)
{
    struct str epoch = cell(row, "epoch"), version = cell(row, "version");
    bool has_epoch = epoch.len > 0 && !str_eq_text(epoch, "0");
    struct str full =
        arena_printf(&host->inventory.arena, "%.*s%s%.*s-%.*s", STR_ARG(epoch),
                     has_epoch ? ":" : "", STR_ARG(version), STR_ARG(cell(row, "release")));
    add(host, "rpm", row, has_epoch ? full : str_skip(full, epoch.len), NULL, "vendor");
}

static void read_program(struct import_host *host, struct json row)
{
    add(host, "windows", row, cell(row, "version"), NULL, "publisher");
}

static void read_python(struct import_host *host, struct json row)
{
    add(host, "pypi", row, cell(row, "version"), NULL, "author");
}

static void read_npm(struct import_host *host, struct json row)
{
    add(host, "npm", row, cell(row, "version"), NULL, "author");
}

static void read_os(struct import_host *host, struct json row)
{
    struct arena *arena = &host->inventory.arena;
    struct inventory_os *os = &host->inventory.os;
    struct str platform = take(host, row, "platform"), build = take(host, row, "build");
    struct str major = cell(row, "major"), minor = cell(row, "minor"), release = STR("");
    if (str_eq_text(platform, "windows")) {
        import_set_os_phrase(arena, take(host, row, "name"), STR(""), os);
        os->build = build.len > 0 ? build : os->build;
        os->version = take(host, row, "version");
        return;
    }
    if (major.len > 0 && !str_eq_text(major, "0")) {
        bool two = minor.len > 0 && !str_eq_text(minor, "0");
        release = arena_printf(arena, "%.*s%s%.*s", STR_ARG(major), two ? "." : "",
                               STR_ARG(two ? minor : STR("")));
    }
    /* Ubuntu's release has two digits: "22.04" is major 22, minor 4. */
    if (str_eq_text(platform, "ubuntu") && minor.len == 1) {
        release = arena_printf(arena, "%.*s.0%.*s", STR_ARG(major), STR_ARG(minor));
    }
    import_set_os(arena, platform, release, os);
    if (cell(row, "codename").len > 0) {
        os->codename = take(host, row, "codename");
    }
}

static void read_system(struct import_host *host, struct json row)
{
    struct inventory_machine *machine = &host->inventory.machine;
    uint64_t number;
    host->inventory.name =
        take(host, row, has(row, "computer_name") ? "computer_name" : "hostname");
    host->inventory.fqdn = str_find_byte(cell(row, "hostname"), '.') != SIZE_MAX
                               ? take(host, row, "hostname")
                               : STR("");
    machine->product_uuid = take(host, row, "uuid");
    machine->serial = take(host, row, "hardware_serial");
    machine->vendor = take(host, row, "hardware_vendor");
    machine->product = take(host, row, "hardware_model");
    machine->cpu_model = take(host, row, "cpu_brand");
    machine->arch = take(host, row, "cpu_type");
    if (str_to_u64(cell(row, "cpu_logical_cores"), &number) && number <= 65536) {
        machine->cpus = (uint32_t)number;
    }
    if (str_to_u64(cell(row, "physical_memory"), &number)) {
        machine->memory_bytes = number;
    }
}

static void read_patch(struct import_host *host, struct json row)
{
    import_builder_add_hotfix(&host->builder, cell(row, "hotfix_id"));
}

static void read_kernel(struct import_host *host, struct json row)
{
    host->inventory.kernel.running = take(host, row, "version");
}

/* Tables, each by columns that only it has. */
static const struct osquery_table {
    const char *name;
    const char *columns[4];
    void (*read)(struct import_host *host, struct json row);
} tables[] = {
    {"deb_packages", {"name", "version", "revision", "maintainer"}, read_deb},
    {"deb_packages", {"name", "version", "source", "status"}, read_deb},
    {"rpm_packages", {"name", "version", "release", "arch"}, read_rpm},
    {"programs", {"name", "version", "identifying_number"}, read_program},
    {"programs", {"name", "version", "publisher"}, read_program},
    {"patches", {"hotfix_id"}, read_patch},
    {"os_version", {"name", "platform", "major", "minor"}, read_os},
    {"system_info", {"hostname", "uuid"}, read_system},
    {"kernel_info", {"version", "arguments", "device"}, read_kernel},
    {"python_packages", {"name", "version", "author", "path"}, read_python},
    {"npm_packages", {"name", "version", "author", "homepage"}, read_npm},
};

static const struct osquery_table *find_table(struct json row, struct str name)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        bool fits = json_type(row) == JSON_OBJECT;
        for (unsigned c = 0; c < 4 && tables[i].columns[c] != NULL; c++) {
            fits = fits && has(row, tables[i].columns[c]);
        }
        if (name.len > 0 ? str_eq_text(name, tables[i].name) : fits) {
            return &tables[i];
        }
    }
    return NULL;
}

static void read_rows(struct import_run *run, struct import_host *host, struct json rows,
                      struct str name)
{
    struct json row;
    struct json_each each = json_each(rows);
    const struct osquery_table *table = NULL;
    while (json_next(&each, &row) && !import_builder_full(&host->builder)) {
        if (table == NULL) {
            table = find_table(row, name);
        }
        if (table == NULL || json_type(row) != JSON_OBJECT) {
            import_leave_out(run, "%.*s: rows of a table that is not read", STR_ARG(name));
            return;
        }
        table->read(host, row);
    }
}

static void finish(struct import_run *run, struct import_host *host)
{
    struct inventory *inventory = &host->inventory;
    bool windows = inventory->os.family == OS_FAMILY_WINDOWS;
    if (inventory->collector.len == 0) {
        inventory->collector = STR("osquery");
    }
    if (inventory->name.len == 0) {
        inventory->name = import_take_text(&inventory->arena, import_hint_name(run), LIMIT_NAME);
    }
    inventory->hotfixes_known =
        host->builder.hotfix_count > 0 && windows ? TRUTH_YES : TRUTH_UNKNOWN;
    inventory->updates.reason = STR("osquery does not list pending updates");
    import_builder_finish(&host->builder, STR("import.osquery"),
                          host->builder.seen > 0 ? TRUTH_YES : TRUTH_UNKNOWN);
}

bool osquery_matches(struct json root)
{
    struct json first = {0};
    struct json_each each = json_each(root);
    if (!json_next(&each, &first)) {
        return false;
    }
    if (json_type(root) == JSON_ARRAY) {
        return find_table(first, STR("")) != NULL;
    }
    return find_table(first, json_key(first)) != NULL && json_type(first) == JSON_ARRAY;
}

int osquery_read_all(struct import_run *run, struct error *err)
{
    struct import_host host;
    struct json member;
    import_host_init(&host);
    host.inventory.arena = run->inventory.arena; /* it holds the document's texts */
    inventory_init(&run->inventory);
    if (json_type(run->root) == JSON_ARRAY) {
        read_rows(run, &host, run->root, STR(""));
    } else {
        struct json_each each = json_each(run->root);
        while (json_next(&each, &member)) {
            read_rows(run, &host, member, json_key(member));
        }
    }
    finish(run, &host);
    int r =
        import_builder_full(&host.builder)
            ? error_set(err, ERR_LIMIT, "more than %u pieces of software", LIMIT_INVENTORY_SOFTWARE)
            : import_give(run, &host.inventory, err);
    inventory_done(&host.inventory);
    return r;
}

/* ---- results log ---- */

struct osquery_log {
    struct import_run *run;
    struct import_hosts hosts;
    uint64_t line;
};

bool osquery_log_matches(struct str bytes)
{
    struct str line;
    bytes = str_trim(bytes);
    return str_next_line(&bytes, &line) && str_starts(line, STR("{")) &&
           str_find(line, STR("\"hostIdentifier\"")) != SIZE_MAX;
}

static void read_entry(struct osquery_log *log, struct json entry)
{
    struct json snapshot = json_get(entry, "snapshot");
    struct str name = json_str(json_get(entry, "hostIdentifier"));
    uint64_t time;
    if (name.len == 0 || name.len > LIMIT_NAME || json_type(snapshot) != JSON_ARRAY) {
        import_leave_out(log->run, "line %llu: no snapshot of a host",
                         (unsigned long long)log->line);
        return;
    }
    struct import_host *host = import_hosts_get(&log->hosts, name);
    if (host == NULL) {
        return;
    }
    struct str own = host->inventory.name;
    read_rows(log->run, host, snapshot, STR(""));
    host->inventory.name = host->inventory.name.len > 0 ? host->inventory.name : own;
    if (json_as_uint(json_get(entry, "unixTime"), &time)) {
        host->inventory.collected = time_checked((int64_t)time);
    }
}

static void read_log_line(struct osquery_log *log, struct str line)
{
    struct arena arena;
    struct json_document document;
    struct error err = ERROR_INIT;
    char text[700];
    arena_init(&arena);
    if (json_parse(line, LIMIT_INVENTORY, &arena, &document, &err) == 0) {
        read_entry(log, json_root(&document));
        json_done(&document);
    } else {
        import_leave_out(log->run, "line %llu: %s", (unsigned long long)log->line,
                         error_text(&err, text, sizeof text));
    }
    arena_done(&arena);
}

int osquery_log_read_all(struct import_run *run, struct error *err)
{
    struct osquery_log log = {.run = run};
    struct str rest = run->bytes, line;
    import_hosts_init(&log.hosts);
    while (str_next_line(&rest, &line)) {
        log.line++;
        if (str_trim(line).len > 0) {
            read_log_line(&log, line);
        }
    }
    return import_hosts_give(&log.hosts, run, finish, err);
}
