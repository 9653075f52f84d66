#include "assess/engine.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A pending update as findings see it. */
struct pending {
    const struct inventory_update *update;
    uint32_t index;          /* in the inventory */
    uint32_t software;       /* the installed package that it replaces, INTERN_NONE: none */
    struct str source;       /* the name that findings carry */
    bool speaks_for_source;  /* its version is that of the source */
    enum update_class class; /* by metadata and origin */
    uint32_t fixes;          /* confirmed findings */
    uint64_t worst;          /* the CVE that makes it critical, 0: none */
    int worst_score;
    struct rating worst_rating;
    bool worst_exploited;
};

struct pendings {
    struct pending *items;
    uint32_t count;
    struct intern sources; /* source -> first in chain */
    uint32_t *heads, *next;
};

static struct str kernel_source(struct str source, struct str name)
{
    /* Debian's signed kernels are built from linux, and the advisories name that. */
    if (str_glob(STR("linux-signed-*"), source) ||
        (!source.len && str_glob(STR("linux-image-*"), name))) {
        return STR("linux");
    }
    return source;
}

static bool same_package(const struct inventory_software *software,
                         const struct inventory_update *update)
{
    return str_eq(software->name, update->name) && str_eq(software->ecosystem, update->ecosystem) &&
           (!update->arch.len || !software->arch.len || str_eq(software->arch, update->arch)) &&
           (!update->from.len || str_eq(software->version, update->from));
}

/* A binary that is built anew from the same source gains "+b1". */
static struct str strip_rebuild(struct str version)
{
    size_t i = version.len;
    while (i && str_is_digit(version.ptr[i - 1])) {
        i--;
    }
    if (i > 2 && i < version.len && version.ptr[i - 1] == 'b' && version.ptr[i - 2] == '+') {
        return str_sub(version, 0, i - 2);
    }
    return version;
}

static uint32_t find_software(const struct engine *engine, const struct intern *names,
                              const uint32_t *heads, const uint32_t *next,
                              const struct inventory_update *update)
{
    uint32_t id = intern_find(names, update->name);
    for (uint32_t i = id == INTERN_NONE ? INTERN_NONE : heads[id]; i != INTERN_NONE; i = next[i]) {
        if (same_package(&engine->inventory->software[i], update)) {
            return i;
        }
    }
    return INTERN_NONE;
}

static struct str source_of(const struct engine *engine, const struct pending *pending)
{
    struct str source = pending->update->source;
    if (pending->software != INTERN_NONE) {
        const struct inventory_software *software = &engine->inventory->software[pending->software];
        if (software->source.len) {
            source = software->source;
        } else if (!source.len) {
            source = software->name;
        }
        if (engine->software[pending->software].identity.supplier == SUPPLIER_MAKER) {
            source = software->name;
        }
    }
    source = kernel_source(source, pending->update->name);
    return source.len ? source : pending->update->name;
}

static bool speaks_for_source(const struct engine *engine, const struct pending *pending)
{
    if (pending->software == INTERN_NONE) {
        return true;
    }
    const struct inventory_software *software = &engine->inventory->software[pending->software];
    const struct identity *identity = &engine->software[pending->software].identity;
    struct str compared =
        identity->advisory_version.len ? identity->advisory_version : software->version;
    return str_eq(strip_rebuild(software->version), strip_rebuild(compared));
}

static bool from_security_archive(const struct inventory_update *update)
{
    return str_find_nocase(update->origin, STR("security")) != SIZE_MAX;
}

static enum update_class class_by_metadata(const struct inventory_update *update)
{
    if (update->class >= UPDATE_SECURITY) {
        return update->class;
    }
    return from_security_archive(update) ? UPDATE_SECURITY : update->class;
}

static void read_updates(const struct engine *engine, struct pendings *pendings)
{
    const struct inventory *inventory = engine->inventory;
    struct intern names;
    uint32_t count = inventory->software_count;
    uint32_t *heads = mem_alloc((count + 1) * sizeof *heads);
    uint32_t *next = mem_alloc((count + 1) * sizeof *next);
    intern_init(&names);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t before = names.count;
        uint32_t id = intern_add(&names, inventory->software[i].name);
        next[i] = names.count > before ? INTERN_NONE : heads[id];
        heads[id] = i;
    }
    for (uint32_t i = 0; i < pendings->count; i++) {
        struct pending *pending = &pendings->items[i];
        pending->update = &inventory->updates.items[i];
        pending->index = i;
        pending->software = find_software(engine, &names, heads, next, pending->update);
        pending->source = source_of(engine, pending);
        pending->speaks_for_source = speaks_for_source(engine, pending);
        pending->class = class_by_metadata(pending->update);
    }
    intern_done(&names);
    free(heads);
    free(next);
}

