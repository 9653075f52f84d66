/* What only src/engine sees: taking an inventory in. */
#ifndef ASSAY_ENGINE_INGEST_H
#define ASSAY_ENGINE_INGEST_H

#include "engine/engine.h"

/* ingest_find finds the known server that an inventory is of; ret->id is 0 when there is none. Its
 * texts are in arena. */
int ingest_find(struct store *store, const struct inventory *inventory, const struct str *host_keys,
                uint32_t host_key_count, struct arena *arena, struct store_server *ret,
                struct error *err);
/* ingest_as is ingest_inventory for a server that was found (or, with id 0, a new one). */
int ingest_as(struct store *store, const char *folder, const struct inventory *inventory,
              const struct store_server *server, const struct str *host_keys,
              uint32_t host_key_count, int64_t now, struct arena *arena, struct engine_server *ret,
              struct error *err);
/* ingest_inventory finds out whose inventory it is, replaces the server's file below folder
 * (STATE/inventories) and then writes the store, in this order: whatever is killed in between, the
 * file is whole and the next run finds it again. *ret has name and id; the name is in arena. */
int ingest_inventory(struct store *store, const char *folder, const struct inventory *inventory,
                     const struct str *host_keys, uint32_t host_key_count, int64_t now,
                     struct arena *arena, struct engine_server *ret, struct error *err);

#endif
