#include "store/sql.h"

#include <stdarg.h>
#include <string.h>

int sql_fail(struct store *store, struct error *err)
{
    int code = store->db != NULL ? sqlite3_extended_errcode(store->db) & 0xff : SQLITE_NOMEM;
    const char *text = store->db != NULL ? sqlite3_errmsg(store->db) : "no memory";
    int failed;
    switch (code) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return error_set(err, ERR_FORMAT,
                         "%s is damaged (%s); put back a copy of it, or move it away and add the "
                         "sources anew: inventories and credentials are kept elsewhere",
                         store->path, text);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return error_set(err, ERR_IO, "%s is being written by another program; try again",
                         store->path);
    case SQLITE_FULL:
        return error_set(err, ERR_LIMIT, "%s: no room on the disk", store->path);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        failed = store->db != NULL ? sqlite3_system_errno(store->db) : 0;
        return error_set(err, ERR_IO, "%s: %s", store->path, failed != 0 ? strerror(failed) : text);
    default:
        return error_set(err, ERR_IO, "%s: %s", store->path, text);
    }
}

static int find_statement(struct store *store, const char *text, sqlite3_stmt **ret,
                          struct error *err)
{
    for (unsigned i = 0; i < store->statement_count; i++) {
        if (store->statements[i].text == text) {
            *ret = store->statements[i].statement;
            sqlite3_reset(*ret);
            sqlite3_clear_bindings(*ret);
            return 0;
        }
    }
    if (store->statement_count == SQL_STATEMENTS) {
        return error_set(err, ERR_LIMIT, "more than %d statements of the store", SQL_STATEMENTS);
    }
    if (sqlite3_prepare_v3(store->db, text, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL) !=
        SQLITE_OK) {
        return sql_fail(store, err);
    }
    store->statements[store->statement_count].text = text;
    store->statements[store->statement_count++].statement = *ret;
    return 0;
}

static int bind(sqlite3_stmt *statement, const char *types, va_list values)
{
    int failed = SQLITE_OK;
    for (int place = 1; *types != '\0' && failed == SQLITE_OK; types++, place++) {
        if (*types == 'i') {
            failed = sqlite3_bind_int64(statement, place, va_arg(values, int64_t));
        } else if (*types == 'd') {
            failed = sqlite3_bind_double(statement, place, va_arg(values, double));
        } else if (*types == 'n') {
            int64_t time = va_arg(values, int64_t);
            failed = time == TIME_NONE ? sqlite3_bind_null(statement, place)
                                       : sqlite3_bind_int64(statement, place, time);
        } else {
            struct str text = va_arg(values, struct str);
            const char *bytes = text.ptr != NULL ? text.ptr : "";
            failed = *types == 'b'
                         ? sqlite3_bind_blob64(statement, place, bytes, text.len, SQLITE_TRANSIENT)
                         : sqlite3_bind_text64(statement, place, bytes, text.len, SQLITE_TRANSIENT,
                                               SQLITE_UTF8);
        }
    }
    return failed;
}

static int prepare(struct store *store, sqlite3_stmt **ret, struct error *err, const char *text,
                   const char *types, va_list values)
{
    int result = find_statement(store, text, ret, err);
    if (result == 0 && bind(*ret, types, values) != SQLITE_OK) {
        result = sql_fail(store, err);
    }
    return result;
}

int sql_query(struct store *store, sqlite3_stmt **ret, struct error *err, const char *text,
              const char *types, ...)
{
    va_list values;
    va_start(values, types);
    int result = prepare(store, ret, err, text, types, values);
    va_end(values);
    return result;
}

int sql_row(struct store *store, sqlite3_stmt *statement, struct error *err)
{
    int step = sqlite3_step(statement);
    if (step == SQLITE_ROW) {
        return 1;
    }
    int result = step == SQLITE_DONE ? 0 : sql_fail(store, err);
    sqlite3_reset(statement);
    return result;
}

int sql_run(struct store *store, struct error *err, const char *text, const char *types, ...)
{
    sqlite3_stmt *statement;
    va_list values;
    va_start(values, types);
    int result = prepare(store, &statement, err, text, types, values);
    va_end(values);
    while (result == 0 && (result = sql_row(store, statement, err)) > 0) {
        result = 0;
    }
    return result;
}

int sql_number(struct store *store, int64_t fallback, int64_t *ret, struct error *err,
               const char *text, const char *types, ...)
{
    sqlite3_stmt *statement;
    va_list values;
    va_start(values, types);
    int result = prepare(store, &statement, err, text, types, values);
    va_end(values);
    if (result == 0) {
        result = sql_row(store, statement, err);
    }
    if (result < 0) {
        return result;
    }
    bool known = result == 1 && sqlite3_column_type(statement, 0) != SQLITE_NULL;
    *ret = known ? sqlite3_column_int64(statement, 0) : fallback;
    sqlite3_reset(statement);
    return 0;
}

struct str sql_text(sqlite3_stmt *statement, int column, struct arena *arena)
{
    const void *bytes = sqlite3_column_blob(statement, column);
    int len = sqlite3_column_bytes(statement, column);
    return arena_str(arena, str_make(bytes != NULL ? bytes : "", len > 0 ? (size_t)len : 0));
}

int64_t sql_time(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL
               ? TIME_NONE
               : sqlite3_column_int64(statement, column);
}
