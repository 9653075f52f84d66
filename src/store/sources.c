#include "store/sql.h"

int store_source_add(struct store *store, struct str name, struct str kind, int64_t now,
                     int64_t *ret_id, struct error *err)
{
    int64_t taken;
    int result =
        sql_number(store, 0, &taken, err, "SELECT id FROM source WHERE name = ?", "t", name);
    if (result == 0 && taken != 0) {
        return error_set(err, ERR_USAGE, "there is a source %.*s already", STR_ARG(name));
    }
    if (result == 0) {
        result = sql_run(store, err,
                         "INSERT INTO source (name, kind, created, changed) VALUES (?, ?, ?, ?)",
                         "ttii", name, kind, now, now);
    }
    if (result == 0) {
        *ret_id = sqlite3_last_insert_rowid(store->db);
    }
    return result;
}

static int read_settings(struct store *store, struct store_source *source, struct arena *arena,
                         struct error *err)
{
    sqlite3_stmt *statement;
    source_settings_init(&source->settings);
    int result =
        sql_query(store, &statement, err, "SELECT key, value FROM source_setting WHERE source = ?",
                  "i", source->id);
    while (result == 0 && (result = sql_row(store, statement, err)) > 0) {
        const struct setting *setting = setting_find(sql_text(statement, 0, arena));
        result = 0;
        /* A setting or value of another version of assay stays at its default. */
        if (setting != NULL) {
            setting_read(setting, sql_text(statement, 1, arena), arena, &source->settings, NULL);
        }
    }
    return result;
}

static void read_source(sqlite3_stmt *statement, struct arena *arena, struct store_source *ret)
{
    *ret = (struct store_source){
        .id = sqlite3_column_int64(statement, 0),
        .name = sql_text(statement, 1, arena),
        .kind = sql_text(statement, 2, arena),
        .created = sqlite3_column_int64(statement, 3),
        .changed = sqlite3_column_int64(statement, 4),
    };
}

/* "there is no source web; there are db, mail" */
static int refuse_name(struct store *store, struct str name, struct error *err)
{
    sqlite3_stmt *statement;
    struct arena arena;
    struct buf names;
    arena_init(&arena);
    buf_init(&names, 300);
    int result =
        sql_query(store, &statement, err, "SELECT name FROM source ORDER BY name LIMIT 9", "");
    for (unsigned n = 0; result == 0 && (result = sql_row(store, statement, err)) > 0; n++) {
        result = 0;
        buf_put_text(&names, n > 0 ? ", " : "");
        buf_put_str(&names, n < 8 ? sql_text(statement, 0, &arena) : STR("..."));
    }
    if (result == 0) {
        result = names.len > 0
                     ? error_set(err, ERR_NOT_FOUND, "there is no source %.*s; there are %s",
                                 STR_ARG(str_sub(name, 0, 80)), buf_text(&names))
                     : error_set(err, ERR_NOT_FOUND,
                                 "there is no source %.*s; `assay source add` makes one",
                                 STR_ARG(str_sub(name, 0, 80)));
    }
    buf_done(&names);
    arena_done(&arena);
    return result;
}

int store_source_find(struct store *store, struct str name, struct arena *arena,
                      struct store_source *ret, struct error *err)
{
    sqlite3_stmt *statement;
    struct store_source source;
    int result =
        sql_query(store, &statement, err,
                  "SELECT id, name, kind, created, changed FROM source WHERE name = ?", "t", name);
    if (result == 0) {
        result = sql_row(store, statement, err);
    }
    if (result <= 0) {
        return result < 0 ? result : refuse_name(store, name, err);
    }
    read_source(statement, arena, &source);
    sqlite3_reset(statement);
    result = read_settings(store, &source, arena, err);
    if (result == 0) {
        *ret = source;
    }
    return result;
}

int store_source_list(struct store *store, struct arena *arena, struct store_source **ret,
                      uint32_t *ret_count, struct error *err)
{
    sqlite3_stmt *statement;
    struct store_source *sources = NULL;
    uint32_t count = 0, capacity = 0;
    int result = sql_query(store, &statement, err,
                           "SELECT id, name, kind, created, changed FROM source ORDER BY name", "");
    while (result == 0 && (result = sql_row(store, statement, err)) > 0) {
        result = 0;
        arena_reserve(arena, sources, count, capacity);
        read_source(statement, arena, &sources[count++]);
    }
    for (uint32_t i = 0; result == 0 && i < count; i++) {
        result = read_settings(store, &sources[i], arena, err);
    }
    if (result == 0) {
        *ret = sources;
        *ret_count = count;
    }
    return result;
}

