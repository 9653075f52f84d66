#include "store/sql.h"

int store_entry_put(struct store *store, int64_t source, const struct target_entry *entry,
                    bool *ret_new, struct error *err)
{
    int64_t id;
    int result =
        sql_number(store, 0, &id, err, "SELECT id FROM entry WHERE source = ? AND spec = ?", "it",
                   source, entry->text);
    if (result == 0) {
        result = sql_run(store, err,
                         "INSERT INTO entry (source, spec, credential, tags) VALUES (?, ?, ?, ?)"
                         " ON CONFLICT (source, spec) DO UPDATE SET credential = "
                         "excluded.credential, tags = excluded.tags",
                         "ittt", source, entry->text, entry->credential, entry->tags);
    }
    if (result == 0) {
        *ret_new = id == 0;
    }
    return result;
}

int store_entry_remove(struct store *store, int64_t source, struct str text, struct error *err)
{
    int result =
        sql_run(store, err, "DELETE FROM entry WHERE source = ? AND spec = ?", "it", source, text);
    if (result == 0 && sqlite3_changes(store->db) == 0) {
        return error_set(err, ERR_NOT_FOUND, "%.*s is no target of the source",
                         STR_ARG(str_sub(text, 0, 80)));
    }
    return result;
}

/* What was written by target_entry_make is read by it. A spec that another version took and this
 * one does not is left out. */
static bool read_entry(sqlite3_stmt *statement, struct arena *arena, struct store_entry *ret)
{
    struct store_entry entry = {.id = sqlite3_column_int64(statement, 0)};
    if (target_entry_make(sql_text(statement, 1, arena), arena, &entry.entry, NULL) < 0) {
        return false;
    }
    entry.entry.credential = sql_text(statement, 2, arena);
    entry.entry.tags = sql_text(statement, 3, arena);
    *ret = entry;
    return true;
}

int store_entry_list(struct store *store, int64_t source, struct arena *arena,
                     struct store_entry **ret, uint32_t *ret_count, struct error *err)
{
    sqlite3_stmt *statement;
    struct store_entry *entries = NULL;
    uint32_t count = 0, capacity = 0;
    int result = sql_query(store, &statement, err,
                           "SELECT id, spec, credential, tags FROM entry WHERE source = ?"
                           " ORDER BY id",
                           "i", source);
    while (result == 0 && (result = sql_row(store, statement, err)) > 0) {
        result = 0;
        arena_reserve(arena, entries, count, capacity);
        count += read_entry(statement, arena, &entries[count]);
    }
    if (result == 0) {
        *ret = entries;
        *ret_count = count;
    }
    return result;
}

int store_entry_addresses(struct store *store, int64_t source, uint64_t *ret, struct error *err)
{
    struct arena arena;
    struct store_entry *entries;
    uint32_t count;
    arena_init(&arena);
    int result = store_entry_list(store, source, &arena, &entries, &count, err);
    if (result == 0) {
        *ret = 0;
        for (uint32_t i = 0; i < count; i++) {
            *ret += target_spec_count(&entries[i].entry.spec);
        }
    }
    arena_done(&arena);
    return result;
}
