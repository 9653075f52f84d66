#include "import/hosts.h"

#include "base/limits.h"
#include "base/memory.h"

#include <stdlib.h>

void import_host_init(struct import_host *host)
{
    *host = (struct import_host){0};
    inventory_init(&host->inventory);
    host->inventory.collected = TIME_NONE;
    host->builder.inventory = &host->inventory;
}

void import_hosts_init(struct import_hosts *hosts)
{
    *hosts = (struct import_hosts){0};
    intern_init(&hosts->names);
}

struct import_host *import_hosts_get(struct import_hosts *hosts, struct str name)
{
    uint32_t id = intern_find(&hosts->names, name);
    if (id != INTERN_NONE) {
        return hosts->items[id];
    }
    if (hosts->names.count >= LIMIT_IMPORT_SERVERS) {
        return NULL;
    }
    mem_reserve(hosts->items, hosts->names.count, hosts->capacity);
    struct import_host *host = mem_alloc(sizeof *host);
    import_host_init(host);
    host->inventory.name = import_take_text(&host->inventory.arena, name, LIMIT_NAME);
    hosts->items[intern_add(&hosts->names, name)] = host;
    return host;
}

int import_hosts_give(struct import_hosts *hosts, struct import_run *run,
                      void (*finish)(struct import_run *run, struct import_host *host),
                      struct error *err)
{
    int result = 0;
    for (uint32_t i = 0; i < hosts->names.count; i++) {
        struct import_host *host = hosts->items[i];
        if (result == 0) {
            finish(run, host);
            result = import_give(run, &host->inventory, err);
        }
        inventory_done(&host->inventory);
        free(host);
    }
    free(hosts->items);
    intern_done(&hosts->names);
    return result;
}