static void chain_sources(struct pendings *pendings)
{
    intern_init(&pendings->sources);
    pendings->heads = mem_alloc((pendings->count + 1) * sizeof *pendings->heads);
    pendings->next = mem_alloc((pendings->count + 1) * sizeof *pendings->next);
    for (uint32_t i = pendings->count; i-- > 0;) {
        uint32_t before = pendings->sources.count;
        uint32_t id = intern_add(&pendings->sources, pendings->items[i].source);
        pendings->next[i] = pendings->sources.count > before ? INTERN_NONE : pendings->heads[id];
        pendings->heads[id] = i;
    }
}

static bool names_cve(const struct inventory_update *update, uint64_t cve)
{
    for (uint32_t i = 0; i < update->cve_count; i++) {
        uint64_t id;
        if (cve_id_parse(update->cves[i], &id) && id == cve) {
            return true;
        }
    }
    return false;
}

static bool is_package_of(const struct draft *draft, uint32_t software)
{
    for (uint32_t i = 0; i < draft->finding.package_count; i++) {
        if (draft->finding.packages[i] == software) {
            return true;
        }
    }
    return false;
}

/* Whether the update's version is at the fix or later. rpm advisories speak of binaries, so
 * there only the finding's own packages count. */
static bool brings_fix(struct engine *engine, const struct draft *draft,
                       const struct pending *pending)
{
    struct str to = pending->update->to;
    if (names_cve(pending->update, draft->finding.cve)) {
        return true;
    }
    if (!draft->fixed.class || !to.len) {
        return false;
    }
    if (draft->scheme == VERSION_RPM && !is_package_of(draft, pending->software)) {
        return false;
    }
    if ((draft->scheme == VERSION_DPKG || draft->scheme == VERSION_APK) &&
        !pending->speaks_for_source) {
        return false;
    }
    if (draft->scheme >= VERSION_NVD) {
        if (!is_package_of(draft, pending->software)) {
            return false;
        }
        to = unit_upstream(to);
    } else if (draft->scheme == VERSION_DPKG) {
        to = strip_rebuild(to);
    }
    struct version_key key = engine_key(engine, draft->scheme, to);
    if (!key.class) {
        return false;
    }
    enum version_order order = version_key_compare(&key, &draft->fixed);
    return order == VERSION_EQUAL || order == VERSION_GREATER;
}

static void note_worst(struct pending *pending, const struct finding *finding)
{
    bool critical =
        finding->known_exploited || finding->level == LEVEL_CRITICAL || finding->score >= 90;
    if (!critical) {
        return;
    }
    if (pending->worst && (pending->worst_exploited > finding->known_exploited ||
                           (pending->worst_exploited == finding->known_exploited &&
                            pending->worst_score >= finding->score))) {
        return;
    }
    pending->worst = finding->cve;
    pending->worst_score = finding->score;
    pending->worst_rating = finding->rating;
    pending->worst_exploited = finding->known_exploited;
}

static void join_update(struct engine *engine, struct draft *draft, const struct pending *pending,
                        bool first)
{
    const struct inventory_update *update = pending->update;
    struct finding *finding = &draft->finding;
    bool better = str_eq(update->name, finding->software);
    if (!first && !better) {
        return;
    }
    finding->fixed_by_update = true;
    finding->pending = pending->index;
    finding->update = update->from.len
                          ? arena_printf(engine->arena, "%.*s %.*s -> %.*s", STR_ARG(update->name),
                                         STR_ARG(update->from), STR_ARG(update->to))
                          : arena_printf(engine->arena, "%.*s %.*s (new)", STR_ARG(update->name),
                                         STR_ARG(update->to));
}

/* A finding about the system knows its update (KB). */
static void join_system(const struct draft *draft, struct pendings *pendings)
{
    const struct finding *finding = &draft->finding;
    if (!finding->fixed_by_update || !finding_confirmed(finding)) {
        return;
    }
    struct pending *pending = &pendings->items[finding->pending];
    pending->fixes++;
    pending->class = pending->class > UPDATE_SECURITY ? pending->class : UPDATE_SECURITY;
    note_worst(pending, finding);
}

static void join_finding(struct engine *engine, struct draft *draft, struct pendings *pendings)
{
    if (draft->finding.first_software == FINDING_OF_OS) {
        join_system(draft, pendings);
        return;
    }
    uint32_t id = intern_find(&pendings->sources, draft->finding.software);
    bool confirmed = finding_confirmed(&draft->finding);
    for (uint32_t i = id == INTERN_NONE ? INTERN_NONE : pendings->heads[id]; i != INTERN_NONE;
         i = pendings->next[i]) {
        struct pending *pending = &pendings->items[i];
        if (!brings_fix(engine, draft, pending)) {
            continue;
        }
        join_update(engine, draft, pending, !draft->finding.fixed_by_update);
        if (confirmed) {
            pending->fixes++;
            note_worst(pending, &draft->finding);
        }
    }
}

