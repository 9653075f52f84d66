#include "import/bundle_manifest.h"

#include "base/date.h"
#include "base/limits.h"
#include "import/bundle.h"
#include "json/json_reader.h"
#include "json/json_writer.h"

#include <string.h>

enum { LONGEST_HEX = 2 * crypto_sign_BYTES + 1 };

void bundle_put_hex(const unsigned char *bytes, size_t len, char *out)
{
    sodium_bin2hex(out, 2 * len + 1, bytes, len);
}

static void put_hex(struct json_writer *json, const char *key, const unsigned char *bytes,
                    size_t len)
{
    char text[LONGEST_HEX];
    bundle_put_hex(bytes, len, text);
    json_put_text(json, key, text);
}

void bundle_manifest_write(const struct bundle_manifest *manifest, struct buf *out)
{
    struct json_writer json;
    json_writer_init(&json, out);
    json_open_object(&json, NULL);
    json_put_text(&json, "format", BUNDLE_FORMAT);
    json_put_uint(&json, "format_version", BUNDLE_FORMAT_VERSION);
    json_put_time(&json, "created", manifest->created);
    json_put_str(&json, "collector", manifest->collector);
    put_hex(&json, "public_key", manifest->public_key, sizeof manifest->public_key);
    json_open_array(&json, "files");
    for (uint32_t i = 0; i < manifest->count; i++) {
        json_open_object(&json, NULL);
        json_put_str(&json, "name", manifest->entries[i].name);
        json_put_uint(&json, "bytes", manifest->entries[i].bytes);
        put_hex(&json, "sha256", manifest->entries[i].sha256, sizeof manifest->entries[i].sha256);
        json_close_object(&json);
    }
    json_close_array(&json);
    json_close_object(&json);
}

static int read_hex(struct json value, unsigned char *out, size_t len, struct error *err)
{
    struct str text = json_str(value);
    size_t got = 0;
    if (text.len != 2 * len ||
        sodium_hex2bin(out, len, text.ptr, text.len, NULL, &got, NULL) != 0 || got != len) {
        return json_fail(value, ERR_FORMAT, err, "not %zu hexadecimal digits", 2 * len);
    }
    return 0;
}

/* Names are "inventories/" and one plain file name. */
static bool is_plain(struct str name)
{
    struct str rest = str_skip(name, STR(BUNDLE_FOLDER).len);
    return str_starts(name, STR(BUNDLE_FOLDER)) && str_ends(rest, STR(".json")) && rest.len > 5 &&
           rest.len <= LIMIT_NAME && rest.ptr[0] != '.' && str_find_byte(rest, '/') == SIZE_MAX &&
           str_find_byte(rest, '\\') == SIZE_MAX;
}

static int read_entry(struct json file, struct bundle_entry *ret, struct error *err)
{
    ret->name = json_str(json_get(file, "name"));
    if (!is_plain(ret->name)) {
        return json_fail(json_get(file, "name"), ERR_FORMAT, err, "not the name of an inventory");
    }
    if (!json_as_uint(json_get(file, "bytes"), &ret->bytes) || ret->bytes > LIMIT_INVENTORY) {
        return json_fail(json_get(file, "bytes"), ERR_FORMAT, err,
                         "not the length of an inventory");
    }
    return read_hex(json_get(file, "sha256"), ret->sha256, sizeof ret->sha256, err);
}

static int read_entries(struct json files, struct arena *arena, struct bundle_manifest *ret,
                        struct error *err)
{
    struct json file;
    uint32_t count = json_count(files), i = 0;
    if (json_type(files) != JSON_ARRAY || count > LIMIT_IMPORT_SERVERS) {
        return json_fail(files, ERR_FORMAT, err, "not a list of at most %u files",
                         LIMIT_IMPORT_SERVERS);
    }
    struct bundle_entry *entries = arena_array(arena, count + 1, struct bundle_entry);
    struct json_each each = json_each(files);
    while (json_next(&each, &file)) {
        int result = read_entry(file, &entries[i++], err);
        if (result < 0) {
            return result;
        }
    }
    ret->entries = entries;
    ret->count = count;
    return 0;
}

int bundle_manifest_read(struct str text, struct arena *arena, struct bundle_manifest *ret,
                         struct error *err)
{
    struct json_document document;
    struct bundle_manifest manifest = {0};
    uint64_t version;
    int result = json_parse(text, LIMIT_INVENTORY, arena, &document, err);
    if (result < 0) {
        return result;
    }
    struct json root = json_root(&document);
    manifest.collector = json_str(json_get(root, "collector"));
    if (!str_eq_text(json_str(json_get(root, "format")), BUNDLE_FORMAT) ||
        !json_as_uint(json_get(root, "format_version"), &version)) {
        result = error_set(err, ERR_FORMAT, "not a manifest of a bundle");
    } else if (version != BUNDLE_FORMAT_VERSION) {
        result = error_set(err, ERR_VERSION, "a bundle of version %llu; version %d is read here",
                           (unsigned long long)version, BUNDLE_FORMAT_VERSION);
    } else if (!time_parse(json_str(json_get(root, "created")), &manifest.created)) {
        result = json_fail(json_get(root, "created"), ERR_FORMAT, err, "not a time");
    } else {
        result = read_hex(json_get(root, "public_key"), manifest.public_key,
                          sizeof manifest.public_key, err);
    }
    result = result < 0 ? result : read_entries(json_get(root, "files"), arena, &manifest, err);
    json_done(&document);
    if (result == 0) {
        *ret = manifest;
    }
    return result;
}
