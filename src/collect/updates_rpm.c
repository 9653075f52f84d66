/*
 * Updates of rpm systems as dnf or yum know them, with the advisories that class them. A package
 * from a repository without advisory data has class "unknown", not "other".
 */
#include "collect/probe.h"

#include "base/limits.h"

#include <string.h>

/* without_zero drops an epoch of 0, which the inventory leaves out. */
static struct str without_zero(struct str version)
{
    return str_starts(version, STR("0:")) ? str_skip(version, 2) : version;
}

/* source_name takes "bash" out of "bash-5.1.8-9.el9.src.rpm". */
static struct str source_name(struct str file)
{
    unsigned dashes = 0;
    for (size_t i = file.len; i > 0; i--) {
        if (file.ptr[i - 1] == '-' && ++dashes == 2) {
            return str_sub(file, 0, i - 1);
        }
    }
    return STR("");
}

static void add_update(struct probe *probe, const struct str fields[PROBE_FIELDS])
{
    struct inventory_update *update = probe_add_update(probe, "rpm");
    if (update != NULL) {
        update->name = probe_name(probe, fields[1]);
        update->to = probe_version(probe, without_zero(fields[2]));
        update->arch = probe_name(probe, fields[3]);
        update->origin = probe_name(probe, fields[4]);
        update->source = probe_name(probe, source_name(fields[5]));
    }
}

static enum update_class class_of(struct str kind, struct str severity)
{
    if (!str_starts(kind, STR("security"))) {
        return UPDATE_OTHER;
    }
    return str_eq_nocase(severity, STR("critical")) ? UPDATE_CRITICAL : UPDATE_SECURITY;
}

static void add_advisory(struct probe *probe, struct rpm_advisory advisory)
{
    struct rpm_state *rpm = &probe->rpm;
    if (rpm->advisory_count >= LIMIT_INVENTORY_UPDATES) {
        probe->left_out++;
        return;
    }
    arena_reserve(probe->arena, rpm->advisories, rpm->advisory_count, rpm->advisory_capacity);
    rpm->advisories[rpm->advisory_count++] = advisory;
}

static void add_origin(struct probe *probe, const struct str fields[PROBE_FIELDS])
{
    struct rpm_state *rpm = &probe->rpm;
    if (rpm->origin_count >= LIMIT_INVENTORY_SOFTWARE) {
        probe->left_out++;
        return;
    }
    arena_reserve(probe->arena, rpm->origins, rpm->origin_count, rpm->origin_capacity);
    rpm->origins[rpm->origin_count++] = (struct inventory_software){
        .name = probe_name(probe, fields[1]),
        .version = probe_version(probe, without_zero(fields[2])),
        .arch = probe_name(probe, fields[3]),
        .origin = probe_name(probe, fields[4]),
    };
}

static void add_repository(struct probe *probe, struct str id, bool has_advisories)
{
    struct rpm_state *rpm = &probe->rpm;
    rpm->repository_count++;
    if (has_advisories && id.len <= LIMIT_NAME && rpm->advised.count < LIMIT_INVENTORY_NOTES) {
        intern_add(&rpm->advised, id);
    }
}

/* read_error keeps what a package manager says of its own failure. */
static bool read_error(struct probe *probe, struct str line)
{
    static const char *const starts[] = {
        "Error: ", "Errors during", "ModuleNotFoundError: ", "ImportError: ", "dnf.exceptions."};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        if (str_starts(line, str_from(starts[i]))) {
            if (probe->rpm.error.len == 0) {
                probe->rpm.error = probe_name(probe, line);
            }
            return true;
        }
    }
    return false;
}

void parse_dnf_updates(struct probe *probe, struct str text)
{
    struct str line, fields[PROBE_FIELDS];
    probe->rpm.asked = true;
    while (str_next_line(&text, &line)) {
        unsigned count = probe_fields(line, '\t', fields);
        if (count >= 6 && str_eq(fields[0], STR("update"))) {
            add_update(probe, fields);
        } else if (count >= 7 && str_eq(fields[0], STR("advisory"))) {
            add_advisory(probe, (struct rpm_advisory){
                                    .name = probe_name(probe, fields[1]),
                                    .arch = probe_name(probe, fields[2]),
                                    .id = probe_name(probe, fields[3]),
                                    .class = class_of(fields[4], fields[5]),
                                    .cves = probe_text(probe, fields[6], LIMIT_RECORD_TEXT)});
        } else if (count >= 3 && str_eq(fields[0], STR("repository"))) {
            add_repository(probe, fields[1], str_eq(fields[2], STR("1")));
        } else if (count >= 5 && str_eq(fields[0], STR("origin"))) {
            add_origin(probe, fields);
        } else if (str_eq(line, STR("end"))) {
            probe->rpm.answered = true;
        } else {
            read_error(probe, line); /* or chatter, such as of a repository without a name */
        }
    }
}

