/*
 * apt: repositories and their labels, where each installed package came from, and what a full
 * upgrade would change (apt-cache(8) policy, apt-get(8) -V --print-uris dist-upgrade).
 */
#include "collect/probe.h"

#include "base/limits.h"

#include <string.h>

enum { APT_VERSIONS = 64 /* of one package in one listing; real ones have up to 40 */ };

/* A package's block of `apt-cache policy` while it is being read. */
struct policy_block {
    uint32_t package; /* INTERN_NONE: none open */
    struct apt_version versions[APT_VERSIONS];
    uint32_t count;
};

static void close_block(struct probe *probe, struct policy_block *block)
{
    if (block->package != INTERN_NONE && block->package < probe->apt.package_count) {
        struct apt_version *versions = arena_array(probe->arena, block->count, struct apt_version);
        if (block->count > 0) {
            memcpy(versions, block->versions, block->count * sizeof *versions);
        }
        probe->apt.packages[block->package] = (struct apt_package){versions, block->count};
    }
    block->package = INTERN_NONE;
    block->count = 0;
}

static void open_block(struct probe *probe, struct str name, struct policy_block *block)
{
    struct apt_state *apt = &probe->apt;
    close_block(probe, block);
    if (apt->package_count >= LIMIT_INVENTORY_SOFTWARE || name.len > LIMIT_NAME) {
        return;
    }
    block->package = intern_add(&apt->names, name);
    if (block->package == apt->package_count) {
        arena_reserve(probe->arena, apt->packages, apt->package_count, apt->package_capacity);
        apt->packages[apt->package_count++] = (struct apt_package){0};
    }
}

/* add_source reads "500 http://deb.example.org/debian bookworm/main amd64 Packages": the version
 * above it is in that repository. */
static void add_source(struct probe *probe, struct str line, struct policy_block *block)
{
    struct apt_state *apt = &probe->apt;
    struct str priority, uri, suite;
    line = str_trim(line);
    if (!str_next_word(&line, &priority) || !str_next_word(&line, &uri) || block->count == 0 ||
        uri.ptr[0] == '/' || !str_next_word(&line, &suite)) {
        return; /* /var/lib/dpkg/status is no repository */
    }
    struct apt_version *version = &block->versions[block->count - 1];
    struct str both = {uri.ptr, (size_t)(suite.ptr + suite.len - uri.ptr)};
    if (version->repository_count == APT_VERSION_REPOSITORIES || both.len > LIMIT_LINE) {
        return;
    }
    uint32_t id = intern_add(&apt->repository_names, both);
    if (id == apt->repository_count) {
        arena_reserve(probe->arena, apt->repositories, apt->repository_count,
                      apt->repository_capacity);
        apt->repositories[apt->repository_count++] = (struct apt_repository){
            .uri = probe_name(probe, uri), .suite = probe_name(probe, suite)};
    }
    version->repositories[version->repository_count++] = id;
}

/* read_policy_line reads one line by its indentation: the name at 0, versions behind five columns
 * of which the installed one has "***", their sources behind eight. */
static void read_policy_line(struct probe *probe, struct str line, struct policy_block *block)
{
    if (line.len > 1 && line.ptr[0] != ' ' && line.ptr[line.len - 1] == ':') {
        open_block(probe, str_sub(line, 0, line.len - 1), block);
    } else if (str_starts(line, STR("        "))) {
        add_source(probe, line, block);
    } else if (str_starts(line, STR("     ")) || str_starts(line, STR(" *** "))) {
        struct str rest = str_skip(line, 5), version;
        if (block->package != INTERN_NONE && block->count < APT_VERSIONS &&
            str_next_word(&rest, &version)) {
            block->versions[block->count++] =
                (struct apt_version){.version = probe_version(probe, version)};
        }
    }
}

void parse_apt_policy(struct probe *probe, struct str text)
{
    struct policy_block block = {.package = INTERN_NONE};
    struct str line;
    while (str_next_line(&text, &line)) {
        read_policy_line(probe, line, &block);
    }
    close_block(probe, &block);
}

void parse_apt_releases(struct probe *probe, struct str text)
{
    static const struct {
        const char *key;
        size_t offset;
    } keys[] = {
        {"Origin", offsetof(struct apt_release, origin)},
        {"Label", offsetof(struct apt_release, label)},
        {"Suite", offsetof(struct apt_release, suite)},
        {"Version", offsetof(struct apt_release, version)},
    };
    struct apt_state *apt = &probe->apt;
    struct str line, key, value;
    while (str_next_line(&text, &line)) {
        if (probe_key(line, &key, &value) && str_eq(key, STR("file"))) {
            if (apt->release_count >= LIMIT_INVENTORY_NOTES) {
                return;
            }
            arena_reserve(probe->arena, apt->releases, apt->release_count, apt->release_capacity);
            apt->releases[apt->release_count++] =
                (struct apt_release){.file = probe_text(probe, value, LIMIT_RECORD_TEXT)};
            continue;
        }
        value = line;
        if (apt->release_count == 0 || !str_split_byte(&value, ':', &key) || value.ptr == NULL) {
            probe_bad_line(probe, line);
            continue;
        }
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            char *release = (char *)&apt->releases[apt->release_count - 1];
            if (str_eq_text(key, keys[i].key)) {
                *(struct str *)(release + keys[i].offset) = probe_name(probe, str_trim(value));
            }
        }
    }
}

