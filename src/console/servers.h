/* The servers of a run, a line each, worst first. */
#ifndef ASSAY_CONSOLE_SERVERS_H
#define ASSAY_CONSOLE_SERVERS_H

#include "console/manager.h"
#include "engine/engine.h"
#include "report/view.h"

struct server_row {
    int64_t id;
    struct str name, system, target, source, support;
    enum view_urgency urgency;
    enum view_support support_state;
    uint32_t risks, exploited, critical, high, updates, security_updates, packages;
    bool is_new, updates_known;
};

struct servers {
    struct arena *arena;
    struct server_row *rows;
    uint32_t count, capacity;
    uint32_t *places; /* by id, of row + 1: open addressing */
    uint32_t place_mask;
};

void servers_init(struct servers *servers, struct arena *arena);
void servers_done(struct servers *servers);
/* servers_put adds the server, or replaces its row. */
void servers_put(struct servers *servers, const struct engine_server *server,
                 const struct assessment *assessment);
void servers_sort(struct servers *servers);
/* Both write them sorted; most 0: all. */
void servers_table(const struct servers *servers, struct manager *manager, uint32_t most);
void servers_json(const struct servers *servers, struct json_writer *json);

#endif