/* split_nevra reads "openssl-libs-1:3.0.7-2.el9.x86_64". */
static bool split_nevra(struct str text, struct str *ret_name, struct str *ret_arch)
{
    size_t dot = SIZE_MAX;
    for (size_t i = 0; i < text.len; i++) {
        dot = text.ptr[i] == '.' ? i : dot;
    }
    if (dot == SIZE_MAX) {
        return false;
    }
    *ret_arch = str_skip(text, dot + 1);
    *ret_name = source_name(str_sub(text, 0, dot));
    return ret_name->len > 0;
}

/* parse_dnf_advisories reads "ID Important/Sec. NEVRA" and "ID bugfix NEVRA" (dnf 4, yum), or
 * "ID security Important NEVRA ..." (dnf 5). */
void parse_dnf_advisories(struct probe *probe, struct str text)
{
    struct str line;
    while (str_next_line(&text, &line)) {
        struct str rest = line, id, kind, package, name, arch, severity = STR("");
        if (!str_next_word(&rest, &id) || !str_next_word(&rest, &kind) ||
            !str_next_word(&rest, &package)) {
            continue; /* headings and blank lines */
        }
        if (str_ends(kind, STR("/Sec."))) {
            severity = str_sub(kind, 0, kind.len - 5);
            kind = STR("security");
        } else if (str_find_byte(package, '.') == SIZE_MAX) {
            severity = package;
            if (!str_next_word(&rest, &package)) {
                continue;
            }
        }
        if (split_nevra(package, &name, &arch)) {
            add_advisory(probe, (struct rpm_advisory){.name = probe_name(probe, name),
                                                      .arch = probe_name(probe, arch),
                                                      .id = probe_name(probe, id),
                                                      .class = class_of(kind, severity)});
        }
    }
}

/* parse_yum_updates reads "NAME.ARCH VERSION REPOSITORY"; long names put the rest on the next
 * line. Exit status 100 says that there are updates. What follows "Obsoleting Packages" replaces
 * packages by others. */
void parse_yum_updates(struct probe *probe, struct str text)
{
    struct str line, pending = STR("");
    probe->rpm.asked = true;
    probe->rpm.answered = probe->exit == 0 || probe->exit == 100;
    while (str_next_line(&text, &line) && !str_starts(line, STR("Obsoleting Packages"))) {
        struct str rest = line, words[3], fields[PROBE_FIELDS] = {0};
        unsigned count = 0;
        if (read_error(probe, line)) {
            continue;
        }
        if (pending.len > 0) {
            words[count++] = pending;
            pending = STR("");
        }
        while (count < 3 && str_next_word(&rest, &words[count])) {
            count++;
        }
        size_t dot = SIZE_MAX;
        for (size_t i = 0; count > 0 && i < words[0].len; i++) {
            dot = words[0].ptr[i] == '.' ? i : dot;
        }
        if (count == 1 && dot != SIZE_MAX) {
            pending = words[0];
        }
        if (count < 3 || dot == SIZE_MAX) {
            continue; /* "Loaded plugins: ..." and the like */
        }
        fields[1] = str_sub(words[0], 0, dot);
        fields[3] = str_skip(words[0], dot + 1);
        fields[2] = words[1];
        fields[4] = words[2];
        add_update(probe, fields);
    }
}

/* has_advisories says whether the repository's cache holds advisories: by the repository's
 * identifier, or in the name of a cache folder (".../baseos-0b35d9b7133aa761/repodata"). */
static bool has_advisories(struct probe *probe, struct str repository)
{
    if (intern_find(&probe->rpm.advised, repository) != INTERN_NONE) {
        return true;
    }
    for (uint32_t i = 0; i < probe->rpm.advised.count; i++) {
        struct str path = intern_text(&probe->rpm.advised, i);
        size_t at = str_find(path, repository);
        if (at != SIZE_MAX && at > 0 && path.ptr[at - 1] == '/') {
            struct str after = str_skip(path, at + repository.len);
            if (after.len == 0 || after.ptr[0] == '/' || after.ptr[0] == '-') {
                return true;
            }
        }
    }
    return false;
}

static void add_cves(struct probe *probe, struct inventory_update *update, struct str list)
{
    struct str cve;
    uint32_t room = 1;
    for (size_t i = 0; i < list.len; i++) {
        room += list.ptr[i] == ',';
    }
    struct str *cves = arena_array(probe->arena, update->cve_count + room, struct str);
    uint32_t count = update->cve_count;
    for (uint32_t i = 0; i < count; i++) {
        cves[i] = update->cves[i];
    }
    while (str_split_byte(&list, ',', &cve)) {
        bool known = !str_starts(cve, STR("CVE-")) || cve.len > LIMIT_NAME || count >= 1000;
        for (uint32_t i = 0; !known && i < count; i++) {
            known = str_eq(cves[i], cve);
        }
        if (!known) {
            cves[count++] = cve;
        }
    }
    update->cves = cves;
    update->cve_count = count;
}

