#include "base/limits.h"
#include "inventory/fields_read.h"

/* Bad items of one list that are noted one by one; the rest are counted. */
enum { ITEMS_NOTED = 20 };

struct reader {
    struct inventory *inventory;
    struct str *notes;
    uint32_t note_count, note_capacity;
};

static struct arena *arena_of(const struct reader *reader)
{
    return &reader->inventory->arena;
}

static void add_note(struct reader *reader, struct str note)
{
    if (reader->note_count < LIMIT_INVENTORY_NOTES) {
        arena_reserve(arena_of(reader), reader->notes, reader->note_count, reader->note_capacity);
        reader->notes[reader->note_count++] = note;
    }
}

/* A package manager compares versions, so its packages have one. */
static int check_software(const struct inventory_software *software, struct json item,
                          struct error *err)
{
    static const char *const managers[] = {"dpkg", "rpm", "apk", "pacman"};
    for (size_t i = 0; software->version.len == 0 && i < sizeof managers / sizeof managers[0];
         i++) {
        if (str_eq_text(software->ecosystem, managers[i])) {
            return json_fail(item, ERR_FORMAT, err, "version is missing");
        }
    }
    return 0;
}

static int read_item(const struct reader *reader, const struct list *list, struct json item,
                     void *record, struct error *err)
{
    fields_clear(list->fields, record);
    int r = fields_read(arena_of(reader), list->fields, item, record, err);
    return r == 0 && list == &software_list ? check_software(record, item, err) : r;
}

static void note_bad_item(struct reader *reader, const struct error *err)
{
    add_note(reader, arena_printf(arena_of(reader), "%s; left out", err->message));
}

/* Reads a list of base's member into *inventory. Absent is empty. */
static int read_list(struct reader *reader, const struct list *list, struct json holder,
                     struct error *err)
{
    struct json value = json_get(holder, list->key), item;
    enum json_type type = json_type(value);
    uint32_t total = json_count(value), count = 0, bad = 0;
    size_t size = list->fields->size;
    if (type == JSON_ABSENT || type == JSON_NULL) {
        return 0;
    }
    if (type != JSON_ARRAY) {
        return fields_fail_type(value, "an array", err);
    }
    if (total > list->limit) {
        return json_fail(value, ERR_LIMIT, err, "%u items; at most %u are read", (unsigned)total,
                         (unsigned)list->limit);
    }
    char *items = arena_alloc(arena_of(reader), total * size);
    struct json_each each = json_each(value);
    while (json_next(&each, &item)) {
        struct error why = ERROR_INIT;
        /* Naming an item means walking to it, so the many are only counted. */
        bool named = bad < ITEMS_NOTED;
        if (read_item(reader, list, item, items + count * size, named ? &why : NULL) == 0) {
            count++;
            continue;
        }
        bad++;
        if (named) {
            note_bad_item(reader, &why);
        }
    }
    if (bad > ITEMS_NOTED) {
        add_note(reader, arena_printf(arena_of(reader), "%s: %u more items left out", list->key,
                                      (unsigned)(bad - ITEMS_NOTED)));
    }
    char *base = (char *)reader->inventory;
    *(const char **)(void *)(base + list->items_offset) = items;
    *(uint32_t *)(void *)(base + list->count_offset) = count;
    return 0;
}

/* An optional object: nothing to read where it is absent. */
static int read_optional(const struct reader *reader, const struct fields *fields,
                         struct json holder, const char *key, void *record, struct error *err)
{
    struct json value = json_get(holder, key);
    bool absent = json_type(value) == JSON_ABSENT || json_type(value) == JSON_NULL;
    return absent ? 0 : fields_read(arena_of(reader), fields, value, record, err);
}

