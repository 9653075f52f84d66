/*
 * What the server says of updates: those that it lists as installed, those that wait, and whether
 * a search for them came to an end.
 */
#include "assess/windows.h"

#include "identify/programme.h"

#include <stdlib.h>

/* Updates of other things than the products that Microsoft's data names: they stand in lists and
 * hold no fix. By number; the titles are those of Microsoft's articles. */
static const uint32_t others[] = {
    890830,  /* Malicious Software Removal Tool */
    2267602, /* definitions of Microsoft Defender */
    4033342, /* .NET Framework 4.7.1 */
    4052623, /* platform of Microsoft Defender */
    4054530, /* .NET Framework 4.7.2 */
    4054590, /* .NET Framework 4.7.2 for Windows 10 1607 and Server 2016 */
    4486129, /* .NET Framework 4.8 for Windows 10 1607 and Server 2016 */
    4486153, /* .NET Framework 4.8 for Windows 10 1709 to 1809 and Server 2019 */
    4503548, /* .NET Framework 4.8 */
    4517245, /* enables Windows 10 1909 */
    4562830, /* enables Windows 10 20H2 */
    4577586, /* removes Adobe Flash Player */
    4589208, /* microcode for Windows 10 1809 and Server 2019 */
    4589210, /* microcode for Windows 10 1607 and Server 2016 */
    4589212, /* microcode for Windows 10 2004 to 21H1 */
    5000736, /* enables Windows 10 21H1 */
    5003791, /* enables Windows 10 21H2 */
    5011048, /* .NET Framework 4.8.1 */
    5015684, /* enables Windows 10 22H2 */
    5027397, /* enables Windows 11 23H2 */
    5054156, /* enables Windows 11 25H2 */
};

