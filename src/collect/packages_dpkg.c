/* dpkg: one line a package (dpkg-query(1)). */
#include "collect/probe.h"

/* is_on_disk says whether the files of a package in this state are there: what is only
 * configuration, or half unpacked, is not installed software. */
static bool is_on_disk(struct str state)
{
    static const char *const states[] = {"installed", "unpacked", "half-configured",
                                         "triggers-awaited", "triggers-pending"};
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        if (str_eq_text(state, states[i])) {
            return true;
        }
    }
    return false;
}

/* read_source splits "openssl" or "appstream (0.16.1-2)". */
static void read_source(struct probe *probe, struct str text, struct inventory_software *software)
{
    struct str name;
    if (!str_next_word(&text, &name)) {
        software->source = software->name;
        return;
    }
    software->source = probe_name(probe, name);
    text = str_trim(text);
    if (text.len > 2 && text.ptr[0] == '(' && text.ptr[text.len - 1] == ')') {
        software->source_version = probe_version(probe, str_sub(text, 1, text.len - 2));
    }
}

static void read_package(struct probe *probe, struct str line)
{
    struct str fields[PROBE_FIELDS], status, wanted, flag, state;
    unsigned count = probe_fields(line, '\t', fields);
    status = fields[0];
    if (count < 8 || !str_next_word(&status, &wanted) || !str_next_word(&status, &flag) ||
        !str_next_word(&status, &state) || fields[1].len == 0) {
        probe_bad_line(probe, line);
        return;
    }
    if (!is_on_disk(state)) {
        return;
    }
    if (fields[2].len == 0) {
        probe_bad_line(probe, line);
        return;
    }
    struct inventory_software *software = probe_add_software(probe, "dpkg");
    if (software == NULL) {
        return;
    }
    software->name = probe_name(probe, fields[1]);
    software->version = probe_version(probe, fields[2]);
    software->arch = probe_name(probe, fields[3]);
    read_source(probe, fields[4], software);
    software->installed = probe_time(fields[5]);
    software->origin = probe_name(probe, fields[6]);
    software->vendor = probe_name(probe, fields[7]);
    if (str_eq(wanted, STR("hold"))) {
        software->status = STR("hold");
    }
}

void parse_packages_dpkg(struct probe *probe, struct str text)
{
    struct str line;
    while (str_next_line(&text, &line)) {
        read_package(probe, line);
    }
    probe->software_listed = true;
}
