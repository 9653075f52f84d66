/* Updates of Alpine and Arch: lists without advisory data, so of unknown class. */
#include "collect/probe.h"

#include "base/limits.h"

/* find_apk returns the installed package whose "name-version" this is, or NULL. */
static const struct inventory_software *find_apk(struct probe *probe, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '-') {
            const struct inventory_software *software =
                probe_find_software(probe, "apk", str_sub(text, 0, i), STR(""));
            if (software != NULL && str_eq(software->version, str_skip(text, i + 1))) {
                return software;
            }
        }
    }
    return NULL;
}

/* read_apk reads "busybox-1.36.1-r28 < 1.36.1-r29". */
static bool read_apk(struct probe *probe, struct str line)
{
    struct str rest = line, installed, sign, version;
    if (!str_next_word(&rest, &installed) || !str_next_word(&rest, &sign) ||
        !str_next_word(&rest, &version)) {
        return false;
    }
    if (!str_eq(sign, STR("<"))) {
        return str_starts(line, STR("Installed:"));
    }
    const struct inventory_software *software = find_apk(probe, installed);
    if (software == NULL) {
        return false;
    }
    struct inventory_update *update = probe_add_update(probe, "apk");
    if (update != NULL) {
        update->name = software->name;
        update->arch = software->arch;
        update->source = software->source;
        update->from = software->version;
        update->to = probe_version(probe, version);
        update->class = UPDATE_UNKNOWN;
    }
    return true;
}

/* judge says what can be relied on where a manager only lists updates. */
static void judge(struct probe *probe, bool failed, struct str reason)
{
    struct inventory_updates *updates = &probe->inventory->updates;
    if (failed) {
        updates->known = TRUTH_UNKNOWN;
        updates->reason = reason;
    } else if (updates->metadata_time == TIME_NONE) {
        updates->known = TRUTH_UNKNOWN;
        updates->reason = STR("no package index is cached on the machine");
    } else {
        updates->known = TRUTH_YES;
    }
}

void parse_apk_updates(struct probe *probe, struct str text)
{
    struct str line, fields[PROBE_FIELDS], reason = STR("apk did not answer");
    bool failed = probe->exit != 0;
    while (str_next_line(&text, &line)) {
        if (probe_fields(line, '\t', fields) >= 2 && str_eq(fields[0], STR("mtime"))) {
            probe_metadata_time(probe, fields[1]);
        } else if (str_starts(line, STR("ERROR:"))) {
            reason = probe_name(probe, line);
            failed = true;
        } else if (!str_starts(line, STR("WARNING:")) && line.len > 0 && !read_apk(probe, line)) {
            probe_bad_line(probe, line);
        }
    }
    judge(probe, failed, reason);
}

/* read_pacman reads "linux 6.6.1.arch1-1 -> 6.6.7.arch1-1 [ignored]". */
static bool read_pacman(struct probe *probe, struct str line)
{
    struct str name, from, arrow, to;
    if (!str_next_word(&line, &name) || !str_next_word(&line, &from) ||
        !str_next_word(&line, &arrow) || !str_eq(arrow, STR("->")) || !str_next_word(&line, &to)) {
        return false;
    }
    const struct inventory_software *software = probe_find_software(probe, "pacman", name, STR(""));
    struct inventory_update *update = probe_add_update(probe, "pacman");
    if (update != NULL) {
        update->name = probe_name(probe, name);
        update->from = probe_version(probe, from);
        update->to = probe_version(probe, to);
        update->arch = software != NULL ? software->arch : STR("");
        update->source = software != NULL ? software->source : STR("");
        update->class = UPDATE_UNKNOWN;
    }
    return true;
}

void parse_pacman_updates(struct probe *probe, struct str text)
{
    struct str line, fields[PROBE_FIELDS], reason = STR("");
    while (str_next_line(&text, &line)) {
        if (probe_fields(line, '\t', fields) >= 2 && str_eq(fields[0], STR("mtime"))) {
            probe_metadata_time(probe, fields[1]);
        } else if (str_starts(line, STR("error:"))) {
            reason = probe_name(probe, line);
        } else if (!str_starts(line, STR("warning:")) && line.len > 0 &&
                   !read_pacman(probe, line)) {
            probe_bad_line(probe, line);
        }
    }
    judge(probe, reason.len > 0, reason);
}
