#include "base/file.h"
#include "base/memory.h"
#include "store/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Milliseconds to wait for another program's transaction. */
enum { BUSY = 10000 };

/* Steps from one version of the schema to the next; PRAGMA user_version counts them. A step that
 * was released never changes. */
static const char *const migrations[] = {
    "CREATE TABLE source ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,"
    " created INTEGER NOT NULL, changed INTEGER NOT NULL);"
    "CREATE TABLE source_setting ("
    " source INTEGER NOT NULL REFERENCES source ON DELETE CASCADE, key TEXT NOT NULL,"
    " value TEXT NOT NULL, PRIMARY KEY (source, key)) WITHOUT ROWID;"
    "CREATE TABLE entry ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " source INTEGER NOT NULL REFERENCES source ON DELETE CASCADE, spec TEXT NOT NULL,"
    " credential TEXT NOT NULL, tags TEXT NOT NULL, UNIQUE (source, spec));"
    "CREATE TABLE server ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,"
    " first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, joined_by TEXT NOT NULL,"
    " confidence TEXT NOT NULL);"
    "CREATE TABLE server_identity ("
    " server INTEGER NOT NULL REFERENCES server ON DELETE CASCADE, mark INTEGER NOT NULL,"
    " value TEXT NOT NULL, PRIMARY KEY (server, mark, value)) WITHOUT ROWID;"
    "CREATE INDEX server_identity_value ON server_identity (value, mark);"
    "CREATE TABLE target ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " source INTEGER NOT NULL REFERENCES source ON DELETE CASCADE, key TEXT NOT NULL,"
    " server INTEGER REFERENCES server ON DELETE SET NULL, credential INTEGER NOT NULL DEFAULT 0,"
    " credential_at INTEGER, UNIQUE (source, key));"
    "CREATE INDEX target_server ON target (server);"
    "CREATE TABLE host_key ("
    " source INTEGER NOT NULL REFERENCES source ON DELETE CASCADE, host TEXT NOT NULL,"
    " fingerprint TEXT NOT NULL, type TEXT NOT NULL, first_use INTEGER NOT NULL,"
    " since INTEGER NOT NULL, PRIMARY KEY (source, host, fingerprint)) WITHOUT ROWID;"
    "CREATE TABLE account ("
    " credential INTEGER PRIMARY KEY, state INTEGER NOT NULL, since INTEGER NOT NULL,"
    " last_target TEXT NOT NULL);"
    "CREATE TABLE credential_use ("
    " target INTEGER NOT NULL REFERENCES target ON DELETE CASCADE, credential INTEGER NOT NULL,"
    " worked INTEGER NOT NULL DEFAULT 0, denied INTEGER NOT NULL DEFAULT 0, worked_at INTEGER,"
    " denied_at INTEGER, PRIMARY KEY (target, credential)) WITHOUT ROWID;"
    "CREATE INDEX credential_use_credential ON credential_use (credential);"
    "CREATE TABLE run ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, state INTEGER NOT NULL, started INTEGER NOT NULL,"
    " ended INTEGER, sources TEXT NOT NULL);"
    "CREATE TABLE run_target ("
    " run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
    " target INTEGER NOT NULL REFERENCES target ON DELETE CASCADE, code TEXT NOT NULL,"
    " seconds REAL NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (target, run)) WITHOUT ROWID;"
    "CREATE INDEX run_target_run ON run_target (run);"
    "CREATE TABLE run_silent ("
    " run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
    " entry INTEGER NOT NULL REFERENCES entry ON DELETE CASCADE, bits BLOB NOT NULL,"
    " PRIMARY KEY (run, entry)) WITHOUT ROWID;"
    "CREATE TABLE issue ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " target INTEGER NOT NULL REFERENCES target ON DELETE CASCADE, code TEXT NOT NULL,"
    " phase TEXT NOT NULL, message TEXT NOT NULL, opened INTEGER NOT NULL, seen INTEGER NOT NULL,"
    " closed INTEGER, times INTEGER NOT NULL);"
    "CREATE INDEX issue_target ON issue (target, closed);",
    "ALTER TABLE account ADD COLUMN name TEXT NOT NULL DEFAULT ''"};