/* Every finding of the CVE is accepted. */
static bool is_accepted(const struct engine *engine, uint64_t cve)
{
    bool accepted = false;
    for (uint32_t i = 0; engine->options->accept && i < engine->draft_count; i++) {
        if (engine->drafts[i].finding.cve != cve) {
            continue;
        }
        if (!engine->drafts[i].finding.accepted) {
            return false;
        }
        accepted = true;
    }
    return accepted;
}

/* CVEs that the manager's own metadata names count as well where no finding does. */
static void join_metadata(struct engine *engine, struct pending *pending)
{
    for (uint32_t i = 0; i < pending->update->cve_count; i++) {
        struct finding finding = {0};
        if (!cve_id_parse(pending->update->cves[i], &finding.cve) ||
            engine_rejected(engine, finding.cve) || is_accepted(engine, finding.cve)) {
            continue;
        }
        record_join(engine, &finding, TIME_NONE);
        note_worst(pending, &finding);
    }
}

static struct str why_of(struct engine *engine, const struct pending *pending)
{
    char cve[CVE_ID_SIZE], score[64] = "";
    if (pending->worst) {
        cve_id_format(pending->worst, cve);
        if (pending->worst_score >= 0) {
            snprintf(score, sizeof score, "%d.%d", pending->worst_score / 10,
                     pending->worst_score % 10);
        } else if (pending->worst_rating.level == LEVEL_CRITICAL) {
            snprintf(score, sizeof score, "%.*s: %.*s", STR_ARG(pending->worst_rating.by),
                     STR_ARG(pending->worst_rating.word));
        }
        return arena_printf(engine->arena, "fixes %s (%s%s%s)", cve, score,
                            score[0] && pending->worst_exploited ? ", " : "",
                            pending->worst_exploited ? "known exploited" : "");
    }
    if (pending->update->advisory.len && pending->class >= UPDATE_SECURITY) {
        return arena_printf(engine->arena, "advisory %.*s", STR_ARG(pending->update->advisory));
    }
    if (pending->class >= UPDATE_SECURITY) {
        return from_security_archive(pending->update)
                   ? arena_printf(engine->arena, "origin %.*s", STR_ARG(pending->update->origin))
                   : STR("by the package manager's metadata");
    }
    if (pending->class == UPDATE_UNKNOWN) {
        return STR("the repository has no advisory data");
    }
    return STR("");
}

static int compare_updates(const void *left, const void *right)
{
    const struct update_insight *a = left, *b = right;
    if (a->class != b->class) {
        return a->class > b->class ? -1 : 1;
    }
    if (a->fixes != b->fixes) {
        return a->fixes > b->fixes ? -1 : 1;
    }
    return (a->update > b->update) - (a->update < b->update);
}

static void give_updates(struct engine *engine, const struct pendings *pendings,
                         struct assessment *ret)
{
    struct update_insight *updates =
        arena_array(engine->arena, pendings->count, struct update_insight);
    for (uint32_t i = 0; i < pendings->count; i++) {
        const struct pending *pending = &pendings->items[i];
        enum update_class class = pending->worst ? UPDATE_CRITICAL : pending->class;
        updates[i] =
            (struct update_insight){pending->index, class, why_of(engine, pending), pending->fixes};
        ret->update_classes[class]++;
    }
    if (pendings->count) {
        qsort(updates, pendings->count, sizeof *updates, compare_updates);
    }
    ret->updates = updates;
    ret->update_count = pendings->count;
}

void updates_judge(struct engine *engine, struct assessment *ret)
{
    const struct inventory_updates *updates = &engine->inventory->updates;
    struct pendings pendings = {.count = updates->count};
    ret->updates_known = updates->known;
    if (!updates->count) {
        return;
    }
    pendings.items = mem_alloc_zero(updates->count, sizeof *pendings.items);
    read_updates(engine, &pendings);
    chain_sources(&pendings);
    for (uint32_t i = 0; i < engine->draft_count; i++) {
        join_finding(engine, &engine->drafts[i], &pendings);
    }
    for (uint32_t i = 0; i < pendings.count; i++) {
        join_metadata(engine, &pendings.items[i]);
    }
    give_updates(engine, &pendings, ret);
    intern_done(&pendings.sources);
    free(pendings.heads);
    free(pendings.next);
    free(pendings.items);
}
