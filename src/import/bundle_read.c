#include "import/bundle.h"

#include "base/intern.h"
#include "base/limits.h"
#include "import/bundle_manifest.h"

#include <stdio.h>
#include <string.h>

bool bundle_matches(const struct archive *archive)
{
    return archive_has(archive, BUNDLE_MANIFEST) || archive_has(archive, BUNDLE_SIGNATURE);
}

static int check_signature(struct str manifest, struct str signature, const unsigned char *key,
                           struct error *err)
{
    struct buf signed_bytes;
    int good = -1;
    if (signature.len == crypto_sign_BYTES) {
        buf_init(&signed_bytes, LIMIT_INVENTORY + 64);
        buf_put_text(&signed_bytes, BUNDLE_DOMAIN);
        buf_put_str(&signed_bytes, manifest);
        good = crypto_sign_verify_detached((const unsigned char *)signature.ptr,
                                           (const unsigned char *)buf_text(&signed_bytes),
                                           signed_bytes.len, key);
        buf_done(&signed_bytes);
    }
    return good == 0 ? 0
                     : error_set(err, ERR_FORMAT,
                                 "the signature does not fit the manifest; the bundle was altered");
}

static void name_signer(const struct bundle_manifest *manifest, struct bundle_signer *ret)
{
    memcpy(ret->key, "assay:", 6);
    bundle_put_hex(manifest->public_key, sizeof manifest->public_key, ret->key + 6);
    ret->created = manifest->created;
    snprintf(ret->collector, sizeof ret->collector, "%.*s",
             STR_ARG(str_cut_utf8(manifest->collector, sizeof ret->collector - 1)));
}

static bool is_trusted(const char *const *trusted, const char *key)
{
    for (; *trusted != NULL; trusted++) {
        if (str_eq_nocase(str_from(*trusted), str_from(key))) {
            return true;
        }
    }
    return false;
}

static int read_manifest(struct archive *archive, struct arena *arena, struct bundle_manifest *ret,
                         struct error *err)
{
    struct buf manifest, signature;
    buf_init(&manifest, LIMIT_INVENTORY);
    buf_init(&signature, 4096);
    int result = archive_read(archive, BUNDLE_MANIFEST, &manifest, err);
    result = result < 0 ? result : archive_read(archive, BUNDLE_SIGNATURE, &signature, err);
    result = result < 0 ? result : bundle_manifest_read(buf_view(&manifest), arena, ret, err);
    result = result < 0
                 ? result
                 : check_signature(buf_view(&manifest), buf_view(&signature), ret->public_key, err);
    buf_done(&manifest);
    buf_done(&signature);
    return result;
}

/* Every member is a file of the manifest, the manifest or its signature, each once. */
static int check_members(struct archive *archive, const struct bundle_manifest *manifest,
                         struct error *err)
{
    struct intern names;
    int result = 0;
    intern_init(&names);
    intern_add(&names, STR(BUNDLE_MANIFEST));
    intern_add(&names, STR(BUNDLE_SIGNATURE));
    for (uint32_t i = 0; i < manifest->count; i++) {
        intern_add(&names, manifest->entries[i].name);
    }
    if (names.count != manifest->count + 2 || archive_count(archive) != names.count) {
        result = error_set(err, ERR_FORMAT, "the bundle has %u members, its manifest names %u",
                           archive_count(archive), (unsigned)manifest->count + 2);
    }
    for (unsigned i = 0; result == 0 && i < archive_count(archive); i++) {
        if (intern_find(&names, str_from(archive_name(archive, i))) == INTERN_NONE) {
            result = error_set(err, ERR_FORMAT,
                               "the bundle has a member that its manifest does "
                               "not name");
        }
    }
    intern_done(&names);
    return result;
}

/* Reads a file of the manifest; its bytes are what was signed. */
static int read_file(struct archive *archive, const struct bundle_entry *entry, struct buf *out,
                     struct error *err)
{
    char name[LIMIT_NAME + sizeof BUNDLE_FOLDER + 1];
    unsigned char hash[crypto_hash_sha256_BYTES];
    snprintf(name, sizeof name, "%.*s", STR_ARG(entry->name));
    buf_clear(out);
    int result = archive_read(archive, name, out, err);
    if (result < 0) {
        return result;
    }
    crypto_hash_sha256(hash, (const unsigned char *)buf_text(out), out->len);
    if (out->len != entry->bytes || memcmp(hash, entry->sha256, sizeof hash) != 0) {
        return error_set(err, ERR_FORMAT, "%s is not what was signed; the bundle was altered",
                         name);
    }
    return 0;
}

static int read_files(struct archive *archive, const struct bundle_manifest *manifest,
                      int (*document)(void *context, const char *name, struct str json,
                                      struct error *err),
                      void *context, struct error *err)
{
    struct buf bytes;
    int result = 0;
    buf_init(&bytes, LIMIT_INVENTORY);
    /* All are checked before the first is given: an altered bundle gives nothing. */
    for (unsigned pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; result == 0 && i < manifest->count; i++) {
            result = read_file(archive, &manifest->entries[i], &bytes, err);
            if (result == 0 && pass == 1) {
                result = document(context, manifest->entries[i].name.ptr, buf_view(&bytes), err);
            }
        }
    }
    buf_done(&bytes);
    return result;
}

int bundle_read(struct archive *archive, const char *const *trusted, bool any_signer,
                struct bundle_signer *ret_signer,
                int (*document)(void *context, const char *name, struct str json,
                                struct error *err),
                void *context, struct error *err)
{
    struct arena arena;
    struct bundle_manifest manifest;
    if (sodium_init() < 0) {
        return error_set(err, ERR_IO, "libsodium cannot be used here");
    }
    arena_init(&arena);
    int result = read_manifest(archive, &arena, &manifest, err);
    if (result == 0) {
        name_signer(&manifest, ret_signer);
        if (!any_signer && !is_trusted(trusted, ret_signer->key)) {
            result = error_set(err, ERR_UNSUPPORTED,
                               "signed by %s, which is not trusted here; compare the key with what "
                               "`assay export` printed, then give it with --trust",
                               ret_signer->key);
        }
    }
    result = result < 0 ? result : check_members(archive, &manifest, err);
    result = result < 0 ? result : read_files(archive, &manifest, document, context, err);
    arena_done(&arena);
    return result;
}