enum { VERSION = sizeof migrations / sizeof migrations[0] };

static int execute(struct store *store, const char *text, struct error *err)
{
    return sqlite3_exec(store->db, text, NULL, NULL, NULL) == SQLITE_OK ? 0 : sql_fail(store, err);
}

static int read_version(struct store *store, int64_t *ret, struct error *err)
{
    return sql_number(store, 0, ret, err, "PRAGMA user_version", "");
}

/* Under the write lock: of two programs that start at once, the second finds it done. */
static int migrate(struct store *store, struct error *err)
{
    int64_t version;
    char pragma[64];
    int result = execute(store, "BEGIN IMMEDIATE", err);
    if (result == 0) {
        result = read_version(store, &version, err);
    }
    for (; result == 0 && version < VERSION; version++) {
        snprintf(pragma, sizeof pragma, "PRAGMA user_version = %d", (int)version + 1);
        result = execute(store, migrations[version], err);
        if (result == 0) {
            result = execute(store, pragma, err);
        }
    }
    if (result < 0) {
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
        return result;
    }
    return execute(store, "COMMIT", err);
}

static int prepare(struct store *store, struct error *err)
{
    int64_t version;
    sqlite3_busy_timeout(store->db, BUSY);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    int result = execute(store, "PRAGMA foreign_keys = ON; PRAGMA journal_mode = WAL;", err);
    if (result == 0) {
        result = execute(store, "PRAGMA synchronous = NORMAL", err);
    }
    if (result == 0) {
        result = read_version(store, &version, err);
    }
    if (result == 0 && version > VERSION) {
        return error_set(err, ERR_VERSION,
                         "%s was written by a newer assay (version %d of its tables; this one "
                         "knows %d)",
                         store->path, (int)version, VERSION);
    }
    return result == 0 && version < VERSION ? migrate(store, err) : result;
}

/* Made by us first, so that nobody else can read it for a moment. SQLite gives its log files the
 * mode of the database. */
static int make_file(const char *path, struct error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    struct stat info;
    if (fd < 0) {
        return error_set_errno(err, "%s", path);
    }
    bool is_file = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    close(fd);
    /* SQLite would wait for what a pipe brings. */
    return is_file ? 0 : error_set(err, ERR_IO, "%s: not a regular file", path);
}

int store_open(const char *folder, struct store **ret, struct error *err)
{
    int result = file_make_folders(folder, err);
    if (result < 0) {
        return result;
    }
    struct store *store = mem_alloc_zero(1, sizeof *store);
    store->path = file_join(folder, "store.db");
    result = make_file(store->path, err);
    if (result == 0 &&
        sqlite3_open_v2(store->path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK) {
        result = sql_fail(store, err);
    }
    if (result == 0) {
        result = prepare(store, err);
    }
    if (result < 0) {
        store_close(store);
        return result;
    }
    *ret = store;
    return 0;
}

void store_close(struct store *store)
{
    if (store == NULL) {
        return;
    }
    for (unsigned i = 0; i < store->statement_count; i++) {
        sqlite3_finalize(store->statements[i].statement);
    }
    sqlite3_close(store->db);
    free(store->path);
    free(store);
}

int store_begin(struct store *store, struct error *err)
{
    int result = store->open_transaction ? 0 : execute(store, "BEGIN IMMEDIATE", err);
    store->open_transaction = store->open_transaction || result == 0;
    return result;
}

int store_commit(struct store *store, struct error *err)
{
    int result = store->open_transaction ? execute(store, "COMMIT", err) : 0;
    if (result < 0) {
        store_rollback(store);
    }
    store->open_transaction = false;
    return result;
}

void store_rollback(struct store *store)
{
    if (store->open_transaction) {
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
        store->open_transaction = false;
    }
}
