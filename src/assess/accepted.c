/*
 * Accepted risk: which rule or VEX statement takes a finding out of what counts
 * (docs/assessment.md, "Accepted risk").
 */
#include "assess/engine.h"

#include "base/memory.h"

#include <stdlib.h>

/* Rules that are noted one by one; the rest are counted. */
enum { RULES_NOTED = 20 };

struct accepting {
    struct engine *engine;
    const struct accept_rules *rules;
    uint32_t *order; /* rules by CVE, those of any CVE first; within one as they were read */
    uint32_t *back;  /* a rule: findings that are back since it expired */
    bool *used;      /* a rule: matched a finding */
};

/* ---- rules ---- */

static bool rule_names_server(const struct accept_rule *rule, const struct inventory *inventory)
{
    return !rule->server.len || (inventory->name.len && str_glob(rule->server, inventory->name)) ||
           (inventory->fqdn.len && str_glob(rule->server, inventory->fqdn));
}

/* The source, or else every one of the packages: a rule about one binary does not speak for the
 * others of its source. */
static bool rule_names_software(const struct engine *engine, const struct accept_rule *rule,
                                const struct finding *finding)
{
    if (!rule->software.len || str_glob(rule->software, finding->software)) {
        return true;
    }
    for (uint32_t i = 0; i < finding->package_count; i++) {
        if (!str_glob(rule->software, engine->inventory->software[finding->packages[i]].name)) {
            return false;
        }
    }
    return finding->package_count != 0;
}

static bool rule_names_system(const struct engine *engine, const struct accept_rule *rule)
{
    struct platform platforms[PLATFORMS_MAX];
    uint32_t count = platforms_of(engine->inventory, platforms, engine->arena);
    for (uint32_t i = 0; i < count; i++) {
        struct str name = arena_printf(engine->arena, "%s:%.*s", platforms[i].vendor,
                                       STR_ARG(platforms[i].product));
        if (str_glob(rule->product, name)) {
            return true;
        }
    }
    return false;
}

static bool rule_names_product(const struct engine *engine, const struct accept_rule *rule,
                               const struct finding *finding)
{
    if (!rule->product.len) {
        return true;
    }
    if (finding->first_software == FINDING_OF_OS) {
        return rule_names_system(engine, rule);
    }
    const struct identity *identity = &engine->software[finding->first_software].identity;
    for (uint32_t i = 0; i < identity->product_count; i++) {
        const struct knowledge_product *product = &identity->products[i].product;
        struct str name = arena_printf(engine->arena, "%.*s:%.*s", STR_ARG(product->vendor),
                                       STR_ARG(product->product));
        if (str_glob(rule->product, name)) {
            return true;
        }
    }
    return false;
}

static bool rule_matches(const struct engine *engine, const struct accept_rule *rule,
                         const struct finding *finding)
{
    return (!rule->cve || rule->cve == finding->cve) &&
           rule_names_server(rule, engine->inventory) &&
           rule_names_software(engine, rule, finding) && rule_names_product(engine, rule, finding);
}

/* ---- statements ---- */

static bool statement_matches(const struct engine *engine, const struct accept_rule *rule,
                              uint32_t software)
{
    for (uint32_t i = 0; i < rule->product_count; i++) {
        if (software == FINDING_OF_OS) {
            if (accepted_system(engine, &rule->products[i])) {
                return true;
            }
            continue;
        }
        if (accepted_product(engine->inventory, &engine->inventory->software[software],
                             &engine->software[software].identity, &rule->products[i])) {
            return true;
        }
    }
    return false;
}

static bool statement_clears(const struct accept_rule *rule)
{
    return rule->status == ACCEPT_NOT_AFFECTED || rule->status == ACCEPT_FIXED;
}

/* ---- one finding ---- */

/* rules[first .. end) of the order that are for that CVE, 0: for any. */
static void find_rules(const struct accepting *accepting, uint64_t cve, uint32_t *ret_first,
                       uint32_t *ret_end)
{
    const struct accept_rule *items = accepting->rules->items;
    uint32_t low = 0, high = accepting->rules->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (items[accepting->order[middle]].cve < cve) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *ret_first = low;
    while (low < accepting->rules->count && items[accepting->order[low]].cve == cve) {
        low++;
    }
    *ret_end = low;
}

/* The first rule in the order read that applies; the first one that did before it expired. */
static void try_rules(struct accepting *accepting, uint64_t cve, struct finding *finding)
{
    uint32_t at, end;
    for (find_rules(accepting, cve, &at, &end); at < end; at++) {
        uint32_t index = accepting->order[at];
        const struct accept_rule *rule = &accepting->rules->items[index];
        if (accept_is_vex(rule) || !rule_matches(accepting->engine, rule, finding)) {
            continue;
        }
        accepting->used[index] = true;
        bool expired = accept_expired(rule, accepting->engine->options->as_of);
        const struct accept_rule **place = expired ? &finding->expired : &finding->accepted;
        if (!*place || rule < *place) {
            *place = rule;
        }
    }
}

/* The newest statement about a package decides; of equally new ones the one read last. */
static const struct accept_rule *newest_statement(const struct accepting *accepting, uint64_t cve,
                                                  uint32_t software)
{
    const struct accept_rule *newest = NULL;
    uint32_t at, end;
    for (find_rules(accepting, cve, &at, &end); at < end; at++) {
        const struct accept_rule *rule = &accepting->rules->items[accepting->order[at]];
        if (accept_is_vex(rule) && (!newest || rule->stated >= newest->stated) &&
            statement_matches(accepting->engine, rule, software)) {
            newest = rule;
        }
    }
    return newest;
}

