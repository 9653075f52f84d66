#include "console/servers.h"

#include "base/memory.h"

#include <stdlib.h>

void servers_init(struct servers *servers, struct arena *arena)
{
    *servers = (struct servers){.arena = arena};
}

void servers_done(struct servers *servers)
{
    free(servers->places);
    servers->places = NULL;
}

static uint32_t *place_of(const struct servers *servers, int64_t id)
{
    uint32_t at = (uint32_t)((uint64_t)id * 2654435761U) & servers->place_mask;
    while (servers->places[at] != 0 && servers->rows[servers->places[at] - 1].id != id) {
        at = (at + 1) & servers->place_mask;
    }
    return &servers->places[at];
}

static void make_room(struct servers *servers)
{
    if (servers->places != NULL && servers->count * 2 <= servers->place_mask) {
        return;
    }
    free(servers->places);
    servers->place_mask = servers->place_mask == 0 ? 255 : servers->place_mask * 2 + 1;
    servers->places = mem_alloc_zero(servers->place_mask + 1, sizeof *servers->places);
    for (uint32_t i = 0; i < servers->count; i++) {
        *place_of(servers, servers->rows[i].id) = i + 1;
    }
}

static struct str support_text(struct arena *arena, const struct support *support)
{
    struct buf text;
    buf_init(&text, 256);
    view_put_support(&text, support);
    struct str copy = arena_str(arena, buf_view(&text));
    buf_done(&text);
    return copy;
}

static void fill(struct servers *servers, struct server_row *row,
                 const struct engine_server *server, const struct assessment *assessment)
{
    const struct inventory_os *os = &server->inventory->os;
    struct arena *arena = servers->arena;
    *row = (struct server_row){
        .id = server->id,
        .name = arena_str(arena, server->name),
        .system = arena_str(arena, os->pretty.len > 0 ? os->pretty : os->id),
        .target = arena_str(arena, server->target),
        .source = arena_str(arena, server->source),
        .support = support_text(arena, &assessment->os_support),
        .urgency = view_urgency(assessment),
        .support_state = view_support(&assessment->os_support),
        .risks = assessment->risks,
        .exploited = assessment->confirmed.known_exploited,
        .critical = assessment->confirmed.by_level[LEVEL_CRITICAL],
        .high = assessment->confirmed.by_level[LEVEL_HIGH],
        .updates = assessment->update_count,
        .security_updates = assessment->update_classes[UPDATE_SECURITY] +
                            assessment->update_classes[UPDATE_CRITICAL],
        .packages = server->inventory->software_count,
        .is_new = server->is_new,
        .updates_known = assessment->updates_known == TRUTH_YES,
    };
}

void servers_put(struct servers *servers, const struct engine_server *server,
                 const struct assessment *assessment)
{
    make_room(servers);
    uint32_t *place = place_of(servers, server->id);
    if (*place == 0) {
        arena_reserve(servers->arena, servers->rows, servers->count, servers->capacity);
        *place = ++servers->count;
    }
    fill(servers, &servers->rows[*place - 1], server, assessment);
}

static int compare_counts(uint32_t a, uint32_t b)
{
    return a == b ? 0 : a > b ? -1 : 1;
}

static int compare_rows(const void *left, const void *right)
{
    const struct server_row *a = left, *b = right;
    int order = compare_counts(a->urgency, b->urgency);
    order = order != 0 ? order : compare_counts(a->exploited, b->exploited);
    order = order != 0 ? order : compare_counts(a->critical, b->critical);
    order = order != 0 ? order : compare_counts(a->high, b->high);
    order = order != 0 ? order : compare_counts(a->risks, b->risks);
    return order != 0 ? order : str_cmp(a->name, b->name);
}

void servers_sort(struct servers *servers)
{
    if (servers->count > 0) {
        qsort(servers->rows, servers->count, sizeof *servers->rows, compare_rows);
    }
}

static void add_count(struct layout_table *table, struct manager *manager, uint32_t count,
                      enum layout_style style)
{
    layout_table_add(table, manager_number(manager, count), count > 0 ? style : LAYOUT_DIM);
}

void servers_table(const struct servers *servers, struct manager *manager, uint32_t most)
{
    static const struct layout_column columns[] = {
        {.title = "SERVER", .least = 12},
        {.title = "SYSTEM", .least = 16, .expend = 1},
        {.title = "SUPPORT", .least = 22, .expend = 2},
        {.title = "RISKS", .least = 5, .right = true},
        {.title = "KEV", .least = 3, .right = true},
        {.title = "CRITICAL", .least = 8, .right = true},
        {.title = "HIGH", .least = 4, .right = true},
        {.title = "UPDATES", .least = 7, .right = true},
    };
    struct layout_table table;
    layout_table_init(&table, &manager->arena, columns, sizeof columns / sizeof columns[0]);
    for (uint32_t i = 0; i < servers->count && (most == 0 || i < most); i++) {
        const struct server_row *row = &servers->rows[i];
        bool ended = row->support_state == VIEW_SUPPORT_ENDED;
        layout_table_add(&table, row->name, LAYOUT_BOLD);
        layout_table_add(&table, row->system, LAYOUT_PLAIN);
        layout_table_add(&table, row->support, ended ? LAYOUT_ATTENTION : LAYOUT_PLAIN);
        add_count(&table, manager, row->risks, LAYOUT_PLAIN);
        add_count(&table, manager, row->exploited, LAYOUT_ATTENTION);
        add_count(&table, manager, row->critical, LAYOUT_CRITICAL);
        add_count(&table, manager, row->high, LAYOUT_HIGH);
        layout_table_add(&table,
                         row->updates_known ? manager_number(manager, row->updates) : STR("?"),
                         LAYOUT_PLAIN);
    }
    layout_table_write(&table, manager->width, manager->color, &manager->out);
}

static const char *support_word(enum view_support support)
{
    static const char *const words[VIEW_SUPPORTS] = {
        [VIEW_SUPPORT_UNKNOWN] = "unknown",     [VIEW_SUPPORT_ENDED] = "ended",
        [VIEW_SUPPORT_ENDING] = "ending",       [VIEW_SUPPORT_EXTENDED] = "extended",
        [VIEW_SUPPORT_SUPPORTED] = "supported",
    };
    return words[support];
}

void servers_json(const struct servers *servers, struct json_writer *json)
{
    json_open_array(json, "servers");
    for (uint32_t i = 0; i < servers->count; i++) {
        const struct server_row *row = &servers->rows[i];
        json_open_object(json, NULL);
        json_put_str(json, "name", row->name);
        json_put_str(json, "source", row->source);
        json_put_str(json, "target", row->target);
        json_put_bool(json, "new", row->is_new);
        json_put_known(json, "system", row->system);
        json_put_text(json, "support", support_word(row->support_state));
        json_put_uint(json, "packages", row->packages);
        json_put_uint(json, "risks", row->risks);
        json_put_uint(json, "known_exploited", row->exploited);
        json_put_uint(json, "critical", row->critical);
        json_put_uint(json, "high", row->high);
        if (row->updates_known) {
            json_put_uint(json, "updates", row->updates);
            json_put_uint(json, "security_updates", row->security_updates);
        } else {
            json_put_null(json, "updates");
            json_put_null(json, "security_updates");
        }
        json_close_object(json);
    }
    json_close_array(json);
}
