#include "assess/engine.h"

#include "base/memory.h"
#include "base/order.h"

#include <stdlib.h>

/* Tools that manage patches only once they are switched on; a fact of the inventory that
 * bears their name says whether they are. */
static const char *const switched_tools[] = {"unattended-upgrades", "dnf-automatic", "yum-cron",
                                             "transactional-update", "rpm-ostreed-automatic"};

static bool is_switched(struct str name)
{
    for (unsigned i = 0; i < sizeof switched_tools / sizeof *switched_tools; i++) {
        if (str_eq_text(name, switched_tools[i])) {
            return true;
        }
    }
    return false;
}

static enum truth tool_runs(const struct engine *engine, struct str name)
{
    struct str value;
    if (!is_switched(name)) {
        return TRUTH_YES;
    }
    value = inventory_fact_value(engine->inventory, name);
    if (!value.len) {
        return TRUTH_UNKNOWN;
    }
    return str_glob(STR("enabled*|yes|on|1"), value) ? TRUTH_YES : TRUTH_NO;
}

/* ---- protection ---- */

static bool name_listed(struct str list, struct str name)
{
    while (list.len >= name.len) {
        size_t comma = str_find(list, STR(", "));
        struct str item = comma == SIZE_MAX ? list : str_sub(list, 0, comma);
        if (str_eq(item, name)) {
            return true;
        }
        if (comma == SIZE_MAX) {
            break;
        }
        list = str_skip(list, comma + 2);
    }
    return false;
}

static void add_name(struct arena *arena, struct str *list, struct str name)
{
    if (!name_listed(*list, name)) {
        *list = list->len ? arena_printf(arena, "%.*s, %.*s", STR_ARG(*list), STR_ARG(name)) : name;
    }
}

static void find_protection(struct engine *engine, struct assessment *ret)
{
    bool unsure = false;
    for (uint32_t i = 0; i < engine->inventory->software_count; i++) {
        const struct identity *identity = &engine->software[i].identity;
        struct str name = engine->inventory->software[i].name;
        if (identity->security) {
            add_name(engine->arena, &ret->security_names, name);
        }
        if (!identity->patch) {
            continue;
        }
        enum truth runs = tool_runs(engine, name);
        unsure = unsure || runs == TRUTH_UNKNOWN;
        if (runs != TRUTH_YES) {
            continue;
        }
        add_name(engine->arena, &ret->patch_names, name);
        if (engine->options->patch_counts_as_security) {
            add_name(engine->arena, &ret->security_names, name);
        }
    }
    enum truth missing = engine->inventory->software_known == TRUTH_YES ? TRUTH_NO : TRUTH_UNKNOWN;
    ret->security_software = ret->security_names.len ? TRUTH_YES : missing;
    ret->patch_software = ret->patch_names.len ? TRUTH_YES : unsure ? TRUTH_UNKNOWN : missing;
    if (!ret->patch_names.len && unsure) {
        engine_note(engine, "automatic updates are installed, and whether they are enabled is "
                            "not known");
    }
}

/* ---- counts ---- */

static void count_cve(const struct finding *finding, bool all_fixed, struct level_counts *counts)
{
    counts->by_level[finding->level]++;
    counts->total++;
    counts->known_exploited += finding->known_exploited;
    counts->fixed_by_updates += all_fixed;
}

/* A CVE counts once, as confirmed when any of the findings is. Such findings come first. */
static void count_levels(const struct finding *findings, uint32_t count,
                         struct level_counts *confirmed, struct level_counts *others)
{
    struct order_key *keys = mem_alloc(count * sizeof *keys);
    for (uint32_t i = 0; i < count; i++) {
        keys[i] = (struct order_key){findings[i].cve << 1 | !finding_confirmed(&findings[i]), i};
    }
    order_sort(keys, count);
    for (uint32_t first = 0; first < count;) {
        bool is_confirmed = !(keys[first].key & 1), all_fixed = true;
        uint32_t end = first;
        for (; end < count && keys[end].key >> 1 == keys[first].key >> 1; end++) {
            if (keys[end].key == keys[first].key) {
                all_fixed = all_fixed && findings[keys[end].index].fixed_by_update;
            }
        }
        count_cve(&findings[keys[first].index], all_fixed, is_confirmed ? confirmed : others);
        first = end;
    }
    free(keys);
}

static void count_software(struct engine *engine, const struct assessment *ret)
{
    for (uint32_t i = 0; i < ret->finding_count; i++) {
        const struct finding *finding = &ret->findings[i];
        for (uint32_t k = 0; finding_confirmed(finding) && k < finding->package_count; k++) {
            struct software_insight *insight = &engine->software[finding->packages[k]];
            insight->findings++;
            insight->critical += finding->level == LEVEL_CRITICAL;
            insight->known_exploited += finding->known_exploited;
        }
    }
}

/* Ended software, each name, version and supplier once. */
static uint32_t count_ended(struct engine *engine)
{
    struct intern seen;
    struct buf key;
    intern_init(&seen);
    buf_init(&key, 4096);
    for (uint32_t i = 0; i < engine->inventory->software_count; i++) {
        const struct inventory_software *software = &engine->inventory->software[i];
        if (engine->software[i].support.state != SUPPORT_ENDED) {
            continue;
        }
        buf_clear(&key);
        buf_printf(&key, "%.*s\x1f%.*s\x1f%.*s", STR_ARG(software->name),
                   STR_ARG(software->version), STR_ARG(engine->software[i].identity.supplier_name));
        intern_add(&seen, buf_view(&key));
    }
    uint32_t count = seen.count;
    buf_done(&key);
    intern_done(&seen);
    return count;
}

static void count_risks(const struct engine *engine, struct assessment *ret)
{
    ret->risk_os = engine->os_support.state == SUPPORT_ENDED;
    ret->risk_software = ret->ended_software != 0;
    ret->risk_vulnerabilities = ret->confirmed.total;
    ret->risk_updates = ret->update_classes[UPDATE_CRITICAL] + ret->update_classes[UPDATE_SECURITY];
    ret->risk_security = ret->security_software == TRUTH_NO;
    ret->risk_patch = ret->patch_software == TRUTH_NO;
    ret->risks = ret->risk_os + ret->risk_software + ret->risk_vulnerabilities + ret->risk_updates +
                 ret->risk_security + ret->risk_patch;
}

void insights_count(struct engine *engine, struct assessment *ret)
{
    find_protection(engine, ret);
    uint32_t open = ret->finding_count - ret->accepted_count;
    count_levels(ret->findings, open, &ret->confirmed, &ret->unconfirmed);
    count_levels(ret->findings + open, ret->accepted_count, NULL, &ret->accepted);
    count_software(engine, ret);
    ret->ended_software = count_ended(engine);
    count_risks(engine, ret);
}
