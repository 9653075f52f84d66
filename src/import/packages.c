/* Lists that package managers print: dpkg -l, dpkg-query -W, dpkg's status file, rpm -qa, apk list.
 * They do not say which distribution they are of; the package that carries the release's name does
 * (base-files, almalinux-release), else the caller's hint. */
#include "import/formats.h"

#include "base/limits.h"

/* The first line with text; recognition looks at no more than some lines. */
enum { LINES_LOOKED_AT = 20 };

struct list {
    struct import_run *run;
    struct inventory inventory;
    struct import_builder builder;
    uint64_t line;
};

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

static bool set_debian(struct list *list, const struct inventory_software *software)
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
static bool set_release(struct list *list, const struct inventory_software *software)
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

static void find_os(struct list *list)
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

static void begin_list(struct list *list, struct import_run *run, struct str collector)
{
    *list = (struct list){.run = run};
    inventory_init(&list->inventory);
    list->builder.inventory = &list->inventory;
    list->inventory.collector = collector;
    list->inventory.collected = TIME_NONE;
    list->inventory.os.family = OS_FAMILY_LINUX;
}

static void add_package(struct list *list, const char *ecosystem, struct str name,
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

static void bad_line(struct list *list, const char *what)
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

static int end_list(struct list *list, const char *updates, struct error *err)
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

/* Calls read for every line; a line is what stands before "\n" or "\r\n". */
static int read_lines(struct import_run *run, const char *collector, const char *updates,
                      void (*read)(struct list *list, struct str line), struct error *err)
{
    struct list list;
    struct str rest = run->bytes, line;
    begin_list(&list, run, str_from(collector));
    while (!import_builder_full(&list.builder) && str_next_line(&rest, &line)) {
        list.line++;
        if (str_trim(line).len > 0) {
            read(&list, line);
        }
    }
    return end_list(&list, updates, err);
}

/* Whether each of the first lines with text (and at least one) is of a form. */
static bool lines_match(struct str bytes, bool (*fits)(struct str line))
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

/* ---- dpkg ---- */

static void cut_arch(struct str *name, struct str *arch)
{
    size_t colon = str_find_byte(*name, ':');
    if (colon != SIZE_MAX) {
        *arch = str_skip(*name, colon + 1);
        *name = str_sub(*name, 0, colon);
    }
}

bool dpkg_list_matches(struct str bytes)
{
    struct str line;
    for (unsigned i = 0; i < LINES_LOOKED_AT && str_next_line(&bytes, &line); i++) {
        if (str_starts(line, STR("+++-==")) || str_starts(line, STR("||/ N"))) {
            return true;
        }
    }
    return false;
}

/* "ii  libssl3:amd64  3.0.15-1~deb12u1  amd64  Secure Sockets Layer toolkit". The first letter is
 * what is wanted, the second what is: i is installed, everything else is not (or not wholly). */
static void read_dpkg_line(struct list *list, struct str line)
{
    struct str state = STR(""), name = STR(""), version = STR(""), arch = STR(""), rest = line;
    struct str other = STR("");
    str_next_word(&rest, &state);
    bool is_row = state.len >= 2 && state.len <= 3 &&
                  str_find_byte(STR("uihrp"), state.ptr[0]) != SIZE_MAX &&
                  str_find_byte(STR("ncHUFWti"), state.ptr[1]) != SIZE_MAX;
    if (!is_row || line.ptr[0] == ' ') {
        bool head = str_find_byte(line, '|') != SIZE_MAX || str_starts(line, STR("Desired")) ||
                    str_starts(line, STR("+++"));
        if (!head) {
            bad_line(list, "no row of dpkg -l");
        }
        return;
    }
    if (state.ptr[1] != 'i') {
        return;
    }
    if (!str_next_word(&rest, &name) || !str_next_word(&rest, &version) ||
        !str_next_word(&rest, &arch)) {
        bad_line(list, "a row of dpkg -l has name, version and architecture");
        return;
    }
    cut_arch(&name, &other);
    add_package(list, "dpkg", name, version, arch, STR(""), STR(""));
}

int dpkg_list_read_all(struct import_run *run, struct error *err)
{
    return read_lines(run, "dpkg -l", "a list of packages does not tell pending updates",
                      read_dpkg_line, err);
}

/* "bash<tab>5.2.15-2+b2", optionally architecture, source, source version, status. */
static bool fits_dpkg_query(struct str line)
{
    struct str name, version;
    return str_split_byte(&line, '\t', &name) && str_split_byte(&line, '\t', &version) &&
           name.len > 0 && str_find_byte(name, ' ') == SIZE_MAX &&
           str_find_byte(version, ' ') == SIZE_MAX && str_find_byte(version, ',') == SIZE_MAX;
}

bool dpkg_query_matches(struct str bytes)
{
    return lines_match(bytes, fits_dpkg_query);
}

static void read_query_line(struct list *list, struct str line)
{
    struct str cells[6] = {STR(""), STR(""), STR(""), STR(""), STR(""), STR("")}, arch = STR("");
    for (unsigned i = 0; i < 6 && str_split_byte(&line, '\t', &cells[i]); i++) {
    }
    struct str status = str_trim(cells[5]);
    if (cells[0].len == 0) {
        bad_line(list, "no package's name");
    } else if (cells[1].len > 0 && (status.len < 2 || status.ptr[1] == 'i')) {
        cut_arch(&cells[0], &arch);
        add_package(list, "dpkg", cells[0], cells[1], cells[2].len ? cells[2] : arch, cells[3],
                    cells[4]);
    }
}

int dpkg_query_read_all(struct import_run *run, struct error *err)
{
    return read_lines(run, "dpkg-query -W", "a list of packages does not tell pending updates",
                      read_query_line, err);
}

bool dpkg_status_matches(struct str bytes)
{
    return str_starts(bytes, STR("Package: ")) &&
           str_find(str_sub(bytes, 0, 4096), STR("\nStatus: ")) != SIZE_MAX;
}

struct stanza {
    struct str package, status, version, architecture, source;
};

static void end_stanza(struct list *list, struct stanza *stanza)
{
    struct str rest = stanza->source, source = STR(""), version = STR("");
    bool installed = str_ends(stanza->status, STR(" installed"));
    if (str_next_word(&rest, &source) && str_next_word(&rest, &version) && version.len > 2) {
        version = str_sub(version, 1, version.len - 2); /* "(1.2-3)" */
    }
    if (installed && (stanza->package.len == 0 || stanza->version.len == 0)) {
        bad_line(list, "the paragraph that ends here lacks Package or Version");
    } else if (installed) {
        add_package(list, "dpkg", stanza->package, stanza->version, stanza->architecture,
                    source.len > 0 ? source : stanza->package, version);
    }
    *stanza = (struct stanza){0};
}

int dpkg_status_read_all(struct import_run *run, struct error *err)
{
    struct list list;
    struct stanza stanza = {0};
    struct str rest = run->bytes, line, key;
    begin_list(&list, run, STR("dpkg status"));
    while (!import_builder_full(&list.builder) && str_next_line(&rest, &line)) {
        list.line++;
        if (str_trim(line).len == 0) {
            end_stanza(&list, &stanza);
            continue;
        }
        if (!str_split_byte(&line, ':', &key)) {
            continue;
        }
        struct str value = str_trim(line);
        struct str *field = str_eq_text(key, "Package")        ? &stanza.package
                            : str_eq_text(key, "Status")       ? &stanza.status
                            : str_eq_text(key, "Version")      ? &stanza.version
                            : str_eq_text(key, "Architecture") ? &stanza.architecture
                            : str_eq_text(key, "Source")       ? &stanza.source
                                                               : NULL;
        if (field != NULL) {
            *field = value;
        }
    }
    end_stanza(&list, &stanza);
    return end_list(&list, "a list of packages does not tell pending updates", err);
}

/* ---- rpm ---- */

/* Splits "bash-5.1.8-9.el9.x86_64" from its end: architecture, release, version, name. The version
 * may have an epoch ("1:5.1.8"). False when a part is missing. */
static bool split_nevra(struct str text, struct str *ret_name, struct str *ret_version,
                        struct str *ret_arch)
{
    static const char *const arches[] = {"noarch",  "x86_64", "i686",  "i586",    "i386", "aarch64",
                                         "ppc64le", "ppc64",  "s390x", "armv7hl", "src",  NULL};
    size_t dot = text.len;
    while (dot > 0 && text.ptr[dot - 1] != '.') {
        dot--;
    }
    *ret_arch = STR("");
    for (unsigned i = 0; dot > 0 && arches[i] != NULL; i++) {
        if (str_eq_text(str_skip(text, dot), arches[i])) {
            *ret_arch = str_skip(text, dot);
            text = str_sub(text, 0, dot - 1);
            break;
        }
    }
    unsigned dashes = 0;
    for (size_t i = text.len; i > 0; i--) {
        if (text.ptr[i - 1] == '-' && ++dashes == 2) {
            *ret_name = str_sub(text, 0, i - 1);
            *ret_version = str_skip(text, i);
            return ret_name->len > 0 && ret_version->len > 2 && ret_version->ptr[0] != '-' &&
                   str_find_byte(text, ' ') == SIZE_MAX;
        }
    }
    return false;
}

static bool fits_rpm(struct str line)
{
    struct str name, version, arch;
    line = str_trim(line);
    return str_starts(line, STR("gpg-pubkey-")) || split_nevra(line, &name, &version, &arch);
}

bool rpm_list_matches(struct str bytes)
{
    struct str line;
    unsigned fit = 0, seen = 0;
    while (seen < LINES_LOOKED_AT && str_next_line(&bytes, &line)) {
        seen += str_trim(line).len > 0;
        fit += str_trim(line).len > 0 && fits_rpm(line);
    }
    return fit > 0 && fit * 4 >= seen * 3;
}

static void read_rpm_line(struct list *list, struct str line)
{
    struct str name, version, arch;
    line = str_trim(line);
    if (str_starts(line, STR("gpg-pubkey-"))) {
        return;
    }
    if (!split_nevra(line, &name, &version, &arch)) {
        bad_line(list, "not NAME-VERSION-RELEASE.ARCHITECTURE as rpm -qa writes it");
        return;
    }
    add_package(list, "rpm", name, version, arch, STR(""), STR(""));
}

int rpm_list_read_all(struct import_run *run, struct error *err)
{
    return read_lines(run, "rpm -qa", "a list of packages does not tell pending updates",
                      read_rpm_line, err);
}

/* ---- apk ---- */

/* Splits "busybox-1.36.1-r28" at the last dash before a digit that a "-rN" follows. */
static bool split_apk(struct str text, struct str *ret_name, struct str *ret_version)
{
    size_t revision = text.len;
    while (revision > 0 && str_is_digit(text.ptr[revision - 1])) {
        revision--;
    }
    if (revision == text.len || revision < 4 || text.ptr[revision - 1] != 'r' ||
        text.ptr[revision - 2] != '-') {
        return false;
    }
    for (size_t i = revision - 2; i > 1; i--) {
        if (text.ptr[i - 1] == '-') {
            *ret_name = str_sub(text, 0, i - 1);
            *ret_version = str_skip(text, i);
            return str_is_digit(ret_version->ptr[0]);
        }
    }
    return false;
}

static bool fits_apk(struct str line)
{
    struct str name, version, word;
    if (str_starts(line, STR("WARNING")) || str_starts(line, STR("fetch "))) {
        return true;
    }
    return str_next_word(&line, &word) && split_apk(word, &name, &version);
}

bool apk_list_matches(struct str bytes)
{
    return lines_match(bytes, fits_apk);
}

/* "busybox-1.36.1-r28 x86_64 {busybox} (GPL-2.0-only) [installed]" */
static void read_apk_line(struct list *list, struct str line)
{
    struct str word = STR(""), name, version, arch = STR(""), origin = STR(""), rest = line;
    if (str_starts(line, STR("WARNING")) || str_starts(line, STR("fetch "))) {
        return;
    }
    str_next_word(&rest, &word);
    if (!split_apk(word, &name, &version)) {
        bad_line(list, "not NAME-VERSION-rN as apk writes it");
        return;
    }
    static const struct str upgradable = {"[upgradable from: ", 18};
    bool listed = str_find(rest, STR("{")) != SIZE_MAX;
    size_t old = str_find(rest, upgradable);
    if (listed && str_find(rest, STR("[installed]")) == SIZE_MAX && old == SIZE_MAX) {
        return; /* a package of the repository that is not on the machine */
    }
    if (old != SIZE_MAX) { /* the row names the new version, the bracket the installed one */
        struct str installed = str_skip(rest, old + upgradable.len);
        installed = str_sub(installed, 0, str_find_byte(installed, ']'));
        if (!split_apk(installed, &name, &version)) {
            bad_line(list, "an upgradable package without its installed version");
            return;
        }
    }
    if (listed) {
        str_next_word(&rest, &arch);
        size_t open = str_find_byte(rest, '{'), close = str_find_byte(rest, '}');
        if (open < close && close != SIZE_MAX) {
            origin = str_sub(rest, open + 1, close - open - 1);
        }
    }
    add_package(list, "apk", name, version, arch, origin, STR(""));
}

int apk_list_read_all(struct import_run *run, struct error *err)
{
    return read_lines(run, "apk list", "a list of packages does not tell pending updates",
                      read_apk_line, err);
}
