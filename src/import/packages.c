/* Lists that package managers print: dpkg -l, dpkg-query -W, dpkg's status file, rpm -qa, apk list.
 * They do not say which distribution they are of; the package that carries the release's name does
 * (base-files, almalinux-release), else the caller's hint. */
#include "import/packages.h"

#include "base/limits.h"

/* ---- what the list is of ---- */

/* Packages whose version is the release of the distribution. */
static const struct release_package {
    const char *ecosystem, *name, *os;
} release_packages[] = {
    {"rpm", "almalinux-release", "almalinux"},
    {"rpm", "rocky-release", "rocky"},
    {"rpm", "redhat-release", "rhel"},
    {"rpm", "redhat-release-server", "rhel"},
    {"rpm", "centos-release", "centos"},
    {"rpm", "centos-linux-release", "centos"},
    {"rpm", "centos-stream-release", "centos"},
    {"rpm", "oraclelinux-release", "ol"},
    {"rpm", "fedora-release-common", "fedora"},
    {"rpm", "fedora-release", "fedora"},
    {"rpm", "sles-release", "sles"},
    {"rpm", "openSUSE-release", "opensuse-leap"},
    {"rpm", "Leap-release", "opensuse-leap"},
    {"rpm", "system-release", "amzn"},
    {"apk", "alpine-release", "alpine"},
};

/* Ubuntu numbers base-files by itself; each release keeps the number that it came with. */
static const struct ubuntu_release {
    const char *base_files, *release;
} ubuntu_releases[] = {
    {"7.2ubuntu", "14.04"}, {"9.4ubuntu", "16.04"}, {"10.1ubuntu", "18.04"},
    {"11ubuntu", "20.04"},  {"12ubuntu", "22.04"},  {"13ubuntu", "24.04"},
};

static bool set_debian(struct package_list *list, const struct inventory_software *software)
{
    struct arena *arena = &list->inventory.arena;
    struct str version = software->version;
    bool ubuntu = str_find(version, STR("ubuntu")) != SIZE_MAX;
    for (size_t i = 0; ubuntu && i < sizeof ubuntu_releases / sizeof *ubuntu_releases; i++) {
        if (str_starts(version, str_from(ubuntu_releases[i].base_files))) {
            import_set_os(arena, STR("ubuntu"), str_from(ubuntu_releases[i].release),
                          &list->inventory.os);
            return true;
        }
    }
    size_t end = 0;
    while (end < version.len && (str_is_digit(version.ptr[end]) || version.ptr[end] == '.')) {
        end++;
    }
    bool debian = !ubuntu && (end == version.len || version.ptr[end] == '+');
    if (debian && end > 0) {
        import_set_os(arena, STR("debian"), str_sub(version, 0, end), &list->inventory.os);
    }
    return debian && end > 0;
}

/* "9.4-1.el9" is release 9.4. */
static bool set_release(struct package_list *list, const struct inventory_software *software)
{
    if (str_eq_text(software->ecosystem, "dpkg")) {
        return str_eq_text(software->name, "base-files") && set_debian(list, software);
    }
    for (size_t i = 0; i < sizeof release_packages / sizeof *release_packages; i++) {
        const struct release_package *row = &release_packages[i];
        if (str_eq_text(software->name, row->name) &&
            str_eq_text(software->ecosystem, row->ecosystem)) {
            import_set_os(&list->inventory.arena, str_from(row->os),
                          str_sub(software->version, 0, str_find_byte(software->version, '-')),
                          &list->inventory.os);
            return true;
        }
    }
    return false;
}

static void find_os(struct package_list *list)
{
    struct str rest = list->run->hints->os, name;
    if (str_next_word(&rest, &name)) {
        import_set_os(&list->inventory.arena, arena_str(&list->inventory.arena, name),
                      arena_str(&list->inventory.arena, str_trim(rest)), &list->inventory.os);
        return;
    }
    for (uint32_t i = 0; i < list->builder.software_count; i++) {
        if (set_release(list, &list->builder.software[i])) {
            return;
        }
    }
    import_builder_note(
        &list->builder,
        STR("the list does not tell which distribution it is of; say it with --os"));
}

/* ---- lines ---- */

void package_list_begin(struct package_list *list, struct import_run *run, struct str collector)
{
    *list = (struct package_list){.run = run};
    inventory_init(&list->inventory);
    list->builder.inventory = &list->inventory;
    list->inventory.collector = collector;
    list->inventory.collected = TIME_NONE;
    list->inventory.os.family = OS_FAMILY_LINUX;
}

void package_list_add(struct package_list *list, const char *ecosystem, struct str name,
                      struct str version, struct str arch, struct str source,
                      struct str source_version)
{
    struct arena *arena = &list->inventory.arena;
    struct inventory_software software = {
        .ecosystem = str_from(ecosystem),
        .name = import_take_text(arena, name, LIMIT_NAME),
        .version = import_take_text(arena, version, LIMIT_VERSION),
        .arch = import_take_text(arena, arch, LIMIT_NAME),
        .source = import_take_text(arena, source, LIMIT_NAME),
        .source_version = str_eq(source_version, version)
                              ? STR("")
                              : import_take_text(arena, source_version, LIMIT_VERSION),
        .installed = TIME_NONE,
    };
    import_builder_add(&list->builder, &software);
}

void package_list_bad_line(struct package_list *list, const char *what)
{
    char text[200];
    struct buf line;
    buf_init(&line, sizeof text);
    buf_printf(&line, "line %llu: %s", (unsigned long long)list->line, what);
    list->builder.seen++;
    import_builder_leave_out(&list->builder, buf_text(&line));
    import_leave_out(list->run, "%s", buf_text(&line));
    buf_done(&line);
}

int package_list_end(struct package_list *list, const char *updates, struct error *err)
{
    int r = 0;
    if (import_builder_full(&list->builder)) {
        r = error_set(err, ERR_LIMIT, "more than %u packages", LIMIT_INVENTORY_SOFTWARE);
    } else if (list->builder.software_count == 0) {
        r = error_set(err, ERR_FORMAT, "no package in it can be read");
    } else {
        find_os(list);
        list->inventory.name =
            import_take_text(&list->inventory.arena, import_hint_name(list->run), LIMIT_NAME);
        list->inventory.updates.reason = str_from(updates);
        import_builder_finish(&list->builder, STR("import.packages"), TRUTH_YES);
        r = import_give(list->run, &list->inventory, err);
    }
    inventory_done(&list->inventory);
    return r;
}

int package_list_read(struct import_run *run, const char *collector, const char *updates,
                      void (*read)(struct package_list *list, struct str line), struct error *err)
{
    struct package_list list;
    struct str rest = run->bytes, line;
    package_list_begin(&list, run, str_from(collector));
    while (!import_builder_full(&list.builder) && str_next_line(&rest, &line)) {
        list.line++;
        if (str_trim(line).len > 0) {
            read(&list, line);
        }
    }
    return package_list_end(&list, updates, err);
}

bool package_lines_match(struct str bytes, bool (*fits)(struct str line))
{
    struct str line;
    unsigned seen = 0;
    while (seen < LINES_LOOKED_AT && str_next_line(&bytes, &line)) {
        if (str_trim(line).len == 0) {
            continue;
        }
        if (!fits(line)) {
            return false;
        }
        seen++;
    }
    return seen > 0;
}
