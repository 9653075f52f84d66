/*
 * Products of Microsoft whose builds tell which updates they hold (SQL Server, Exchange Server,
 * SharePoint Server): Microsoft's updates decide about them, by the builds of share/updates.tsv.
 */
#include "assess/engine.h"
#include "base/limits.h"
#include "base/memory.h"
#include "knowledge/microsoft.h"

#include <stdlib.h>

/* "(CU 27)": numbers that # stands for in the name of a bulletin's product. */
enum { NUMBERS_MOST = 40 };

enum holding { HOLDING_UNKNOWN, HOLDING_MISSING, HOLDING_INSTALLED };

/* What is installed of a product. */
struct installed {
    struct engine *engine;
    uint32_t unit;
    struct str product;          /* of CPE, without the year */
    uint32_t first_row, end_row; /* the product's */
    uint64_t build;
    struct identify_update row; /* the highest that is not above the build */
    uint64_t row_build;
    int32_t next_day; /* of the build above it under the same bulletin, DATE_NONE: none is listed */
};

/* An update that fixes a CVE. */
struct remedy {
    uint64_t cve;
    uint64_t build; /* that it brings, 0 unknown */
    uint32_t kb;
    int32_t posted;
    struct str product; /* as Microsoft names it */
    enum holding holding;
    struct rating rating;
    bool own, later; /* of the installed bulletin, of one with higher builds */
};

struct remedies {
    struct remedy *items;
    uint32_t count, capacity;
};

/* ---- what is installed ---- */

/* "15.02.1118.025", "13.2.5026.0": Windows shows SQL Server's service packs as minor versions. */
static uint64_t read_build(struct str text, bool sql_server)
{
    uint64_t parts[4] = {0};
    struct str one;
    for (unsigned i = 0; i < 4 && str_split_byte(&text, '.', &one); i++) {
        if (!str_to_u64(str_trim(one), &parts[i]) || parts[i] > UINT16_MAX) {
            return 0;
        }
    }
    if (sql_server) {
        parts[1] = parts[0] == 10 && parts[1] >= 50 ? 50 : 0;
    }
    return parts[0] << 48 | parts[1] << 32 | parts[2] << 16 | parts[3];
}

/* sql_server_2019 is sql_server. */
static struct str without_year(struct str product)
{
    size_t cut = product.len >= 5 ? product.len - 5 : 0;
    bool year = cut > 0 && product.ptr[cut] == '_' && str_is_digit(product.ptr[cut + 1]);
    return year ? str_sub(product, 0, cut) : product;
}

static bool is_sql_server(struct str product)
{
    return str_eq_text(product, "sql_server");
}

/* Setup lists each part of SQL Server, and updates change those that they touch: where the engine
 * is listed it stands for the others of its release. */
static bool stands_back(const struct engine *engine, const struct inventory_software *software)
{
    const struct inventory *inventory = engine->inventory;
    struct str engine_name = STR("Database Engine");
    uint64_t major = read_build(software->version, true) >> 48;
    for (uint32_t i = 0; i < inventory->software_count; i++) {
        const struct inventory_software *other = &inventory->software[i];
        if (str_find(other->name, engine_name) != SIZE_MAX &&
            read_build(other->version, true) >> 48 == major) {
            return str_find(software->name, engine_name) == SIZE_MAX;
        }
    }
    return false;
}

static bool same_bulletin(const struct identify_update *a, const struct identify_update *b)
{
    return str_eq(a->line, b->line) && str_eq(a->bulletin, b->bulletin);
}

/* Finds the row of the build, and what lies above. */
static bool place(struct installed *installed)
{
    const struct identify_tables *tables = installed->engine->tables;
    bool found = false;
    for (uint32_t i = installed->first_row; i < installed->end_row; i++) {
        struct identify_update row;
        identify_update(tables, i, &row);
        uint64_t build = read_build(row.build, false);
        if (build >> 32 == installed->build >> 32 && build <= installed->build &&
            (!found || build > installed->row_build)) {
            installed->row = row;
            installed->row_build = build;
            found = true;
        }
    }
    installed->next_day = DATE_NONE;
    for (uint32_t i = installed->first_row;
         found && i < installed->end_row && installed->next_day == DATE_NONE; i++) {
        struct identify_update row;
        identify_update(tables, i, &row);
        if (same_bulletin(&row, &installed->row) &&
            read_build(row.build, false) > installed->row_build) {
            installed->next_day = row.day;
        }
    }
    return found;
}

