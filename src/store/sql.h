/* What only src/store sees: statements, prepared once and kept, with their values bound. */
#ifndef ASSAY_STORE_SQL_H
#define ASSAY_STORE_SQL_H

#include "store/store.h"

#include <sqlite3.h>

enum { SQL_STATEMENTS = 96 };

struct store {
    sqlite3 *db;
    char *path;
    bool open_transaction;
    struct {
        const char *text;
        sqlite3_stmt *statement;
    } statements[SQL_STATEMENTS];
    unsigned statement_count;
};

/* sql_fail turns SQLite's answer into an error of ours. */
int sql_fail(struct store *store, struct error *err);

/* sql_query prepares text (a literal: kept by its address) and binds the values that types names:
 * i int64_t, t struct str, b struct str as bytes, d double, n a time or TIME_NONE as null. */
int sql_query(struct store *store, sqlite3_stmt **ret, struct error *err, const char *text,
              const char *types, ...);
/* sql_row steps: 1 a row, 0 none (the statement is then reset), or an error. */
int sql_row(struct store *store, sqlite3_stmt *statement, struct error *err);
/* sql_run is sql_query for statements without rows. */
int sql_run(struct store *store, struct error *err, const char *text, const char *types, ...);
/* sql_number runs a query of one number; fallback when there is no row, or null. */
int sql_number(struct store *store, int64_t fallback, int64_t *ret, struct error *err,
               const char *text, const char *types, ...);

struct str sql_text(sqlite3_stmt *statement, int column, struct arena *arena);
int64_t sql_time(sqlite3_stmt *statement, int column);

#endif
