#include "cli/kb.h"
#include "report/layout.h"
#include "report/report.h"

#include "base/memory.h"

#include <stdlib.h>

enum { MOST_PRODUCTS = 64 };

/* What one name leads to. */
struct found {
    struct knowledge_product products[MOST_PRODUCTS];
    uint32_t count;
    struct knowledge_lifecycle lifecycle;
    bool has_lifecycle;
};

static void add_product(struct found *found, const struct knowledge_product *product)
{
    if (found->count < MOST_PRODUCTS) {
        found->products[found->count++] = *product;
    }
}

/* By "vendor:product" (any part), by "product", and as a lifecycle's name. */
static void find(const struct knowledge *knowledge, struct str name, struct found *found)
{
    static const char parts[] = {'a', 'o', 'h'};
    struct knowledge_product product;
    size_t colon = str_find_byte(name, ':');
    uint32_t first;
    if (colon != SIZE_MAX) {
        struct str vendor = str_sub(name, 0, colon), rest = str_skip(name, colon + 1);
        for (unsigned i = 0; i < sizeof parts; i++) {
            if (knowledge_find_product(knowledge, parts[i], vendor, rest, &product)) {
                add_product(found, &product);
            }
        }
        return;
    }
    uint32_t count = knowledge_products_named(knowledge, name, &first);
    for (uint32_t i = 0; i < count; i++) {
        if (knowledge_product_named(knowledge, first + i, &product)) {
            add_product(found, &product);
        }
    }
    found->has_lifecycle = knowledge_find_lifecycle(knowledge, name, &found->lifecycle);
}

/* The lifecycle of a CPE product, when no name led to one. */
static void find_lifecycle(struct kb_show *show, struct found *found)
{
    for (uint32_t i = 0; i < found->count && !found->has_lifecycle; i++) {
        struct str id =
            arena_printf(&show->arena, "cpe:2.3:%c:%.*s:%.*s", found->products[i].part,
                         STR_ARG(found->products[i].vendor), STR_ARG(found->products[i].product));
        found->has_lifecycle =
            knowledge_find_lifecycle_by(show->knowledge, LIFECYCLE_CPE, id, &found->lifecycle);
    }
}

