#include "store/sql.h"

static int read_target(struct store *store, sqlite3_stmt *statement, struct store_target *ret,
                       struct error *err)
{
    int result = sql_row(store, statement, err);
    if (result <= 0) {
        return result < 0 ? result : ERR_NOT_FOUND;
    }
    *ret = (struct store_target){
        .id = sqlite3_column_int64(statement, 0),
        .server = sqlite3_column_int64(statement, 1),
        .credential = (uint64_t)sqlite3_column_int64(statement, 2),
        .credential_at = sql_time(statement, 3),
    };
    sqlite3_reset(statement);
    return 0;
}

int store_target_find(struct store *store, int64_t source, struct str key, struct store_target *ret,
                      struct error *err)
{
    sqlite3_stmt *statement;
    int result = sql_query(store, &statement, err,
                           "SELECT id, server, credential, credential_at FROM target"
                           " WHERE source = ? AND key = ?",
                           "it", source, key);
    return result < 0 ? result : read_target(store, statement, ret, err);
}

int store_target_get(struct store *store, int64_t id, struct store_target *ret, struct error *err)
{
    sqlite3_stmt *statement;
    int result =
        sql_query(store, &statement, err,
                  "SELECT id, server, credential, credential_at FROM target WHERE id = ?", "i", id);
    return result < 0 ? result : read_target(store, statement, ret, err);
}

int store_target_make(struct store *store, int64_t source, struct str key, struct store_target *ret,
                      struct error *err)
{
    int result = store_target_find(store, source, key, ret, err);
    if (result != ERR_NOT_FOUND) {
        return result;
    }
    result =
        sql_run(store, err, "INSERT INTO target (source, key) VALUES (?, ?)", "it", source, key);
    if (result == 0) {
        *ret = (struct store_target){.id = sqlite3_last_insert_rowid(store->db),
                                     .credential_at = TIME_NONE};
    }
    return result;
}

int store_target_worked(struct store *store, int64_t target, uint64_t credential, int64_t server,
                        int64_t now, struct error *err)
{
    return sql_run(store, err,
                   "UPDATE target SET credential = ?, credential_at = ?,"
                   " server = coalesce(nullif(?, 0), server) WHERE id = ?",
                   "iiii", (int64_t)credential, now, server, target);
}

int store_target_remove(struct store *store, int64_t source, struct str key, struct error *err)
{
    uint64_t keys;
    int result = store_host_key_forget(store, source, key, &keys, err);
    return result < 0 ? result
                      : sql_run(store, err, "DELETE FROM target WHERE source = ? AND key = ?", "it",
                                source, key);
}

int store_target_list(struct store *store, int64_t source, struct arena *arena,
                      struct store_target_row **ret, uint32_t *ret_count, struct error *err)
{
    sqlite3_stmt *statement;
    struct store_target_row *rows = NULL;
    uint32_t count = 0, capacity = 0;
    /* Of the columns of a row with max(), SQLite takes the others from that row. */
    int result =
        sql_query(store, &statement, err,
                  "SELECT target.id, key, coalesce(server.name, ''), credential, code, at, max(run)"
                  " FROM target LEFT JOIN server ON server.id = target.server"
                  " LEFT JOIN run_target ON run_target.target = target.id"
                  " WHERE target.source = ? GROUP BY target.id ORDER BY target.id",
                  "i", source);
    while (result == 0 && (result = sql_row(store, statement, err)) > 0) {
        result = 0;
        arena_reserve(arena, rows, count, capacity);
        bool tried = sqlite3_column_type(statement, 6) != SQLITE_NULL;
        struct str code = tried ? sql_text(statement, 4, arena) : STR("");
        rows[count++] = (struct store_target_row){
            .id = sqlite3_column_int64(statement, 0),
            .key = sql_text(statement, 1, arena),
            .server = sql_text(statement, 2, arena),
            .credential = (uint64_t)sqlite3_column_int64(statement, 3),
            .code = code,
            .state = !tried         ? STR("")
                     : code.len > 0 ? STR("failed")
                                    : STR("done"),
            .seen = sql_time(statement, 5),
        };
    }
    if (result == 0) {
        *ret = rows;
        *ret_count = count;
    }
    return result;
}