/* Numbers "NAME.ARCH" of rpm updates. */
static uint32_t update_key(struct intern *keys, struct str name, struct str arch, bool add)
{
    char key[2 * LIMIT_NAME + 2];
    if (name.len + arch.len + 1 > sizeof key) {
        return INTERN_NONE;
    }
    memcpy(key, name.ptr, name.len);
    key[name.len] = '.';
    memcpy(key + name.len + 1, arch.ptr, arch.len);
    struct str text = str_make(key, name.len + 1 + arch.len);
    return add ? intern_add(keys, text) : intern_find(keys, text);
}

static void apply_advisory(struct probe *probe, struct inventory_update *update,
                           const struct rpm_advisory *advisory)
{
    if (update->advisory.len == 0 || advisory->class > update->class) {
        update->advisory = advisory->id;
    }
    if (advisory->class > update->class) {
        update->class = advisory->class;
    }
    if (advisory->cves.len > 0) {
        add_cves(probe, update, advisory->cves);
    }
}

static void join_advisories(struct probe *probe)
{
    struct intern keys;
    uint32_t *rows = arena_array(probe->arena, 2 * (size_t)probe->update_count + 1, uint32_t);
    intern_init(&keys);
    for (uint32_t i = 0; i < probe->update_count; i++) {
        struct inventory_update *update = &probe->updates[i];
        if (str_eq(update->ecosystem, STR("rpm"))) {
            /* By name and architecture, and by name for advisories that name none. */
            uint32_t id = update_key(&keys, update->name, update->arch, true);
            uint32_t any = update_key(&keys, update->name, STR(""), true);
            if (id != INTERN_NONE && any != INTERN_NONE) {
                rows[id] = i;
                rows[any] = i;
            }
            update->class = has_advisories(probe, update->origin) ? UPDATE_OTHER : UPDATE_UNKNOWN;
        }
    }
    for (uint32_t i = 0; i < probe->rpm.advisory_count; i++) {
        const struct rpm_advisory *advisory = &probe->rpm.advisories[i];
        uint32_t id = update_key(&keys, advisory->name, advisory->arch, false);
        if (id != INTERN_NONE) {
            apply_advisory(probe, &probe->updates[rows[id]], advisory);
        }
    }
    intern_done(&keys);
}

/* join_installed fills in what is installed of each updated package, and where installed packages
 * came from. Of several (kernels) the last installed counts. */
static void join_installed(struct probe *probe)
{
    struct intern keys;
    uint32_t *rows = arena_array(probe->arena, probe->software_count + 1, uint32_t);
    intern_init(&keys);
    for (uint32_t i = 0; i < probe->software_count; i++) {
        struct inventory_software *software = &probe->software[i];
        if (!str_eq(software->ecosystem, STR("rpm"))) {
            continue;
        }
        uint32_t before = keys.count;
        uint32_t id = update_key(&keys, software->name, software->arch, true);
        if (id != INTERN_NONE &&
            (id == before || probe->software[rows[id]].installed <= software->installed)) {
            rows[id] = i;
        }
    }
    for (uint32_t i = 0; i < probe->update_count; i++) {
        struct inventory_update *update = &probe->updates[i];
        uint32_t id = str_eq(update->ecosystem, STR("rpm"))
                          ? update_key(&keys, update->name, update->arch, false)
                          : INTERN_NONE;
        if (id != INTERN_NONE && update->from.len == 0) {
            update->from = probe->software[rows[id]].version;
            update->source = update->source.len ? update->source : probe->software[rows[id]].source;
        }
    }
    for (uint32_t i = 0; i < probe->rpm.origin_count; i++) {
        const struct inventory_software *origin = &probe->rpm.origins[i];
        uint32_t id = update_key(&keys, origin->name, origin->arch, false);
        if (id != INTERN_NONE && str_eq(probe->software[rows[id]].version, origin->version)) {
            probe->software[rows[id]].origin = origin->origin;
        }
    }
    intern_done(&keys);
}

void finish_rpm_updates(struct probe *probe)
{
    struct inventory_updates *updates = &probe->inventory->updates;
    if (!probe->rpm.asked) {
        return;
    }
    join_advisories(probe);
    join_installed(probe);
    if (!probe->rpm.answered) {
        updates->known = TRUTH_UNKNOWN;
        updates->reason =
            probe->rpm.error.len > 0 ? probe->rpm.error : STR("the package manager did not answer");
    } else if (updates->metadata_time == TIME_NONE) {
        updates->known = TRUTH_UNKNOWN;
        updates->reason = STR("the package manager has no cached repository metadata");
    } else {
        updates->known = TRUTH_YES;
    }
}
