#include "store/sql.h"

int store_host_key_list(struct store *store, int64_t source, struct str host, struct arena *arena,
                        struct store_host_key **ret, uint32_t *ret_count, struct error *err)
{
    sqlite3_stmt *statement;
    struct store_host_key *keys = NULL;
    uint32_t count = 0, capacity = 0;
    int result = host.len > 0
                     ? sql_query(store, &statement, err,
                                 "SELECT host, type, fingerprint, first_use, since FROM host_key"
                                 " WHERE source = ? AND host = ?",
                                 "it", source, host)
                     : sql_query(store, &statement, err,
                                 "SELECT host, type, fingerprint, first_use, since FROM host_key"
                                 " WHERE source = ? ORDER BY host",
                                 "i", source);
    while (result == 0 && (result = sql_row(store, statement, err)) > 0) {
        result = 0;
        arena_reserve(arena, keys, count, capacity);
        keys[count++] = (struct store_host_key){
            .host = sql_text(statement, 0, arena),
            .type = sql_text(statement, 1, arena),
            .fingerprint = sql_text(statement, 2, arena),
            .first_use = sqlite3_column_int(statement, 3) != 0,
            .since = sqlite3_column_int64(statement, 4),
        };
    }
    if (result == 0) {
        *ret = keys;
        *ret_count = count;
    }
    return result;
}

int store_host_key_put(struct store *store, int64_t source, const struct store_host_key *key,
                       struct error *err)
{
    return sql_run(store, err,
                   "INSERT INTO host_key (source, host, fingerprint, type, first_use, since)"
                   " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                   " first_use = min(first_use, excluded.first_use)",
                   "itttii", source, key->host, key->fingerprint, key->type,
                   (int64_t)key->first_use, key->since);
}

int store_host_key_forget(struct store *store, int64_t source, struct str host, uint64_t *ret_count,
                          struct error *err)
{
    int result = sql_run(store, err, "DELETE FROM host_key WHERE source = ? AND host = ?", "it",
                         source, host);
    if (result == 0) {
        *ret_count = (uint64_t)sqlite3_changes(store->db);
    }
    return result;
}