/* What the list that is open in apt-get's answer says of its packages. */
enum upgrade_list { LIST_NONE, LIST_UPGRADED, LIST_NEW, LIST_KEPT_BACK, LIST_PHASED };

static enum upgrade_list upgrade_heading(struct str line)
{
    static const struct {
        const char *pattern;
        enum upgrade_list list;
    } headings[] = {
        {"The following packages will be upgraded:", LIST_UPGRADED},
        {"The following NEW packages will be installed:", LIST_NEW},
        {"The following packages have been kept back:", LIST_KEPT_BACK},
        {"The following upgrades have been deferred due to phasing:", LIST_PHASED},
        {"Not upgrading yet due to phasing:", LIST_PHASED},
        {"The following held packages will be changed:", LIST_NONE},
    };
    for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++) {
        if (str_eq_text(line, headings[i].pattern)) {
            return headings[i].list;
        }
    }
    return LIST_NONE;
}

/* read_change reads "   bash (5.2.15-2+b8 => 5.2.15-2+b13)" or "   linux-image-6.1 (6.1.1-1)". */
static void read_change(struct probe *probe, struct str line, bool is_new)
{
    struct str rest = line, name, arch, from = STR(""), to, word;
    if (!str_next_word(&rest, &name) || !str_next_word(&rest, &to) || to.ptr[0] != '(') {
        probe_bad_line(probe, line);
        return;
    }
    to = str_skip(to, 1);
    if (!is_new) {
        from = to;
        if (!str_next_word(&rest, &word) || !str_eq(word, STR("=>")) ||
            !str_next_word(&rest, &to)) {
            probe_bad_line(probe, line);
            return;
        }
    }
    if (!str_ends(to, STR(")"))) {
        probe_bad_line(probe, line);
        return;
    }
    struct inventory_update *update = probe_add_update(probe, "dpkg");
    if (update == NULL) {
        return;
    }
    str_split_byte(&name, ':', &word);
    arch = name.ptr ? name : STR("");
    update->name = probe_name(probe, word);
    update->arch = probe_name(probe, arch);
    update->from = probe_version(probe, from);
    update->to = probe_version(probe, str_sub(to, 0, to.len - 1));
}

/* is_summary matches "130 upgraded, 0 newly installed, 0 to remove and 0 not upgraded." */
static bool is_summary(struct str line)
{
    return line.len > 0 && str_is_digit(line.ptr[0]) &&
           str_find(line, STR(" upgraded, ")) != SIZE_MAX &&
           str_find(line, STR(" newly installed, ")) != SIZE_MAX;
}

static void read_upgrade_line(struct probe *probe, struct str line, enum upgrade_list *list)
{
    struct apt_state *apt = &probe->apt;
    if (str_starts(line, STR("E: "))) {
        apt->error = apt->error.len > 0 ? apt->error : probe_name(probe, str_skip(line, 3));
    } else if (is_summary(line)) {
        apt->answered = true;
    } else if (line.len == 0 || line.ptr[0] != ' ') {
        *list = upgrade_heading(line);
    } else if (*list == LIST_UPGRADED || *list == LIST_NEW) {
        read_change(probe, line, *list == LIST_NEW);
    } else if (*list == LIST_KEPT_BACK) {
        apt->kept_back++;
    } else if (*list == LIST_PHASED) {
        apt->phased++;
    }
}

void parse_apt_updates(struct probe *probe, struct str text)
{
    enum upgrade_list list = LIST_NONE;
    struct str line;
    probe->apt.asked = true;
    while (str_next_line(&text, &line)) {
        if (str_eq(line, STR("Policy of new packages:"))) {
            parse_apt_policy(probe, text);
            return;
        }
        read_upgrade_line(probe, line, &list);
    }
}

void parse_metadata(struct probe *probe, struct str text)
{
    struct str line, fields[PROBE_FIELDS];
    while (str_next_line(&text, &line)) {
        if (probe_fields(line, '\t', fields) < 2) {
            probe_bad_line(probe, line);
        } else if (str_eq(fields[0], STR("mtime"))) {
            probe_metadata_time(probe, fields[1]);
        } else if (str_eq(fields[0], STR("updateinfo")) && fields[1].len <= LIMIT_NAME &&
                   probe->rpm.advised.count < LIMIT_INVENTORY_NOTES) {
            intern_add(&probe->rpm.advised, fields[1]);
        }
    }
}
