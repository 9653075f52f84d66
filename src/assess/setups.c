/*
 * Products of Microsoft that keep the version of their release whatever updates them (Office by
 * Windows Installer, SharePoint Server; share/setups.tsv): the updates to them that stand in the
 * list of software decide, with what these replace.
 */
#include "assess/engine.h"
#include "base/limits.h"
#include "base/memory.h"
#include "knowledge/microsoft.h"

#include <stdlib.h>

enum holding { HOLDING_UNKNOWN, HOLDING_MISSING, HOLDING_INSTALLED };

enum reason {
    REASON_NOTHING_LISTED, /* no update to the product is */
    REASON_LISTED,
    REASON_REPLACED, /* a listed one replaces it */
    REASON_HELD,     /* a later one holds it */
    REASON_LATER,    /* later than all that are listed */
    REASON_MAY_BE,   /* a later one may hold it */
    REASON_STRANGER  /* so may one of which nothing is known */
};

/* An update for one of the names that Microsoft has for the product. */
struct part {
    struct knowledge_update update;
    struct str product;
    bool replaced; /* another one replaces it */
    enum holding holding;
    enum reason reason;
    uint32_t because; /* number of the update that decides */
};

struct remedy {
    uint64_t cve;
    uint32_t part;
    struct rating rating;
};

struct setup {
    struct engine *engine;
    uint32_t unit;
    struct identify_setup row;
    struct part *parts; /* by number of the update */
    uint32_t part_count, part_capacity;
    struct remedy *remedies; /* by CVE */
    uint32_t remedy_count, remedy_capacity;
    uint32_t *listed; /* numbers of listed updates, ascending */
    uint32_t listed_count, listed_capacity;
    bool lists_updates; /* the list of software names updates of such products */
    uint32_t newest;    /* of the listed updates that are known, 0: none is */
    int32_t newest_day;
    uint32_t stranger; /* the highest listed update of which nothing is known, 0: none is */
};

/* ---- what is listed ---- */

/* "Security Update for Microsoft Office 2016 (KB5002138) 32-Bit Edition" */
static uint32_t number_in_name(struct str name)
{
    size_t at = str_find(name, STR("(KB")), end = at == SIZE_MAX ? at : at + 3;
    uint64_t number;
    while (at != SIZE_MAX && end < name.len && str_is_digit(name.ptr[end])) {
        end++;
    }
    bool good = at != SIZE_MAX && end < name.len && name.ptr[end] == ')' &&
                str_to_u64(str_sub(name, at + 3, end - at - 3), &number) && number < UINT32_MAX;
    return good ? (uint32_t)number : 0;
}