static int put_setting(struct store *store, int64_t id, const struct setting *setting,
                       const struct source_settings *settings, struct error *err)
{
    struct buf value;
    buf_init(&value, 4096);
    setting_write(setting, settings, &value);
    int result =
        sql_run(store, err, "INSERT INTO source_setting (source, key, value) VALUES (?, ?, ?)",
                "itt", id, str_from(setting->key), buf_view(&value));
    buf_done(&value);
    return result;
}

/* Commits when the transaction is this function's own, else leaves it open. */
static int end(struct store *store, bool own, int result, struct error *err)
{
    if (!own) {
        return result;
    }
    if (result < 0) {
        store_rollback(store);
        return result;
    }
    return store_commit(store, err);
}

int store_source_save(struct store *store, int64_t id, const struct source_settings *settings,
                      int64_t now, struct error *err)
{
    bool own = !store->open_transaction;
    int result = store_begin(store, err);
    if (result < 0) {
        return result;
    }
    result = sql_run(store, err, "DELETE FROM source_setting WHERE source = ?", "i", id);
    for (unsigned i = 0; result == 0 && i < source_setting_count; i++) {
        const struct setting *setting = &source_setting_rows[i];
        if (!setting_is_initial(setting, settings)) {
            result = put_setting(store, id, setting, settings, err);
        }
    }
    if (result == 0) {
        result = sql_run(store, err, "UPDATE source SET changed = ? WHERE id = ?", "ii", now, id);
    }
    return end(store, own, result, err);
}

int store_source_rename(struct store *store, int64_t id, struct str name, struct error *err)
{
    int64_t taken;
    int result = sql_number(store, 0, &taken, err,
                            "SELECT id FROM source WHERE name = ? AND id != ?", "ti", name, id);
    if (result == 0 && taken != 0) {
        return error_set(err, ERR_USAGE, "there is a source %.*s already", STR_ARG(name));
    }
    return result < 0
               ? result
               : sql_run(store, err, "UPDATE source SET name = ? WHERE id = ?", "ti", name, id);
}

/* Servers that a target of the source, and of no other, has. */
#define ONLY_HERE                                                                                  \
    " FROM server WHERE id IN (SELECT server FROM target WHERE source = ?1)"                       \
    " AND id NOT IN (SELECT server FROM target WHERE source != ?1 AND server IS NOT NULL)"

int store_source_contents(struct store *store, int64_t id, struct store_source_contents *ret,
                          struct error *err)
{
    static const char *const queries[] = {
        "SELECT count(*) FROM entry WHERE source = ?",
        "SELECT count(*) FROM target WHERE source = ?",
        "SELECT count(*) FROM host_key WHERE source = ?",
        "SELECT count(*) FROM issue JOIN target ON target.id = issue.target WHERE target.source = "
        "?",
        "SELECT count(*)" ONLY_HERE,
    };
    int64_t counts[5];
    int result = 0;
    for (unsigned i = 0; i < 5 && result == 0; i++) {
        result = sql_number(store, 0, &counts[i], err, queries[i], "i", id);
    }
    if (result == 0) {
        *ret = (struct store_source_contents){(uint64_t)counts[0], (uint64_t)counts[1],
                                              (uint64_t)counts[2], (uint64_t)counts[3],
                                              (uint64_t)counts[4]};
    }
    return result;
}

int store_source_servers(struct store *store, int64_t id, struct arena *arena, struct str **ret,
                         uint32_t *ret_count, struct error *err)
{
    sqlite3_stmt *statement;
    struct str *names = NULL;
    uint32_t count = 0, capacity = 0;
    int result =
        sql_query(store, &statement, err, "SELECT name" ONLY_HERE " ORDER BY name", "i", id);
    while (result == 0 && (result = sql_row(store, statement, err)) > 0) {
        result = 0;
        arena_reserve(arena, names, count, capacity);
        names[count++] = sql_text(statement, 0, arena);
    }
    if (result == 0) {
        *ret = names;
        *ret_count = count;
    }
    return result;
}

int store_source_remove(struct store *store, int64_t id, struct error *err)
{
    bool own = !store->open_transaction;
    int result = store_begin(store, err);
    if (result < 0) {
        return result;
    }
    result = sql_run(store, err, "DELETE" ONLY_HERE, "i", id);
    if (result == 0) {
        result = sql_run(store, err, "DELETE FROM source WHERE id = ?", "i", id);
    }
    return end(store, own, result, err);
}
