#include "store/sql.h"

int store_issue_close(struct store *store, int64_t target, struct str but, int64_t now,
                      struct error *err)
{
    return sql_run(store, err,
                   "UPDATE issue SET closed = ? WHERE target = ? AND closed IS NULL AND code != ?",
                   "iit", now, target, but);
}

int store_issue_open(struct store *store, int64_t target, struct str code, struct str phase,
                     struct str message, int64_t now, struct error *err)
{
    int64_t id;
    int result = store_issue_close(store, target, code, now, err);
    if (result == 0) {
        result =
            sql_number(store, 0, &id, err,
                       "SELECT id FROM issue WHERE target = ? AND closed IS NULL", "i", target);
    }
    if (result < 0) {
        return result;
    }
    return id != 0 ? sql_run(store, err,
                             "UPDATE issue SET phase = ?, message = ?, seen = ?, times = times + 1"
                             " WHERE id = ?",
                             "ttii", phase, message, now, id)
                   : sql_run(store, err,
                             "INSERT INTO issue (target, code, phase, message, opened, seen, times)"
                             " VALUES (?, ?, ?, ?, ?, ?, 1)",
                             "itttii", target, code, phase, message, now, now);
}

int store_issue_list(struct store *store, int64_t source, bool all, struct arena *arena,
                     struct store_issue **ret, uint32_t *ret_count, struct error *err)
{
    sqlite3_stmt *statement;
    struct store_issue *issues = NULL;
    uint32_t count = 0, capacity = 0;
    int result = sql_query(store, &statement, err,
                           "SELECT issue.id, source.name, target.key, code, phase, message, opened,"
                           " seen, closed, times FROM issue"
                           " JOIN target ON target.id = issue.target"
                           " JOIN source ON source.id = target.source"
                           " WHERE (?1 = 0 OR source.id = ?1) AND (?2 OR closed IS NULL)"
                           " ORDER BY source.name, target.id, issue.id",
                           "ii", source, (int64_t)all);
    while (result == 0 && (result = sql_row(store, statement, err)) > 0) {
        result = 0;
        arena_reserve(arena, issues, count, capacity);
        issues[count++] = (struct store_issue){
            .id = sqlite3_column_int64(statement, 0),
            .source = sql_text(statement, 1, arena),
            .target = sql_text(statement, 2, arena),
            .code = sql_text(statement, 3, arena),
            .phase = sql_text(statement, 4, arena),
            .message = sql_text(statement, 5, arena),
            .opened = sqlite3_column_int64(statement, 6),
            .seen = sqlite3_column_int64(statement, 7),
            .closed = sql_time(statement, 8),
            .times = (uint64_t)sqlite3_column_int64(statement, 9),
        };
    }
    if (result == 0) {
        *ret = issues;
        *ret_count = count;
    }
    return result;
}

int store_issue_count(struct store *store, int64_t source, uint64_t *ret, struct error *err)
{
    int64_t count;
    int result = sql_number(store, 0, &count, err,
                            "SELECT count(*) FROM issue JOIN target ON target.id = issue.target"
                            " WHERE closed IS NULL AND (?1 = 0 OR source = ?1)",
                            "i", source);
    if (result == 0) {
        *ret = (uint64_t)count;
    }
    return result;
}
