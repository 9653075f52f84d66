/* What credentials did: in all, and on each target. */
#include "store/sql.h"

const char *account_state_name(enum account_state state)
{
    static const char *const names[] = {
        [ACCOUNT_UNTRIED] = "untried",
        [ACCOUNT_CONFIRMED] = "confirmed",
        [ACCOUNT_INVALID] = "invalid",
        [ACCOUNT_LOCKED] = "locked",
    };
    return (unsigned)state < sizeof names / sizeof names[0] ? names[state] : "untried";
}

#define SELECT_ACCOUNT                                                                             \
    "SELECT account.credential, state, since, last_target, coalesce(sum(worked), 0),"              \
    " coalesce(sum(denied), 0), name FROM account"                                                 \
    " LEFT JOIN credential_use ON credential_use.credential = account.credential "

static void read_account(sqlite3_stmt *statement, struct arena *arena, struct store_account *ret)
{
    *ret = (struct store_account){
        .credential = (uint64_t)sqlite3_column_int64(statement, 0),
        .state = (enum account_state)sqlite3_column_int(statement, 1),
        .since = sqlite3_column_int64(statement, 2),
        .last_target = sql_text(statement, 3, arena),
        .worked = (uint64_t)sqlite3_column_int64(statement, 4),
        .denied = (uint64_t)sqlite3_column_int64(statement, 5),
        .name = sql_text(statement, 6, arena),
    };
}

int store_account_find(struct store *store, uint64_t credential, struct arena *arena,
                       struct store_account *ret, struct error *err)
{
    sqlite3_stmt *statement;
    int result =
        sql_query(store, &statement, err, SELECT_ACCOUNT "WHERE account.credential = ? GROUP BY 1",
                  "i", (int64_t)credential);
    if (result == 0) {
        result = sql_row(store, statement, err);
    }
    if (result < 0) {
        return result;
    }
    if (result == 0) {
        *ret = (struct store_account){.credential = credential, .since = TIME_NONE};
        return 0;
    }
    read_account(statement, arena, ret);
    sqlite3_reset(statement);
    return 0;
}

int store_account_list(struct store *store, struct arena *arena, struct store_account **ret,
                       uint32_t *ret_count, struct error *err)
{
    sqlite3_stmt *statement;
    struct store_account *accounts = NULL;
    uint32_t count = 0, capacity = 0;
    int result = sql_query(store, &statement, err, SELECT_ACCOUNT "GROUP BY 1 ORDER BY 1", "");
    while (result == 0 && (result = sql_row(store, statement, err)) > 0) {
        result = 0;
        arena_reserve(arena, accounts, count, capacity);
        read_account(statement, arena, &accounts[count++]);
    }
    if (result == 0) {
        *ret = accounts;
        *ret_count = count;
    }
    return result;
}

int store_account_put(struct store *store, uint64_t credential, struct str name,
                      enum account_state state, struct str target, int64_t now, struct error *err)
{
    return sql_run(store, err,
                   "INSERT INTO account (credential, name, state, since, last_target)"
                   " VALUES (?, ?, ?, ?, ?) ON CONFLICT (credential) DO UPDATE SET"
                   " since = CASE WHEN state = excluded.state THEN since ELSE excluded.since END,"
                   " state = excluded.state, name = excluded.name,"
                   " last_target = excluded.last_target",
                   "itiit", (int64_t)credential, name, (int64_t)state, now, target);
}

int store_use_put(struct store *store, int64_t target, uint64_t credential, bool worked,
                  int64_t now, struct error *err)
{
    return worked ? sql_run(store, err,
                            "INSERT INTO credential_use (target, credential, worked, worked_at)"
                            " VALUES (?, ?, 1, ?) ON CONFLICT DO UPDATE SET worked = worked + 1,"
                            " worked_at = excluded.worked_at, denied_at = NULL",
                            "iii", target, (int64_t)credential, now)
                  : sql_run(store, err,
                            "INSERT INTO credential_use (target, credential, denied, denied_at)"
                            " VALUES (?, ?, 1, ?) ON CONFLICT DO UPDATE SET denied = denied + 1,"
                            " denied_at = excluded.denied_at",
                            "iii", target, (int64_t)credential, now);
}

int store_use_denied(struct store *store, int64_t target, uint64_t credential, int64_t *ret_time,
                     struct error *err)
{
    return sql_number(store, TIME_NONE, ret_time, err,
                      "SELECT denied_at FROM credential_use WHERE target = ? AND credential = ?",
                      "ii", target, (int64_t)credential);
}

int store_use_last_denied(struct store *store, int64_t *ret_time, struct error *err)
{
    return sql_number(store, TIME_NONE, ret_time, err, "SELECT max(denied_at) FROM credential_use",
                      "");
}

int store_use_worked(struct store *store, int64_t source, uint64_t credential, uint64_t *ret_times,
                     struct error *err)
{
    int64_t times;
    int result = sql_number(store, 0, &times, err,
                            "SELECT sum(worked) FROM credential_use JOIN target"
                            " ON target.id = credential_use.target"
                            " WHERE source = ? AND credential_use.credential = ?",
                            "ii", source, (int64_t)credential);
    if (result == 0) {
        *ret_times = (uint64_t)times;
    }
    return result;
}
