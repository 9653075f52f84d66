/* Joining what apt said: repositories with their Release files, packages with repositories. */
#include "collect/probe.h"

#include "base/limits.h"

#include <string.h>

/* put_file_name appends text as apt writes it into the names of its lists: some characters as
 * %XX, then '/' as '_' (apt's URItoFileName). */
static void put_file_name(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '/') {
            buf_put_byte(out, '_');
        } else if (c <= 0x20 || c >= 0x7f || strchr("\\|{}[]<>\"^~_=!@#$%^&*", c) != NULL) {
            buf_printf(out, "%%%02x", c);
        } else {
            buf_put_byte(out, (char)c);
        }
    }
}

static struct str without_scheme(struct str uri)
{
    size_t at = str_find(uri, STR("://"));
    if (at != SIZE_MAX) {
        return str_skip(uri, at + 3);
    }
    at = str_find_byte(uri, ':');
    return at != SIZE_MAX ? str_skip(uri, at + 1) : uri;
}

static const struct apt_release *find_file(const struct apt_state *apt, const struct buf *start)
{
    for (uint32_t i = 0; i < apt->release_count; i++) {
        struct str file = apt->releases[i].file;
        if (str_starts(file, buf_view(start)) &&
            (str_eq(str_skip(file, start->len), STR("InRelease")) ||
             str_eq(str_skip(file, start->len), STR("Release")))) {
            return &apt->releases[i];
        }
    }
    return NULL;
}

/* find_release returns the Release file of a repository, or NULL. Its name has the suite without
 * the component, and a suite and a component may both have a '/' in them. */
static const struct apt_release *find_release(const struct apt_state *apt,
                                              const struct apt_repository *repository)
{
    struct str uri = without_scheme(repository->uri), suite = repository->suite;
    const struct apt_release *found = NULL;
    while (uri.len > 0 && uri.ptr[uri.len - 1] == '/') {
        uri.len--;
    }
    while (found == NULL && suite.len > 0) {
        struct buf name;
        buf_init(&name, LIMIT_RECORD_TEXT);
        put_file_name(&name, uri);
        buf_put_text(&name, "_dists_");
        put_file_name(&name, suite);
        buf_put_byte(&name, '_');
        found = find_file(apt, &name);
        buf_clear(&name);
        put_file_name(&name, uri); /* a flat repository: "deb URI ./" */
        buf_put_byte(&name, '_');
        if (found == NULL && suite.ptr[suite.len - 1] == '/') {
            found = find_file(apt, &name);
        }
        buf_done(&name);
        while (suite.len > 0 && suite.ptr[--suite.len] != '/') {
        }
    }
    return found;
}

static struct str host_name(struct str uri)
{
    struct str rest = without_scheme(uri), host;
    return str_split_byte(&rest, '/', &host) && host.len > 0 ? host : uri;
}

/* label_repository names a repository by its label, else its host: some tools write labels such
 * as ". nodistro". */
static void label_repository(struct probe *probe, struct apt_repository *repository)
{
    const struct apt_release *release = find_release(&probe->apt, repository);
    repository->label = host_name(repository->uri);
    repository->release = repository->label;
    if (release == NULL) {
        return;
    }
    struct str label = release->label.len > 0 ? release->label : release->origin;
    if (label.len > 0 && label.ptr[0] != '.') {
        repository->label = label;
    }
    repository->release =
        release->version.len > 0
            ? arena_printf(probe->arena, "%.*s:%.*s/%.*s", STR_ARG(repository->label),
                           STR_ARG(release->version), STR_ARG(release->suite))
            : arena_printf(probe->arena, "%.*s:%.*s", STR_ARG(repository->label),
                           STR_ARG(release->suite));
    repository->security = str_eq(label, STR("Debian-Security")) ||
                           str_ends(release->suite, STR("-security")) ||
                           str_starts(release->origin, STR("UbuntuESM"));
}

/* The document's ceiling holds for what is joined, too. */
static struct str clamp_name(struct probe *probe, struct str text)
{
    return text.len <= LIMIT_NAME ? text : probe_name(probe, text);
}

static const struct apt_package *find_package(const struct apt_state *apt, struct str name,
                                              struct str arch)
{
    char full[2 * LIMIT_NAME + 2];
    uint32_t id = INTERN_NONE;
    if (name.len + arch.len + 1 < sizeof full && arch.len > 0) {
        memcpy(full, name.ptr, name.len);
        full[name.len] = ':';
        memcpy(full + name.len + 1, arch.ptr, arch.len);
        id = intern_find(&apt->names, str_make(full, name.len + 1 + arch.len));
    }
    if (id == INTERN_NONE) {
        id = intern_find(&apt->names, name);
    }
    return id < apt->package_count ? &apt->packages[id] : NULL;
}

static const struct apt_version *find_version(const struct apt_package *package, struct str version)
{
    for (uint32_t i = 0; package != NULL && i < package->version_count; i++) {
        if (str_eq(package->versions[i].version, version)) {
            return &package->versions[i];
        }
    }
    return NULL;
}

static size_t common_start(struct str a, struct str b)
{
    size_t length = 0;
    while (length < a.len && length < b.len && a.ptr[length] == b.ptr[length]) {
        length++;
    }
    return length;
}