static bool names_update(const struct engine *engine, uint32_t kb)
{
    struct str text = arena_printf(engine->arena, "(KB%u)", kb);
    for (uint32_t i = 0; i < engine->inventory->software_count; i++) {
        if (str_ends(engine->inventory->software[i].name, text)) {
            return true;
        }
    }
    return false;
}

/* Security updates of Exchange are listed beside it, and its own version stays that of the
 * cumulative update: "Security Update for Exchange Server 2019 Cumulative Update 14 (KB5044062)".
 */
static void raise_build(struct installed *installed)
{
    const struct engine *engine = installed->engine;
    struct str bulletin = installed->row.bulletin;
    if (is_sql_server(installed->product)) {
        return;
    }
    for (uint32_t i = installed->first_row; i < installed->end_row; i++) {
        struct identify_update row;
        identify_update(engine->tables, i, &row);
        uint64_t build = read_build(row.build, false);
        if (row.kb && str_eq(row.bulletin, bulletin) && build > installed->build &&
            names_update(engine, row.kb)) {
            installed->build = build;
        }
    }
}

static bool open_installed(struct engine *engine, uint32_t unit_index, struct installed *ret)
{
    const struct unit *unit = &engine->units[unit_index];
    const struct knowledge_product *named = &unit->identity->named;
    if (!str_eq_text(named->vendor, "microsoft") || !unit->software ||
        !str_eq_text(unit->software->ecosystem, "windows")) {
        return false;
    }
    *ret = (struct installed){
        .engine = engine, .unit = unit_index, .product = without_year(named->product)};
    uint32_t count = identify_updates_of(engine->tables, ret->product, &ret->first_row);
    if (count == 0) {
        return false;
    }
    ret->end_row = ret->first_row + count;
    ret->build = read_build(unit->software->version, is_sql_server(ret->product));
    if (ret->build == 0 || !place(ret)) {
        return false;
    }
    uint64_t build = ret->build;
    raise_build(ret);
    return ret->build == build || place(ret);
}

/* ---- which updates it holds ---- */

/* The build that an update brings in the installed line, 0 when none is listed. */
static uint64_t build_of(const struct installed *installed, struct str bulletin, uint32_t kb)
{
    const struct identify_tables *tables = installed->engine->tables;
    for (uint32_t i = installed->first_row; i < installed->end_row; i++) {
        struct identify_update row;
        identify_update(tables, i, &row);
        if (row.kb == kb && str_eq(row.bulletin, bulletin)) {
            return read_build(row.build, false);
        }
    }
    return 0;
}

/* An update without a listed build is told by its day: the builds around it are dated. */
static enum holding judge(const struct installed *installed, const struct remedy *remedy)
{
    if (remedy->build) {
        return remedy->build <= installed->build ? HOLDING_INSTALLED : HOLDING_MISSING;
    }
    if (remedy->posted <= installed->row.day) {
        return HOLDING_INSTALLED;
    }
    if (installed->build == installed->row_build ||
        (installed->next_day != DATE_NONE && remedy->posted >= installed->next_day)) {
        return HOLDING_MISSING;
    }
    return HOLDING_UNKNOWN;
}

static void add_fixes(const struct installed *installed, const struct knowledge_update *update,
                      const struct remedy *made, struct remedies *to)
{
    const struct engine *engine = installed->engine;
    for (uint32_t i = 0; i < update->fix_count; i++) {
        struct knowledge_fix fix;
        if (!knowledge_fix(engine->knowledge, update->first_fix + i, &fix) ||
            (engine->only && fix.cve != engine->only)) {
            continue;
        }
        mem_reserve(to->items, to->count, to->capacity);
        to->items[to->count] = *made;
        to->items[to->count].rating = rating_of_fix(&fix);
        to->items[to->count++].cve = fix.cve;
    }
}

