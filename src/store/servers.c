#include "store/sql.h"

static void read_server(sqlite3_stmt *statement, struct arena *arena, struct store_server *ret)
{
    *ret = (struct store_server){
        .id = sqlite3_column_int64(statement, 0),
        .name = sql_text(statement, 1, arena),
        .first_seen = sqlite3_column_int64(statement, 2),
        .last_seen = sqlite3_column_int64(statement, 3),
        .joined_by = sql_text(statement, 4, arena),
        .confidence = sql_text(statement, 5, arena),
    };
}

static bool has_server(const struct store_server *servers, uint32_t count, int64_t id)
{
    for (uint32_t i = 0; i < count; i++) {
        if (servers[i].id == id) {
            return true;
        }
    }
    return false;
}

int store_server_candidates(struct store *store, const struct server_identity *identities,
                            uint32_t count, struct arena *arena, struct store_server **ret,
                            uint32_t *ret_count, struct error *err)
{
    /* A value that hundreds share (a key baked into an image) is looked at no further. */
    enum { MOST = 256 };
    sqlite3_stmt *statement;
    struct store_server *servers = NULL;
    uint32_t found = 0, capacity = 0;
    int result = 0;
    for (uint32_t i = 0; result == 0 && i < count; i++) {
        if (identities[i].mark >= MARK_ADDRESS) {
            continue;
        }
        result = sql_query(store, &statement, err,
                           "SELECT id, name, first_seen, last_seen, joined_by, confidence"
                           " FROM server_identity JOIN server ON server.id = server_identity.server"
                           " WHERE value = ? AND mark = ? ORDER BY id LIMIT 256",
                           "ti", identities[i].value, (int64_t)identities[i].mark);
        while (result == 0 && (result = sql_row(store, statement, err)) > 0) {
            result = 0;
            if (found < MOST && !has_server(servers, found, sqlite3_column_int64(statement, 0))) {
                arena_reserve(arena, servers, found, capacity);
                read_server(statement, arena, &servers[found++]);
            }
        }
    }
    if (result == 0) {
        *ret = servers;
        *ret_count = found;
    }
    return result;
}

int store_server_identities(struct store *store, int64_t server, struct arena *arena,
                            struct server_identity **ret, uint32_t *ret_count, struct error *err)
{
    sqlite3_stmt *statement;
    struct server_identity *identities = NULL;
    uint32_t count = 0, capacity = 0;
    int result = sql_query(store, &statement, err,
                           "SELECT mark, value FROM server_identity WHERE server = ?", "i", server);
    while (result == 0 && (result = sql_row(store, statement, err)) > 0) {
        result = 0;
        arena_reserve(arena, identities, count, capacity);
        identities[count++] = (struct server_identity){
            .mark = (enum server_mark)sqlite3_column_int(statement, 0),
            .value = sql_text(statement, 1, arena),
        };
    }
    if (result == 0) {
        *ret = identities;
        *ret_count = count;
    }
    return result;
}

int store_server_named(struct store *store, struct str name, int64_t *ret_id, struct error *err)
{
    return sql_number(store, 0, ret_id, err, "SELECT id FROM server WHERE name = ?", "t", name);
}

static int put_identities(struct store *store, int64_t id, const struct server_identity *identities,
                          uint32_t count, struct error *err)
{
    int result = sql_run(store, err, "DELETE FROM server_identity WHERE server = ?", "i", id);
    for (uint32_t i = 0; result == 0 && i < count; i++) {
        result = sql_run(store, err,
                         "INSERT OR IGNORE INTO server_identity (server, mark, value)"
                         " VALUES (?, ?, ?)",
                         "iit", id, (int64_t)identities[i].mark, identities[i].value);
    }
    return result;
}

static int put_server(struct store *store, const struct store_server *server, int64_t *ret_id,
                      struct error *err)
{
    if (server->id != 0) {
        *ret_id = server->id;
        return sql_run(store, err,
                       "UPDATE server SET name = ?, last_seen = ?, joined_by = ?, confidence = ?"
                       " WHERE id = ?",
                       "titti", server->name, server->last_seen, server->joined_by,
                       server->confidence, server->id);
    }
    int result = sql_run(store, err,
                         "INSERT INTO server (name, first_seen, last_seen, joined_by, confidence)"
                         " VALUES (?, ?, ?, ?, ?)",
                         "tiitt", server->name, server->first_seen, server->last_seen,
                         server->joined_by, server->confidence);
    *ret_id = sqlite3_last_insert_rowid(store->db);
    return result;
}

int store_server_save(struct store *store, const struct store_server *server,
                      const struct server_identity *identities, uint32_t count, int64_t *ret_id,
                      struct error *err)
{
    bool own = !store->open_transaction;
    int64_t id = 0;
    int result = store_begin(store, err);
    if (result == 0) {
        result = put_server(store, server, &id, err);
    }
    if (result == 0) {
        result = put_identities(store, id, identities, count, err);
    }
    if (own && result == 0) {
        result = store_commit(store, err);
    } else if (own) {
        store_rollback(store);
    }
    if (result == 0) {
        *ret_id = id;
    }
    return result;
}
