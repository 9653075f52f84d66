/*
 * Parts of Windows with updates of their own, which Microsoft names as products on a system:
 * "Internet Explorer 11 on Windows Server 2012 R2", "Microsoft .NET Framework 3.5 AND 4.8 on
 * Windows Server 2019".
 */
#include "assess/windows.h"

static void open_part(const struct windows *base, enum windows_part part, struct str name,
                      const struct knowledge_bulletin_product *product, struct windows *ret)
{
    *ret = (struct windows){.engine = base->engine,
                            .part = part,
                            .base = base,
                            .release = base->release,
                            .name = name,
                            .product = *product,
                            .has_product = true,
                            .below = base->below,
                            .above = base->above,
                            .list_known = base->list_known,
                            .strangers = base->strangers,
                            .stranger_count = base->stranger_count,
                            .rollups_since = base->rollups_since,
                            .searched = base->searched};
    windows_updates(ret);
    windows_list_remedies(ret);
}

/* ---- Internet Explorer ---- */

/* The one that the release came with, where no other can replace it; 0 where one can. */
static unsigned built_in_browser(const struct windows *base)
{
    uint32_t build = base->release.build;
    return build >= 9600 && build <= 19045 ? 11 : 0;
}

unsigned windows_browser_version(const struct windows *base)
{
    uint64_t major;
    struct str text = inventory_fact_value(base->engine->inventory, STR("internet-explorer"));
    size_t dot = str_find_byte(text, '.');
    return str_to_u64(str_sub(text, 0, dot), &major) && major < 100 ? (unsigned)major
                                                                    : built_in_browser(base);
}

static bool open_browser(const struct windows *base, struct windows *ret)
{
    struct arena *arena = base->engine->arena;
    struct knowledge_bulletin_product product;
    unsigned version = windows_browser_version(base);
    if (version == 0) {
        return false;
    }
    struct str name = arena_printf(arena, "Internet Explorer %u", version);
    struct str wanted =
        arena_printf(arena, "%.*s on %.*s", STR_ARG(name), STR_ARG(base->release.bulletin));
    if (!knowledge_find_bulletin_product(base->engine->knowledge, wanted, &product)) {
        return false;
    }
    open_part(base, WINDOWS_BROWSER, name, &product, ret);
    return true;
}

/* ---- .NET Framework ---- */

static const struct str framework = {"Microsoft .NET Framework ", 25};
static const struct str on = {" on ", 4};

/* Whether "4.6/4.6.1/4.6.2" has the version. */
static bool lists_version(struct str list, struct str version)
{
    struct str one;
    while (str_split_byte(&list, '/', &one)) {
        if (str_eq(str_trim(one), version)) {
            return true;
        }
    }
    return false;
}

/* What the product is about, "3.5 AND 4.8": versions 4 replace one another, the earlier ones stand
 * beside any of them, so that the last one tells. */
static bool is_about(struct str versions, struct str installed)
{
    size_t both = str_find(versions, STR(" AND "));
    return lists_version(both == SIZE_MAX ? versions : str_skip(versions, both + 5), installed);
}

/* The versions of the fact, else of the software that has them in its name; blank between. */
static struct str framework_versions(const struct windows *base)
{
    const struct inventory *inventory = base->engine->inventory;
    struct arena *arena = base->engine->arena;
    struct str fact = inventory_fact_value(inventory, STR("dotnet-framework"));
    struct str list = STR(""), one;
    while (fact.len && str_split_byte(&fact, ',', &one)) {
        list = arena_printf(arena, "%.*s %.*s", STR_ARG(list), STR_ARG(str_trim(one)));
    }
    bool told = list.len > 0;
    for (uint32_t i = 0; !told && i < inventory->software_count; i++) {
        struct str rest = inventory->software[i].name;
        if (!str_starts(rest, framework)) {
            continue;
        }
        rest = str_skip(rest, framework.len);
        if (str_next_word(&rest, &one) && str_is_digit(one.ptr[0])) {
            list = arena_printf(arena, "%.*s %.*s", STR_ARG(list), STR_ARG(one));
        }
    }
    return list;
}

static bool find_version(struct str installed, struct str versions, struct str *ret)
{
    struct str one;
    while (str_next_word(&installed, &one)) {
        if (is_about(versions, one)) {
            *ret = one;
            return true;
        }
    }
    return false;
}

/* The versions that a product of this release is about; false for another product. */
static bool read_framework(const struct windows *base, struct str name, struct str *ret)
{
    struct str release = base->release.bulletin;
    if (!str_starts(name, framework) || name.len < framework.len + on.len + release.len) {
        return false;
    }
    struct str rest = str_skip(name, framework.len);
    struct str tail = str_skip(rest, rest.len - release.len);
    struct str head = str_sub(rest, 0, rest.len - release.len);
    if (!str_eq_nocase(tail, release) || !str_ends(head, on)) {
        return false;
    }
    *ret = str_sub(head, 0, head.len - on.len);
    return true;
}

static uint32_t open_frameworks(const struct windows *base, struct windows *parts, uint32_t most)
{
    const struct knowledge *knowledge = base->engine->knowledge;
    struct str installed = framework_versions(base);
    uint32_t products = installed.len ? knowledge_bulletin_product_count(knowledge) : 0;
    uint32_t count = 0;
    for (uint32_t i = 0; i < products && count < most; i++) {
        struct knowledge_bulletin_product product;
        struct str versions, version;
        if (knowledge_bulletin_product(knowledge, i, &product) &&
            read_framework(base, product.name, &versions) &&
            find_version(installed, versions, &version)) {
            struct str name =
                arena_printf(base->engine->arena, ".NET Framework %.*s", STR_ARG(version));
            open_part(base, WINDOWS_FRAMEWORK, name, &product, &parts[count++]);
        }
    }
    return count;
}

uint32_t windows_parts(const struct windows *base, struct windows parts[WINDOWS_PARTS])
{
    uint32_t count = open_browser(base, &parts[0]);
    return count + open_frameworks(base, parts + count, WINDOWS_PARTS - count);
}