/* nearest_version returns the version in a repository that is written most like the installed
 * one: an outdated package is no longer in its repository, and its newer self is. */
static const struct apt_version *nearest_version(const struct apt_package *package,
                                                 struct str version)
{
    const struct apt_version *nearest = NULL;
    size_t best = 0;
    for (uint32_t i = 0; package != NULL && i < package->version_count; i++) {
        const struct apt_version *candidate = &package->versions[i];
        size_t common = common_start(candidate->version, version);
        if (candidate->repository_count > 0 && (nearest == NULL || common > best)) {
            nearest = candidate;
            best = common;
        }
    }
    return nearest;
}

/* is_distribution_maintainer: such a package that no repository has any more (an old kernel, a
 * library of the previous release) was not brought by hand. */
static bool is_distribution_maintainer(struct str vendor)
{
    return str_glob(STR("*debian.org>|*ubuntu.com>|*@lists.alioth.debian.org*"), vendor);
}

static void set_origin(struct probe *probe, struct inventory_software *software)
{
    const struct apt_state *apt = &probe->apt;
    const struct apt_package *package = find_package(apt, software->name, software->arch);
    const struct apt_version *version = find_version(package, software->version);
    if (version == NULL || version->repository_count == 0) {
        version = nearest_version(package, software->version);
    }
    if (version != NULL) {
        software->origin = apt->repositories[version->repositories[0]].label;
    } else if (apt->repository_count > 0 && software->origin.len == 0 &&
               !is_distribution_maintainer(software->vendor)) {
        software->origin = STR("local");
    }
}

/* set_update_origin joins an update with the repositories that have its new version. */
static void set_update_origin(struct probe *probe, struct inventory_update *update)
{
    const struct apt_state *apt = &probe->apt;
    const struct apt_package *package = find_package(apt, update->name, update->arch);
    const struct apt_version *version = find_version(package, update->to);
    struct str seen = STR("");
    update->class = UPDATE_OTHER;
    for (uint32_t i = 0; version != NULL && i < version->repository_count; i++) {
        const struct apt_repository *repository = &apt->repositories[version->repositories[i]];
        if (repository->security) {
            update->class = UPDATE_SECURITY;
        }
        if (str_find(seen, repository->release) == SIZE_MAX) {
            seen = seen.len > 0 ? arena_printf(probe->arena, "%.*s, %.*s", STR_ARG(seen),
                                               STR_ARG(repository->release))
                                : repository->release;
        }
    }
    update->origin = clamp_name(probe, seen);
}

/* names_of_software numbers the names of dpkg's packages; *ret_first is each name's first row. */
static void join_updates(struct probe *probe)
{
    struct intern names;
    uint32_t *first = arena_array(probe->arena, probe->software_count + 1, uint32_t);
    intern_init(&names);
    for (uint32_t i = 0; i < probe->software_count; i++) {
        uint32_t id = intern_add(&names, probe->software[i].name);
        if (id == names.count - 1 && first[id] == 0) {
            first[id] = i + 1;
        }
    }
    for (uint32_t i = 0; i < probe->update_count; i++) {
        struct inventory_update *update = &probe->updates[i];
        uint32_t id = intern_find(&names, update->name);
        if (!str_eq(update->ecosystem, STR("dpkg"))) {
            continue;
        }
        set_update_origin(probe, update);
        if (id != INTERN_NONE) {
            const struct inventory_software *software = &probe->software[first[id] - 1];
            update->source = software->source;
            update->arch = update->arch.len > 0 ? update->arch : software->arch;
        }
    }
    intern_done(&names);
}

/* judge_updates says whether the list of updates can be relied on. */
static void judge_updates(struct probe *probe)
{
    struct inventory_updates *updates = &probe->inventory->updates;
    const struct apt_state *apt = &probe->apt;
    if (!apt->answered) {
        updates->known = TRUTH_UNKNOWN;
        updates->reason = apt->error.len > 0
                              ? arena_printf(probe->arena, "apt: %.*s", STR_ARG(apt->error))
                              : STR("apt did not answer");
    } else if (apt->release_count == 0 && apt->repository_count == 0) {
        updates->known = TRUTH_UNKNOWN;
        updates->reason = STR("apt has no package lists; `apt-get update` was not run");
    } else {
        updates->known = TRUTH_YES;
    }
    if (apt->kept_back > 0) {
        probe_note(probe, "apt keeps back %u packages that have updates", apt->kept_back);
    }
    if (apt->phased > 0) {
        probe_note(probe, "apt defers %u updates by phasing", apt->phased);
    }
}

void finish_apt(struct probe *probe)
{
    if (!probe->apt.asked) {
        return;
    }
    for (uint32_t i = 0; i < probe->apt.repository_count; i++) {
        label_repository(probe, &probe->apt.repositories[i]);
    }
    for (uint32_t i = 0; i < probe->software_count; i++) {
        if (str_eq(probe->software[i].ecosystem, STR("dpkg"))) {
            set_origin(probe, &probe->software[i]);
        }
    }
    join_updates(probe);
    judge_updates(probe);
}
