/* dpkg -l, dpkg-query -W, and dpkg's status file (deb-control(5), dpkg-query(1)). */
#include "import/packages.h"

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
static void read_dpkg_line(struct package_list *list, struct str line)
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
            package_list_bad_line(list, "no row of dpkg -l");
        }
        return;
    }
    if (state.ptr[1] != 'i') {
        return;
    }
    if (!str_next_word(&rest, &name) || !str_next_word(&rest, &version) ||
        !str_next_word(&rest, &arch)) {
        package_list_bad_line(list, "a row of dpkg -l has name, version and architecture");
        return;
    }
    cut_arch(&name, &other);
    package_list_add(list, "dpkg", name, version, arch, STR(""), STR(""));
}

int dpkg_list_read_all(struct import_run *run, struct error *err)
{
    return package_list_read(run, "dpkg -l", "a list of packages does not tell pending updates",
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
    return package_lines_match(bytes, fits_dpkg_query);
}

static void read_query_line(struct package_list *list, struct str line)
{
    struct str cells[6] = {STR(""), STR(""), STR(""), STR(""), STR(""), STR("")}, arch = STR("");
    for (unsigned i = 0; i < 6 && str_split_byte(&line, '\t', &cells[i]); i++) {
    }
    struct str status = str_trim(cells[5]);
    if (cells[0].len == 0) {
        package_list_bad_line(list, "no package's name");
    } else if (cells[1].len > 0 && (status.len < 2 || status.ptr[1] == 'i')) {
        cut_arch(&cells[0], &arch);
        package_list_add(list, "dpkg", cells[0], cells[1], cells[2].len ? cells[2] : arch, cells[3],
                         cells[4]);
    }
}

int dpkg_query_read_all(struct import_run *run, struct error *err)
{
    return package_list_read(run, "dpkg-query -W",
                             "a list of packages does not tell pending updates", read_query_line,
                             err);
}

bool dpkg_status_matches(struct str bytes)
{
    return str_starts(bytes, STR("Package: ")) &&
           str_find(str_sub(bytes, 0, 4096), STR("\nStatus: ")) != SIZE_MAX;
}

struct stanza {
    struct str package, status, version, architecture, source;
};

static void end_stanza(struct package_list *list, struct stanza *stanza)
{
    struct str rest = stanza->source, source = STR(""), version = STR("");
    bool installed = str_ends(stanza->status, STR(" installed"));
    if (str_next_word(&rest, &source) && str_next_word(&rest, &version) && version.len > 2) {
        version = str_sub(version, 1, version.len - 2); /* "(1.2-3)" */
    }
    if (installed && (stanza->package.len == 0 || stanza->version.len == 0)) {
        package_list_bad_line(list, "the paragraph that ends here lacks Package or Version");
    } else if (installed) {
        package_list_add(list, "dpkg", stanza->package, stanza->version, stanza->architecture,
                         source.len > 0 ? source : stanza->package, version);
    }
    *stanza = (struct stanza){0};
}

int dpkg_status_read_all(struct import_run *run, struct error *err)
{
    struct package_list list;
    struct stanza stanza = {0};
    struct str rest = run->bytes, line, key;
    package_list_begin(&list, run, STR("dpkg status"));
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
    return package_list_end(&list, "a list of packages does not tell pending updates", err);
}
