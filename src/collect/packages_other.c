#include "collect/probe.h"

#include "base/limits.h"

#include <string.h>

/* read_apk_field reads a line of Alpine's installed database, "P:name" (apk-installed format:
 * P package, V version, A architecture, o origin = source, m maintainer, t build time). */
static void read_apk_field(struct probe *probe, struct str line,
                           struct inventory_software *software)
{
    struct str value = str_skip(line, 2);
    switch (line.ptr[0]) {
    case 'P':
        software->name = probe_name(probe, value);
        break;
    case 'V':
        software->version = probe_version(probe, value);
        break;
    case 'A':
        software->arch = probe_name(probe, value);
        break;
    case 'o':
        software->source = probe_name(probe, value);
        break;
    case 'm':
        software->vendor = probe_name(probe, value);
        break;
    default:
        break;
    }
}

static void add_if_named(struct probe *probe, const char *ecosystem,
                         struct inventory_software *found)
{
    if (found->name.len > 0 && found->version.len > 0) {
        struct inventory_software *software = probe_add_software(probe, ecosystem);
        if (software != NULL) {
            found->ecosystem = software->ecosystem;
            *software = *found;
        }
    } else if (found->name.len > 0) {
        probe_bad_line(probe, found->name);
    }
    *found = (struct inventory_software){.installed = TIME_NONE};
}

void parse_packages_apk(struct probe *probe, struct str text)
{
    struct inventory_software found = {.installed = TIME_NONE};
    struct str line;
    while (str_next_line(&text, &line)) {
        if (line.len == 0) {
            add_if_named(probe, "apk", &found);
        } else if (line.len < 2 || line.ptr[1] != ':') {
            probe_bad_line(probe, line);
        } else {
            read_apk_field(probe, line, &found);
        }
    }
    add_if_named(probe, "apk", &found);
    probe->software_listed = true;
}

/* parse_packages_pacman reads pairs: "name", then fields of the local database's desc files. */
void parse_packages_pacman(struct probe *probe, struct str text)
{
    struct inventory_software found = {.installed = TIME_NONE};
    struct str line, key, value;
    while (str_next_line(&text, &line)) {
        if (!probe_key(line, &key, &value)) {
            probe_bad_line(probe, line);
        } else if (str_eq(key, STR("name"))) {
            add_if_named(probe, "pacman", &found);
            found.name = probe_name(probe, value);
        } else if (str_eq(key, STR("%VERSION%"))) {
            found.version = probe_version(probe, value);
        } else if (str_eq(key, STR("%BASE%"))) {
            found.source = probe_name(probe, value);
        } else if (str_eq(key, STR("%ARCH%"))) {
            found.arch = probe_name(probe, value);
        } else if (str_eq(key, STR("%PACKAGER%"))) {
            found.vendor = probe_name(probe, value);
        } else if (str_eq(key, STR("%INSTALLDATE%"))) {
            found.installed = probe_time(value);
        }
    }
    add_if_named(probe, "pacman", &found);
    probe->software_listed = true;
}

/* read_snap reads "Name Version Rev Tracking Publisher Notes"; snaps of which only an older
 * revision is kept are "disabled". */
static bool read_snap(struct probe *probe, struct str line)
{
    struct str words[6];
    for (size_t i = 0; i < 6; i++) {
        if (!str_next_word(&line, &words[i])) {
            return false;
        }
    }
    if (str_find(words[5], STR("disabled")) != SIZE_MAX) {
        return true;
    }
    struct inventory_software *software = probe_add_software(probe, "snap");
    if (software != NULL) {
        struct str publisher = words[4];
        while (publisher.len > 0 && str_ends(publisher, STR("*"))) {
            publisher.len--; /* "canonical**": verified */
        }
        if (str_ends(publisher, STR("\xe2\x9c\x93"))) {
            publisher.len -= 3;
        }
        software->name = probe_name(probe, words[0]);
        software->version = probe_version(probe, words[1]);
        software->vendor = probe_name(probe, publisher);
        software->origin = probe_name(probe, words[3]);
    }
    return true;
}

void parse_packages_snap(struct probe *probe, struct str text)
{
    struct str line;
    while (str_next_line(&text, &line)) {
        if (!str_starts(line, STR("Name ")) && line.len > 0 && !read_snap(probe, line)) {
            probe_bad_line(probe, line);
        }
    }
}

/* parse_packages_flatpak: columns application, version, branch, arch, origin. Runtimes often have
 * no version, and their branch says which they are. */
void parse_packages_flatpak(struct probe *probe, struct str text)
{
    struct str line, fields[PROBE_FIELDS];
    while (str_next_line(&text, &line)) {
        unsigned count = probe_fields(line, '\t', fields);
        if (count < 3 || fields[0].len == 0 || str_eq(fields[0], STR("Application ID"))) {
            if (line.len > 0 && !str_starts(line, STR("Application"))) {
                probe_bad_line(probe, line);
            }
            continue;
        }
        struct inventory_software *software = probe_add_software(probe, "flatpak");
        if (software != NULL) {
            struct str version = str_trim(fields[1]);
            software->name = probe_name(probe, str_trim(fields[0]));
            software->version = probe_version(probe, version.len ? version : str_trim(fields[2]));
            software->arch = probe_name(probe, str_trim(fields[3]));
            software->origin = probe_name(probe, str_trim(fields[4]));
        }
    }
}