static int read_server(struct reader *reader, struct json root, struct error *err)
{
    struct inventory *inventory = reader->inventory;
    struct json server = json_get(root, "server"), os = json_get(server, "os");
    if (json_type(server) == JSON_ABSENT || json_type(os) == JSON_ABSENT) {
        return error_set(err, ERR_FORMAT, "%s is missing",
                         json_type(server) == JSON_ABSENT ? "server" : "server.os");
    }
    int r = fields_read(arena_of(reader), &server_fields, server, inventory, err);
    r = r < 0 ? r : fields_read(arena_of(reader), &os_fields, os, &inventory->os, err);
    r = r < 0 ? r
              : read_optional(reader, &kernel_fields, server, "kernel", &inventory->kernel, err);
    r = r < 0 ? r
              : read_optional(reader, &machine_fields, server, "machine", &inventory->machine, err);
    return r < 0 ? r : read_list(reader, &address_list, server, err);
}

static int read_updates(struct reader *reader, struct json root, struct error *err)
{
    int r =
        read_optional(reader, &updates_fields, root, "updates", &reader->inventory->updates, err);
    return r < 0 ? r : read_list(reader, &update_list, json_get(root, "updates"), err);
}

static int read_notes(struct reader *reader, struct json root, struct error *err)
{
    struct json value = json_get(root, "notes"), item;
    struct json_each each = json_each(value);
    enum json_type type = json_type(value);
    if (type != JSON_ARRAY && type != JSON_ABSENT && type != JSON_NULL) {
        return fields_fail_type(value, "an array", err);
    }
    while (json_next(&each, &item)) {
        struct str text;
        if (json_as_str(item, &text)) {
            add_note(reader, str_cut_utf8(text, LIMIT_INVENTORY_TEXT));
        }
    }
    return 0;
}

static int check_format(struct json root, struct error *err)
{
    uint64_t version;
    if (!str_eq_text(json_str(json_get(root, "format")), INVENTORY_FORMAT_NAME)) {
        return error_set(err, ERR_FORMAT,
                         "not an inventory document: its member format is not \"%s\"",
                         INVENTORY_FORMAT_NAME);
    }
    struct json number = json_get(root, "format_version");
    if (!json_as_uint(number, &version) || version == 0) {
        return error_set(err, ERR_FORMAT, "format_version: a whole number from 1 is expected");
    }
    if (version > INVENTORY_FORMAT_VERSION) {
        return error_set(err, ERR_VERSION,
                         "an inventory of format version %llu, and this assay reads up to %d; "
                         "read it with a newer assay, or collect again with this one",
                         (unsigned long long)version, INVENTORY_FORMAT_VERSION);
    }
    return 0;
}

static int read_root(struct reader *reader, struct json root, struct error *err)
{
    static const struct list *const lists[] = {&software_list,    &connection_list, &fact_list,
                                               &unsupported_list, &hotfix_list,     &evidence_list,
                                               &section_list};
    int r = check_format(root, err);
    r = r < 0 ? r : fields_read(arena_of(reader), &root_fields, root, reader->inventory, err);
    r = r < 0 ? r : read_server(reader, root, err);
    r = r < 0 ? r : read_updates(reader, root, err);
    r = r < 0 ? r : read_optional(reader, &reboot_fields, root, "reboot", reader->inventory, err);
    r = r < 0 ? r : read_notes(reader, root, err);
    for (size_t i = 0; r == 0 && i < sizeof lists / sizeof lists[0]; i++) {
        r = read_list(reader, lists[i], root, err);
    }
    reader->inventory->notes = reader->notes;
    reader->inventory->note_count = reader->note_count;
    return r;
}

int inventory_read(struct str json, struct inventory *inventory, struct error *err)
{
    struct json_document document;
    struct reader reader = {.inventory = inventory};
    inventory_done(inventory);
    int r = json_parse(json, LIMIT_INVENTORY, &inventory->arena, &document, err);
    if (r == 0) {
        r = read_root(&reader, json_root(&document), err);
        json_done(&document);
    }
    if (r < 0) {
        inventory_done(inventory);
    }
    return r;
}