/* A finding is cleared when each of its packages is, one about the system when that is. */
static void try_statements(const struct accepting *accepting, struct finding *finding)
{
    const struct accept_rule *first = NULL;
    if (finding->first_software == FINDING_OF_OS) {
        first = newest_statement(accepting, finding->cve, FINDING_OF_OS);
        finding->accepted = first && statement_clears(first) ? first : NULL;
        return;
    }
    for (uint32_t i = 0; i < finding->package_count; i++) {
        const struct accept_rule *rule =
            newest_statement(accepting, finding->cve, finding->packages[i]);
        if (!rule || !statement_clears(rule)) {
            return;
        }
        first = first ? first : rule;
    }
    finding->accepted = first;
}

static void judge_finding(struct accepting *accepting, struct finding *finding)
{
    try_rules(accepting, 0, finding);
    try_rules(accepting, finding->cve, finding);
    if (!finding->accepted) {
        try_statements(accepting, finding);
    }
    if (finding->accepted) {
        finding->expired = NULL;
    } else if (finding->expired) {
        accepting->back[finding->expired - accepting->rules->items]++;
    }
}

/* ---- notes ---- */

static void put_condition(struct buf *out, const char *label, struct str value)
{
    if (value.len) {
        buf_printf(out, "%s%s%.*s", out->len ? ", " : "", label, STR_ARG(str_cut_utf8(value, 80)));
    }
}

/* "CVE-2024-1, software openssl, by alice". */
static struct str subject_of(struct engine *engine, const struct accept_rule *rule)
{
    struct buf *text = &engine->scratch;
    char cve[CVE_ID_SIZE];
    buf_clear(text);
    if (rule->cve) {
        buf_put_text(text, cve_id_format(rule->cve, cve));
    }
    put_condition(text, "software ", rule->software);
    put_condition(text, "product ", rule->product);
    put_condition(text, "server ", rule->server);
    put_condition(text, "by ", rule->author);
    return arena_str(engine->arena, buf_view(text));
}

static void note_back(struct engine *engine, const struct accept_rule *rule, uint32_t back)
{
    char date[DATE_SIZE];
    if (back == 1) {
        engine_note(engine, "%.*s: rule %u (%.*s) expired %s: the finding is back",
                    STR_ARG(rule->document), rule->number, STR_ARG(subject_of(engine, rule)),
                    date_format(rule->until, date));
    } else {
        engine_note(engine, "%.*s: rule %u (%.*s) expired %s: %u findings are back",
                    STR_ARG(rule->document), rule->number, STR_ARG(subject_of(engine, rule)),
                    date_format(rule->until, date), back);
    }
}

/* VEX documents speak of what is not installed as a rule; that is not worth a note. */
static bool is_idle(const struct accepting *accepting, uint32_t index)
{
    const struct accept_rule *rule = &accepting->rules->items[index];
    return !accepting->used[index] && !accept_is_vex(rule) &&
           rule_names_server(rule, accepting->engine->inventory);
}

static void note_rules(struct accepting *accepting)
{
    struct engine *engine = accepting->engine;
    uint32_t noted = 0, more = 0;
    for (uint32_t i = 0; i < accepting->rules->count; i++) {
        const struct accept_rule *rule = &accepting->rules->items[i];
        bool idle = engine->options->note_idle_rules && is_idle(accepting, i);
        if (!idle && !accepting->back[i]) {
            continue;
        }
        if (noted++ >= RULES_NOTED) {
            more++;
        } else if (accepting->back[i]) {
            note_back(engine, rule, accepting->back[i]);
        } else {
            engine_note(engine, "%.*s: rule %u (%.*s) matches nothing on this server",
                        STR_ARG(rule->document), rule->number, STR_ARG(subject_of(engine, rule)));
        }
    }
    if (more) {
        engine_note(engine, "%u more rules of accepted risk are expired or match nothing", more);
    }
}

/* ---- all of them ---- */

static int compare_rules(const void *left, const void *right, void *context)
{
    const struct accept_rule *items = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    if (items[a].cve != items[b].cve) {
        return items[a].cve < items[b].cve ? -1 : 1;
    }
    return (a > b) - (a < b);
}

void accepted_judge(struct engine *engine)
{
    const struct accept_rules *rules = engine->options->accept;
    if (!rules) {
        return;
    }
    for (uint32_t i = 0; i < rules->problem_count; i++) {
        engine_note(engine, "%.*s", STR_ARG(rules->problems[i]));
    }
    if (!rules->count) {
        return;
    }
    struct accepting accepting = {.engine = engine, .rules = rules};
    accepting.order = mem_alloc(rules->count * sizeof *accepting.order);
    accepting.back = mem_alloc_zero(rules->count, sizeof *accepting.back);
    accepting.used = mem_alloc_zero(rules->count, sizeof *accepting.used);
    for (uint32_t i = 0; i < rules->count; i++) {
        accepting.order[i] = i;
    }
    qsort_r(accepting.order, rules->count, sizeof *accepting.order, compare_rules, rules->items);
    for (uint32_t i = 0; i < engine->draft_count; i++) {
        judge_finding(&accepting, &engine->drafts[i].finding);
    }
    note_rules(&accepting);
    free(accepting.order);
    free(accepting.back);
    free(accepting.used);
}
