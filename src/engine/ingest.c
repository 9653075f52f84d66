#include "engine/ingest.h"

#include "base/file.h"
#include "base/memory.h"
#include "engine/identity.h"
#include "inventory/kept.h"

#include <stdio.h>
#include <stdlib.h>

struct ingest {
    struct store *store;
    const char *folder;
    const struct inventory *inventory;
    struct identity_marks marks;
    struct arena *arena;
    struct store_server server; /* found, or to be made */
};

/* The known server with the best confidence; of equals the one known longest. */
static int find_server(struct ingest *ingest, struct error *err)
{
    struct store_server *known;
    uint32_t count, marks;
    enum identity_confidence best = IDENTITY_OTHER;
    int result = store_server_candidates(ingest->store, ingest->marks.items, ingest->marks.count,
                                         ingest->arena, &known, &count, err);
    for (uint32_t i = 0; result == 0 && i < count; i++) {
        struct server_identity *theirs;
        struct str by;
        result = store_server_identities(ingest->store, known[i].id, ingest->arena, &theirs, &marks,
                                         err);
        if (result < 0) {
            break;
        }
        enum identity_confidence confidence = identity_compare(
            ingest->marks.items, ingest->marks.count, theirs, marks, ingest->arena, &by);
        if (confidence > best ||
            (confidence == best && best != IDENTITY_OTHER && known[i].id < ingest->server.id)) {
            best = confidence;
            ingest->server = known[i];
            ingest->server.joined_by = by;
            ingest->server.confidence = str_from(identity_confidence_name(confidence));
        }
    }
    return result;
}

/* May the file of that name be replaced? It may when there is none, when it is of the server
 * itself, or when it holds the same server's inventory from elsewhere (a scan of this machine, or a
 * run that was killed before it wrote the store). */
static int is_free(struct ingest *ingest, struct str name, bool *ret, struct error *err)
{
    int64_t owner;
    struct inventory kept;
    struct identity_marks marks;
    struct str by;
    *ret = false;
    int result = store_server_named(ingest->store, name, &owner, err);
    if (result < 0 || owner != 0) {
        *ret = result == 0 && owner == ingest->server.id;
        return result;
    }
    _cleanup_free_ char *path = kept_path(ingest->folder, name);
    if (!file_exists(path)) {
        *ret = true;
        return 0;
    }
    inventory_init(&kept);
    if (kept_read(ingest->folder, name, &kept, NULL) == 0) {
        identity_marks(&kept, NULL, 0, ingest->arena, &marks);
        *ret = identity_compare(ingest->marks.items, ingest->marks.count, marks.items, marks.count,
                                ingest->arena, &by) != IDENTITY_OTHER;
    }
    inventory_done(&kept);
    return 0;
}

/* Host name, full name, then host name with a number. */
static int choose_name(struct ingest *ingest, struct str *ret, struct error *err)
{
    enum { MOST = 100000 };
    char name[KEPT_NAME_SIZE], base[KEPT_NAME_SIZE];
    bool free_name = false;
    int result = 0;
    kept_name(ingest->inventory->name, base);
    for (unsigned i = 0; result == 0 && !free_name && i < MOST; i++) {
        if (i == 0) {
            snprintf(name, sizeof name, "%s", base);
        } else if (i == 1) {
            kept_name(ingest->inventory->fqdn, name);
            if (ingest->inventory->fqdn.len == 0) {
                continue;
            }
        } else {
            snprintf(name, sizeof name, "%.95s-%u", base, i);
        }
        result = is_free(ingest, str_from(name), &free_name, err);
    }
    if (result == 0 && !free_name) {
        result = error_set(err, ERR_LIMIT, "too many servers are called %s", base);
    }
    if (result == 0) {
        *ret = arena_str(ingest->arena, str_from(name));
    }
    return result;
}

/* A server keeps its name as long as its host name is the one that the name was made of. */
static bool keeps_name(const struct ingest *ingest)
{
    char base[KEPT_NAME_SIZE], full[KEPT_NAME_SIZE];
    struct str name = ingest->server.name;
    kept_name(ingest->inventory->name, base);
    kept_name(ingest->inventory->fqdn, full);
    if (ingest->server.id == 0) {
        return false;
    }
    if (str_eq_text(name, base) || (ingest->inventory->fqdn.len > 0 && str_eq_text(name, full))) {
        return true;
    }
    /* "db01-2" */
    struct str stem = str_sub(str_from(base), 0, 95), tail = str_skip(name, stem.len);
    uint64_t number;
    return str_starts(name, stem) && tail.len > 1 && tail.ptr[0] == '-' &&
           str_to_u64(str_skip(tail, 1), &number);
}

static int write_all(struct ingest *ingest, int64_t now, struct engine_server *ret,
                     struct error *err)
{
    struct str old = ingest->server.name;
    bool is_new = ingest->server.id == 0;
    int64_t id = 0;
    int result = 0;
    if (!keeps_name(ingest)) {
        result = choose_name(ingest, &ingest->server.name, err);
    }
    if (result == 0) {
        result = kept_write(ingest->folder, ingest->server.name, ingest->inventory, err);
    }
    ingest->server.first_seen = is_new ? now : ingest->server.first_seen;
    ingest->server.last_seen = now;
    if (result == 0) {
        result = store_server_save(ingest->store, &ingest->server, ingest->marks.items,
                                   ingest->marks.count, &id, err);
    }
    if (result == 0 && !is_new && !str_eq(old, ingest->server.name)) {
        result = kept_remove(ingest->folder, old, err);
    }
    if (result == 0) {
        ret->id = id;
        ret->name = ingest->server.name;
        ret->is_new = is_new;
    }
    return result;
}

int ingest_find(struct store *store, const struct inventory *inventory, const struct str *host_keys,
                uint32_t host_key_count, struct arena *arena, struct store_server *ret,
                struct error *err)
{
    struct ingest ingest = {.store = store, .inventory = inventory, .arena = arena};
    identity_marks(inventory, host_keys, host_key_count, arena, &ingest.marks);
    int result = find_server(&ingest, err);
    if (result == 0) {
        *ret = ingest.server;
    }
    return result;
}

int ingest_as(struct store *store, const char *folder, const struct inventory *inventory,
              const struct store_server *server, const struct str *host_keys,
              uint32_t host_key_count, int64_t now, struct arena *arena, struct engine_server *ret,
              struct error *err)
{
    struct ingest ingest = {.store = store,
                            .folder = folder,
                            .inventory = inventory,
                            .arena = arena,
                            .server = *server};
    identity_marks(inventory, host_keys, host_key_count, arena, &ingest.marks);
    return write_all(&ingest, now, ret, err);
}

int ingest_inventory(struct store *store, const char *folder, const struct inventory *inventory,
                     const struct str *host_keys, uint32_t host_key_count, int64_t now,
                     struct arena *arena, struct engine_server *ret, struct error *err)
{
    struct store_server server = {0};
    int result = ingest_find(store, inventory, host_keys, host_key_count, arena, &server, err);
    return result < 0 ? result
                      : ingest_as(store, folder, inventory, &server, host_keys, host_key_count, now,
                                  arena, ret, err);
}
