#include "engine/import.h"

#include "base/memory.h"
#include "engine/identity.h"
#include "engine/ingest.h"
#include "inventory/fill.h"
#include "inventory/kept.h"

/* What joins inventories of one server; addresses and names do not. */
static bool has_marks(const struct inventory *inventory, struct arena *arena)
{
    struct identity_marks marks;
    identity_marks(inventory, NULL, 0, arena, &marks);
    for (uint32_t i = 0; i < marks.count; i++) {
        if (marks.items[i].mark < MARK_ADDRESS) {
            return true;
        }
    }
    return false;
}

/* A document without marks is of the server with its name, as such lists are keyed. */
static int find_by_name(struct store *store, const struct inventory *inventory, struct arena *arena,
                        struct store_server *ret, struct error *err)
{
    char name[KEPT_NAME_SIZE];
    int64_t id = 0;
    kept_name(inventory->name, name);
    int result = store_server_named(store, str_from(name), &id, err);
    if (result == 0 && id != 0) {
        *ret = (struct store_server){.id = id,
                                     .name = arena_str(arena, str_from(name)),
                                     .first_seen = TIME_NONE,
                                     .joined_by = STR("name"),
                                     .confidence = STR("low")};
    }
    return result;
}

/* Whether an inventory says all that another one says of software, updates and system. */
static bool knows_all(const struct inventory *inventory, const struct inventory *other)
{
    return (inventory->software_known == TRUTH_YES || other->software_known != TRUTH_YES) &&
           (inventory->updates.known == TRUTH_YES || other->updates.known != TRUTH_YES) &&
           (inventory->os.id.len > 0 || other->os.id.len == 0);
}

static bool is_own(const struct inventory *inventory)
{
    return str_starts(inventory->collector, STR("assay "));
}

/* Decides what becomes of a document about a server that is known, filling it from what is kept. */
static enum engine_imported decide(struct inventory *inventory, const struct inventory *kept)
{
    if (is_own(kept) && !is_own(inventory)) {
        return ENGINE_IMPORTED_KEPT;
    }
    if (is_own(kept) && kept->collected > inventory->collected) {
        return ENGINE_IMPORTED_KEPT; /* a bundle that was under way longer than the network */
    }
    bool all = is_own(inventory) || knows_all(inventory, kept);
    if (!is_own(inventory)) {
        inventory_fill(inventory, kept); /* also marks that the document does not know */
    }
    return all ? ENGINE_IMPORTED_AGAIN : ENGINE_IMPORTED_FILLED;
}

/* The host keys that the server showed, which no document tells. */
static int known_host_keys(struct store *store, int64_t server, struct arena *arena,
                           struct str **ret, uint32_t *ret_count, struct error *err)
{
    struct server_identity *marks = NULL;
    uint32_t count = 0, kept = 0;
    int result = store_server_identities(store, server, arena, &marks, &count, err);
    struct str *keys = arena_array(arena, count + 1, struct str);
    for (uint32_t i = 0; result == 0 && i < count; i++) {
        if (marks[i].mark == MARK_HOST_KEY) {
            keys[kept++] = marks[i].value;
        }
    }
    *ret = keys;
    *ret_count = kept;
    return result;
}

int engine_import(struct store *store, const char *state, struct inventory *inventory, bool replace,
                  int64_t now, struct arena *arena, struct str *ret_name,
                  enum engine_imported *ret_outcome, struct error *err)
{
    struct store_server server = {0};
    struct inventory kept;
    struct engine_server written;
    struct str *keys = NULL;
    uint32_t key_count = 0;
    _cleanup_free_ char *folder = kept_folder(state);
    enum engine_imported outcome = ENGINE_IMPORTED_NEW;
    inventory_init(&kept);
    int result = ingest_find(store, inventory, NULL, 0, arena, &server, err);
    if (result == 0 && server.id == 0 && !has_marks(inventory, arena)) {
        result = find_by_name(store, inventory, arena, &server, err);
    }
    if (result == 0 && server.id != 0) {
        outcome = ENGINE_IMPORTED_AGAIN;
        if (!replace && kept_read(folder, server.name, &kept, NULL) == 0) {
            outcome = decide(inventory, &kept);
        }
    }
    if (result == 0 && server.id != 0) {
        result = known_host_keys(store, server.id, arena, &keys, &key_count, err);
    }
    *ret_name = server.name;
    if (result == 0 && outcome != ENGINE_IMPORTED_KEPT) {
        result = ingest_as(store, folder, inventory, &server, keys, key_count, now, arena, &written,
                           err);
        *ret_name = written.name;
    }
    inventory_done(&kept);
    *ret_outcome = outcome;
    return result;
}