static void add_product(const struct installed *installed, const struct identify_update *row,
                        struct str name, struct remedies *to)
{
    const struct knowledge *knowledge = installed->engine->knowledge;
    struct knowledge_bulletin_product product;
    if (!knowledge_find_bulletin_product(knowledge, name, &product)) {
        return;
    }
    for (uint32_t i = 0; i < product.update_count; i++) {
        struct knowledge_update update;
        if (!knowledge_update(knowledge, product.first_update + i, &update)) {
            continue;
        }
        struct remedy made = {.kb = update.kb,
                              .product = product.name,
                              .posted = update.posted,
                              .build = build_of(installed, row->bulletin, update.kb),
                              .own = str_eq(row->bulletin, installed->row.bulletin),
                              .later = read_build(row->build, false) > installed->build};
        made.holding = judge(installed, &made);
        add_fixes(installed, &update, &made, to);
    }
}

static void add_bulletin(const struct installed *installed, const struct identify_update *row,
                         struct remedies *to)
{
    struct arena *arena = installed->engine->arena;
    struct str names = row->bulletin, name;
    while (str_split_byte(&names, '|', &name)) {
        size_t at = str_find_byte(name, '#');
        for (unsigned number = 1; at != SIZE_MAX && number <= NUMBERS_MOST; number++) {
            struct str head = str_sub(name, 0, at), tail = str_skip(name, at + 1);
            add_product(installed, row,
                        arena_printf(arena, "%.*s%u%.*s", STR_ARG(head), number, STR_ARG(tail)),
                        to);
        }
        if (at == SIZE_MAX) {
            add_product(installed, row, name, to);
        }
    }
}

static int compare_remedies(const void *left, const void *right)
{
    const struct remedy *a = left, *b = right;
    if (a->cve != b->cve) {
        return a->cve < b->cve ? -1 : 1;
    }
    if (a->own != b->own) {
        return a->own ? -1 : 1;
    }
    if (a->later != b->later) {
        return a->later ? -1 : 1;
    }
    return a->posted != b->posted ? (a->posted < b->posted ? -1 : 1)
                                  : (a->kb > b->kb) - (a->kb < b->kb);
}

/* The updates of the installed line: a bulletin's rows stand together. */
static struct remedies list_remedies(const struct installed *installed)
{
    const struct identify_tables *tables = installed->engine->tables;
    struct remedies list = {0};
    struct str last = STR("");
    for (uint32_t i = installed->first_row; i < installed->end_row; i++) {
        struct identify_update row;
        identify_update(tables, i, &row);
        if (str_eq(row.line, installed->row.line) && !str_eq(row.bulletin, last)) {
            add_bulletin(installed, &row, &list);
            last = row.bulletin;
        }
    }
    if (list.count) {
        qsort(list.items, list.count, sizeof *list.items, compare_remedies);
    }
    return list;
}

/* ---- verdicts ---- */

/* Updates of the installed bulletin are alternatives; where it has none for the CVE, those of
 * later builds mean that it has to be moved there, and those of earlier ones that it has it. */
static enum outcome judge_cve(const struct remedy *remedies, uint32_t count, bool *ret_sure)
{
    *ret_sure = true;
    if (!remedies->own) {
        return remedies->later ? OUTCOME_VULNERABLE : OUTCOME_FIXED;
    }
    for (uint32_t i = 0; i < count && remedies[i].own; i++) {
        if (remedies[i].holding == HOLDING_INSTALLED) {
            return OUTCOME_FIXED;
        }
        *ret_sure = *ret_sure && remedies[i].holding == HOLDING_MISSING;
    }
    return OUTCOME_VULNERABLE;
}