static int compare_numbers(const void *left, const void *right)
{
    const uint32_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/* As Windows lists updates to the products of these setups, and none of others. */
#define OFFICE_UPDATES                                                                             \
    "*Update for Microsoft Office*|*Update for Microsoft SharePoint*|*Update for Microsoft "       \
    "Excel*|"                                                                                      \
    "*Update for Microsoft Word*|*Update for Microsoft Outlook*|*Update for Microsoft Power*|"     \
    "*Update for Microsoft Visio*|*Update for Microsoft Project*|*Update for Microsoft Access*|"   \
    "*Update for Microsoft OneNote*|*Update for Microsoft Publisher*|*Update for Microsoft "       \
    "InfoPath*|*Update for Microsoft OneDrive*|*Update for Microsoft Lync*|*Update for Skype*|"    \
    "*Update for Office Online Server*|*Update for Microsoft Filter Pack*"

static void read_list(struct setup *setup)
{
    const struct inventory *inventory = setup->engine->inventory;
    for (uint32_t i = 0; i < inventory->software_count; i++) {
        struct str name = inventory->software[i].name;
        uint32_t kb = number_in_name(name);
        if (kb && str_glob(STR(OFFICE_UPDATES), name)) {
            mem_reserve(setup->listed, setup->listed_count, setup->listed_capacity);
            setup->listed[setup->listed_count++] = kb;
        }
    }
    setup->lists_updates = setup->listed_count > 0;
    if (setup->listed_count) {
        qsort(setup->listed, setup->listed_count, sizeof *setup->listed, compare_numbers);
    }
}

static bool is_listed(const struct setup *setup, uint32_t kb)
{
    return setup->listed_count && bsearch(&kb, setup->listed, setup->listed_count,
                                          sizeof *setup->listed, compare_numbers) != NULL;
}

/* ---- updates of the product ---- */

static void add_parts(struct setup *setup, struct str name)
{
    const struct knowledge *knowledge = setup->engine->knowledge;
    struct knowledge_bulletin_product product;
    if (!knowledge_find_bulletin_product(knowledge, name, &product)) {
        return;
    }
    for (uint32_t i = 0; i < product.update_count; i++) {
        struct part part = {.product = product.name};
        if (knowledge_update(knowledge, product.first_update + i, &part.update)) {
            mem_reserve(setup->parts, setup->part_count, setup->part_capacity);
            setup->parts[setup->part_count++] = part;
        }
    }
}

static int compare_parts(const void *left, const void *right)
{
    const struct part *a = left, *b = right;
    if (a->update.kb != b->update.kb) {
        return a->update.kb < b->update.kb ? -1 : 1;
    }
    return (a->update.product > b->update.product) - (a->update.product < b->update.product);
}

static void list_parts(struct setup *setup)
{
    struct str names = setup->row.bulletin, name;
    while (str_split_byte(&names, '|', &name)) {
        add_parts(setup, name);
    }
    if (setup->part_count) {
        qsort(setup->parts, setup->part_count, sizeof *setup->parts, compare_parts);
    }
}

/* The first part of that number; others of it stand behind. */
static uint32_t find_part(const struct setup *setup, uint32_t kb)
{
    return windows_first_update(setup->parts, setup->part_count, sizeof *setup->parts, kb);
}

static bool is_part(const struct setup *setup, uint32_t at, uint32_t kb)
{
    return at < setup->part_count && setup->parts[at].update.kb == kb;
}

/* Calls back with each part that one replaces. */
static void each_replaced(struct setup *setup, const struct part *part,
                          void (*take)(struct part *replaced, const struct part *by))
{
    for (uint32_t i = 0; i < part->update.superseded_count; i++) {
        uint32_t kb = 0;
        if (!knowledge_superseded(setup->engine->knowledge, part->update.first_superseded + i,
                                  &kb) ||
            kb == part->update.kb) {
            continue;
        }
        for (uint32_t at = find_part(setup, kb); is_part(setup, at, kb); at++) {
            take(&setup->parts[at], part);
        }
    }
}

static void mark_replaced(struct part *replaced, const struct part *by)
{
    replaced->replaced = true;
}

static bool is_known_elsewhere(const struct knowledge *knowledge, uint32_t kb)
{
    for (uint32_t i = 0; i < knowledge_bulletin_product_count(knowledge); i++) {
        struct knowledge_bulletin_product product;
        struct knowledge_update update;
        if (knowledge_bulletin_product(knowledge, i, &product) &&
            knowledge_find_update(knowledge, &product, kb, &update)) {
            return true;
        }
    }
    return false;
}

static void find_newest(struct setup *setup)
{
    setup->newest_day = DATE_NONE;
    for (uint32_t i = 0; i < setup->listed_count; i++) {
        uint32_t kb = setup->listed[i], at = find_part(setup, kb);
        if (!is_part(setup, at, kb)) {
            setup->stranger =
                is_known_elsewhere(setup->engine->knowledge, kb) ? setup->stranger : kb;
            continue;
        }
        int32_t day = setup->parts[at].update.posted;
        if (setup->newest == 0 || day > setup->newest_day) {
            setup->newest = kb;
            setup->newest_day = day;
        }
    }
}

/* ---- which are installed ---- */

static void decide(struct part *part, enum holding holding, enum reason reason, uint32_t because)
{
    part->holding = holding;
    part->reason = reason;
    part->because = because;
}

static void install_replaced(struct part *replaced, const struct part *by)
{
    if (replaced->holding != HOLDING_INSTALLED) {
        decide(replaced, HOLDING_INSTALLED, REASON_REPLACED, by->update.kb);
    }
}

static void doubt_replaced(struct part *replaced, const struct part *by)
{
    if (replaced->holding == HOLDING_MISSING) {
        decide(replaced, HOLDING_UNKNOWN, by->reason, by->because);
    }
}

/* An update that none is known to replace, and that is not listed. What came after it may hold it
 * without Microsoft's data saying so. */
static void decide_last(const struct setup *setup, struct part *part)
{
    uint32_t kb = part->update.kb;
    if (setup->newest && part->update.posted < setup->newest_day && setup->row.cumulative) {
        decide(part, HOLDING_INSTALLED, REASON_HELD, setup->newest);
    } else if (setup->newest && part->update.posted <= setup->newest_day) {
        decide(part, HOLDING_UNKNOWN, REASON_MAY_BE, setup->newest);
    } else if (setup->stranger > kb) {
        decide(part, HOLDING_UNKNOWN, REASON_STRANGER, setup->stranger);
    }
}

/* Hands on from each update of one state to what it replaces, until nothing changes. */
static void hand_on(struct setup *setup, enum holding holding,
                    void (*take)(struct part *replaced, const struct part *by))
{
    enum { ROUNDS_MOST = 64 }; /* chains are some tens long, and numbers mostly go up in them */
    uint32_t before = UINT32_MAX, now = 0;
    for (unsigned round = 0; round < ROUNDS_MOST && now != before; round++) {
        before = now;
        now = 0;
        for (uint32_t i = setup->part_count; i-- > 0;) {
            if (setup->parts[i].holding == holding) {
                each_replaced(setup, &setup->parts[i], take);
            }
        }
        for (uint32_t i = 0; i < setup->part_count; i++) {
            now += setup->parts[i].holding == holding;
        }
    }
}

static void decide_parts(struct setup *setup)
{
    for (uint32_t i = 0; i < setup->part_count; i++) {
        struct part *part = &setup->parts[i];
        each_replaced(setup, part, mark_replaced);
        decide(part, setup->lists_updates ? HOLDING_MISSING : HOLDING_UNKNOWN,
               setup->lists_updates ? REASON_LATER : REASON_NOTHING_LISTED, 0);
        if (is_listed(setup, part->update.kb)) {
            decide(part, HOLDING_INSTALLED, REASON_LISTED, part->update.kb);
        }
    }
    if (!setup->lists_updates) {
        return;
    }
    for (uint32_t i = 0; i < setup->part_count; i++) {
        struct part *part = &setup->parts[i];
        if (!part->replaced && part->holding == HOLDING_MISSING) {
            decide_last(setup, part);
        }
    }
    hand_on(setup, HOLDING_INSTALLED, install_replaced);
    hand_on(setup, HOLDING_UNKNOWN, doubt_replaced);
}

/* ---- verdicts ---- */

static int compare_remedies(const void *left, const void *right)
{
    const struct remedy *a = left, *b = right;
    if (a->cve != b->cve) {
        return a->cve < b->cve ? -1 : 1;
    }
    return (a->part > b->part) - (a->part < b->part);
}

static void list_remedies(struct setup *setup)
{
    const struct engine *engine = setup->engine;
    for (uint32_t i = 0; i < setup->part_count; i++) {
        const struct knowledge_update *update = &setup->parts[i].update;
        for (uint32_t f = 0; f < update->fix_count; f++) {
            struct knowledge_fix fix;
            if (knowledge_fix(engine->knowledge, update->first_fix + f, &fix) &&
                (!engine->only || fix.cve == engine->only)) {
                mem_reserve(setup->remedies, setup->remedy_count, setup->remedy_capacity);
                setup->remedies[setup->remedy_count++] =
                    (struct remedy){fix.cve, i, rating_of_fix(&fix)};
            }
        }
    }
    if (setup->remedy_count) {
        qsort(setup->remedies, setup->remedy_count, sizeof *setup->remedies, compare_remedies);
    }
}

static void put_reason(const struct part *part, struct buf *out)
{
    switch (part->reason) {
    case REASON_NOTHING_LISTED:
        buf_put_text(out, "setup keeps the version of the release, and the list of software names "
                          "no updates to it");
        break;
    case REASON_LISTED:
        buf_put_text(out, "is listed");
        break;
    case REASON_REPLACED:
        buf_printf(out, "KB%u replaces it", part->because);
        break;
    case REASON_HELD:
        buf_printf(out, "KB%u is later and holds it", part->because);
        break;
    case REASON_LATER:
        buf_put_text(out, "is not listed");
        break;
    case REASON_MAY_BE:
        buf_printf(out, "is not listed; what came with KB%u or since may replace it",
                   part->because);
        break;
    case REASON_STRANGER:
        buf_printf(out, "is not listed; KB%u, of which nothing is known, may hold it",
                   part->because);
        break;
    }
}

static void put_part(const struct part *part, struct buf *out)
{
    buf_printf(out, "KB%u fixes it in %.*s: ", part->update.kb, STR_ARG(part->product));
    put_reason(part, out);
}

static void add_finding(const struct setup *setup, const struct remedy *remedy, bool sure)
{
    struct engine *engine = setup->engine;
    const struct part *part = &setup->parts[remedy->part];
    struct finding *finding = &engine_draft(engine, setup->unit, remedy->cve)->finding;
    struct buf text;
    buf_init(&text, 4096);
    put_part(part, &text);
    finding->criterion = arena_str(engine->arena, buf_view(&text));
    buf_done(&text);
    finding->installed = engine->units[setup->unit].version;
    finding->source = STR("Microsoft");
    finding->confidence = sure ? CONFIDENCE_ADVISORY : CONFIDENCE_UNCONFIRMED;
    finding->fixed_in = arena_printf(engine->arena, "KB%u", part->update.kb);
    finding->advisory = finding->fixed_in;
    finding->published = (int64_t)part->update.posted * 86400;
    finding->rating = remedy->rating;
}

static void trace_parts(const struct setup *setup, const struct remedy *remedies, uint32_t count)
{
    static const char *const asides[] = {"-> cannot be told", "-> missing", "-> installed"};
    for (uint32_t i = 0; i < count; i++) {
        const struct part *part = &setup->parts[remedies[i].part];
        struct buf text;
        buf_init(&text, 4096);
        put_reason(part, &text);
        trace_step(setup->engine, "criterion", STR("Microsoft"), "KB%u fixes it in %.*s",
                   part->update.kb, STR_ARG(part->product));
        trace_step(setup->engine, "compare", str_from(asides[part->holding]), "%s",
                   buf_text(&text));
        buf_done(&text);
    }
}

/* Each part of the product has an update of its own: all of them are needed. */
static enum outcome decide_cve(const struct setup *setup, const struct remedy *remedies,
                               uint32_t count)
{
    const struct remedy *open = NULL;
    for (uint32_t i = 0; i < count; i++) {
        enum holding holding = setup->parts[remedies[i].part].holding;
        if (holding != HOLDING_INSTALLED &&
            (open == NULL ||
             (holding == HOLDING_MISSING && setup->parts[open->part].holding == HOLDING_UNKNOWN))) {
            open = &remedies[i];
        }
    }
    if (trace_on(setup->engine)) {
        trace_parts(setup, remedies, count);
    }
    if (open == NULL) {
        return OUTCOME_FIXED;
    }
    add_finding(setup, open, setup->parts[open->part].holding == HOLDING_MISSING);
    return OUTCOME_VULNERABLE;
}

static enum outcome decide_all(const struct setup *setup)
{
    enum outcome outcome = OUTCOME_SILENT;
    for (uint32_t first = 0, count; first < setup->remedy_count; first += count) {
        const struct remedy *group = &setup->remedies[first];
        for (count = 1; first + count < setup->remedy_count &&
                        setup->remedies[first + count].cve == group->cve;) {
            count++;
        }
        if (engine_rejected(setup->engine, group->cve)) {
            continue;
        }
        enum outcome one = decide_cve(setup, group, count);
        outcome = one > outcome ? one : outcome;
    }
    return outcome;
}

bool setups_decide(struct engine *engine, uint32_t unit_index, enum outcome *ret_outcome)
{
    struct unit *unit = &engine->units[unit_index];
    const struct knowledge_product *named = &unit->identity->named;
    struct setup setup = {.engine = engine, .unit = unit_index};
    if (!unit->software || !str_eq_text(unit->software->ecosystem, "windows") ||
        !str_eq_text(named->vendor, "microsoft") ||
        !identify_setup(engine->tables, named->product, unit->software->version, &setup.row)) {
        return false;
    }
    list_parts(&setup);
    unit->built = setup.part_count > 0;
    if (unit->built) {
        read_list(&setup);
        find_newest(&setup);
        decide_parts(&setup);
        list_remedies(&setup);
        *ret_outcome = decide_all(&setup);
    }
    free(setup.parts);
    free(setup.remedies);
    free(setup.listed);
    return unit->built;
}