static int order_numbers(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* How many CVEs name the product, as vulnerable or as a platform. */
static uint32_t count_cves(const struct knowledge *knowledge,
                           const struct knowledge_product *product)
{
    uint32_t *cves = NULL, count = 0, capacity = 0, distinct = 0;
    for (uint32_t m = 0; m < product->match_count; m++) {
        struct knowledge_match match;
        struct knowledge_use use;
        if (!knowledge_match(knowledge, product->first_match + m, &match)) {
            continue;
        }
        for (uint32_t u = 0; u < match.use_count; u++) {
            if (knowledge_use(knowledge, match.first_use + u, &use)) {
                mem_reserve(cves, count, capacity);
                cves[count++] = use.cve;
            }
        }
    }
    if (count > 0) {
        qsort(cves, count, sizeof *cves, order_numbers);
    }
    for (uint32_t i = 0; i < count; i++) {
        distinct += i == 0 || cves[i] != cves[i - 1];
    }
    free(cves);
    return distinct;
}

/* ---- for people ---- */

static struct str date_text(struct kb_show *show, int32_t date)
{
    char text[DATE_SIZE];
    return arena_printf(&show->arena, "%s", date_format(date, text));
}

static const char *part_word(char part)
{
    return part == 'o' ? "operating system" : part == 'h' ? "hardware" : "application";
}

static void put_products(struct kb_show *show, const struct found *found)
{
    static const struct layout_column columns[] = {
        {.title = "PRODUCT", .least = 20},
        {.title = "KIND", .least = 8},
        {.title = "CRITERIA", .least = 8, .right = true},
        {.title = "CVES", .least = 5, .right = true},
    };
    struct layout_table table;
    layout_table_init(&table, &show->arena, columns, 4);
    for (uint32_t i = 0; i < found->count; i++) {
        const struct knowledge_product *product = &found->products[i];
        layout_table_add(&table,
                         arena_printf(&show->arena, "%.*s:%.*s", STR_ARG(product->vendor),
                                      STR_ARG(product->product)),
                         LAYOUT_PLAIN);
        layout_table_add(&table, str_from(part_word(product->part)), LAYOUT_PLAIN);
        layout_table_add(&table, arena_printf(&show->arena, "%u", product->match_count),
                         LAYOUT_PLAIN);
        layout_table_add(&table,
                         arena_printf(&show->arena, "%u", count_cves(show->knowledge, product)),
                         LAYOUT_PLAIN);
    }
    layout_table_write(&table, show->width, false, &show->out);
}

static void put_releases(struct kb_show *show, const struct knowledge_lifecycle *lifecycle)
{
    static const struct layout_column columns[] = {
        {.title = "RELEASE", .least = 12},  {.title = "RELEASED", .least = 10, .expend = 1},
        {.title = "ACTIVE", .least = 10},   {.title = "SUPPORTED", .least = 10},
        {.title = "EXTENDED", .least = 10}, {.title = "LATEST", .least = 8, .expend = 2},
    };
    struct layout_table table;
    buf_put_text(&show->out, show->out.len > 0 ? "\n" : "");
    text_put_clean(&show->out, lifecycle->label);
    buf_put_text(&show->out, "   ");
    text_put_clean(&show->out, lifecycle->link);
    buf_put_byte(&show->out, '\n');
    layout_table_init(&table, &show->arena, columns, 6);
    for (uint32_t i = 0; i < lifecycle->release_count; i++) {
        struct knowledge_release release;
        if (knowledge_release(show->knowledge, lifecycle->first_release + i, &release)) {
            layout_table_add(&table, release.name, LAYOUT_PLAIN);
            layout_table_add(&table, date_text(show, release.released), LAYOUT_PLAIN);
            layout_table_add(&table, date_text(show, release.active_until), LAYOUT_PLAIN);
            layout_table_add(&table, date_text(show, release.supported_until), LAYOUT_PLAIN);
            layout_table_add(&table, date_text(show, release.extended_until), LAYOUT_PLAIN);
            layout_table_add(&table, release.latest, LAYOUT_PLAIN);
        }
    }
    layout_table_write(&table, show->width, false, &show->out);
}

/* ---- for machines ---- */

static void json_release(struct kb_show *show, const struct knowledge_release *release)
{
    static const char *const flags[] = {NULL, "no", "yes"};
    json_open_object(&show->writer, NULL);
    json_put_str(&show->writer, "name", release->name);
    json_put_known(&show->writer, "codename", release->codename);
    json_put_date(&show->writer, "released", release->released);
    json_put_bool(&show->writer, "lts", release->lts);
    json_put_date(&show->writer, "active_until", release->active_until);
    json_put_date(&show->writer, "supported_until", release->supported_until);
    json_put_date(&show->writer, "extended_until", release->extended_until);
    json_put_text(&show->writer, "ended",
                  flags[release->ended <= FEED_FLAG_TRUE ? release->ended : 0]);
    json_put_known(&show->writer, "latest", release->latest);
    json_close_object(&show->writer);
}

static void write_json(struct kb_show *show, const struct found *found)
{
    struct json_writer *writer = &show->writer;
    json_open_object(writer, NULL);
    json_open_array(writer, "products");
    for (uint32_t i = 0; i < found->count; i++) {
        const struct knowledge_product *product = &found->products[i];
        char part[2] = {product->part, '\0'};
        json_open_object(writer, NULL);
        json_put_text(writer, "part", part);
        json_put_str(writer, "vendor", product->vendor);
        json_put_str(writer, "product", product->product);
        json_put_uint(writer, "criteria", product->match_count);
        json_put_uint(writer, "cves", count_cves(show->knowledge, product));
        json_close_object(writer);
    }
    json_close_array(writer);
    if (!found->has_lifecycle) {
        json_put_null(writer, "lifecycle");
        json_close_object(writer);
        return;
    }
    json_open_object(writer, "lifecycle");
    json_put_str(writer, "name", found->lifecycle.name);
    json_put_str(writer, "label", found->lifecycle.label);
    json_put_known(writer, "link", found->lifecycle.link);
    json_open_array(writer, "releases");
    for (uint32_t i = 0; i < found->lifecycle.release_count; i++) {
        struct knowledge_release release;
        if (knowledge_release(show->knowledge, found->lifecycle.first_release + i, &release)) {
            json_release(show, &release);
        }
    }
    json_close_array(writer);
    json_close_object(writer);
    report_json_sources(writer, show->knowledge, show->day);
    json_close_object(writer);
}

bool kb_show_product(struct kb_show *show, struct str name)
{
    struct found *found = arena_new(&show->arena, struct found);
    char *lower = arena_alloc(&show->arena, name.len + 1);
    for (size_t i = 0; i < name.len; i++) {
        lower[i] = str_lower_byte(name.ptr[i]);
    }
    find(show->knowledge, str_make(lower, name.len), found);
    find_lifecycle(show, found);
    if (found->count == 0 && !found->has_lifecycle) {
        return false;
    }
    if (show->json) {
        write_json(show, found);
        return true;
    }
    if (found->count > 0) {
        put_products(show, found);
    }
    if (found->has_lifecycle) {
        put_releases(show, &found->lifecycle);
    }
    return true;
}