static void put_remedy(const struct installed *installed, const struct remedy *remedy,
                       struct buf *out)
{
    buf_printf(out, "KB%u", remedy->kb);
    if (remedy->build) {
        buf_printf(out, " (%u.%u.%u.%u)", (unsigned)(remedy->build >> 48),
                   (unsigned)(remedy->build >> 32 & UINT16_MAX),
                   (unsigned)(remedy->build >> 16 & UINT16_MAX),
                   (unsigned)(remedy->build & UINT16_MAX));
    }
    buf_printf(out, " fixes it in %.*s; found %.*s", STR_ARG(remedy->product),
               STR_ARG(installed->engine->units[installed->unit].version));
    if (!remedy->own) {
        buf_put_text(out, ", a build that Microsoft's updates for it no longer name");
    } else if (remedy->holding == HOLDING_UNKNOWN) {
        buf_put_text(out, ", a build that is not listed and may hold it");
    }
}

static void add_finding(const struct installed *installed, const struct remedy *remedy, bool sure)
{
    struct engine *engine = installed->engine;
    struct draft *draft = engine_draft(engine, installed->unit, remedy->cve);
    struct finding *finding = &draft->finding;
    struct buf text;
    buf_init(&text, 4096);
    put_remedy(installed, remedy, &text);
    finding->criterion = arena_str(engine->arena, buf_view(&text));
    buf_done(&text);
    finding->installed = engine->units[installed->unit].version;
    finding->source = STR("Microsoft");
    finding->confidence = sure ? CONFIDENCE_ADVISORY : CONFIDENCE_UNCONFIRMED;
    finding->fixed_in = arena_printf(engine->arena, "KB%u", remedy->kb);
    finding->advisory = finding->fixed_in;
    finding->published = (int64_t)remedy->posted * 86400;
    finding->rating = remedy->rating;
}

static void trace_remedies(const struct installed *installed, const struct remedy *remedies,
                           uint32_t count)
{
    static const char *const asides[] = {"-> cannot be told", "-> missing", "-> installed"};
    for (uint32_t i = 0; i < count; i++) {
        struct buf text;
        buf_init(&text, 4096);
        put_remedy(installed, &remedies[i], &text);
        trace_step(installed->engine, "criterion", STR("Microsoft"), "%s", buf_text(&text));
        trace_step(installed->engine, "compare",
                   remedies[i].own     ? str_from(asides[remedies[i].holding])
                   : remedies[i].later ? STR("-> of a later build")
                                       : STR("-> of an earlier build"),
                   "%.*s", STR_ARG(installed->row.line));
        buf_done(&text);
    }
}

static enum outcome decide_all(const struct installed *installed, const struct remedies *list)
{
    enum outcome outcome = OUTCOME_SILENT;
    for (uint32_t first = 0, count; first < list->count; first += count) {
        const struct remedy *group = &list->items[first];
        bool sure;
        for (count = 1;
             first + count < list->count && list->items[first + count].cve == group->cve;) {
            count++;
        }
        if (engine_rejected(installed->engine, group->cve)) {
            continue;
        }
        enum outcome one = judge_cve(group, count, &sure);
        if (trace_on(installed->engine)) {
            trace_remedies(installed, group, count);
        }
        if (one == OUTCOME_VULNERABLE) {
            add_finding(installed, group, sure);
        }
        outcome = one > outcome ? one : outcome;
    }
    return outcome;
}

bool builds_decide(struct engine *engine, uint32_t unit_index, enum outcome *ret_outcome)
{
    struct unit *unit = &engine->units[unit_index];
    struct installed installed;
    *ret_outcome = OUTCOME_SILENT;
    if (setups_decide(engine, unit_index, ret_outcome)) {
        return *ret_outcome != OUTCOME_SILENT;
    }
    if (!open_installed(engine, unit_index, &installed)) {
        return false;
    }
    struct remedies list = list_remedies(&installed);
    unit->built = list.count > 0;
    bool back = is_sql_server(installed.product) && stands_back(engine, unit->software);
    if (unit->built && !back) {
        *ret_outcome = decide_all(&installed, &list);
    }
    free(list.items);
    return unit->built && *ret_outcome != OUTCOME_SILENT;
}