static int compare_numbers(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static bool is_other(uint32_t kb)
{
    return bsearch(&kb, others, sizeof others / sizeof *others, sizeof *others, compare_numbers) !=
           NULL;
}

uint32_t windows_kb(struct str id)
{
    uint64_t number;
    id = str_trim(id);
    if (id.len > 2 && str_eq_nocase(str_sub(id, 0, 2), STR("KB"))) {
        id = str_skip(id, 2);
    }
    return str_to_u64(id, &number) && number < UINT32_MAX ? (uint32_t)number : 0;
}

/* The number in "... for Windows Server 2019 (KB5034768)". */
static uint32_t kb_in_name(struct str name)
{
    size_t at = str_find(name, STR("KB")), len = 0;
    struct str digits = at == SIZE_MAX ? STR("") : str_skip(name, at + 2);
    while (len < digits.len && str_is_digit(digits.ptr[len])) {
        len++;
    }
    return windows_kb(str_sub(digits, 0, len));
}

uint32_t windows_pending_kb(const struct inventory_update *update)
{
    uint32_t kb = windows_kb(update->advisory);
    return kb ? kb : kb_in_name(update->name);
}

bool windows_names_framework(const struct inventory_update *update)
{
    return str_find(update->name, STR(".NET Framework")) != SIZE_MAX;
}

/* ---- what is listed ---- */

/* Whether the number is one of the system's updates or of a product "... on" this system. */
static bool is_known(const struct windows *windows, const uint32_t *products, uint32_t count,
                     uint32_t kb)
{
    const struct knowledge *knowledge = windows->engine->knowledge;
    struct knowledge_update update;
    if (is_other(kb) || (windows->has_product &&
                         knowledge_find_update(knowledge, &windows->product, kb, &update))) {
        return true;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct knowledge_bulletin_product product;
        if (knowledge_bulletin_product(knowledge, products[i], &product) &&
            knowledge_find_update(knowledge, &product, kb, &update)) {
            return true;
        }
    }
    return false;
}

/* The products on this system: Internet Explorer, .NET Framework, Adobe Flash Player. */
static uint32_t *list_products(const struct windows *windows, uint32_t *ret_count)
{
    const struct knowledge *knowledge = windows->engine->knowledge;
    struct arena *arena = windows->engine->arena;
    struct str tail = arena_printf(arena, " on %.*s", STR_ARG(windows->release.bulletin));
    uint32_t all = knowledge_bulletin_product_count(knowledge), count = 0, capacity = 0;
    uint32_t *list = NULL;
    for (uint32_t i = 0; i < all; i++) {
        struct knowledge_bulletin_product product;
        if (knowledge_bulletin_product(knowledge, i, &product) && product.name.len > tail.len &&
            str_eq_nocase(str_skip(product.name, product.name.len - tail.len), tail)) {
            arena_reserve(arena, list, count, capacity);
            list[count++] = i;
        }
    }
    *ret_count = count;
    return list;
}

static void list_strangers(struct windows *windows)
{
    const struct inventory *inventory = windows->engine->inventory;
    uint32_t products;
    uint32_t *list = list_products(windows, &products);
    uint32_t *strangers =
        arena_array(windows->engine->arena, inventory->hotfix_count + 1, uint32_t);
    for (uint32_t i = 0; i < inventory->hotfix_count; i++) {
        uint32_t kb = windows_kb(inventory->hotfixes[i].id);
        if (kb && !is_known(windows, list, products, kb)) {
            strangers[windows->stranger_count++] = kb;
        }
    }
    if (windows->stranger_count) {
        qsort(strangers, windows->stranger_count, sizeof *strangers, compare_numbers);
    }
    windows->strangers = strangers;
}

uint32_t windows_stranger_above(const struct windows *windows, uint32_t kb)
{
    uint32_t count = windows->stranger_count;
    return count && windows->strangers[count - 1] > kb ? windows->strangers[count - 1] : 0;
}

/* The day until which a search at Microsoft's servers knew every update. */
static int32_t search_day(const struct inventory *inventory)
{
    const struct inventory_updates *updates = &inventory->updates;
    if (updates->known != TRUTH_YES || updates->reason.len ||
        !str_eq(inventory_fact_value(inventory, STR("windows-update-source")), STR("microsoft"))) {
        return DATE_NONE;
    }
    int64_t when =
        updates->metadata_time != TIME_NONE ? updates->metadata_time : inventory->collected;
    return when == TIME_NONE ? DATE_NONE : time_to_date(when);
}

/* Updates before Windows 10 were single ones until then. */
static int32_t rollups_since(uint32_t build)
{
    enum { LAST_OF_SERVER_2008 = 6003 };
    return build <= LAST_OF_SERVER_2008 ? 17775 /* 2018-09-01 */ : 17075 /* 2016-10-01 */;
}

void windows_read_lists(struct windows *windows)
{
    const struct inventory *inventory = windows->engine->inventory;
    windows->list_known = inventory->hotfixes_known == TRUTH_YES;
    windows->searched = search_day(inventory);
    windows->rollups_since = rollups_since(windows->release.build);
    if (windows->list_known && inventory->hotfix_count) {
        list_strangers(windows);
    }
}

/* Patches of programs that Windows Installer keeps are software with the number in its name:
 * "Security Update for Microsoft .NET Framework 4.8 (KB5041023)". */
void windows_each_listed(struct windows *windows,
                         void (*take)(struct windows *windows, uint32_t kb))
{
    const struct inventory *inventory = windows->engine->inventory;
    for (uint32_t i = 0; i < inventory->hotfix_count; i++) {
        take(windows, windows_kb(inventory->hotfixes[i].id));
    }
    for (uint32_t i = 0; i < inventory->software_count; i++) {
        struct str name = inventory->software[i].name;
        if (str_ends(name, STR(")")) && str_find(name, STR("(KB")) != SIZE_MAX) {
            take(windows, kb_in_name(str_skip(name, str_find(name, STR("(KB")))));
        }
    }
}

/* ---- what a search came to ---- */

/* Whether a pending update is or may be one of the part, and so keep others from being offered. */
static bool may_be_of_part(const struct windows *windows, const struct inventory_update *update)
{
    uint32_t kb = windows_pending_kb(update);
    if (windows_find_update(windows, kb)) {
        return true;
    }
    bool framework = windows_names_framework(update);
    bool titled = update->name.len > sizeof "KB1234567";
    if (windows->part == WINDOWS_FRAMEWORK) {
        return framework || !titled;
    }
    return !framework && !is_other(kb);
}

static bool is_waited_for(const struct windows *windows)
{
    const struct inventory_updates *pending = &windows->engine->inventory->updates;
    for (uint32_t i = 0; i < pending->count; i++) {
        if (may_be_of_part(windows, &pending->items[i])) {
            return true;
        }
    }
    return false;
}

/* What is published past the end of support is offered to members of the programme that extends
 * it. */
static bool is_offered_here(const struct engine *engine, int32_t day)
{
    const struct identity_os *os = &engine->os;
    return !os->has_release || os->release.supported_until == DATE_NONE ||
           day <= os->release.supported_until ||
           programme_counts(engine->inventory, os->lifecycle.name).len > 0;
}

void windows_ask_search(struct windows *windows)
{
    if (windows->searched == DATE_NONE || is_waited_for(windows)) {
        return;
    }
    for (uint32_t i = 0; i < windows->count; i++) {
        struct windows_update *update = &windows->updates[i];
        if (update->posted <= windows->searched &&
            is_offered_here(windows->engine, update->posted)) {
            windows_set_state(update, UPDATE_INSTALLED, REASON_NOT_OFFERED, NULL);
        }
    }
}
