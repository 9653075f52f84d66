#include "inventory/fields.h"
#include "json/json_writer.h"

static void put_texts(struct json_writer *writer, const char *key, const struct str *texts,
                      uint32_t count)
{
    json_open_array(writer, key);
    for (uint32_t i = 0; i < count; i++) {
        json_put_str(writer, NULL, texts[i]);
    }
    json_close_array(writer);
}

static void put_number(struct json_writer *writer, const char *key, uint64_t value)
{
    if (value == 0) {
        json_put_null(writer, key);
    } else {
        json_put_uint(writer, key, value);
    }
}

static bool is_unknown(const struct field *field, const void *at)
{
    switch (field->kind) {
    case FIELD_TEXT:
        return ((const struct str *)at)->len == 0;
    case FIELD_TIME:
        return time_to_date(*(const int64_t *)at) == DATE_NONE;
    case FIELD_DATE:
        return *(const int32_t *)at == DATE_NONE;
    case FIELD_U16:
        return *(const uint16_t *)at == 0;
    case FIELD_U32:
        return *(const uint32_t *)at == 0;
    case FIELD_U64:
        return *(const uint64_t *)at == 0;
    default:
        return false;
    }
}

static void put_field(struct json_writer *writer, const struct field *field, const char *record)
{
    const void *at = record + field->offset;
    switch (field->kind) {
    case FIELD_TEXT:
        json_put_known(writer, field->key, *(const struct str *)at);
        break;
    case FIELD_TIME:
        json_put_time(writer, field->key, *(const int64_t *)at);
        break;
    case FIELD_DATE:
        json_put_date(writer, field->key, *(const int32_t *)at);
        break;
    case FIELD_U16:
        put_number(writer, field->key, *(const uint16_t *)at);
        break;
    case FIELD_U32:
        put_number(writer, field->key, *(const uint32_t *)at);
        break;
    case FIELD_U64:
        put_number(writer, field->key, *(const uint64_t *)at);
        break;
    case FIELD_BOOL:
        json_put_bool(writer, field->key, *(const bool *)at);
        break;
    case FIELD_WORD:
        json_put_text(writer, field->key, field->words[*(const unsigned *)at]);
        break;
    case FIELD_TEXTS: {
        uint32_t count = *(const uint32_t *)(const void *)(record + field->count_offset);
        if (count > 0) {
            put_texts(writer, field->key, *(const struct str *const *)at, count);
        }
        break;
    }
    }
}

static void put_record(struct json_writer *writer, const char *key, const struct fields *fields,
                       const void *record, bool item)
{
    json_open_object(writer, key);
    for (uint32_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->rows[i];
        if (!item || !is_unknown(field, (const char *)record + field->offset)) {
            put_field(writer, field, record);
        }
    }
    json_close_object(writer);
}

static void put_list(struct json_writer *writer, const struct list *list,
                     const struct inventory *inventory)
{
    const char *base = (const char *)inventory;
    const char *items = *(const char *const *)(const void *)(base + list->items_offset);
    uint32_t count = *(const uint32_t *)(const void *)(base + list->count_offset);
    json_open_array(writer, list->key);
    for (uint32_t i = 0; i < count; i++) {
        put_record(writer, NULL, list->fields, items + (size_t)i * list->fields->size, true);
    }
    json_close_array(writer);
}

static void put_server(struct json_writer *writer, const struct inventory *inventory)
{
    json_open_object(writer, "server");
    json_put_known(writer, "name", inventory->name);
    json_put_known(writer, "fqdn", inventory->fqdn);
    put_record(writer, "os", &os_fields, &inventory->os, false);
    put_record(writer, "kernel", &kernel_fields, &inventory->kernel, false);
    put_record(writer, "machine", &machine_fields, &inventory->machine, false);
    put_list(writer, &address_list, inventory);
    json_close_object(writer);
}

static void put_updates(struct json_writer *writer, const struct inventory *inventory)
{
    json_open_object(writer, "updates");
    json_put_text(writer, "known", truth_name(inventory->updates.known));
    json_put_known(writer, "reason", inventory->updates.reason);
    json_put_time(writer, "metadata_time", inventory->updates.metadata_time);
    put_list(writer, &update_list, inventory);
    json_close_object(writer);
}

static void put_reboot(struct json_writer *writer, const struct inventory *inventory)
{
    json_open_object(writer, "reboot");
    json_put_text(writer, "required", truth_name(inventory->reboot_required));
    json_put_known(writer, "reason", inventory->reboot_reason);
    json_close_object(writer);
}

void inventory_write(const struct inventory *inventory, struct buf *out)
{
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "format", INVENTORY_FORMAT_NAME);
    json_put_uint(&writer, "format_version", INVENTORY_FORMAT_VERSION);
    json_put_time(&writer, "collected", inventory->collected);
    json_put_known(&writer, "collector", inventory->collector);
    put_server(&writer, inventory);
    json_put_text(&writer, "software_known", truth_name(inventory->software_known));
    put_list(&writer, &software_list, inventory);
    put_updates(&writer, inventory);
    json_put_text(&writer, "connections_known", truth_name(inventory->connections_known));
    put_list(&writer, &connection_list, inventory);
    put_reboot(&writer, inventory);
    put_list(&writer, &fact_list, inventory);
    json_put_text(&writer, "unsupported_known", truth_name(inventory->unsupported_known));
    put_list(&writer, &unsupported_list, inventory);
    /* Only Windows has them. */
    if (inventory->hotfixes_known != TRUTH_UNKNOWN || inventory->hotfix_count > 0) {
        json_put_text(&writer, "hotfixes_known", truth_name(inventory->hotfixes_known));
        put_list(&writer, &hotfix_list, inventory);
    }
    /* Only where changelogs were read. */
    if (inventory->evidence_count > 0) {
        put_list(&writer, &evidence_list, inventory);
    }
    put_list(&writer, &section_list, inventory);
    put_texts(&writer, "notes", inventory->notes, inventory->note_count);
    json_close_object(&writer);
}
