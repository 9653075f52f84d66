#include "collect/probe.h"

/* %{EPOCH} and others are "(none)" where a package has none. */
static struct str value_or_none(struct str value)
{
    return str_eq(value, STR("(none)")) ? STR("") : value;
}

/* read_source splits "bash-5.1.8-9.el9.src.rpm" at its last two dashes; the version gets the
 * package's epoch, which the file name leaves out. */
static void read_source(struct probe *probe, struct str text, struct str epoch,
                        struct inventory_software *software)
{
    static const char *const ends[] = {".src.rpm", ".nosrc.rpm"};
    for (size_t i = 0; i < 2; i++) {
        if (str_ends(text, str_from(ends[i]))) {
            text.len -= str_from(ends[i]).len;
        }
    }
    size_t dashes[2] = {SIZE_MAX, SIZE_MAX};
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '-') {
            dashes[0] = dashes[1];
            dashes[1] = i;
        }
    }
    if (dashes[0] == SIZE_MAX || dashes[0] == 0) {
        return;
    }
    software->source = probe_name(probe, str_sub(text, 0, dashes[0]));
    struct str version = probe_version(probe, str_skip(text, dashes[0] + 1));
    if (epoch.len > 0) {
        version = arena_printf(probe->arena, "%.*s:%.*s", STR_ARG(epoch), STR_ARG(version));
    }
    version = probe_version(probe, version);
    if (!str_eq(version, software->version)) {
        software->source_version = version;
    }
}

static void read_package(struct probe *probe, struct str line)
{
    struct str fields[PROBE_FIELDS];
    if (probe_fields(line, '\t', fields) < 8 || fields[0].len == 0 || fields[2].len == 0) {
        probe_bad_line(probe, line);
        return;
    }
    if (str_eq(fields[0], STR("gpg-pubkey"))) {
        return; /* a key that was imported, no software */
    }
    struct inventory_software *software = probe_add_software(probe, "rpm");
    if (software == NULL) {
        return;
    }
    struct str epoch = probe_version(probe, value_or_none(fields[1]));
    struct str version = probe_version(probe, fields[2]), release = probe_version(probe, fields[3]);
    bool has_epoch = epoch.len > 0 && !str_eq(epoch, STR("0"));
    software->name = probe_name(probe, fields[0]);
    software->version =
        arena_printf(probe->arena, "%.*s%s%.*s-%.*s", STR_ARG(has_epoch ? epoch : STR("")),
                     has_epoch ? ":" : "", STR_ARG(version), STR_ARG(release));
    software->version = probe_version(probe, software->version); /* as one, not only in parts */
    software->arch = probe_name(probe, value_or_none(fields[4]));
    read_source(probe, value_or_none(fields[5]), has_epoch ? epoch : STR(""), software);
    software->vendor = probe_name(probe, value_or_none(fields[6]));
    software->installed = probe_time(fields[7]);
    software->module = probe_name(probe, value_or_none(fields[8]));
}

void parse_packages_rpm(struct probe *probe, struct str text)
{
    struct str line;
    while (str_next_line(&text, &line)) {
        read_package(probe, line);
    }
    probe->software_listed = true;
}
