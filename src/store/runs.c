#include "store/sql.h"

int store_run_begin(struct store *store, struct str sources, int64_t now, int64_t *ret_id,
                    struct error *err)
{
    int result = sql_run(store, err, "INSERT INTO run (state, started, sources) VALUES (?, ?, ?)",
                         "iit", (int64_t)RUN_RUNNING, now, sources);
    if (result == 0) {
        *ret_id = sqlite3_last_insert_rowid(store->db);
    }
    return result;
}

int store_run_last(struct store *store, struct str sources, struct arena *arena,
                   struct store_run *ret, struct error *err)
{
    sqlite3_stmt *statement;
    int result = sql_query(store, &statement, err,
                           "SELECT id, state, started, ended, sources FROM run"
                           " WHERE ?1 = '' OR sources = ?1 ORDER BY id DESC LIMIT 1",
                           "t", sources);
    if (result == 0) {
        result = sql_row(store, statement, err);
    }
    if (result <= 0) {
        return result < 0 ? result
                          : error_set(err, ERR_NOT_FOUND,
                                      "there is no run of these sources to go on with");
    }
    *ret = (struct store_run){
        .id = sqlite3_column_int64(statement, 0),
        .state = (enum run_state)sqlite3_column_int(statement, 1),
        .started = sqlite3_column_int64(statement, 2),
        .ended = sql_time(statement, 3),
        .sources = sql_text(statement, 4, arena),
    };
    sqlite3_reset(statement);
    return 0;
}

int store_run_resume(struct store *store, int64_t run, struct error *err)
{
    return sql_run(store, err, "UPDATE run SET state = ?, ended = NULL WHERE id = ?", "ii",
                   (int64_t)RUN_RUNNING, run);
}

int store_run_end(struct store *store, int64_t run, enum run_state state, int64_t now,
                  struct error *err)
{
    return sql_run(store, err, "UPDATE run SET state = ?, ended = ? WHERE id = ?", "iii",
                   (int64_t)state, now, run);
}

/* Of a target only the newest end is kept: the store must not grow with every run. */
int store_run_put(struct store *store, int64_t run, int64_t target, struct str code, double seconds,
                  int64_t now, struct error *err)
{
    int result = sql_run(store, err, "DELETE FROM run_target WHERE target = ?", "i", target);
    return result < 0 ? result
                      : sql_run(store, err,
                                "INSERT INTO run_target (run, target, code, seconds, at)"
                                " VALUES (?, ?, ?, ?, ?)",
                                "iitdi", run, target, code, seconds, now);
}

int store_run_done(struct store *store, int64_t run, int64_t target, bool *ret, struct error *err)
{
    int64_t done;
    int result = sql_number(store, 0, &done, err,
                            "SELECT code = '' FROM run_target WHERE target = ? AND run = ?", "ii",
                            target, run);
    if (result == 0) {
        *ret = done != 0;
    }
    return result;
}

int store_run_silent_put(struct store *store, int64_t run, int64_t entry, struct str bits,
                         struct error *err)
{
    int result = sql_run(store, err, "DELETE FROM run_silent WHERE entry = ?", "i", entry);
    return result < 0
               ? result
               : sql_run(store, err, "INSERT INTO run_silent (run, entry, bits) VALUES (?, ?, ?)",
                         "iib", run, entry, bits);
}

int store_run_silent(struct store *store, int64_t run, int64_t entry, struct arena *arena,
                     struct str *ret, struct error *err)
{
    sqlite3_stmt *statement;
    int result =
        sql_query(store, &statement, err, "SELECT bits FROM run_silent WHERE run = ? AND entry = ?",
                  "ii", run, entry);
    if (result == 0) {
        result = sql_row(store, statement, err);
    }
    if (result < 0) {
        return result;
    }
    *ret = result == 1 ? sql_text(statement, 0, arena) : STR("");
    sqlite3_reset(statement);
    return 0;
}
