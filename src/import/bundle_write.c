#include "import/bundle.h"

#include "base/date.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "import/bundle_manifest.h"
#include "inventory/inventory.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

static int begin(struct error *err)
{
    return sodium_init() < 0 ? error_set(err, ERR_IO, "libsodium cannot be used here") : 0;
}

int bundle_key_make(struct secret *ret, struct error *err)
{
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    int result = begin(err);
    result = result < 0 ? result : secret_new(crypto_sign_SECRETKEYBYTES, ret, err);
    if (result == 0) {
        crypto_sign_keypair(public_key, (unsigned char *)ret->ptr);
        ret->len = crypto_sign_SECRETKEYBYTES;
    }
    return result;
}

static int public_of(const struct secret *key, unsigned char *out, struct error *err)
{
    int result = begin(err);
    if (result == 0 && key->len != crypto_sign_SECRETKEYBYTES) {
        result = error_set(err, ERR_FORMAT, "the signing key is damaged");
    }
    if (result == 0) {
        crypto_sign_ed25519_sk_to_pk(out, (const unsigned char *)key->ptr);
    }
    return result;
}

int bundle_key_name(const struct secret *key, char out[BUNDLE_KEY_SIZE], struct error *err)
{
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    int result = public_of(key, public_key, err);
    if (result == 0) {
        memcpy(out, "assay:", 6);
        bundle_put_hex(public_key, sizeof public_key, out + 6);
    }
    return result;
}

/* ---- the zip ---- */

static int refuse(zip_t *zip, struct error *err)
{
    return error_set(err, ERR_IO, "write the bundle: %s", zip_strerror(zip));
}

/* Adds a copy of the bytes, which live until the zip is closed. */
static int add_member(zip_t *zip, const char *name, struct str bytes, struct error *err)
{
    char *copy = malloc(bytes.len + 1);
    if (copy == NULL) {
        return error_set(err, ERR_LIMIT, "no memory for %s", name);
    }
    memcpy(copy, bytes.ptr, bytes.len);
    zip_source_t *source = zip_source_buffer(zip, copy, bytes.len, 1);
    if (source == NULL) {
        free(copy);
        return refuse(zip, err);
    }
    zip_int64_t at = zip_file_add(zip, name, source, 0);
    if (at < 0) {
        zip_source_free(source);
        return refuse(zip, err);
    }
    /* The time of a member is the manifest's to tell. */
    zip_file_set_mtime(zip, (zip_uint64_t)at, 0, 0);
    return 0;
}

static int add_inventory(zip_t *zip, const struct bundle_file *file, struct arena *arena,
                         struct bundle_entry *entry, struct error *err)
{
    struct buf bytes;
    struct inventory inventory;
    inventory_init(&inventory);
    buf_init(&bytes, LIMIT_INVENTORY);
    int result = file_read(file->path, &bytes, err);
    result = result < 0 ? result : inventory_read(buf_view(&bytes), &inventory, err);
    inventory_done(&inventory);
    if (result == 0) {
        entry->name = arena_printf(arena, BUNDLE_FOLDER "%s.json", file->name);
        entry->bytes = bytes.len;
        crypto_hash_sha256(entry->sha256, (const unsigned char *)buf_text(&bytes), bytes.len);
        result = add_member(zip, entry->name.ptr, buf_view(&bytes), err);
    }
    buf_done(&bytes);
    if (result < 0) {
        error_add_where(err, file->path);
    }
    return result;
}

static int add_manifest(zip_t *zip, const struct bundle_manifest *manifest,
                        const struct secret *key, struct error *err)
{
    struct buf text;
    unsigned char signature[crypto_sign_BYTES];
    size_t domain = strlen(BUNDLE_DOMAIN);
    buf_init(&text, LIMIT_INVENTORY);
    buf_put_text(&text, BUNDLE_DOMAIN);
    bundle_manifest_write(manifest, &text);
    crypto_sign_detached(signature, NULL, (const unsigned char *)text.data, text.len,
                         (const unsigned char *)key->ptr);
    int result = text.overflow
                     ? error_set(err, ERR_LIMIT, "too many files for one bundle")
                     : add_member(zip, BUNDLE_MANIFEST, str_skip(buf_view(&text), domain), err);
    if (result == 0) {
        result = add_member(zip, BUNDLE_SIGNATURE,
                            str_make((const char *)signature, sizeof signature), err);
    }
    buf_done(&text);
    return result;
}

static int add_all(zip_t *zip, const struct bundle_file *files, unsigned count,
                   const struct secret *key, int64_t created, struct error *err)
{
    struct arena arena;
    struct bundle_manifest manifest = {.created = created, .count = count};
    arena_init(&arena);
    struct bundle_entry *entries = arena_array(&arena, count + 1, struct bundle_entry);
    manifest.collector = STR("assay " ASSAY_VERSION);
    manifest.entries = entries;
    int result = public_of(key, manifest.public_key, err);
    for (unsigned i = 0; result == 0 && i < count; i++) {
        result = add_inventory(zip, &files[i], &arena, &entries[i], err);
    }
    result = result < 0 ? result : add_manifest(zip, &manifest, key, err);
    arena_done(&arena);
    return result;
}

/* Moves what libzip wrote into out. */
static int take_bytes(zip_source_t *source, struct buf *out, struct error *err)
{
    zip_stat_t info;
    if (zip_source_stat(source, &info) != 0 || zip_source_open(source) != 0) {
        return error_set(err, ERR_IO, "read the bundle back");
    }
    char *room = buf_reserve(out, info.size);
    zip_int64_t got = room != NULL ? zip_source_read(source, room, info.size) : -1;
    zip_source_close(source);
    if (got != (zip_int64_t)info.size) {
        return error_set(err, ERR_LIMIT, "the bundle is larger than %zu MB", out->ceiling >> 20);
    }
    out->len += info.size;
    return 0;
}

int bundle_write(const struct bundle_file *files, unsigned count, const struct secret *key,
                 int64_t created, struct buf *out, struct error *err)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip = source != NULL ? zip_open_from_source(source, ZIP_TRUNCATE, &error) : NULL;
    if (zip == NULL) {
        zip_source_free(source);
        error_set(err, ERR_IO, "make a bundle: %s", zip_error_strerror(&error));
        zip_error_fini(&error);
        return ERR_IO;
    }
    zip_source_keep(source);
    int result = add_all(zip, files, count, key, created, err);
    if (result < 0) {
        zip_discard(zip);
    } else if (zip_close(zip) < 0) {
        result = refuse(zip, err);
        zip_discard(zip);
    }
    result = result < 0 ? result : take_bytes(source, out, err);
    zip_source_free(source);
    return result;
}
